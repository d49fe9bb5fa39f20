"""What hangs on a customer, as the schema has it: every foreign key that leads to him. Merging and deleting go along it.

An area above says only what is not plain: a column without a foreign key, rows that cannot just be pointed at another
customer, customers who must not be deleted for its sake, and whose open work its rows are. The composition root imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKeyConstraint

from server.core.rows import ROWS, Row, metadata
from server.core.uow import UnitOfWork

Merge = Callable[[UnitOfWork, str, str], None]
"""Given the unit of work, the id of who stays and of who goes."""
Guard = Callable[[UnitOfWork, Sequence[str]], Mapping[str, str]]
"""Of these customers those who must not be deleted: id → why, a code of `WHY`."""

Taken = Callable[[UnitOfWork, Sequence[Row]], None]
"""Given rows that go with deleted customers, or come back with restored ones."""

Workers = Callable[[Row], Iterable[str]]
"""Given a row that goes with a deleted customer, the people who have something open by it; each may be named twice."""

_MERGES: dict[tuple[type[Row], str], Merge | None] = {}
_GUARDS: dict[Guard, tuple[type[Row], ...]] = {}
_TAKEN: list[Taken] = []
_WORKERS: list[Workers] = []


@dataclass(frozen=True, slots=True)
class Link:
    """A column of a table that names a row of another one."""

    row: type[Row]
    column: str


def on_merge(row: type[Row], column: str = "customer_id", how: Merge | None = None) -> None:
    """Say what a merge does with rows whose `column` names a customer. Only where it is not plain.

    Plain is a foreign key to customers: such rows are pointed at who stays, after they went to his owner as by a handover.
    how: for rows that cannot be, as where a customer has one at most; None for a plain column without a foreign key.
    """
    _MERGES[row, column] = how


def guards_customers(guard: Guard, *rows: type[Row]) -> None:
    """Say which customers must not be deleted, because of `rows`, which a deletion therefore never takes along."""
    _GUARDS[guard] = rows


def on_taken(how: Taken) -> None:
    """Say what else changes when rows go with deleted customers or come back with them: elsewhere it may be written what they say."""
    _TAKEN.append(how)


def follow_taken(uow: UnitOfWork, rows: Sequence[Row]) -> None:
    """Do what areas above said."""
    for how in _TAKEN:
        how(uow, rows)


def on_open_work(whose: Workers) -> None:
    """Say whose open work a row is: they are told when it goes with a deleted customer. It reads the row alone."""
    _WORKERS.append(whose)


def with_open_work(rows: Iterable[Row]) -> list[str]:
    """Ids of those who have something open by one of these rows, sorted, each once. No statement."""
    return sorted({person for row in rows for whose in _WORKERS for person in whose(row)})


def links_to(table_name: str) -> Iterator[Link]:
    """All columns that name a row of a table by foreign key."""
    for table in metadata.sorted_tables:
        for key in sorted(table.foreign_key_constraints, key=lambda each: str(each.name)):
            if key.referred_table.name == table_name:
                yield Link(ROWS[table.name], _column_of(key))


def links_from(row: type[Row]) -> Iterator[tuple[Link, str]]:
    """All columns of a table that name a row of another one by foreign key, each with that table's name."""
    for key in sorted(row.__table__.foreign_key_constraints, key=lambda each: str(each.name)):
        yield Link(row, _column_of(key)), key.referred_table.name


def links_to_customers() -> dict[Link, Merge | None]:
    """Every column that names a customer, with what a merge does where it is not plain."""
    found: dict[Link, Merge | None] = dict.fromkeys(links_to("customers"))
    return found | {Link(row, column): how for (row, column), how in _MERGES.items()}


def guarded(uow: UnitOfWork, customer_ids: Sequence[str]) -> dict[str, str]:
    """Of these customers those who must not be deleted, and why."""
    found: dict[str, str] = {}
    for guard in _GUARDS:
        found.update(guard(uow, customer_ids))
    return found


def never_taken() -> frozenset[type[Row]]:
    """Rows that no deletion takes along."""
    return frozenset(row for rows in _GUARDS.values() for row in rows)


def _column_of(key: ForeignKeyConstraint) -> str:
    return str(next(element.parent.name for element in key.elements if element.parent.name != "org_id"))
