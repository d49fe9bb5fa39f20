"""The small company behind the whole application, and a salesperson's handheld that sends pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.app import create_app
from server.core.db import Database
from tests.mobile_api.sender import Sender
from tests.server.accounts.company import CHEAP, Company, found_company


@pytest.fixture
def company(database_url: str, tmp_path: Path) -> Iterator[Company]:
    database = Database(database_url)
    yield found_company(database, tmp_path, lambda services: create_app(services, cost=CHEAP))
    database.close()


@pytest.fixture
def wang(company: Company) -> Sender:
    return Sender(company, "wang")
