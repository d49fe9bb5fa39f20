"""Customers change hands: their visits and follow-ups go along, what was done stays with who did it."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from server.core.problems import Refused
from server.customers.models import TimelineEntry
from server.fieldwork import operations
from server.fieldwork.models import FollowUp, Visit
from tests.server.fieldwork.office import Office, shanghai, statements
from tests.support.syncing import pull_all

MONDAY, WEDNESDAY = date(2025, 3, 3), date(2025, 3, 5)


def test_planned_visits_become_the_new_owners(office: Office) -> None:
    customer = office.customer(by="wang")
    plan = office.plan(plan_on=WEDNESDAY)
    visit = office.visit(customer_id=customer, plan_id=plan, planned_start_at=shanghai("09:00", 5))
    office.hand_over([customer], "na")
    row = office.visit_row(visit)
    assert (row.owner_id, row.unit_id, row.assignee_id) == (
        office.users["na"],
        office.units["west"],
        office.users["na"],
    )
    assert (row.author_id, row.plan_id, row.planned_on) == (office.users["wang"], None, WEDNESDAY)
    ((subject, body),) = office.events("fieldwork.visit-reassigned")
    assert subject == visit
    assert json.loads(body) == {
        "former_id": office.users["wang"], "assignee_id": office.users["na"], "by_handover": True,
    }  # fmt: skip
    office.do("na", operations.change_visit, Visit, visit, place="样板间")
    office.start("na", visit, shanghai("09:30"))
    assert office.visit_row(visit).author_id == office.users["na"], "who does it is its author"
    with pytest.raises(Refused, match=r"^core.not-found$"):
        office.finish("wang", visit, shanghai("09:40"))


def test_what_was_done_stays_its_authors(office: Office) -> None:
    customer = office.customer("王小明", by="wang")
    done, begun = office.visit(customer_id=customer), office.visit(customer_id=customer, planned_on=MONDAY)
    cancelled = office.visit(customer_id=customer, planned_on=MONDAY)
    for each in (done, begun):
        office.start("wang", each, shanghai("09:00"))
    office.finish("wang", done, shanghai("09:30"))
    office.do("wang", operations.cancel_visit, Visit, cancelled)
    office.hand_over([customer], "na")
    for each in (done, begun, cancelled):
        row = office.visit_row(each)
        assert (row.owner_id, row.unit_id) == (office.users["na"], office.units["west"])
        assert (row.author_id, row.assignee_id, row.customer_name) == (*[office.users["wang"]] * 2, "王小明")
    assert office.events("fieldwork.visit-reassigned") == []
    # Both hold the history; only the new owner holds the customer.
    wang, na = pull_all(office.database, office.actor("wang")), pull_all(office.database, office.actor("na"))
    assert wang.ids("visits") == na.ids("visits") == {done, begun, cancelled}
    assert (wang.ids("customers"), na.ids("customers")) == (set(), {customer})
    office.finish("wang", begun, shanghai("09:50"))


def test_his_supervisor_sees_it_no_more(office: Office) -> None:
    customer = office.customer(by="wang")
    visit = office.visit(customer_id=customer)
    held = pull_all(office.database, office.actor("jie"))
    assert held.ids("visits") == {visit}
    office.hand_over([customer], "na")
    assert held.read(office.database, office.actor("jie")).ids("visits") == set()
    assert pull_all(office.database, office.actor("hong")).ids("visits") == {visit}


def test_a_visit_done_before_he_could_know_is_taken_in_his_name(office: Office) -> None:
    customer = office.customer(by="wang")
    planned = office.visit(customer_id=customer, planned_on=MONDAY)
    phone = office.on_device("wang")
    office.hand_over([customer], "na")
    spontaneous = office.visit(phone, customer_id=customer)
    for each in (planned, spontaneous):
        office.start(phone, each, shanghai("09:00"))
        office.finish(phone, each, shanghai("09:30"), outcome="met")
        row = office.visit_row(each)
        assert (row.state, row.author_id, row.assignee_id) == ("done", office.users["wang"], office.users["wang"])
        assert (row.owner_id, row.unit_id) == (office.users["na"], office.units["west"])
    entries = office.rows(TimelineEntry, customer_id=customer, kind="visit")
    assert {(entry.done_by, entry.owner_id) for entry in entries} == {(office.users["wang"], office.users["na"])}
    assert {entry.subject_id for entry in entries} == {planned, spontaneous}
    with pytest.raises(Refused, match=r"^fieldwork.visit-already-done$"):
        office.start("na", planned, shanghai("09:40"))


def test_but_he_plans_nothing_for_it_any_more(office: Office) -> None:
    customer = office.customer(by="wang")
    visit = office.visit(customer_id=customer, planned_on=MONDAY)
    office.hand_over([customer], "na")
    for operation in (operations.change_visit, operations.cancel_visit, operations.reopen_visit):
        with pytest.raises(Refused, match=r"^fieldwork.not-yours$"):
            office.do("wang", operation, Visit, visit, planned_on=WEDNESDAY)


def test_a_colleagues_visit_stays_his(office: Office) -> None:
    customer = office.customer(by="wang")
    visit = office.visit("jie", customer_id=customer, assignee_id=office.users["zhao"], planned_on=MONDAY)
    follow_up = office.follow_up("jie", customer_id=customer, due_on=MONDAY, assignee_id=office.users["zhao"])
    office.hand_over([customer], "na")
    for row in (office.visit_row(visit), office.follow_up_row(follow_up)):
        assert (row.assignee_id, row.owner_id) == (office.users["zhao"], office.users["na"])
    office.start("zhao", visit, shanghai("09:00"))


def test_open_follow_ups_go_along_and_done_ones_do_not_change_hands(office: Office) -> None:
    customer = office.customer(by="wang")
    still, done = (office.follow_up(customer_id=customer, due_on=WEDNESDAY) for _ in range(2))
    office.do("wang", operations.complete_follow_up, FollowUp, done)
    office.hand_over([customer], "na")
    rows = [office.follow_up_row(each) for each in (still, done)]
    assert [row.assignee_id for row in rows] == [office.users["na"], office.users["wang"]]
    assert {row.owner_id for row in rows} == {office.users["na"]}
    assert {row.author_id for row in rows} == {office.users["wang"]}
    ((subject, _),) = office.events("fieldwork.follow-up-handed-over")
    assert subject == still
    office.do("na", operations.complete_follow_up, FollowUp, still)


def test_there_and_back(office: Office) -> None:
    customer = office.customer(by="wang")
    visit = office.visit(customer_id=customer, planned_on=WEDNESDAY)
    office.hand_over([customer], "na")
    office.hand_over([customer], "zhao")
    office.hand_over([customer], "wang")
    row = office.visit_row(visit)
    assert (row.assignee_id, row.author_id, row.unit_id) == (*[office.users["wang"]] * 2, office.units["east"])


def test_a_handover_reads_no_row_by_itself(office: Office) -> None:
    def count(customers: int, visits: int) -> int:
        ids = [office.customer(by="wang") for _ in range(customers)]
        for each in ids:
            for _ in range(visits):
                office.visit(customer_id=each, planned_on=MONDAY)
                office.follow_up(customer_id=each, due_on=MONDAY)
        office.clock.at += timedelta(seconds=1)
        with statements(office.database) as seen:
            office.hand_over(ids, "na")
        return len(seen)

    assert count(1, 1) == count(6, 3)
