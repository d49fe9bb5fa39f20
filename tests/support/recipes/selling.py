"""Recipes of customers, field work and the board."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.recipes.asking import REASON, Asking, Recipe, body_of
from tests.support.scene import DAY

TIME = "2025-03-04T02:00:00Z"
_STEP = {"next_step": "call", "next_step_on": DAY.isoformat()}
_SUMS = {"?owner_id": "person", "?unit_id": "home", "?project_id": "project"}
_CUSTOMER_LIST = {"?owner_id": "person", "?unit_id": "home"}
_VISIT_LIST = {
    "?customer_id": "visit:customer_id",
    "?assignee_id": "person",
    "?author_id": "person",
    "?plan_id": "line:plan_id",
}


def _reveal(asking: Asking) -> dict[str, Any]:
    return {"field": "number", "phone_id": asking.ids["phone_id"], "reason": "call back"}


def _hand_over(asking: Asking) -> dict[str, Any]:
    seen = {"from": asking.own("person")["user_id"]} if asking.trying == "/from" else {}
    return {"customers": [asking.own("customer")["customer_id"]], "to": asking.colleague, "reason": "x", **seen}


def _opportunity(asking: Asking) -> dict[str, Any]:
    ids = asking.own("visit")
    named = ("customer_id", "visit_id") if asking.trying == "/visit_id" else ("customer_id",)
    return {**{name: ids[name] for name in named}, "title": asking.scene.word(), "amount_minor": 100_000_000, **_STEP}


def _funnel_stage(asking: Asking) -> dict[str, Any]:
    word = asking.scene.word()
    return {"code": f"s_{word}", "name_zh": word, "name_en": word, "probability": 40, "position": 9}


def _visit(asking: Asking) -> dict[str, Any]:
    return {"customer_id": asking.own("customer")["customer_id"], "planned_on": DAY.isoformat()}


def _follow_up(asking: Asking) -> dict[str, Any]:
    ids = asking.own("visit")
    named = ("customer_id", "visit_id") if asking.trying == "/visit_id" else ("customer_id",)
    return {**{name: ids[name] for name in named}, "due_on": DAY.isoformat(), "text": "call"}


def _question(asking: Asking) -> dict[str, Any]:
    asked_on = {"/visit_id": "visit", "/activity_id": "activity", "/reception_id": "reception"}
    ids = asking.own(asked_on.get(asking.trying, "visit"))
    where = {asking.trying[1:]: ids[asking.trying[1:]]} if asking.trying in asked_on else {}
    return {"customer_id": ids["customer_id"], "text": "when is the metro built?", "cannot_answer": True, **where}


def _finish(asking: Asking) -> dict[str, Any]:
    following = {"due_on": DAY.isoformat(), "text": "call"}
    return {"ended_at": TIME, "result": "met", "follow_up": following}


RECIPES: Mapping[str, Recipe] = {
    # lists of customers; what is handed in is no JSON, and without a body it is an empty file
    "GET /api/v1/customer-imports": Recipe(),
    "POST /api/v1/customer-imports": Recipe(query={"name": "list.csv"}),
    "GET /api/v1/customer-imports/{import_id}": Recipe(row="import"),
    "DELETE /api/v1/customer-imports/{import_id}": Recipe(row="import"),
    "POST /api/v1/customer-imports/{import_id}/start": Recipe(
        row="import",
        body=body_of(columns=[{"place": 0, "field": "name"}], is_trial=True),
        references={"/new_owner_id": "person"},
    ),
    "POST /api/v1/customer-imports/{import_id}/continue": Recipe(row="stopped import"),
    "GET /api/v1/customer-imports/{import_id}/rows": Recipe(row="import"),
    "GET /api/v1/customer-imports/{import_id}/rows/file": Recipe(row="import"),
    # customers
    "GET /api/v1/customers": Recipe(references=_CUSTOMER_LIST),
    "GET /api/v1/customers/summary": Recipe(references=_CUSTOMER_LIST),
    "GET /api/v1/customers/export": Recipe(references=_CUSTOMER_LIST),
    "POST /api/v1/customers": Recipe(
        body=lambda asking: {"name": asking.scene.word(), "phones": [{"number": "13912345678"}]},
        references={"/id": "customer", "/owner_id": "person", "/project_id": "project", "/phones/0/id": "phone"},
    ),
    "GET /api/v1/customers/{customer_id}": Recipe(row="customer"),
    "PATCH /api/v1/customers/{customer_id}": Recipe(row="customer", body=body_of(grade="A")),
    "POST /api/v1/customers/{customer_id}/phones": Recipe(
        row="contact",
        body=lambda asking: {"number": "13912345678", "contact_id": asking.ids["contact_id"]},
        references={"/id": "phone", "/contact_id": "contact"},
        fits=frozenset({"/contact_id"}),
    ),
    "PATCH /api/v1/customers/{customer_id}/phones/{phone_id}": Recipe(
        row="phone", body=body_of(label="home"), references={"/contact_id": "contact"}
    ),
    "GET /api/v1/customers/pivot": Recipe(references=_CUSTOMER_LIST, query={"by": "industry"}),
    "GET /api/v1/customers/{customer_id}/contacts": Recipe(row="contact"),
    "GET /api/v1/customers/{customer_id}/history": Recipe(row="customer"),
    "POST /api/v1/customers/duplicates": Recipe(body=body_of(name="nobody", phones=["13912340000"])),
    "POST /api/v1/customers/{customer_id}/contacts": Recipe(
        row="customer", body=lambda asking: {"name": asking.scene.word()}, references={"/id": "contact"}
    ),
    "PATCH /api/v1/customers/{customer_id}/contacts/{contact_id}": Recipe(row="contact", body=body_of(title="buyer")),
    "GET /api/v1/customers/{customer_id}/notes": Recipe(row="note"),
    "POST /api/v1/customers/{customer_id}/notes": Recipe(
        row="note",
        body=lambda asking: {"text": "called", "reply_to": asking.ids["note_id"]},
        references={"/id": "note", "/reply_to": "note", "/mentions/0": "person"},
        fits=frozenset({"/reply_to"}),
    ),
    "GET /api/v1/customers/{customer_id}/timeline": Recipe(row="customer", references={"?person_id": "person"}),
    "POST /api/v1/customers/{customer_id}/reveal": Recipe(
        row="phone", body=_reveal, references={"/phone_id": "phone"}, fits=frozenset({"/phone_id"})
    ),
    "POST /api/v1/customers/handover": Recipe(
        body=_hand_over,
        references={"/customers/0": "customer", "/to": "person", "/from": "person"},
        disturbs=True,
    ),
    "POST /api/v1/customers/{customer_id}/merge": Recipe(
        row="customer",
        body=lambda asking: {"gone_id": asking.own("phone")["customer_id"], "take": ["name"]},
        references={"/gone_id": "note:customer_id"},
        disturbs=True,
    ),
    # opportunities
    "GET /api/v1/customers/ranking": Recipe(),
    "GET /api/v1/opportunities": Recipe(references={**_SUMS, "?customer_id": "opportunity:customer_id"}),
    "GET /api/v1/opportunities/export": Recipe(references={**_SUMS, "?customer_id": "opportunity:customer_id"}),
    "POST /api/v1/opportunities": Recipe(
        body=_opportunity,
        references={"/id": "opportunity", "/customer_id": "customer", "/visit_id": "visit"},
        fits=frozenset({"/visit_id"}),
    ),
    "GET /api/v1/opportunities/{opportunity_id}": Recipe(row="opportunity"),
    "PATCH /api/v1/opportunities/{opportunity_id}": Recipe(row="opportunity", body=body_of(title="two rooms")),
    "POST /api/v1/opportunities/{opportunity_id}/move": Recipe(row="opportunity", body=body_of(stage_code="bid")),
    "POST /api/v1/opportunities/{opportunity_id}/win": Recipe(row="opportunity", body=body_of()),
    "POST /api/v1/opportunities/{opportunity_id}/lose": Recipe(row="opportunity", body=body_of(reason="price")),
    "POST /api/v1/opportunities/{opportunity_id}/reopen": Recipe(row="lost opportunity"),
    "GET /api/v1/opportunities/{opportunity_id}/contacts": Recipe(row="opportunity contact"),
    "POST /api/v1/opportunities/{opportunity_id}/contacts": Recipe(
        row="opportunity", body=body_of(text="called", **_STEP), references={"/id": "opportunity contact"}
    ),
    "GET /api/v1/opportunities/{opportunity_id}/log": Recipe(row="opportunity"),
    "GET /api/v1/opportunities/funnel": Recipe(references=_SUMS),
    "GET /api/v1/opportunities/conversion": Recipe(references=_SUMS),
    "GET /api/v1/opportunities/losses": Recipe(references=_SUMS),
    "GET /api/v1/funnel-stages": Recipe(),
    "POST /api/v1/funnel-stages": Recipe(body=_funnel_stage),
    "PATCH /api/v1/funnel-stages/{stage_id}": Recipe(row="funnel stage", body=body_of(probability=45)),
    "DELETE /api/v1/customers/{customer_id}": Recipe(row="customer"),
    "POST /api/v1/customers/delete": Recipe(
        body=lambda asking: {"customers": [asking.own("customer")["customer_id"]]},
        references={"/customers/0": "customer"},
    ),
    "GET /api/v1/customers/deleted": Recipe(),
    "POST /api/v1/customers/deleted/restore": Recipe(
        body=lambda asking: {"customers": [asking.own("deleted customer")["customer_id"]]},
        references={"/customers/0": "deleted customer"},
    ),
    "POST /api/v1/customers/deleted/{customer_id}/restore": Recipe(row="deleted customer"),
    "GET /api/v1/customers/{customer_id}/receptions": Recipe(row="reception"),
    "POST /api/v1/customers/{customer_id}/receptions": Recipe(
        row="customer", body=body_of(channel="call"), references={"/id": "reception"}
    ),
    "PATCH /api/v1/customers/{customer_id}/receptions/{reception_id}": Recipe(
        row="reception", body=body_of(floor="high")
    ),
    "GET /api/v1/customers/{customer_id}/shares": Recipe(row="customer"),
    "GET /api/v1/lead-conflicts": Recipe(),
    "GET /api/v1/lead-conflicts/{conflict_id}": Recipe(row="conflict"),
    "POST /api/v1/lead-conflicts/{conflict_id}/rule": Recipe(
        row="conflict", body=body_of(owner="first", other_percent=40, reason="was first")
    ),
    "POST /api/v1/lead-conflicts/{conflict_id}/dismiss": Recipe(row="conflict", body=body_of(reason="brothers")),
    # field work
    "GET /api/v1/day-plans": Recipe(references={"?owner_id": "person"}),
    "POST /api/v1/day-plans": Recipe(
        body=body_of(plan_on=DAY.isoformat(), note="north side"), references={"/id": "plan", "/copied_to/0": "person"}
    ),
    "GET /api/v1/day-plans/{plan_id}": Recipe(row="plan"),
    "PATCH /api/v1/day-plans/{plan_id}": Recipe(
        row="plan", body=body_of(note="north side"), references={"/copied_to/0": "person"}
    ),
    "POST /api/v1/day-plans/{plan_id}/send": Recipe(row="plan"),
    "POST /api/v1/day-plans/{plan_id}/finish": Recipe(row="plan"),
    "POST /api/v1/day-plans/{plan_id}/cancel": Recipe(row="plan"),
    "GET /api/v1/visits": Recipe(references=_VISIT_LIST),
    "GET /api/v1/visits/export": Recipe(references=_VISIT_LIST),
    "POST /api/v1/visits": Recipe(
        body=_visit,
        references={
            "/id": "visit",
            "/customer_id": "customer",
            "/plan_id": "plan",
            "/assignee_id": "person",
            "/people/0": "person",
        },
    ),
    "GET /api/v1/visits/{visit_id}": Recipe(row="visit"),
    "PATCH /api/v1/visits/{visit_id}": Recipe(
        row="visit",
        body=body_of(purpose="tea"),
        references={"/customer_id": "customer", "/plan_id": "plan", "/assignee_id": "person", "/people/0": "person"},
    ),
    "POST /api/v1/visits/{visit_id}/start": Recipe(row="visit", body=body_of(started_at=TIME)),
    "POST /api/v1/visits/{visit_id}/finish": Recipe(
        row="visit", body=_finish, references={"/follow_up/id": "follow-up"}
    ),
    "POST /api/v1/visits/{visit_id}/cancel": Recipe(row="visit", body=REASON),
    "POST /api/v1/visits/{visit_id}/reopen": Recipe(row="cancelled visit"),
    "GET /api/v1/visits/{visit_id}/comments": Recipe(row="comment"),
    "POST /api/v1/visits/{visit_id}/comments": Recipe(
        row="visit", body=body_of(text="well done"), references={"/id": "comment", "/mentions/0": "person"}
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
        row="follow-up", body=body_of(text="call"), references={"/assignee_id": "person"}
    ),
    "POST /api/v1/follow-ups/{follow_up_id}/complete": Recipe(row="follow-up", body=body_of(done_note="done")),
    "POST /api/v1/follow-ups/{follow_up_id}/cancel": Recipe(row="follow-up"),
    "DELETE /api/v1/follow-ups/{follow_up_id}": Recipe(row="follow-up"),
    "GET /api/v1/tasks": Recipe(
        references={"?assignee_id": "person", "?author_id": "person", "?customer_id": "task:customer_id"}
    ),
    "POST /api/v1/tasks": Recipe(
        body=body_of(text="call", due_on=DAY.isoformat()),
        references={"/id": "task", "/customer_id": "customer", "/assignee_id": "person", "/copied_to/0": "person"},
    ),
    "GET /api/v1/tasks/{task_id}": Recipe(row="task"),
    "PATCH /api/v1/tasks/{task_id}": Recipe(
        row="task", body=body_of(text="write"), references={"/assignee_id": "person", "/copied_to/0": "person"}
    ),
    "POST /api/v1/tasks/{task_id}/complete": Recipe(row="task", body=body_of(done_note="done")),
    "POST /api/v1/tasks/{task_id}/cancel": Recipe(row="task"),
    "POST /api/v1/tasks/{task_id}/reopen": Recipe(row="task"),
    # questions and reports
    "GET /api/v1/questions": Recipe(
        references={"?customer_id": "question:customer_id", "?author_id": "person", "?department_id": "home"}
    ),
    "POST /api/v1/questions": Recipe(
        body=_question,
        references={
            "/id": "question",
            "/customer_id": "customer",
            "/visit_id": "visit",
            "/activity_id": "activity",
            "/reception_id": "reception",
        },
        fits=frozenset({"/visit_id", "/activity_id", "/reception_id"}),
    ),
    "GET /api/v1/questions/{question_id}": Recipe(row="question"),
    "POST /api/v1/questions/{question_id}/pass-on": Recipe(
        row="question",
        body=lambda asking: {"department_id": asking.own("home")["unit_id"]},
        references={"/department_id": "home"},
    ),
    "POST /api/v1/questions/{question_id}/answer": Recipe(row="question", body=body_of(answer="yes")),
    "POST /api/v1/questions/{question_id}/withdraw": Recipe(row="question"),
    "GET /api/v1/work-reports": Recipe(references={"?owner_id": "person"}),
    "GET /api/v1/work-reports/missing": Recipe(query={"on": DAY.isoformat()}),
    "POST /api/v1/work-reports": Recipe(
        body=body_of(kind="daily", period_on=DAY.isoformat(), summary="three visits"), references={"/id": "report"}
    ),
    "GET /api/v1/work-reports/{report_id}": Recipe(row="report"),
    "PATCH /api/v1/work-reports/{report_id}": Recipe(row="report", body=body_of(summary="four visits")),
    "POST /api/v1/work-reports/{report_id}/address": Recipe(
        row="report",
        body=lambda asking: {"reader_id": asking.colleague},
        references={"/reader_id": "person"},
    ),
    "POST /api/v1/work-reports/{report_id}/send": Recipe(row="report"),
    "POST /api/v1/work-reports/{report_id}/read": Recipe(row="received report", body=body_of(revision=1)),
    "GET /api/v1/work-reports/{report_id}/readers": Recipe(row="report"),
    "GET /api/v1/work-reports/{report_id}/revisions": Recipe(row="report"),
    "GET /api/v1/work-reports/{report_id}/comments": Recipe(row="report"),
    "POST /api/v1/work-reports/{report_id}/comments": Recipe(
        row="report", body=body_of(text="well done"), references={"/id": "remark"}
    ),
    "GET /api/v1/customer-types": Recipe(),
    "GET /api/v1/board": Recipe(references={"?unit": "home"}, query={"on": DAY.isoformat()}),
    "GET /api/v1/board/{user_id}": Recipe(row="person", query={"on": DAY.isoformat()}),
    "GET /api/v1/board/days": Recipe(references={"?unit": "home"}, query={"on": DAY.isoformat()}),
    "GET /api/v1/board/month": Recipe(references={"?unit": "home"}, query={"on": DAY.isoformat()}),
    "GET /api/v1/board/month/export": Recipe(references={"?unit": "home"}, query={"on": DAY.isoformat()}),
    "GET /api/v1/team-feed": Recipe(references={"?unit": "home", "?person_id": "person"}),
}
