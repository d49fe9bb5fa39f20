"""The office of these tests, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from server.core.db import Database
from tests.server.customers.office import Office, furnish


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    database = Database(database_url)
    yield furnish(database)
    database.close()


class Door:
    """The office's HTTP door, called by name of a person."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def __call__(self, who: str, method: str, path: str = "", **given: Any) -> Any:
        headers = {"Authorization": f"Bearer {who}", **given.pop("headers", {})}
        url = path if path.startswith("/api") else f"/api/v1/customers{path}"
        return self.client.open(url, method=method, headers=headers, **given)


@pytest.fixture
def door(office: Office, tmp_path: Path) -> Door:
    return Door(office.client(tmp_path))
