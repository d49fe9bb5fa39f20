"""The small company behind the whole application, and a salesperson's handheld that sends pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.core.db import Database
from tests.mobile_api.sender import Sender
from tests.server.accounts.company import Company, found_company
from tests.support.whole_app import whole_app


@pytest.fixture
def company(database_url: str, tmp_path: Path) -> Iterator[Company]:
    database = Database(database_url)
    yield found_company(database, tmp_path, whole_app)
    database.close()


@pytest.fixture
def wang(company: Company) -> Sender:
    return Sender(company, "wang")
