"""Signing in, and a token that is fresh when it is asked for."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from sync_protocol.phone import Session, SignInRefused

JWK = {"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}


class Key:
    """A signer whose proofs say what they are for."""

    def public_jwk(self) -> Mapping[str, str]:
        return JWK

    def proof(self, method: str, path: str, *, token: str | None = None) -> str:
        return f"{method} {path}" + (f" {token}" if token else "")


class Door:
    """A server that signs everyone in who knows the word."""

    def __init__(self) -> None:
        self.requests: list[tuple[Mapping[str, str], dict[str, Any]]] = []

    def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        asked = json.loads(body or b"")
        assert (method, path) == ("POST", "/mobile/v1/session" + ("/refresh" if "refresh_token" in asked else ""))
        self.requests.append((headers, asked))
        count = len(self.requests)
        if asked.get("password") == "wrong":
            return 401, {}, b'{"code": "accounts.wrong-password"}'
        if asked.get("refresh_token") == "r3":
            return 502, {}, b"<html>"
        answer = {"access_token": f"a{count}", "refresh_token": f"r{count}", "expires_in": 900, "enrolment": "e"}
        return 200, {}, json.dumps(answer).encode()


class Clock:
    """A clock that is set by hand."""

    now = 1_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def sign_in(session: Session, password: str = "right") -> Mapping[str, Any]:
    return session.sign_in("demo", "li.wang", password, {"installation": "i", "name": "n"})


def test_signing_in_sends_the_key_with_a_proof(door: Door, clock: Clock) -> None:
    session = Session(door, Key(), clock)
    assert sign_in(session)["enrolment"] == "e"
    headers, body = door.requests[0]
    assert headers["dpop"] == "POST /mobile/v1/session"
    assert headers["content-type"] == "application/json"
    assert body == {
        "organisation": "demo",
        "username": "li.wang",
        "password": "right",
        "device": {"installation": "i", "name": "n", "key": JWK},
    }
    assert session.bearer() == "a1"


def test_a_token_is_refreshed_a_minute_before_it_expires(door: Door, clock: Clock) -> None:
    session = Session(door, Key(), clock)
    sign_in(session)
    clock.now += 840_000 - 1
    assert session.bearer() == "a1"
    clock.now += 1
    assert session.bearer() == "a2"
    headers, body = door.requests[1]
    assert (headers["dpop"], body) == ("POST /mobile/v1/session/refresh r1", {"refresh_token": "r1"})
    clock.now += 1_000_000
    assert session.bearer() == "a3"


def test_a_refusal_says_why(door: Door, clock: Clock) -> None:
    session = Session(door, Key(), clock)
    with pytest.raises(SignInRefused) as refused:
        sign_in(session, "wrong")
    assert (refused.value.status, refused.value.code) == (401, "accounts.wrong-password")
    assert str(refused.value) == "401 accounts.wrong-password"
    for ask in (session.bearer, session.refresh):
        with pytest.raises(SignInRefused):
            ask()
    sign_in(session)
    session.refresh()
    with pytest.raises(SignInRefused) as refused:
        session.refresh()
    assert (refused.value.status, refused.value.code) == (502, None)
    assert session.bearer() == "a3", "a failed refresh takes nothing away"
