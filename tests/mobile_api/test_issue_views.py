"""The office's list of what sync refused: its filters, its pages, and what stands in an entry. Reach: tests/contracts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.core.db import Database
from sync_protocol.ids import new_id
from tests.mobile_api.test_exchange import MADE_AT, exchange
from tests.server.accounts.company import Company, Office, Phone, found_company
from tests.support.whole_app import whole_app


@pytest.fixture
def company(database_url: str, tmp_path: Path) -> Iterator[Company]:
    database = Database(database_url)
    yield found_company(database, tmp_path, whole_app)
    database.close()


def push(phone: Phone, *operations: dict[str, Any]) -> None:
    """Customers' operations, numbered from 1."""
    common = {"collection": "customers", "action": "create", "base": 0, "made_at": MADE_AT}
    sent = [{"n": n, "group": n, "row": new_id(), **common, **each} for n, each in enumerate(operations, 1)]
    exchange(phone, push={"operations": sent})


def walk(office: Office, **query: str) -> list[tuple[str, str, str]]:
    """Verdict, code and person of all entries, one a page."""
    found: list[tuple[str, str, str]] = []
    while True:
        page = office.ok("GET", "/sync-issues", query_string={"limit": "1", **query})
        found += [(each["verdict"], each["code"], each["user_id"]) for each in page["items"]]
        if page["next"] is None:
            return found
        query = {**query, "cursor": page["next"]}


def test_entries_are_found_by_person_and_verdict_page_by_page(company: Company) -> None:
    row, grade = new_id(), {"grade": "Z"}
    bad = {"values": {"name": "x", **grade}, "row": row}
    push(
        Phone(company).signed_in("wang"),
        bad,
        {"action": "update", "row": row, "base": 1, "values": {"grade": "A"}},  # hangs on the first
        {"values": {"name": "y", "colour": "red"}},
    )
    push(Phone(company).signed_in("zhao"), {"values": {"name": "z", **grade}}, {"values": {"name": "good"}})
    wang, zhao, jie = company.users["wang"], company.users["zhao"], company.office("jie")
    refused = [("rejected", "sync.unknown-choice", zhao), ("rejected", "sync.unknown-field", wang)]
    first = ("rejected", "sync.unknown-choice", wang)
    everything = walk(jie)
    ((skipped, why, whose),) = [each for each in everything if each[0] == "skipped"]
    assert (skipped, whose) == ("skipped", wang)
    assert everything == [*refused, (skipped, why, whose), first]
    assert walk(jie, verdict="rejected") == [*refused, first]
    assert walk(jie, verdict="skipped") == [(skipped, why, whose)]
    assert walk(jie, verdict="conflict") == []
    assert walk(jie, user=zhao) == refused[:1]
    assert walk(jie, user=wang, verdict="rejected") == [refused[1], first]
    assert walk(jie, user=new_id()) == []
    entry = jie.ok("GET", "/sync-issues", query_string={"user": zhao})["items"][0]
    assert (entry["attempted"], entry["kept"], entry["state"], entry["n"]) == ({"name": "z", **grade}, {}, "open", 1)


def test_a_page_goes_on_under_the_filters_it_began_with(company: Company) -> None:
    phone = Phone(company).signed_in("wang")
    push(phone, *[{"values": {"colour": "red"}}] * 2)
    jie = company.office("jie")
    page = jie.ok("GET", "/sync-issues", query_string={"limit": "1", "verdict": "rejected"})
    for other in ({}, {"verdict": "skipped"}, {"verdict": "rejected", "user": company.users["wang"]}):
        answer = jie("GET", "/sync-issues", query_string={"limit": "1", "cursor": page["next"], **other})
        assert (answer.status_code, answer.json["code"]) == (422, "core.bad-cursor"), other
