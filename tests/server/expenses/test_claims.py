"""A claim from the phone of who spent the money: made offline, submitted, taken back, changed; once, whatever is resent."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from server.approvals.models import Approval, ApprovalRoute
from server.core.tables import EVENTS
from server.customers.models import TimelineEntry
from server.expenses.models import ExpenseClaim
from tests.server.expenses.desk import HIGHER, TOLD, Desk
from tests.server.fieldwork.office import statements


def test_a_day_without_a_network_arrives_as_one_claim_that_waits(desk: Desk) -> None:
    claim = desk.draft(amount=4_600)
    desk.line("anna", claim, 38_000, kind="hotel", visit_id=desk.visit("anna"), **TOLD)
    desk.queue("anna").act("expense_claims", "submit", claim)
    taken = desk.queue("anna").take()
    first = desk.push("anna", taken)
    assert {each.code for each in first} == {None}
    assert desk.push("anna", taken) == first  # the answer was lost: the same batch once more
    row = desk.row(claim)
    assert (row.state, row.total_minor, row.currency) == ("submitted", 42_600, "CNY")
    assert len(desk.rows(ExpenseClaim)) == 1
    assert desk.waits_for(claim) == {"sue"}


def test_a_double_tap_is_one_claim(desk: Desk) -> None:
    claim = desk.draft()
    desk.queue("anna").act("expense_claims", "submit", claim)
    desk.queue("anna").act("expense_claims", "submit", claim)
    assert {verdict for verdict, _ in desk.told("anna")} == {"applied"}
    assert len(desk.rows(Approval)) == 1
    assert (desk.case(claim).round, desk.row(claim).revision) == (1, 2)


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"kind": "hotel", "with_visit": True}, "expenses.progress-missing", "progress"),
        ({"kind": "hotel", "with_visit": True, "progress": "met twice"}, "expenses.key-value-missing", "key_value"),
        ({"kind": "taxi", **TOLD}, "expenses.event-missing", "visit_id"),
        ({"kind": "office"}, "expenses.record-missing", "customer_id"),
    ],
)
def test_the_three_rules_refuse_at_submit_with_line_and_field(
    desk: Desk, values: dict[str, Any], code: str, field: str
) -> None:
    given = dict(values)
    if given.pop("with_visit", None):
        given["visit_id"] = desk.visit("anna")
    claim = desk.queue("anna").create("expense_claims", title="trip")
    line = desk.line("anna", claim, 38_000, **given)
    desk.queue("anna").act("expense_claims", "submit", claim)
    *kept, refused = desk.push("anna")
    assert {each.code for each in kept} == {None}
    assert (refused.code, refused.params["line_id"]) == (code, line)
    assert refused.params["field"] == f"/values/lines/{line}/{field}"
    assert desk.row(claim).state == "draft"  # nothing typed is lost: mend it and submit again
    mended: dict[str, Any] = {"visit_id": desk.visit("anna"), **TOLD}
    desk.queue("anna").update("expense_lines", line, **mended)
    desk.queue("anna").act("expense_claims", "submit", claim)
    assert desk.told("anna")[-1] == ("applied", None)


def test_a_claim_without_lines_and_one_without_a_route_are_refused(desk: Desk) -> None:
    claim = desk.queue("anna").create("expense_claims", title="trip")
    desk.queue("anna").act("expense_claims", "submit", claim)
    assert desk.told("anna")[-1] == ("rejected", "expenses.lines-missing")
    with desk.world.working() as uow:
        for route in uow.find(ApprovalRoute):
            uow.change(route, state="retired")
        uow.commit()
    desk.line("anna", claim)
    desk.queue("anna").act("expense_claims", "submit", claim)
    assert desk.told("anna")[-1] == ("rejected", "approvals.no-route")
    assert desk.row(claim).state == "draft"


def test_what_waits_is_withdrawn_before_it_is_changed(desk: Desk) -> None:
    claim = desk.submitted()
    (line,) = desk.lines(claim)
    queue = desk.queue("anna")
    queue.update("expense_lines", line.id, amount_minor=5_000)
    queue.act("expense_lines", "delete", line.id)
    queue.update("expense_claims", claim, title="another")
    desk.line("anna", claim, visit=line.visit_id)
    assert desk.told("anna") == [("rejected", "expenses.claim-already-submitted")] * 4
    queue.act("expense_claims", "withdraw", claim)
    queue.act("expense_claims", "withdraw", claim)
    queue.update("expense_lines", line.id, amount_minor=HIGHER)
    queue.act("expense_claims", "submit", claim)
    assert {verdict for verdict, _ in desk.told("anna")} == {"applied"}
    assert desk.states(claim) == ("submitted", "open")
    case = desk.case(claim)
    assert (case.amount_minor, case.step_count, case.round) == (HIGHER, 2, 2)
    assert [part.state for part in desk.rows(Approval)] == ["lapsed", "waiting"]


def test_a_claim_stands_once_on_the_timeline_of_each_customer_it_was_spent_for(desk: Desk) -> None:
    """What sort of thing it was, not how much: whoever sees the customer need not see the claim."""

    def told() -> list[tuple[str, str, dict[str, Any]]]:
        lines = [each for each in desk.rows(TimelineEntry) if each.subject_id == claim]
        return [(each.customer_id, each.deed, each.params) for each in lines]

    queue = desk.queue("anna")
    one, other = queue.create("customers", name="Wang"), queue.create("customers", name="Li")
    claim = desk.draft()  # a taxi to a place is for nobody
    for kind in ("meal", "gift", "meal"):
        desk.line("anna", claim, kind=kind, customer_id=one, **TOLD)
    queue.act("expense_claims", "submit", claim)
    queue.act("expense_claims", "submit", claim)
    assert {verdict for verdict, _ in desk.told("anna")} == {"applied"}
    assert told() == [(one, "expense", {"kinds": ["gift", "meal"]})]
    queue.act("expense_claims", "withdraw", claim)
    desk.line("anna", claim, kind="meal", customer_id=other, **TOLD)
    queue.act("expense_claims", "submit", claim)
    assert {verdict for verdict, _ in desk.told("anna")} == {"applied"}
    assert [each[0] for each in told()] == [one, other]
    queue.act("expense_claims", "withdraw", claim)
    for line in desk.lines(claim):
        if line.customer_id == one:
            queue.act("expense_lines", "delete", line.id)
    queue.act("expense_claims", "submit", claim)
    assert {verdict for verdict, _ in desk.told("anna")} == {"applied"}
    queue.act("expense_claims", "withdraw", claim)
    desk.line("anna", claim, kind="meal", customer_id=one, **TOLD)  # named again in the push that submits it again
    queue.act("expense_claims", "submit", claim)
    assert {verdict for verdict, _ in desk.told("anna")} == {"applied"}
    assert [each[0] for each in told()] == [one, other]


def test_a_change_after_the_approval_makes_it_void(desk: Desk) -> None:
    claim = desk.approved()
    (line,) = desk.lines(claim)
    assert (desk.books(claim), desk.payables(claim)) == (["approved"], ["open"])
    desk.queue("anna").update("expense_lines", line.id, amount_minor=4_600)
    assert desk.told("anna") == [("applied", None)]
    assert desk.row(claim).state == "approved"  # it says the same
    desk.queue("anna").update("expense_lines", line.id, amount_minor=9_900)
    desk.queue("anna").update("expense_lines", line.id, receipt_sha256="a" * 64)
    assert {verdict for verdict, _ in desk.told("anna")} == {"applied"}
    assert desk.states(claim) == ("void", "void")
    assert (desk.books(claim), desk.payables(claim)) == (["approved", "voided"], ["void"])
    assert desk.part("sue", claim)["state"] == "void"  # and its approver sees it
    desk.queue("anna").update("expense_lines", line.id, receipt_sha256=None)
    desk.queue("anna").act("expense_claims", "submit", claim)
    assert desk.told("anna")[-1] == ("applied", None)
    assert desk.decide("sue", claim) == ("applied", None)
    assert (desk.books(claim), desk.payables(claim)) == (["approved", "voided", "approved"], ["void", "open"])
    assert desk.row(claim).total_minor == 9_900


def test_a_returned_claim_is_mended_and_a_rejected_one_is_not(desk: Desk) -> None:
    returned, rejected = desk.submitted(), desk.submitted()
    assert desk.decide("sue", returned, "return", comment="which visit?") == ("applied", None)
    assert desk.decide("sue", rejected, "reject") == ("applied", None)
    assert desk.row(returned).comment == "which visit?"
    for claim in (returned, rejected):
        desk.queue("anna").update("expense_claims", claim, note="the one on Monday")
        desk.queue("anna").act("expense_claims", "submit", claim)
    assert desk.told("anna") == [("applied", None)] * 2 + [("rejected", "expenses.claim-rejected")] * 2
    assert desk.states(returned) == ("submitted", "open")


def test_only_its_owner_writes_a_claim(desk: Desk) -> None:
    claim = desk.submitted()
    (line,) = desk.lines(claim)
    desk.queue("sue").update("expense_lines", line.id, amount_minor=1)
    desk.queue("sue").act("expense_claims", "withdraw", claim)
    desk.queue("sue").create("expense_lines", claim_id=claim, kind="office", amount_minor=1, spent_on="2025-10-08")
    desk.queue("ben").act("expense_claims", "withdraw", claim)
    assert desk.told("sue") == [("rejected", "expenses.not-yours")] * 3
    assert desk.told("ben") == [("rejected", "core.not-found")]


def test_a_line_names_only_visits_and_customers_in_reach(desk: Desk) -> None:
    visit, customer = desk.visit("carl"), desk.queue("carl").create("customers", name="Li")
    desk.push("carl")
    claim = desk.queue("anna").create("expense_claims", title="trip")
    spent: dict[str, Any] = {"claim_id": claim, "kind": "office", "amount_minor": 1, "spent_on": "2025-10-08"}
    desk.queue("anna").create("expense_lines", **spent, visit_id=visit)
    desk.queue("anna").create("expense_lines", **spent, customer_id=customer)
    assert desk.told("anna")[1:] == [("rejected", "core.not-found")] * 2


def test_the_receipt_of_a_colleague_and_a_look_alike_are_flagged_and_not_refused(desk: Desk) -> None:
    receipt = "a" * 64
    desk.submitted("carl", receipt_sha256=receipt, visit=desk.visit("carl"), kind="office", visit_id=desk.visit("carl"))
    claim = desk.draft("anna", 4_600)
    desk.line("anna", claim, 700, kind="office", receipt_sha256=receipt.upper(), description="stamps")
    desk.line("anna", claim, 4_600, visit=desk.visit("anna"))
    desk.queue("anna").act("expense_claims", "submit", claim)
    assert desk.told("anna")[-1] == ("applied", None)
    flags = [line.flags for line in desk.lines(claim)]
    assert flags == [["look_alike"], ["same_receipt"], ["look_alike"]]
    part = desk.part("sue", claim)
    assert {(each["kind"], each["by_other"]) for each in part["flags"]} == {
        ("look_alike", False),
        ("same_receipt", True),
    }
    assert desk.row(claim).flag_count == 3


def test_a_batch_costs_the_same_however_many_claims_it_has(desk: Desk) -> None:
    def cost(count: int) -> int:
        for number in range(count):
            claim = desk.draft(amount=1_000 + number, receipt_sha256=f"{number:064x}")
            customer = desk.queue("anna").create("customers", name="Wang")
            desk.line("anna", claim, 2_000 + number, kind="meal", customer_id=customer, **TOLD)
            desk.queue("anna").act("expense_claims", "submit", claim)
        with statements(desk.world.database) as seen:
            assert {code for _, code in desk.told("anna")} == {None}
        return len(seen)

    def again(count: int) -> int:
        """Taken back and submitted once more."""
        for claim in [each.id for each in desk.rows(ExpenseClaim)][-count:]:
            desk.queue("anna").act("expense_claims", "withdraw", claim)
            desk.queue("anna").act("expense_claims", "submit", claim)
        with statements(desk.world.database) as seen:
            assert {code for _, code in desk.told("anna")} == {None}
        return len(seen)

    assert cost(2) == cost(12)
    assert again(2) == again(12)


def test_what_happened_is_told_to_whoever_listens(desk: Desk) -> None:
    claim = desk.approved()
    t, world = EVENTS.c, desk.world
    with world.database.read(world.org_id) as connection:
        told = connection.execute(
            select(t.name).where(t.org_id == world.org_id, t.subject_id == claim).order_by(t.n)
        ).scalars().all()  # fmt: skip
    assert list(told) == [
        "expenses.claim-created", "expenses.line-added", "approvals.asked", "expenses.claim-submitted", "approvals.decided",
        "expenses.claim-decided",
    ]  # fmt: skip
