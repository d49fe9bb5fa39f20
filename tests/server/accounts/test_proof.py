"""The device's proof of its key: what is taken and each way to be none. No database."""

from __future__ import annotations

import base64
import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from server.accounts.proof import (
    MAX_PROOF_CHARS,
    PROOF_WINDOW,
    DeviceProof,
    InvalidProof,
    jwk_thumbprint,
    normal_url,
    verify_proof,
)
from server.cli.device_key import DeviceKey

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
URL = "https://doorstep.test/mobile/v1/session"
KEY = DeviceKey(ec.derive_private_key(7, ec.SECP256R1()))
OTHER = DeviceKey(ec.derive_private_key(8, ec.SECP256R1()))
HEADER = {"alg": "ES256", "typ": "dpop+jwt", "jwk": KEY.jwk()}
CLAIMS = {"jti": "a-jti-of-its-own", "htm": "POST", "htu": URL, "iat": int(NOW.timestamp())}

# RFC 9449: the proofs of figures 2 and 13, their key's thumbprint and the access token of figure 13.
RFC_HEADER = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJo"
    "RjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19"
)
RFC_TOKEN_PROOF = (
    f"{RFC_HEADER}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3R"
    "va2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZ"
    "T3Lg"
)
RFC_RESOURCE_PROOF = (
    f"{RFC_HEADER}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9"
    "wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFb"
    "yJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
)
RFC_THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
RFC_ACCESS_TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def forge(header: Any, claims: Any, key: DeviceKey = KEY) -> str:
    """A proof put together by hand, with a good signature over whatever stands in it."""
    head, body = (each if isinstance(each, bytes) else json.dumps(each).encode() for each in (header, claims))
    text = f"{b64(head)}.{b64(body)}"
    r, s = decode_dss_signature(key.private_key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def verify(proof: str, *, method: str = "POST", url: str = URL, now: datetime = NOW, **more: Any) -> DeviceProof:
    return verify_proof(proof, method=method, url=url, now=now, **more)


def refused(proof: str, **more: Any) -> str:
    with pytest.raises(InvalidProof) as caught:
        verify(proof, **more)
    assert str(caught.value) == caught.value.reason
    assert caught.value.wrong_clock == (caught.value.reason == "claims: iat")
    return caught.value.reason


def test_the_examples_of_rfc_9449_hold() -> None:
    asked = datetime.fromtimestamp(1562262616, UTC)
    found = verify(RFC_TOKEN_PROOF, url="https://server.example.com/token", now=asked)
    assert found == DeviceProof(RFC_THUMBPRINT, "-BwC3ESc6acc2lTc", asked)
    found = verify(
        RFC_RESOURCE_PROOF,
        method="GET",
        url="https://resource.example.org/protectedresource",
        now=asked,
        thumbprint=RFC_THUMBPRINT,
        access_token=RFC_ACCESS_TOKEN,
    )
    assert (found.jti, found.thumbprint) == ("e1j3V_bKic8-LAEB", RFC_THUMBPRINT)


def test_a_device_s_proof_shows_its_key_and_its_time() -> None:
    proof = KEY.sign_proof("POST", URL + "?page=1#top", NOW, refresh_token="dr1.x", jti="a-jti-of-its-own")
    found = verify(proof, thumbprint=KEY.thumbprint(), refresh_token="dr1.x")
    assert found == DeviceProof(KEY.thumbprint(), "a-jti-of-its-own", NOW)
    assert found.replayable_until == NOW + PROOF_WINDOW
    assert KEY.thumbprint() == jwk_thumbprint(KEY.jwk()["x"], KEY.jwk()["y"])
    assert verify(forge(HEADER, CLAIMS)) == found


def test_each_proof_is_drawn_anew() -> None:
    first, second = (verify(KEY.sign_proof("POST", URL, NOW)).jti for _ in range(2))
    assert first != second


def test_a_device_key_survives_being_written_down() -> None:
    assert DeviceKey.from_pem(KEY.pem()).thumbprint() == KEY.thumbprint()
    assert DeviceKey.generate().thumbprint() != DeviceKey.generate().thumbprint()
    wrong = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(ValueError, match="P-256"):
        DeviceKey.from_pem(wrong)


@pytest.mark.parametrize(
    ("proof", "more", "reason"),
    [
        (KEY.sign_proof("POST", URL, NOW), {"thumbprint": OTHER.thumbprint()}, "another key"),
        (KEY.sign_proof("POST", URL, NOW), {"method": "GET"}, "claims: htm"),
        (KEY.sign_proof("post", URL, NOW), {}, "claims: htm"),
        (KEY.sign_proof("POST", URL, NOW), {"url": "https://doorstep.test/mobile/v1/exchange"}, "claims: htu"),
        (KEY.sign_proof("POST", "/mobile/v1/session", NOW), {"url": "/mobile/v1/session"}, "claims: htu"),
        (KEY.sign_proof("POST", URL, NOW), {"refresh_token": "dr1.y"}, "claims: rth"),
        (KEY.sign_proof("POST", URL, NOW, refresh_token="dr1.x"), {"refresh_token": "dr1.y"}, "claims: rth"),
        (KEY.sign_proof("POST", URL, NOW, refresh_token="x"), {"access_token": "x"}, "claims: ath"),
        (KEY.sign_proof("POST", URL, NOW, refresh_token="x"), {"refresh_token": "\ud800"}, "claims: rth"),
    ],
)
def test_a_proof_is_good_for_its_key_request_and_token_only(proof: str, more: dict[str, Any], reason: str) -> None:
    assert refused(proof, **more) == reason


def test_the_design_s_figures() -> None:
    assert timedelta(minutes=5) == PROOF_WINDOW


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_clock_may_be_five_minutes_off(sign: int) -> None:
    assert verify(KEY.sign_proof("POST", URL, NOW), now=NOW + sign * PROOF_WINDOW).made_at == NOW
    late = NOW + sign * (PROOF_WINDOW + SECOND)
    assert refused(KEY.sign_proof("POST", URL, NOW), now=late) == "claims: iat"
    # Only the holder of the right key is told that the clock is what is wrong.
    assert refused(OTHER.sign_proof("POST", URL, NOW), now=late, thumbprint=KEY.thumbprint()) == "another key"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"jti": None}, "claims: jti"),
        ({"jti": "short-7"}, "claims: jti"),
        ({"jti": "x" * 129}, "claims: jti"),
        ({"jti": "with a space"}, "claims: jti"),
        ({"jti": 12345678}, "claims: jti"),
        ({"htm": ["POST"]}, "claims: htm"),
        ({"htu": [URL]}, "claims: htu"),
        ({"htu": "\ud800"}, "claims: htu"),
        ({"iat": str(CLAIMS["iat"])}, "claims: not an instant"),
        ({"iat": None}, "claims: not an instant"),
        ({"iat": True}, "claims: not an instant"),
        ({"iat": 10**30}, "claims: not an instant"),
    ],
)
def test_claims_of_another_value_or_kind_are_refused(change: dict[str, Any], reason: str) -> None:
    assert refused(forge(HEADER, CLAIMS | change)) == reason


@pytest.mark.parametrize("name", sorted(CLAIMS))
def test_every_claim_is_needed(name: str) -> None:
    assert refused(forge(HEADER, {key: value for key, value in CLAIMS.items() if key != name})).startswith("claims: ")


@pytest.mark.parametrize("jti", ["x" * 8, "!" + "~" * 127])
def test_a_jti_may_be_8_to_128_visible_characters(jti: str) -> None:
    assert verify(forge(HEADER, CLAIMS | {"jti": jti})).jti == jti


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"alg": "ES256", "jwk": KEY.jwk()}, "header: members"),
        ({"alg": "ES256", "typ": "dpop+jwt"}, "header: members"),
        *((HEADER | {extra: "x"}, "header: members") for extra in ("kid", "jku", "x5u", "x5c", "crit", "b64")),
        (HEADER | {"typ": "JWT"}, "header: typ"),
        (HEADER | {"typ": "at+jwt"}, "header: typ"),
        (HEADER | {"alg": "none"}, "signature: InvalidAlgorithmError"),
        (HEADER | {"alg": "HS256"}, "signature: InvalidAlgorithmError"),
        (HEADER | {"alg": "ES384"}, "signature: InvalidAlgorithmError"),
        (HEADER | {"jwk": OTHER.jwk()}, "signature: InvalidSignatureError"),
        (HEADER | {"jwk": "P-256"}, "jwk: not a P-256 key"),
        (HEADER | {"jwk": KEY.jwk() | {"kty": "OKP"}}, "jwk: not a P-256 key"),
        (HEADER | {"jwk": KEY.jwk() | {"crv": "P-384"}}, "jwk: not a P-256 key"),
        (HEADER | {"jwk": {"kty": "oct", "k": "AAAA"}}, "jwk: not a P-256 key"),
        *((HEADER | {"jwk": KEY.jwk() | {member: "AA"}}, "jwk: a private key was sent") for member in "dpqk"),
        (HEADER | {"jwk": {"kty": "EC", "crv": "P-256", "x": KEY.jwk()["x"]}}, "jwk: no point of the curve"),
        (HEADER | {"jwk": KEY.jwk() | {"y": OTHER.jwk()["y"]}}, "jwk: no point of the curve"),
        (HEADER | {"jwk": KEY.jwk() | {"x": b64(bytes(32)), "y": b64(bytes(32))}}, "jwk: no point of the curve"),
        (HEADER | {"jwk": KEY.jwk() | {"x": "AAAA" + KEY.jwk()["x"]}}, "jwk: no point of the curve"),
        (HEADER | {"jwk": KEY.jwk() | {"x": KEY.jwk()["x"] + "="}}, "jwk: no point of the curve"),
        (HEADER | {"jwk": KEY.jwk() | {"x": 7}}, "jwk: no point of the curve"),
    ],
)
def test_headers_of_another_kind_are_refused(header: dict[str, Any], reason: str) -> None:
    assert refused(forge(header, CLAIMS)) == reason


def test_one_key_has_one_thumbprint() -> None:
    """Base64 has spare bits at the end of 32 bytes; a decoder that ignores them would take four spellings of one key."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    jwk = KEY.jwk()
    last = alphabet.index(jwk["y"][-1])
    spellings = [jwk["y"][:-1] + alphabet[last + spare] for spare in range(4)]
    assert len({base64.urlsafe_b64decode(each + "=") for each in spellings}) == 1
    assert verify(forge(HEADER | {"jwk": jwk | {"y": spellings[0]}}, CLAIMS)).thumbprint == KEY.thumbprint()
    for other in spellings[1:]:
        assert refused(forge(HEADER | {"jwk": jwk | {"y": other}}, CLAIMS)) == "jwk: no point of the curve"


def test_what_a_browser_adds_to_its_public_key_changes_nothing() -> None:
    jwk = KEY.jwk() | {"ext": True, "key_ops": ["verify"], "use": "sig", "alg": "ES256", "kid": "mine"}
    assert verify(forge(HEADER | {"jwk": jwk}, CLAIMS)).thumbprint == KEY.thumbprint()


def test_the_signature_has_the_form_of_jws_and_no_other() -> None:
    head, body, _ = forge(HEADER, CLAIMS).split(".")
    der = KEY.private_key.sign(f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
    assert refused(f"{head}.{body}.{b64(der)}") == "signature: InvalidSignatureError"
    assert refused(f"{head}.{body}.{b64(bytes(64))}") == "signature: InvalidSignatureError"
    assert refused(f"{head}.{body}.") == "signature: InvalidSignatureError"


def test_a_proof_longer_than_any_honest_one_is_not_even_looked_at() -> None:
    assert refused("a" * (MAX_PROOF_CHARS + 1)) == "not a token: length or characters"


def test_no_depth_of_a_header_exhausts_the_stack() -> None:
    # On the way there is a depth that is read once here and is a few frames too deep for the library, which reads it again.
    for depth in range(800, 1000):
        jwk = json.dumps(KEY.jwk())[:-1] + ',"ext":' + "[" * depth + "]" * depth + "}"
        proof = forge(f'{{"alg":"ES256","typ":"dpop+jwt","jwk":{jwk}}}'.encode(), {})
        assert refused(proof).startswith(("claims: ", "not a token: ", "signature: "))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.test/x", "HTTPS://A.test:443/x?q#f"),
        ("http://a.test", "http://a.test:80/"),
        ("http://[fe80::A]:8080/x", "http://[fe80::a]:8080/x"),
        ("https://a.test/%7Ewang/%e5", "https://a.test/~wang/%E5"),
    ],
)
def test_two_spellings_of_one_address_are_equal(one: str, other: str) -> None:
    assert normal_url(one) == normal_url(other) is not None


def test_the_form_of_an_address() -> None:
    assert normal_url("HTTPS://A.test:443/x%7e?q#f") == "https://a.test/x~"
    assert normal_url("http://a.test:8080") == "http://a.test:8080/"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.test/x", "http://a.test/x"),
        ("https://a.test/x", "https://a.test:8443/x"),
        ("https://a.test:80/x", "https://a.test/x"),
        ("https://a.test/x", "https://a.test/X"),
        ("https://a.test/x", "https://a.test/x/"),
        ("https://a.test/a/b", "https://a.test/a%2Fb"),
        ("http://[::1]:8080/", "http://[::1:8080]/"),
    ],
)
def test_two_addresses_stay_two(one: str, other: str) -> None:
    first, second = normal_url(one), normal_url(other)
    assert first is not None
    assert second is not None
    assert first != second


@pytest.mark.parametrize(
    "url",
    ["", "x", "/x", "//a.test/x", "ftp://a.test/x", "https:///x", "https://me@a.test/x", "https://a.test:x/", "http://[/",
     "https://a.test/\nx", "https://a.test/ x", " https://a.test/", "https://a.test/é", "https://a.test:99999/"],
)  # fmt: skip
def test_what_is_no_plain_address_has_no_form(url: str) -> None:
    assert normal_url(url) is None


@given(text=st.text() | st.binary().map(lambda data: f"{b64(data)}.{b64(data)}.{b64(data)}"))
def test_no_text_makes_anything_but_a_refusal(text: str) -> None:
    assert refused(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(where=st.sampled_from(["jwk", "x", "y", "crv", "jti", "htm", "htu", "iat", "typ", "alg"]), value=JSON)
def test_no_value_makes_anything_but_a_refusal(where: str, value: Any) -> None:
    header: dict[str, Any] = dict(HEADER)
    claims: dict[str, Any] = dict(CLAIMS)
    place = header["jwk"] if where in ("x", "y", "crv") else claims if where in claims else header
    if where in ("x", "y", "crv"):
        header["jwk"] = {**header["jwk"], where: value}
    else:
        place[where] = value
    with contextlib.suppress(InvalidProof):
        assert verify(forge(header, claims)).thumbprint == KEY.thumbprint()


@given(url=st.text())
def test_any_text_has_a_form_or_none(url: str) -> None:
    form = normal_url(url)
    assert form is None or normal_url(form) == form


def test_the_library_agrees_that_the_proof_is_a_jwt() -> None:
    proof = KEY.sign_proof("POST", URL, NOW, access_token="t")
    options: Any = {"verify_iat": False}
    claims = jwt.decode(proof, KEY.private_key.public_key(), algorithms=["ES256"], options=options)
    assert claims["htu"] == URL
    assert len(claims["ath"]) == 43
