"""What names a customer goes with him when he is merged: nobody can add a table that a merge forgets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import UniqueConstraint

from server.customers.hanging import Link, links_to, links_to_customers, never_taken
from server.registry import metadata

LINKS = links_to_customers()


def named(link: Link) -> str:
    """As the test is called."""
    return f"{link.row.__table__.name}.{link.column}"


@pytest.mark.parametrize("table", [pytest.param(each, id=each.name) for each in metadata.sorted_tables])
def test_every_column_that_names_a_customer_is_known_to_a_merge(table: object) -> None:
    """A foreign key to customers says it (`refers`); a column without one needs a line of `on_merge` in server/registry.py."""
    if "derived" in table.info:  # type: ignore[attr-defined]
        return
    known = {(link.row.__table__.name, link.column) for link in LINKS}
    columns = {column.name for column in table.columns if column.name.endswith("customer_id")}  # type: ignore[attr-defined]
    assert {(table.name, name) for name in columns} <= known  # type: ignore[attr-defined]


@pytest.mark.parametrize("link", [pytest.param(each, id=named(each)) for each in LINKS])
def test_where_a_customer_has_one_at_most_a_merge_is_told_what_to_do(link: Link) -> None:
    """Such rows cannot just be pointed at another customer: `on_merge(row, column, how)`."""
    keys = [each.columns for each in link.row.__table__.constraints if isinstance(each, UniqueConstraint)]
    if any(link.column in key for key in keys):
        assert LINKS[link] is not None


def reaching() -> Iterator[Link]:
    """All columns by which something goes along with a deleted customer, or would have to."""
    yield from LINKS
    known, waiting = {"customers"}, ["customers"]
    while waiting:
        for link in links_to(waiting.pop()):
            name = str(link.row.__table__.name)
            yield link
            if name not in known and link.row not in never_taken():
                known.add(name)
                waiting.append(name)


@pytest.mark.parametrize("link", [pytest.param(each, id=named(each)) for each in dict.fromkeys(reaching())])
def test_what_goes_with_a_customer_is_found_by_an_index(link: Link) -> None:
    """Without one a merge or a deletion reads the organisation's whole table, and the database once more for each row."""
    table = link.row.__table__
    keys = [tuple(each.columns.keys()) for each in table.constraints if isinstance(each, UniqueConstraint)]
    keys += [tuple(table.primary_key.columns.keys())]
    keys += [tuple(column.name for column in each.columns) for each in table.indexes]
    assert any(key[1] == link.column for key in keys)
