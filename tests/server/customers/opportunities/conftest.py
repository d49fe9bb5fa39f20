"""The office of these tests, with its funnel, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.core.db import Database
from tests.server.customers.office import Office, furnish
from tests.server.customers.opportunities.sales import with_funnel


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    database = Database(database_url)
    yield with_funnel(furnish(database))
    database.close()
