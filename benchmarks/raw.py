"""The other side of the comparisons: the driver alone, reading to a socket and inserting in batches. Nothing of the product
runs here but the choice of the SQLite library.

`python -m benchmarks.raw URL ORG SQL` reads for each connection and writes the rows to it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg
from sqlalchemy import Table
from sqlalchemy.engine import make_url

from benchmarks.serving import ROOT
from tests.support.databases import sqlite

_FETCH = 2000


def connect(url: str) -> Any:
    """A connection of the driver, in autocommit, prepared as the product's own are."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        connection = sqlite.connect(parsed.database, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
            connection.execute(f"PRAGMA {pragma}")
        return connection
    text = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(text, autocommit=True)


def begin(connection: Any, org_id: str) -> None:
    """Begin a transaction in which the organisation's rows are seen."""
    if isinstance(connection, psycopg.Connection):
        connection.execute(f"BEGIN; SET LOCAL app.org = '{org_id}'")
    else:
        connection.execute("BEGIN")


# -- reading ----------------------------------------------------------------------------------------------------------


def serve_rows(url: str, org_id: str, sql: str) -> None:
    """Answer each connection with all rows that `sql` finds. Prints the port first."""
    connection = connect(url)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            client, _ = listener.accept()
            with client:
                begin(connection, org_id)
                cursor = connection.execute(sql)
                while rows := cursor.fetchmany(_FETCH):
                    client.sendall(orjson.dumps(rows))
                connection.execute("COMMIT")


@contextlib.contextmanager
def reading(url: str, org_id: str, sql: str) -> Iterator[int]:
    """Start the reader as a process of its own; yields its port."""
    process = subprocess.Popen(  # noqa: S603 (ourselves)
        [sys.executable, "-m", "benchmarks.raw", url, org_id, sql],
        cwd=ROOT,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None  # noqa: S101 (asked for above)
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def drain(port: int) -> int:
    """Read everything the reader sends; how many bytes it was."""
    received = 0
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        while data := client.recv(1 << 18):
            received += len(data)
    return received


# -- writing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Insert:
    """All rows of one table that one batch has written. is_new: none of them was there before."""

    table: Table
    rows: Sequence[tuple[Any, ...]]
    is_new: bool


class Writer:
    """Inserts batches into a database of its own, one commit each."""

    def __init__(self, url: str, org_id: str) -> None:
        self._connection = connect(url)
        self._org_id = org_id
        self._is_sqlite = not isinstance(self._connection, psycopg.Connection)

    def statement(self, insert: Insert) -> tuple[str, Any]:
        """SQL and parameters: executemany on SQLite, one array a column through `unnest` on PostgreSQL."""
        names = [column.name for column in insert.table.columns]
        sql = f"INSERT INTO {insert.table.name} ({', '.join(names)}) "
        parameters: Any = list(insert.rows)
        if self._is_sqlite:
            sql += f"VALUES ({', '.join('?' * len(names))})"
        else:
            arrays = ", ".join(f"%s::{kind}[]" for kind in self._kinds(insert.table))
            sql += f"SELECT * FROM unnest({arrays})"  # noqa: S608
            parameters = [list(column) for column in zip(*insert.rows, strict=True)]
        if not insert.is_new:
            key = [column.name for column in insert.table.primary_key]
            changed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
            # "WHERE true": else SQLite and PostgreSQL take ON for a join of the SELECT.
            sql += f"{'' if self._is_sqlite else ' WHERE true'} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changed}"
        return sql, parameters

    def _kinds(self, table: Table) -> list[str]:
        found = self._connection.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0",
            [table.name],
        )
        kinds = dict(found.fetchall())
        # `character` without a length would be one character.
        return [
            "text" if kinds[column.name].startswith("character") else kinds[column.name] for column in table.columns
        ]

    def write(self, statements: Sequence[tuple[str, Any]]) -> None:
        """One batch: its inserts and a commit."""
        begin(self._connection, self._org_id)
        for sql, parameters in statements:
            if self._is_sqlite:
                self._connection.executemany(sql, parameters)
            else:
                self._connection.execute(sql, parameters)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


if __name__ == "__main__":
    serve_rows(*sys.argv[1:])
