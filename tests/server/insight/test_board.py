"""The board against days that were counted by hand, on both databases."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from server.core.clock import bounds_of
from server.core.rows import c
from server.fieldwork import operations
from server.fieldwork.models import Visit
from server.fieldwork.queries import has_status, was_late
from server.fieldwork.rules import LineStatus, is_late, line_status
from server.insight.queries import Board, Counts, board, board_lines
from tests.server.fieldwork.office import ON_SITE, SITE, Office, shanghai

SUNDAY, MONDAY, TUESDAY = date(2025, 3, 2), date(2025, 3, 3), date(2025, 3, 4)


def _board(office: Office, who: str = "jie", on: date = MONDAY, *, now: datetime | None = None, **given: Any) -> Board:
    with office.database.read(office.actor(who).org_id) as connection:
        return board(connection, office.actor(who), on=on, now=now or office.clock.now(), **given)


def _of(found: Board, office: Office, who: str) -> Counts:
    (counts,) = [person.counts for person in found.people if person.user_id == office.users[who]]
    return counts


def _monday(office: Office) -> dict[str, str]:
    """wang's Monday: ten lines and two more visits. The clock stands at 18:00 when all has arrived."""
    office.clock.at = shanghai("18:00")
    visits = {
        "kept": office.visit(planned_on=MONDAY, planned_start_at=shanghai("09:00"), **SITE),
        "kept_late": office.visit(planned_on=MONDAY, planned_start_at=shanghai("10:00"), **SITE),
        "kept_forgot": office.visit(planned_on=MONDAY),
        "running": office.visit(planned_on=MONDAY, planned_start_at=shanghai("17:00"), **SITE),
        "to_come": office.visit(planned_on=MONDAY, planned_start_at=shanghai("18:30")),
        "overdue": office.visit(planned_on=MONDAY, planned_start_at=shanghai("17:00")),
        "cancelled": office.visit(planned_on=MONDAY),
        "done_tuesday": office.visit(planned_on=MONDAY),
        "from_sunday": office.visit(planned_on=SUNDAY, planned_start_at=shanghai("09:00", 2)),
        "walk_in": office.visit(),
        "walk_in_running": office.visit(),
        "tuesday": office.visit(planned_on=TUESDAY),
    }
    away = {**ON_SITE, "latitude_e7": ON_SITE["latitude_e7"] + 90_000}
    office.start("wang", visits["kept"], shanghai("09:15"), **ON_SITE)
    office.finish("wang", visits["kept"], shanghai("09:40"))
    office.start("wang", visits["kept_late"], shanghai("10:16"), **away)
    office.finish("wang", visits["kept_late"], shanghai("10:40"))
    office.finish("wang", visits["kept_forgot"], shanghai("12:00"))
    office.start("wang", visits["running"], shanghai("17:10"), **ON_SITE, is_mock=True)
    office.start("wang", visits["from_sunday"], shanghai("13:00"), **away)
    office.finish("wang", visits["from_sunday"], shanghai("13:30"))
    office.start("wang", visits["walk_in"], shanghai("14:00"))
    office.finish("wang", visits["walk_in"], shanghai("14:20"))
    office.start("wang", visits["walk_in_running"], shanghai("17:30"))
    office.do("wang", operations.cancel_visit, Visit, visits["cancelled"])
    office.clock.at = shanghai("12:00", 4)
    office.start("wang", visits["done_tuesday"], shanghai("11:00", 4))
    office.finish("wang", visits["done_tuesday"], shanghai("11:20", 4))
    return visits


EVENING = Counts(
    planned=8, kept=4, in_progress=1, open=2, cancelled=1, not_heard_from=0, missed=0,
    done=5, unplanned=2, late=2, outside=1, unverified=5,
)  # fmt: skip


def test_a_day_counted_by_hand(office: Office) -> None:
    _monday(office)
    # late: kept_late, overdue. outside: kept_late, 1 km off. unverified: kept_forgot, running (mock), from_sunday (its place
    # is not known), both walk-ins.
    assert _of(_board(office, now=shanghai("18:00")), office, "wang") == EVENING


@pytest.mark.parametrize(
    ("now", "changed"),
    [
        (shanghai("23:59"), {"late": 3}),  # to_come is overdue as well by now
        (shanghai("00:00", 4), {"open": 0, "not_heard_from": 2, "late": 1}),
        (shanghai("23:59", 6), {"open": 0, "not_heard_from": 2, "late": 1}),
        (shanghai("00:00", 7), {"open": 0, "missed": 2, "late": 1}),
        (shanghai("00:00", 31), {"open": 0, "missed": 2, "late": 1}),
    ],
)
def test_as_time_goes_by(office: Office, now: datetime, changed: dict[str, int]) -> None:
    _monday(office)
    assert _of(_board(office, now=now), office, "wang") == dataclasses.replace(EVENING, **changed)


def test_the_days_beside_it(office: Office) -> None:
    _monday(office)
    now = shanghai("12:00", 4)
    assert _of(_board(office, on=SUNDAY, now=now), office, "wang") == Counts(planned=1, kept=1, late=1)
    tuesday = Counts(planned=1, open=1, done=1, unverified=1)
    assert _of(_board(office, on=TUESDAY, now=now), office, "wang") == tuesday


def test_the_lines_are_those_that_were_counted(office: Office) -> None:
    visits = _monday(office)
    with office.database.read(office.org) as connection:
        lines = board_lines(connection, office.actor("jie"), office.users["wang"], on=MONDAY, now=shanghai("18:00"))
    assert {each.line.visit.id for each in lines} == set(visits.values()) - {visits["tuesday"]}
    assert not any(each.is_hidden for each in lines)
    assert sum(each.line.is_late for each in lines if each.line.visit.planned_on == MONDAY) == 2
    by_id = {each.line.visit.id: each.line for each in lines}
    late = by_id[visits["kept_late"]]
    assert (late.visit.planned_start_at, late.visit.actual_started_at) == (shanghai("10:00"), shanghai("10:16"))
    assert (late.visit.location_verdict, late.assignee_name) == ("outside", "Wang")
    assert 990 <= (late.visit.distance_m or 0) <= 1010
    begins = [each.line.visit.planned_start_at or each.line.visit.actual_started_at for each in lines]
    known = [each for each in begins if each is not None]
    assert known == sorted(known)


def test_midnight_is_the_organisations(office: Office) -> None:
    office.clock.at = shanghai("09:00", 4)
    before, after = office.visit(), office.visit()
    office.start("wang", before, shanghai("23:59"))
    office.start("wang", after, shanghai("00:00", 4))
    for on in (MONDAY, TUESDAY):
        assert _of(_board(office, on=on), office, "wang").unplanned == 1


# Clocks go forward in Berlin on Sunday the 30th of March and back on the 26th of October.
@pytest.mark.parametrize(("day", "hours"), [(date(2025, 3, 30), 23), (date(2025, 10, 26), 25), (date(2025, 3, 31), 24)])
def test_days_of_another_length(office: Office, day: date, hours: int) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    office.people = {name: dataclasses.replace(each, zone="Europe/Berlin") for name, each in office.people.items()}
    begin, end = bounds_of(day, berlin)
    assert end - begin == timedelta(hours=hours)
    office.clock.at = end + timedelta(hours=1)
    for claimed in (begin, end - timedelta(milliseconds=1), begin - timedelta(milliseconds=1), end):
        office.start("wang", office.visit(), claimed)
    line = office.visit(planned_on=day)
    assert _of(_board(office, on=day), office, "wang").unplanned == 2
    for now, status in (
        (end - timedelta(milliseconds=1), "open"),
        (end, "not_heard_from"),
        (end + timedelta(hours=72) - timedelta(milliseconds=1), "not_heard_from"),
        (end + timedelta(hours=72), "missed"),
    ):
        counts = _of(_board(office, on=day, now=now), office, "wang")
        assert (counts.planned, getattr(counts, status)) == (1, 1), (line, now)


def test_sql_says_what_the_rules_say(office: Office) -> None:
    office.clock.at = shanghai("12:00", 6)
    starts = [None, shanghai("09:00", 5), shanghai("12:00", 6)]
    for planned_on in (None, date(2025, 3, 2), date(2025, 3, 3), date(2025, 3, 5), date(2025, 3, 6), date(2025, 3, 7)):
        for planned_start_at in starts:
            if planned_on is None and planned_start_at is not None:
                continue
            for started_at in (None, shanghai("09:15", 5), shanghai("09:16", 5)):
                for end in ("", "finish", "cancel"):
                    visit = office.visit(planned_on=planned_on, planned_start_at=planned_start_at)
                    if started_at is not None:
                        office.start("wang", visit, started_at)
                    if end == "finish":
                        office.finish("wang", visit, shanghai("11:00", 6))
                    elif end == "cancel" and started_at is None:
                        office.do("wang", operations.cancel_visit, Visit, visit)
    v, zone = c(Visit), office.actor("wang").timezone
    for now in (shanghai("09:15", 5), shanghai("09:15", 5) + timedelta(milliseconds=1), shanghai("00:00", 6),
                shanghai("12:15", 6), shanghai("12:16", 6), shanghai("00:00", 7), shanghai("00:00", 10)):  # fmt: skip
        with office.database.read(office.org) as connection:
            conditions = [has_status(each, now=now, zone=zone) for each in LineStatus]
            rows = connection.execute(
                select(v.state, v.planned_on, v.planned_start_at, v.actual_started_at, was_late(now=now, zone=zone), *conditions)
                .where(v.org_id == office.org)
            ).all()  # fmt: skip
        assert len(rows) > 100
        for state, planned_on, planned_start_at, started_at, late, *found in rows:
            status = line_status(state, planned_on, now=now, zone=zone)
            assert [bool(each) for each in found] == [each is status for each in LineStatus]
            assert bool(late) == is_late(planned_start_at, started_at, status, now=now)
