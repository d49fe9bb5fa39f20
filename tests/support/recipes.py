"""How to ask every operation of the application in a good way, and which kind of row each of its references names.

A new route needs a line in RECIPES, with a kind of scene_rows.KINDS for each row that it names; tests say so when it is
missing. Bodies are what a caller would send to succeed; the tests of rights put other people's rows into them.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from kiosk.operations.stations import issue_code
from kiosk.texts import CONSENT_VERSION
from mobile_api.tus import BODY_TYPE, VERSION
from server.accounts.models import User
from server.accounts.operations.passwords import issue_reset_code
from server.core.access import system_actor
from sync_protocol.ids import new_id
from tests.server.accounts.company import PASSWORD, Phone
from tests.support.approving import DECISION
from tests.support.document import Operation
from tests.support.pictures import sha256
from tests.support.scene import COLLEAGUES, Scene
from tests.support.scene_rows import DAY, Ids, Rows

TIME = "2025-03-04T02:00:00Z"
ELSEWHERE = "elsewhere"
"""In place of a kind: what is pushed and pulled has a table of its own, in test_rights_sync.py; what a kiosk says of itself is
tried in tests/kiosk and test_kiosk_rights.py."""


class NoRecipe(AssertionError):
    """A route or a reference that the tests do not know how to ask."""


@dataclass(frozen=True)
class Asking:
    """Who asks, and of which row. ids: of the row in the address. trying: the reference whose row is about to be changed."""

    scene: Scene
    rows: Rows
    caller: str
    ids: Ids
    trying: str = ""

    @property
    def colleague(self) -> str:
        """The id of the colleague of his unit."""
        return self.scene.acme.users[COLLEAGUES[self.caller]]

    def own(self, kind: str) -> Ids:
        """A row of his."""
        return self.rows.of(kind, "own", self.caller)


Body = Callable[[Asking], Any]
Head = Callable[[Asking], dict[str, str]]


@dataclass(frozen=True)
class Recipe:
    """How to ask one operation.

    row: the kind of the row in its address. body: what to send. references: pointer or ?parameter → kind, or `kind:member`
    where it is not the row's own id. query: what the query says besides; in an address without a row, what stands in it. fits: references that are right as the body has them for the caller's own row. base:
    whose row stands in the address while something else is tried. headers: beside the token. disturbs: it may change any
    row. ends: the caller's sessions.
    """

    row: str | None = None
    body: Body | None = None
    references: Mapping[str, str] = field(default_factory=dict)
    fits: frozenset[str] = frozenset()
    base: str = "own"
    headers: Head | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    disturbs: bool = False
    ends: bool = False


def recipe_for(operation: Operation) -> Recipe:
    """The recipe, complete. Raises NoRecipe saying what is missing."""
    found = RECIPES.get(operation.name)
    if found is None:
        raise NoRecipe(f"{operation.name} is new: say in tests/support/recipes.py how to ask it, and of which rows")
    if operation.in_path and found.row is None and operation.doc is not None:
        raise NoRecipe(f"{operation.name} has a row in its address: name its kind in tests/support/recipes.py")
    if operation.body is not None and found.body is None:
        raise NoRecipe(f"{operation.name} takes a body: write one in tests/support/recipes.py")
    missing = {each for each in operation.references if not each.startswith("{")} - found.references.keys()
    if missing:
        raise NoRecipe(f"{operation.name} names rows at {sorted(missing)}: say which in tests/support/recipes.py")
    return found


def sent(body: Any) -> dict[str, Any]:
    """How a body goes out: a document as JSON, bytes as part of an upload."""
    if isinstance(body, bytes):
        return {"data": body, "content_type": BODY_TYPE}
    return {"data": orjson.dumps(body), "content_type": "application/json"}


def _body(**values: Any) -> Body:
    return lambda _asking: dict(values)


def _recruit(asking: Asking) -> dict[str, Any]:
    word = asking.scene.word()
    unit_id = asking.own("home")["unit_id"]
    return {"number": word, "name": word, "username": f"user-{word}", "unit_id": unit_id}


def _reveal(asking: Asking) -> dict[str, Any]:
    return {"field": "number", "phone_id": asking.ids["phone_id"], "reason": "call back"}


def _hand_over(asking: Asking) -> dict[str, Any]:
    seen = {"from": asking.own("person")["user_id"]} if asking.trying == "/from" else {}
    return {"customers": [asking.own("customer")["customer_id"]], "to": asking.colleague, "reason": "x", **seen}


def _visit(asking: Asking) -> dict[str, Any]:
    return {"customer_id": asking.own("customer")["customer_id"], "planned_on": DAY.isoformat()}


def _follow_up(asking: Asking) -> dict[str, Any]:
    ids = asking.own("visit")
    named = ("customer_id", "visit_id") if asking.trying == "/visit_id" else ("customer_id",)
    return {**{name: ids[name] for name in named}, "due_on": DAY.isoformat(), "text": "call"}


def _finish(asking: Asking) -> dict[str, Any]:
    following = {"due_on": DAY.isoformat(), "text": "call"}
    return {"ended_at": TIME, "result": "met", "follow_up": following}


def _sign_in(asking: Asking) -> dict[str, Any]:
    return asking.scene.acme.parts(asking.caller)


def _reset(asking: Asking) -> dict[str, Any]:
    company = asking.scene.acme
    user_id = asking.rows.made("recruit", company, "wang")["user_id"]
    with asking.scene.services.writing(system_actor(company.org)) as uow:
        code = issue_reset_code(uow, user_id, key=company.credentials.code_key)
        uow.commit()
    name = company.row(User, user_id).username
    return {**company.parts(name), "code": code}


def _enrol(asking: Asking) -> dict[str, Any]:
    return {**_sign_in(asking), "device": asking.scene.newcomer.describe()}


def _enrolling(asking: Asking) -> dict[str, str]:
    return asking.scene.newcomer.proof("POST", "/mobile/v1/session")


def _refresh(asking: Asking) -> dict[str, Any]:
    return {"refresh_token": asking.scene.phone(asking.caller).answer["refresh_token"]}


def _refreshing(asking: Asking) -> dict[str, str]:
    phone = asking.scene.phone(asking.caller)
    return phone.proof("POST", "/mobile/v1/session/refresh", phone.answer["refresh_token"])


def _exchange(asking: Asking) -> dict[str, Any]:
    enrolment = asking.scene.phone(asking.caller).answer["enrolment"]
    return {"protocol": 1, "schema": 1, "enrolment": enrolment, "sent_at": 0, "pull": {"cursor": None}}


def _held(asking: Asking) -> dict[str, str]:
    return _door(asking, asking.scene.lost_phone(asking.caller, wipe=False))


def _wiping(asking: Asking) -> dict[str, str]:
    return _door(asking, asking.scene.lost_phone(asking.caller, wipe=True))


def _door(_asking: Asking, phone: Phone) -> dict[str, str]:
    return {"Authorization": f"Bearer {phone.answer['access_token']}"}


def _hand_in(asking: Asking) -> dict[str, Any]:
    enrolment = asking.scene.lost_phone(asking.caller, wipe=False).answer["enrolment"]
    return {"id": new_id(), "enrolment": enrolment, "operations": [{"n": 1, "action": "create"}]}


def _enrol_kiosk(asking: Asking) -> dict[str, Any]:
    company = asking.scene.acme
    made = asking.rows.made("kiosk", company, "wang")
    with asking.scene.services.writing(system_actor(company.org)) as uow:
        kiosk, code = issue_code(uow, made["kiosk_id"], key=company.credentials.code_key)
        uow.commit()
    key = asking.scene.newcomer.key.jwk()
    return {"organisation": company.code, "kiosk": kiosk.number, "code": code, "app_version": "1.0", "key": key}


def _enrolling_kiosk(asking: Asking) -> dict[str, str]:
    return asking.scene.newcomer.proof("POST", "/kiosk/v1/enrolment")


def _kiosk_session(asking: Asking) -> dict[str, Any]:
    kiosk = asking.scene.kiosk()
    return {"organisation": kiosk.organisation, "kiosk": kiosk.kiosk}


def _opening_kiosk(asking: Asking) -> dict[str, str]:
    kiosk = asking.scene.kiosk()
    return {"DPoP": kiosk.key.sign_proof("POST", f"{kiosk.url}/kiosk/v1/session", kiosk.now())}


def _own(of: str, *members: str, **values: Any) -> Body:
    """A body that names a row of the caller's."""
    return lambda asking: {**{name: asking.own(of)[name] for name in members}, **values}


def _named(**values: Any) -> Body:
    """A body with a name that nobody has yet."""
    return lambda asking: {"name": asking.scene.word(), **values}


def _unit(asking: Asking) -> dict[str, Any]:
    return {"parent_id": asking.own("home")["unit_id"], "kind": "team", "name": asking.scene.word()}


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


def _tus(**more: str) -> Head:
    return lambda _asking: {"Tus-Resumable": VERSION, **{name.replace("_", "-"): more[name] for name in more}}


def _beginning(asking: Asking) -> dict[str, str]:
    hashed = base64.b64encode(sha256(asking.scene.word().encode()).encode()).decode()
    return _tus(Upload_Length="10", Upload_Metadata=f"sha256 {hashed}")(asking)


_REASON = _body(reason="seen")
_CUSTOMER_LIST = {"?owner_id": "person", "?unit_id": "home"}
_USER = {
    "/unit_id": "unit",
    "/further_unit_ids/0": "unit",
    "/project_ids/0": "project",
    "/role_ids/0": "role",
}
_PAGE = Recipe()

RECIPES: Mapping[str, Recipe] = {
    # pages and health
    "GET /": _PAGE,
    "GET /healthz": _PAGE,
    "GET /readyz": _PAGE,
    "GET /metrics": _PAGE,
    "GET /app/": _PAGE,
    "GET /app/demo.json": _PAGE,
    "GET /app/{name}": Recipe(query={"name": "today"}),
    "GET /kiosk/": _PAGE,
    "GET /kiosk/{name}": Recipe(query={"name": "greeting"}),
    "GET /static/{name}": Recipe(query={"name": "home.css"}),
    "GET /api/v1/docs": _PAGE,
    "GET /api/v1/docs/start.js": _PAGE,
    "GET /api/v1/docs/{name}": Recipe(query={"name": "index.css"}),
    "GET /api/v1/openapi.json": _PAGE,
    "GET /api/v1/problems": _PAGE,
    # sessions
    "POST /api/v1/session": Recipe(body=_sign_in),
    "GET /api/v1/session": Recipe(),
    "DELETE /api/v1/session": Recipe(ends=True),
    "POST /api/v1/session/renew": Recipe(),
    "POST /api/v1/session/confirm": Recipe(body=_body(password=PASSWORD)),
    "POST /api/v1/session/password": Recipe(body=_body(old_password=PASSWORD, new_password=PASSWORD), ends=True),
    "POST /api/v1/password-reset": Recipe(body=_reset),
    "POST /mobile/v1/session": Recipe(body=_enrol, headers=_enrolling),
    "POST /mobile/v1/session/refresh": Recipe(body=_refresh, headers=_refreshing),
    "DELETE /mobile/v1/session": Recipe(ends=True),
    # organisation, units, projects, roles
    "GET /api/v1/organisation": Recipe(),
    "PATCH /api/v1/organisation": Recipe(body=_body(currency="CNY")),
    "GET /api/v1/units": Recipe(),
    "POST /api/v1/units": Recipe(body=_unit, references={"/parent_id": "home"}),
    "PATCH /api/v1/units/{unit_id}": Recipe(row="unit", body=_body(position=3), references={"/parent_id": "home"}),
    "DELETE /api/v1/units/{unit_id}": Recipe(row="unit"),
    "GET /api/v1/projects": Recipe(),
    "POST /api/v1/projects": Recipe(body=lambda asking: {"code": f"p-{asking.scene.word()}", "name": "Harbour"}),
    "PATCH /api/v1/projects/{project_id}": Recipe(row="project", body=_body(name="Harbour")),
    "GET /api/v1/functions": Recipe(),
    "GET /api/v1/roles": Recipe(),
    "POST /api/v1/roles": Recipe(
        body=lambda asking: {"name": asking.scene.word(), "scope": "own", "functions": ["customers.read"]}
    ),
    "PATCH /api/v1/roles/{role_id}": Recipe(row="role", body=_body(scope="team")),
    "DELETE /api/v1/roles/{role_id}": Recipe(row="role"),
    # staff
    "GET /api/v1/users": Recipe(references={"?unit_id": "home"}),
    "POST /api/v1/users": Recipe(body=_recruit, references=_USER),
    "GET /api/v1/users/{user_id}": Recipe(row="recruit"),
    "PATCH /api/v1/users/{user_id}": Recipe(row="recruit", body=_body(title="Clerk"), references=_USER, base="team"),
    "DELETE /api/v1/users/{user_id}": Recipe(row="leaver"),
    "POST /api/v1/users/{user_id}/disable": Recipe(row="recruit"),
    "POST /api/v1/users/{user_id}/enable": Recipe(row="leaver"),
    "POST /api/v1/users/{user_id}/reset-code": Recipe(row="recruit"),
    "POST /api/v1/users/{user_id}/reveal": Recipe(row="recruit", body=_body(field="phone", reason="call")),
    "POST /api/v1/users/{user_id}/handover": Recipe(
        row="recruit",
        body=lambda asking: {"to": asking.colleague, "reason": "leaves"},
        references={"/to": "person"},
        base="team",
        disturbs=True,
    ),
    # devices, quarantine, history, jobs
    "GET /api/v1/devices": Recipe(references={"?user_id": "person"}),
    "POST /api/v1/devices/{device_id}/revoke": Recipe(row="device"),
    "POST /api/v1/devices/{device_id}/wipe": Recipe(row="device"),
    "GET /api/v1/quarantine": Recipe(),
    "GET /api/v1/quarantine/{queue_id}": Recipe(row="queue"),
    "POST /api/v1/quarantine/{queue_id}/release": Recipe(row="queue", body=_REASON),
    "POST /api/v1/quarantine/{queue_id}/discard": Recipe(row="queue", body=_REASON),
    "GET /api/v1/events": Recipe(references={"?subject_id": "customer", "?actor_id": "person"}),
    "POST /api/v1/audit/verify": Recipe(),
    "GET /api/v1/jobs": Recipe(),
    "GET /api/v1/jobs/{job_id}": Recipe(row="job"),
    "POST /api/v1/jobs/{job_id}/cancel": Recipe(row="job"),
    "GET /api/v1/sync-issues": Recipe(references={"?user": "person"}),
    # customers
    "GET /api/v1/customers": Recipe(references=_CUSTOMER_LIST),
    "GET /api/v1/customers/summary": Recipe(references=_CUSTOMER_LIST),
    "GET /api/v1/customers/export": Recipe(references=_CUSTOMER_LIST),
    "POST /api/v1/customers": Recipe(
        body=lambda asking: {"name": asking.scene.word(), "phones": [{"number": "13912345678"}]},
        references={"/id": "customer", "/owner_id": "person", "/project_id": "project", "/phones/0/id": "phone"},
    ),
    "GET /api/v1/customers/{customer_id}": Recipe(row="customer"),
    "PATCH /api/v1/customers/{customer_id}": Recipe(row="customer", body=_body(grade="A")),
    "POST /api/v1/customers/{customer_id}/phones": Recipe(
        row="customer", body=_body(number="13912345678"), references={"/id": "phone"}
    ),
    "PATCH /api/v1/customers/{customer_id}/phones/{phone_id}": Recipe(row="phone", body=_body(label="home")),
    "GET /api/v1/customers/{customer_id}/notes": Recipe(row="note"),
    "POST /api/v1/customers/{customer_id}/notes": Recipe(
        row="note",
        body=lambda asking: {"text": "called", "reply_to": asking.ids["note_id"]},
        references={"/id": "note", "/reply_to": "note"},
        fits=frozenset({"/reply_to"}),
    ),
    "GET /api/v1/customers/{customer_id}/timeline": Recipe(row="customer"),
    "POST /api/v1/customers/{customer_id}/reveal": Recipe(
        row="phone", body=_reveal, references={"/phone_id": "phone"}, fits=frozenset({"/phone_id"})
    ),
    "POST /api/v1/customers/handover": Recipe(
        body=_hand_over,
        references={"/customers/0": "customer", "/to": "person", "/from": "person"},
        disturbs=True,
    ),
    # field work
    "GET /api/v1/day-plans": Recipe(references={"?owner_id": "person"}),
    "POST /api/v1/day-plans": Recipe(
        body=_body(plan_on=DAY.isoformat(), note="north side"), references={"/id": "plan"}
    ),
    "GET /api/v1/day-plans/{plan_id}": Recipe(row="plan"),
    "PATCH /api/v1/day-plans/{plan_id}": Recipe(row="plan", body=_body(note="north side")),
    "POST /api/v1/day-plans/{plan_id}/send": Recipe(row="plan"),
    "POST /api/v1/day-plans/{plan_id}/finish": Recipe(row="plan"),
    "POST /api/v1/day-plans/{plan_id}/cancel": Recipe(row="plan"),
    "GET /api/v1/visits": Recipe(
        references={
            "?customer_id": "visit:customer_id",
            "?assignee_id": "person",
            "?author_id": "person",
            "?plan_id": "line:plan_id",
        }
    ),
    "POST /api/v1/visits": Recipe(
        body=_visit,
        references={"/id": "visit", "/customer_id": "customer", "/plan_id": "plan", "/assignee_id": "person"},
    ),
    "GET /api/v1/visits/{visit_id}": Recipe(row="visit"),
    "PATCH /api/v1/visits/{visit_id}": Recipe(
        row="visit",
        body=_body(purpose="tea"),
        references={"/customer_id": "customer", "/plan_id": "plan", "/assignee_id": "person"},
    ),
    "POST /api/v1/visits/{visit_id}/start": Recipe(row="visit", body=_body(started_at=TIME)),
    "POST /api/v1/visits/{visit_id}/finish": Recipe(
        row="visit", body=_finish, references={"/follow_up/id": "follow-up"}
    ),
    "POST /api/v1/visits/{visit_id}/cancel": Recipe(row="visit", body=_REASON),
    "POST /api/v1/visits/{visit_id}/reopen": Recipe(row="cancelled visit"),
    "GET /api/v1/visits/{visit_id}/comments": Recipe(row="comment"),
    "POST /api/v1/visits/{visit_id}/comments": Recipe(
        row="visit", body=_body(text="well done"), references={"/id": "comment"}
    ),
    "GET /api/v1/follow-ups": Recipe(references={"?assignee_id": "person", "?customer_id": "follow-up:customer_id"}),
    "POST /api/v1/follow-ups": Recipe(
        body=_follow_up,
        references={
            "/id": "follow-up",
            "/customer_id": "customer",
            "/visit_id": "visit",
            "/assignee_id": "person",
        },
        fits=frozenset({"/visit_id"}),
    ),
    "GET /api/v1/follow-ups/{follow_up_id}": Recipe(row="follow-up"),
    "PATCH /api/v1/follow-ups/{follow_up_id}": Recipe(
        row="follow-up", body=_body(text="call"), references={"/assignee_id": "person"}
    ),
    "POST /api/v1/follow-ups/{follow_up_id}/complete": Recipe(row="follow-up", body=_body(done_note="done")),
    "POST /api/v1/follow-ups/{follow_up_id}/cancel": Recipe(row="follow-up"),
    "DELETE /api/v1/follow-ups/{follow_up_id}": Recipe(row="follow-up"),
    "GET /api/v1/board": Recipe(references={"?unit": "home"}, query={"on": DAY.isoformat()}),
    "GET /api/v1/board/{user_id}": Recipe(row="person", query={"on": DAY.isoformat()}),
    # approvals
    "GET /api/v1/approvals": Recipe(),
    "GET /api/v1/approvals/{approval_id}": Recipe(row="approval"),
    "POST /api/v1/approvals/{approval_id}/approve": Recipe(row="approval", body=_body(**DECISION)),
    "POST /api/v1/approvals/{approval_id}/return": Recipe(row="approval", body=_body(**DECISION)),
    "POST /api/v1/approvals/{approval_id}/reject": Recipe(row="approval", body=_body(**DECISION)),
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
    "PATCH /api/v1/expenses/claims/{claim_id}": Recipe(row="claim", body=_body(note="north side")),
    "POST /api/v1/expenses/claims/{claim_id}/lines": Recipe(
        row="claim",
        body=_body(kind="other", amount_minor=900, spent_on=DAY.isoformat()),
        references={"/id": "claim line", "/customer_id": "customer", "/visit_id": "visit"},
    ),
    "PATCH /api/v1/expenses/claims/{claim_id}/lines/{line_id}": Recipe(
        row="claim line",
        body=_body(description="tea"),
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
    # notifications
    "GET /mobile/v1/push/key": Recipe(),
    "PUT /mobile/v1/push/subscription": Recipe(body=_body(kind="fcm_token", endpoint="token-1")),
    "DELETE /mobile/v1/push/subscription": Recipe(),
    "GET /api/v1/notice-settings": Recipe(),
    "PATCH /api/v1/notice-settings": Recipe(body=_body(remind_at="08:30")),
    "GET /api/v1/deliveries": Recipe(),
    "POST /api/v1/deliveries/{delivery_id}/settle": Recipe(row="delivery", body=_body(resend=False)),
    # member club
    "GET /api/v1/sales-centres": Recipe(),
    "POST /api/v1/sales-centres": Recipe(
        body=_named(),
        references={"/id": "centre", "/host_id": "person", "/unit_id": "home", "/project_id": "project"},
    ),
    "PATCH /api/v1/sales-centres/{sales_centre_id}": Recipe(
        row="centre", body=_named(), references={"/host_id": "person"}
    ),
    "GET /api/v1/members": Recipe(references={"?customer_id": "member:customer_id"}),
    "POST /api/v1/members": Recipe(
        body=_own("customer", "customer_id"),
        references={"/id": "member", "/customer_id": "customer"},
        disturbs=True,
    ),
    "GET /api/v1/members/{member_id}": Recipe(row="member"),
    "PATCH /api/v1/members/{member_id}": Recipe(row="member", body=_body(tier="silver")),
    "POST /api/v1/members/{member_id}/leave": Recipe(row="member"),
    "GET /api/v1/cards": Recipe(references={"?member_id": "card:member_id", "?customer_id": "card:customer_id"}),
    "POST /api/v1/cards": Recipe(
        body=_own("member", "member_id", kind="printed"), references={"/id": "card", "/member_id": "member"}
    ),
    "POST /api/v1/cards/{card_id}/replace": Recipe(row="card", body=_body(), references={"/id": "card"}),
    "POST /api/v1/cards/{card_id}/lose": Recipe(row="card"),
    "POST /api/v1/cards/{card_id}/block": Recipe(row="card"),
    "POST /api/v1/cards/{card_id}/unblock": Recipe(row="card"),
    "POST /api/v1/cards/{card_id}/code": Recipe(row="card"),
    "GET /api/v1/arrivals": Recipe(
        references={"?sales_centre_id": "arrival:sales_centre_id", "?customer_id": "arrival:customer_id"}
    ),
    "POST /api/v1/arrivals/{arrival_id}/serve": Recipe(row="arrival"),
    "POST /api/v1/arrivals/{arrival_id}/leave": Recipe(row="arrival"),
    # kiosks
    "GET /api/v1/kiosks": Recipe(),
    "POST /api/v1/kiosks": Recipe(
        body=lambda asking: {"name": asking.scene.word(), **asking.own("centre")},
        references={"/id": "kiosk", "/sales_centre_id": "centre"},
    ),
    "POST /api/v1/kiosks/{kiosk_id}/code": Recipe(row="kiosk"),
    "POST /api/v1/kiosks/{kiosk_id}/revoke": Recipe(row="kiosk"),
    "GET /api/v1/kiosks/{kiosk_id}/readings": Recipe(row="kiosk"),
    "POST /kiosk/v1/enrolment": Recipe(body=_enrol_kiosk, headers=_enrolling_kiosk),
    "POST /kiosk/v1/session": Recipe(
        body=_kiosk_session, headers=_opening_kiosk, references={"/organisation": ELSEWHERE, "/kiosk": ELSEWHERE}
    ),
    "GET /kiosk/v1/station": Recipe(),
    "POST /kiosk/v1/readings": Recipe(body=_body(readings=["x.y.z"])),
    "POST /kiosk/v1/visitors": Recipe(
        body=lambda _: {"id": new_id(), "name": "Wang", "phone": "13912345678", "consent": CONSENT_VERSION},
        references={"/id": ELSEWHERE},
    ),
    # handhelds
    "GET /mobile/v1/collections": Recipe(),
    "GET /mobile/v1/digest": Recipe(),
    "GET /mobile/v1/wait": Recipe(query={"head": "0"}),
    "POST /mobile/v1/exchange": Recipe(
        body=_exchange,
        references={"/enrolment": "enrolment", "/push/operations/0/row": ELSEWHERE, "/pull/cursor/epoch": ELSEWHERE},
        fits=frozenset({"/enrolment"}),
    ),
    "OPTIONS /mobile/v1/files": _PAGE,
    "POST /mobile/v1/files": Recipe(headers=_beginning),
    "GET /mobile/v1/files/{upload_id}": Recipe(row="upload", headers=_tus()),
    "PATCH /mobile/v1/files/{upload_id}": Recipe(
        row="upload", body=lambda _asking: b"x", headers=_tus(Upload_Offset="0")
    ),
    "DELETE /mobile/v1/files/{upload_id}": Recipe(row="upload", headers=_tus()),
    "GET /api/v1/files/{sha256}": Recipe(row="file"),
    "GET /mobile/v1/device/wipe": Recipe(headers=_held),
    "POST /mobile/v1/device/quarantine": Recipe(
        body=_hand_in,
        headers=_held,
        references={"/id": "queue", "/enrolment": "enrolment"},
        fits=frozenset({"/enrolment"}),
    ),
    "POST /mobile/v1/device/wipe": Recipe(body=_body(queued=0), headers=_wiping),
}
