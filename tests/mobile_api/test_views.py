"""GET /mobile/v1/collections over HTTP: what a client is made from. Both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.core.collections import shapes
from server.core.db import Database
from sync_protocol.versions import OLDEST_PROTOCOL, OLDEST_SCHEMA, PROTOCOL, SCHEMA
from tests.server.accounts.company import Company, Phone, found_company
from tests.support.syncing import count_statements
from tests.support.whole_app import whole_app

PATH = "/mobile/v1/collections"


@pytest.fixture
def company(database_url: str, tmp_path: Path) -> Iterator[Company]:
    database = Database(database_url)
    yield found_company(database, tmp_path, whole_app)
    database.close()


@pytest.fixture
def phone(company: Company) -> Phone:
    return Phone(company).signed_in("wang")


def test_the_collections_are_all_there_and_come_once(company: Company, phone: Phone) -> None:
    token = phone.answer["access_token"]
    answer = company.call("GET", PATH, token=token)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json == {
        "protocol": PROTOCOL,
        "oldest_protocol": OLDEST_PROTOCOL,
        "schema": SCHEMA,
        "oldest_schema": OLDEST_SCHEMA,
        "collections": [shape.describe(SCHEMA) for shape in shapes().values()],
    }
    tag = answer.headers["ETag"]
    for known in (tag, f'"another", {tag}', f"W/{tag}", "*"):
        again = company.call("GET", PATH, token=token, headers={"If-None-Match": known})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag), known
    other = company.call("GET", PATH, token=token, headers={"If-None-Match": '"another"'})
    assert (other.status_code, other.json) == (200, answer.json)


def test_the_collections_are_the_same_for_everybody_and_only_for_devices(company: Company, phone: Phone) -> None:
    tag = company.call("GET", PATH, token=phone.answer["access_token"]).headers["ETag"]
    colleague = Phone(company).signed_in("boss").answer["access_token"]
    assert company.call("GET", PATH, token=colleague, headers={"If-None-Match": tag}).status_code == 304
    assert company.call("GET", PATH, headers={"If-None-Match": tag}).status_code == 401
    assert company.call("GET", PATH, token=company.office("wang").token).status_code == 403


def test_describing_the_collections_asks_the_database_for_nothing_but_the_session(
    company: Company, phone: Phone
) -> None:
    token = phone.answer["access_token"]
    company.call("GET", PATH, token=token)  # the first call of a person also loads his rights
    with count_statements(company.database) as seen:
        company.call("GET", PATH, token=token)
    assert [each.split()[0] for each in seen] == ["BEGIN", "SELECT", "ROLLBACK"]
