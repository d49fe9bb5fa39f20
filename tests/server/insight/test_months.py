"""Days and months of a team, counted by hand and by the server, on both databases."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from server.core.access import Actor, Reach, system_actor
from server.core.problems import Refused
from server.core.sheets import SheetKind, sheet_chunks
from server.core.uow import unit_of_work
from server.customers import functions as customer_functions
from server.customers.opportunities import operations as opportunities
from server.customers.opportunities.funnel import seed_funnel
from server.customers.opportunities.models import Opportunity
from server.customers.receptions.operations import add_reception
from server.expenses.functions import READ as EXPENSES_READ
from server.expenses.models import ExpenseClaim, ExpenseLine
from server.fieldwork.activities.operations import log_activity
from server.fieldwork.models import Visit
from server.insight.months import queries
from server.insight.months.export import COLUMNS, TITLES, lines_of
from server.insight.months.queries import NAMES, Day, Month, Numbers
from tests.server.fieldwork.office import Door, Office, shanghai, statements

MONDAY, SUNDAY = date(2025, 3, 3), date(2025, 3, 9)
STEP = {"next_step": "回电", "next_step_on": MONDAY}
EMPTY = Numbers()


def _month(office: Office, who: str | Actor = "jie", on: date = MONDAY, now: datetime | None = None) -> Month:
    actor = who if isinstance(who, Actor) else office.actor(who)
    with office.database.read(office.org) as connection:
        return queries.month(connection, actor, on, now=now or office.clock.now())


def _days(office: Office, who: str = "jie", first: date = MONDAY, last: date = SUNDAY) -> dict[str, list[Day]]:
    with office.database.read(office.org) as connection:
        found = queries.days(connection, office.actor(who), first, last)
    return {each.name: each.days for each in found}


def _of(found: Month, name: str) -> Numbers:
    (numbers,) = [each.numbers for each in found.people if each.name == name]
    return numbers


def _done(office: Office, visit: str, at: str, day: int) -> None:
    office.start("wang", visit, shanghai(at, day))
    office.finish("wang", visit, shanghai("23:59", day))


def _call(office: Office, customer: str, channel: str, at: datetime, who: str = "wang") -> None:
    said = {"kind": "presales", "channel": channel, "text": "问价", "at": at}
    office.make(who, log_activity, customer_id=customer, **said)


def _week(office: Office) -> str:
    """wang's week, with one customer of his: what stands in test_a_month_counted_by_hand."""
    office.clock.at = shanghai("20:00", 7)
    with unit_of_work(office.database, system_actor(office.org), clock=office.clock) as uow:
        seed_funnel(uow)
        uow.commit()
    customer = office.customer("王小明", by="wang")
    kept, late, _ = (office.visit(customer_id=customer, planned_on=date(2025, 3, day)) for day in (3, 4, 7))
    office.do("wang", _plan_at, Visit, late, at=shanghai("09:00", 4))
    _done(office, kept, "10:00", 3)
    _done(office, late, "09:16", 4)
    office.visit(planned_on=MONDAY)  # missed by now
    office.visit(planned_on=date(2025, 3, 6))  # not heard from
    _done(office, office.visit(), "15:00", 4)
    for channel, at in (
        ("call_out", shanghai("09:00")), ("call_in", shanghai("23:59")), ("message", shanghai("00:00", 4)),
    ):  # fmt: skip
        _call(office, customer, channel, at)
    office.make("wang", add_reception, customer_id=customer, channel="visit", received_at=shanghai("11:00", 5))
    for title, amount in (("三室", 300_000_00), ("车位", 20_000_00), ("商铺", None)):
        row_id = office.make(
            "wang", opportunities.open_opportunity, customer_id=customer, title=title, amount_minor=amount, **STEP
        )
        if title == "三室":
            _close(office, opportunities.win_opportunity, row_id)
        elif title == "车位":
            _close(office, opportunities.lose_opportunity, row_id, reason="price")
    return customer


def _plan_at(uow: Any, visit: Visit, values: dict[str, Any]) -> Visit:
    uow.change(visit, planned_start_at=values["at"])
    return visit


def _close(office: Office, how: Any, row_id: str, **values: Any) -> None:
    with office.writing("wang") as uow:
        how(uow, uow.must(Opportunity, row_id, customer_functions.WRITE), values)
        uow.commit()


MARCH = Numbers(
    planned=5, kept=2, open=1, not_heard_from=1, missed=1, late=1, visits=3, unplanned=1, calls=2, contacts=1,
    receptions=1, days_worked=3, customers=1, opened=3, won=1, won_minor=300_000_00, lost=1, lost_minor=20_000_00,
    spent_minor=None,
)  # fmt: skip


def test_a_month_counted_by_hand(office: Office) -> None:
    _week(office)
    found = _month(office)
    assert (found.first_on, found.last_on, found.currency) == (date(2025, 3, 1), date(2025, 3, 31), "CNY")
    assert _of(found, "Wang") == found.total == MARCH
    assert _of(found, "Zhao") == dataclasses.replace(EMPTY, spent_minor=None), (
        "who did nothing stands there with nothing"
    )
    assert found.total.planned == sum(getattr(MARCH, name) for name in ("kept", "open", "not_heard_from", "missed"))
    other = _month(office, on=date(2025, 4, 30))
    assert (other.first_on, other.last_on, _of(other, "Wang")) == (
        date(2025, 4, 1),
        date(2025, 4, 30),
        dataclasses.replace(EMPTY, spent_minor=None),
    )


def test_days_counted_by_hand(office: Office) -> None:
    _week(office)
    days = _days(office)
    assert days == {
        "Wang": [
            Day(MONDAY, visits=1, calls=2),
            Day(date(2025, 3, 4), visits=2, contacts=1),
            Day(date(2025, 3, 5), receptions=1),
        ],
        "Zhao": [],
    }
    assert _days(office, last=MONDAY)["Wang"] == days["Wang"][:1], "both ends are in it"
    assert _days(office, first=date(2025, 3, 5))["Wang"] == days["Wang"][2:]


def test_a_day_is_the_organisations(office: Office) -> None:
    office.people = {name: dataclasses.replace(each, zone="America/New_York") for name, each in office.people.items()}
    customer = office.customer(by="wang")
    office.clock.at = shanghai("09:00", 9) + timedelta(days=1)
    # The night in which New York puts its clocks forward: 23:59 and, a minute later, the day of 23 hours.
    for at in (datetime.fromisoformat("2025-03-08T23:59-05:00"), datetime.fromisoformat("2025-03-09T00:00-05:00")):
        _call(office, customer, "call_out", at)
    assert [(each.on.day, each.calls) for each in _days(office, last=date(2025, 3, 31))["Wang"]] == [(8, 1), (9, 1)]


def test_whose_deed_it_was_counts_also_after_a_handover_and_across_teams(office: Office) -> None:
    customer = _week(office)
    office.hand_over([customer], "na")
    # The visit that was to come is hers from now on; all that was done stays his.
    assert _of(_month(office), "Wang") == dataclasses.replace(MARCH, planned=4, open=0)
    assert _of(_month(office, "hong"), "Na") == dataclasses.replace(EMPTY, planned=1, open=1, spent_minor=None)


@pytest.mark.parametrize("who", ["wang", "nobody"])
def test_without_the_permission_there_is_neither(office: Office, who: str) -> None:
    with pytest.raises(Refused, match=r"^core.function-missing$"):
        _month(office, who)
    with pytest.raises(Refused, match=r"^core.function-missing$"):
        _days(office, who)


def test_only_people_in_reach_stand_there(office: Office) -> None:
    _week(office)
    assert [each.name for each in _month(office, "yang").people] == ["Wang", "Zhao", "Na"]
    assert [each.name for each in _month(office, "hong").people] == ["Na"]
    assert (_month(office, "spy").people, _days(office, "spy")) == ([], {})
    with office.database.read(office.org) as connection:
        units = frozenset([office.units["west"]])
        found = queries.month(connection, office.actor("yang"), MONDAY, now=office.clock.now(), units=units)
    assert ([each.name for each in found.people], found.total.visits) == (["Na"], 0)


def test_what_was_spent_is_told_to_whom_the_permission_lets(office: Office) -> None:
    with unit_of_work(office.database, system_actor(office.org), clock=office.clock) as uow:
        place: dict[str, Any] = {"owner_id": office.users["wang"], "unit_id": office.units["east"]}
        for state, amount, currency in (
            ("approved", 46_50, "CNY"),
            ("draft", 1_00, "CNY"),
            ("reimbursed", 9_00, "USD"),
        ):
            claim = uow.add(ExpenseClaim(title="x", currency=currency, state=state, **place))
            uow.add(ExpenseLine(claim_id=claim.id, kind="taxi", amount_minor=amount, spent_on=MONDAY, **place))
        uow.commit()
    jie = office.actor("jie")
    may = dataclasses.replace(jie, reaches={**jie.reaches, EXPENSES_READ: jie.reaches[customer_functions.READ]})
    own = dataclasses.replace(jie, reaches={**jie.reaches, EXPENSES_READ: Reach(jie.user_id, own=True)})
    assert [_of(_month(office, each), "Wang").spent_minor for each in (may, own, jie)] == [46_50, 0, None]
    assert [_month(office, each).total.spent_minor for each in (may, own, jie)] == [46_50, 0, None]


def test_statements_do_not_grow_with_people_or_days(office: Office) -> None:
    def count() -> tuple[int, int]:
        with statements(office.database) as asked:
            _month(office, "yang")
        with statements(office.database) as days:
            _days(office, "yang", first=date(2025, 2, 1))
        return len(asked), len(days)

    assert count() == (6, 4), "and two more for what was spent"
    _week(office)
    assert count() == (6, 4)


def test_the_file_has_a_line_for_each_and_a_sum_and_no_formula(office: Office) -> None:
    assert TITLES.keys() == set(NAMES)
    _week(office)
    found = _month(office)
    evil = dataclasses.replace(found.people[0], name='=HYPERLINK("x")', unit_name="@x")
    targets = {evil.user_id: {"visits": evil.numbers.visits + 3, "won_amount": 1}}
    rows = lines_of(dataclasses.replace(found, people=[evil]), targets)
    text = b"".join(sheet_chunks(SheetKind.CSV, COLUMNS, rows, "zh")).decode()
    head, line, total = text.strip().split("\r\n")
    assert head.startswith("\ufeff姓名,部门,计划拜访,按计划完成,")
    assert head.endswith(",流失金额,费用,货币")
    assert line.startswith('"\'=HYPERLINK(""x"")",\'@x,5,2,1,')
    assert total.startswith("合计,,5,2,1,")
    beside = [dict(zip(head.split(","), each.split(","), strict=True)) for each in (line, total)]
    assert [(each["目标拜访"], each["拜访还差"]) for each in beside] == [(str(evil.numbers.visits + 3), "3"), ("", "")]
    assert (beside[0]["目标成交金额"], beside[0]["成交金额还差"]) == ("0.01", "0.00"), (
        "more than was asked for is none wanting"
    )
    assert total.endswith(",300000.00,,,1,20000.00,,CNY")


def test_the_door(office: Office, door: Door) -> None:
    _week(office)
    month = door("jie", "GET", "/board/month?on=2025-03-31").json
    assert (month["first_on"], month["items"][0]["name"]) == ("2025-03-01", "Wang")
    assert month["total"] == {name: getattr(MARCH, name) for name in NAMES}
    days = door("jie", "GET", "/board/days?on=2025-03-09").json
    assert (days["first_on"], days["last_on"]) == ("2025-03-03", "2025-03-09")
    assert days["items"][0]["days"][0] == {"on": "2025-03-03", "visits": 1, "calls": 2, "contacts": 0, "receptions": 0}
    assert door("jie", "GET", "/board/days").json["last_on"] == "2025-03-07", "today unless told"
    assert door("jie", "GET", "/board/days?days=63").status_code == 422
    west = door("yang", "GET", f"/board/month?on=2025-03-01&unit={office.units['west']}").json
    assert [each["name"] for each in west["items"]] == ["Na"]
    file = door("jie", "GET", "/board/month/export?on=2025-03-31")
    assert (file.content_type, file.headers["Content-Disposition"]) == (
        "text/csv; charset=utf-8",
        'attachment; filename="2025-03.csv"',
    )
    book = door("jie", "GET", "/board/month/export?on=2025-03-31&format=xlsx")
    assert book.data[:2] == b"PK"
    for path in ("days", "month", "month/export"):
        assert door("wang", "GET", f"/board/{path}").status_code == 403
