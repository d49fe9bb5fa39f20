"""The office of these tests, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.core.db import Database
from tests.kiosk.conftest import centre, kiosk
from tests.server.fieldwork.office import Door, Office, furnish

__all__ = ["centre", "door", "kiosk", "office"]


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    database = Database(database_url)
    yield furnish(database)
    database.close()


@pytest.fixture
def door(office: Office, tmp_path: Path) -> Door:
    return office.door(tmp_path)
