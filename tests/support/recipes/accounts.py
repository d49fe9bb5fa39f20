"""Recipes of organisation, staff, roles, devices, history, and signing in at the office's door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.accounts.models import User
from server.accounts.operations.passwords import issue_reset_code
from server.core.access import system_actor
from tests.server.accounts.company import PASSWORD
from tests.support.recipes.asking import REASON, Asking, Recipe, body_of


def _reset(asking: Asking) -> dict[str, Any]:
    company = asking.scene.acme
    user_id = asking.rows.made("recruit", company, "wang")["user_id"]
    with asking.scene.services.writing(system_actor(company.org)) as uow:
        code = issue_reset_code(uow, user_id, key=company.credentials.code_key)
        uow.commit()
    name = company.row(User, user_id).username
    return {**company.parts(name), "code": code}


def _recruit(asking: Asking) -> dict[str, Any]:
    word = asking.scene.word()
    unit_id = asking.own("home")["unit_id"]
    return {"number": word, "name": word, "username": f"user-{word}", "unit_id": unit_id}


def _unit(asking: Asking) -> dict[str, Any]:
    return {"parent_id": asking.own("home")["unit_id"], "kind": "team", "name": asking.scene.word()}


_USER = {
    "/unit_id": "unit",
    "/further_unit_ids/0": "unit",
    "/project_ids/0": "project",
    "/role_ids/0": "role",
}


RECIPES: Mapping[str, Recipe] = {
    # pages and health
    "GET /": Recipe(),
    "GET /healthz": Recipe(),
    "GET /readyz": Recipe(),
    "GET /metrics": Recipe(),
    "GET /app/": Recipe(),
    "GET /app/demo.json": Recipe(),
    "GET /app/{name}": Recipe(query={"name": "today"}),
    "GET /kiosk/": Recipe(),
    "GET /kiosk/{name}": Recipe(query={"name": "greeting"}),
    "GET /static/{name}": Recipe(query={"name": "home.css"}),
    "GET /api/v1/docs": Recipe(),
    "GET /api/v1/docs/start.js": Recipe(),
    "GET /api/v1/docs/{name}": Recipe(query={"name": "index.css"}),
    "GET /api/v1/openapi.json": Recipe(),
    "GET /api/v1/problems": Recipe(),
    # sessions
    "POST /api/v1/session": Recipe(body=lambda asking: asking.parts),
    "GET /api/v1/session": Recipe(),
    "DELETE /api/v1/session": Recipe(ends=True),
    "POST /api/v1/session/renew": Recipe(),
    "POST /api/v1/session/confirm": Recipe(body=body_of(password=PASSWORD)),
    "POST /api/v1/session/password": Recipe(body=body_of(old_password=PASSWORD, new_password=PASSWORD), ends=True),
    "POST /api/v1/password-reset": Recipe(body=_reset),
    # organisation, units, projects, roles
    "GET /api/v1/organisation": Recipe(),
    "PATCH /api/v1/organisation": Recipe(body=body_of(currency="CNY")),
    "GET /api/v1/units": Recipe(),
    "POST /api/v1/units": Recipe(body=_unit, references={"/parent_id": "home"}),
    "PATCH /api/v1/units/{unit_id}": Recipe(row="unit", body=body_of(position=3), references={"/parent_id": "home"}),
    "DELETE /api/v1/units/{unit_id}": Recipe(row="unit"),
    "GET /api/v1/projects": Recipe(),
    "POST /api/v1/projects": Recipe(body=lambda asking: {"code": f"p-{asking.scene.word()}", "name": "Harbour"}),
    "PATCH /api/v1/projects/{project_id}": Recipe(row="project", body=body_of(name="Harbour")),
    "GET /api/v1/functions": Recipe(),
    "GET /api/v1/roles": Recipe(),
    "POST /api/v1/roles": Recipe(
        body=lambda asking: {"name": asking.scene.word(), "scope": "own", "functions": ["customers.read"]}
    ),
    "PATCH /api/v1/roles/{role_id}": Recipe(row="role", body=body_of(scope="team")),
    "DELETE /api/v1/roles/{role_id}": Recipe(row="role"),
    # staff
    "GET /api/v1/users": Recipe(references={"?unit_id": "home"}),
    "POST /api/v1/users": Recipe(body=_recruit, references=_USER),
    "GET /api/v1/users/{user_id}": Recipe(row="recruit"),
    "PATCH /api/v1/users/{user_id}": Recipe(row="recruit", body=body_of(title="Clerk"), references=_USER, base="team"),
    "DELETE /api/v1/users/{user_id}": Recipe(row="leaver"),
    "POST /api/v1/users/{user_id}/disable": Recipe(row="recruit"),
    "POST /api/v1/users/{user_id}/enable": Recipe(row="leaver"),
    "POST /api/v1/users/{user_id}/reset-code": Recipe(row="recruit"),
    "POST /api/v1/users/{user_id}/reveal": Recipe(row="recruit", body=body_of(field="phone", reason="call")),
    "POST /api/v1/users/{user_id}/handover": Recipe(
        row="recruit",
        body=lambda asking: {"to": asking.colleague, "reason": "leaves"},
        references={"/to": "person"},
        base="team",
        disturbs=True,
    ),
    "POST /api/v1/users/{user_id}/leave": Recipe(
        row="recruit",
        body=lambda asking: {"to": asking.colleague, "reason": "leaves"},
        references={"/to": "person"},
        base="team",
    ),
    # devices, quarantine, history, jobs
    "GET /api/v1/devices": Recipe(references={"?user_id": "person"}),
    "POST /api/v1/devices/{device_id}/revoke": Recipe(row="device"),
    "POST /api/v1/devices/{device_id}/wipe": Recipe(row="device"),
    "GET /api/v1/quarantine": Recipe(),
    "GET /api/v1/quarantine/{queue_id}": Recipe(row="queue"),
    "POST /api/v1/quarantine/{queue_id}/release": Recipe(row="queue", body=REASON),
    "POST /api/v1/quarantine/{queue_id}/discard": Recipe(row="queue", body=REASON),
    "GET /api/v1/events": Recipe(references={"?subject_id": "customer", "?actor_id": "person"}),
    "POST /api/v1/audit/verify": Recipe(),
    "GET /api/v1/jobs": Recipe(),
    "GET /api/v1/jobs/{job_id}": Recipe(row="job"),
    "POST /api/v1/jobs/{job_id}/cancel": Recipe(row="job"),
    "POST /api/v1/jobs/{job_id}/retry": Recipe(row="job"),
    "GET /api/v1/sync-issues": Recipe(references={"?user": "person"}),
}
