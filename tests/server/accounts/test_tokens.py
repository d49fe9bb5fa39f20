"""Access tokens: what is taken, and each way to be none. No database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from server.accounts.tokens import (
    ACCESS_LIFETIME,
    CLAIMS,
    MAX_TOKEN_CHARS,
    AccessClaims,
    InvalidToken,
    KeyRing,
    issue_access,
    verify_access,
)

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ORG, USER, SESSION, DEVICE = (f"01890000-0000-7000-8000-00000000000{digit}" for digit in "1234")
OLD_KEY, NEW_KEY = (Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32) for seed in (1, 2))
RING = KeyRing({"new": NEW_KEY.public_key(), "old": OLD_KEY.public_key()}, "new", NEW_KEY)
HEADER = {"alg": "EdDSA", "typ": "at+jwt", "kid": "new"}
BODY: dict[str, Any] = {
    "iss": "https://doorstep.test",
    "aud": "doorstep",
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 900,
    "org": ORG,
    "sub": USER,
    "sid": SESSION,
    "dev": DEVICE,
}


def issue(ring: KeyRing = RING, *, device_id: str | None = DEVICE, now: datetime = NOW, **more: Any) -> str:
    return issue_access(
        ring,
        issuer="https://doorstep.test",
        audience="doorstep",
        org_id=ORG,
        user_id=USER,
        session_id=SESSION,
        device_id=device_id,
        now=now,
        **more,
    )


def verify(token: str, *, ring: KeyRing = RING, now: datetime = NOW) -> AccessClaims:
    return verify_access(ring, token, issuer="https://doorstep.test", audience="doorstep", now=now)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def forge(header: Any, body: Any, key: Ed25519PrivateKey = NEW_KEY) -> str:
    """A token put together by hand, with a good signature over whatever stands in it."""
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    text = f"{b64(head)}.{b64(body if isinstance(body, bytes) else json.dumps(body).encode())}"
    return f"{text}.{b64(key.sign(text.encode()))}"


def refused(token: str, **more: Any) -> str:
    with pytest.raises(InvalidToken) as caught:
        verify(token, **more)
    assert str(caught.value) == caught.value.reason
    return caught.value.reason


def test_a_token_says_who_speaks_and_nothing_of_what_he_may() -> None:
    expected = AccessClaims(ORG, USER, SESSION, DEVICE, NOW, NOW + ACCESS_LIFETIME)
    assert verify(issue(now=NOW + timedelta(milliseconds=999))) == expected
    assert verify(issue(device_id=None)).device_id is None
    assert verify(forge(HEADER, BODY)) == expected
    payload = json.loads(base64.urlsafe_b64decode(issue().split(".")[1] + "=="))
    assert payload.keys() == set(CLAIMS)


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (NOW + ACCESS_LIFETIME - SECOND, None),
        (NOW + ACCESS_LIFETIME, "expired"),
        (NOW - 60 * SECOND, None),
        (NOW - 61 * SECOND, "issued in the future"),
    ],
)
def test_a_token_is_good_from_its_issue_until_just_before_its_end(now: datetime, reason: str | None) -> None:
    if reason is None:
        assert verify(issue(), now=now).user_id == USER
    else:
        assert refused(issue(), now=now) == reason


def test_no_token_lives_longer_than_a_quarter_of_an_hour() -> None:
    assert verify(issue(lifetime=SECOND)).expires_at == NOW + SECOND
    for lifetime in (ACCESS_LIFETIME + SECOND, timedelta(0)):
        with pytest.raises(ValueError, match="cannot live"):
            issue(lifetime=lifetime)
    assert refused(forge(HEADER, BODY | {"exp": BODY["iat"] + 901})) == "lives too long"


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(TypeError):
        issue(now=NOW.replace(tzinfo=None))
    with pytest.raises(TypeError):
        verify(issue(), now=NOW.replace(tzinfo=None))


@pytest.mark.parametrize("name", CLAIMS)
def test_every_claim_is_needed(name: str) -> None:
    body = {key: value for key, value in BODY.items() if key != name}
    assert refused(forge(HEADER, body)) == "claims: one is missing"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"iss": "https://rival.test"}, "claims: iss or aud"),
        ({"aud": "kiosk"}, "claims: iss or aud"),
        ({"aud": ["doorstep", "kiosk"]}, "claims: iss or aud"),
        ({"org": None}, "claims: not an id"),
        ({"sub": USER.upper().replace("0189", "ABCD")}, "claims: not an id"),
        ({"sid": [SESSION]}, "claims: not an id"),
        ({"dev": ""}, "claims: not an id"),
        ({"org": ORG + "\n"}, "claims: not an id"),
        *(({"exp": value}, "claims: not an instant") for value in (True, 1.5, "1", None, -1, 1 << 35, 10**400)),
        ({"iat": 1.0}, "claims: not an instant"),
    ],
)
def test_claims_of_another_value_or_kind_are_refused(change: dict[str, Any], reason: str) -> None:
    assert refused(forge(HEADER, BODY | change)) == reason


@pytest.mark.parametrize("extra", ["jku", "jwk", "x5u", "x5c", "x5t", "crit", "b64", "cty", "zip"])
def test_a_header_that_brings_more_than_it_needs_is_refused(extra: str) -> None:
    assert refused(forge(HEADER | {extra: ["exp"]}, BODY)) == "header: members"


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"alg": "EdDSA", "typ": "at+jwt"}, "header: members"),
        ({"alg": "EdDSA", "kid": "new"}, "header: members"),
        (HEADER | {"typ": "JWT"}, "header: typ"),
        (HEADER | {"typ": "dpop+jwt"}, "header: typ"),
        (HEADER | {"kid": "gone"}, "header: kid"),
        (HEADER | {"kid": ["new"]}, "header: kid"),
        (HEADER | {"kid": "old"}, "signature: InvalidSignatureError"),
        (HEADER | {"alg": "none"}, "signature: InvalidAlgorithmError"),
        (HEADER | {"alg": "ES256"}, "signature: InvalidAlgorithmError"),
        (HEADER | {"alg": None}, "signature: InvalidAlgorithmError"),
        (["EdDSA"], "not a token: JSON object"),
        (b"{", "not a token: JSON"),
        (b"\xff", "not a token: JSON"),
    ],
)
def test_headers_of_another_kind_are_refused(header: Any, reason: str) -> None:
    assert refused(forge(header, BODY)) == reason


def test_no_depth_of_a_header_exhausts_the_stack() -> None:
    assert refused(forge(b'{"typ":' + b"[" * 1400, {})) == "not a token: JSON"


@pytest.mark.parametrize("body", [b"[]", b"no", b"[" * 1000, b'"at"'])
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    assert refused(forge(HEADER, body)).startswith("not a token: JSON")


def test_the_public_key_is_no_shared_secret() -> None:
    public = NEW_KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = f"{b64(json.dumps(HEADER | {'alg': 'HS256'}).encode())}.{b64(json.dumps(BODY).encode())}"
    mac = b64(hmac.digest(public, text.encode(), hashlib.sha256))
    assert refused(f"{text}.{mac}") == "signature: InvalidAlgorithmError"
    assert refused(f"{text}.") == "signature: InvalidAlgorithmError"


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c.d", "é.b.c", "!!.b.c", "a" * (MAX_TOKEN_CHARS + 1), "\ud800.b.c"])
def test_what_does_not_look_like_a_token_is_refused(token: str) -> None:
    assert refused(token).startswith(("not a token: ", "header: base64url"))


def test_a_token_has_three_parts() -> None:
    head, body, signature = issue().split(".")
    for token in (head, f"{head}.{body}", f"{head}.{body}.{signature}.", f"{head}.{body}.{signature}.{signature}"):
        assert refused(token).startswith("signature: ")


def test_a_token_longer_than_any_of_ours_is_not_even_looked_at() -> None:
    token = forge(HEADER, BODY | {"pad": "x" * 2000})
    assert refused(token) == "not a token: length or characters"


def test_keys_change_without_a_moment_in_which_good_tokens_fail() -> None:
    before = KeyRing({"old": OLD_KEY.public_key()}, "old", OLD_KEY)
    token = issue(before)
    assert verify(token, ring=RING).user_id == USER
    assert refused(issue(RING), ring=before) == "header: kid"
    with pytest.raises(ValueError, match="not published"):
        KeyRing({"new": OLD_KEY.public_key()}, "new", NEW_KEY)
    with pytest.raises(ValueError, match="not published"):
        KeyRing({"old": NEW_KEY.public_key()}, "new", NEW_KEY)


@given(place=st.integers(min_value=0), character=st.sampled_from("AQgwaz059-_.= é"))
def test_a_token_changed_in_any_place_is_refused_or_says_the_same(place: int, character: str) -> None:
    token = issue()
    place %= len(token)
    changed = token[:place] + character + token[place + 1 :]
    try:
        assert verify(changed) == verify(token)
    except InvalidToken:
        assert changed != token


@given(text=st.text() | st.binary().map(lambda data: f"{b64(data)}.{b64(data)}.{b64(data)}"))
def test_no_text_makes_anything_but_a_refusal(text: str) -> None:
    assert refused(text)


@given(header=st.dictionaries(st.text(max_size=5), st.none() | st.booleans() | st.integers() | st.text()))
def test_no_header_makes_anything_but_a_refusal(header: dict[str, Any]) -> None:
    assert refused(forge(header | {"typ": "at+jwt"}, BODY))
    assert refused(forge(HEADER | header | {"alg": "none"}, BODY))
