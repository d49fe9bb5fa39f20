"""Paying back in batches, the file of a batch, and what was spent."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.core.access import Actor
from server.core.i18n import Language
from server.core.problems import ProblemType, Refused
from server.core.sheets import SheetKind, sheet_chunks
from server.expenses import operations, queries
from server.expenses.export import COLUMNS
from server.expenses.models import ExpenseClaim, JournalEntry, JournalLine, ReimbursementBatch
from server.expenses.operations import paying
from server.expenses.queries import PaidLine
from server.expenses.rules import AMOUNT_MOST
from server.expenses.spending import SpendBy, SpendFilters, spend
from server.expenses.transitions import CLAIM_DRAFT, CLAIM_REIMBURSED, CLAIM_REJECTED, CLAIM_SUBMITTED
from sync_protocol.ids import new_id
from tests.server.expenses.desk import TOLD, Desk
from tests.server.fieldwork.office import statements


def pay(desk: Desk, *claims: str, total: int, by: str = "finn") -> str:
    batch_id = new_id()
    with desk.world.working(by) as uow:
        operations.pay_batch(uow, batch_id, claims, total_minor=total, reference="2025-10")
        uow.commit()
    return batch_id


def refusal(desk: Desk, *claims: str, total: int = 4_600, by: str = "finn") -> ProblemType:
    with pytest.raises(Refused) as refused:
        pay(desk, *claims, total=total, by=by)
    return refused.value.problem


def test_a_batch_is_paid_once_and_its_people_see_it(desk: Desk) -> None:
    claims = [desk.approved("anna", amount=1_000), desk.approved("carl", "wei", amount=2_500)]
    batch_id = pay(desk, *claims, total=3_500)
    assert [desk.row(claim).state for claim in claims] == ["reimbursed"] * 2
    assert [desk.books(claim) for claim in claims] == [["approved", "reimbursed"]] * 2
    assert [desk.payables(claim) for claim in claims] == [["paid"]] * 2
    (batch,) = desk.rows(ReimbursementBatch)
    assert (batch.id, batch.claim_count, batch.total_minor, batch.currency) == (batch_id, 2, 3_500, "CNY")
    held = desk.world.pull_all("anna").of("expense_claims")[claims[0]]
    assert (held["state"], held["reimbursed_at"] is not None) == ("reimbursed", True)
    assert refusal(desk, *claims, total=3_500) is CLAIM_REIMBURSED


def test_all_of_a_batch_or_none_of_it(desk: Desk) -> None:
    approved, submitted, draft = desk.approved(), desk.submitted(), desk.draft()
    rejected = desk.submitted()
    desk.decide("sue", rejected, "reject")
    desk.push("anna")
    assert refusal(desk, approved, submitted) is CLAIM_SUBMITTED
    assert refusal(desk, approved, draft) is CLAIM_DRAFT
    assert refusal(desk, approved, rejected) is CLAIM_REJECTED
    assert refusal(desk, approved, new_id()).code == "core.not-found"
    assert refusal(desk, approved, total=4_601) is paying.TOTAL_DIFFERS
    assert refusal(desk, approved, by="sue").code == "core.function-missing"
    assert (desk.row(approved).state, desk.rows(ReimbursementBatch)) == ("approved", [])


def test_nobody_pays_himself(desk: Desk) -> None:
    desk.world.give_roles("finn", "finance", "salesperson")
    claim = desk.approved("finn", "dora")
    assert refusal(desk, claim) is paying.OWN_CLAIM


def test_a_batch_has_one_currency(desk: Desk) -> None:
    claims = [desk.approved(), desk.approved()]
    with desk.world.working() as uow:
        uow.change(uow.must(ExpenseClaim, claims[0]), currency="EUR")
        uow.commit()
    assert refusal(desk, *claims, total=9_200) is paying.MIXED_CURRENCIES


def test_paying_costs_the_same_however_many_claims_there_are(desk: Desk) -> None:
    def cost(count: int) -> int:
        claims = [desk.approved(amount=100) for _ in range(count)]
        with statements(desk.world.database) as seen:
            pay(desk, *claims, total=100 * count)
        return len(seen)

    assert cost(2) == cost(7)


STEPS = st.lists(st.tuples(st.sampled_from(("approve", "change", "pay", "return")), st.integers(1, 9_000)), max_size=6)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_books_are_even_after_any_order_of_deeds(desk: Desk, steps: list[tuple[str, int]]) -> None:
    """What is owed is what was approved and neither changed nor paid since; each entry sums to zero."""
    claim = desk.submitted()
    (line,) = desk.lines(claim)
    for deed, amount in steps:
        if deed == "change":
            desk.queue("anna").act("expense_claims", "withdraw", claim)
            desk.queue("anna").update("expense_lines", line.id, amount_minor=amount)
            desk.queue("anna").act("expense_claims", "submit", claim)
            desk.push("anna")
        elif deed == "pay":
            try:
                pay(desk, claim, total=desk.row(claim).total_minor)
            except Refused:
                continue
        else:
            desk.decide("sue", claim, deed)
    row, effects = desk.row(claim), desk.books(claim)
    mine = {each.id for each in desk.rows(JournalEntry) if each.claim_id == claim}
    owed = -sum(
        each.amount_minor
        for each in desk.rows(JournalLine)
        if each.entry_id in mine and each.account == "payable.staff"
    )
    assert owed == (row.total_minor if row.state == "approved" else 0)
    assert effects.count("approved") - effects.count("voided") == (row.state in ("approved", "reimbursed"))


# -- the file ---------------------------------------------------------------------------------------------------------


def _written(lines: Iterable[PaidLine], language: Language) -> list[list[str]]:
    data = b"".join(sheet_chunks(SheetKind.CSV, COLUMNS, lines, language))
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_file_of_a_batch_has_its_lines_and_no_formula(desk: Desk) -> None:
    claim = desk.approved(description='=HYPERLINK("http://x")')
    batch_id = pay(desk, claim, total=4_600)
    actor = desk.world.actor("finn")
    with desk.world.database.read(desk.world.org_id) as connection:
        head, line = _written(queries.paid_lines(connection, actor, batch_id), "en")
    found = dict(zip(head, line, strict=True))
    assert (found["name"], found["amount"], found["currency"], found["kind"]) == ("anna", "46.00", "CNY", "taxi")
    assert found["description"].startswith("'=")


def test_amounts_stay_numbers_and_texts_are_guarded() -> None:
    line = PaidLine("id", "+name", "@1", "-unit", "＝title", "taxi", date(2025, 3, 3), -1250, "CNY", None)
    _, written = _written([line], "zh")
    assert written == ["'@1", "'+name", "'-unit", "'＝title", "id", "打车", "2025-03-03", "-12.50", "CNY", ""]


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (12_000, "KRW", "12000"),
        (7, "BHD", "0.007"),
        (AMOUNT_MOST, "CNY", "100000000.00"),
        (AMOUNT_MOST, "BHD", "10000000.000"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(minor: int, currency: str, text: str) -> None:
    line = PaidLine("id", "n", "1", "unit", "title", "taxi", date(2025, 3, 3), minor, currency, None)
    _, written = _written([line], "en")
    assert written[7:9] == [text, currency]


# -- what was spent ---------------------------------------------------------------------------------------------------


def _spend(desk: Desk, who: str | Actor, by: SpendBy, filters: SpendFilters | None = None) -> dict[str | None, int]:
    actor = desk.world.actor(who) if isinstance(who, str) else who
    with desk.world.database.read(desk.world.org_id) as connection:
        return {
            each.name or each.key: each.amount_minor for each in spend(connection, actor, by, filters or SpendFilters())
        }


def test_what_was_spent_by_person_department_customer_kind_and_month(desk: Desk) -> None:
    customer = desk.queue("anna").create("customers", name="Li Lei")
    desk.approved("anna", amount=38_000, kind="hotel", customer_id=customer, **TOLD)
    desk.approved("anna", amount=4_600, spent_on="2025-09-30")
    desk.approved("ben", amount=1_000)
    desk.approved("carl", "wei", amount=500)
    desk.submitted("carl", amount=77)  # does not count yet
    sums = {by: _spend(desk, "finn", by) for by in SpendBy}
    assert sums[SpendBy.PERSON] == {"anna": 42_600, "ben": 1_000, "carl": 500}
    assert sums[SpendBy.DEPARTMENT] == {"east": 43_600, "west": 500}
    assert sums[SpendBy.CUSTOMER] == {None: 44_100}  # finance sees no customers
    assert sums[SpendBy.KIND] == {"hotel": 38_000, "taxi": 6_100}
    assert sums[SpendBy.MONTH] == {"2025-10": 39_500, "2025-09": 4_600}
    assert _spend(desk, "sue", SpendBy.CUSTOMER) == {"Li Lei": 38_000, None: 5_600}
    assert _spend(desk, "sue", SpendBy.PERSON) == {"anna": 42_600, "ben": 1_000}  # her team
    assert _spend(desk, "ben", SpendBy.PERSON) == {"ben": 1_000}  # his own
    october = SpendFilters(from_on=date(2025, 10, 1), to_on=date(2025, 10, 8))
    assert _spend(desk, "dora", SpendBy.PERSON, october) == {"anna": 38_000, "ben": 1_000, "carl": 500}
    west = SpendFilters(units=frozenset({desk.world.units["west"]}), states=("submitted",))
    assert _spend(desk, "dora", SpendBy.PERSON, west) == {"carl": 77}
    of_li = SpendFilters(customer_id=customer, owner_id=desk.world.users["anna"])
    assert _spend(desk, "dora", SpendBy.KIND, of_li) == {"hotel": 38_000}


def test_sums_cost_the_same_however_much_there_is(desk: Desk) -> None:
    actor = desk.world.actor("dora")

    def cost(by: SpendBy) -> int:
        with statements(desk.world.database) as seen:
            _spend(desk, actor, by)
        return len(seen)

    desk.approved("anna")
    before = {by: cost(by) for by in SpendBy}
    for who, manager in (("ben", "sue"), ("carl", "wei"), ("sue", "dora"), ("anna", "sue")):
        desk.approved(who, manager, amount=100)
    assert {by: cost(by) for by in SpendBy} == before
    assert max(before.values()) <= 2


def test_a_list_of_claims_costs_the_same_however_long(desk: Desk) -> None:
    def cost() -> int:
        with statements(desk.world.database) as seen, desk.world.database.read(desk.world.org_id) as connection:
            queries.claim_page(connection, desk.world.actor("dora"), queries.ClaimFilters(), after=None, limit=50)
        return len([each for each in seen if "expense_" in each])

    desk.submitted()
    before = cost()
    for _ in range(4):
        desk.submitted()
    assert cost() == before == 2
