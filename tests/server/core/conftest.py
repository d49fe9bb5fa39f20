"""What the tests of core stand on: an area of toys and a small application, since core knows no real one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.core import logs
from tests.server.core.small_app import small_app
from tests.support.toys import town as town


@pytest.fixture
def app() -> Flask:
    return small_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """The log lines written so far, as objects."""
    logs.configure("json", "info")
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    logs.configure("console", "info")
