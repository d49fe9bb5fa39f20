"""Follow-ups, on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from server.core.problems import Refused
from server.customers.models import TimelineEntry
from server.fieldwork import operations
from server.fieldwork.models import FollowUp
from sync_protocol.ids import new_id
from tests.server.fieldwork.office import Office, shanghai

TUESDAY, FRIDAY = date(2025, 3, 4), date(2025, 3, 7)


def _do(office: Office, operation: Any, follow_up_id: str, who: str = "wang", **values: Any) -> None:
    office.do(who, operation, FollowUp, follow_up_id, **values)


def test_a_follow_up_is_where_its_customer_is(office: Office) -> None:
    customer = office.customer("王小明", by="wang")
    row = office.follow_up_row(
        office.follow_up("jie", customer_id=customer, due_on=FRIDAY, assignee_id=office.users["wang"])
    )
    assert (row.owner_id, row.unit_id) == (office.users["wang"], office.units["east"])
    assert (row.author_id, row.assignee_id, row.customer_name) == (office.users["jie"], office.users["wang"], "王小明")
    assert (row.due_on, row.due_at, row.text, row.state) == (FRIDAY, None, "回电", "open")


def test_the_day_is_that_of_the_time(office: Office) -> None:
    customer = office.customer()
    at = shanghai("00:30", 7)
    row = office.follow_up_row(office.follow_up(customer_id=customer, due_on=TUESDAY, due_at=at))
    assert (row.due_on, row.due_at) == (FRIDAY, at)
    follow_up = office.follow_up(customer_id=customer, due_on=TUESDAY)
    _do(office, operations.change_follow_up, follow_up, due_at=at)
    assert office.follow_up_row(follow_up).due_on == FRIDAY
    _do(office, operations.change_follow_up, follow_up, due_on=TUESDAY)
    row = office.follow_up_row(follow_up)
    assert (row.due_on, row.due_at) == (TUESDAY, at - timedelta(days=3)), "moved to a day, it keeps its hour"
    _do(office, operations.change_follow_up, follow_up, due_at=None, due_on=FRIDAY)
    assert (office.follow_up_row(follow_up).due_on, office.follow_up_row(follow_up).due_at) == (FRIDAY, None)


@pytest.mark.parametrize("far", [date(1999, 12, 31), date(2100, 1, 2), date(1900, 1, 1), date(2100, 12, 31)])
def test_a_day_so_far_that_its_time_could_not_be_kept_is_refused(office: Office, far: date) -> None:
    customer = office.customer(by="wang")
    follow_up = office.follow_up(customer_id=customer, due_at=shanghai("15:00", 7))
    with pytest.raises(Refused, match=r"^fieldwork.moved-too-far$") as refused:
        _do(office, operations.change_follow_up, follow_up, due_on=far)
    assert refused.value.errors[0].pointer == "/due_on"
    _do(office, operations.change_follow_up, follow_up, due_on=far, due_at=None)
    assert office.follow_up_row(follow_up).due_on == far


@pytest.mark.parametrize(
    ("values", "code", "pointer"),
    [
        ({"due_on": None}, "fieldwork.due-missing", "/due_on"),
        ({"text": "\u200b "}, "customers.text-required", "/text"),
        ({"visit_id": new_id()}, "core.not-found", "/visit_id"),
        ({"customer_id": new_id()}, "core.not-found", "/customer_id"),
        ({"customer_id": None}, "fieldwork.follow-up-without-customer", "/customer_id"),
    ],
)
def test_what_a_follow_up_cannot_be(office: Office, values: dict[str, Any], code: str, pointer: str) -> None:
    given: dict[str, Any] = {"customer_id": office.customer(), "due_on": FRIDAY} | values
    with pytest.raises(Refused, match=f"^{code}$") as refused:
        office.follow_up(**given)
    assert refused.value.errors[0].pointer == pointer


def test_after_a_visit_one_may_follow_up_with_somebody_elses_customer(office: Office) -> None:
    theirs = office.customer(by="na")
    with pytest.raises(Refused, match=r"^core.not-found$"):
        office.follow_up("wang", customer_id=theirs, due_on=FRIDAY)
    visit = office.visit("yang", customer_id=theirs, assignee_id=office.users["wang"])
    follow_up = office.follow_up("wang", customer_id=theirs, due_on=FRIDAY, visit_id=visit)
    row = office.follow_up_row(follow_up)
    assert (row.owner_id, row.assignee_id) == (office.users["na"], office.users["wang"]), "he never owned the customer"
    _do(office, operations.complete_follow_up, follow_up)
    with pytest.raises(Refused, match=r"^core.not-found$"):
        office.follow_up("wang", customer_id=office.customer(by="wang"), due_on=FRIDAY, visit_id=visit)
    with pytest.raises(Refused, match=r"^core.not-found$"):
        office.follow_up("zhao", customer_id=theirs, due_on=FRIDAY, visit_id=visit)


def test_done_stands_on_the_timeline(office: Office) -> None:
    customer = office.customer()
    follow_up = office.follow_up(customer_id=customer, due_on=FRIDAY)
    _do(office, operations.complete_follow_up, follow_up, done_at=shanghai("09:00"), done_note="约好周六")
    row = office.follow_up_row(follow_up)
    assert (row.state, row.done_at, row.done_note) == ("done", shanghai("09:00"), "约好周六")
    (entry,) = office.rows(TimelineEntry, customer_id=customer, kind="follow-up")
    assert (entry.at, entry.subject_id) == (shanghai("09:00"), follow_up)
    assert entry.params == {"text": "回电", "note": "约好周六"}
    for operation in (
        operations.complete_follow_up,
        operations.change_follow_up,
        operations.cancel_follow_up,
        operations.delete_follow_up,
    ):
        with pytest.raises(Refused, match=r"^fieldwork.follow-up-already-done$"):
            _do(office, operation, follow_up)


def test_a_claim_out_of_bounds_does_not_date_the_timeline(office: Office) -> None:
    customer = office.customer()
    follow_up = office.follow_up(customer_id=customer, due_on=FRIDAY)
    _do(office, operations.complete_follow_up, follow_up, done_at=shanghai("23:00"))
    (entry,) = office.rows(TimelineEntry, customer_id=customer, kind="follow-up")
    assert (entry.at, office.follow_up_row(follow_up).done_at) == (office.clock.at, shanghai("23:00"))


def test_cancelled_and_deleted(office: Office) -> None:
    customer = office.customer()
    follow_up = office.follow_up("jie", customer_id=customer, due_on=FRIDAY, assignee_id=office.users["wang"])
    _do(office, operations.cancel_follow_up, follow_up)
    _do(office, operations.cancel_follow_up, follow_up)
    assert len(office.events("fieldwork.follow-up-cancelled")) == 1
    with pytest.raises(Refused, match=r"^fieldwork.follow-up-already-cancelled$"):
        _do(office, operations.complete_follow_up, follow_up)
    with pytest.raises(Refused, match=r"^fieldwork.not-yours$"):
        _do(office, operations.delete_follow_up, follow_up)
    _do(office, operations.delete_follow_up, follow_up, "jie")
    assert office.follow_up_row(follow_up) is None
    assert len(office.events("fieldwork.follow-up-deleted")) == 1


def test_whose_it_is(office: Office) -> None:
    customer = office.customer(by="wang")
    follow_up = office.follow_up("wang", customer_id=customer, due_on=FRIDAY)
    with pytest.raises(Refused, match=r"^core.not-found$"):
        _do(office, operations.change_follow_up, follow_up, "zhao", text="x")
    with pytest.raises(Refused, match=r"^core.function-missing$"):
        _do(office, operations.change_follow_up, follow_up, "wang", assignee_id=office.users["zhao"])
    _do(office, operations.change_follow_up, follow_up, "jie", assignee_id=office.users["jie"], text="经理回电")
    row = office.follow_up_row(follow_up)
    assert (row.assignee_id, row.author_id, row.text) == (office.users["jie"], office.users["wang"], "经理回电")
    by_boss = office.follow_up("jie", customer_id=customer, due_on=FRIDAY)
    with pytest.raises(Refused, match=r"^fieldwork.not-yours$"):
        _do(office, operations.complete_follow_up, by_boss, "wang")
    _do(office, operations.complete_follow_up, by_boss, "yang")
