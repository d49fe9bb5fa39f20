"""Lines of a claim: added, changed, removed by its owner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.core.problems import NOT_FOUND, Refused
from server.core.uow import UnitOfWork
from server.expenses import events
from server.expenses.models import ExpenseClaim, ExpenseLine
from server.expenses.operations.belonging import claim_named, customer_of, must_be_mine
from server.expenses.operations.claims import begin_change
from server.expenses.settling import settle_line

_FIELDS = (
    "kind", "amount_minor", "spent_on", "customer_id", "visit_id", "description", "progress", "key_value", "receipt_sha256",
)  # fmt: skip


def add_line(uow: UnitOfWork, line_id: str, values: Mapping[str, Any]) -> ExpenseLine:
    """Add a line to a claim of one's own; to an approved one, that makes the approval void. Records LineAdded.

    values: claim_id and the fields of a line. Raises Refused NOT_FOUND (claim, customer, visit), NOT_YOURS, RECEIPT_FORM,
    CLAIM_SUBMITTED, CLAIM_REJECTED, CLAIM_REIMBURSED.
    """
    values = settle_line(values)
    claim = claim_named(uow, values["claim_id"])
    spent_for_id = customer_of(uow, values.get("customer_id"), values.get("visit_id"))
    begin_change(uow, claim)
    line = uow.add(
        ExpenseLine(
            id=line_id,
            owner_id=claim.owner_id,
            unit_id=claim.unit_id,
            project_id=claim.project_id,
            claim_id=claim.id,
            spent_for_id=spent_for_id,
            **{name: values[name] for name in _FIELDS if name in values},
        )
    )
    uow.record(events.LineAdded(claim.id, line.id, line.kind, line.amount_minor))
    return line


def change_line(uow: UnitOfWork, line: ExpenseLine, values: Mapping[str, Any]) -> ExpenseLine:
    """Change a line; of an approved claim, that makes the approval void. Records LineChanged. Raises as add_line."""
    claim = _claim_of(uow, line)
    wanted = settle_line(values)
    if wanted.pop("claim_id", claim.id) != claim.id:
        raise Refused(NOT_FOUND, field="/claim_id")  # a line does not go from one claim to another
    if {"customer_id", "visit_id"} & wanted.keys():
        named = {name: wanted.get(name, getattr(line, name)) for name in ("customer_id", "visit_id")}
        if named != {name: getattr(line, name) for name in named}:
            wanted["spent_for_id"] = customer_of(uow, **named)
    changes = {
        name: [uow.shown(ExpenseLine, name, getattr(line, name)), uow.shown(ExpenseLine, name, value)]
        for name, value in wanted.items()
        if getattr(line, name) != value
    }
    begin_change(uow, claim, is_change=bool(changes))
    if changes:
        uow.change(line, **wanted)
        uow.record(events.LineChanged(claim.id, line.id, changes))
    return line


def remove_line(uow: UnitOfWork, line: ExpenseLine, _values: Mapping[str, Any] | None = None) -> ExpenseLine:
    """Take a line out. Records LineRemoved. Raises Refused NOT_YOURS, CLAIM_SUBMITTED, CLAIM_REJECTED, CLAIM_REIMBURSED."""
    claim = _claim_of(uow, line)
    begin_change(uow, claim)
    uow.remove(line)
    uow.record(events.LineRemoved(claim.id, line.id, line.amount_minor))
    return line


def _claim_of(uow: UnitOfWork, line: ExpenseLine) -> ExpenseClaim:
    claim = uow.must(ExpenseClaim, line.claim_id)
    must_be_mine(uow, claim)
    return claim
