"""Keeping copies as their visit, plan or task is: written at commit, in turn, so that no two writers leave an old one behind.

A handful of statements for each kind a transaction touches, however many rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from server.accounts.models import User
from server.accounts.people import people_in
from server.core.problems import Refused, problem_type
from server.core.rows import Row, c
from server.core.types import to_ms
from server.core.uow import UnitOfWork
from server.fieldwork.copies.events import Copied, CopyChanged
from server.fieldwork.copies.models import Copy
from server.fieldwork.models import DayPlan, Task, Visit
from server.fieldwork.transitions import PlanState, VisitState

PERSON_UNKNOWN = problem_type(
    "fieldwork.person-unknown",
    422,
    zh="没有这位同事，或账号已停用。",
    en="There is no such colleague, or the account is disabled.",
    doc="Of the people who take part in a visit, or to whom a plan or a task is copied.",
)
_AT_ONCE = 1000
Shown = dict[str, Any]


def preload_people(uow: UnitOfWork, lists: Iterable[Any]) -> None:
    """Load at once the people whom a batch names. lists: as devices send them, whatever they are."""
    uow.preload(User, {person for each in lists if isinstance(each, str) for person in people_in(each)})


def check_people(uow: UnitOfWork, text: str | None, *, before: str | None, field: str) -> str | None:
    """The list, with all whom it newly names there and active. Raises Refused PERSON_UNKNOWN at `field`.

    Who has left is still taken from a device, which could not know: a plan must not be lost over whom it is copied to.
    """
    named = sorted(set(people_in(text)) - set(people_in(before)))
    uow.preload(User, named)
    for each in named:
        user = uow.get(User, each)
        if user is None or (user.state != "active" and uow.actor.enrolment_id is None):
            raise Refused(PERSON_UNKNOWN, field=field)
    return text


def share_visit(uow: UnitOfWork, visit: Visit) -> None:
    """Have the copies of a visit, and of the plan it stands in, brought up to date. Asked before it leaves and after."""
    if visit.people:
        uow.in_turn(_keep_visits, visit.id)
    if visit.plan_id is not None:
        uow.in_turn(_keep_plans, visit.plan_id)


def share_plan(uow: UnitOfWork, plan: DayPlan) -> None:
    """As share_visit."""
    if plan.copied_to:
        uow.in_turn(_keep_plans, plan.id)


def share_task(uow: UnitOfWork, task: Task) -> None:
    """As share_visit."""
    if task.copied_to:
        uow.in_turn(_keep_tasks, task.id)


def share_taken(uow: UnitOfWork, rows: Iterable[Row]) -> None:
    """Have copies of plans say what the plans do, when visits went with a deleted customer or came back. It is no news to anybody."""
    for row in rows:
        if isinstance(row, Visit) and row.plan_id is not None:
            uow.in_turn(_keep_plans_unsaid, row.plan_id)


# -- in turn ----------------------------------------------------------------------------------------------------------


def _keep_visits(uow: UnitOfWork, ids: Sequence[str]) -> None:
    for some in _portions(ids):
        shown = {row.id: (row.people, _of_visit(row)) for row in _read(uow, Visit, c(Visit).id.in_(some))}
        _keep(uow, "visits", "visit_id", some, shown)


def _keep_plans_unsaid(uow: UnitOfWork, ids: Sequence[str]) -> None:
    _keep_plans(uow, ids, told=False)


def _keep_plans(uow: UnitOfWork, ids: Sequence[str], *, told: bool = True) -> None:
    """What a plan says goes to those it names once it was sent, and not before."""
    v = c(Visit)
    for some in _portions(ids):
        plans = [
            row for row in _read(uow, DayPlan, c(DayPlan).id.in_(some)) if row.copied_to and row.sent_at is not None
        ]
        lines: dict[str, list[Shown]] = {row.id: [] for row in plans}
        for row in _read(uow, Visit, v.plan_id.in_(sorted(lines))) if lines else ():
            lines[row.plan_id].append(_line(row))
        shown = {row.id: (row.copied_to, _of_plan(row, lines[row.id])) for row in plans}
        _keep(uow, "day_plans", "plan_id", some, shown, told=told)


def _keep_tasks(uow: UnitOfWork, ids: Sequence[str]) -> None:
    for some in _portions(ids):
        shown = {row.id: (row.copied_to, _of_task(row)) for row in _read(uow, Task, c(Task).id.in_(some))}
        _keep(uow, "tasks", "task_id", some, shown)


def _keep(
    uow: UnitOfWork,
    collection: str,
    subject: str,
    ids: Sequence[str],
    shown: Mapping[str, tuple[str | None, Shown]],
    *,
    told: bool = True,
) -> None:
    """Make the copies of these subjects what they should be. shown: subject → whom it names, what they see of it.

    Records Copied for new ones, and CopyChanged where more has changed than that the work went on, unless nobody is to be told.
    """
    wanted = {(row_id, person): values for row_id, (people, values) in shown.items() for person in people_in(people)}
    fresh: dict[str, dict[str, str]] = {}
    changed: dict[str, dict[str, str]] = {}
    for copy in uow.find(Copy, c(Copy)[subject].in_(ids)):
        key = (getattr(copy, subject), copy.person_id)
        if (values := wanted.pop(key, None)) is None:
            uow.remove(copy)
            continue
        if _told_apart(collection, {name: getattr(copy, name) for name in values}) != _told_apart(collection, values):
            changed.setdefault(key[0], {})[copy.person_id] = copy.id
        uow.change(copy, **values)
    for (row_id, person), values in wanted.items():
        named: Shown = {"person_id": person, subject: row_id}
        copy = uow.add(Copy(**named, **values))
        fresh.setdefault(row_id, {})[person] = copy.id
    for row_id, copies in fresh.items():
        uow.record(Copied(row_id, collection, copies))
    for row_id, copies in changed.items() if told else ():
        uow.record(CopyChanged(row_id, collection, copies))


# -- what is seen of a row --------------------------------------------------------------------------------------------


def _of_visit(row: Any) -> Shown:
    return {
        "from_id": row.assignee_id,
        "day_on": row.day_on,
        "state": row.state,
        "customer_name": row.customer_name,
        "place": row.place,
        "start_at": row.planned_start_at,
        "end_at": row.planned_end_at,
        "importance": row.importance,
        "urgency": row.urgency,
        "text": row.purpose,
        "lines": [],
    }


def _of_plan(row: Any, lines: list[Shown]) -> Shown:
    return {
        "from_id": row.owner_id,
        "day_on": row.plan_on,
        "state": row.state,
        "text": row.note,
        "lines": sorted(
            lines, key=lambda each: (-each["importance"] - each["urgency"], each["start_at"] or 0, each["id"])
        ),
    }


def _of_task(row: Any) -> Shown:
    return {
        "from_id": row.author_id,
        "day_on": row.due_on,
        "state": row.state,
        "customer_name": row.customer_name,
        "text": row.text,
        "lines": [],
    }


def _line(row: Any) -> Shown:
    """One visit of a plan. Times in milliseconds, as on the wire."""
    seen = {name: value for name, value in _of_visit(row).items() if name not in ("from_id", "day_on", "lines")}
    times = {name: None if seen[name] is None else to_ms(seen[name]) for name in ("start_at", "end_at")}
    return {"id": row.id, **seen, **times}


def _told_apart(collection: str, seen: Shown) -> Shown:
    """What somebody wants to be told of when it changes. That a visit begins or ends as planned is no change of a plan."""
    if collection == "tasks":
        return seen
    going = (VisitState.IN_PROGRESS.value, VisitState.DONE.value, PlanState.SENT.value)

    def calm(values: Shown) -> Shown:
        state = VisitState.PLANNED.value if values["state"] in going else values["state"]
        return {**values, "state": state}

    return {**calm(seen), "lines": [calm(each) for each in seen["lines"]]}


# -- parts ------------------------------------------------------------------------------------------------------------


def _portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _read(uow: UnitOfWork, row: type[Row], condition: ColumnElement[bool]) -> Sequence[Any]:
    """Rows as they are in the database, not locked: this transaction's own were written before its turn."""
    return uow.connection.execute(select(*c(row)).where(c(row).org_id == uow.org_id, condition)).all()
