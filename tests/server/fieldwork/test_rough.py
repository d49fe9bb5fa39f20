"""What phones with wrong clocks, lying receivers and no network bring: judged or refused by a code, and nothing waits behind it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from server.core.sync_issues import SyncIssue
from server.core.types import to_ms
from server.customers.deleting.operations import delete_customers, restore_customers
from server.customers.functions import DELETE
from sync_protocol.ids import new_id
from tests.server.fieldwork.office import ON_SITE, SITE, Office, shanghai
from tests.support.syncing import Queue, push, told

MONDAY = date(2025, 3, 3)
BEGAN, ENDED = shanghai("09:00"), shanghai("09:30")
KILOMETRES = 89_932
"""A kilometre along a meridian, in units of 1e-7 degree."""


class Rough(NamedTuple):
    """A visit as a phone brings it: what differs from a good one, and what comes of it. code: of a refused end."""

    start: dict[str, Any] = {}
    finish: dict[str, Any] = {}
    location: str = "inside"
    time: str = "plausible"
    day: date = MONDAY
    code: str | None = None


def _at(instant: Any) -> dict[str, Any]:
    return {"started_at": to_ms(instant)}


ROUGH = {
    "good": Rough(),
    "3,000 km away": Rough({"latitude_e7": SITE["site_latitude_e7"] - 3_000 * KILOMETRES}, location="outside"),
    "a fix two days old": Rough({"fix_age_s": 2 * 86_400}, location="stale"),
    "accurate to 5 km": Rough({"accuracy_m": 5_000}, location="coarse"),
    "accurate to 5 km, and farther away": Rough(
        {"accuracy_m": 5_000, "latitude_e7": SITE["site_latitude_e7"] + 6 * KILOMETRES}, location="outside"
    ),
    "latitude and longitude swapped": Rough(
        {"latitude_e7": SITE["site_longitude_e7"], "longitude_e7": SITE["site_latitude_e7"]}, location="impossible"
    ),
    "0,0": Rough({"latitude_e7": 0, "longitude_e7": 0}, location="impossible"),
    "half a point": Rough({"longitude_e7": None}, location="no_fix"),
    "made up": Rough({"is_mock": True}, location="mock"),
    "ends before it starts": Rough(finish={"ended_at": to_ms(BEGAN) - 1}, code="fieldwork.end-before-start"),
    "takes no time": Rough(finish={"ended_at": to_ms(BEGAN)}),
    "three hours ahead": Rough(
        _at(shanghai("13:00")), {"ended_at": to_ms(shanghai("13:30"))}, time="future", day=MONDAY
    ),
    "a year ahead": Rough(
        _at(BEGAN + timedelta(days=365)), {"ended_at": to_ms(ENDED + timedelta(days=365))}, time="future"
    ),
    "five weeks old": Rough(
        _at(BEGAN - timedelta(days=35)), {"ended_at": to_ms(ENDED - timedelta(days=35))}, time="old"
    ),
    "begun two days ago": Rough(_at(BEGAN - timedelta(days=2)), day=date(2025, 3, 1)),
    "the clock put back meanwhile": Rough(
        _at(BEGAN + timedelta(days=2)), time="future", code="fieldwork.end-before-start"
    ),
}


def test_each_rough_visit_is_judged_or_refused_by_its_code_and_those_behind_it_are_taken(office: Office) -> None:
    phone, queue = office.on_device("wang"), Queue()
    customer = queue.create("customers", name="王小明")
    visits = {}
    for name, rough in ROUGH.items():
        visits[name] = visit = queue.create("visits", customer_id=customer, planned_on="2025-03-03", **SITE)
        queue.act("visits", "start", visit, **{"started_at": to_ms(BEGAN), **ON_SITE, **rough.start})
        queue.act("visits", "finish", visit, **{"ended_at": to_ms(ENDED), "result": name, **rough.finish})
    note = queue.create("notes", customer_id=customer, text="最后")
    applied = push(office.database, phone, queue.take(), clock=office.clock)
    codes = [told(each)[1] for each in applied.decisions]
    assert codes == [None, *(code for each in ROUGH.values() for code in (None, None, each.code)), None], note
    for name, rough in ROUGH.items():
        row = office.visit_row(visits[name])
        assert (row.location_reason, row.time_verdict, row.day_on) == (rough.location, rough.time, rough.day), name
        assert row.state == ("done" if rough.code is None else "in_progress"), name
        # Who is refused says the end again; what was sent first is kept where he and the office see it.
        if rough.code is not None:
            queue.act("visits", "finish", visits[name], ended_at=to_ms(max(ENDED, row.actual_started_at)))
    applied = push(office.database, phone, queue.take(), clock=office.clock)
    assert {told(each) for each in applied.decisions} == {("applied", None)}
    kept = {issue.attempted["result"]: issue.code for issue in office.rows(SyncIssue)}
    assert kept == {name: each.code for name, each in ROUGH.items() if each.code is not None}


def test_late_work_for_a_deleted_customer_is_kept_and_sent_again_as_it_was_after_he_is_restored(office: Office) -> None:
    yang = office.actor("yang")
    yang.reaches[DELETE] = yang.reach("customers.handover")  # type: ignore[index]
    customer = office.customer("王小明", by="wang")
    visit = office.visit(customer_id=customer, planned_on=MONDAY)
    phone, queue, unplanned, note = office.on_device("wang"), Queue(), new_id(), new_id()

    def work() -> list[str | None]:
        queue.act("visits", "finish", visit, ended_at=to_ms(ENDED), result="看中三房")
        with queue.together():
            queue.create("visits", unplanned, customer_id=customer)
            queue.act("visits", "finish", unplanned, ended_at=to_ms(ENDED), result="送资料")
        queue.create("notes", note, customer_id=customer, text="爱喝茶")
        applied = push(office.database, phone, queue.take(), clock=office.clock)
        return [told(each)[1] for each in applied.decisions]

    with office.writing("yang") as uow:
        delete_customers(uow, [customer])
        uow.commit()
    assert work() == ["core.not-found", "customers.deleted", "sync.group-failed", "customers.deleted"]
    kept = [issue.attempted.get("result") or issue.attempted.get("text") for issue in office.rows(SyncIssue)]
    assert {"看中三房", "送资料", "爱喝茶"} <= set(kept)
    with office.writing("yang") as uow:
        restore_customers(uow, [customer])
        uow.commit()
    assert work() == [None] * 4
    assert {office.visit_row(each).result for each in (visit, unplanned)} == {"看中三房", "送资料"}
