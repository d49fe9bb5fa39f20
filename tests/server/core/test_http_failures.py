"""How every failure is answered: one document, in the caller's language, telling nothing of what is inside."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from werkzeug.exceptions import RequestedRangeNotSatisfiable, default_exceptions

from server.config import Settings
from server.core.answers import problem_answer
from server.core.declare import public
from server.core.problems import BUSY, CATALOGUE, ProblemType, Refused
from tests.server.core.small_app import ROW, SECRET_TEXT, document, small_app

ME = {"Authorization": "Bearer en"}
ICH = {"Authorization": "Bearer zh"}
MIB = 1024 * 1024


# -- failures -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "code"),
    [
        ("GET", "/nowhere", {}, 404, "core.not-found"),
        ("GET", "/api/v1/rows/", ME, 404, "core.not-found"),
        ("GET", "/api//v1/rows", ME, 404, "core.not-found"),
        ("GET", "/api/v1/rows/not-an-id", ME, 404, "core.not-found"),
        ("GET", f"/api/v1/rows/{ROW.upper()}", ME, 404, "core.not-found"),
        ("GET", "/api/v1/rows/018f2f2e-0000-7000-8000-000000000002", ME, 404, "core.not-found"),
        ("GET", "/api/v1/rows", {}, 401, "core.unauthenticated"),
        ("GET", "/api/v1/rows", {"Authorization": "Bearer nobody"}, 403, "core.forbidden"),
        ("GET", "/device", ME, 403, "core.forbidden"),
        ("DELETE", "/api/v1/rows", ME, 405, "core.method-not-allowed"),
        ("OPTIONS", "/api/v1/rows", ME, 405, "core.method-not-allowed"),
        ("BREW", "/healthz", {}, 405, "core.method-not-allowed"),
        ("GET", "/fails", {}, 500, "core.internal"),
    ],
)
def test_every_failure_is_a_problem_document(
    client: FlaskClient, method: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    answer = client.open(path, method=method, headers=headers)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    problem = document(answer)
    assert problem.keys() == {"type", "title", "status", "detail", "code", "params", "errors", "request_id"}
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert problem["type"] == f"/api/v1/problems#{code}"


def test_a_405_says_what_is_allowed(client: FlaskClient) -> None:
    answer = client.delete("/api/v1/rows", headers=ME)
    assert sorted(answer.headers["Allow"].split(", ")) == ["GET", "HEAD", "POST"]


def test_a_401_says_how_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/api/v1/rows").headers["WWW-Authenticate"] == "Bearer"
    assert "WWW-Authenticate" not in client.get("/device", headers=ME).headers


@pytest.mark.parametrize("problem", [each for each in CATALOGUE if each.status == 401], ids=lambda each: each.code)
def test_every_401_says_how_to_sign_in(problem: ProblemType) -> None:
    params: dict[str, Any] = dict.fromkeys(problem.params, 1)
    answer = problem_answer(Refused(problem, **params), "en", "id")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_401_of_a_library_says_so_too() -> None:
    app = small_app()
    app.view_functions["healthz"] = public("for this test")(lambda: abort(401))
    assert app.test_client().get("/healthz").headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("status", sorted(default_exceptions))
def test_whatever_a_library_raises_goes_out_as_a_problem(status: int) -> None:
    app = small_app()
    app.view_functions["healthz"] = public("for this test")(lambda: abort(status, description=SECRET_TEXT))
    answer = app.test_client().get("/healthz")
    problem = document(answer)
    assert answer.content_type == "application/problem+json"
    assert CATALOGUE.get(problem["code"]) is not None
    assert answer.status_code == problem["status"] == CATALOGUE.get(problem["code"]).status  # type: ignore[union-attr]
    assert answer.status_code // 100 == status // 100
    assert SECRET_TEXT not in answer.text


def test_an_answer_made_on_purpose_is_left_alone() -> None:
    app = small_app()
    made = app.response_class("made", status=418)
    app.view_functions["healthz"] = public("for this test")(lambda: abort(made))
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.text) == (418, "made")


def test_a_part_of_a_file_that_is_not_there_says_its_range() -> None:
    app = small_app()

    def view() -> Any:
        raise RequestedRangeNotSatisfiable(10)

    app.view_functions["healthz"] = public("for this test")(view)
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */10")
    assert document(answer)["code"] == "core.range-not-satisfiable"


def test_an_unexpected_failure_tells_nothing_and_logs_its_place_only(client: FlaskClient, lines: Any) -> None:
    answer = client.get("/fails?phone=13800138000", headers={"Accept-Language": "en"})
    assert document(answer)["detail"] == "Something went wrong on the server; please try again later."
    written = lines()
    failure = next(line for line in written if line["event"] == "unexpected failure")
    assert failure["request_id"] == answer.headers["X-Request-Id"]
    assert failure["error"].endswith("small_app.DriverError")
    assert any("small_app.py" in place and place.endswith("fails") for place in failure["at"])
    assert "1380" not in json.dumps([{key: line[key] for key in line if key != "request_id"} for line in written])


def test_in_tests_an_unexpected_failure_may_be_let_through(app: Flask) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = True
    with pytest.raises(Exception, match="duplicate key"):
        app.test_client().get("/fails")


def test_a_known_failure_of_a_library_is_translated(lines: Any) -> None:
    def translate(error: Exception) -> Refused | None:
        return Refused(BUSY, retry_after=7) if isinstance(error, TimeoutError) else None

    client = small_app(translate=[lambda error: None, translate]).test_client()
    answer = client.get("/busy")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert document(answer)["code"] == "core.busy"
    assert client.get("/fails").status_code == 500
    assert "1380" not in json.dumps([line.get("error", "") for line in lines()])


# -- language -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({}, "zh"),
        ({"Accept-Language": "en-US,en;q=0.9"}, "en"),
        ({"Accept-Language": "zh-CN"} | ME, "zh"),
        (ME, "en"),
        (ICH, "zh"),
        ({"Accept-Language": "fr"} | ME, "en"),
        ({"Accept-Language": "en"} | ICH, "en"),
    ],
)
def test_the_caller_is_answered_in_his_language(client: FlaskClient, headers: dict[str, str], language: str) -> None:
    answer = client.get(
        "/api/v1/rows/018f2f2e-0000-7000-8000-000000000002" if "Authorization" in headers else "/x", headers=headers
    )
    assert document(answer)["title"] == {"zh": "未找到", "en": "Not found"}[language]
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_installation_chooses_for_those_who_do_not() -> None:
    assert document(small_app(Settings(language="en")).test_client().get("/x"))["title"] == "Not found"


def test_field_errors_speak_the_callers_language_and_none_of_marshmallows(client: FlaskClient) -> None:
    wrong = {
        "name": "",
        "grade": "Z",
        "size": 11,
        "met_at": "2025-01-01T00:00:00",
        "met_on": "1.1.",
        "tags": ["a"] * 4,
        "x": 1,
    }
    zh = document(client.post("/api/v1/rows", json=wrong, headers=ICH))["errors"]
    en = document(client.post("/api/v1/rows", json=wrong, headers=ME))["errors"]
    found = {each["pointer"]: each["code"] for each in zh}
    assert found == {
        "/id": "required", "/name": "blank", "/grade": "choice", "/size": "too-large", "/met_at": "naive-time",
        "/met_on": "bad-day", "/tags": "too-long", "/x": "unknown",
    }  # fmt: skip
    assert found == {each["pointer"]: each["code"] for each in en}
    for chinese, english in zip(zh, en, strict=True):
        assert re.search(r"[\u4e00-\u9fff]", chinese["detail"])
        assert not re.search(r"[\u4e00-\u9fff]", english["detail"])
    assert {each["in"] for each in zh} == {"body"}
    assert next(each["detail"] for each in zh if each["pointer"] == "/size") == "不能大于 10。"


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("limit=0", "/limit", "too-small"),
        ("limit=501", "/limit", "too-large"),
        ("limit=ten", "/limit", "not-an-integer"),
        ("limit=１", "/limit", "not-an-integer"),
        ("limit=1.0", "/limit", "not-an-integer"),
        ("grade=Z", "/grade", "choice"),
        ("sort=name", "/sort", "unknown"),
        ("cursor=%00", "/cursor", "forbidden-character"),
        ("cursor=" + "a" * 3000, "/cursor", "too-long"),
    ],
)
def test_the_query_is_checked_like_a_body(client: FlaskClient, query: str, pointer: str, code: str) -> None:
    answer = client.get(f"/api/v1/rows?{query}", headers=ME)
    assert answer.status_code == 422
    (error,) = document(answer)["errors"]
    assert (error["pointer"], error["in"], error["code"]) == (pointer, "query", code)


def test_redirects_are_no_failures() -> None:
    app = small_app()
    app.add_url_rule("/folder/", "folder", public("for this test")(lambda: "in"))
    assert app.test_client().get("/folder").status_code == 308


@pytest.mark.parametrize(
    ("status", "code", "waits"),
    [
        (413, "core.too-large", None),
        (414, "core.uri-too-long", None),
        (415, "core.unsupported-media-type", None),
        (406, "core.bad-request", None),
        (418, "core.bad-request", None),
        (429, "core.rate-limited", "60"),
        (502, "core.busy", "5"),
        (503, "core.busy", "5"),
        (504, "core.busy", "5"),
        (501, "core.internal", None),
    ],
)
def test_a_bare_status_becomes_the_problem_it_means(status: int, code: str, waits: str | None) -> None:
    app = small_app()
    app.view_functions["healthz"] = public("for this test")(lambda: abort(status))
    answer = app.test_client().get("/healthz")
    assert document(answer)["code"] == code
    assert answer.headers.get("Retry-After") == waits
