"""The team's feed: in reach, in order, by person, unit, sort and day, from one statement a page, on both databases."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from server.core.access import Reach
from server.customers import functions as customer_functions
from server.customers.models import TimelineEntry
from server.customers.operations import add_note
from server.customers.receptions.operations import add_reception
from server.customers.trail import EntryFilters, timeline
from server.fieldwork.activities.operations import log_activity
from server.fieldwork.reports.models import WorkReport
from server.fieldwork.reports.operations import begin_report, send_report
from server.insight.functions import BOARD
from server.insight.team_feed import queries
from tests.server.fieldwork.office import Door, Office, shanghai, statements

MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)


def _work(office: Office) -> dict[str, str]:
    """A visit, a call, a message, a note and a reception of wang's with one of his; a note of na's with one of hers."""
    office.clock.at = shanghai("12:00", 4)
    his, hers = office.customer("王小明", by="wang"), office.customer("李娜", by="na")
    visit = office.visit(customer_id=his, planned_on=MONDAY)
    office.start("wang", visit, shanghai("10:00"))
    office.finish("wang", visit, shanghai("10:30"), result="喜欢江景", outcome="met")
    for channel, at in (("call_in", shanghai("09:00")), ("message", shanghai("09:30", 4))):
        told = {"kind": "presales", "channel": channel, "text": "问价", "at": at}
        office.make("wang", log_activity, customer_id=his, **told)
    office.make("wang", add_reception, customer_id=his, channel="visit", received_at=shanghai("11:00", 2))
    office.make("wang", add_note, customer_id=his, text="周六再来")
    office.make("na", add_note, customer_id=hers, text="预算不足")
    report = office.make("wang", begin_report, kind="daily", period_on=MONDAY)  # stands on a timeline, and in no feed
    with office.writing("wang") as uow:
        send_report(uow, uow.must(WorkReport, report))
        uow.commit()
    assert [each.customer_id for each in office.rows(TimelineEntry, deed="report")] == [his]
    return {"his": his, "hers": hers}


def _feed(door: Door, who: str, query: str = "", status: int = 200) -> Any:
    answer = door(who, "GET", f"/team-feed{query}")
    assert answer.status_code == status, answer.text
    return answer.json["items"] if status == 200 else answer.json["code"]


def _said(lines: list[Any]) -> list[tuple[str, str]]:
    return [(each["day_on"][-2:], each["deed"]) for each in lines]


def test_latest_day_first_and_within_a_day_by_arrival(office: Office, door: Door) -> None:
    ids = _work(office)
    lines = _feed(door, "jie")
    assert _said(lines) == [("04", "note"), ("04", "activity"), ("03", "call"), ("03", "visit"), ("02", "reception")]
    note, visit = lines[0], lines[3]
    assert (note["text"], note["done_by_name"], note["customer_name"]) == ("周六再来", "Wang", "王小明")
    assert (visit["params"], visit["customer_id"], visit["at"]) == (
        {"outcome": "met", "result": "喜欢江景"},
        ids["his"],
        "2025-03-03T02:30:00.000Z",
    )
    paged: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = door("jie", "GET", f"/team-feed?limit=2{cursor and f'&cursor={cursor}'}").json
        paged, cursor = [*paged, *page["items"]], page["next"]
    assert paged == lines
    stolen = door("jie", "GET", "/team-feed?limit=2").json["next"]
    assert _feed(door, "jie", f"?deed=note&cursor={stolen}", 422) == "core.bad-cursor"


def test_only_what_is_in_reach(office: Office, door: Door) -> None:
    _work(office)
    for who, authors in (("jie", {"Wang"}), ("hong", {"Na"}), ("yang", {"Wang", "Na"}), ("boss", {"Wang", "Na"})):
        assert {each["done_by_name"] for each in _feed(door, who)} == authors, who
    assert _feed(door, "spy") == []
    assert _feed(door, "wang", status=403) == "core.function-missing"
    assert _feed(door, "jie", f"?person_id={office.users['na']}") == []
    assert _feed(door, "jie", f"?unit={office.units['west']}") == []


def test_by_person_unit_sort_and_day(office: Office, door: Door) -> None:
    _work(office)
    whole = _feed(door, "yang")
    wanted: tuple[tuple[str, Callable[[Any], bool]], ...] = (
        (f"person_id={office.users['na']}", lambda each: each["done_by_name"] == "Na"),
        (f"unit={office.units['west']}", lambda each: each["customer_name"] == "李娜"),
        ("deed=call", lambda each: each["deed"] == "call"),
        ("from=2025-03-03&to=2025-03-03", lambda each: each["day_on"] == "2025-03-03"),
        (f"unit={office.units['sales']}&from=2025-03-04", lambda each: each["day_on"] == "2025-03-04"),
    )
    for query, kept in wanted:
        expected = [each for each in whole if kept(each)]
        assert _feed(door, "yang", f"?{query}") == expected != [], query
    assert {each["kind"] for each in _feed(door, "yang", "?deed=customer")} == {"customer-created"}


def test_it_follows_the_customer_to_another_team(office: Office, door: Door) -> None:
    ids = _work(office)
    before = _said(_feed(door, "jie"))
    office.hand_over([ids["his"]], "na")
    assert _feed(door, "jie") == []
    assert _said(_feed(door, "hong", f"?person_id={office.users['wang']}")) == before


@pytest.mark.parametrize("most_parts", [0, 40])
def test_every_kind_of_reach_sees_what_the_permission_says(
    office: Office, most_parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read part by part or, of very many units, at once: the same lines as Reach.covers says, each once."""
    monkeypatch.setattr(queries, "MOST_UNITS", most_parts)
    _work(office)
    rows = [each for each in office.rows(TimelineEntry) if each.deed not in ("customer", "report", "other")]
    east, west, wang = office.units["east"], office.units["west"], office.users["wang"]
    for reach in (
        Reach(wang, own=True), Reach(wang, own=True, units=frozenset([east])), Reach(wang, units=frozenset([east, west])),
        Reach(wang, projects=frozenset([office.users["na"]])), Reach(wang, everything=True),
    ):  # fmt: skip
        actor = dataclasses.replace(office.actor("yang"), reaches={customer_functions.READ: reach, BOARD: reach})
        for units in (None, frozenset([east]), frozenset([west]), frozenset[str]()):
            with office.database.read(office.org) as connection:
                found, _ = queries.feed_page(connection, actor, EntryFilters(), units=units, after=None, limit=50)
            expected = {each.id for each in rows if reach.covers(each) and (units is None or each.unit_id in units)}
            assert (len(found), {each.id for each in found}) == (len(expected), expected), (reach, units)


def test_a_day_is_never_after_the_arrival_however_the_devices_clock_stands(office: Office) -> None:
    customer = office.customer(by="wang")
    for written_at in (office.clock.at + timedelta(days=400), office.clock.at - timedelta(days=1)):
        office.make("wang", add_note, customer_id=customer, text="x", written_at=written_at)
    days = [each.day_on for each in office.rows(TimelineEntry, customer_id=customer, kind="note")]
    assert sorted(days) == [date(2025, 3, 2), MONDAY]


def test_a_customers_timeline_is_narrowed_in_the_same_way(office: Office) -> None:
    ids = _work(office)
    with office.database.read(office.org) as connection:
        for filters, kinds in (
            (EntryFilters(deed="call"), ["activity"]),
            (EntryFilters(deed="report"), ["work-report"]),
            (EntryFilters(deed="activity"), ["activity"]),
            (EntryFilters(person_id=office.users["na"]), []),
            (EntryFilters(first_on=MONDAY, last_on=MONDAY), ["activity", "visit"]),
            (EntryFilters(last_on=date(2025, 3, 2)), ["reception"]),
        ):
            found, _ = timeline(connection, office.actor("jie"), ids["his"], filters, after=None, limit=9)
            assert [each.kind for each in found] == kinds, filters


def test_one_statement_a_page(office: Office) -> None:
    def count() -> int:
        with statements(office.database) as seen, office.database.read(office.org) as connection:
            queries.feed_page(connection, office.actor("yang"), EntryFilters(), after=None, limit=50)
        return len(seen)

    assert count() == 1
    _work(office)
    assert count() == 1
