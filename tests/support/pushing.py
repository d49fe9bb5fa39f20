"""How to push every action of every collection in a good way, and which rows its values name. The rest as in recipes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson

from server.core.collections import COLLECTIONS, Collection
from server.core.rows import Row
from server.core.types import to_ms
from sync_protocol.ids import new_id
from sync_protocol.wire import IdType
from tests.support.approving import DECISION
from tests.support.recipes import NoRecipe
from tests.support.rights_table import Answer, Asker, Cells, Key, answered
from tests.support.scene import COLLEAGUES, DAY, ROLES, Ids
from tests.support.scene_rows import KINDS

Values = Callable[["Pushing"], dict[str, Any]]
ROW = "row"
NEW_ROW = "row of create"
NOTHING = "·"
STARTED = 1_741_050_000_000
"""Milliseconds of the morning of DAY."""

KIND_OF: Mapping[str, str] = {
    "customers": "customer",
    "customer_phones": "phone",
    "customer_contacts": "contact",
    "notes": "note",
    "attachments": "attachment",
    "opportunities": "opportunity",
    "opportunity_contacts": "opportunity contact",
    "receptions": "reception",
    "lead_conflicts": "conflict",
    "day_plans": "plan",
    "visits": "visit",
    "visit_comments": "comment",
    "follow_ups": "follow-up",
    "tasks": "task",
    "activities": "activity",
    "questions": "question",
    "work_reports": "report",
    "work_report_readers": "received report",
    "work_report_comments": "remark",
    "customer_places": "customer place",
    "targets": "target anew",
    "arrivals": "arrival",
    "sync_issues": "issue",
    "notices": "notice",
    "expense_claims": "claim",
    "expense_lines": "claim line",
    "approvals": "approval",
}
"""Collection → kind of row. A collection without actions needs none."""

ROW_OF: Mapping[str, type[Row]] = {KINDS[kind].key: COLLECTIONS[name].row for name, kind in KIND_OF.items()}
"""Member of the ids of a row → row class."""

NAMED: Mapping[str, str] = {
    "customer_id": "customer",
    "gone_id": "customer",
    "contact_id": "contact",
    "plan_id": "plan",
    "visit_id": "visit",
    "activity_id": "activity",
    "reception_id": "reception",
    "reply_to": "note",
    "version_of": "attachment",
    "about_id": "visit",
    "assignee_id": "person",
    "owner_id": "person",
    "to_id": "person",
    "from_id": "person",
    "claim_id": "claim",
    "type_id": "activity type",
    "opportunity_id": "opportunity",
    "department_id": "home",
    "report_id": "report",
    "reader_id": "person",
}
"""Value that is an id → kind of row it names."""


@dataclass(frozen=True)
class Pushing:
    """Who pushes; trying: what is about to be somebody else's."""

    asker: Asker
    caller: str
    trying: str

    def own(self, kind: str) -> Ids:
        """A row of his."""
        return self.asker.rows.of(kind, "own", self.caller)


@dataclass(frozen=True)
class Act:
    """How to push one action. row: the kind of its row where it is not the collection's."""

    values: Values = field(default=lambda _: {})
    row: str | None = None


def _visit(pushing: Pushing) -> dict[str, Any]:
    return {"customer_id": pushing.own("customer")["customer_id"], "planned_on": DAY.isoformat()}


def _phone(pushing: Pushing) -> dict[str, Any]:
    ids = pushing.own("contact")
    whose = {"contact_id": ids["contact_id"]} if pushing.trying == "contact_id" else {}
    return {"customer_id": ids["customer_id"], "number": "13912345678", **whose}


def _note(pushing: Pushing) -> dict[str, Any]:
    ids = pushing.own("note")
    reply = {"reply_to": ids["note_id"]} if pushing.trying == "reply_to" else {}
    return {"customer_id": ids["customer_id"], "text": pushing.asker.scene.word(), **reply}


def _attachment(pushing: Pushing) -> dict[str, Any]:
    ids = pushing.own("attachment" if pushing.trying == "version_of" else "visit")
    named = {"version_of": ids["attachment_id"]} if pushing.trying == "version_of" else {}
    if pushing.trying == "about_id":
        named = {"about": "visits", "about_id": ids["visit_id"]}
    file = {"name": pushing.asker.scene.word(), "form": "picture", "size": 90, "sha256": "0123456789abcdef" * 4}
    return {"customer_id": ids["customer_id"], **file, **named}


def _comment(pushing: Pushing) -> dict[str, Any]:
    return {"visit_id": pushing.own("visit")["visit_id"], "text": pushing.asker.scene.word()}


def _follow_up(pushing: Pushing) -> dict[str, Any]:
    ids = pushing.own("visit")
    visit = {"visit_id": ids["visit_id"]} if pushing.trying == "visit_id" else {}
    return {"customer_id": ids["customer_id"], "due_on": DAY.isoformat(), "text": pushing.asker.scene.word(), **visit}


def _activity(pushing: Pushing) -> dict[str, Any]:
    about = {"customer_id": pushing.own("customer")["customer_id"], "text": pushing.asker.scene.word()}
    own = {"kind": "own", "type_id": pushing.own("activity type")["type_id"]} if pushing.trying == "type_id" else {}
    return {**about, "kind": "presales", "channel": "call_out", **own}


def _opportunity(pushing: Pushing) -> dict[str, Any]:
    step = {"next_step": "call", "next_step_on": DAY.isoformat()}
    if pushing.trying == "visit_id":
        ids = pushing.own("visit")
        step |= {name: ids[name] for name in ("customer_id", "visit_id")}
    return {"customer_id": pushing.own("customer")["customer_id"], "title": pushing.asker.scene.word(), **step}


def _contact(pushing: Pushing) -> dict[str, Any]:
    step = {"next_step": "call", "next_step_on": DAY.isoformat()}
    about = {"opportunity_id": pushing.own("opportunity")["opportunity_id"]}
    return {**about, "text": pushing.asker.scene.word(), **step}


def _question(pushing: Pushing) -> dict[str, Any]:
    asked_on = {"visit_id": "visit", "activity_id": "activity", "reception_id": "reception"}
    ids = pushing.own(asked_on.get(pushing.trying, "visit"))
    where = {pushing.trying: ids[pushing.trying]} if pushing.trying in asked_on else {}
    return {"customer_id": ids["customer_id"], "text": pushing.asker.scene.word(), "cannot_answer": True, **where}


def _reader(pushing: Pushing) -> dict[str, Any]:
    return {"reader_id": pushing.asker.scene.acme.users[COLLEAGUES[pushing.caller]]}


def _remark(pushing: Pushing) -> dict[str, Any]:
    return {"report_id": pushing.own("report")["report_id"], "text": pushing.asker.scene.word()}


def _target(pushing: Pushing) -> dict[str, Any]:
    """Of a month of which nobody has one, not even whoever asked before him: set for the first time."""
    month = (DAY + timedelta(days=400 + 31 * list(ROLES.values()).index(pushing.caller))).isoformat()
    return {"owner_id": pushing.own("person")["user_id"], "month_on": month, "measure": "visits", "amount": 45}


def _line(pushing: Pushing) -> dict[str, Any]:
    return {
        "claim_id": pushing.own("claim")["claim_id"],
        "kind": "other",
        "amount_minor": 4600,
        "spent_on": DAY.isoformat(),
    }


def _changed_line(pushing: Pushing) -> dict[str, Any]:
    return {"description": pushing.asker.scene.word()}


def _word(name: str) -> Values:
    return lambda pushing: {name: pushing.asker.scene.word()}


ACTS: Mapping[tuple[str, str], Act] = {
    ("customers", "create"): Act(_word("name")),
    ("customers", "update"): Act(_word("needs")),
    ("customers", "merge"): Act(lambda pushing: {"gone_id": pushing.own("phone")["customer_id"]}),
    ("customers", "delete"): Act(),
    ("customers", "restore"): Act(row="deleted customer"),
    ("customers", "hand_over"): Act(
        lambda pushing: {"to_id": pushing.asker.scene.acme.users[COLLEAGUES[pushing.caller]], "reason": "leaves"}
    ),
    ("customer_phones", "create"): Act(_phone),
    ("customer_phones", "update"): Act(_word("label")),
    ("customer_contacts", "create"): Act(
        lambda pushing: {"customer_id": pushing.own("customer")["customer_id"], "name": pushing.asker.scene.word()}
    ),
    ("customer_contacts", "update"): Act(_word("title")),
    ("notes", "create"): Act(_note),
    ("attachments", "create"): Act(_attachment),
    ("attachments", "remove"): Act(),
    ("attachments", "restore"): Act(),
    ("opportunities", "create"): Act(_opportunity),
    ("opportunities", "update"): Act(_word("title")),
    ("opportunities", "move"): Act(lambda _: {"stage_code": "bid"}),
    ("opportunities", "win"): Act(),
    ("opportunities", "lose"): Act(lambda _: {"reason": "price"}),
    ("opportunities", "reopen"): Act(),
    ("opportunity_contacts", "create"): Act(_contact),
    ("receptions", "create"): Act(
        lambda pushing: {"customer_id": pushing.own("customer")["customer_id"], "channel": "call"}
    ),
    ("receptions", "update"): Act(_word("work_place")),
    ("lead_conflicts", "rule"): Act(lambda _: {"owner": "first", "other_percent": 40, "reason": "was first"}),
    ("lead_conflicts", "dismiss"): Act(lambda _: {"reason": "brothers"}),
    ("day_plans", "create"): Act(lambda pushing: {"plan_on": DAY.isoformat(), "note": pushing.asker.scene.word()}),
    ("day_plans", "update"): Act(_word("note")),
    ("day_plans", "send"): Act(),
    ("day_plans", "finish"): Act(),
    ("day_plans", "cancel"): Act(),
    ("visits", "create"): Act(_visit),
    ("visits", "update"): Act(_word("purpose")),
    ("visits", "start"): Act(lambda _: {"started_at": STARTED}),
    ("visits", "finish"): Act(lambda _: {"ended_at": STARTED}),
    ("visits", "cancel"): Act(),
    ("visits", "reopen"): Act(row="cancelled visit"),
    ("visit_comments", "create"): Act(_comment),
    ("arrivals", "serve"): Act(),
    ("arrivals", "leave"): Act(),
    ("follow_ups", "create"): Act(_follow_up),
    ("follow_ups", "update"): Act(_word("text")),
    ("follow_ups", "complete"): Act(),
    ("follow_ups", "cancel"): Act(),
    ("follow_ups", "delete"): Act(),
    ("tasks", "create"): Act(lambda pushing: {"due_on": DAY.isoformat(), "text": pushing.asker.scene.word()}),
    ("tasks", "update"): Act(_word("text")),
    ("tasks", "complete"): Act(),
    ("tasks", "cancel"): Act(),
    ("tasks", "reopen"): Act(),
    ("activities", "create"): Act(_activity),
    ("questions", "create"): Act(_question),
    ("questions", "pass_on"): Act(lambda pushing: {"department_id": pushing.own("home")["unit_id"]}),
    ("questions", "answer"): Act(_word("answer")),
    ("questions", "withdraw"): Act(),
    ("work_reports", "create"): Act(lambda pushing: {"kind": "daily", "period_on": DAY.isoformat()}),
    ("work_reports", "update"): Act(_word("summary")),
    ("work_reports", "address"): Act(_reader),
    ("work_reports", "send"): Act(),
    ("work_report_readers", "read"): Act(lambda _: {"revision": 1}),
    ("work_report_comments", "create"): Act(_remark),
    ("customer_places", "create"): Act(
        lambda pushing: {
            "customer_id": pushing.own("customer")["customer_id"],
            "latitude_e7": 312_304_000,
            "longitude_e7": 1_214_737_000,
        }
    ),
    ("targets", "create"): Act(_target),
    ("targets", "update"): Act(lambda _: {"amount": 50}),
    ("targets", "delete"): Act(),
    ("sync_issues", "dismiss"): Act(),
    ("notices", "read"): Act(),
    ("notices", "snooze"): Act(lambda _: {"until": STARTED}),
    ("notices", "done"): Act(),
    ("expense_claims", "create"): Act(_word("title")),
    ("expense_claims", "update"): Act(_word("note")),
    ("expense_claims", "submit"): Act(),
    ("expense_claims", "withdraw"): Act(),
    ("expense_lines", "create"): Act(_line),
    ("expense_lines", "update"): Act(_changed_line),
    ("expense_lines", "delete"): Act(),
    ("approvals", "approve"): Act(lambda _: DECISION),
    ("approvals", "return"): Act(lambda _: DECISION),
    ("approvals", "reject"): Act(lambda _: DECISION),
}

FITS = frozenset(
    {"reply_to", "visit_id", "activity_id", "reception_id", "type_id", "contact_id", "version_of", "about_id"}
)
"""Values that are right as _note, _attachment, _follow_up, _opportunity, _activity, _question and _phone have them for one's own row."""


def acts() -> list[tuple[Collection, str]]:
    """Every collection with every action a device may try; those without any are tried with `update`."""
    return [(each, action) for each in COLLECTIONS.values() for action in (each.actions or ("update",))]


def places(collection: Collection, action: str) -> tuple[str, ...]:
    """What of an action has lines in the table. Raises NoRecipe saying what is missing."""
    if not collection.actions:
        return (NOTHING,)
    if (collection.name, action) not in ACTS or collection.name not in KIND_OF:
        raise NoRecipe(f"{collection.name}.{action} is new: say in tests/support/pushing.py how to push it")
    declared = collection.actions[action].values
    takes = declared if declared is not None else collection.writable if action in ("create", "update") else {}
    names = tuple(name for name, kind in takes.items() if isinstance(kind, IdType))
    if unknown := set(names) - NAMED.keys():
        raise NoRecipe(
            f"{collection.name}.{action} names rows in {sorted(unknown)}: say which in tests/support/pushing.py"
        )
    return (NEW_ROW if action == "create" else ROW, *names)


def relations(collection: Collection, action: str, place: str) -> tuple[str, ...]:
    """Whose rows can stand there."""
    if place == NOTHING:
        return ("random",)
    return KINDS[KIND_OF[collection.name] if place in (ROW, NEW_ROW) else NAMED[place]].relations


class Pusher:
    """One role's handheld, which pushes one case after the other."""

    def __init__(self, asker: Asker, role: str) -> None:
        self.asker = asker
        self.caller = ROLES[role]
        self.n = 0

    def push(self, collection: Collection, action: str, place: str) -> tuple[Cells, dict[str, Any], list[str]]:
        """One line of the table: the cells, the verdicts by relation, and what must not have happened."""
        asked: dict[str, tuple[Ids, dict[str, Any]]] = {}
        for relation in relations(collection, action, place):
            asked[relation] = self._operation(collection, action, place, relation)
        versions = {relation: self._version(ids) for relation, (ids, _) in asked.items()}
        clock = self.asker.scene.clocks()[1]
        answer = self.exchange([operation for _, operation in asked.values()])
        assert answer.status == 200, answer.raw
        wrong = []
        if self.asker.scene.clocks()[1] != clock:
            wrong.append("something changed in the other organisation")
        cells, verdicts = {}, {}
        for (relation, (ids, _)), verdict in zip(asked.items(), answer.body["push"]["verdicts"], strict=True):
            done = verdict["verdict"] in ("applied", "merged")
            cells[relation] = (
                verdict["verdict"] if verdict["code"] is None else f"{verdict['verdict']} {verdict['code']}"
            )
            verdicts[relation] = {**verdict, "n": 0, "visible_at": 0}
            if not done and self._version(ids) != versions[relation]:
                wrong.append(f"{relation}: {cells[relation]}, and yet the row changed")
            if done or place == NEW_ROW:  # a create that was refused is remembered with its row's id
                self.asker.rows.spend(*ids.values())
        return cells, verdicts, wrong

    def _operation(self, collection: Collection, action: str, place: str, relation: str) -> tuple[Ids, dict[str, Any]]:
        pushing = Pushing(self.asker, self.caller, place)
        self.n += 1
        values: dict[str, Any] = {}
        named: Ids = {}
        row = new_id()
        if place != NOTHING:
            act = ACTS[collection.name, action]
            values = dict(act.values(pushing))
            kind = act.row or KIND_OF[collection.name]
            if place in (ROW, NEW_ROW):
                named = self.asker.rows.of(kind, relation, self.caller)
                row = named[KINDS[kind].key]
            else:
                named = self.asker.rows.of(NAMED[place], relation, self.caller)
                if not (relation == "own" and place in FITS):
                    values[place] = named[KINDS[NAMED[place]].key]
                if action != "create":
                    own = self.asker.rows.of(kind, "own", self.caller)
                    self.asker.rows.spend(*own.values())
                    row = own[KINDS[kind].key]
        return named, {
            "n": self.n,
            "group": self.n,
            "collection": collection.name,
            "action": action,
            "row": row,
            "base": 1 if action != "create" else 0,
            "values": values,
            "made_at": to_ms(self.asker.scene.acme.clock.now()),
        }

    def exchange(self, operations: list[dict[str, Any]]) -> Answer:
        """Push them."""
        phone = self.asker.scene.phone(self.caller)
        body = {
            "protocol": 1,
            "schema": 1,
            "enrolment": phone.answer["enrolment"],
            "sent_at": 0,
            "push": {"operations": operations},
        }
        return answered(
            self.asker.scene.acme.call(
                "POST",
                "/mobile/v1/exchange",
                token=phone.answer["access_token"],
                data=orjson.dumps(body),
                content_type="application/json",
            )
        )

    def _version(self, ids: Ids) -> dict[str, Any]:
        """id → version of those of the rows that are in acme."""
        rows = {name: self.asker.scene.acme.row(ROW_OF[name], each) for name, each in ids.items() if name in ROW_OF}
        return {name: row.version for name, row in rows.items() if row is not None}


def line(collection: Collection, action: str, place: str, role: str) -> Key:
    """Where the line stands in the table."""
    return f"push {collection.name}.{action}", place, role
