"""One slip of paper claimed twice, by two people and as two pictures: from the handheld's bytes to the manager's warning."""

from __future__ import annotations

from typing import Any

import pytest

from server.core.access import system_actor
from tests.mobile_api.sender import Sender
from tests.server.accounts.company import Company, Office
from tests.support.approving import set_route
from tests.support.pictures import encoded, seen_again, sha256, slip

SLIP = slip(1)
FIRST, PASSED_ON, ANOTHER = encoded(SLIP, quality=90), encoded(seen_again(SLIP), "PNG"), encoded(slip(2), quality=90)


@pytest.fixture
def claimants(company: Company) -> tuple[Office, Office]:
    """wang and zhao, on a route that asks jie."""
    with company.services.writing(system_actor(company.org)) as uow:
        set_route(uow)
        uow.commit()
    return company.office("wang"), company.office("zhao")


def claimed(office: Office, raw: bytes, amount: int) -> str:
    """A claim that waits, whose one line names this picture."""
    visit = office.ok("POST", "/visits", json={"place": "the site"})["id"]
    office.ok("POST", f"/visits/{visit}/finish", json={"ended_at": "2025-03-03T01:50:00Z"})
    line = {
        "kind": "taxi", "amount_minor": amount, "spent_on": "2025-03-03", "visit_id": visit, "receipt_sha256": sha256(raw)
    }  # fmt: skip
    claim = str(office.ok("POST", "/expenses/claims", json={"title": "trip", "lines": [line]})["id"])
    office.ok("POST", f"/expenses/claims/{claim}/submit")
    return claim


def warned(office: Office, claim: str) -> list[tuple[str, bool]]:
    """What whoever is asked is told to look at twice: kind, and whether it is another person's."""
    (part,) = [each for each in office.ok("GET", "/approvals")["items"] if each["case_id"] == claim]
    return sorted((each["kind"], each["by_other"]) for each in part["flags"])


def flags(office: Office, claim: str) -> list[str]:
    """What its owner is told."""
    (line,) = office.ok("GET", f"/expenses/claims/{claim}")["lines"]
    found: list[str] = line["flags"]
    return found


def approve(office: Office, claim: str) -> Any:
    (part,) = [each for each in office.ok("GET", "/approvals")["items"] if each["case_id"] == claim]
    seen = {"revision": part["revision"], "content_hash": part["content_hash"]}
    return office("POST", f"/approvals/{part['id']}/approve", json=seen)


def test_a_colleagues_slip_passed_on_is_flagged_once_its_bytes_are_here(
    company: Company, claimants: tuple[Office, Office]
) -> None:
    wang, zhao = claimants
    jie, sender = company.office("jie"), Sender(company, "wang")
    Sender(company, "zhao").sent(FIRST)
    first = claimed(zhao, FIRST, 4_600)
    second, honest = claimed(wang, PASSED_ON, 5_100), claimed(wang, ANOTHER, 5_200)
    assert sha256(FIRST) != sha256(PASSED_ON)
    assert [warned(jie, each) for each in (first, second, honest)] == [[], [], []]  # nobody has seen the other picture
    assert approve(jie, second).json["code"] == "expenses.receipt-on-its-way"

    place, half = sender.begun(PASSED_ON), len(PASSED_ON) // 2
    sender.add(place, 0, PASSED_ON[:half])
    assert warned(jie, second) == []
    assert sender.add(place, sender.offset(place), PASSED_ON[half:]).status_code == 204
    sender.sent(ANOTHER)
    assert [warned(jie, each) for each in (first, second, honest)] == [[], [("similar_receipt", True)], []]
    assert (flags(wang, second), flags(wang, honest)) == (["similar_receipt"], [])
    assert "Zhao" not in str(wang.ok("GET", f"/expenses/claims/{second}"))
    assert approve(jie, second).status_code == 200  # a flag never refuses


def test_the_same_picture_again_is_flagged_when_it_is_submitted(
    company: Company, claimants: tuple[Office, Office]
) -> None:
    wang, zhao = claimants
    jie = company.office("jie")
    Sender(company, "zhao").sent(FIRST)
    claimed(zhao, FIRST, 4_600)
    Sender(company, "wang").sent(FIRST)
    again = claimed(wang, FIRST, 5_100)
    assert warned(jie, again) == [("same_receipt", True)]
    own = claimed(wang, FIRST, 5_200)
    assert warned(jie, own) == [("same_receipt", False), ("same_receipt", True)]
