"""The sales centre of these tests, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.cli.simulated_kiosk import SimulatedKiosk
from server.core.db import Database
from tests.kiosk.centre import Centre, found_centre


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Iterator[Centre]:
    database = Database(database_url)
    yield found_centre(database, tmp_path)
    database.close()


@pytest.fixture
def kiosk(centre: Centre) -> SimulatedKiosk:
    return centre.another_kiosk()
