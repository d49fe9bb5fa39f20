"""Claims: made, changed, submitted, withdrawn by their owner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from server.approvals import operations as approvals
from server.core.uow import UnitOfWork
from server.customers.models import Customer
from server.customers.timeline import Deed, tell_once, timeline_kind
from server.expenses import events, rules
from server.expenses.models import ExpenseClaim, ExpenseLine
from server.expenses.operations.belonging import lines_of, must_be_mine
from server.expenses.operations.booking import book_void
from server.expenses.operations.likeness import flags_for, told
from server.expenses.rules import Flag, Spent
from server.expenses.settling import settle_claim
from server.expenses.transitions import ClaimAction, ClaimState, move_claim
from server.fieldwork.models import Visit
from server.fieldwork.transitions import VisitState

CLAIMED = timeline_kind("expense-claim", zh="费用报销", en="Expense claim", deed=Deed.EXPENSE)
KIND, TOPIC = "expense_claim", "expenses"
_HAPPENED = (VisitState.IN_PROGRESS.value, VisitState.DONE.value)


def create_claim(uow: UnitOfWork, claim_id: str, values: Mapping[str, Any]) -> ExpenseClaim:
    """Begin a claim of whoever acts, in the organisation's currency. values: title, note. Records ClaimCreated.

    Raises Refused TEXT_REQUIRED.
    """
    settled = settle_claim(values)
    claim = uow.add(
        ExpenseClaim(
            id=claim_id,
            owner_id=uow.actor.user_id,
            unit_id=uow.actor.unit_id,
            title=settled["title"],
            note=settled.get("note"),
            currency=uow.actor.currency,
        )
    )
    uow.record(events.ClaimCreated(claim.id, claim.owner_id))
    return claim


def change_claim(uow: UnitOfWork, claim: ExpenseClaim, values: Mapping[str, Any]) -> ExpenseClaim:
    """Change title or note; of an approved claim that makes the approval void. Records ClaimChanged.

    Raises Refused NOT_YOURS, TEXT_REQUIRED, CLAIM_SUBMITTED, CLAIM_REJECTED, CLAIM_REIMBURSED.
    """
    must_be_mine(uow, claim)
    wanted = settle_claim(values)
    changes = {
        name: [uow.shown(ExpenseClaim, name, getattr(claim, name)), uow.shown(ExpenseClaim, name, value)]
        for name, value in wanted.items()
        if getattr(claim, name) != value
    }
    begin_change(uow, claim, is_change=bool(changes))
    if changes:
        uow.change(claim, **wanted)
        uow.record(events.ClaimChanged(claim.id, changes))
    return claim


def begin_change(uow: UnitOfWork, claim: ExpenseClaim, *, is_change: bool = True) -> None:
    """Before a claim or one of its lines is changed: see that it may be, and make an approval void. Source: rule E4.

    is_change: False for a change that changes nothing. Records ClaimVoided. Raises Refused as move_claim does.
    """
    state = move_claim(claim.state, ClaimAction.CHANGE)
    if is_change and state != claim.state:
        book_void(uow, claim, lines_of(uow, claim))
        approvals.void(uow, claim.id)
        uow.record(events.ClaimVoided(claim.id, claim.owner_id, claim.decided_by, claim.total_minor))
        uow.change(claim, state=state.value, revision=claim.revision + 1, payable_id=None)


def submit_claim(uow: UnitOfWork, claim: ExpenseClaim, _values: Mapping[str, Any] | None = None) -> ExpenseClaim:
    """Ask for approval of a claim with all its lines. Records ClaimSubmitted. A second time changes nothing.

    Stands once on the timeline of each customer it was spent for, however often it is submitted.
    Raises Refused NOT_YOURS, CLAIM_APPROVED, CLAIM_REJECTED, CLAIM_REIMBURSED, as rules.check_claim does with the line and
    field at fault, and as approvals.ask does. Source: rules E2, E3, E5; domain rows 74, 76.
    """
    must_be_mine(uow, claim)
    state = move_claim(claim.state, ClaimAction.SUBMIT)
    if state == claim.state:
        return claim
    lines = lines_of(uow, claim)
    total = rules.check_claim([spent_of(uow, each) for each in lines], today=uow.today())
    flags = _flag(uow, lines)
    tell_once(uow, CLAIMED, claim.id, _kinds_for(lines), is_first=claim.submitted_at is None)
    uow.change(
        claim,
        state=state.value,
        revision=claim.revision + 1,
        total_minor=total,
        flag_count=sum(bool(each.flags) for each in lines),
        submitted_at=uow.now,
        decided_at=None,
        decided_by=None,
        comment=None,
    )
    approvals.ask(
        uow,
        approvals.Request(
            kind=KIND,
            subject_id=claim.id,
            requester_id=claim.owner_id,
            requester_name=uow.actor.name,
            unit_id=claim.unit_id,
            title=claim.title,
            amount_minor=total,
            currency=claim.currency,
            content=content_of(uow, claim, lines),
            flags=[told(each) for each in flags],
        ),
    )
    waiting_for = approvals.waiting_people(uow, claim.id)
    uow.record(events.ClaimSubmitted(claim.id, claim.owner_id, total, claim.currency, waiting_for, claim.flag_count))
    return claim


def _kinds_for(lines: Sequence[ExpenseLine]) -> dict[str, dict[str, Any]]:
    """Customer → what sorts of thing were spent for him; how much is for those alone who see the claim."""
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for line in lines:
        if line.spent_for_id is not None:
            kinds[line.spent_for_id].add(line.kind)
    return {customer_id: {"kinds": sorted(found)} for customer_id, found in kinds.items()}


def withdraw_claim(uow: UnitOfWork, claim: ExpenseClaim, _values: Mapping[str, Any] | None = None) -> ExpenseClaim:
    """Take a claim back that is not decided. Records ClaimWithdrawn. A second time changes nothing.

    Raises Refused NOT_YOURS, CLAIM_APPROVED, CLAIM_REJECTED, CLAIM_REIMBURSED.
    """
    must_be_mine(uow, claim)
    state = move_claim(claim.state, ClaimAction.WITHDRAW)
    if state != claim.state:
        if claim.state == ClaimState.SUBMITTED:
            approvals.withdraw(uow, claim.id)
        uow.change(claim, state=state.value, revision=claim.revision + 1)
        uow.record(events.ClaimWithdrawn(claim.id, claim.owner_id))
    return claim


def spent_of(uow: UnitOfWork, line: ExpenseLine) -> Spent:
    """A line as rules see it, its visit as it stands now."""
    visit = None if line.visit_id is None else uow.get(Visit, line.visit_id)
    return Spent(
        id=line.id,
        kind=line.kind,
        amount_minor=line.amount_minor,
        spent_on=line.spent_on,
        customer_id=line.customer_id,
        visit_id=line.visit_id,
        has_event=visit is not None and visit.state in _HAPPENED,
        progress=line.progress,
        key_value=line.key_value,
        receipt_sha256=line.receipt_sha256,
        spent_for_id=line.spent_for_id,
        owner_id=line.owner_id,
        claim_id=line.claim_id,
    )


def content_of(uow: UnitOfWork, claim: ExpenseClaim, lines: Sequence[ExpenseLine]) -> dict[str, Any]:
    """What is decided about, as whoever is asked sees it; its hash changes with anything in it."""
    return {
        "title": claim.title,
        "note": claim.note,
        "currency": claim.currency,
        "total_minor": sum(line.amount_minor for line in lines),
        "lines": [
            {
                "id": line.id,
                "kind": line.kind,
                "amount_minor": line.amount_minor,
                "spent_on": line.spent_on.isoformat(),
                "customer_id": line.spent_for_id,
                "customer_name": _name_of(uow, line.spent_for_id),
                "visit_id": line.visit_id,
                "description": line.description,
                "progress": line.progress,
                "key_value": line.key_value,
                "receipt_sha256": line.receipt_sha256,
            }
            for line in lines
        ],
    }


def _name_of(uow: UnitOfWork, customer_id: str | None) -> str | None:
    customer = None if customer_id is None else uow.get(Customer, customer_id)
    return None if customer is None else customer.name


def _flag(uow: UnitOfWork, lines: Sequence[ExpenseLine]) -> list[Flag]:
    """Mark each line with what it looks like, and say with which lines (rule E5)."""
    found = flags_for(uow, [spent_of(uow, line) for line in lines])
    for line in lines:
        uow.change(line, flags=sorted({each.kind.value for each in found if each.line_id == line.id}))
    return found
