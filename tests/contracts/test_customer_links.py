"""What names a customer goes with him when he is merged: nobody can add a table that a merge forgets."""

from __future__ import annotations

import pytest
from sqlalchemy import UniqueConstraint

from server.customers.hanging import Link, links_to, links_to_customers
from server.registry import metadata

LINKS = links_to_customers()


@pytest.mark.parametrize("table", [pytest.param(each, id=each.name) for each in metadata.sorted_tables])
def test_every_column_that_names_a_customer_is_known_to_a_merge(table: object) -> None:
    """A foreign key to customers says it (`refers`); a column without one needs a line of `on_merge` in server/registry.py."""
    known = {(link.row.__table__.name, link.column) for link in LINKS}
    columns = {column.name for column in table.columns if column.name.endswith("customer_id")}  # type: ignore[attr-defined]
    assert {(table.name, name) for name in columns} <= known  # type: ignore[attr-defined]


@pytest.mark.parametrize("link", [pytest.param(each, id=f"{each.row.__table__.name}.{each.column}") for each in LINKS])
def test_where_a_customer_has_one_at_most_a_merge_is_told_what_to_do(link: Link) -> None:
    """Such rows cannot just be pointed at another customer: `on_merge(row, column, how)`."""
    keys = [each.columns for each in link.row.__table__.constraints if isinstance(each, UniqueConstraint)]
    if any(link.column in key for key in keys):
        assert LINKS[link] is not None


@pytest.mark.parametrize("link", [pytest.param(each, id=f"{each.row.__table__.name}.{each.column}") for each in LINKS])
def test_what_hangs_on_a_customer_is_found_by_an_index(link: Link) -> None:
    """Without one a merge or a deletion reads the organisation's whole table."""
    if link in BESIDE:
        return
    table = link.row.__table__
    keys = [tuple(each.columns.keys()) for each in table.constraints if isinstance(each, UniqueConstraint)]
    keys += [tuple(column.name for column in each.columns) for each in table.indexes]
    assert any(key[1] == link.column for key in keys)


BESIDE = {each for each in LINKS if (each.row.__table__.name, each.column) == ("expense_lines", "customer_id")}
"""Found by a column beside it: whom a line names is whom it was spent for."""


def test_the_links_are_those_of_the_schema() -> None:
    assert {link.row.__table__.name for link in links_to("visits")} >= {"visit_comments", "follow_ups", "expense_lines"}
