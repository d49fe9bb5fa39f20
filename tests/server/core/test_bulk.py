"""Many rows in one statement: every column type comes back as it went in, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import DataError, IntegrityError

from server.core import bulk
from server.core.db import commit
from server.core.rows import c
from sync_protocol.ids import new_id
from tests.support.syncing import count_statements
from tests.support.toys import Thing, Town

NAMES = Thing.__names__
ODD = [
    "",
    " ",
    "it's",
    'a "quote"',
    "100% %s :x ?",
    "{1,2}",
    "NULL",
    "\\N",
    "a\\b",
    "一二三",
    "\U0001f3e0",
    "tab\tnew\nline",
    "٣",
]


def values(town: Town, **given: Any) -> tuple[Any, ...]:
    row = Thing(org_id=town.org_id, owner_id=town.users["anna"], unit_id=town.units["east"], **{"name": "x", **given})
    return tuple(getattr(row, name) for name in NAMES)


def stored(town: Town) -> list[tuple[Any, ...]]:
    with town.database.read(town.org_id) as connection:
        rows = connection.execute(select(Thing.__table__).where(c(Thing).org_id == town.org_id).order_by(c(Thing).id))
        return [tuple(row) for row in rows]


def test_what_is_inserted_comes_back_equal(town: Town) -> None:
    rows = [values(town, id=new_id(), name=text, marks={text: [1, text]}) for text in ODD]
    rows += [
        values(town, size=-(2**53), is_old=True, made_on=date(1900, 1, 1), seen_at=datetime(2099, 12, 31, tzinfo=UTC)),
        values(town, size=2**53, made_on=date(2100, 12, 31), seen_at=datetime(1969, 7, 20, 20, 17, 40, 123000, UTC)),
        values(town, label="only", project_id=town.project),
    ]
    with town.database.write(town.org_id) as connection, count_statements(town.database) as seen:
        bulk.insert(connection, Thing.__table__, NAMES, rows)
        assert len(seen) == 1
        commit(connection)
    assert stored(town) == sorted(rows, key=lambda row: row[NAMES.index("id")])


def test_updates_set_only_what_is_named_of_the_rows_named(town: Town) -> None:
    rows = [values(town, size=place, label=f"label {place}") for place in range(3)]
    place = NAMES.index("id")
    with town.database.write(town.org_id) as connection:
        bulk.insert(connection, Thing.__table__, NAMES, rows)
        changes = [(None, True, town.org_id, rows[0][place]), (9, False, town.org_id, rows[2][place])]
        bulk.update(connection, Thing.__table__, ("size", "is_old"), changes)
        bulk.delete(connection, Thing.__table__, [(town.org_id, rows[1][place])])
        commit(connection)
    size, label, is_old = (NAMES.index(name) for name in ("size", "label", "is_old"))
    assert {(row[size], row[is_old], row[label]) for row in stored(town)} == {
        (None, True, "label 0"),
        (9, False, "label 2"),
    }


def test_an_update_finds_its_rows_by_key_in_a_table_the_planner_knows_nothing_of(town: Town) -> None:
    """As after an import: without statistics PostgreSQL once read the whole table, and the arrays for each of its rows."""
    rows = [values(town, size=place) for place in range(1000)]
    sent: list[tuple[str, Any]] = []
    with town.database.write(town.org_id) as connection:
        bulk.insert(connection, Thing.__table__, NAMES, rows)
        event.listen(connection, "before_cursor_execute", lambda *given: sent.append((given[2], given[3])))
        changes = [(-1, town.org_id, row[NAMES.index("id")]) for row in rows[:40]]
        bulk.update(connection, Thing.__table__, ("size",), changes)
        ((sql, parameters),) = list(sent)
        if town.database.is_sqlite:
            (step,) = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters[0]).all()
            assert step.detail == "SEARCH toy_things USING INDEX sqlite_autoindex_toy_things_1 (org_id=? AND id=?)"
            return
        plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters).scalar_one()
        read = [node["Actual Rows"] for node in _nodes(plan[0]["Plan"]) if node.get("Relation Name") == "toy_things"]
        assert max(read) <= 40
        commit(connection)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for each in node.get("Plans", ()):
        yield from _nodes(each)


def test_upserts_overwrite_and_skips_leave_alone(town: Town) -> None:
    known = new_id()
    for each in (bulk.insert_or_skip, bulk.insert_or_skip):
        with town.database.write(town.org_id) as connection:
            each(connection, Thing.__table__, NAMES, [values(town, id=known, name="first"), values(town)])
            commit(connection)
    assert len(stored(town)) == 3
    with town.database.write(town.org_id) as connection:
        rows = [values(town, id=known, name="second"), values(town)]
        bulk.upsert(connection, Thing.__table__, NAMES, rows, ("org_id", "id"))
        commit(connection)
    assert len(stored(town)) == 4
    assert [row[NAMES.index("name")] for row in stored(town) if row[NAMES.index("id")] == known] == ["second"]


def test_no_rows_are_no_statement(town: Town) -> None:
    with town.database.write(town.org_id) as connection, count_statements(town.database) as seen:
        bulk.insert(connection, Thing.__table__, NAMES, [])
        bulk.update(connection, Thing.__table__, ("size",), [])
        bulk.delete(connection, Thing.__table__, [])
        assert seen == []


def test_a_constraint_stops_all_of_it(town: Town) -> None:
    with pytest.raises(IntegrityError), town.database.write(town.org_id) as connection:
        bulk.insert(connection, Thing.__table__, NAMES, [values(town, label="same"), values(town, label="same")])
    assert stored(town) == []


@pytest.mark.pg
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_text_too_long_for_its_column_is_refused_and_not_cut(town: Town) -> None:
    with pytest.raises(DataError), town.database.write(town.org_id) as connection:
        bulk.insert(connection, Thing.__table__, NAMES, [values(town, label="x" * 21)])
