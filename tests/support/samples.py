"""Rows of every collection, made through its own create action from nothing but its declaration, and values that are hostile.

What a declaration cannot say (a phone number has to be one) stands in FITTING, by the name of the field.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from notifications.models import Notice
from server.core.collections import COLLECTIONS, Collection
from server.core.sync_issues import SyncIssue
from server.core.types import from_ms
from server.customers.deleting.models import DeletedCustomer
from server.customers.lead_conflicts.models import conflict_id
from server.customers.models import Customer
from server.customers.operations import add_phone, create_customer
from server.fieldwork.reports import operations as reports
from server.fieldwork.reports.models import WorkReportReader
from server.fieldwork.targets.operations import set_target
from server.membership.operations import cards, centres, members
from server.membership.operations.arrivals import Coming, check_in
from sync_protocol.collections import ActionShape
from sync_protocol.ids import new_id
from sync_protocol.wire import (
    FIRST_INSTANT,
    LAST_INSTANT,
    SAFE_INTEGER,
    BooleanType,
    CodeType,
    DayType,
    IdType,
    InstantType,
    IntegerType,
    TextType,
    WireType,
)
from tests.support.approving import CONTENT_HASH, waiting
from tests.support.syncing import MADE_AT, Queue
from tests.support.world import World

TEXT = "测试 Test"
DAY = "2025-10-09"
RECEIPT = "0123456789abcdef" * 4
FITTING: dict[str, Any] = {
    "number": "+8613800138000",
    "id_number": "11010519491231002X",
    "mail": "li.na@example.com",
    "receipt_sha256": RECEIPT,
    "sha256": RECEIPT,
    "content_hash": CONTENT_HASH,
    "type_id": None,
    "repeat_unit": "week",
    "people": "",
    "copied_to": "",
    "stage_code": "lead",
    "visit_id": None,
    "activity_id": None,
    "reception_id": None,
    "about": None,
    "about_id": None,
    "mentions": "",
}
UNTIDY: dict[str, Any] = {
    "number": "１３８ 0013-8000",
    "id_number": " 11010519491231002x",
    "mail": " li.na@example.com ",
    "receipt_sha256": RECEIPT.upper(),
    "sha256": RECEIPT.upper(),
    "content_hash": CONTENT_HASH.upper(),
    "type_id": None,
    "repeat_unit": "week",
    "people": " ",
    "copied_to": " ",
    "stage_code": "lead",
    "visit_id": None,
    "activity_id": None,
    "reception_id": None,
    "about": None,
    "about_id": None,
    "mentions": " ",
}
"""The same, as people write them."""
MINUTE = 60_000


def action_of(collection: Collection, name: str) -> ActionShape:
    """What an action takes."""
    found = collection.shape.action(name)
    assert found is not None
    return found


def _issue(world: World, who: str) -> str:
    with world.working() as uow:
        issue = uow.add(
            SyncIssue(
                owner_id=world.users[who], unit_id=world.actor(who).unit_id, enrolment_id=world.enrolments[who],
                n=1, verdict="rejected", collection="customers", action="update", row_id=new_id(),
                code="core.not-found", params={}, attempted={"grade": "A"}, kept={}, made_at=from_ms(MADE_AT),
            )
        )  # fmt: skip
        uow.commit()
    return issue.id


def _notice(world: World, who: str) -> str:
    with world.working() as uow:
        notice = uow.add(Notice(user_id=world.users[who], topic="fieldwork.follow-up-due", dedupe_key=new_id()))
        uow.commit()
    return notice.id


def _approval(world: World, who: str) -> str:
    asking = "sue" if who != "sue" and "sue" in world.users else "admin"
    serial = next(_SERIAL)
    with world.working() as uow:
        part = waiting(uow, world.users[who], world.users[asking], world.actor(asking).unit_id, serial=serial)
        uow.commit()
    return part.id


def _conflict(world: World, who: str) -> str:
    """With a customer of somebody of the same unit."""
    unit = world.actor(who).unit_id
    other = next(each for each in world.users if (each != who and world.actor(each).unit_id == unit) or each == "admin")
    serial = next(_SERIAL)
    made = [new_id(), new_id()]
    for name, row in zip((who, other if other != who else "admin"), made, strict=True):
        with world.working() as uow:
            actor = world.actor(name)
            uow.actor = replace(uow.actor, user_id=actor.user_id, unit_id=actor.unit_id)
            create_customer(uow, row, {"name": TEXT})
            add_phone(uow, new_id(), {"customer_id": row, "number": f"+861370{serial:07d}"})
            uow.commit()
    return conflict_id(*made)


def _arrival(world: World, who: str) -> str:
    """Of a member with a card, at a sales centre."""
    with world.working(who) as uow:
        customer = create_customer(uow, new_id(), {"name": TEXT})
        member = members.join(uow, new_id(), {"customer_id": customer.id})
        cards.issue_card(uow, new_id(), {"member_id": member.id, "kind": "printed"})
        uow.commit()
    with world.working() as uow:
        values = {"name": f"{TEXT} {next(_SERIAL)}", "host_id": world.users[who]}
        centre = centres.create_centre(uow, new_id(), values)
        coming = Coming(kiosk_id=new_id(), name=TEXT, via="registration", at=uow.now)
        arrival = check_in(uow, centre, uow.must(Customer, customer.id), coming)
        uow.commit()
    return arrival.id


_SERIAL = itertools.count(1)


def _report(world: World, who: str) -> str:
    """One of the administrator's that is sent to somebody, and what he is to read of it."""
    with world.working("admin") as uow:
        report = reports.begin_report(uow, new_id(), {"kind": "daily", "period_on": date.fromisoformat(DAY)})
        reports.address_report(uow, report, {"reader_id": world.users[who]})
        reports.send_report(uow, report)
        (reader,) = uow.among(WorkReportReader, lambda each: each.report_id == report.id)
        uow.commit()
    return reader.id


def _deleted(world: World, who: str) -> str:
    """One of his whom the director deleted, who alone has him on her devices."""
    actor = world.actor(who)
    with world.working() as uow:
        place: dict[str, Any] = {"owner_id": actor.user_id, "unit_id": actor.unit_id}
        deleted = uow.add(DeletedCustomer(name=TEXT, deleted_by=world.users.get("dora", actor.user_id), **place))
        uow.commit()
    return deleted.id


def _target(world: World, who: str) -> str:
    with world.working() as uow:
        day, owner = date.fromisoformat(DAY), world.users[who]
        target = set_target(uow, new_id(), {"owner_id": owner, "month_on": day, "measure": "visits", "amount": 40})
        uow.commit()
    return target.id


GIVEN: Mapping[str, Callable[[World, str], str]] = {
    "sync_issues": _issue,
    "notices": _notice,
    "approvals": _approval,
    "arrivals": _arrival,
    "work_report_readers": _report,
    "lead_conflicts": _conflict,
    "targets": _target,
    "deleted_customers": _deleted,
}
"""Rows that devices do not make: how the server makes one for somebody. Collection → what does; it returns the id."""


class Maker:
    """Makes rows of one person, each collection's parents first. Nothing is pushed before `push`.

    untidy: texts, numbers and names are spelt as people do.
    """

    def __init__(self, world: World, who: str, *, untidy: bool = False) -> None:
        self.world = world
        self.who = who
        self.untidy = untidy
        self.made: dict[str, str] = {}
        self.sent: dict[str, dict[str, Any]] = {}

    @property
    def queue(self) -> Queue:
        """His queue."""
        return self.world.queues[self.who]

    def row(self, name: str) -> str:
        """The id of his row of that collection, queued with its parents when there is none yet."""
        if name not in self.made:
            self.sent[name] = self.values(COLLECTIONS[name], "create")
            self.made[name] = self.queue.create(name, **self.sent[name])
        return self.made[name]

    def everything(self) -> dict[str, str]:
        """A row of every collection that his devices may add to. Collection → id."""
        for name in self.addable():
            self.row(name)
        return self.made

    def addable(self) -> list[str]:
        """The collections that his devices may add to."""
        reach = self.world.actor(self.who).reach
        made = ((name, each.actions["create"]) for name, each in COLLECTIONS.items() if "create" in each.actions)
        return [name for name, each in made if each.function is None or reach(each.function)]

    def given(self) -> dict[str, str]:
        """A row of every collection that devices do not add to and that is not there by itself, made by the server at once. Collection → id."""
        for name, collection in COLLECTIONS.items():
            is_given = name in GIVEN or (bool(collection.actions) and "create" not in collection.actions)
            if is_given and name not in self.made:
                self.made[name] = GIVEN[name](self.world, self.who)
        return {name: row for name, row in self.made.items() if name in GIVEN}

    def values(self, collection: Collection, action: str) -> dict[str, Any]:
        """A value for every field the action takes."""
        found: dict[str, Any] = {}
        for place, (name, kind) in enumerate(action_of(collection, action).values.items()):
            if name in collection.parents:
                parent = collection.parents[name]
                if parent == collection.name:
                    continue  # a row below another one of its own kind is an extra, not what every row is
                found[name] = self.row(parent)
            else:
                found[name] = self.value(name, kind, place)
        return found

    def value(self, name: str, kind: WireType, place: int) -> Any:
        """One that fits. place: times rise with it within DAY, so that what is declared first begins first."""
        if name in ("people", "copied_to", "mentions"):
            return self.world.users[self.who] + " " * self.untidy
        if name == "stage":
            return "lost"  # the one beside which a reason is kept
        if name in FITTING:
            return (UNTIDY if self.untidy else FITTING)[name]
        match kind:
            case IdType():
                return self.world.users[self.who]
            case TextType() if self.untidy:
                return f" {TEXT} "
            case TextType(max=most, multiline=multiline):
                return f"{TEXT}\n{TEXT}"[:most] if multiline else TEXT[:most]
            case CodeType(choices=choices):
                return min(choices)
            case IntegerType(min=least, max=most):
                return max(least, min(most, 20))
            case BooleanType():
                return True
            case InstantType():
                return MADE_AT + place * MINUTE
            case DayType():
                return DAY
        raise AssertionError(f"{name}: tests/support/samples.py knows no value for {kind}")


def random_value(dice: random.Random, name: str, kind: WireType, *, user_id: str) -> Any:
    """One that the wire type takes, at its edges too."""
    if getattr(kind, "null", False) and dice.random() < 0.3:
        return None
    if name in FITTING and dice.random() < 0.8:
        return FITTING[name]
    match kind:
        case IdType():
            return user_id if dice.random() < 0.8 else new_id()
        case TextType(max=most):
            return dice.choice(("a", "一" * min(most, 7), "x" * most, "\U0001f3e0", " ", "O'Neil; DROP TABLE"[:most]))
        case CodeType(choices=choices):
            return dice.choice(sorted(choices))
        case IntegerType(min=least, max=most):
            return dice.choice((least, most, max(least, min(most, 3)), dice.randint(least, most)))
        case BooleanType():
            return dice.random() < 0.5
        case InstantType():
            return dice.choice((MADE_AT, MADE_AT + dice.randrange(10**9), FIRST_INSTANT, LAST_INSTANT))
        case DayType():
            return dice.choice((DAY, "2025-10-10", "1900-01-01", "2100-12-31", "2024-02-29"))
    raise AssertionError(f"{name}: tests/support/samples.py knows no value for {kind}")


SPELT: tuple[str, ...] = (
    *UNTIDY.values(), *FITTING.values(), "+86 138 0013 8000", "0086-13800138000", "(010) 8888-8888", "+39 06 698 12345",
    " 王  小明\u3000", "e\u200b\u0301", "a\u0301\u2028b ", "\u200bx\u200d", "ＡＢＣ", "ß", "h1234567(8)", "x" * 119 + " y",
    "\u0958", "가", "\u1100\u200b\u1161", "a\n b\t", "", " ", "\u3000",
)  # fmt: skip
"""One thing written in many ways, and what may come apart or together when it is tidied."""

HOSTILE: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 1e400, float("nan"), 2**31, 2**53, 2**63, 2**64, -(2**63) - 1, 10**400, "", " ", "\t\n", "0",
    "null", "\x00", "a\x00b", "\ud800", "\udfff x", "\u202egnp.exe", "\ufeff", "\ufffe", "e" + "\u0301" * 40, "x" * 60_000,
    "'; DROP TABLE customers; --", "%s %(x)s ? :x", "{}", "<script>alert(1)</script>", "=1+1", "../../etc/passwd",
    "\u0000\u0001", "2025-02-30", "0000-00-00", "9999-12-31", "2025-03-03T00:00:00Z", "+86", "999999999999999999999999",
    "00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-7FFF-BFFF-FFFFFFFFFFFF", [], [[]], ["a"], {}, {"a": {"b": [1]}},
    FIRST_INSTANT - 1, LAST_INSTANT + 1, SAFE_INTEGER, -SAFE_INTEGER, "\u2028", "٣٤", "１３８００１３８０００", "\U0010ffff",
)  # fmt: skip
"""What somebody may put where a value belongs."""
