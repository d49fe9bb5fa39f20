"""Recipes of approvals and expenses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.approving import DECISION
from tests.support.recipes.asking import Asking, Recipe, body_of
from tests.support.scene import DAY


def _route(asking: Asking) -> dict[str, Any]:
    steps = [{"by": "person", "user_id": asking.own("person")["user_id"]}]
    return {"topic": "expenses", "name": asking.scene.word(), "from_minor": 10**12, "steps": steps}


def _changed_route(asking: Asking) -> dict[str, Any]:
    return {"name": "claims", "steps": _route(asking)["steps"]}


def _delegation(asking: Asking) -> dict[str, Any]:
    return {"to_id": asking.colleague, "starts_on": DAY.isoformat(), "ends_on": DAY.isoformat()}


def _claim(asking: Asking) -> dict[str, Any]:
    line = {"kind": "other", "amount_minor": 900, "spent_on": DAY.isoformat()}
    return {"title": asking.scene.word(), "lines": [line]}


RECIPES: Mapping[str, Recipe] = {
    # approvals
    "GET /api/v1/approvals": Recipe(),
    "GET /api/v1/approvals/{approval_id}": Recipe(row="approval"),
    "POST /api/v1/approvals/{approval_id}/approve": Recipe(row="approval", body=body_of(**DECISION)),
    "POST /api/v1/approvals/{approval_id}/return": Recipe(row="approval", body=body_of(**DECISION)),
    "POST /api/v1/approvals/{approval_id}/reject": Recipe(row="approval", body=body_of(**DECISION)),
    "GET /api/v1/approval-routes": Recipe(),
    "POST /api/v1/approval-routes": Recipe(
        body=_route, references={"/unit_id": "unit", "/steps/0/user_id": "person"}, disturbs=True
    ),
    "PATCH /api/v1/approval-routes/{route_id}": Recipe(
        row="approval route",
        body=_changed_route,
        references={"/unit_id": "unit", "/steps/0/user_id": "person"},
        disturbs=True,
    ),
    "GET /api/v1/approval-delegations": Recipe(),
    "POST /api/v1/approval-delegations": Recipe(
        body=_delegation, references={"/to_id": "person", "/from_id": "person"}, disturbs=True
    ),
    "POST /api/v1/approval-delegations/{delegation_id}/end": Recipe(row="delegation"),
    # expenses
    "GET /api/v1/expenses/claims": Recipe(references={"?owner_id": "person", "?batch_id": "batch"}),
    "POST /api/v1/expenses/claims": Recipe(
        body=_claim,
        references={
            "/id": "claim",
            "/lines/0/id": "claim line",
            "/lines/0/customer_id": "customer",
            "/lines/0/visit_id": "visit",
        },
    ),
    "GET /api/v1/expenses/claims/{claim_id}": Recipe(row="claim"),
    "PATCH /api/v1/expenses/claims/{claim_id}": Recipe(row="claim", body=body_of(note="north side")),
    "POST /api/v1/expenses/claims/{claim_id}/lines": Recipe(
        row="claim",
        body=body_of(kind="other", amount_minor=900, spent_on=DAY.isoformat()),
        references={"/id": "claim line", "/customer_id": "customer", "/visit_id": "visit"},
    ),
    "PATCH /api/v1/expenses/claims/{claim_id}/lines/{line_id}": Recipe(
        row="claim line",
        body=body_of(description="tea"),
        references={"/customer_id": "customer", "/visit_id": "visit"},
    ),
    "DELETE /api/v1/expenses/claims/{claim_id}/lines/{line_id}": Recipe(row="claim line"),
    "POST /api/v1/expenses/claims/{claim_id}/submit": Recipe(row="claim"),
    "POST /api/v1/expenses/claims/{claim_id}/withdraw": Recipe(row="submitted claim"),
    "GET /api/v1/expenses/spend": Recipe(
        query={"by": "person"}, references={"?owner_id": "person", "?unit_id": "home", "?customer_id": "customer"}
    ),
    "GET /api/v1/expenses/batches": Recipe(),
    "POST /api/v1/expenses/batches": Recipe(
        body=lambda asking: {
            "claim_ids": [asking.rows.of("approved claim", "team", asking.caller)["claim_id"]],
            "total_minor": 8800,
        },
        references={"/id": "batch", "/claim_ids/0": "approved claim"},
        disturbs=True,
    ),
    "GET /api/v1/expenses/batches/{batch_id}": Recipe(row="batch"),
    "GET /api/v1/expenses/batches/{batch_id}/export": Recipe(row="batch"),
}
