"""Many rows in one statement, on both databases. Used by the unit of work and its tail only.

PostgreSQL takes one array per column through `unnest`; SQLite takes executemany, which needs no parsing per row.
Values are bound through the columns' own types.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Boolean, Column, Connection, Dialect, String, Table
from sqlalchemy.types import TypeDecorator

Bind = Callable[[Any], Any]


def insert(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert `rows`, whose values stand in the order of `names`. IntegrityError comes from the driver."""
    _run(connection, table, tuple(names), rows, _insert_sql(table, tuple(names), connection.dialect.name))


def upsert(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]], key: Sequence[str]
) -> None:
    """Insert `rows`, or overwrite those whose `key` is there. No key may occur twice in `rows`."""
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
    sql = _insert_sql(table, tuple(names), connection.dialect.name)
    _run(connection, table, tuple(names), rows, f"{sql} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changed}")


def update(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set `names` of existing rows; each row of values ends with org_id and id."""
    columns = (*names, "org_id", "id")
    if connection.dialect.name == "sqlite":
        sets = ", ".join(f"{name} = ?" for name in names)
        sql = f"UPDATE {table.name} SET {sets} WHERE org_id = ? AND id = ?"  # noqa: S608 - names are our own columns
        _run(connection, table, columns, rows, sql)
        return
    sets = ", ".join(f"{name} = v.{name}" for name in names)
    # The ids once more by themselves: a planner that knows nothing of a table yet (filled a moment ago) would join by
    # reading the organisation's whole table, and the arrays anew for each of its rows.
    sql = (
        f"UPDATE {table.name} t SET {sets} FROM {_unnest(table, columns)} "  # noqa: S608
        "WHERE t.org_id = v.org_id AND t.id = v.id AND t.org_id = %s::uuid AND t.id = ANY(%s::uuid[])"
    )
    _run(connection, table, columns, rows, sql, rows[0][-2] if rows else None, [row[-1] for row in rows])


def delete(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Delete rows by (org_id, id): all of one table in one statement, so that they may refer to each other."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        sql = f"DELETE FROM {table.name} WHERE org_id = ? AND id IN (SELECT value FROM json_each(?))"  # noqa: S608
        connection.exec_driver_sql(sql, (rows[0][0], orjson.dumps([row[1] for row in rows]).decode()))
    else:
        sql = f"DELETE FROM {table.name} WHERE org_id = %s::uuid AND id = ANY(%s::uuid[])"  # noqa: S608
        connection.exec_driver_sql(sql, (rows[0][0], [row[1] for row in rows]))


def _run(
    connection: Connection,
    table: Table,
    names: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    sql: str,
    *further: Any,
) -> None:
    """Run `sql` over the rows. further: parameters of PostgreSQL's statement after the arrays."""
    if not rows:
        return
    binds = _binds(table, names, connection.dialect)
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite and not any(binds):
        connection.exec_driver_sql(sql, list(rows))
        return
    columns = [
        values if bind is None else list(map(bind, values))
        for bind, values in zip(binds, zip(*rows, strict=True), strict=True)
    ]
    if is_sqlite:
        connection.exec_driver_sql(sql, list(zip(*columns, strict=True)))
    else:
        connection.exec_driver_sql(sql, (*(list(column) for column in columns), *further))


@lru_cache(maxsize=1024)
def _binds(table: Table, names: tuple[str, ...], dialect: Dialect) -> tuple[Bind | None, ...]:
    """What turns a value into the driver's, by column; None where it is that already."""
    kinds = [table.c[name].type for name in names]
    # Both drivers take a bool as it is; SQLAlchemy would look at each one.
    return tuple(
        None if isinstance(kind, Boolean) else kind.dialect_impl(dialect).bind_processor(dialect) for kind in kinds
    )


@lru_cache(maxsize=512)
def _insert_sql(table: Table, names: tuple[str, ...], dialect: str) -> str:
    head = f"INSERT INTO {table.name} ({', '.join(names)})"
    if dialect == "sqlite":
        return f"{head} VALUES ({', '.join('?' * len(names))})"
    return f"{head} SELECT * FROM {_unnest(table, names)} WHERE true"  # noqa: S608


def _unnest(table: Table, names: tuple[str, ...]) -> str:
    arrays = ", ".join(f"%s::{_array(table.c[name])}[]" for name in names)
    return f"unnest({arrays}) AS v({', '.join(names)})"


def _array(column: Column[Any]) -> str:
    from sqlalchemy.dialects import postgresql

    kind = column.type
    while isinstance(kind, TypeDecorator):
        kind = kind.load_dialect_impl(postgresql.dialect())  # type: ignore[no-untyped-call]
    # text, not varchar(n): a cast to varchar(n) would cut a long value without a word, the column itself refuses it
    return "text" if isinstance(kind, String) else str(kind.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]


def insert_or_skip(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert `rows`, leaving out those that a unique constraint already has."""
    sql = _insert_sql(table, tuple(names), connection.dialect.name)
    _run(connection, table, tuple(names), rows, f"{sql} ON CONFLICT DO NOTHING")
