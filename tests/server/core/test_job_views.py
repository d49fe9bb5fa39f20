"""The office's door to jobs: whose they are, how they end, and the check of the audit log from request to result."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from server.core import auth, http
from server.core.access import Actor, Reach
from server.core.api import Api
from server.core.auth import Authenticated
from server.core.declare import refuse_undeclared
from server.core.job_requests import JOB_NOT_DEAD, JOB_SETTLED, READ_JOBS
from server.core.job_views import BLUEPRINTS
from server.core.jobs import RunningJob
from server.core.problems import UNAUTHENTICATED, Refused
from server.core.services import Services
from server.core.verify import AUDIT
from server.worker import Worker
from sync_protocol.ids import new_id
from tests.server.core.job_world import effect, enqueue, handlers, make_org, services_of

Ask = Callable[..., Any]


@pytest.fixture
def services(database_url: str, tmp_path: Path) -> Iterator[Services]:
    made = services_of(database_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def people(services: Services) -> dict[str, Actor]:
    org_id, rival = make_org(services), make_org(services, "rival")
    made = {}
    for name, org, functions in (
        ("seller", org_id, ()),
        ("director", org_id, (AUDIT,)),
        ("admin", org_id, (AUDIT, READ_JOBS)),
        ("spy", rival, (AUDIT, READ_JOBS)),
    ):
        user = new_id()
        reaches = {each: Reach(user, own=True, everything=True) for each in functions}
        made[name] = Actor(org_id=org, user_id=user, name=name, unit_id=new_id(), reaches=reaches)
    return made


@pytest.fixture
def ask(services: Services, people: dict[str, Actor]) -> Ask:
    """ask(name, method, path, **query) → (status, document)."""

    def authenticator(token: str) -> Authenticated:
        if token not in people:
            raise Refused(UNAUTHENTICATED)
        return Authenticated(people[token], 0, new_id(), datetime.now(UTC))

    app = Flask("jobs", static_folder=None)
    http.install(app, services.settings, authenticate=auth.admits(authenticator))
    auth.install(app, services)
    api = Api.of(app)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    refuse_undeclared(app)

    def asked(who: str, method: str, path: str, **query: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {who}", "Accept-Language": query.pop("language", "en")}
        answer = app.test_client().open(f"/api/v1{path}", method=method, headers=headers, query_string=query)
        return answer.status_code, answer.get_json(force=True)

    return asked


def test_the_audit_log_is_checked_from_request_to_result(
    services: Services, people: dict[str, Actor], ask: Ask
) -> None:
    status, asked = ask("director", "POST", "/audit/verify")
    assert (status, asked["state"], asked["result"], asked["settled_at"]) == (202, "waiting", None, None)
    assert ask("director", "POST", "/audit/verify")[1]["id"] == asked["id"], "asking twice is not doing it twice"
    assert ask("admin", "POST", "/audit/verify")[1]["id"] != asked["id"], "another's cannot be seen by everybody"
    worker = Worker(services)
    while worker.work_one():
        pass
    status, job = ask("director", "GET", f"/jobs/{asked['id']}")
    assert (status, job["state"], job["attempts"], job["problem"]) == (200, "done", 1, None)
    assert job["result"] == {"events": 0, "head": "0" * 64, "broken": None}
    assert ask("director", "POST", "/audit/verify")[1]["id"] != asked["id"]
    assert ask("seller", "POST", "/audit/verify")[0] == 403
    assert ask("nobody", "POST", "/audit/verify")[0] == 401


def test_whose_jobs_are_seen(services: Services, people: dict[str, Actor], ask: Ask) -> None:
    org_id = people["seller"].org_id
    mine = [enqueue(services, org_id, actor=people["seller"]) for _ in range(3)]
    other = enqueue(services, org_id, kind="other", actor=people["director"])
    seen = {name: {job["id"] for job in ask(name, "GET", "/jobs")[1]["items"]} for name in people}
    assert seen == {"seller": set(mine), "director": {other}, "admin": {*mine, other}, "spy": set()}
    assert [job["id"] for job in ask("admin", "GET", "/jobs", kind="other", state="waiting")[1]["items"]] == [other]
    pages, cursor = [], None
    for _ in range(3):
        page = ask("seller", "GET", "/jobs", limit=1, **({"cursor": cursor} if cursor else {}))[1]
        pages += [job["id"] for job in page["items"]]
        cursor = page["next"]
    assert (sorted(pages), cursor) == (sorted(mine), None)
    for name, job_id in (("seller", other), ("spy", other), ("director", mine[0]), ("admin", new_id())):
        for method, path in (
            ("GET", f"/jobs/{job_id}"),
            ("POST", f"/jobs/{job_id}/cancel"),
            ("POST", f"/jobs/{job_id}/retry"),
        ):
            status, document = ask(name, method, path)
            assert (status, document["code"]) == (404, "core.not-found")
    assert ask("seller", "GET", "/jobs", state="asleep")[0] == 422
    assert ask("nobody", "GET", "/jobs")[0] == 401


def test_a_job_that_was_laid_aside_is_tried_again_from_the_beginning(
    services: Services, people: dict[str, Actor], ask: Ask
) -> None:
    org_id, mended = people["seller"].org_id, threading.Event()

    def flaky(job: RunningJob) -> str:
        if not mended.is_set():
            raise RuntimeError("something is broken")
        return "done after all"

    job_id = enqueue(services, org_id, max_attempts=1)
    worker = Worker(services, handlers=handlers(toy=flaky))
    status, problem = ask("admin", "POST", f"/jobs/{job_id}/retry")
    assert (status, problem["code"], problem["params"]) == (409, JOB_NOT_DEAD.code, {"state": "waiting"})
    assert worker.work_one()
    assert [each["id"] for each in ask("admin", "GET", "/jobs", state="dead")[1]["items"]] == [job_id]
    mended.set()
    status, job = ask("admin", "POST", f"/jobs/{job_id}/retry")
    assert (status, job["state"], job["attempts"], job["problem"], job["settled_at"]) == (202, "waiting", 0, None, None)
    assert ask("admin", "POST", f"/jobs/{job_id}/retry")[0] == 409, "a double tap is one attempt"
    assert worker.work_one()
    job = ask("admin", "GET", f"/jobs/{job_id}")[1]
    assert (job["state"], job["attempts"], job["result"]) == ("done", 1, "done after all")


def test_a_job_is_cancelled_once(services: Services, people: dict[str, Actor], ask: Ask) -> None:
    job_id = enqueue(services, people["seller"].org_id, actor=people["seller"])
    status, job = ask("seller", "POST", f"/jobs/{job_id}/cancel")
    assert (status, job["state"], job["cancel_requested"]) == (202, "cancelled", True)
    status, problem = ask("seller", "POST", f"/jobs/{job_id}/cancel")
    assert (status, problem["code"], problem["params"]) == (409, JOB_SETTLED.code, {"state": "cancelled"})


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "执行任务时出错。"), ("en", "Something went wrong while the job ran.")]
)
def test_a_failed_job_says_why_in_the_callers_language(
    services: Services, people: dict[str, Actor], ask: Ask, language: str, words: str
) -> None:
    job_id = enqueue(
        services,
        people["seller"].org_id,
        actor=people["seller"],
        payload={"fails": 9, "phone": "13800138000"},
        max_attempts=1,
    )
    Worker(services, handlers=handlers(toy=effect)).work_one()
    job = ask("seller", "GET", f"/jobs/{job_id}", language=language)[1]
    assert (job["state"], job["problem"]) == ("dead", {"code": "core.job-failed", "params": {}, "detail": words})
    assert "payload" not in job
