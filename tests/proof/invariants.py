"""What must hold in a fleet: each promise by name, each check raising Broken with the name of the promise that is broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, Text, func, select, type_coerce

from server.core import tables
from server.core.collections import COLLECTIONS, Collection, OwnedScope, PersonalScope
from server.core.events import verify
from server.core.rows import c
from server.core.sync_issues import SyncIssue
from server.core.types import Json
from server.customers.deleting.models import DeletedRows
from server.customers.models import Customer, TimelineEntry
from server.customers.search.index import CUSTOMER_KEYS, KEY_NAMES, key_rows

if TYPE_CHECKING:
    from tests.proof.fleet import Device, Fleet

WATCHED = ("grade", "needs")
"""Fields of a customer whose every value is followed."""
_REFUSED = ("conflict", "rejected", "skipped")
_DEEDS = (
    "customers.customer-created",
    "customers.customer-changed",
    "customers.phone-added",
    "customers.note-added",
    "fieldwork.visit-created",
    "fieldwork.follow-up-created",
    "fieldwork.follow-up-deleted",
)


class Invariant(StrEnum):
    """The promises."""

    DURABLE = "what was acknowledged is durable"
    FIRST_VERDICT = "an operation resent gets the verdict it got first"
    ONCE = "an operation has at most one effect"
    FORWARD = "row versions and cursors never go back"
    BURIED = "a deleted id never lives again"
    NO_VALUE_LOST = "a value is current, superseded by someone who had seen it, or in the list of conflicts"
    SCOPE = "no row outside a person's scope is on his device"
    MIRROR = "a device equals the SQL oracle"
    ON_SHOW = "an own write stays on show"
    ALIVE = "everybody comes to an end, and no request fails the server"
    CHAIN = "the chain of events is whole"
    ABOUT = "what was written about a customer stands with whoever stands for him"
    FOUND = "customers are found by the keys that follow from their names, where their owners are"


class Broken(AssertionError):
    """A promise does not hold. invariant: which one."""

    def __init__(self, invariant: Invariant, what: str) -> None:
        super().__init__(f"{invariant}: {what}")
        self.invariant = invariant


# -- of answers, as the server gives them ----------------------------------------------------------------------------


def answered(fleet: Fleet, device: Device, operations: Iterable[Mapping[str, Any]], verdicts: Iterable[Any]) -> None:
    """The server has said it: from now on it must be so, and it may never say something else."""
    sent = {each["n"]: each for each in operations}
    for verdict in verdicts:
        key = (device.phone.enrolment or "", verdict["n"])
        said = f"{verdict['verdict']} {verdict['version']}"
        before = device.acknowledged.get(key)
        if before is not None:
            if before != said:
                check_server(fleet)  # a second effect is worse than another word
                raise Broken(Invariant.FIRST_VERDICT, f"{device.name}: operation {key[1]} was {before}, is now {said}")
            continue
        device.acknowledged[key] = said
        operation = sent[verdict["n"]]
        if verdict["verdict"] in _REFUSED:
            device.refused[key] = dict(operation["values"])
        elif operation["action"] == "create":
            device.taken.add(operation["row"])
            if operation["row"] not in device.deleted:
                device.unseen[operation["collection"], operation["row"]] = verdict["visible_at"]
        elif operation["action"] == "delete" and operation["collection"] != "customers":
            fleet.buried.add((operation["collection"], operation["row"]))
        if (operation["collection"], operation["action"]) == ("customers", "update"):
            for name in WATCHED:
                if name in operation["values"] and verdict["verdict"] in ("applied", "merged"):
                    _overwritten(fleet, device, operation, verdict, name)


def _overwritten(fleet: Fleet, device: Device, operation: Any, verdict: Any, name: str) -> None:
    """A value that somebody else set after this hand looked is not overwritten without a word."""
    value, history = operation["values"][name], fleet.values.setdefault((operation["row"], name), [])
    for version, writer, theirs in history:
        if operation["base"] < version < verdict["version"] and writer != device.name and theirs != value:
            raise Broken(
                Invariant.NO_VALUE_LOST,
                f"{device.name} overwrote {name} {theirs} of {writer} (version {version}) unseen",
            )
    history.append((verdict["version"], device.name, value))


# -- of a device, after every answer it took -------------------------------------------------------------------------


def check_device(device: Device) -> None:
    """Versions and cursors never go back; what its person made and the server took is on show without a break."""
    phone = device.phone
    if phone.head < device.head:
        raise Broken(Invariant.FORWARD, f"{device.name}: the checkpoint went back from {device.head} to {phone.head}")
    device.head = phone.head
    read = dict(phone.cursor.buckets) if phone.cursor else {}
    for bucket, position in read.items():
        if position < device.read.get(bucket, 0):
            raise Broken(Invariant.FORWARD, f"{device.name}: the cursor of {bucket} went back to {position}")
    device.read = read
    for collection in COLLECTIONS:
        for row, values in phone.adopted(collection).items():
            if values["version"] < device.versions.get((collection, row), 0):
                raise Broken(
                    Invariant.FORWARD, f"{device.name}: {collection} {row} went back to version {values['version']}"
                )
            device.versions[collection, row] = values["version"]
    for (collection, row), visible_at in [*device.unseen.items()]:
        if phone.head >= visible_at:
            del device.unseen[collection, row]
        elif row not in phone.rows(collection):
            raise Broken(Invariant.ON_SHOW, f"{device.name}: {collection} {row} vanished after it was acknowledged")


# -- of the server, after every step ---------------------------------------------------------------------------------


def check_server(fleet: Fleet) -> None:
    """Acknowledged is durable, refused is kept; at most one effect; versions forward, the dead dead, the history whole."""
    with fleet.database.read(fleet.company.org) as connection:
        _durable(connection, fleet)
        _forward(connection, fleet)
        _once(connection, fleet)
        _, broken = verify(connection, fleet.company.org)
    if broken:
        raise Broken(Invariant.CHAIN, str(broken))


def _durable(connection: Connection, fleet: Fleet) -> None:
    t, issue = tables.LEDGER.c, c(SyncIssue)
    ledger = {
        (each.enrolment_id, each.n): orjson.loads(each.verdict)
        for each in connection.execute(select(t.enrolment_id, t.n, t.verdict).where(t.org_id == fleet.company.org))
    }
    known = {key: f"{verdict['verdict']} {verdict['version']}" for key, verdict in ledger.items()}
    attempted = {
        (each.enrolment_id, each.n): each.attempted
        for each in connection.execute(
            select(issue.enrolment_id, issue.n, issue.attempted).where(issue.org_id == fleet.company.org)
        )
    }
    for device in fleet.devices.values():
        for key, said in device.acknowledged.items():
            if known.get(key) != said:
                raise Broken(
                    Invariant.DURABLE,
                    f"{device.name}: operation {key[1]} was acknowledged as {said}, the ledger has {known.get(key)}",
                )
        for key, values in device.refused.items():
            if key not in attempted or any(attempted[key].get(name) != values.get(name) for name in WATCHED):
                raise Broken(Invariant.NO_VALUE_LOST, f"{device.name}: refused operation {key[1]} is in nobody's list")


def _once(connection: Connection, fleet: Fleet) -> None:
    org, t, e = fleet.company.org, c(TimelineEntry), tables.EVENTS.c
    lines = connection.execute(
        select(t.kind, t.subject_id, func.count())
        .where(t.org_id == org, t.kind.in_(("customer-created", "note", "visit")))
        .group_by(t.kind, t.subject_id)
        .having(func.count() > 1)
    ).all()
    if lines:
        raise Broken(Invariant.ONCE, f"more than one line on the timeline: {lines}")
    events = connection.execute(
        select(e.actor_id, e.name, e.subject_id, func.count())
        .where(e.org_id == org, e.name.in_(_DEEDS))
        .group_by(e.actor_id, e.name, e.subject_id)
    )
    # What is done for one who was merged meanwhile is done to who stands for him.
    meant, done = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    for (actor, name, subject), count in fleet.deeds.items():
        meant[actor, name, fleet.stands_for(subject)] += count
    for actor, name, subject, count in events:
        done[actor, name, fleet.stands_for(subject)] += count
    for (actor, name, subject), count in done.items():
        if count > meant[actor, name, subject]:
            raise Broken(Invariant.ONCE, f"{name} of {subject}: {count} times, meant {meant[actor, name, subject]}")


def rows_there(fleet: Fleet) -> dict[str, dict[str, int]]:
    """Collection → row → version, of all that is on the server now."""
    with fleet.database.read(fleet.company.org) as connection:
        return {name: _rows(connection, fleet, collection) for name, collection in COLLECTIONS.items()}


def laid_aside(fleet: Fleet) -> dict[str, set[tuple[str, str]]]:
    """A customer who is deleted now → (collection, row) of all that went with him."""
    names = {each.row.__table__.name: name for name, each in COLLECTIONS.items()}
    t = c(DeletedRows)
    with fleet.database.read(fleet.company.org) as connection:
        kept = connection.execute(select(t.id, t.rows).where(t.org_id == fleet.company.org)).all()
    return {
        each.id: {
            (names[table], row["id"])
            for table, rows in orjson.loads(each.rows).items()
            for row in rows
            if table in names
        }
        for each in kept
    }


def _rows(connection: Connection, fleet: Fleet, collection: Collection) -> dict[str, int]:
    columns = c(collection.row)
    rows = connection.execute(select(columns.id, columns.version).where(columns.org_id == fleet.company.org))
    return {each.id: each.version for each in rows}


def _forward(connection: Connection, fleet: Fleet) -> None:
    """Of every row the server ever had: not older than it was, and once it is gone, gone for good."""
    for name, collection in COLLECTIONS.items():
        now = _rows(connection, fleet, collection)
        before = fleet.standing.get(name, {})
        for row, version in now.items():
            if (name, row) in fleet.buried and name != "deleted_customers":
                raise Broken(Invariant.BURIED, f"{name} {row} lives again on the server")
            if version < before.get(row, 0):
                raise Broken(Invariant.FORWARD, f"{name} {row} went back to version {version} on the server")
        fleet.buried.update((name, row) for row in before.keys() - now.keys())
        fleet.standing[name] = now


# -- of a device that holds a whole checkpoint of this moment ----------------------------------------------------------


def check_mirror(fleet: Fleet, device: Device) -> None:
    """The device holds exactly the rows its person may see, as SQL over the permission says it, and as they are."""
    actor = fleet.company.actor(device.name)
    with fleet.database.read(fleet.company.org) as connection:
        for name, collection in COLLECTIONS.items():
            columns = c(collection.row)
            condition = [columns.org_id == fleet.company.org]
            if isinstance(collection.scope, PersonalScope):
                named = columns[collection.scope.column] == actor.user_id
                among = collection.scope.among
                condition.append(named if among is None else named | _names(columns[among], actor.user_id))
                if collection.scope.within is not None:
                    condition.append(actor.reach(collection.scope.within).condition(collection.row))
            elif isinstance(collection.scope, OwnedScope):
                condition.append(actor.reach(collection.scope.function).condition(collection.row))
            rows = connection.execute(select(columns.id, columns.version).where(*condition))
            expected = {each.id: each.version for each in rows}
            found = {row: values["version"] for row, values in device.phone.adopted(name).items()}
            _equal(connection, fleet, f"{device.name}, {name}", collection, expected, found)


def _names(column: Any, user_id: str) -> Any:
    """Whether a column with a person's id, or with a list of them, names him."""
    if isinstance(column.type, Json):
        return type_coerce(column, Text).contains(f'"{user_id}"', autoescape=True)
    return column == user_id


def _equal(
    connection: Connection, fleet: Fleet, where: str, collection: Any, expected: dict[str, int], found: dict[str, int]
) -> None:
    if extra := sorted(found.keys() - expected.keys()):
        columns = c(collection.row)
        alive = connection.execute(
            select(columns.id).where(columns.org_id == fleet.company.org, columns.id.in_(extra))
        ).first()
        raise Broken(Invariant.SCOPE if alive else Invariant.BURIED, f"{where}: holds {extra}")
    if expected != found:
        missing = sorted(expected.keys() - found.keys())
        other = sorted(row for row in found if expected[row] != found[row])
        raise Broken(Invariant.MIRROR, f"{where}: missing {missing}, of another version {other}")


# -- after healing -----------------------------------------------------------------------------------------------------


def check_healed(fleet: Fleet, device: Device) -> None:
    """The device's digests are the server's, and all its person made is there, was deleted again, or is to be mended."""
    answer = fleet.company.call("GET", "/mobile/v1/digest", token=device.handset.answer["access_token"]).json
    theirs = {bucket: each["digest"] for bucket, each in answer["buckets"].items() if each["rows"]}
    if theirs != {bucket: digest.hex for bucket, digest in device.phone.digest().items()}:
        raise Broken(Invariant.MIRROR, f"{device.name}: digests differ")
    if device.phone.queue:
        raise Broken(Invariant.ALIVE, f"{device.name}: {len(device.phone.queue)} operations still wait")
    refused = {mend.entry.row for mend in device.phone.mend}
    for row, collection in device.made.items():
        is_gone = (collection, row) in fleet.buried or fleet.is_away(collection, row)
        if row not in fleet.standing[collection] and not is_gone and row not in refused:
            raise Broken(Invariant.DURABLE, f"{device.name}: {collection} {row} is lost")


def check_back(fleet: Fleet, customer: str, went: set[tuple[str, str]]) -> None:
    """With a restored customer all is back that went with him, but notices of persons, which tell of it themselves."""
    there = rows_there(fleet)
    missing = [key for key in went if key[1] not in there[key[0]] and isinstance(COLLECTIONS[key[0]].scope, OwnedScope)]
    if missing:
        raise Broken(Invariant.DURABLE, f"{customer} was restored without {sorted(missing)}")


def check_about(fleet: Fleet) -> None:
    """All that was written about a customer is about who stands for him."""
    with fleet.database.read(fleet.company.org) as connection:
        for name in sorted({collection for collection, _ in fleet.about}):
            columns = c(COLLECTIONS[name].row)
            rows = connection.execute(
                select(columns.id, columns.customer_id).where(columns.org_id == fleet.company.org)
            )
            for row, customer in rows:
                if (name, row) in fleet.about and customer != fleet.stands_for(fleet.about[name, row]):
                    raise Broken(Invariant.ABOUT, f"{name} {row} is about {customer}")


def check_keys(fleet: Fleet) -> None:
    """The keys that customers are found by are those of their names and of whose they are now; nobody else has any."""
    t, columns = CUSTOMER_KEYS.c, c(Customer)
    with fleet.database.read(fleet.company.org) as connection:
        there = select(*(t[name] for name in KEY_NAMES)).where(t.org_id == fleet.company.org)
        ids = connection.execute(select(columns.id).where(columns.org_id == fleet.company.org)).scalars().all()
        wrong = {*map(tuple, connection.execute(there))} ^ key_rows(connection, fleet.company.org, ids)
    if wrong:
        raise Broken(Invariant.FOUND, f"missing or left over: {sorted(wrong)[:4]}")


def check_values(fleet: Fleet) -> None:
    """The last value that was taken is the one that stands."""
    columns = c(Customer)
    with fleet.database.read(fleet.company.org) as connection:
        rows = connection.execute(
            select(columns.id, *(columns[name] for name in WATCHED)).where(columns.org_id == fleet.company.org)
        )
        standing = {(row.id, name): getattr(row, name) for row in rows for name in WATCHED}
    for key, history in fleet.values.items():
        if standing[key] != history[-1][2]:
            raise Broken(Invariant.NO_VALUE_LOST, f"{key}: {history[-1]} was taken, {standing[key]} stands")
