"""The office's door to claims and approvals, on both databases: a branch office claims, managers decide, finance pays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from server.approvals.models import ApprovalDay
from server.core.access import system_actor
from server.core.db import Database
from server.core.jobs import HANDLERS
from server.expenses import operations
from server.expenses.models import ExpenseClaim, Payable, ReimbursementBatch
from server.worker import Worker
from sync_protocol.ids import new_id
from tests.server.accounts.company import PASSWORD, Company, Office, found_company
from tests.server.expenses.desk import at_once
from tests.support.approving import set_route
from tests.support.whole_app import whole_app

LIMIT = 50_000


@pytest.fixture
def company(database_url: str, tmp_path: Path) -> Iterator[Company]:
    database = Database(database_url)
    made = found_company(database, tmp_path, whole_app)
    with made.services.writing(system_actor(made.org)) as uow:
        set_route(uow, step_up_minor=LIMIT)
        uow.commit()
    yield made
    database.close()


def _told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def _claim(office: Office, amount: int = 4_600, **values: Any) -> dict[str, Any]:
    visit = office.ok("POST", "/visits", json={"place": "the site"})["id"]
    office.ok("POST", f"/visits/{visit}/finish", json={"ended_at": "2025-03-03T01:50:00Z"})
    line = {"kind": "taxi", "amount_minor": amount, "spent_on": "2025-03-03", "visit_id": visit, **values}
    made: dict[str, Any] = office.ok("POST", "/expenses/claims", json={"title": "trip", "lines": [line]})
    return made


def _submitted(office: Office, amount: int = 4_600) -> dict[str, Any]:
    claim: dict[str, Any] = office.ok("POST", f"/expenses/claims/{_claim(office, amount)['id']}/submit")
    return claim


def _part(office: Office, claim: dict[str, Any]) -> dict[str, Any]:
    (part,) = [each for each in office.ok("GET", "/approvals")["items"] if each["case_id"] == claim["id"]]
    return part


def _decide(office: Office, claim: dict[str, Any], action: str = "approve", **values: Any) -> Any:
    part = _part(office, claim)
    seen = {"revision": part["revision"], "content_hash": part["content_hash"], **values}
    return office("POST", f"/approvals/{part['id']}/{action}", json=seen)


def test_a_claim_from_the_office_to_the_bank(company: Company) -> None:
    wang, jie, fang = company.office("wang"), company.office("jie"), company.office("fang")
    claim = _submitted(wang)
    assert (claim["state"], claim["total_minor"], claim["owner_name"]) == ("submitted", 4_600, "Wang")
    assert wang.ok("POST", f"/expenses/claims/{claim['id']}/submit")["version"] == claim["version"]  # a double tap
    assert _decide(jie, claim).json["state"] == "approved"
    assert _decide(jie, claim).status_code == 200  # once more changes nothing
    (listed,) = fang.ok("GET", "/expenses/claims?state=approved")["items"]
    assert (listed["id"], len(listed["lines"])) == (claim["id"], 1)
    body = {"id": new_id(), "claim_ids": [claim["id"]], "total_minor": 4_600, "reference": "2025-03"}
    assert fang("POST", "/expenses/batches", json=body).status_code == 201
    assert fang("POST", "/expenses/batches", json=body).status_code == 200
    assert _told(fang("POST", "/expenses/batches", json={**body, "total_minor": 1})) == (409, "sync.reused-row-id")
    (batch,) = fang.ok("GET", "/expenses/batches")["items"]
    assert (batch["claim_count"], batch["total_minor"]) == (1, 4_600)
    assert fang.ok("GET", f"/expenses/batches/{batch['id']}") == batch
    assert fang.ok("GET", f"/expenses/claims?batch_id={batch['id']}")["items"][0]["state"] == "reimbursed"
    text = fang("GET", f"/expenses/batches/{batch['id']}/export").get_data(as_text=True)
    assert "46.00" in text
    assert [each.name for each in company.events("expenses.batch-exported")] == ["expenses.batch-exported"]
    assert fang.ok("GET", "/expenses/spend?by=person")["items"] == [
        {"key": company.users["wang"], "name": "Wang", "currency": "CNY", "amount_minor": 4_600, "line_count": 1}
    ]
    assert fang.ok("GET", f"/expenses/spend?by=kind&unit_id={company.units['west']}")["items"] == []


def test_paying_and_exporting_need_the_password_of_just_now(company: Company) -> None:
    fang = company.office("fang")
    company.clock.advance(minutes=6)
    needed = (403, "core.confirmation-needed")
    body = {"claim_ids": [new_id()], "total_minor": 1}
    assert _told(fang("POST", "/expenses/batches", json=body)) == needed
    assert _told(fang("GET", f"/expenses/batches/{new_id()}/export")) == needed
    assert fang.ok("GET", "/expenses/batches")["items"] == []
    fang("POST", "/session/confirm", json={"password": PASSWORD})
    assert _told(fang("POST", "/expenses/batches", json=body)) == (404, "core.not-found")
    assert _told(fang("GET", f"/expenses/batches/{new_id()}/export")) == (404, "core.not-found")


def test_above_the_limit_a_manager_gives_his_password(company: Company) -> None:
    wang, jie = company.office("wang"), company.office("jie")
    small, large = _submitted(wang, LIMIT), _submitted(wang, LIMIT + 1)
    company.clock.advance(minutes=6)
    assert _decide(jie, small).status_code == 200
    assert _told(_decide(jie, large)) == (403, "core.confirmation-needed")
    assert company.row(ExpenseClaim, large["id"]).state == "submitted"
    assert jie("POST", "/session/confirm", json={"password": PASSWORD}).status_code == 204
    assert _decide(jie, large).status_code == 200
    assert company.row(ExpenseClaim, large["id"]).state == "approved"


def test_a_batch_of_other_claims_is_no_double_tap(company: Company) -> None:
    """The same id, number and total: answered 200, the second claim would be taken for paid."""
    wang, jie, fang = company.office("wang"), company.office("jie"), company.office("fang")
    first, second = _submitted(wang), _submitted(wang)
    for claim in (first, second):
        _decide(jie, claim)
    body = {"id": new_id(), "claim_ids": [first["id"]], "total_minor": 4_600}
    assert fang("POST", "/expenses/batches", json=body).status_code == 201
    other = fang("POST", "/expenses/batches", json={**body, "claim_ids": [second["id"]]})
    assert _told(other) == (409, "sync.reused-row-id")
    assert company.row(ExpenseClaim, second["id"]).state == "approved"


def test_a_batch_that_is_clicked_many_times_at_once_is_paid_once_and_always_says_so(company: Company) -> None:
    wang, jie, fang = company.office("wang"), company.office("jie"), company.office("fang")
    for _ in range(3):
        claim = _submitted(wang)
        _decide(jie, claim)
        body = {"id": new_id(), "claim_ids": [claim["id"]], "total_minor": 4_600}
        answers = at_once(*[partial(fang, "POST", "/expenses/batches", json=body)] * 6)
        assert sorted(each.status_code for each in answers) == [200] * 5 + [201]
        assert {each.json["id"] for each in answers} == {body["id"]}


def test_what_one_may_approve_in_a_day_ends_there_however_many_taps_come_at_once(company: Company) -> None:
    wang, jie = company.office("wang"), company.office("jie")
    with company.services.writing(system_actor(company.org)) as uow:
        set_route(uow, unit_id=company.units["east"], day_limit_minor=3 * 4_600)
        uow.commit()
    claims = [_submitted(wang) for _ in range(6)]
    answers = at_once(*(partial(_decide, jie, claim) for claim in claims))
    codes = Counter(each.status_code if each.status_code == 200 else each.json["code"] for each in answers)
    assert codes == {200: 3, "approvals.day-limit": 3}
    with company.writing() as uow:
        (day,) = uow.find(ApprovalDay)
    assert day.total_minor == 3 * 4_600


def test_what_lacks_its_evidence_is_refused_with_line_and_field(company: Company) -> None:
    wang = company.office("wang")
    claim = _claim(wang, kind="hotel")
    (line,) = claim["lines"]
    refused = wang("POST", f"/expenses/claims/{claim['id']}/submit")
    assert _told(refused) == (422, "expenses.progress-missing")
    assert refused.json["params"] == {"line_id": line["id"]}
    assert refused.json["errors"][0]["pointer"] == f"/lines/{line['id']}/progress"
    told = {"progress": "two units reserved", "key_value": "3.2 million", "base": line["version"]}
    wang.ok("PATCH", f"/expenses/claims/{claim['id']}/lines/{line['id']}", json=told)
    assert wang.ok("POST", f"/expenses/claims/{claim['id']}/submit")["state"] == "submitted"


def test_a_claim_is_made_once_however_often_it_is_sent(company: Company) -> None:
    wang, zhao = company.office("wang"), company.office("zhao")
    line = {"id": new_id(), "kind": "office", "amount_minor": 100, "spent_on": "2025-03-03"}
    body = {"id": new_id(), "title": " trip ", "lines": [line]}
    assert wang("POST", "/expenses/claims", json=body).status_code == 201
    assert wang("POST", "/expenses/claims", json=body).status_code == 200
    for other in (
        zhao("POST", "/expenses/claims", json=body),
        wang("POST", "/expenses/claims", json={**body, "title": "x"}),
    ):
        assert _told(other) == (409, "sync.reused-row-id")
    again = {**body, "id": new_id()}
    assert _told(wang("POST", "/expenses/claims", json=again)) == (409, "sync.reused-row-id")
    path = f"/expenses/claims/{body['id']}/lines"
    more = {**line, "id": new_id()}
    assert [wang("POST", path, json=more).status_code for _ in range(2)] == [201, 200]
    assert _told(wang("POST", path, json={**more, "amount_minor": 1})) == (409, "sync.reused-row-id")
    assert len(wang.ok("GET", f"/expenses/claims/{body['id']}")["lines"]) == 2
    assert len(wang.ok("DELETE", f"{path}/{more['id']}")["lines"]) == 1
    assert _told(wang("DELETE", f"{path}/{more['id']}")) == (404, "core.not-found")


def test_a_change_on_an_old_version_is_refused_in_the_office(company: Company) -> None:
    office = company.office("wang")
    claim = _claim(office)
    with company.services.writing(company.actor("wang").on_device(new_id())) as uow:
        operations.change_claim(uow, uow.must(ExpenseClaim, claim["id"]), {"note": "from the phone"})
        uow.commit()
    path = f"/expenses/claims/{claim['id']}"
    assert _told(office("PATCH", path, json={"note": "from the desk", "base": 1})) == (409, "core.stale")
    assert office.ok("PATCH", path, json={"note": "from the desk", "base": 2})["note"] == "from the desk"


def test_an_approved_claim_that_is_changed_is_void(company: Company) -> None:
    wang, jie, fang = company.office("wang"), company.office("jie"), company.office("fang")
    claim = _submitted(wang)
    _decide(jie, claim)
    changed = wang.ok("PATCH", f"/expenses/claims/{claim['id']}", json={"title": "another trip"})
    assert changed["state"] == "void"
    refused = fang("POST", "/expenses/batches", json={"claim_ids": [claim["id"]], "total_minor": 4_600})
    assert _told(refused) == (409, "expenses.claim-not-submitted")
    assert company.row(ReimbursementBatch, new_id()) is None
    with company.writing() as uow:
        assert [each.state for each in uow.find(Payable)] == ["void"]


def test_who_is_asked_sees_the_claim_and_loses_sight_of_it(company: Company) -> None:
    """na, of another team, stands in for jie: for that time the claim and its receipts are before her."""
    wang, jie, na = company.office("wang"), company.office("jie"), company.office("na")
    claim = _submitted(wang)
    path = f"/expenses/claims/{claim['id']}"
    assert _told(na("GET", path)) == (404, "core.not-found")
    days = {"to_id": company.users["na"], "starts_on": "2025-03-03", "ends_on": "2025-03-04"}
    made = jie.ok("POST", "/approval-delegations", json=days)
    assert na.ok("GET", path)["id"] == claim["id"]
    assert na.ok("GET", "/approval-delegations")["items"] == jie.ok("GET", "/approval-delegations")["items"] == [made]
    assert _part(na, claim)["for_id"] == company.users["jie"]
    assert jie.ok("POST", f"/approval-delegations/{made['id']}/end")["state"] == "ended"
    assert _told(na("GET", path)) == (404, "core.not-found")
    part = _part(na, claim)
    assert (part["state"], part["content"]) == ("lapsed", {})
    assert na.ok("GET", "/approvals?state=waiting")["items"] == []


def test_routes_are_data(company: Company) -> None:
    admin, wang, fang = company.office("admin"), company.office("wang"), company.office("fang")
    claim = _submitted(wang)
    listed = admin.ok("GET", "/approval-routes")
    assert listed["topics"] == ["expenses"]
    (route,) = listed["items"]
    steps = [{"by": "role", "role": "finance"}]
    body = {
        "topic": "expenses",
        "name": "finance first",
        "from_minor": 0,
        "steps": steps,
        "unit_id": company.units["east"],
    }
    made = admin("POST", "/approval-routes", json=body)
    assert made.status_code == 201
    assert made.json["steps"] == [{"by": "role", "level": 1, "role": "finance", "user_id": None}]
    assert _decide(fang, claim).status_code == 200
    retired = admin.ok("PATCH", f"/approval-routes/{route['id']}", json={"state": "retired"})
    assert retired["state"] == "retired"
    assert _told(admin("PATCH", f"/approval-routes/{new_id()}", json={"state": "retired"})) == (404, "core.not-found")
    company.clock.advance(minutes=6)
    assert _told(admin("POST", "/approval-routes", json=body)) == (403, "core.confirmation-needed")


def test_lists_go_on_where_they_ended(company: Company) -> None:
    wang, jie = company.office("wang"), company.office("jie")
    made = [_submitted(wang)["id"] for _ in range(3)]
    for office, path, key in ((wang, "/expenses/claims", "id"), (jie, "/approvals", "case_id")):
        first = office.ok("GET", f"{path}?limit=2")
        rest = office.ok("GET", f"{path}?limit=2&cursor={first['next']}")
        assert [each[key] for each in (*first["items"], *rest["items"])] == made[::-1]
        assert rest["next"] is None
        assert _told(jie("GET", f"/expenses/batches?cursor={first['next']}"))[0] == 403
    assert _told(wang("GET", "/expenses/claims?cursor=abc")) == (422, "core.bad-cursor")


def test_the_night_brings_a_stand_in_of_tomorrow_before_the_claim(company: Company) -> None:
    wang, jie = company.office("wang"), company.office("jie")
    claim = _submitted(wang)
    days = {"to_id": company.users["na"], "starts_on": "2025-03-04", "ends_on": "2025-03-04"}
    jie.ok("POST", "/approval-delegations", json=days)
    assert HANDLERS["approvals.ask-anew"].nightly
    asked = []
    for _ in range(3):
        with company.writing("system") as uow:
            uow.enqueue("approvals.ask-anew", {})
            uow.commit()
        worker = Worker(company.services)
        while worker.work_one():
            pass
        part = [
            each for each in company.office("na").ok("GET", "/approvals")["items"] if each["case_id"] == claim["id"]
        ]
        asked.append(part[0]["state"] if part else None)
        company.clock.advance(days=1)
    assert asked == [None, "waiting", "lapsed"]
