"""The company of these tests, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.core.db import Database
from tests.server.accounts.company import Company, found_company


@pytest.fixture
def company(database_url: str, tmp_path: Path) -> Iterator[Company]:
    database = Database(database_url)
    yield found_company(database, tmp_path)
    database.close()
