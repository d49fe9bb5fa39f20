"""Whole bodies, addresses, queries, cursors and headers as nobody should send them: refused with the right code, by the shell
around the views or by the views, and nothing changed.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from server.core.bodies import MAX_JSON_BYTES
from sync_protocol.ids import new_id
from tests.proof.test_hostile import EXCHANGE, with_bodies
from tests.support import databases
from tests.support.document import Field, Operation
from tests.support.hostile import IDS, TEXTS, Judged, judge, nested, share
from tests.support.hostile_scene import Target, open_target
from tests.support.recipes import sent
from tests.support.scene_rows import nobodys

JSON = "application/json"
BODIES: Mapping[str, tuple[bytes, str]] = {
    "nothing": (b"", "missing"),
    "white space": (b" \r\n\t ", "missing"),
    "cut off": (b'{"a": ', "syntax"),
    "single quotes": (b"{'a': 1}", "syntax"),
    "a comma too many": (b'{"a": 1,}', "syntax"),
    "a comment": (b'{"a": 1} // x', "syntax"),
    "two documents": (b"{}{}", "syntax"),
    "a leading zero": (b'{"a": 01}', "syntax"),
    "a raw line in a text": (b'{"a": "x\ny"}', "syntax"),
    "NUL bytes": (b"\x00" * 50, "syntax"),
    "not a number": (b'{"a": NaN}', "not-finite"),
    "infinite": (b'{"a": -Infinity}', "not-finite"),
    "too large a number": (b'{"a": 1e999}', "not-finite"),
    "thousands of digits": (b'{"a": ' + b"9" * 5000 + b"}", "not-finite"),
    "a name twice": (b'{"a": 1, "a": 2}', "duplicate-name"),
    "a name twice below": (b'{"a": [{"b": 1, "b": 1}]}', "duplicate-name"),
    "a mark in front": (b"\xef\xbb\xbf{}", "syntax"),
    "broken UTF-8": (b'{"a": "\xff\xfe"}', "not-utf8"),
    "overlong UTF-8": (b'{"a": "\xc0\xaf"}', "not-utf8"),
    "a surrogate in UTF-8": (b'{"a": "\xed\xa0\x80"}', "not-utf8"),
    "UTF-16": ('{"a": "\u00e9"}'.encode("utf-16"), "not-utf8"),
    "40 levels": (json.dumps({"a": nested(40)}).encode(), "too-deep"),
    "100000 levels": (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too-deep"),
}
"""Name → bytes, and the reason they are refused for."""

TYPES = (
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
    "application/json; charset=latin-1",
    "application/jsonx",
    "application/*",
    "json",
    "application/json, text/plain",
    "\u00e9",
    "x" * 5000,
)
ADDRESSES = (
    *(each for name, each in IDS.items() if name not in ("with a line", "NUL")),
    "%00",
    "01940000-0000-7000-8000-0000000000a1%00",
    "01940000-0000-7000-8000-0000000000a1%0a",
    "..%2f..%2fetc%2fpasswd",
    "%ff%fe",
    "%F0%9F%92%A3",
    "null",
    "-1",
    "9" * 400,
    "x" * 5000,
    "%25s%7B0%7D",
)
QUERIES = {name: text for name, text in TEXTS.items() if not any(0xD800 <= ord(each) <= 0xDFFF for each in text)}
QUERIES |= {
    "1 MB": "x" * 100_000,
    "": "",
    "a number": "7",
    "a huge number": "9" * 400,
    "a list": "[]",
    "an object": "{}",
}


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


# -- bodies ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*with_bodies(), EXCHANGE])
def test_bodies_that_are_no_json_are_refused_for_what_they_are(target: Target, name: str) -> None:
    operation = target.operations[name]
    for what, (raw, reason) in share(BODIES.items(), name):
        recipe, asking = target.asking(operation)
        answer = target.send(operation, asking, recipe, data=raw, content_type=JSON)
        assert (answer.status, answer.code, answer.body["params"]) == (
            400,
            "core.malformed-json",
            {"reason": reason},
        ), what


@pytest.mark.parametrize("name", [*with_bodies(), EXCHANGE])
def test_bodies_of_other_kinds_and_sizes_are_refused(target: Target, name: str) -> None:
    operation = target.operations[name]
    recipe, asking = target.asking(operation)
    assert recipe.body is not None
    good = json.dumps(recipe.body(asking)).encode()
    for kind in share(TYPES, name):
        answer = target.send(operation, asking, recipe, data=good, content_type=kind)
        assert (answer.status, answer.code) == (415, "core.unsupported-media-type"), kind
    for packing in share(("br", "deflate", "gzip, gzip", "x", "gzip;q=1"), name):
        headers = {"Content-Encoding": packing}
        answer = target.send(operation, asking, recipe, data=good, content_type=JSON, headers=headers)
        assert (answer.status, answer.code) == (415, "core.unsupported-media-type"), packing
    large = b'{"a": "' + b"x" * MAX_JSON_BYTES + b'"}'
    assert target.send(operation, asking, recipe, data=large, content_type=JSON).code == "core.too-large"
    unsaid = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    answer = target.send(operation, asking, recipe, data=large, content_type=JSON, environ_overrides=unsaid)
    assert answer.code == "core.too-large"


@pytest.mark.parametrize("name", [*with_bodies(), EXCHANGE])
def test_a_body_that_ends_before_it_said_is_no_body(target: Target, name: str) -> None:
    operation = target.operations[name]
    recipe, asking = target.asking(operation)
    assert recipe.body is not None
    good = json.dumps(recipe.body(asking)).encode()
    for length in share((str(len(good) + 100), "-1", "abc", "1e3", str(10**30)), name):
        answer = target.send(
            operation, asking, recipe, data=good, content_type=JSON, environ_overrides={"CONTENT_LENGTH": length}
        )
        assert answer.status in (400, 413), (length, answer.status)


def test_only_devices_may_pack_their_bodies_and_a_small_bomb_is_found_out(target: Target) -> None:
    packed = {"Content-Encoding": "gzip"}
    rest = target.operations["POST /api/v1/customers"]
    recipe, asking = target.asking(rest)
    body = gzip.compress(b'{"name": "packed"}')
    assert target.send(rest, asking, recipe, data=body, content_type=JSON, headers=packed).status == 415
    exchange = target.operations[EXCHANGE]
    recipe, asking = target.asking(exchange)
    bombs = {
        "60 MB of spaces": (gzip.compress(b" " * 60_000_000), "core.too-large"),
        "a bomb in a bomb": (gzip.compress(gzip.compress(b" " * 60_000_000)), "core.malformed-json"),
        "cut off": (gzip.compress(b"{}" * 500)[:-9], "core.malformed-json"),
        "followed by more": (gzip.compress(b"{}") + b"x", "core.malformed-json"),
        "two streams": (gzip.compress(b"{") + gzip.compress(b"}"), "core.malformed-json"),
        "not packed at all": (b"{}", "core.malformed-json"),
        "nothing": (b"", "core.malformed-json"),
    }
    for what, (raw, code) in bombs.items():
        assert target.send(exchange, asking, recipe, data=raw, content_type=JSON, headers=packed).code == code, what


def test_one_id_for_two_rows_of_a_body_is_a_reused_id(target: Target) -> None:
    operation = target.operations["POST /api/v1/customers"]
    recipe, asking = target.asking(operation)
    twice = new_id()
    phones = [{"id": twice, "number": "13912345678"}, {"id": twice, "number": "13912345679"}]
    answer = target.send_json(operation, asking, recipe, {"name": "twins", "phones": phones})
    assert (answer.code, answer.pointers) == ("sync.reused-row-id", ["/phones/1/id"])
    same = new_id()
    own = {"id": same, "name": "one id", "phones": [{"id": same, "number": "13912345678"}]}
    assert target.send_json(operation, asking, recipe, own).is_good  # rows of two kinds may share an id


# -- addresses ---------------------------------------------------------------------------------------------------------


def test_addresses_that_name_no_row_are_not_found(target: Target) -> None:
    for operation in target.operations.values():
        recipe, asking = target.asking(operation)
        body: dict[str, Any] = {}
        if recipe.body is not None:
            body = sent(recipe.body(asking))
        for name in operation.in_path:
            for odd in share(ADDRESSES, operation.name + name):
                ids = {**asking.ids, name: odd}
                path = operation.path.format(**{each: ids[each] for each in operation.in_path})
                answer = target.send(operation, asking, recipe, path=path, **body)
                assert answer.status in (404, 405), (operation.name, odd, answer.status)


def test_other_addresses_and_methods_are_problems_too(target: Target) -> None:
    client = target.scene.acme.app.test_client()
    odd = (
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v1/customers/",
        "//api/v1/customers",
        "/api/v1//customers",
        "/%00",
        "/a/../b",
    )
    for path in (
        *odd,
        "/.git/config",
        "/api/v2/customers",
        "/mobile",
        "/" + "x" * 5000,
        "/static/../app.py",
        "/static/%2e%2e/app.py",
    ):
        assert judge(client.get(path, headers={"Accept-Language": "zh"}), "zh").code == "core.not-found", path
    of_path: dict[str, list[Operation]] = {}
    for operation in target.operations.values():
        of_path.setdefault(operation.path, []).append(operation)
    for at, operations in of_path.items():
        allowed = {each.method for each in operations}
        path = at.format(**nobodys(*operations[0].in_path))
        for method in share(sorted({"PUT", "TRACE", "OPTIONS", "CONNECT", "PROPFIND", "GETT"} - allowed), at):
            response = client.open(path, method=method, headers={"Accept-Language": "zh"})
            given = {each.strip() for each in response.headers.get("Allow", "").split(",")}
            assert judge(response, "zh", operations[0]).code == "core.method-not-allowed", (method, path)
            assert given - {"HEAD"} == allowed, (method, path)


# -- queries -----------------------------------------------------------------------------------------------------------


def test_no_text_in_any_query_breaks_anything(target: Target) -> None:
    wrong = []
    for operation in target.operations.values():
        for what, text in share(QUERIES.items(), operation.name):
            for field in _not_settled_together(target, operation, text):
                try:
                    _ask(target, operation, [field], text)
                except AssertionError as error:
                    wrong.append(f"{operation.name} {field.pointer} = {what}: {str(error)[:300]}")
    assert not wrong, "\n".join(wrong)


def _not_settled_together(target: Target, operation: Operation, text: str) -> list[Field]:
    """Where the text has to be tried by itself. In all at once, then without those it was refused for, spares most of it."""
    together = list(operation.query)
    while len(together) > 1:
        try:
            answer = _ask(target, operation, together, text)
        except AssertionError:
            break
        rest = [each for each in together if not answer.is_good and f"/{each.pointer[1:]}" not in answer.pointers]
        if len(rest) == len(together):
            break
        together = rest
    return together


def _ask(target: Target, operation: Operation, fields: list[Field], text: str) -> Judged:
    recipe, asking = target.asking(operation)
    query = {**recipe.query, **{field.pointer[1:]: text for field in fields}}
    answer = target.send(operation, asking, recipe, query_string=query)
    assert answer.status in (200, 422), answer.status
    closed = {f"/{each.pointer[1:]}" for each in fields if _is_closed(each)} if text != "7" else set()
    if closed:
        assert answer.status == 422
    if answer.code == "core.invalid-fields":
        assert closed <= set(answer.pointers) <= {f"/{each.pointer[1:]}" for each in fields}
        assert {each["in"] for each in answer.body["errors"]} == {"query"}
    return answer


def _is_closed(field: Field) -> bool:
    return "enum" in field.schema or "format" in field.schema or "integer" in field.types


def test_queries_that_nobody_declared_are_refused(target: Target) -> None:
    for operation in target.operations.values():
        if not operation.query:
            continue
        recipe, asking = target.asking(operation)
        for unknown in share(("org_id", "$where", "%00", "x" * 3000, "limit[]", "__proto__"), operation.name):
            answer = target.send(operation, asking, recipe, query_string={**recipe.query, unknown: "1"})
            assert (answer.status, answer.field_codes) == (422, {"unknown"}), (operation.name, unknown)


def test_cursors_open_only_the_list_they_came_from(target: Target) -> None:
    admin, other = target.scene.token("admin"), target.scene.token("admin", target.scene.globex)
    lists = [each for each in target.operations.values() if any(field.pointer == "?cursor" for field in each.query)]
    cursors: dict[str, str] = {}
    for operation in lists:
        recipe, asking = target.asking(operation)
        path = operation.path.format(**asking.ids)
        answer = target.scene.acme.call("GET", path, token=admin, query_string={**recipe.query, "limit": "1"})
        if answer.json["next"] is not None:
            cursors[operation.name] = answer.json["next"]
    assert len(cursors) > 5
    for operation in lists:
        recipe, asking = target.asking(operation)
        for made_by, cursor in share(cursors.items(), operation.name):
            if made_by != operation.name:
                answer = target.send(operation, asking, recipe, query_string={**recipe.query, "cursor": cursor})
                assert answer.code == "core.bad-cursor", (operation.name, made_by)
        if (cursor := cursors.get(operation.name, "")) == "":
            continue
        bent = {cursor[:-1], cursor[1:], cursor + "A", cursor.swapcase(), cursor[:20], "A" * 40, cursor * 100, "="}
        for odd in sorted(bent):
            answer = target.send(operation, asking, recipe, query_string={**recipe.query, "cursor": odd})
            assert answer.status == 422, (operation.name, odd[:60])
    # The same list of another organisation has another scope.
    foreign = target.scene.globex.call("GET", "/api/v1/customers", token=other, query_string={"limit": "1"}).json[
        "next"
    ]
    own = target.operations["GET /api/v1/customers"]
    recipe, asking = target.asking(own)
    assert target.send(own, asking, recipe, query_string={"cursor": foreign}).code == "core.bad-cursor"
