"""Field work as devices push and pull it, on both databases."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest

from server.core.access import Actor
from server.core.collections import COLLECTIONS
from server.core.rows import c
from server.core.sync_issues import SyncIssue
from server.core.types import to_ms
from server.fieldwork.activities.models import Activity, ActivityType
from server.fieldwork.copies.models import Copy
from server.fieldwork.models import DayPlan, FollowUp, Task, Visit, VisitComment
from server.fieldwork.places.models import CustomerPlace
from server.fieldwork.questions.models import Question
from server.fieldwork.reports.models import WorkReport, WorkReportComment, WorkReportReader, WorkReportRevision
from server.fieldwork.sync import COLLECTIONS as OURS
from server.fieldwork.targets.models import Target
from sync_protocol.ids import new_id
from tests.server.fieldwork.office import ON_SITE, SITE, Office, shanghai, statements
from tests.support.syncing import Queue, pull_all, push, told

MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)


def _push(office: Office, actor: Actor, queue: Queue) -> list[tuple[str, str | None]]:
    applied = push(office.database, actor, queue.take(), clock=office.clock)
    return [told(each) for each in applied.decisions]


def test_a_day_without_a_network_arrives_at_once(office: Office) -> None:
    phone, queue = office.on_device("wang"), Queue()
    customer = queue.create("customers", name="王小明")
    plan = queue.create("day_plans", plan_on="2025-03-03", note="上午两家")
    queue.act("day_plans", "send", plan)
    line = queue.create("visits", plan_id=plan, customer_id=customer, planned_on="2025-03-03", **SITE)
    queue.act("visits", "start", line, started_at=to_ms(shanghai("08:30")), **ON_SITE)
    with queue.together():
        queue.act("visits", "finish", line, ended_at=to_ms(shanghai("09:00")), outcome="met", result="满意\n再约")
        queue.create("follow_ups", customer_id=customer, visit_id=line, due_on="2025-03-07", text="报价")
    with queue.together():
        walk_in = queue.create("visits", place="展会")
        queue.act("visits", "start", walk_in, started_at=to_ms(shanghai("09:10")))
        queue.act("visits", "finish", walk_in, ended_at=to_ms(shanghai("09:20")))
    queue.act("day_plans", "finish", plan)
    assert _push(office, phone, queue) == [("applied", None)] * 11
    done, spontaneous = office.visit_row(line), office.visit_row(walk_in)
    assert (done.state, done.location_verdict, done.day_on) == ("done", "verified", MONDAY)
    assert (done.plan_id, done.customer_id, done.result) == (plan, customer, "满意\n再约")
    assert (spontaneous.planned_on, spontaneous.day_on, spontaneous.state) == (None, MONDAY, "done")
    assert office.plan_row(plan).state == "done"
    held = pull_all(office.database, phone)
    assert held.ids("visits") == {line, walk_in}
    row = held.of("visits")[line]
    assert (row["actual_started_at"], row["planned_on"]) == (to_ms(shanghai("08:30")), "2025-03-03")
    assert row["latitude_e7"] == ON_SITE["latitude_e7"]
    (follow_up,) = held.of("follow_ups").values()
    assert (follow_up["customer_name"], follow_up["due_on"], follow_up["state"]) == ("王小明", "2025-03-07", "open")


def test_what_comes_again_from_a_restored_phone_is_known_however_it_was_spelt(office: Office) -> None:
    def everything(queue: Queue) -> None:
        queue.create("day_plans", plan, plan_on="2025-03-03", note=" 上午两家 ")
        queue.create("visits", visit, customer_id=customer, customer_name="小王", place=" ", purpose="量房\n")
        queue.create("follow_ups", follow_up, customer_id=customer, due_on="2025-03-07", text=" 报价")

    plan, visit, follow_up, customer = new_id(), new_id(), new_id(), office.customer("王小明", by="wang")
    queue, again = Queue(), Queue()
    everything(queue)
    everything(again)
    assert _push(office, office.on_device("wang"), queue) == [("applied", None)] * 3
    assert _push(office, office.on_device("wang"), again) == [("duplicate", None)] * 3
    assert (office.visit_row(visit).customer_name, office.visit_row(visit).purpose) == ("王小明", "量房")


def test_two_who_write_the_same_differently_agree(office: Office) -> None:
    customer = office.customer(by="wang")
    visit = office.visit(customer_id=customer, planned_on=MONDAY)
    follow_up = office.follow_up(customer_id=customer, due_on=MONDAY)
    first, second = Queue(), Queue()
    first.update("visits", visit, base=1, purpose="量房", place="江边")
    first.update("follow_ups", follow_up, base=1, text="回电")
    second.update("visits", visit, base=1, purpose=" 量房 ", place="江边 ")
    second.update("follow_ups", follow_up, base=1, text="回电\n")
    assert _push(office, office.on_device("wang"), first) == [("applied", None)] * 2
    assert _push(office, office.on_device("jie"), second) == [("merged", None), ("applied", None)]


@pytest.mark.parametrize(("start", "each", "rest"), [("start", "visits", {"started_at": to_ms(shanghai("09:00"))}),
                                                     ("cancel", "visits", {})])  # fmt: skip
def test_a_batch_reads_no_row_by_itself(office: Office, start: str, each: str, rest: dict[str, Any]) -> None:
    phone, queue = office.on_device("wang"), Queue()

    def batch(size: int) -> int:
        customers = [office.customer(by="wang") for _ in range(size)]
        mine = [office.visit(customer_id=customer, planned_on=MONDAY) for customer in customers]
        for customer, visit in zip(customers, mine, strict=True):
            plan = queue.create("day_plans", plan_on="2025-03-04")
            queue.create("visits", plan_id=plan, customer_id=customer)
            queue.act(each, start, visit, **rest)
            follow_up = queue.create("follow_ups", customer_id=customer, visit_id=visit, due_on="2025-03-07", text="x")
            queue.update("follow_ups", follow_up, text="y")
        with statements(office.database) as seen:
            verdicts = _push(office, phone, queue)
        assert verdicts == [("applied", None)] * (5 * size)
        return len(seen)

    batch(1)
    assert batch(2) == batch(12)


def test_finishing_a_batch_with_its_timelines_reads_no_row_by_itself(office: Office) -> None:
    phone, queue = office.on_device("wang"), Queue()

    def batch(size: int) -> int:
        for customer in [office.customer(by="wang") for _ in range(size)]:
            visit = office.visit(customer_id=customer, planned_on=MONDAY)
            queue.act("visits", "finish", visit, ended_at=to_ms(shanghai("09:00")), result="好")
        with statements(office.database) as seen:
            assert set(_push(office, phone, queue)) == {("applied", None)}
        return len(seen)

    assert batch(2) == batch(12)


def test_late_facts_of_a_former_owner_in_one_batch(office: Office) -> None:
    phone, queue = office.on_device("wang"), Queue()
    customer = office.customer(by="wang")
    planned = office.visit(customer_id=customer, planned_on=MONDAY)
    follow_up = office.follow_up(customer_id=customer, due_on=MONDAY)
    office.hand_over([customer], "na")
    queue.act("visits", "finish", planned, ended_at=to_ms(shanghai("09:00")), outcome="met")
    made = queue.create("visits", customer_id=customer)
    queue.act("visits", "finish", made, ended_at=to_ms(shanghai("09:30")))
    queue.act("follow_ups", "complete", follow_up)
    queue.create("follow_ups", customer_id=customer, visit_id=made, due_on="2025-03-07", text="请同事回电")
    queue.update("visits", planned, purpose="改")
    assert _push(office, phone, queue) == [("applied", None)] * 5 + [("rejected", "fieldwork.visit-already-done")]
    assert office.visit_row(planned).author_id == office.users["wang"]
    assert {(row.owner_id, row.assignee_id) for row in office.rows(FollowUp)} == {(office.users["na"],) * 2}


def test_a_line_written_before_and_arriving_after_a_handover_is_the_new_owners(office: Office) -> None:
    phone, queue = office.on_device("wang"), Queue()
    customers = [office.customer(by="wang") for _ in range(2)]
    lines = []
    for place, customer in enumerate(customers):
        if place == 1:
            office.hand_over(customers, "na")
        plan = queue.create("day_plans", plan_on="2025-03-05")
        lines.append(queue.create("visits", plan_id=plan, customer_id=customer, planned_on="2025-03-05"))
        queue.create("follow_ups", customer_id=customer, due_on="2025-03-05", text="回电")
        assert _push(office, phone, queue) == [("applied", None)] * 3
    # The first line came before the handover, the second after it: the same comes of both.
    for row in (*office.rows(Visit), *office.rows(FollowUp)):
        assert (row.author_id, row.assignee_id, row.owner_id) == (office.users["wang"], *[office.users["na"]] * 2)
    assert [office.visit_row(each).plan_id for each in lines] == [None, None]


def test_first_confirmed_wins(office: Office) -> None:
    visit = office.visit(planned_on=MONDAY)
    one, two = office.on_device("wang"), office.on_device("wang")
    first, second = Queue(), Queue()
    first.act("visits", "finish", visit, ended_at=to_ms(shanghai("09:00")), result="甲")
    second.act("visits", "finish", visit, ended_at=to_ms(shanghai("09:05")), result="乙")
    assert _push(office, one, first) == [("applied", None)]
    assert _push(office, two, second) == [("rejected", "fieldwork.visit-already-done")]
    assert office.visit_row(visit).result == "甲"
    (issue,) = office.rows(SyncIssue, row_id=visit)
    assert issue.attempted["result"] == "乙", "the other testimony is kept"


def test_planned_fields_merge_one_by_one(office: Office) -> None:
    visit = office.visit(planned_on=MONDAY, planned_start_at=shanghai("09:00"))
    office.do("jie", _change(), Visit, visit, planned_on=TUESDAY)
    phone, queue = office.on_device("wang"), Queue()
    queue.update("visits", visit, purpose="签约", importance=3)
    queue.update("visits", visit, planned_on="2025-03-05")
    assert _push(office, phone, queue) == [("merged", None), ("conflict", "sync.clash")]
    row = office.visit_row(visit)
    assert (row.planned_on, row.purpose, row.importance) == (TUESDAY, "签约", 3)
    assert row.planned_start_at == shanghai("09:00", 4)


def test_a_supervisors_phone_moves_and_reassigns(office: Office) -> None:
    customer = office.customer(by="wang")
    visit = office.visit(customer_id=customer, planned_on=MONDAY)
    phone, queue = office.on_device("jie"), Queue()
    queue.update("visits", visit, assignee_id=office.users["zhao"], planned_on="2025-03-04")
    queue.update("visits", visit, base=2, assignee_id=office.users["na"])
    assert _push(office, phone, queue) == [("applied", None), ("rejected", "fieldwork.assignee-unknown")]
    assert pull_all(office.database, office.actor("zhao")).ids("visits") == {visit}
    assert pull_all(office.database, office.actor("wang")).ids("visits") == {visit}, "his customer's"
    assert pull_all(office.database, office.actor("na")).ids("visits") == set()


def _change() -> Any:
    from server.fieldwork import operations

    return operations.change_visit


FULL = 2**53 - 1


@pytest.mark.parametrize(
    "values",
    [
        {"started_at": -1},
        {"started_at": "2025-03-03T01:00:00Z"},
        {"started_at": True},
        {"started_at": 1e12},
        {"started_at": None},
        {},
        {"started_at": to_ms(shanghai("09:00")), "latitude_e7": 31.2},
        {"started_at": to_ms(shanghai("09:00")), "latitude_e7": 2**53},
        {"started_at": to_ms(shanghai("09:00")), "is_mock": 1},
        {"started_at": to_ms(shanghai("09:00")), "location_verdict": "verified"},
        {"started_at": to_ms(shanghai("09:00")), "author_id": new_id()},
    ],
)
def test_hostile_check_ins_are_refused_by_their_form(office: Office, values: dict[str, Any]) -> None:
    visit = office.visit(planned_on=MONDAY)
    queue = Queue()
    queue.add("visits", "start", visit, values, base=1)
    ((verdict, code),) = _push(office, office.on_device("wang"), queue)
    assert verdict == "rejected"
    assert (code or "").startswith("sync.")
    assert office.visit_row(visit).state == "planned"


@pytest.mark.parametrize(
    "fix",
    [
        {"latitude_e7": FULL, "longitude_e7": -FULL, "accuracy_m": FULL, "fix_age_s": -FULL, "is_mock": True},
        {"latitude_e7": 0, "longitude_e7": 0, "accuracy_m": 0, "fix_age_s": 0},
        {"latitude_e7": None, "longitude_e7": 5, "accuracy_m": None, "fix_age_s": None},
        {"accuracy_m": -FULL},
    ],
)
def test_hostile_points_are_taken_and_unverified(office: Office, fix: dict[str, Any]) -> None:
    visit = office.visit(planned_on=MONDAY, **SITE)
    queue = Queue()
    queue.act("visits", "start", visit, started_at=to_ms(shanghai("09:00")), **fix)
    assert _push(office, office.on_device("wang"), queue) == [("applied", None)]
    row = office.visit_row(visit)
    assert row.location_verdict == "unverified"
    assert {name: getattr(row, name) for name in fix} == fix


def test_read_only_columns_are_not_written(office: Office) -> None:
    visit = office.visit(planned_on=MONDAY)
    queue = Queue()
    names = [each.name for each in OURS[1].columns if not each.writable]
    for name in names:
        queue.add("visits", "update", visit, {name: None}, base=1)
    assert _push(office, office.on_device("wang"), queue) == [("rejected", "sync.unknown-field")] * len(names)
    assert {"state", "actual_started_at", "author_id", "owner_id", "day_on", "distance_m"} <= set(names)


def test_out_of_reach_looks_like_not_there(office: Office) -> None:
    theirs = office.visit("na", planned_on=MONDAY)
    plan = office.plan("na", plan_on=MONDAY)
    for name in ("wang", "zhao", "jie"):
        queue = Queue()
        for visit in (theirs, new_id()):
            queue.update("visits", visit, place="x")
            queue.act("visits", "start", visit, started_at=to_ms(shanghai("09:00")))
            queue.act("visits", "cancel", visit)
        for each in (plan, new_id()):
            queue.act("day_plans", "send", each)
            queue.act("follow_ups", "delete", each)
        assert set(_push(office, office.on_device(name), queue)) == {("rejected", "core.not-found")}
    assert office.visit_row(theirs).version == 1


def test_another_organisation_sees_and_touches_nothing(office: Office) -> None:
    visit, plan = office.visit(planned_on=MONDAY), office.plan(plan_on=MONDAY)
    spy = dataclasses.replace(office.actor("spy"))
    held = pull_all(office.database, spy)
    assert all(not held.ids(each.name) for each in OURS)
    assert {visit, plan} == pull_all(office.database, office.actor("boss")).ids("visits") | {plan}


def test_who_holds_what(office: Office) -> None:
    mine, hers = office.visit("wang", planned_on=MONDAY), office.visit("na", planned_on=MONDAY)
    plans = office.plan("wang", plan_on=MONDAY), office.plan("na", plan_on=MONDAY)
    for name, visits, day_plans in (
        ("wang", {mine}, {plans[0]}),
        ("zhao", set(), set()),
        ("na", {hers}, {plans[1]}),
        ("jie", {mine}, {plans[0]}),
        ("hong", {hers}, {plans[1]}),
        ("yang", {mine, hers}, set(plans)),
        ("sun", set(), set()),
    ):
        held = pull_all(office.database, office.actor(name))
        assert (held.ids("visits"), held.ids("day_plans")) == (visits, day_plans), name


def test_what_is_declared_is_what_there_is() -> None:
    rows = (
        DayPlan, Visit, VisitComment, FollowUp, Task, ActivityType, Activity, CustomerPlace, Copy, Target, Question, WorkReport,
        WorkReportRevision, WorkReportReader, WorkReportComment,
    )  # fmt: skip
    for collection, row in zip(OURS, rows, strict=True):
        assert COLLECTIONS[collection.name] is collection
        assert {each.name for each in collection.columns} <= set(c(row).keys())
        assert collection.shape.describe(1)["collection"] == collection.name
