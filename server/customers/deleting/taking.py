"""What goes along with deleted customers, out of its tables into JSON and back. Asks a constant number of statements.

Everything that refers to a customer goes along, and what refers to that in turn: the foreign keys say it. Rows that an area
guards (`guards_customers`) stay, for a customer who has such rows is not deleted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import select

from server.core.rows import ROWS, Row, c
from server.core.types import Day, Instant
from server.core.uow import UnitOfWork
from server.customers.hanging import Link, links_from, links_to, never_taken
from server.customers.lead_conflicts.models import LeadConflict
from server.customers.models import Customer

_AT_ONCE = 5000
"""Rows whose dependants are looked up with one statement."""


def what_hangs_on(uow: UnitOfWork, customers: Sequence[Customer]) -> dict[str, list[Row]]:
    """Id of a customer → himself and all rows that go with him, what is referred to first.

    Lead conflicts are left out: they are closed, and found anew when he comes back.
    """
    left_out = never_taken() | {Customer, LeadConflict}
    found: dict[str, list[Row]] = {customer.id: [customer] for customer in customers}
    seen: set[tuple[type[Row], str]] = set()
    waiting: list[tuple[str, dict[str, str]]] = [("customers", {each: each for each in found})]
    while waiting:
        name, roots = waiting.pop(0)
        for link in links_to(name):
            if link.row in left_out:
                continue
            fresh: dict[str, str] = {}
            for row in _rows(uow, link, sorted(roots)):
                if (link.row, row.id) not in seen:
                    seen.add((link.row, row.id))
                    fresh[row.id] = roots[getattr(row, link.column)]
                    found[fresh[row.id]].append(row)
            if fresh:
                waiting.append((link.row.__table__.name, fresh))
    return found


def _rows(uow: UnitOfWork, link: Link, ids: Sequence[str]) -> Iterable[Row]:
    for start in range(0, len(ids), _AT_ONCE):
        yield from uow.find(link.row, c(link.row)[link.column].in_(ids[start : start + _AT_ONCE]))


def written(rows: Iterable[Row]) -> str:
    """Rows as JSON."""
    tables: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        tables[str(row.__table__.name)].append({name: getattr(row, name) for name in row.__names__})
    return orjson.dumps(tables).decode()


def read(text: str) -> list[Row]:
    """The rows again, as they were; a column that has come since has its default, one that is gone is left out."""
    rows: list[Row] = []
    for name, kept in orjson.loads(text).items():
        kind = ROWS.get(name)
        if kind is not None:
            rows += [kind(**_values(kind, each)) for each in kept]
    return rows


def _values(kind: type[Row], kept: Mapping[str, Any]) -> dict[str, Any]:
    columns = c(kind)
    return {name: _decoded(columns[name].type, value) for name, value in kept.items() if name in kind.__names__}


def _decoded(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, Instant):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Day) else value


def without_what_went(uow: UnitOfWork, rows: Sequence[Row]) -> None:
    """Empty what these rows say of others that are not there any more, where it may be empty."""
    here = {(type(row).__table__.name, row.id) for row in rows}
    for kind in sorted({type(row) for row in rows}, key=lambda each: each.__table__.name):
        ours = [row for row in rows if type(row) is kind]
        for link, target in links_from(kind):
            named = {getattr(row, link.column) for row in ours} - {None}
            strange = sorted(each for each in named if (target, each) not in here)
            if not strange or not c(kind)[link.column].nullable:
                continue
            t = c(ROWS[target])
            known = set(uow.connection.execute(select(t.id).where(t.org_id == uow.org_id, t.id.in_(strange))).scalars())
            for row in ours:
                if getattr(row, link.column) in set(strange) - known:
                    setattr(row, link.column, None)


def in_order(rows: Sequence[Row]) -> list[Row]:
    """Rows so that those of one table come after those of it that they refer to."""
    here = {row.id: row for row in rows}
    own: dict[type[Row], list[str]] = {}
    for kind in {type(row) for row in rows}:
        own[kind] = [link.column for link, target in links_from(kind) if target == kind.__table__.name]
    placed: dict[str, Row] = {}
    waiting = list(reversed(rows))
    while waiting:
        row = waiting[-1]
        above = [each for name in own[type(row)] if (each := getattr(row, name)) in here and each not in placed]
        if above and row.id not in placed:
            waiting += [here[each] for each in above]
            continue
        placed.setdefault(waiting.pop().id, row)
    return list(placed.values())
