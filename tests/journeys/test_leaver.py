"""Scenario 8 of the domain: somebody is disabled while offline with seven unsent records. Over HTTP, on both databases.

His phone is emptied at its next contact, the seven are held for his supervisor, and all that he had to do is somebody else's in
one batch: who waits for it sees either nothing of it or all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.core.db import Database
from sync_protocol.ids import new_id
from tests.mobile_api.test_exchange import exchange
from tests.server.accounts.company import Company, Phone, found_company
from tests.support.whole_app import whole_app

DAY = "2025-03-04"


@pytest.fixture
def company(database_url: str, tmp_path: Path) -> Iterator[Company]:
    database = Database(database_url)
    yield found_company(database, tmp_path, whole_app)
    database.close()


def _work(company: Company) -> dict[str, str]:
    """What wang has: two open customers and a lost one, what is done and what is still to do, with and without one."""
    wang, jie, zhao = (company.office(name) for name in ("wang", "jie", "zhao"))

    def made(of: Any, path: str, **body: Any) -> str:
        return str(of.ok("POST", path, json=body)["id"])

    ids = {name: made(wang, "/customers", name=name) for name in ("open", "another")}
    ids["lost"] = made(wang, "/customers", name="lost", stage="lost", lost_reason="price")
    ids["colleague's"] = made(zhao, "/customers", name="colleague's")
    ids["done"] = made(wang, "/visits", customer_id=ids["open"])
    wang.ok("POST", f"/visits/{ids['done']}/finish", json={"ended_at": "2025-03-03T02:00:00Z", "result": "met"})
    ids["planned"] = made(wang, "/visits", customer_id=ids["open"], planned_on=DAY)
    ids["elsewhere"] = made(wang, "/visits", place="the site", planned_on=DAY)
    ids["follow-up"] = made(wang, "/follow-ups", customer_id=ids["another"], due_on=DAY, text="call")
    ids["task"] = made(jie, "/tasks", text="call", due_on=DAY, assignee_id=company.users["wang"])
    given = {"customer_id": ids["colleague's"], "due_on": DAY, "text": "call", "assignee_id": company.users["wang"]}
    ids["for a colleague"] = made(jie, "/follow-ups", **given)
    return ids


def _pulled(phone: Phone, cursor: Any) -> tuple[Any, dict[str, dict[str, Any]], bool]:
    """The cursor, id → row of all that came, and whether that one answer was a whole checkpoint."""
    found = exchange(phone, pull={"cursor": cursor})["pull"]
    rows: dict[str, dict[str, Any]] = {}
    for page in found["pages"]:
        columns = page["columns"]
        for place, row_id in enumerate(columns["id"]):
            rows[row_id] = {name: values[place] for name, values in columns.items()}
    return found["cursor"], rows, found["complete"]


@pytest.mark.parametrize("heir", [None, "zhao"])
def test_a_leaver_is_wiped_his_records_are_held_and_his_work_goes_on_in_one_batch(
    company: Company, heir: str | None
) -> None:
    phone = Phone(company).signed_in("wang")
    ids = _work(company)
    to = heir or "jie"
    heirs = Phone(company).signed_in(to)
    cursor, _, complete = _pulled(heirs, None)
    assert complete

    admin = company.office("admin")
    leaver = f"/users/{company.users['wang']}"
    if heir is None:  # to who leads him
        admin.ok("POST", f"{leaver}/disable")
    else:
        body = {"to": company.users[heir], "reason": "离职"}
        assert admin("POST", f"{leaver}/leave", json=body).status_code == 204

    _, rows, complete = _pulled(heirs, cursor)
    assert complete, "one checkpoint"
    user = company.users[to]
    for name in ("open", "another"):
        assert rows[ids[name]]["owner_id"] == user
    for name in ("planned", "elsewhere", "follow-up", "task", "for a colleague"):
        assert rows[ids[name]]["assignee_id"] == user, name
    done = rows[ids["done"]]
    assert (done["author_id"], done["assignee_id"]) == (company.users["wang"], company.users["wang"]), "history stays"
    (batch,) = company.events("customers.handover-done")
    assert (batch.subject_id, len(company.events("customers.customer-handed-over"))) == (user, 2)
    jie = company.office("jie")
    owners = {each["id"]: each["owner_id"] for each in jie.ok("GET", "/customers")["items"]}
    assert owners[ids["lost"]] == company.users["wang"], "a closed customer keeps the old name, in sight of the team"
    histories = jie.ok("GET", f"/customers/{ids['open']}/timeline")["items"]
    assert {each["done_by"] for each in histories if each["kind"] == "visit"} == {company.users["wang"]}

    company.clock.advance(days=3)
    refreshed = phone.refresh()
    assert (refreshed.status_code, refreshed.json["params"]) == (403, {"wipe": True})
    note = {"collection": "notes", "action": "create", "values": {"customer_id": ids["open"], "text": "x"}}
    queue = [{"n": n, "group": n, "row": new_id(), **note} for n in range(1, 8)]
    given = {"id": new_id(), "enrolment": phone.answer["enrolment"], "operations": queue}
    assert phone.at_the_door("POST", "/quarantine", json=given).json == {"uploaded": 7}
    assert phone.at_the_door("POST", "/wipe", json={"queued": 7}).status_code == 204
    jie = company.office("jie")
    (held,) = jie.ok("GET", "/quarantine")["items"]
    assert held["user_id"] == company.users["wang"]
    assert len(jie.ok("GET", f"/quarantine/{held['id']}")["operations"]) == 7


def test_an_heir_has_to_be_fit_and_the_last_who_leads_anybody_is_the_administrator(company: Company) -> None:
    ids = _work(company)
    admin = company.office("admin")
    body = {"to": company.users["fang"], "reason": "\u200b"}
    leave = f"/users/{company.users['wang']}/leave"
    assert admin("POST", leave, json=body).json["code"] == "customers.reason-required"
    assert admin("POST", leave, json={"to": new_id(), "reason": "离职"}).json["code"] == "customers.new-owner-unfit"
    jie = company.office("jie")("POST", leave, json={"to": company.users["zhao"], "reason": "离职"})
    assert jie.json["code"] == "core.function-missing"
    assert company.events("accounts.user-disabled") == []
    for name in ("jie", "boss"):
        admin.ok("POST", f"/users/{company.users[name]}/disable")
    admin.ok("POST", f"/users/{company.users['wang']}/disable")
    owner = admin.ok("GET", f"/customers/{ids['open']}")["owner_id"]
    assert owner == company.users["admin"], (
        "the administrator may hand over everywhere, so he leads whom nobody else does"
    )


def test_who_was_deleted_when_his_owner_left_comes_back_to_who_leads_that_one(company: Company) -> None:
    ids = _work(company)
    admin, jie = company.office("admin"), company.office("jie")
    names = ("open", "another", "lost", "colleague's")
    several = {"customers": [ids[name] for name in names]}
    jie.ok("POST", "/customers/delete", json=several)
    admin.ok("POST", f"/users/{company.users['wang']}/disable")
    jie.ok("POST", "/customers/deleted/restore", json=several)
    owners = [jie.ok("GET", f"/customers/{ids[name]}")["owner_id"] for name in names]
    assert owners == [company.users[name] for name in ("jie", "jie", "wang", "zhao")]
    for path, name in (("visits", "planned"), ("follow-ups", "follow-up"), ("follow-ups", "for a colleague")):
        assert jie.ok("GET", f"/{path}/{ids[name]}")["assignee_id"] == company.users["jie"], name
    assert jie.ok("GET", f"/visits/{ids['done']}")["author_id"] == company.users["wang"], "history stays"
