"""What clients send: strict JSON and bounded decompression. The table of hostile documents is also sent over HTTP."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import tracemalloc
import zlib
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from server.core.bodies import MAX_DEPTH, MAX_JSON_BYTES, MAX_UNPACKED_BYTES, parse_json, unpack_gzip
from server.core.problems import Refused
from tests.server.core.small_app import document, small_app

MIB = 1024 * 1024

MALFORMED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "missing"),
    "blank": (b" \r\n\t", "missing"),
    "not utf-8": (b'{"name": "\xff"}', "not-utf8"),
    "utf-16": ('{"name": "x"}'.encode("utf-16"), "not-utf8"),
    "utf-8 of a surrogate": (b'{"name": "\xed\xa0\x80"}', "not-utf8"),
    "byte order mark": (b'\xef\xbb\xbf{"name": "x"}', "syntax"),
    "cut off": (b'{"name": "x"', "syntax"),
    "two documents": (b"{}{}", "syntax"),
    "trailing comma": (b'{"name": "x",}', "syntax"),
    "single quotes": (b"{'name': 'x'}", "syntax"),
    "comment": (b'{"name": "x" /* y */}', "syntax"),
    "bare word": (b'{"name": undefined}', "syntax"),
    "raw control character": (b'{"name": "a\x00b"}', "syntax"),
    "raw newline": (b'{"name": "a\nb"}', "syntax"),
    "hex number": (b'{"size": 0x10}', "syntax"),
    "leading zero": (b'{"size": 010}', "syntax"),
    "plus sign": (b'{"size": +1}', "syntax"),
    "full-width digits": ('{"size": １}'.encode(), "syntax"),
    "number as name": (b"{1: 2}", "syntax"),
    "same name twice": (b'{"name": "a", "name": "b"}', "duplicate-name"),
    "same name twice, one escaped": (b'{"name": "a", "n\\u0061me": "b"}', "duplicate-name"),
    "same name twice, deep": (b'{"a": [{"b": {"c": 1, "c": 1}}]}', "duplicate-name"),
    "NaN": (b'{"size": NaN}', "not-finite"),
    "Infinity": (b'{"size": Infinity}', "not-finite"),
    "-Infinity": (b'{"size": -Infinity}', "not-finite"),
    "overflowing float": (b'{"size": 1e999}', "not-finite"),
    "endless integer": (b'{"size": ' + b"9" * 5000 + b"}", "not-finite"),
    "33 lists": (b"[" * 33 + b"]" * 33, "too-deep"),
    "33 objects": (b'{"a":' * 32 + b"{}" + b"}" * 32, "too-deep"),
    "deep beside flat": (b'[1, {"a": ' + b"[" * 32 + b"]" * 32 + b"}]", "too-deep"),
    "100,000 lists": (b"[" * 100_000, "too-deep"),
    "100,000 objects": (b'{"a":' * 100_000, "too-deep"),
}
UNFIT: dict[str, tuple[bytes, str]] = {
    "NUL": (b'{"name": "a\\u0000b"}', "/name"),
    "lone high surrogate": (b'{"name": "\\ud83d"}', "/name"),
    "lone low surrogate": (b'{"tags": ["a", "\\udc00"]}', "/tags/1"),
    "surrogates the wrong way round": (b'{"anything": {"x": [{"y": "\\udc00\\ud83d"}]}}', "/anything/x/0/y"),
    "NUL in a name": (b'{"a\\u0000": 1}', "/a\N{REPLACEMENT CHARACTER}"),
}


@pytest.fixture
def client() -> FlaskClient:
    return small_app().test_client()


@pytest.mark.parametrize(("raw", "reason"), MALFORMED.values(), ids=MALFORMED)
def test_what_is_not_strict_json_is_refused_with_its_reason(raw: bytes, reason: str, client: FlaskClient) -> None:
    with pytest.raises(Refused) as caught:
        parse_json(raw, unfit_text=True)
    assert (caught.value.code, caught.value.params) == ("core.malformed-json", {"reason": reason})

    for path in ("/api/v1/rows", "/exchange", "/flask-json"):
        answer = client.post(path, data=raw, content_type="application/json", headers={"Authorization": "Bearer en"})
        assert (answer.status_code, document(answer)["code"]) == (400, "core.malformed-json"), path
        assert document(answer)["params"] == {"reason": reason}


@pytest.mark.parametrize(("raw", "place"), UNFIT.values(), ids=UNFIT)
def test_text_that_nothing_can_hold_is_refused_with_its_place(raw: bytes, place: str, client: FlaskClient) -> None:
    answer = client.post(
        "/api/v1/rows", data=raw, content_type="application/json", headers={"Authorization": "Bearer en"}
    )
    assert answer.status_code == 422
    assert document(answer)["code"] == "core.invalid-fields"
    assert [(each["pointer"], each["code"]) for each in document(answer)["errors"]] == [(place, "broken-text")]

    # Who judges each text himself is handed all of it, so that one bad operation does not stop a whole queue.
    assert client.post("/exchange", data=raw, content_type="application/json").status_code == 200


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        (b"null", None),
        (b" [1, 1.5, true] ", [1, 1.5, True]),
        (b'{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}', {"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}),
        (b'"\\ud83d\\ude00"', "\N{GRINNING FACE}"),
        (b'"\\\\u0000 \\\\ud800"', "\\u0000 \\ud800"),
        ('"王"'.encode(), "王"),
        (b"18446744073709551617", 2**64 + 1),
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)),
    ],
)
def test_json_is_read_as_it_stands(raw: bytes, meant: Any) -> None:
    assert parse_json(raw) == meant


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(exclude_characters="\0", codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_characters="\0", codec="utf-8")), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(meant=TREES, ascii_only=st.booleans())
def test_every_document_that_fits_is_read(meant: Any, ascii_only: bool) -> None:
    assert parse_json(json.dumps(meant, ensure_ascii=ascii_only).encode()) == meant


@given(raw=st.binary(max_size=200) | st.text('{}[]",:\\u0dD8019eE+-. \n', max_size=60).map(str.encode))
def test_no_bytes_do_anything_but_parse_or_be_refused(raw: bytes) -> None:
    with contextlib.suppress(Refused):
        parse_json(raw)


def packed(raw: bytes) -> io.BytesIO:
    return io.BytesIO(gzip.compress(raw, 9))


@given(st.binary(max_size=3000))
def test_a_packed_body_is_unpacked(raw: bytes) -> None:
    assert unpack_gzip(packed(raw), max_bytes=MAX_JSON_BYTES) == raw


def test_rows_of_one_kind_pack_better_than_ten_to_one_and_are_taken() -> None:
    raw = b'{"collection":"customers","action":"create"},' * 40_000
    assert len(raw) < MAX_JSON_BYTES
    assert len(gzip.compress(raw)) * 50 < len(raw)
    assert unpack_gzip(packed(raw), max_bytes=MAX_JSON_BYTES) == raw


@pytest.mark.parametrize(
    ("size", "max_bytes"),
    [(MAX_JSON_BYTES + 1, MAX_JSON_BYTES), (3 * MIB, 20 * MIB), (200 * MIB, 100 * MIB), (100, 99)],
    ids=["over the limit", "beyond 10 : 1", "bomb", "over a small limit"],
)
def test_a_bomb_is_refused_before_it_goes_off(size: int, max_bytes: int) -> None:
    bomb = packed(bytes(size))
    tracemalloc.start()
    try:
        with pytest.raises(Refused) as caught:
            unpack_gzip(bomb, max_bytes=max_bytes)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.code == "core.too-large"
    assert peak < 8 * MIB


def test_what_does_not_pack_may_be_large_up_to_the_limit_of_its_route() -> None:
    raw = b"".join(zlib.crc32(bytes([n % 251, n // 251 % 251, n // 63001])).to_bytes(4, "big") for n in range(MIB))
    assert unpack_gzip(packed(raw), max_bytes=MAX_UNPACKED_BYTES) == raw
    with pytest.raises(Refused) as caught:
        unpack_gzip(packed(raw), max_bytes=3 * MIB)
    assert caught.value.params == {"max_bytes": 3 * MIB}


@pytest.mark.parametrize(
    "stream",
    [
        b"",
        b"no gzip",
        gzip.compress(b"x")[:-1],
        gzip.compress(b"x" * 100_000)[:50],
        gzip.compress(b"x") + b"y",
        gzip.compress(b"x") + gzip.compress(b"y"),
        gzip.compress(b"x")[:-8] + bytes(8),
        zlib.compress(b"x"),
        gzip.compress(bytes(range(256)) * 300) + b"y",
    ],
    ids=[f"case{n}" for n in range(9)],  # gzip writes the time, which differs between xdist workers
)
def test_a_damaged_stream_is_refused(stream: bytes) -> None:
    with pytest.raises(Refused) as caught:
        unpack_gzip(io.BytesIO(stream), max_bytes=MAX_JSON_BYTES)
    assert caught.value.params == {"reason": "damaged"}


class Slow(io.RawIOBase):
    """A stream that hands out one byte at a time."""

    def __init__(self, raw: bytes) -> None:
        self._inner = io.BytesIO(raw)

    def read(self, size: int = -1) -> bytes:
        return self._inner.read(1)


def test_a_stream_may_arrive_in_drops() -> None:
    stream: Any = Slow(gzip.compress(b'{"a": 1}' * 1000))
    assert unpack_gzip(stream, max_bytes=MAX_JSON_BYTES) == b'{"a": 1}' * 1000


def test_what_follows_a_stream_is_noticed_in_drops_as_well() -> None:
    stream: Any = Slow(gzip.compress(b"{}") + b"y")
    with pytest.raises(Refused, match=r"core\.malformed-json"):
        unpack_gzip(stream, max_bytes=MAX_JSON_BYTES)


@pytest.mark.parametrize("size", [100, MAX_JSON_BYTES])
def test_a_body_that_just_fits_is_taken(size: int) -> None:
    assert len(unpack_gzip(packed(bytes(size)), max_bytes=size)) == size
