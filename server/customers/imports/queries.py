"""SELECTs over imports. None writes; each takes constant statements."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, select

from server.core.access import Actor
from server.core.paging import Key, earlier
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.tables import JOBS
from server.core.types import from_ms, to_ms
from server.customers.imports.columns import Field
from server.customers.imports.models import CustomerImport, ImportedRow

STATES = ("new", "running", "stopped", "failed", "tried", "done")
_OF_JOB = {"waiting": "running", "leased": "running", "cancelled": "stopped"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file. place: from 0. field: what it was taken for, or said to be."""

    place: int
    title: str | None
    samples: list[str | None]
    field: Field | None


@dataclass(frozen=True, slots=True)
class ImportCard:
    """An import as people see it."""

    id: str
    name: str
    size: int
    state: str
    is_trial: bool
    job_id: str | None
    new_owner_id: str | None
    source: str | None
    columns: list[Column]
    total: int | None
    answered: int
    created: int
    duplicates: int
    refused: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a row."""

    number: int
    outcome: str
    customer_id: str | None
    faults: list[dict[str, Any]] = dataclasses.field(default_factory=list)


def get_import(connection: Connection, actor: Actor, row_id: str) -> ImportCard:
    """One of the actor's own. Raises Refused NOT_FOUND."""
    row = connection.execute(_select(actor).where(c(CustomerImport).id == row_id)).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    return _card(row)


def list_imports(
    connection: Connection, actor: Actor, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[ImportCard], tuple[Key, Key] | None]:
    """The actor's own, newest first. after: (created_at as milliseconds, id)."""
    i = c(CustomerImport)
    statement = _select(actor).order_by(i.created_at.desc(), i.id.desc()).limit(limit + 1)
    if after is not None:
        statement = statement.where(earlier((i.created_at, i.id), (from_ms(after[0]), after[1])))
    cards = [_card(row) for row in connection.execute(statement)]
    shown = cards[:limit]
    return shown, (to_ms(shown[-1].created_at), shown[-1].id) if len(cards) > limit else None


def list_answers(
    connection: Connection, actor: Actor, row_id: str, outcome: str | None, *, after: int | None, limit: int
) -> tuple[Sequence[Answer], int | None]:
    """What became of rows, in their order. after: the number of the last one seen. Raises Refused NOT_FOUND."""
    get_import(connection, actor, row_id)
    r = c(ImportedRow)
    statement = select(r.number, r.outcome, r.made_id, r.faults).where(r.org_id == actor.org_id, r.import_id == row_id)
    if outcome is not None:
        statement = statement.where(r.outcome == outcome)
    if after is not None:
        statement = statement.where(r.number > after)
    rows = connection.execute(statement.order_by(r.number).limit(limit + 1)).all()
    answers = [Answer(row.number, row.outcome, row.made_id, row.faults) for row in rows[:limit]]
    return answers, answers[-1].number if len(rows) > limit else None


def _select(actor: Actor) -> Any:
    i, t = c(CustomerImport), JOBS.c
    joined = CustomerImport.__table__.outerjoin(JOBS, and_(t.org_id == i.org_id, t.id == i.job_id))
    mine = (i.org_id == actor.org_id, i.owner_id == actor.user_id, i.place.is_not(None))
    return select(*i, t.state.label("job_state")).select_from(joined).where(*mine)


def _card(row: Any) -> ImportCard:
    mapping = {int(column): Field(field) for column, field in row.mapping.items()}
    columns = [
        Column(place, title, [line[place] if place < len(line) else None for line in row.samples], mapping.get(place))
        for place, title in enumerate(row.titles)
    ]
    named = {field.name for field in dataclasses.fields(ImportCard)} - {"state", "columns", "answered"}
    return ImportCard(
        **{name: getattr(row, name) for name in named},
        state=_state(row),
        columns=columns,
        answered=row.created + row.duplicates + row.refused,
    )


def _state(row: Any) -> str:
    if row.job_id is None:
        return "new"
    if row.is_finished:
        return "tried" if row.is_trial else "done"
    return _OF_JOB.get(row.job_state, "failed")
