"""By which indexes the first pages of long lists are read, on SQLite as it plans before it has looked at any table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from server.core.access import Actor
from server.customers import queries
from server.customers.opportunities.queries import OpportunityFilters, opportunity_page
from server.customers.queries import Filters
from server.fieldwork.activities.queries import ActivityFilters, activity_page
from server.fieldwork.queries import VisitFilters, visit_page
from server.fieldwork.rules import LineStatus
from tests.server.fieldwork.office import Office, statements

NOW = datetime(2026, 6, 1, tzinfo=UTC)
Read = Callable[[Connection, Actor], Any]


def customers(on: Connection, actor: Actor) -> Any:
    return queries.page(on, actor, Filters(), order="updated", after=None, limit=50)


def by_name(on: Connection, actor: Actor) -> Any:
    return queries.page(on, actor, Filters(), order="name", after=None, limit=50)


def search(on: Connection, actor: Actor) -> Any:
    return queries.page(on, actor, Filters(text="8000"), order="name", after=None, limit=50)


def opportunities(on: Connection, actor: Actor) -> Any:
    return opportunity_page(on, actor, OpportunityFilters(), after=None, limit=50)


def visits(on: Connection, actor: Actor) -> Any:
    return visit_page(on, actor, VisitFilters(), now=NOW, limit=50)


def missed(on: Connection, actor: Actor) -> Any:
    return visit_page(on, actor, VisitFilters(status=LineStatus.MISSED), now=NOW, limit=50)


def activities(on: Connection, actor: Actor) -> Any:
    return activity_page(on, actor, ActivityFilters(), after=None, limit=50)


KEYS = ("customer_keys_customer_id_key",)
CASES: tuple[tuple[Read, str, tuple[str, ...]], ...] = (
    (customers, "wang", ("customers_owner_id_updated_at_id", "customer_phones_customer_id_id")),
    (customers, "jie", ("customers_owner_id_updated_at_id", "customers_unit_id_updated_at_id")),
    (customers, "boss", ("customers_updated_at_id",)),
    (by_name, "boss", ("customers_name_key_id",)),
    (by_name, "wang", ("customers_owner_id_name_key_id",)),
    (by_name, "jie", ("customers_owner_id_name_key_id", "customers_unit_id_name_key_id")),
    (search, "wang", (*KEYS, "customer_keys_owner_id_key", "customer_phones_owner_id_tail_customer_id")),
    (search, "jie", (*KEYS, "customer_keys_unit_id_key", "customer_phones_unit_id_tail_customer_id")),
    (search, "boss", (*KEYS, "customer_phones_tail_customer_id")),
    (opportunities, "wang", ("opportunities_owner_id_state_weighted_minor_id",)),
    (opportunities, "jie", tuple(f"opportunities_{each}_state_weighted_minor_id" for each in ("owner_id", "unit_id"))),
    (visits, "wang", tuple(f"visits_{each}_day_on" for each in ("owner_id", "author_id"))),
    (visits, "jie", tuple(f"visits_{each}_day_on" for each in ("owner_id", "unit_id", "author_id"))),
    (missed, "boss", ("visits_state_day_on_id",)),
    (activities, "jie", tuple(f"activities_{each}_day_on_id" for each in ("owner_id", "unit_id", "author_id"))),
)


@pytest.mark.sqlite
@pytest.mark.parametrize("database_kind", ["sqlite"])  # PostgreSQL plans by what is in a table, and these are empty
def test_each_way_of_reaching_a_row_is_a_range_in_the_order_of_the_list(office: Office) -> None:
    office.customer(by="wang", phone="13800138000")
    with office.database.read(office.org) as connection:
        for read, who, indexes in CASES:
            with statements(office.database) as seen:
                read(connection, office.actor(who))
            rows = [
                row[3]
                for each in list(seen)
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", ("",) * each.count("?"))
            ]
            plan = "\n".join(rows)
            assert [each for each in indexes if f"ix_{each} " not in plan] == [], f"{read.__name__} of {who}: {plan}"
