"""Credentials, proofs and other headers as nobody should send them: the same few refusals, whatever is wrong with them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from sync_protocol.ids import new_id
from tests.server.accounts.company import Phone
from tests.support import databases
from tests.support.hostile import TEXTS, judge
from tests.support.hostile_scene import Target, open_target

REFRESH, SIGN_IN, WIPE = "/mobile/v1/session/refresh", "/mobile/v1/session", "/mobile/v1/device/wipe"
LATIN = [text for text in TEXTS.values() if len(text) < 9000 and all(31 < ord(each) < 256 for each in text)]
"""What a header can carry at all; servers refuse the rest before we see it."""


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("sqlite", marks=pytest.mark.sqlite),
        pytest.param("postgresql", marks=pytest.mark.pg),
    ],
)
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    kind: databases.Kind = request.param
    with open_target(kind, tmp_path_factory.mktemp("hostile")) as made:
        yield made


def part(document: Any) -> str:
    """A part of a JWT."""
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def bent_tokens(good: str) -> list[str]:
    """Tokens that are nearly good, and some that are nothing like it."""
    head, claims, signature = good.split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "=="))
    known = json.loads(base64.urlsafe_b64decode(head + "=="))
    heads: tuple[Any, ...] = (
        {"alg": "none"}, {**known, "alg": "none"}, {**known, "alg": "HS256"}, {**known, "kid": "../../etc/passwd"},
        {**known, "kid": None}, {**known, "kid": ["x"]}, {**known, "jku": "https://x"}, {**known, "crit": ["x"]},
        {**known, "typ": "JWT"}, {**known, "jwk": {"kty": "oct", "k": "AA"}}, [], "x", None, 1, b"\xff", b"{", b"",
    )  # fmt: skip
    odd: tuple[Any, ...] = (None, 1, "x", [], {}, -1, 10**30, new_id())
    others: tuple[Any, ...] = (
        *({**told, name: value} for name in told for value in odd),
        *({key: value for key, value in told.items() if key != name} for name in told),
        {}, [], None, b"\xff", b"{" * 5000,
    )  # fmt: skip
    return [
        *(f"{part(each)}.{claims}.{signature}" for each in heads),
        *(f"{part(each)}.{claims}." for each in heads),
        *(f"{head}.{part(each)}.{signature}" for each in others),
        *(
            f"{head}.{claims}.{signature[:-1]}",
            f"{head}.{claims}.{part(b'x' * 64)}",
            f"{head}.{claims}",
            f"{head}..{signature}",
        ),
        *(
            "",
            " ",
            "x",
            "..",
            "a.b.c",
            "a.b.c.d",
            good[:-9],
            f"{good}.x",
            good.upper(),
            good + "=" * 9,
            "." * 5000,
            "dr1.x.y",
        ),
    ]


def test_a_bent_token_opens_nothing(target: Target) -> None:
    good = target.scene.token("admin")
    client = target.scene.acme.app.test_client()
    for path in ("/api/v1/session", "/api/v1/customers", "/mobile/v1/digest"):
        for token in bent_tokens(good):
            answer = client.get(path, headers={"Authorization": f"Bearer {token}", "Accept-Language": "zh"})
            found = judge(answer, "zh")
            assert (found.status, answer.headers.get("WWW-Authenticate", "Bearer")) == (401, "Bearer"), token[:300]


def test_other_ways_to_say_who_one_is_are_not_taken(target: Target) -> None:
    good = target.scene.token("admin")
    client = target.scene.acme.app.test_client()
    basic = base64.b64encode(b"admin:lantern-orchard-17").decode()
    for said in (
        f"Basic {basic}",
        good,
        f"Token {good}",
        f"Bearer{good}",
        f"Bearer  {good}",
        f"Bearer {good} x",
        "Bearer",
        *LATIN,
    ):
        answer = client.get("/api/v1/session", headers={"Authorization": said, "Accept-Language": "zh"})
        assert judge(answer, "zh").status == 401, said[:80]
    for given in ({"query_string": {"access_token": good}}, {"headers": {"Cookie": f"access_token={good}"}}):
        answer = client.get("/api/v1/session", **given)
        assert judge(answer, "en").status == 401
    twice = [("Authorization", "Bearer x"), ("Authorization", f"Bearer {good}"), ("Accept-Language", "zh")]
    assert judge(client.get("/api/v1/session", headers=twice), "zh").status == 401


def test_somebody_elses_token_for_a_program_of_ones_own_opens_his_organisation_only(target: Target) -> None:
    token = target.scene.token("admin", target.scene.globex)
    customer = target.rows.of("customer", "own", "admin")["customer_id"]
    answer = target.scene.acme.call("GET", f"/api/v1/customers/{customer}", token=token)
    assert judge(answer, "en").code == "core.not-found"


def test_bent_proofs_refresh_and_enrol_nothing(target: Target) -> None:
    scene = target.scene
    phone = Phone(scene.acme).signed_in("wang")
    token = phone.answer["refresh_token"]
    other = Phone(scene.acme)
    before = scene.footprint()
    good = phone.proof("POST", REFRESH, token)["DPoP"]
    bent = [
        *bent_tokens(good),
        *(Phone(scene.acme).proof("POST", REFRESH, token)["DPoP"], other.proof("POST", REFRESH, token)["DPoP"]),
        *(phone.proof("GET", REFRESH, token)["DPoP"], phone.proof("POST", "/mobile/v1/wait", token)["DPoP"]),
        *(phone.proof("POST", REFRESH)["DPoP"], phone.proof("POST", REFRESH, token + "x")["DPoP"], *LATIN),
    ]
    for proof in bent:
        answer = scene.acme.call("POST", REFRESH, json={"refresh_token": token}, headers={"DPoP": proof})
        assert judge(answer, "en").code in ("accounts.proof-invalid", "accounts.proof-clock"), proof[:200]
        body = {**scene.acme.parts("wang"), "device": phone.describe()}
        answer = scene.acme.call("POST", SIGN_IN, json=body, headers={"DPoP": proof})
        assert judge(answer, "en").code in ("accounts.proof-invalid", "accounts.proof-clock"), proof[:200]
        answer = scene.acme.call("GET", WIPE, token=token, headers={"DPoP": proof})
        assert judge(answer, "en").code in ("accounts.proof-invalid", "accounts.proof-clock"), proof[:200]
    assert scene.footprint() == before
    assert phone.refresh().status_code == 200


def test_bent_refresh_tokens_refresh_nothing_and_log_nobody_out(target: Target) -> None:
    scene = target.scene
    phone = Phone(scene.acme).signed_in("zhao")
    good = phone.answer["refresh_token"]
    parts = good.split(".")
    other = Phone(scene.acme).signed_in("na").answer["refresh_token"]
    bent = [
        *(
            ".".join([*parts[:at], each, *parts[at + 1 :]])
            for at in range(len(parts))
            for each in ("", "x", "1", "-1", new_id(), "9" * 99)
        ),
        *(good[:-1], good + "x", good.upper(), good * 2, "", " ", "dr1", "dr1....", "dr1." + "x" * 290, *LATIN),
        *(text for text in TEXTS.values() if len(text) < 9000),
    ]
    before = scene.footprint()
    for token in bent:
        body = json.dumps({"refresh_token": token}).encode()
        headers = phone.proof("POST", REFRESH, "x")
        answer = scene.acme.call("POST", REFRESH, data=body, content_type="application/json", headers=headers)
        assert judge(answer, "en").status in (401, 422), token[:100]
    answer = scene.acme.call(
        "POST", REFRESH, json={"refresh_token": other}, headers=phone.proof("POST", REFRESH, other)
    )
    assert judge(answer, "en").code == "accounts.proof-invalid"
    assert scene.footprint() == before
    assert phone.refresh().status_code == 200


HEADERS: dict[str, list[str]] = {
    "Accept-Language": ["", "*", "xx", "zh;q=x", "en;q=-1", "q=1", ",,,,", "en-" * 3000, "zh;q=nan, en;q=inf", "\xe9"],
    "Accept": ["", "text/html", "*/*;q=0", "x" * 5000],
    "Accept-Encoding": ["", "*", "gzip;q=0", "br;q=x", "zstd, gzip;q=nan", "x" * 5000],
    "Host": ["evil.example", "localhost:99999", "[::1", "a b", "x" * 5000, "localhost@evil"],
    "X-Forwarded-For": ["1.2.3.4", "x" * 5000, "::::", "' OR 1=1"],
    "X-Forwarded-Proto": ["gopher", "https"],
    "X-Forwarded-Host": ["evil.example"],
    "X-Request-Id": ["../../x", "x" * 5000, "' OR 1=1"],
    "X-HTTP-Method-Override": ["DELETE"],
    "Cookie": ["a=b", "=" * 5000, "session=\xff", "a=b; " * 2000],
    "Range": ["bytes=0-1", "bytes=9999999999-", "bytes=-1", "x"],
    "If-None-Match": ["*", '"x"', "W/" * 3000],
    "If-Modified-Since": ["x", "Thu, 01 Jan 1970 00:00:00 GMT", "9" * 500],
    "Expect": ["100-continue", "x"],
    "Origin": ["https://evil.example", "null"],
    "Content-Language": ["xx"],
    "Upgrade": ["websocket", "h2c"],
    "Transfer-Encoding": ["chunked", "gzip", "x"],
    "Content-Type": ["application/json", "x" * 500, "multipart/form-data"],
    "DPoP": ["x", "a.b.c"],
}


@pytest.mark.parametrize("header", HEADERS)
def test_no_header_breaks_anything_or_changes_the_answer(target: Target, header: str) -> None:
    token = target.scene.token("admin")
    client = target.scene.acme.app.test_client()
    plain = {"Authorization": f"Bearer {token}", "Accept-Language": "zh"}
    for path in ("/api/v1/session", "/api/v1/customers?limit=1", "/api/v1/openapi.json", "/healthz", "/"):
        expected = client.get(path, headers=plain).status_code
        for value in HEADERS[header]:
            answer = client.get(path, headers={**plain, header: value})
            if header == "Host" and answer.status_code == 400:
                assert judge(answer, "zh").code == "core.bad-request", value[:60]
                continue
            unchanged = header.startswith("If-") and answer.status_code == 304
            assert answer.status_code == expected or unchanged, value[:60]
            assert "evil" not in str(answer.headers)
            assert answer.headers.get("Access-Control-Allow-Origin") is None
    for value in HEADERS[header]:
        language = "zh" if header != "Accept-Language" else None
        answer = client.get(f"/api/v1/customers/{new_id()}", headers={**plain, header: value})
        if header == "Host" and answer.status_code == 400:
            continue
        spoken = answer.headers["Content-Language"]
        assert language in (None, spoken)
        assert judge(answer, "zh" if spoken == "zh" else "en").code == "core.not-found"
