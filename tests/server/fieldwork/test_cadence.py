"""Follow-ups that come again: the next is there when one is done, on whatever device."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from server.core.problems import Refused
from server.fieldwork import operations, rules
from server.fieldwork.models import FollowUp
from tests.server.fieldwork.office import Office, shanghai
from tests.support.syncing import Queue, pull_all, push, told

DAY = date.fromisoformat


@pytest.mark.parametrize(
    ("first", "every", "unit", "after", "until", "found"),
    [
        ("2025-03-03", 1, "week", "2025-03-03", None, "2025-03-10"),
        ("2025-03-03", 2, "week", "2025-03-12", None, "2025-03-17"),
        ("2025-03-03", 1, "week", "2025-03-10", "2025-03-16", None),
        ("2025-03-03", 1, "week", "2025-03-09", "2025-03-10", "2025-03-10"),
        ("2025-01-31", 1, "month", "2025-01-31", None, "2025-02-28"),
        ("2025-01-31", 1, "month", "2025-02-28", None, "2025-03-31"),
        ("2024-02-29", 12, "month", "2024-02-29", None, "2025-02-28"),
        ("2024-02-29", 12, "month", "2027-12-31", None, "2028-02-29"),
        ("2025-10-31", 3, "month", "2026-01-01", None, "2026-01-31"),
        ("2099-12-01", 1, "month", "2099-12-01", None, None),
        ("1900-01-01", 1, "week", "2025-03-03", None, "2025-03-10"),
    ],
)
def test_the_next_day_of_a_cadence(
    first: str, every: int, unit: str, after: str, until: str | None, found: str
) -> None:
    last = None if until is None else DAY(until)
    assert rules.next_due(DAY(first), every, unit, after=DAY(after), until=last) == (found and DAY(found))


@pytest.mark.parametrize(
    ("every", "unit", "until", "fits"),
    [
        (None, None, None, True), (1, "week", None, True), (52, "week", None, True), (12, "month", "2026-01-01", True),
        (13, "month", None, False), (0, "week", None, False), (53, "week", None, False), (1, None, None, False),
        (None, "week", None, False), (None, None, "2026-01-01", False),
    ],
)  # fmt: skip
def test_what_makes_a_cadence(every: int | None, unit: str | None, until: str | None, fits: bool) -> None:
    last = None if until is None else DAY(until)
    if fits:
        rules.check_repeat(every, unit, last)
    else:
        with pytest.raises(Refused, match=r"^fieldwork.repeat-invalid$"):
            rules.check_repeat(every, unit, last)


def _open(office: Office) -> list[FollowUp]:
    return [each for each in office.rows(FollowUp) if each.state == "open"]


def test_done_without_a_network_the_next_of_a_year_is_there_and_on_a_new_device_too(office: Office) -> None:
    customer, queue = office.customer(by="wang"), Queue()
    first = queue.create(
        "follow_ups", customer_id=customer, text="问候", due_at=1_740_970_800_000, repeat_every=12, repeat_unit="month"
    )
    queue.act("follow_ups", "complete", first)
    applied = push(office.database, office.on_device("wang"), queue.take(), clock=office.clock)
    assert [told(each) for each in applied.decisions] == [("applied", None)] * 2
    (held,) = [
        each
        for each in pull_all(office.database, office.actor("wang")).of("follow_ups").values()
        if each["state"] == "open"
    ]
    assert (held["due_on"], held["text"], held["repeat_every"]) == ("2026-03-03", "问候", 12)
    (row,) = _open(office)
    assert (row.due_at, row.author_id) == (datetime(2026, 3, 3, 3, tzinfo=UTC), office.users["wang"])  # 11:00 there
    assert len(office.events("fieldwork.follow-up-created")) == 2


def test_it_ends_with_its_last_day_or_when_it_is_called_off(office: Office) -> None:
    weekly: dict[str, Any] = {"repeat_every": 1, "repeat_unit": "week"}
    customer = office.customer(by="wang")
    due = date(2025, 3, 3)
    last = office.follow_up("wang", customer_id=customer, due_on=due, repeat_until=date(2025, 3, 9), **weekly)
    off = office.follow_up("wang", customer_id=customer, due_on=due, **weekly)
    office.do("wang", operations.complete_follow_up, FollowUp, last)
    office.do("wang", operations.cancel_follow_up, FollowUp, off)
    assert _open(office) == []


def test_a_cadence_is_set_changed_and_taken_away_while_it_is_open(office: Office) -> None:
    each = office.follow_up("wang", customer_id=office.customer(by="wang"), due_on=date(2025, 3, 3))
    office.do("wang", operations.change_follow_up, FollowUp, each, repeat_every=1, repeat_unit="month")
    assert office.follow_up_row(each).repeat_from == date(2025, 3, 3)
    office.do("wang", operations.change_follow_up, FollowUp, each, due_on=date(2025, 3, 31))
    assert office.follow_up_row(each).repeat_from == date(2025, 3, 31)
    with pytest.raises(Refused, match=r"^fieldwork.repeat-invalid$"):
        office.do("wang", operations.change_follow_up, FollowUp, each, repeat_unit=None)
    office.do("wang", operations.change_follow_up, FollowUp, each, repeat_every=None, repeat_unit=None)
    assert office.follow_up_row(each).repeat_from is None
    office.do("wang", operations.complete_follow_up, FollowUp, each, done_at=shanghai("10:00"))
    assert _open(office) == []
