"""What happens around every request: headers, admission, limits, packing, and what operators see."""

from __future__ import annotations

import gzip
import io
import json
import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import zstandard
from flask import Flask
from flask.testing import FlaskClient

from server.config import Settings
from server.core import http, logs
from server.core.answers import StrictJson
from server.core.bodies import MAX_JSON_BYTES
from server.core.declare import public
from tests.server.core.small_app import ROW, SECRET_TEXT, document, small_app

ME = {"Authorization": "Bearer en"}
ICH = {"Authorization": "Bearer zh"}
MIB = 1024 * 1024


# -- bodies -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 201),
        ("application/json; charset=utf-8", 201),
        ("APPLICATION/JSON; charset=UTF-8", 201),
        ("application/json; charset=gbk", 415),
        ("application/problem+json", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("", 415),
        (None, 415),
    ],
)
def test_a_body_is_json_and_says_so(client: FlaskClient, content_type: str | None, status: int) -> None:
    raw = json.dumps({"id": ROW, "name": "王"}).encode()
    answer = client.post("/api/v1/rows", data=raw, content_type=content_type, headers=ME)
    assert answer.status_code == status
    if status == 415:
        assert document(answer)["params"] == {"accepted": "application/json"}


def test_a_missing_body_is_not_an_empty_one(client: FlaskClient) -> None:
    answer = client.post("/api/v1/rows", headers=ME)
    assert (answer.status_code, document(answer)["params"]) == (400, {"reason": "missing"})


def _json_of(size: int) -> bytes:
    start, end = f'{{"id":"{ROW}","name":"'.encode(), b'"}'
    return start + b"x" * (size - len(start) - len(end)) + end


def test_a_body_may_have_two_mebibytes_and_not_one_byte_more(client: FlaskClient) -> None:
    fits = client.post("/api/v1/rows", data=_json_of(MAX_JSON_BYTES), content_type="application/json", headers=ME)
    assert [each["code"] for each in document(fits)["errors"]] == ["too-long"]
    over = client.post("/api/v1/rows", data=_json_of(MAX_JSON_BYTES + 1), content_type="application/json", headers=ME)
    assert (over.status_code, document(over)["params"]) == (413, {"max_bytes": MAX_JSON_BYTES})


def test_a_body_of_unsaid_length_is_bounded_as_well(client: FlaskClient) -> None:
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    for size, status in ((MAX_JSON_BYTES + 1, 413), (1000, 422)):
        answer = client.post(
            "/api/v1/rows", input_stream=io.BytesIO(_json_of(size)), content_type="application/json", headers=ME,
            environ_overrides=chunked,
        )  # fmt: skip
        assert answer.status_code == status


def test_a_packed_body_is_taken_where_it_is_offered_only(client: FlaskClient) -> None:
    raw = gzip.compress(b'{"a": "' + b"x" * 5000 + b'"}')
    packed = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    assert client.post("/exchange", data=raw, headers=packed).status_code == 200
    assert client.post("/api/v1/rows", data=raw, headers=packed | ME).status_code == 415
    for encoding in ("br", "zstd", "gzip, gzip", "deflate"):
        answer = client.post("/exchange", data=raw, headers=packed | {"Content-Encoding": encoding})
        assert (answer.status_code, document(answer)["code"]) == (415, "core.unsupported-media-type")
    assert client.post("/exchange", data=b"{}", headers=packed | {"Content-Encoding": "identity"}).status_code == 200


def test_a_bomb_over_http_is_refused(client: FlaskClient) -> None:
    bomb = gzip.compress(b"[" + b"0," * (20 * MIB) + b"0]")
    answer = client.post(
        "/exchange", data=bomb, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"}
    )
    assert (answer.status_code, document(answer)["code"]) == (413, "core.too-large")


# -- headers ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/v1/rows", "/x", "/fails", "/healthz", "/metrics", "/api/v1/openapi.json"])
def test_every_answer_has_the_headers_that_protect_it(client: FlaskClient, path: str) -> None:
    headers = client.get(path, headers=ME).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == ("no-cache" if path.endswith("openapi.json") else "no-store")
    assert re.fullmatch(r"[0-9a-f]{16}", headers["X-Request-Id"])
    assert not [name for name, _ in headers if name.lower().startswith(("access-control", "server", "x-powered"))]
    assert "Strict-Transport-Security" not in headers


def test_a_page_keeps_the_headers_it_chose(client: FlaskClient) -> None:
    headers = client.get("/page").headers
    assert (headers["Content-Security-Policy"], headers["Cache-Control"]) == ("default-src 'self'", "no-cache")
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_browsers_are_told_to_insist_on_https_where_there_is_https() -> None:
    client = small_app(Settings(public_url="https://crm.example.com")).test_client()
    assert client.get("/x").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_request_id_is_ours_whatever_the_caller_says(client: FlaskClient) -> None:
    given = {"X-Request-Id": "caller-says-so"}
    ids = {client.get("/x", headers=given).headers["X-Request-Id"] for _ in range(3)}
    assert len(ids) == 3
    assert "caller-says-so" not in ids


# -- admission ----------------------------------------------------------------------------------------------------------------


def test_without_an_authenticator_nobody_gets_in() -> None:
    client = small_app(signed_in_with=None).test_client()
    assert client.get("/api/v1/rows", headers=ME).status_code == 401
    assert client.get("/healthz").status_code == 200


def test_a_view_that_lost_its_mark_lets_nobody_in(app: Flask) -> None:
    app.view_functions["healthz"] = lambda: "open"
    assert app.test_client().get("/healthz", headers=ME).status_code == 401


def test_the_caller_is_asked_before_the_body_is_read(client: FlaskClient) -> None:
    assert client.post("/api/v1/rows", data=b"{", content_type="application/json").status_code == 401


def test_head_follows_get(client: FlaskClient) -> None:
    assert client.head("/api/v1/rows").status_code == 401
    assert client.head("/api/v1/rows", headers=ME).status_code == 200


# -- limits and addresses -----------------------------------------------------------------------------------------------------


def test_the_21st_sign_in_of_a_minute_from_one_address_waits(client: FlaskClient) -> None:
    for _ in range(20):
        assert client.get("/login").status_code == 200
    answer = client.get("/login", headers={"Accept-Language": "en"})
    problem = document(answer)
    assert (answer.status_code, problem["code"], problem["params"]["limit"]) == (
        429,
        "core.rate-limited",
        "login-address",
    )
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert int(answer.headers["Retry-After"]) == problem["params"]["retry_after"]
    assert client.get("/login", environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code == 200


def test_limits_can_be_switched_off() -> None:
    client = small_app(Settings(rate_limits=False)).test_client()
    assert {client.get("/login").status_code for _ in range(30)} == {200}


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, "198.51.100.7", "127.0.0.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "1.2.3.4, 198.51.100.7", "198.51.100.7"),  # the caller put the first one there himself
        (2, "1.2.3.4, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (2, "198.51.100.7", "127.0.0.1"),  # did not come through both proxies
        (1, "not an address", "unknown"),
    ],
)
def test_an_address_counts_behind_exactly_the_proxies_there_are(hops: int, forwarded: str, address: str) -> None:
    client = small_app(Settings(proxy_hops=hops)).test_client()
    answer = client.get("/login", headers={"X-Forwarded-For": forwarded, "X-Forwarded-Host": "evil.example"})
    assert document(answer) == {"address": address}


# -- packing ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        (None, None),
        ("identity", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0, gzip", "gzip"),
        ("gzip;q=0, zstd;q=0", None),
        ("*", "gzip"),
        ("*;q=0", None),
        ("GZIP", "gzip"),
        ("br", None),
    ],
)
def test_an_answer_is_packed_as_the_caller_offers(
    client: FlaskClient, accepts: str | None, encoding: str | None
) -> None:
    answer = client.get("/long/abc", headers={} if accepts is None else {"Accept-Encoding": accepts})
    assert answer.headers.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    unpack: dict[str | None, Any] = {
        "gzip": gzip.decompress,
        "zstd": lambda raw: zstandard.ZstdDecompressor().decompress(raw),
        None: bytes,
    }
    assert json.loads(unpack[encoding](answer.data)) == {"text": "abc" * 500}


def test_a_short_answer_is_not_packed(client: FlaskClient) -> None:
    answer = client.get("/long/a", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers
    assert len(answer.data) < 1024


def test_the_same_answer_packs_to_the_same_bytes(client: FlaskClient) -> None:
    assert len({client.get("/long/abc", headers={"Accept-Encoding": "gzip"}).data for _ in range(2)}) == 1


# -- for operators ------------------------------------------------------------------------------------------------------------


def test_the_process_says_that_it_lives(client: FlaskClient) -> None:
    assert document(client.get("/healthz")) == {"status": "alive"}


def test_it_is_ready_when_all_checks_pass(lines: Any) -> None:
    def broken() -> None:
        raise OSError(SECRET_TEXT)

    ready = small_app(checks=[("database", lambda: None)]).test_client().get("/readyz")
    assert (ready.status_code, document(ready)) == (200, {"status": "ready", "checks": ["database"]})

    answer = (
        small_app(checks=[("database", broken), ("migrations", lambda: None), ("keys", broken)])
        .test_client()
        .get("/readyz", headers={"Accept-Language": "en"})
    )
    problem = document(answer)
    assert (answer.status_code, problem["code"]) == (503, "core.not-ready")
    assert problem["params"] == {"failing": ["database", "keys"]}
    assert problem["detail"] == "Not ready: database, keys."
    assert "1380" not in answer.text + json.dumps([line.get("error", "") for line in lines()])


def test_metrics_count_by_template_and_never_by_path(client: FlaskClient) -> None:
    client.get(f"/api/v1/rows/{ROW}", headers=ME)
    client.get("/secret-customer-name")
    client.open("/healthz", method="BREW")
    page = client.get("/metrics").text
    assert 'doorstep_http_requests_total{method="GET",route="/api/v1/rows/<id:row_id>",status="200"} 1.0' in page
    assert 'doorstep_http_requests_total{method="GET",route="unmatched",status="404"} 1.0' in page
    assert 'method="other"' in page
    assert 'doorstep_problems_total{code="core.not-found"} 1.0' in page
    assert "doorstep_http_request_seconds_bucket" in page
    assert "secret" not in page
    assert ROW not in page
    assert "BREW" not in page


def test_two_applications_count_apart() -> None:
    one, other = small_app().test_client(), small_app().test_client()
    one.get("/nowhere")
    assert "core.not-found" in one.get("/metrics").text
    assert "core.not-found" not in other.get("/metrics").text


def test_waiting_on_purpose_is_not_slowness(app: Flask) -> None:
    app.view_functions["healthz"] = http.unhurried(public("for this test")(lambda: "waited"))
    client = app.test_client()
    client.get("/healthz")
    page = client.get("/metrics").text
    assert 'requests_total{method="GET",route="/healthz",status="200"} 1.0' in page
    assert 'seconds_count{method="GET",route="/healthz"}' not in page


def test_metrics_ask_for_their_token() -> None:
    client = small_app(Settings(metrics_token="let-me-see")).test_client()
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer let-me-se"}).status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer \xe4\xf6"}).status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer let-me-see"}).status_code == 200


def test_in_production_metrics_without_a_token_do_not_exist() -> None:
    assert small_app(Settings(env="production")).test_client().get("/metrics").status_code == 404


def test_each_request_is_one_line_without_its_address(client: FlaskClient, lines: Any) -> None:
    answer = client.get(f"/api/v1/rows/{ROW}?name=王小明", headers=ME)
    client.get("/healthz")
    (line,) = lines()
    assert (line["event"], line["route"], line["status"], line["method"]) == (
        "answered",
        "/api/v1/rows/<id:row_id>",
        200,
        "GET",
    )
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert line["ms"] >= 0
    assert ROW not in json.dumps(line)


def test_what_was_bound_for_one_request_is_gone_in_the_next(app: Flask, client: FlaskClient, lines: Any) -> None:
    def bind_and_answer() -> str:
        logs.bind(device_id="d1")
        return "ok"

    app.view_functions["healthz"] = public("for this test")(bind_and_answer)
    client.get("/healthz")
    client.get("/nowhere")
    assert [line.get("device_id") for line in lines()] == [None]


def test_json_goes_out_with_instants_and_days_in_one_form(app: Flask) -> None:
    instant = datetime(2025, 3, 1, 9, 30, 0, 123_999, timezone(timedelta(hours=8)))
    assert (
        app.json.dumps({"at": instant, "on": instant.date()}) == '{"at":"2025-03-01T01:30:00.123Z","on":"2025-03-01"}'
    )
    with app.app_context():
        assert StrictJson(app).response({"at": instant}).get_data() == b'{"at":"2025-03-01T01:30:00.123Z"}'


@pytest.mark.parametrize("value", [datetime(2025, 3, 1), Decimal(1), object(), b"x", {1: 2}])  # noqa: DTZ001
def test_json_has_no_form_for_other_values(app: Flask, value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        app.json.dumps(value)
