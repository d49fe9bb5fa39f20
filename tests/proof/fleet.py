"""A fleet of simulated devices over the real application: what one can do to it, and what must hold all the time.

Used by the state machine (test_fleet.py), by pinned traces, and by the planted bugs, which all go through here.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson
from sqlalchemy import select

from server.accounts.passwords import HashCost
from server.app import create_app
from server.core import tables
from server.core.collections import COLLECTIONS, OwnedScope, PersonalScope, shapes
from server.core.db import Database
from server.core.events import verify
from server.core.rows import c
from server.customers.models import TimelineEntry
from sync_protocol.ids import new_id
from sync_protocol.phone import LineBroken, MemoryStorage, Phone
from sync_protocol.phone.device import Request
from sync_protocol.phone.ports import Change
from tests.server.accounts.company import Company, found_company
from tests.server.accounts.company import Phone as Handset

CHEAP = HashCost(memory_kib=64, passes=1, lanes=1)
CREW = ("wang", "zhao", "na", "jie", "boss")
"""Two salespeople of East, one of West, the supervisor of East, the director."""
Fate = Literal["good", "cut", "answer-lost", "twice", "late"]
GRADES = ("A", "B", "C", "D")


class Broken(AssertionError):
    """A promise does not hold."""


class Died(Exception):
    """The device lost its power."""


@dataclass
class Device:
    """One simulated device: durable storage apart from what it holds in memory. doings: what its person did, by serial."""

    name: str
    handset: Handset
    storage: MemoryStorage
    phone: Phone
    late: list[tuple[Request, int, Mapping[str, str], bytes]] = field(default_factory=list)
    head: int = 0
    versions: dict[tuple[str, str], int] = field(default_factory=dict)
    made: dict[str, tuple[str, str]] = field(default_factory=dict)
    acknowledged: dict[int, str] = field(default_factory=dict)


class Fleet:
    """The application, its devices, and the deeds of their people."""

    def __init__(self, database: Database, folder: Path, *, page: int = 1500, batch: int = 3) -> None:
        self.company: Company = found_company(database, folder, lambda services: create_app(services, cost=CHEAP))
        self.database = database
        self.page, self.batch = page, batch
        self.devices = {name: self._device(name) for name in CREW}
        self.offices = {name: self.company.office(name) for name in ("jie", "boss", "admin")}
        self.serial = 0
        self.grades: dict[str, list[tuple[int, str, str]]] = {}

    def _device(self, name: str) -> Device:
        handset = Handset(self.company).signed_in(name)
        storage = MemoryStorage()
        device = Device(name, handset, storage, self._boot(handset, storage))
        device.phone.reenrol(handset.answer["enrolment"])
        return device

    def _boot(self, handset: Handset, storage: MemoryStorage) -> Phone:
        return Phone(
            storage,
            _NoLine(),
            lambda: str(handset.answer["access_token"]),
            lambda: 1_740_967_200_000,
            shapes=shapes(),
            batch=self.batch,
            max_bytes=self.page,
        )

    # -- what people do --------------------------------------------------------------------------------------------

    def word(self) -> str:
        """A text that occurs once in the whole run."""
        self.serial += 1
        return f"w{self.serial}"

    def create_customer(self, device: Device) -> str:
        """A new customer, with a phone and a note in one local transaction."""
        phone = device.phone
        with phone.transaction():
            customer = phone.create("customers", {"name": self.word(), "grade": "C"})
            self._remember(device, "customers", customer)
            number = phone.create("customer_phones", {"customer_id": customer, "number": f"+861380{self.serial:07d}"})
            self._remember(device, "customer_phones", number)
            self._remember(device, "notes", phone.create("notes", {"customer_id": customer, "text": self.word()}))
        return customer

    def edit_customer(self, device: Device, customer: str, what: str, value: str) -> None:
        """Set one plain field of a customer on show."""
        device.phone.update("customers", customer, {what: value})

    def add_note(self, device: Device, customer: str) -> None:
        """A note on a customer on show."""
        self._remember(device, "notes", device.phone.create("notes", {"customer_id": customer, "text": self.word()}))

    def plan_visit(self, device: Device, customer: str) -> None:
        """A planned visit to a customer on show."""
        values = {"customer_id": customer, "planned_on": "2025-03-03", "purpose": self.word()}
        self._remember(device, "visits", device.phone.create("visits", values))

    def finish_visit(self, device: Device, visit: str) -> None:
        """Finish a visit on show, perhaps one that somebody else finished or cancelled already."""
        device.phone.act(
            "visits", "finish", visit, {"ended_at": 1_740_967_200_000, "result": self.word()}, effect={"state": "done"}
        )

    def bad_operation(self, device: Device) -> None:
        """A customer whose number cannot be one: refused, and its whole group with it."""
        with device.phone.transaction():
            customer = device.phone.create("customers", {"name": self.word()})
            device.phone.create("customer_phones", {"customer_id": customer, "number": "12"})

    def follow_up(self, device: Device, customer: str) -> None:
        """Something to do next with a customer on show."""
        values = {"customer_id": customer, "due_on": "2025-03-10", "text": self.word()}
        self._remember(device, "follow_ups", device.phone.create("follow_ups", values))

    def delete_follow_up(self, device: Device, row: str) -> None:
        """Take back a follow-up on show."""
        device.phone.delete("follow_ups", row)

    def _remember(self, device: Device, collection: str, row: str) -> None:
        device.made[row] = (collection, row)

    # -- what the office does --------------------------------------------------------------------------------------

    def office_edit(self, customer: str, value: str) -> None:
        """The director changes a grade at his desk."""
        answer = self.offices["boss"]("PATCH", f"/customers/{customer}", json={"grade": value})
        assert answer.status_code in (200, 404), answer.get_data()
        if answer.status_code == 200:
            self.grades.setdefault(customer, []).append((answer.json["version"], "the office", value))

    def hand_over(self, customer: str, to: str) -> None:
        """A customer goes to another salesperson."""
        answer = self.offices["boss"](
            "POST",
            "/customers/handover",
            json={"customers": [customer], "to": self.company.users[to], "reason": "fleet"},
        )
        assert answer.status_code in (200, 404, 409, 422), answer.get_data()

    def change_role(self, name: str, role: str) -> None:
        """A person gets one role instead of all he has."""
        roles = {each["code"]: each["id"] for each in self.offices["admin"].ok("GET", "/roles")["items"]}
        self.offices["admin"].ok("PATCH", f"/users/{self.company.users[name]}", json={"role_ids": [roles[role]]})

    def move_team(self, name: str, unit: str) -> None:
        """A person's primary unit becomes another one."""
        self.offices["admin"].ok(
            "PATCH", f"/users/{self.company.users[name]}", json={"unit_id": self.company.units[unit]}
        )

    # -- the line --------------------------------------------------------------------------------------------------

    def exchange(self, device: Device, fate: Fate) -> None:
        """One exchange, with what the line does to it."""
        request = device.phone.prepare()
        if fate == "cut":
            return
        answer = self._ask(device, request)
        if fate == "twice":
            answer = self._ask(device, request)
        if fate == "late":
            device.late.append((request, *answer))
        elif fate != "answer-lost":
            self._receive(device, request, answer)

    def deliver_late(self, device: Device, which: int) -> None:
        """An answer that was held up arrives, after newer ones, perhaps for the second time."""
        if device.late:
            request, status, headers, body = device.late[which % len(device.late)]
            self._receive(device, request, (status, headers, body))

    def crash(self, device: Device) -> None:
        """The device loses its memory and starts from its storage; late answers never come."""
        device.storage.fuse = None
        device.phone = self._boot(device.handset, device.storage)
        device.late.clear()

    def exchange_and_die(self, device: Device, write: int, when: str) -> None:
        """The device loses power before or after one of the durable writes of an exchange, and starts again."""
        device.storage.fuse = _fuse(write, when)
        with contextlib.suppress(Died):
            self.exchange(device, "good")
        self.crash(device)

    def _ask(self, device: Device, request: Request) -> tuple[int, Mapping[str, str], bytes]:
        answer = self.company.call(
            "POST",
            "/mobile/v1/exchange",
            token=device.handset.answer["access_token"],
            data=orjson.dumps(request.body),
            headers={"Content-Type": "application/json"},
        )
        if answer.status_code >= 500:
            raise Broken(f"{device.name}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")
        body = answer.get_data()
        if answer.status_code == 200:
            self._note_acknowledged(device, request, body)
        return answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, body

    def _note_acknowledged(self, device: Device, request: Request, body: bytes) -> None:
        """The server has said it: from now on it must be so, and it may never say something else."""
        operations = {each["n"]: each for each in request.body.get("push", {"operations": ()})["operations"]}
        for verdict in (orjson.loads(body).get("push") or {"verdicts": ()})["verdicts"]:
            said = f"{verdict['verdict']} {verdict['version']}"
            before = device.acknowledged.get(verdict["n"])
            if before is None:
                device.acknowledged[verdict["n"]] = said
                self._note_grade(device, operations[verdict["n"]], verdict)
            elif before != said:
                raise Broken(f"{device.name}: operation {verdict['n']} was {before}, is now {said}")

    def _note_grade(self, device: Device, operation: Mapping[str, Any], verdict: Mapping[str, Any]) -> None:
        """A grade that somebody else set after this hand looked is not overwritten without a word."""
        if (operation["collection"], operation["action"]) != ("customers", "update") or "grade" not in operation[
            "values"
        ]:
            return
        if verdict["verdict"] not in ("applied", "merged"):
            return
        value, history = operation["values"]["grade"], self.grades.setdefault(operation["row"], [])
        for version, writer, theirs in history:
            if operation["base"] < version < verdict["version"] and writer != device.name and theirs != value:
                raise Broken(f"{device.name} overwrote grade {theirs} of {writer} (version {version}) unseen")
        history.append((verdict["version"], device.name, value))

    def _receive(self, device: Device, request: Request, answer: tuple[int, Mapping[str, str], bytes]) -> None:
        device.phone.receive(request, *answer)
        self.check_device(device)

    # -- what must hold all the time ---------------------------------------------------------------------------------

    def check_device(self, device: Device) -> None:
        """Versions and heads never go back; what its person made is on show or was refused or went out of reach."""
        phone = device.phone
        if phone.head < device.head:
            raise Broken(f"{device.name}: the checkpoint went back from {device.head} to {phone.head}")
        device.head = phone.head
        held: dict[tuple[str, str], int] = {}
        for collection in COLLECTIONS:
            for row, values in phone.adopted(collection).items():
                held[collection, row] = values["version"]
                if values["version"] < device.versions.get((collection, row), 0):
                    raise Broken(f"{device.name}: {collection} {row} went back to version {values['version']}")
        device.versions.update(held)

    def check_server(self) -> None:
        """Acknowledged is durable; each operation had at most one effect; the history holds."""
        for device in self.devices.values():
            known = self._ledger(device)
            for n, said in device.acknowledged.items():
                if known.get(n) != said:
                    raise Broken(
                        f"{device.name}: operation {n} was acknowledged as {said}, the ledger has {known.get(n)}"
                    )
        t = c(TimelineEntry)
        with self.database.read(self.company.org) as connection:
            once = Counter(
                tuple(row)
                for row in connection.execute(
                    select(t.kind, t.subject_id).where(
                        t.org_id == self.company.org, t.kind.in_(("customer-created", "note", "visit"))
                    )
                )
            )
            _, broken = verify(connection, self.company.org)
        doubled = {key: count for key, count in once.items() if count > 1}
        if doubled:
            raise Broken(f"had more than one effect: {doubled}")
        if broken:
            raise Broken(f"the chain of events is broken: {broken}")

    def _ledger(self, device: Device) -> dict[int, str]:
        t = tables.LEDGER.c
        with self.database.read(self.company.org) as connection:
            rows = connection.execute(
                select(t.n, t.verdict).where(
                    t.org_id == self.company.org, t.enrolment_id == device.handset.answer["enrolment"]
                )
            ).all()
        return {
            n: f"{verdict['verdict']} {verdict['version']}" for n, verdict in ((n, orjson.loads(v)) for n, v in rows)
        }

    # -- and after healing -------------------------------------------------------------------------------------------

    def heal(self) -> None:
        """The line is good for everybody until nobody has anything to say; then devices and server must agree."""
        for device in self.devices.values():
            self.crash(device)
        for _ in range(2):
            for device in self.devices.values():
                self._settle(device)
        self.check_server()
        for device in self.devices.values():
            self._compare(device)
            self._nothing_lost(device)

    def _settle(self, device: Device) -> None:
        for _ in range(400):
            request = device.phone.prepare()
            answer = self._ask(device, request)
            taken = device.phone.receive(request, *answer)
            self.check_device(device)
            if taken.step == "done":
                return
            if taken.step != "more":
                raise Broken(f"{device.name}: stuck at {taken.step} {taken.code} {taken.params}")
        raise Broken(f"{device.name}: no end of exchanging")

    def _compare(self, device: Device) -> None:
        """The device holds exactly the rows its person may see, as SQL over the permission says it, and as they are."""
        actor = self.company.actor(device.name)
        for name, collection in COLLECTIONS.items():
            columns = c(collection.row)
            condition = [columns.org_id == self.company.org]
            if isinstance(collection.scope, PersonalScope):
                condition.append(columns[collection.scope.column] == actor.user_id)
            elif isinstance(collection.scope, OwnedScope):
                condition.append(actor.reach(collection.scope.function).condition(collection.row))
            with self.database.read(self.company.org) as connection:
                rows = connection.execute(select(columns.id, columns.version).where(*condition)).all()
            expected = {row.id: row.version for row in rows}
            found = {row: values["version"] for row, values in device.phone.adopted(name).items()}
            if expected != found:
                missing = sorted(expected.keys() - found.keys())
                extra = sorted(found.keys() - expected.keys())
                other = sorted(row for row in expected.keys() & found.keys() if expected[row] != found[row])
                raise Broken(f"{device.name}, {name}: missing {missing}, not his {extra}, of another version {other}")
        answer = self.company.call("GET", "/mobile/v1/digest", token=device.handset.answer["access_token"]).json
        theirs = {bucket: each["digest"] for bucket, each in answer["buckets"].items() if each["rows"]}
        mine = {bucket: digest.hex for bucket, digest in device.phone.digest().items()}
        if theirs != mine:
            raise Broken(f"{device.name}: digests differ")

    def _nothing_lost(self, device: Device) -> None:
        """Whatever its person made is on the server, or was deleted again, or stands in his list of refused work."""
        if device.phone.queue:
            raise Broken(f"{device.name}: {len(device.phone.queue)} operations still wait")
        refused = {mend.entry.row for mend in device.phone.mend}
        for collection, row in device.made.values():
            columns = c(COLLECTIONS[collection].row)
            with self.database.read(self.company.org) as connection:
                there = connection.execute(
                    select(columns.id).where(columns.org_id == self.company.org, columns.id == row)
                ).first()
                f = tables.FEED.c
                gone = connection.execute(
                    select(f.row_id).where(
                        f.org_id == self.company.org, f.collection == collection, f.row_id == row, f.put.is_(False)
                    )
                ).first()
            if there is None and row not in refused and gone is None:
                raise Broken(f"{device.name}: {collection} {row} is lost")


class _NoLine:
    """The fleet carries the messages itself."""

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Any:
        raise LineBroken


def _fuse(write: int, when: str) -> Callable[[str, Sequence[Change]], None]:
    seen = -1

    def fuse(moment: str, _changes: Sequence[Change]) -> None:
        nonlocal seen
        seen += moment == "before"
        if seen == write and moment == when:
            raise Died

    return fuse


__all__ = ["CREW", "GRADES", "Broken", "Device", "Fleet", "new_id"]
