"""What a claim has to show, what is flagged, and that the books are even: no database, no clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.problems import ProblemType, Refused
from server.expenses import rules
from server.expenses.rules import Effect, FlagKind, LineKind, Posting, Spent, postings_of
from server.expenses.settling import settle_claim, settle_line

TODAY = date(2025, 3, 3)
HOTEL = Spent("hotel", "hotel", 38_000, TODAY)
TAXI = Spent("taxi", "taxi", 4_600, TODAY)
VISITED: dict[str, Any] = {"visit_id": "visit", "has_event": True}
TOLD: dict[str, Any] = {"progress": "two units reserved", "key_value": "3.2 million"}


def refusal(*lines: Spent, today: date = TODAY) -> tuple[ProblemType, str | None]:
    with pytest.raises(Refused) as refused:
        rules.check_claim(lines, today=today)
    return refused.value.problem, refused.value.field


def test_a_hotel_with_a_visit_but_no_progress_is_refused_at_its_field() -> None:
    assert refusal(replace(HOTEL, **VISITED)) == (rules.PROGRESS_MISSING, "/lines/hotel/progress")
    told = replace(HOTEL, **VISITED, progress="two units reserved")
    assert refusal(told) == (rules.KEY_VALUE_MISSING, "/lines/hotel/key_value")


def test_a_taxi_with_progress_but_no_event_is_refused_at_its_field() -> None:
    assert refusal(replace(TAXI, **TOLD, customer_id="li")) == (rules.EVENT_MISSING, "/lines/taxi/visit_id")
    planned = replace(TAXI, **TOLD, visit_id="visit", has_event=False)
    assert refusal(planned) == (rules.EVENT_MISSING, "/lines/taxi/visit_id")  # a plan is no event


def test_with_both_they_are_accepted() -> None:
    lines = [replace(HOTEL, **VISITED, **TOLD), replace(TAXI, **VISITED, **TOLD)]
    assert rules.check_claim(lines, today=TODAY) == 42_600


def test_a_claim_names_a_record_of_a_customer() -> None:
    paper = Spent("paper", "office", 900, TODAY)
    assert refusal(paper) == (rules.RECORD_MISSING, "/lines/paper/customer_id")
    assert rules.check_claim([paper, replace(TAXI, **VISITED)], today=TODAY) == 5_500


@pytest.mark.parametrize("kind", LineKind)
def test_what_each_kind_of_line_has_to_state(kind: LineKind) -> None:
    bare = Spent("x", kind.value, 100, TODAY)
    needs_progress = kind in ("hotel", "meal", "gift")
    needs_event = kind in ("taxi", "travel", "fuel", "parking")
    for line, problem in (
        (replace(bare, **VISITED), rules.PROGRESS_MISSING if needs_progress else None),
        (replace(bare, **TOLD), rules.EVENT_MISSING if needs_event else None),
        (replace(bare, customer_id="li"), rules.PROGRESS_MISSING),  # whatever names a customer is for him
        (replace(bare, **TOLD, **VISITED, customer_id="li"), None),
    ):
        if problem is None:
            rules.check_line(line)
        else:
            with pytest.raises(Refused) as refused:
                rules.check_line(line)
            assert refused.value.problem is problem


def test_a_claim_has_lines_and_not_too_many_and_none_of_tomorrow() -> None:
    fine = replace(TAXI, **VISITED)
    assert refusal() == (rules.LINES_MISSING, "/lines")
    assert refusal(*[replace(fine, id=str(n)) for n in range(101)]) == (rules.LINES_TOO_MANY, "/lines")
    rules.check_claim([replace(fine, id=str(n)) for n in range(100)], today=TODAY)
    rules.check_claim([replace(fine, spent_on=TODAY + timedelta(days=1))], today=TODAY)
    later = replace(fine, spent_on=TODAY + timedelta(days=2))
    assert refusal(later) == (rules.SPENT_IN_FUTURE, "/lines/taxi/spent_on")


# -- flags ------------------------------------------------------------------------------------------------------------

MINE = replace(
    TAXI, owner_id="wang", claim_id="mine", spent_for_id="li", receipt_sha256="a" * 64, similar=frozenset({"c" * 64})
)
OTHER = replace(MINE, id="other", claim_id="before", receipt_sha256=None)


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        (OTHER, FlagKind.LOOK_ALIKE),
        (replace(OTHER, owner_id="zhao"), FlagKind.LOOK_ALIKE),  # the same customer
        (replace(OTHER, owner_id="zhao", spent_for_id=None), None),  # two people took a taxi
        (replace(OTHER, spent_on=TODAY - timedelta(days=1)), None),
        (replace(OTHER, amount_minor=4_601), None),
        (replace(OTHER, kind="parking"), None),
        (replace(OTHER, receipt_sha256="b" * 64), FlagKind.LOOK_ALIKE),
        (Spent("other", "gift", 1, TODAY, receipt_sha256="a" * 64, owner_id="zhao"), FlagKind.SAME_RECEIPT),
        (Spent("other", "gift", 1, TODAY, receipt_sha256="c" * 64, owner_id="zhao"), FlagKind.SIMILAR_RECEIPT),
        (MINE, None),  # itself
    ],
)
def test_what_looks_like_what(other: Spent, kind: FlagKind | None) -> None:
    assert [each.kind for each in rules.flags_of(MINE, [other])] == ([] if kind is None else [kind])


def test_a_flag_says_whose_the_other_line_is() -> None:
    (flag,) = rules.flags_of(MINE, [replace(OTHER, owner_id="zhao", receipt_sha256="a" * 64)])
    assert (flag.by_other, flag.other_owner_id, flag.other_claim_id) == (True, "zhao", "before")
    assert not rules.flags_of(MINE, [OTHER])[0].by_other


# -- the books --------------------------------------------------------------------------------------------------------

SPENT = st.lists(st.tuples(st.sampled_from(LineKind), st.integers(1, rules.AMOUNT_MOST)), min_size=1, max_size=100)


@given(effect=st.sampled_from(Effect), spent=SPENT)
def test_every_entry_sums_to_zero(effect: Effect, spent: list[tuple[str, int]]) -> None:
    postings = postings_of(effect, spent)
    assert sum(each.amount_minor for each in postings) == 0
    assert len({each.account for each in postings}) == len(postings)
    assert all(each.amount_minor for each in postings)


@given(spent=SPENT)
def test_a_void_undoes_an_approval_and_a_payment_what_is_owed(spent: list[tuple[str, int]]) -> None:
    total = sum(amount for _, amount in spent)

    def balance(*effects: Effect) -> dict[str, int]:
        sums: dict[str, int] = {}
        for each in (posting for effect in effects for posting in postings_of(effect, spent)):
            sums[each.account] = sums.get(each.account, 0) + each.amount_minor
        return {account: amount for account, amount in sums.items() if amount}

    assert balance(Effect.APPROVED)[rules.PAYABLE] == -total
    assert balance(Effect.APPROVED, Effect.VOIDED) == {}
    paid = balance(Effect.APPROVED, Effect.REIMBURSED)
    assert paid[rules.BANK] == -total
    assert rules.PAYABLE not in paid


def test_an_approval_books_each_kind_once() -> None:
    assert postings_of(Effect.APPROVED, [("taxi", 100), ("hotel", 5), ("taxi", 20)]) == [
        Posting("expense.hotel", 5), Posting("expense.taxi", 120), Posting("payable.staff", -125),
    ]  # fmt: skip


# -- settling ---------------------------------------------------------------------------------------------------------


def test_values_are_brought_to_the_form_in_which_they_are_stored() -> None:
    assert settle_claim({"title": "  trip ", "note": " "}) == {"title": "trip", "note": None}
    assert settle_line({"progress": " ", "receipt_sha256": "A" * 64}) == {"progress": None, "receipt_sha256": "a" * 64}
    with pytest.raises(Refused) as refused:
        settle_line({"receipt_sha256": "A" * 63})
    assert refused.value.problem is rules.RECEIPT_FORM
