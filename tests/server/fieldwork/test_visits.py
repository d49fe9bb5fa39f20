"""Visits from plan to event, on both databases."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from server.core.problems import Refused
from server.customers.models import TimelineEntry
from server.fieldwork import operations
from server.fieldwork.models import Visit
from sync_protocol.ids import new_id
from tests.server.fieldwork.office import ON_SITE, SITE, Office, shanghai

MONDAY, TUESDAY, WEDNESDAY = date(2025, 3, 3), date(2025, 3, 4), date(2025, 3, 5)


def _change(office: Office, who: str, visit_id: str, **values: Any) -> None:
    office.do(who, operations.change_visit, Visit, visit_id, **values)


def test_a_visit_is_where_its_customer_is(office: Office) -> None:
    customer = office.customer("王小明", by="zhao", project_id=office.project)
    visit = office.visit_row(office.visit("jie", customer_id=customer, customer_name="别人", planned_on=TUESDAY))
    assert (visit.owner_id, visit.unit_id) == (office.users["zhao"], office.units["east"])
    assert visit.project_id == office.project
    assert (visit.author_id, visit.assignee_id) == (office.users["jie"], office.users["jie"])
    assert (visit.customer_name, visit.state, visit.day_on) == ("王小明", "planned", TUESDAY)
    assert (visit.location_verdict, visit.time_verdict) == ("none", "plausible")


def test_without_a_customer_it_is_its_assignees(office: Office) -> None:
    visit = office.visit_row(office.visit("jie", assignee_id=office.users["zhao"], customer_name=" 商会 ", place=" "))
    assert (visit.owner_id, visit.author_id, visit.assignee_id) == (office.users["zhao"],) * 3
    assert (visit.unit_id, visit.project_id) == (office.units["east"], None)
    assert (visit.customer_name, visit.place, visit.planned_on, visit.day_on) == ("商会", None, None, MONDAY)


def test_the_planned_day_follows_from_plan_or_time(office: Office) -> None:
    plan = office.plan(plan_on=WEDNESDAY)
    assert office.visit_row(office.visit(plan_id=plan)).planned_on == WEDNESDAY
    # 00:30 of the 4th in Shanghai is still the 3rd in UTC
    assert office.visit_row(office.visit(planned_start_at=shanghai("00:30", 4))).planned_on == TUESDAY


@pytest.mark.parametrize(
    ("values", "code", "pointer"),
    [
        ({"place": " \t"}, "fieldwork.visit-without-aim", "/place"),
        ({"planned_start_at": shanghai("10:00"), "planned_end_at": shanghai("09:59")}, "fieldwork.end-before-start",
         "/planned_end_at"),
        ({"customer_id": new_id()}, "core.not-found", "/customer_id"),
        ({"plan_id": new_id()}, "core.not-found", "/plan_id"),
        ({"assignee_id": new_id()}, "core.function-missing", None),
    ],
)  # fmt: skip
def test_what_a_visit_cannot_be(office: Office, values: dict[str, Any], code: str, pointer: str | None) -> None:
    with pytest.raises(Refused) as refused:
        office.visit(**values)
    assert refused.value.code == code
    assert [each.pointer for each in refused.value.errors] == ([] if pointer is None else [pointer])
    assert office.rows(Visit) == []


def test_a_plan_of_another_day_or_person_is_refused(office: Office) -> None:
    mine, theirs = office.plan("wang", plan_on=MONDAY), office.plan("zhao", plan_on=MONDAY)
    with pytest.raises(Refused, match=r"^fieldwork.other-plan$"):
        office.visit(plan_id=mine, planned_on=TUESDAY)
    with pytest.raises(Refused, match=r"^core.not-found$") as refused:
        office.visit(plan_id=theirs, planned_on=MONDAY)
    assert refused.value.errors[0].pointer == "/plan_id", "out of reach is as good as not there"
    with pytest.raises(Refused, match=r"^fieldwork.other-plan$"):
        office.visit("jie", plan_id=theirs, planned_on=MONDAY)
    visit = office.visit("jie", plan_id=theirs, assignee_id=office.users["zhao"])
    assert office.visit_row(visit).plan_id == theirs


@pytest.mark.parametrize("who", ["na", "gone", "sun", "spy", "random"])
def test_nobody_out_of_reach_is_assigned_anything(office: Office, who: str) -> None:
    users = office.users | {"random": new_id()}
    with pytest.raises(Refused, match=r"^fieldwork.assignee-unknown$"):
        office.visit("jie", assignee_id=users[who])


def test_customers_of_other_teams_are_not_visited_without_being_sent(office: Office) -> None:
    theirs = office.customer(by="na")
    with pytest.raises(Refused, match=r"^core.not-found$"):
        office.visit("wang", customer_id=theirs)
    sent = office.visit("yang", customer_id=theirs, assignee_id=office.users["wang"], planned_on=MONDAY)
    row = office.visit_row(sent)
    assert (row.author_id, row.owner_id, row.unit_id) == (
        office.users["wang"],
        office.users["na"],
        office.units["west"],
    )
    # He does not see the customer, but he does his visit, and what came of it is on the timeline.
    office.start("wang", sent, shanghai("09:00"))
    office.finish("wang", sent, shanghai("09:30"), outcome="met", result="已看房")
    (entry,) = office.rows(TimelineEntry, customer_id=theirs, kind="visit")
    assert (entry.done_by, entry.subject_id, entry.owner_id) == (office.users["wang"], sent, office.users["na"])
    assert (entry.at, entry.params) == (shanghai("09:30"), {"outcome": "met", "result": "已看房"})


def test_one_row_from_plan_to_event(office: Office) -> None:
    customer = office.customer(by="wang")
    plan = office.plan(plan_on=MONDAY)
    visit = office.visit(customer_id=customer, plan_id=plan, planned_start_at=shanghai("11:00"), **SITE)
    office.clock.at = shanghai("19:00")
    office.start("wang", visit, shanghai("11:20"), **{**ON_SITE, "latitude_e7": 312_304_000 + 90 * 600})
    row = office.visit_row(visit)
    assert (row.state, row.actual_started_at, row.check_in_at) == ("in_progress", shanghai("11:20"), shanghai("11:20"))
    assert (row.start_received_at, row.end_received_at) == (shanghai("19:00"), None)
    assert (row.location_verdict, row.location_reason) == ("outside", "outside")
    assert 598 <= row.distance_m <= 602
    assert (row.accuracy_m, row.fix_age_s, row.is_mock) == (20, 5, False)
    office.finish("wang", visit, shanghai("12:05"), result="看中两套", outcome="met", next_step="周五报价")
    row = office.visit_row(visit)
    assert (row.id, row.plan_id, row.planned_on, row.planned_start_at) == (visit, plan, MONDAY, shanghai("11:00"))
    assert (row.state, row.actual_ended_at, row.end_received_at) == ("done", shanghai("12:05"), shanghai("19:00"))
    assert (row.result, row.outcome, row.next_step, row.day_on) == ("看中两套", "met", "周五报价", MONDAY)
    assert row.location_verdict == "outside", "finishing does not judge anew"
    ((_, body),) = office.events("fieldwork.visit-finished")
    assert (json.loads(body)["checked_in"], json.loads(body)["time_verdict"]) == (True, "plausible")


def test_a_forgotten_check_in_is_unverified(office: Office) -> None:
    visit = office.visit(planned_on=MONDAY, **SITE)
    office.finish("wang", visit, shanghai("09:50"), started_at=shanghai("09:00"))
    row = office.visit_row(visit)
    assert (row.actual_started_at, row.actual_ended_at) == (shanghai("09:00"), shanghai("09:50"))
    assert (row.check_in_at, row.start_received_at) == (None, None)
    assert (row.location_verdict, row.location_reason) == ("unverified", "no_check_in")
    other = office.visit(planned_on=MONDAY)
    office.finish("wang", other, shanghai("09:50"))
    assert office.visit_row(other).actual_started_at is None


def test_the_first_start_stays(office: Office) -> None:
    visit = office.visit(planned_on=MONDAY)
    office.start("wang", visit, shanghai("09:00"))
    office.finish("wang", visit, shanghai("09:30"), started_at=shanghai("08:00"))
    assert office.visit_row(visit).actual_started_at == shanghai("09:00")


def test_an_end_before_the_start_is_refused_at_its_field(office: Office) -> None:
    started, forgotten = office.visit(planned_on=MONDAY), office.visit(planned_on=MONDAY)
    office.start("wang", started, shanghai("09:00"))
    for visit, values in ((started, {}), (forgotten, {"started_at": shanghai("09:00")})):
        with pytest.raises(Refused, match=r"^fieldwork.end-before-start$") as refused:
            office.finish("wang", visit, shanghai("08:59"), **values)
        assert refused.value.errors[0].pointer == "/ended_at"
    assert office.visit_row(forgotten).state == "planned"


def test_only_who_does_it_says_that_it_happened(office: Office) -> None:
    customer = office.customer(by="wang")
    visit = office.visit("jie", customer_id=customer, assignee_id=office.users["zhao"], planned_on=MONDAY)
    for who in ("wang", "jie", "yang", "boss"):
        with pytest.raises(Refused, match=r"^fieldwork.not-yours$"):
            office.start(who, visit, shanghai("09:00"))
        with pytest.raises(Refused, match=r"^fieldwork.not-yours$"):
            office.finish(who, visit, shanghai("09:00"))


def test_after_the_start_the_plan_stands(office: Office) -> None:
    visit = office.visit(planned_on=MONDAY)
    office.start("wang", visit, shanghai("09:00"))
    for operation, values in (
        (operations.change_visit, {"planned_on": TUESDAY}),
        (operations.cancel_visit, {}),
        (operations.start_visit, {"started_at": shanghai("09:30")}),
    ):
        with pytest.raises(Refused, match=r"^fieldwork.visit-already-started$"):
            office.do("wang", operation, Visit, visit, **values)
    office.finish("wang", visit, shanghai("09:30"))
    with pytest.raises(Refused, match=r"^fieldwork.visit-already-done$"):
        office.finish("wang", visit, shanghai("09:40"), result="改写")


def test_called_off_and_planned_again(office: Office) -> None:
    visit = office.visit(planned_on=MONDAY)
    office.do("jie", operations.cancel_visit, Visit, visit, reason=" 客户改期 ")
    office.do("wang", operations.cancel_visit, Visit, visit, reason="再次")
    assert (office.visit_row(visit).state, office.visit_row(visit).cancel_reason) == ("cancelled", "客户改期")
    assert office.visit_row(visit).version == 2, "saying it twice changes nothing"
    with pytest.raises(Refused, match=r"^fieldwork.visit-already-cancelled$"):
        office.finish("wang", visit, shanghai("09:30"))
    office.do("wang", operations.reopen_visit, Visit, visit)
    office.finish("wang", visit, shanghai("09:30"))
    assert (office.visit_row(visit).state, office.visit_row(visit).cancel_reason) == ("done", None)
    assert len(office.events("fieldwork.visit-cancelled")) == 1


@pytest.mark.parametrize(
    ("claimed", "verdict", "day"),
    [
        (datetime(2025, 3, 2, 15, 59, 59, tzinfo=UTC), "plausible", date(2025, 3, 2)),
        (datetime(2025, 3, 2, 16, 0, tzinfo=UTC), "plausible", MONDAY),
        (datetime(2031, 1, 1, tzinfo=UTC), "future", MONDAY),
        (datetime(2000, 1, 1, tzinfo=UTC), "old", MONDAY),
    ],
)
def test_doubtful_times_are_taken_and_flagged(office: Office, claimed: datetime, verdict: str, day: date) -> None:
    customer = office.customer(by="wang")
    visit = office.visit(customer_id=customer)
    office.start("wang", visit, claimed)
    office.finish("wang", visit, claimed + timedelta(minutes=5))
    row = office.visit_row(visit)
    assert (row.actual_started_at, row.time_verdict, row.day_on) == (claimed, verdict, day)
    (entry,) = office.rows(TimelineEntry, customer_id=customer, kind="visit")
    assert entry.at == (claimed + timedelta(minutes=5) if verdict == "plausible" else office.clock.at)


def test_a_doubtful_end_flags_a_plausible_start(office: Office) -> None:
    visit = office.visit(planned_on=MONDAY)
    office.start("wang", visit, shanghai("09:00"))
    office.finish("wang", visit, shanghai("10:11"))
    assert office.visit_row(visit).time_verdict == "future"


def test_events_keep_no_text_and_no_point(office: Office) -> None:
    customer = office.customer("王小明", by="wang")
    visit = office.visit(customer_id=customer, purpose="谈价格", planned_on=MONDAY, **SITE)
    _change(office, "wang", visit, purpose="谈合同")
    office.start("wang", visit, shanghai("09:00"), **ON_SITE)
    office.finish("wang", visit, shanghai("09:30"), result="客户电话 13800138000")
    bodies = "".join(
        body
        for name in ("created", "changed", "started", "finished")
        for _, body in office.events(f"fieldwork.visit-{name}")
    )
    for secret in ("王小明", "谈", "13800138000", "312304000", "1214737000"):
        assert secret not in bodies
    assert json.loads(office.events("fieldwork.visit-changed")[0][1])["changes"]["purpose"][1]["masked"] == "(3)"
