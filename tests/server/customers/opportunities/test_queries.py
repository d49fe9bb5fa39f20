"""Lists, the ranking and the sums: what they hold, in which order, for whom, and from how many statements."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.core import narrowing
from server.core.paging import Key
from server.customers import operations as customers
from server.customers.models import Customer
from server.customers.opportunities import operations, queries, rules, sums
from server.customers.opportunities.funnel import change_stage
from server.customers.opportunities.models import FunnelStage, Opportunity
from server.customers.opportunities.queries import Line, OpportunityFilters
from server.customers.opportunities.sums import FunnelBy, SumFilters
from server.customers.rules import LOSS_REASONS
from tests.server.customers.office import Office, statements
from tests.server.customers.opportunities.sales import MONDAY, STEP, do, opened

CASES = json.loads((Path(__file__).parents[1] / "cases" / "ranking.json").read_text(encoding="utf-8"))
"""The handheld's too: handheld/tests/app/opportunities.test.ts."""
Page = tuple[list[Line], tuple[Key, Key] | None]


def _asked(office: Office, who: str, read: Callable[..., Any], *given: Any, **named: Any) -> Any:
    with office.database.read(office.actor(who).org_id) as connection:
        return read(connection, office.actor(who), *given, **named)


def _all(office: Office, who: str, read: Callable[..., Page], *given: Any, at_once: int = 2) -> list[Line]:
    found: list[Line] = []
    after: tuple[Key, Key] | None = None
    while True:
        lines, after = _asked(office, who, read, *given, after=after, limit=at_once)
        found += lines
        if after is None:
            return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_recorded_rankings(office: Office, case: dict[str, Any]) -> None:
    names = sorted({each["customer"] for each in case["opportunities"]})
    ids = {name: office.customer(name, by="wang") for name in names}
    with office.writing("wang") as uow:
        for told in case["opportunities"]:
            customer = uow.must(Customer, ids[told["customer"]])
            place: dict[str, Any] = {
                "customer_id": customer.id,
                "owner_id": customer.owner_id,
                "unit_id": customer.unit_id,
            }
            plain = {name: told[name] for name in ("id", "probability", "amount_minor", "state")}
            worth = rules.weighted(told["amount_minor"], told["probability"])
            rest: dict[str, Any] = {"title": "x", "stage_code": "lead", "opened_by": customer.owner_id, **STEP}
            currency = told.get("currency", "CNY")
            uow.add(Opportunity(**plain, weighted_minor=worth, currency=currency, **rest, **place))
        uow.commit()
    ranked = _all(office, "jie", queries.ranking_page)
    assert [[each.customer_name, each.weighted_minor] for each in ranked] == case["ranking"]
    assert all(each.weighted_minor == rules.weighted(each.amount_minor, each.probability) for each in ranked)


def test_who_ranks_whom(office: Office) -> None:
    made = {who: opened(office, by=who, amount_minor=1000) for who in ("wang", "zhao", "na", "spy") if who != "spy"}
    for who, seen in {
        "wang": {"wang"}, "jie": {"wang", "zhao"}, "hong": {"na"}, "yang": {"wang", "zhao", "na"}, "boss": set(made), "spy": set(),
    }.items():  # fmt: skip
        for read, given in ((queries.ranking_page, ()), (queries.opportunity_page, (OpportunityFilters(),))):
            assert {each.id for each in _all(office, who, read, *given)} == {made[each] for each in seen}, who


def test_a_list_is_narrowed_and_shows_closed_ones_of_a_customer(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = office.customer(by="wang")
    small = opened(office, customer=customer, amount_minor=9900, stage_code="bid")
    do(office, "wang", operations.change_opportunity, small, amount_minor=1000)  # and it is worth less
    large = opened(office, customer=customer, amount_minor=9000, stage_code="bid")
    gone = opened(office, customer=customer, amount_minor=5000)
    do(office, "wang", operations.lose_opportunity, gone, reason="price")
    bare = opened(office, stage_code="tender")

    def ids(**filters: Any) -> list[str]:
        return [each.id for each in _all(office, "wang", queries.opportunity_page, OpportunityFilters(**filters))]

    assert ids() == [large, small, bare]
    assert set(ids(customer_id=customer)) == {small, large, gone}
    assert ids(state="lost") == [gone]
    elsewhere = [opened(office, by="na", amount_minor=amount, stage_code="tender") for amount in (2000, 4000)]
    for few in (narrowing.FEW, -1):  # those it finds are looked up, or come upon
        monkeypatch.setattr(narrowing, "FEW", few)
        assert ids(stage_code="tender") == [bare]
        assert ids(from_minor=1000, to_minor=8999) == [small]
        assert ids(stage_code="bid", from_minor=1001) == [large]
        by = OpportunityFilters(stage_code="tender", to_minor=4000)
        assert [each.id for each in _all(office, "yang", queries.opportunity_page, by)] == elsewhere[::-1]
    assert ids(unit_id=office.units["east"]) == ids(owner_id=office.users["wang"]) == ids()
    assert ids(project_id=office.project) == []


def test_the_funnel_counts_and_adds_up_by_stage_person_and_unit(office: Office) -> None:
    bids = [opened(office, by=who, amount_minor=1000, stage_code="bid") for who in ("wang", "wang", "zhao", "na")]
    opened(office, by="wang", expected_close_on=date(2025, 6, 30))
    do(office, "wang", operations.win_opportunity, bids[0])
    do(office, "wang", operations.lose_opportunity, bids[1], reason="price")

    def lines(who: str, by: FunnelBy, **filters: Any) -> dict[str | None, tuple[int, ...]]:
        found = _asked(office, who, sums.funnel, by, SumFilters(**filters), "en")
        return {
            each.name: (each.open_count, each.open_minor, each.weighted_minor, each.won_count, each.won_minor, each.lost_count)
            for each in found
            if each.currency is not None
        }  # fmt: skip

    assert lines("yang", FunnelBy.STAGE) == {"Lead": (1, 0, 0, 0, 0, 0), "Bid": (2, 2000, 1400, 1, 1000, 1)}
    assert lines("jie", FunnelBy.OWNER) == {"Wang": (1, 0, 0, 1, 1000, 1), "Zhao": (1, 1000, 700, 0, 0, 0)}
    assert lines("yang", FunnelBy.UNIT) == {"east": (2, 1000, 700, 1, 1000, 1), "west": (1, 1000, 700, 0, 0, 0)}
    assert lines("yang", FunnelBy.PROJECT) == {None: (3, 2000, 1400, 1, 1000, 1)}
    assert lines("yang", FunnelBy.STAGE, units=frozenset([office.units["west"]])) == {"Bid": (1, 1000, 700, 0, 0, 0)}
    assert lines("yang", FunnelBy.STAGE, owner_id=office.users["zhao"]) == {"Bid": (1, 1000, 700, 0, 0, 0)}
    assert lines("yang", FunnelBy.STAGE, from_on=date(2025, 6, 1), to_on=date(2025, 6, 30)) == {
        "Lead": (1, 0, 0, 0, 0, 0)
    }
    assert lines("yang", FunnelBy.STAGE, from_on=MONDAY, to_on=MONDAY) == {"Bid": (0, 0, 0, 1, 1000, 1)}
    with office.writing("boss") as uow:
        for each in uow.find(FunnelStage):
            if each.code in ("tender", "bid"):
                change_stage(uow, each.id, {"is_active": False})
        uow.commit()
    everything = _asked(office, "wang", sums.funnel, FunnelBy.STAGE, SumFilters(), "zh")
    names = [each.name for each in everything]
    assert names == ["线索", "商务跟进", "需求确认", "方案", "投标", "签约"], "of those out of use, what is not empty"


def test_of_those_first_met_in_a_month_it_is_counted_who_bought(office: Office) -> None:
    def met(day: date, by: str, stage: str = "prospect") -> str:
        return office.customer(by=by, first_contact_on=day, stage=stage)

    january, february = date(2025, 1, 31), date(2025, 2, 1)
    opportunity = opened(office, customer=met(january, "wang"))
    met(january, "wang")
    met(february, "wang", stage="won")
    met(february, "zhao")
    met(february, "na")
    do(office, "wang", operations.win_opportunity, opportunity)

    def counted(who: str, **filters: Any) -> list[tuple[str, str | None, int, int]]:
        found = _asked(office, who, sums.conversion, SumFilters(**filters))
        return [(each.month, each.owner_name, each.customer_count, each.buyer_count) for each in found]

    january_line = ("2025-01", "Wang", 2, 1)
    assert counted("jie") == [january_line, ("2025-02", "Wang", 1, 1), ("2025-02", "Zhao", 1, 0)]
    assert counted("wang", to_on=january) == [january_line]
    assert counted("yang", from_on=february, units=frozenset([office.units["west"]])) == [("2025-02", "Na", 1, 0)]
    assert counted("spy") == []


def test_loss_reasons_are_counted(office: Office) -> None:
    for reason, who in (("price", "wang"), ("price", "zhao"), ("location", "wang"), ("price", "na")):
        row = opened(office, by=who, amount_minor=100)
        do(office, who, operations.lose_opportunity, row, reason=reason)

    def counted(who: str, **filters: Any) -> list[tuple[str, int, int]]:
        found = _asked(office, who, sums.losses, SumFilters(**filters))
        assert {each.reason for each in found} == set(LOSS_REASONS)
        return [(each.reason, each.count, each.amount_minor) for each in found if each.count]

    assert counted("jie") == [("price", 2, 200), ("location", 1, 100)]
    assert counted("yang") == [("price", 3, 300), ("location", 1, 100)]
    assert counted("yang", to_on=date(2025, 3, 2)) == []
    assert counted("yang", owner_id=office.users["na"]) == [("price", 1, 100)]


def test_no_list_and_no_sum_costs_more_for_more_rows(office: Office) -> None:
    asked: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = [
        (queries.ranking_page, (), {"after": None, "limit": 50}),
        (queries.opportunity_page, (OpportunityFilters(),), {"after": None, "limit": 50}),
        *((sums.funnel, (by, SumFilters(), "en"), {}) for by in FunnelBy),
        (sums.conversion, (SumFilters(),), {}),
        (sums.losses, (SumFilters(),), {}),
    ]

    def costs() -> list[int]:
        found = []
        for read, given, named in asked:
            with statements(office.database) as seen:
                _asked(office, "yang", read, *given, **named)
            found.append(len([each for each in seen if each.startswith("SELECT") and "set_config" not in each]))
        return found

    opened(office, amount_minor=100)
    few = costs()
    for who in ("wang", "zhao", "na") * 3:
        opened(office, by=who, amount_minor=100)
    assert costs() == few
    assert max(few) <= 2


def test_the_log_of_one_is_its_lines_of_the_timeline(office: Office) -> None:
    customer = office.customer(by="wang")
    row, other = opened(office, customer=customer), opened(office, customer=customer)
    do(office, "wang", operations.move_opportunity, row, stage_code="bid")
    with office.writing("wang") as uow:
        customers.add_note(uow, "00000000-0000-7000-8000-00000000000a", {"customer_id": customer, "text": "x"})
        uow.commit()
    entries, _ = _asked(office, "jie", queries.log_page, row, after=None, limit=10)
    assert {each.kind for each in entries} == {operations.OPENED, operations.MOVED}
    assert {each.subject_id for each in entries} == {row} != {other}
