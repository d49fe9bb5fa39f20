"""Reading a push: what is wrong with the request refuses it, what is wrong with an operation stays with it."""

import copy
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_protocol import codes, wire
from sync_protocol.codes import CATALOGUE, ProtocolError
from sync_protocol.collections import ActionShape, CollectionShape, Field
from sync_protocol.operations import (
    MAX_OPERATION_BYTES,
    Operation,
    check_gap,
    check_resent,
    groups_of,
    parse_push,
    storable,
)

ROW = "0199c1a0-0000-7000-8000-000000000001"
SHAPES = {
    "customers": CollectionShape(
        name="customers",
        fields={
            "name": Field(wire.TEXT(20), writable=True, required=True),
            "grade": Field(wire.CODE("ABC").or_null(), writable=True),
            "owner": Field(wire.ID),
        },
        actions={
            "create": None,
            "update": None,
            "delete": None,
            "visit": ActionShape({"at": wire.INSTANT}, frozenset({"at"})),
        },
    )
}
GOOD: dict[str, Any] = {
    "n": 1,
    "group": 1,
    "collection": "customers",
    "action": "create",
    "row": ROW,
    "base": 0,
    "values": {"name": "王小明"},
    "made_at": 1_760_000_000_000,
}


def sent(**changes: Any) -> dict[str, Any]:
    """A good operation with these members changed; ... takes one out."""
    return {name: value for name, value in {**GOOD, **changes}.items() if value is not ...}


def parse(*operations: Any) -> tuple[Operation, ...]:
    return parse_push({"operations": list(operations)}, SHAPES)


def numbered(*numbers: int, groups: list[int] | None = None) -> list[dict[str, Any]]:
    return [sent(n=n, group=group) for n, group in zip(numbers, groups or numbers, strict=True)]


def test_a_good_operation_is_read() -> None:
    (operation,) = parse(sent(n=7, group=3, base=2, action="update", values={"name": "e\u0301", "grade": None}))
    assert operation == Operation(
        n=7,
        group=3,
        collection="customers",
        action="update",
        row=ROW,
        base=2,
        values={"name": "é", "grade": None},
        made_at=1_760_000_000_000,
        content_hash=operation.content_hash,
        fault=None,
    )


def test_an_empty_push_is_one() -> None:
    assert parse() == ()


@pytest.mark.parametrize("push", [None, [], "x", {}, {"operations": None}, {"operations": {"0": GOOD}}])
def test_a_push_is_an_object_with_a_list(push: object) -> None:
    with pytest.raises(ProtocolError) as refused:
        parse_push(push, SHAPES)
    assert refused.value.code == codes.MALFORMED
    assert refused.value.params["pointer"] == "/push/operations"


def test_500_operations_and_no_more() -> None:
    assert len(parse(*numbered(*range(1, 501)))) == 500
    with pytest.raises(ProtocolError) as refused:
        parse(*numbered(*range(1, 502)))
    assert (refused.value.code, refused.value.params) == (codes.TOO_MANY, {"max": 500})
    with pytest.raises(ProtocolError):
        parse_push({"operations": numbered(1, 2, 3)}, SHAPES, limit=2)


@pytest.mark.parametrize("operation", [None, 5, "x", []])
def test_an_operation_is_an_object(operation: object) -> None:
    with pytest.raises(ProtocolError) as refused:
        parse(GOOD, operation)
    assert refused.value.params == {"pointer": "/push/operations/1", "expected": "object"}


@pytest.mark.parametrize("member", ["n", "group"])
@pytest.mark.parametrize("number", [..., None, 0, -1, True, 1.0, "1", 2**53])
def test_without_its_numbers_an_operation_has_no_place(member: str, number: object) -> None:
    with pytest.raises(ProtocolError) as refused:
        parse(sent(**{member: number}))
    assert refused.value.code == codes.MALFORMED
    assert refused.value.params["pointer"] == f"/push/operations/0/{member}"


@pytest.mark.parametrize(("numbers", "expected"), [((1, 3), 2), ((1, 1), 2), ((2, 1), 3), ((5, 6, 8), 7)])
def test_numbers_follow_each_other(numbers: tuple[int, ...], expected: int) -> None:
    with pytest.raises(ProtocolError) as refused:
        parse(*numbered(*numbers))
    assert (refused.value.code, refused.value.params) == (codes.GAP, {"expected": expected})


def test_a_group_stands_together() -> None:
    read = parse(*numbered(1, 2, 3, 4, groups=[4, 4, 2, 9]))
    assert [[each.n for each in group] for group in groups_of(read)] == [[1, 2], [3], [4]]
    with pytest.raises(ProtocolError) as refused:
        parse(*numbered(1, 2, 3, groups=[1, 2, 1]))
    assert (refused.value.code, refused.value.params) == (codes.GROUP_SPLIT, {"group": 1})


def nested(depth: int) -> Any:
    value: Any = 1
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


def test_deep_nesting_refuses_the_request_without_recursion() -> None:
    (read,) = parse(sent(values={"name": nested(30)}))  # 1 operation + 1 values + 30
    assert read.fault is not None
    for depth in (31, 100_000):
        with pytest.raises(ProtocolError) as refused:
            parse(sent(values={"name": nested(depth)}))
        assert refused.value.code == codes.TOO_DEEP


FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"collection": "dragons"}, codes.UNKNOWN_COLLECTION, "/collection"),
    ({"collection": ...}, codes.MALFORMED_OPERATION, "/collection"),
    ({"collection": ["customers"]}, codes.MALFORMED_OPERATION, "/collection"),
    ({"action": "explode"}, codes.UNKNOWN_ACTION, "/action"),
    ({"action": None}, codes.MALFORMED_OPERATION, "/action"),
    ({"row": ROW.upper()}, codes.BAD_ROW_ID, "/row"),
    ({"row": 7}, codes.BAD_ROW_ID, "/row"),
    ({"row": ...}, codes.BAD_ROW_ID, "/row"),
    ({"base": -1}, codes.MALFORMED_OPERATION, "/base"),
    ({"base": True}, codes.MALFORMED_OPERATION, "/base"),
    ({"base": 2**53}, codes.MALFORMED_OPERATION, "/base"),
    ({"base": ...}, codes.MALFORMED_OPERATION, "/base"),
    ({"made_at": "2025-10-09T08:00:00"}, codes.BAD_INSTANT, "/made_at"),
    ({"made_at": 86_400_000}, codes.BAD_INSTANT, "/made_at"),
    ({"made_at": None}, codes.NOT_NULL, "/made_at"),
    ({"values": None}, codes.MALFORMED_OPERATION, "/values"),
    ({"values": [["name", "a"]]}, codes.MALFORMED_OPERATION, "/values"),
    ({"values": ...}, codes.MALFORMED_OPERATION, "/values"),
    ({"values": {}}, codes.MISSING_FIELD, "/values/name"),
    ({"values": {"name": "a", "owner": ROW}}, codes.UNKNOWN_FIELD, "/values/owner"),
    ({"values": {"name": "a", "id": ROW}}, codes.UNKNOWN_FIELD, "/values/id"),
    ({"values": {"name": "a", "org_id": ROW}}, codes.UNKNOWN_FIELD, "/values/org_id"),
    ({"values": {"name": "a", "a/b~c\u0000\ud800": 1}}, codes.UNKNOWN_FIELD, "/values/a~1b~0c\\x00\\ud800"),
    ({"values": {"name": 5}}, codes.WRONG_TYPE, "/values/name"),
    ({"values": {"name": None}}, codes.NOT_NULL, "/values/name"),
    ({"values": {"name": "a", "grade": "D"}}, codes.UNKNOWN_CHOICE, "/values/grade"),
    ({"values": {"name": {"$gt": ""}}}, codes.WRONG_TYPE, "/values/name"),
    ({"action": "visit", "values": {"at": 5}}, codes.BAD_INSTANT, "/values/at"),
    ({"action": "delete", "values": {"name": "a"}}, codes.UNKNOWN_FIELD, "/values/name"),
    ({"note": "hello"}, codes.MALFORMED_OPERATION, "/note"),
]


@pytest.mark.parametrize(("changes", "code", "field"), FAULTS)
def test_a_fault_stays_with_its_operation(changes: dict[str, Any], code: str, field: str) -> None:
    before, bad, after = parse(GOOD, sent(n=2, group=2, **changes), sent(n=3, group=3))
    assert before.fault is None
    assert after.fault is None
    assert bad.fault is not None
    assert (bad.fault.code, bad.fault.params["field"]) == (code, field)
    assert set(bad.fault.params) == set(CATALOGUE[code].params)
    assert (bad.n, bad.group) == (2, 2)


def test_a_large_operation_is_at_fault() -> None:
    overhead = len(
        json.dumps({k: v for k, v in sent(values={"x": ""}).items() if k not in ("n", "group")}, separators=(",", ":"))
    )
    (fits,) = parse(sent(values={"x": "a" * (MAX_OPERATION_BYTES - overhead)}))
    assert fits.fault is not None
    assert fits.fault.code == codes.MISSING_FIELD
    (large,) = parse(sent(values={"x": "a" * (MAX_OPERATION_BYTES - overhead + 1)}))
    assert large.fault is not None
    assert (large.fault.code, large.fault.params) == (codes.OPERATION_TOO_LARGE, {"max_bytes": MAX_OPERATION_BYTES})
    assert large.values == {}


HOSTILE = "\x00\ud800' OR 1=1 --"


def test_what_is_kept_of_a_faulty_operation_can_be_stored_and_printed() -> None:
    (bad,) = parse(
        sent(collection=HOSTILE, action=HOSTILE, row=HOSTILE, base=HOSTILE, made_at=10**30, values={HOSTILE: [HOSTILE]})
    )
    assert (bad.collection, bad.action, bad.row, bad.base, bad.made_at) == ("", "", "", 0, 0)
    assert bad.values == {"\ufffd\ufffd' OR 1=1 --": ["\ufffd\ufffd' OR 1=1 --"]}
    (bad,) = parse(sent(action=HOSTILE, values={"name": 10**400, "grade": 0.5}))
    assert (bad.collection, bad.action, bad.row) == ("customers", "", ROW)
    assert bad.values == {"name": str(10**400), "grade": "0.5"}
    assert storable({"a": [True, None, 5, -(2**53)]}) == {"a": [True, None, 5, str(-(2**53))]}
    (bad,) = parse(sent(values={}, made_at=-86_400_000, base=4))
    assert (bad.made_at, bad.base, bad.action) == (-86_400_000, 4, "create")


def hash_of(**changes: Any) -> str:
    return parse(sent(**changes))[0].content_hash


def test_the_hash_is_of_what_was_sent_but_for_its_place() -> None:
    content = {name: value for name, value in GOOD.items() if name not in ("n", "group")}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    assert hash_of() == hashlib.sha256(canonical.encode()).hexdigest()
    assert hash_of(n=9, group=8) == hash_of()
    shuffled = dict(reversed(list(copy.deepcopy(GOOD).items())))
    assert parse(shuffled)[0].content_hash == hash_of()


@pytest.mark.parametrize(
    "changes",
    [
        {"collection": "other"},
        {"action": "update"},
        {"row": "0199c1a0-0000-7000-8000-000000000002"},
        {"base": 1},
        {"values": {"name": "王小红"}},
        {"values": {"name": "王小明", "grade": None}},
        {"made_at": 1_760_000_000_001},
        {"note": "x"},
    ],
)
def test_any_other_content_has_another_hash(changes: dict[str, Any]) -> None:
    assert hash_of(**changes) != hash_of()


def test_equal_to_the_eye_is_not_equal_as_sent() -> None:
    assert hash_of(values={"name": "é"}) != hash_of(values={"name": "e\u0301"})
    assert hash_of(values={"name": "\ud800"}) != hash_of(values={"name": "\udbff"})


def test_a_gap_before_the_first_operation_names_what_is_missing() -> None:
    read = parse(*numbered(4, 5))
    for acknowledged in (3, 4, 5, 9):
        check_gap(read, acknowledged)
    check_gap((), 0)
    with pytest.raises(ProtocolError) as refused:
        check_gap(read, 2)
    assert (refused.value.code, refused.value.params) == (codes.GAP, {"expected": 3})


def test_a_number_used_for_another_content_refuses_the_request() -> None:
    (operation,) = parse(sent(n=4))
    check_resent(operation, operation.content_hash)
    with pytest.raises(ProtocolError) as refused:
        check_resent(operation, "0" * 64)
    assert (refused.value.code, refused.value.params) == (codes.REUSED_N, {"n": 4})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*GOOD, "extra"]), json_values), st.booleans())
def test_no_operation_escapes_as_anything_but_a_refusal(members: dict[str, Any], based: bool) -> None:
    operation = {**GOOD, **members} if based else members
    try:
        (read,) = parse(operation)
    except ProtocolError:
        return
    json.dumps(read.values).encode()
    if read.fault is None:
        assert read.collection in SHAPES
    else:
        assert read.fault.code in CATALOGUE
        json.dumps(read.fault.params, allow_nan=False)
        json.dumps(read.values, ensure_ascii=False, allow_nan=False).encode()
