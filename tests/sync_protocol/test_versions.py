"""Protocol and schema numbers."""

import pytest

from sync_protocol import versions


def test_newer_devices_get_what_the_server_knows_and_older_ones_what_they_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "SCHEMA", 5)
    assert [versions.served_schema(schema) for schema in (4, 5, 6)] == [4, 5, 5]


def test_a_number_expires_below_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "OLDEST_SCHEMA", 3)
    assert [versions.expired(schema) for schema in (2, 3, 4)] == [True, False, False]
