"""SELECTs over imports. None writes; each takes constant statements."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from server.accounts.models import User
from server.core.access import Actor, Reach
from server.core.paging import Key, earlier
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.tables import JOBS
from server.core.types import from_ms, to_ms
from server.customers.functions import READ
from server.customers.imports.columns import Field
from server.customers.imports.models import CustomerImport, ImportedRow
from server.customers.merging.models import MergedCustomer
from server.customers.models import Customer

STATES = ("new", "running", "stopped", "failed", "tried", "done")
_AT_ONCE = 500
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
    encoding: str | None
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
    """What became of a row. customer_name: of whom it made, or who was there, within the actor's reach; else only whose he is."""

    number: int
    outcome: str
    customer_id: str | None
    customer_name: str | None
    owner_name: str | None
    faults: list[dict[str, Any]] = dataclasses.field(default_factory=list)


def get_import(connection: Connection, actor: Actor, row_id: str) -> ImportCard:
    """One of the actor's own. Raises Refused NOT_FOUND."""
    row = connection.execute(_select(actor).where(c(CustomerImport).id == row_id)).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    return _card(row)


def place_of(connection: Connection, actor: Actor, row_id: str) -> str:
    """Where the bytes of one of the actor's own lie. Raises Refused NOT_FOUND when they are gone."""
    i = c(CustomerImport)
    mine = (i.org_id == actor.org_id, i.owner_id == actor.user_id, i.id == row_id)
    place: str | None = connection.execute(select(i.place).where(*mine)).scalar_one_or_none()
    if place is None:
        raise Refused(NOT_FOUND)
    return place


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
    statement = _answers(actor, row_id, outcome)
    if after is not None:
        statement = statement.where(r.number > after)
    rows = connection.execute(statement.limit(limit + 1)).all()
    reach = actor.reach(READ)
    answers = [_answer(row, reach) for row in rows[:limit]]
    return answers, answers[-1].number if len(rows) > limit else None


def answers_of(connection: Connection, actor: Actor, row_id: str, outcome: str | None) -> Iterator[Answer]:
    """What became of all rows of an import of the actor's own, in their order. One statement, read as it goes."""
    reach = actor.reach(READ)
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(_answers(actor, row_id, outcome))
    return (_answer(row, reach) for row in rows)


def _answers(actor: Actor, row_id: str, outcome: str | None) -> Select[Any]:
    r, m, k, u = c(ImportedRow), c(MergedCustomer), c(Customer), c(User)
    he = func.coalesce(m.into_id, r.made_id)  # who stands for him, when he went into another
    joined = ImportedRow.__table__.outerjoin(MergedCustomer.__table__, and_(m.org_id == r.org_id, m.id == r.made_id))
    joined = joined.outerjoin(Customer.__table__, and_(k.org_id == r.org_id, k.id == he))
    joined = joined.outerjoin(User.__table__, and_(u.org_id == k.org_id, u.id == k.owner_id))
    columns = (r.number, r.outcome, he.label("made_id"), r.faults, k.name, k.owner_id, k.unit_id, k.project_id)
    statement = select(*columns, u.name.label("owner_name")).select_from(joined)
    statement = statement.where(r.org_id == actor.org_id, r.import_id == row_id)
    return (statement if outcome is None else statement.where(r.outcome == outcome)).order_by(r.number)


def _answer(row: Any, reach: Reach) -> Answer:
    name = row.name if row.owner_id is not None and reach.holds(row) else None
    return Answer(row.number, row.outcome, row.made_id, name, row.owner_name, row.faults)


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
