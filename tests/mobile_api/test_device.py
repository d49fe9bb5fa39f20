"""The bounds of the doors a revoked device has: how often, how much at once. What they are for: test_session.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.accounts.operations.devices import revoke_device
from server.core import http
from server.core.db import Database
from server.core.limits import Limits
from sync_protocol.ids import new_id
from tests.server.accounts.company import Company, Phone, found_company


@pytest.fixture
def company(database_url: str, tmp_path: Path) -> Iterator[Company]:
    database = Database(database_url)
    yield found_company(database, tmp_path)
    database.close()


@pytest.fixture
def phone(company: Company) -> Phone:
    """Revoked, and told to empty itself."""
    made = Phone(company).signed_in("wang")
    with company.writing() as uow:
        revoke_device(uow, made.answer["device"], wipe=True)
        uow.commit()
    return made


def hand_in(phone: Phone, count: int) -> Any:
    enrolment = phone.answer["enrolment"]
    operations = [{"n": n, "values": {}} for n in range(1, count + 1)]
    return phone.at_the_door(
        "POST", "/quarantine", json={"id": new_id(), "enrolment": enrolment, "operations": operations}
    )


def test_a_queue_longer_than_one_upload_comes_in_several_and_only_then_may_the_device_be_empty(phone: Phone) -> None:
    for count in (0, 501):
        refused = hand_in(phone, count)
        assert (refused.status_code, refused.json["code"]) == (422, "core.invalid-fields")
    early = phone.at_the_door("POST", "/wipe", json={"queued": 500})
    assert (early.status_code, early.json["params"]) == (409, {"missing": 500})
    assert phone.at_the_door("GET", "/wipe").json["state"] == "wipe_pending"
    assert hand_in(phone, 500).json == {"uploaded": 500}
    assert phone.at_the_door("POST", "/wipe", json={"queued": 500}).status_code == 204


def test_both_credentials_of_a_session_knock_sixty_times_in_ten_minutes(company: Company, phone: Phone) -> None:
    http.of(company.app).limits = Limits()
    assert [phone.at_the_door("GET", "/wipe").status_code for _ in range(61)] == [200] * 60 + [429]
    by_access = [
        company.call("GET", "/mobile/v1/device/wipe", token=phone.answer["access_token"]).status_code for _ in range(61)
    ]
    assert by_access == [200] * 60 + [429]
