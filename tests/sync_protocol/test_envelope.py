"""The exchange's envelope, both ways."""

import json
from typing import Any

import pytest

from sync_protocol import codes, envelope, versions
from sync_protocol.codes import ProtocolError
from sync_protocol.cursors import Cursor
from sync_protocol.envelope import (
    ExchangeAnswer,
    MalformedAnswer,
    Notice,
    PullAnswer,
    PushAnswer,
    build_answer,
    build_pull,
    parse_answer,
    parse_exchange,
)
from sync_protocol.pages import Changes, PulledRow, encode_page
from sync_protocol.verdicts import Decision, Verdict
from tests.sync_protocol.model_server import NOW, SHAPES

ENROLMENT = "0199c1a0-0000-7000-8000-0000000000aa"
EPOCH = "0199c1a0-0000-7000-8000-00000000000e"
ROW = "0199c1a0-0000-7000-8000-000000000001"
REQUEST: dict[str, Any] = {"protocol": 1, "schema": 1, "enrolment": ENROLMENT, "sent_at": NOW}
OPERATION = {
    "n": 1,
    "group": 1,
    "collection": "customers",
    "action": "create",
    "row": ROW,
    "base": 0,
    "values": {"name": "王小明"},
    "made_at": NOW,
}


def request(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in {**REQUEST, **members}.items() if value is not ...}


def test_both_parts_are_optional() -> None:
    read = parse_exchange(REQUEST, SHAPES)
    assert (read.protocol, read.schema, read.enrolment, read.sent_at) == (1, 1, ENROLMENT, NOW)
    assert (read.operations, read.pull, read.notice) == (None, None, None)


def test_both_parts_are_read() -> None:
    cursor = {"epoch": EPOCH, "buckets": {"ref": 4}}
    read = parse_exchange(request(push={"operations": [OPERATION]}, pull={"cursor": cursor, "max_bytes": 5000}), SHAPES)
    assert read.operations is not None
    assert [operation.row for operation in read.operations] == [ROW]
    assert read.pull == envelope.PullRequest(Cursor(EPOCH, {"ref": 4}), 5000)


def test_a_device_may_not_ask_for_more_than_a_page() -> None:
    for asked, given in ((5 * 2**20, 2**20), (2**20, 2**20), (1, 1)):
        read = parse_exchange(request(pull={"cursor": None, "max_bytes": asked}), SHAPES)
        assert read.pull == envelope.PullRequest(None, given)
    assert parse_exchange(request(pull={}), SHAPES).pull == envelope.PullRequest(None, 2**20)


def test_what_it_does_not_know_it_ignores() -> None:
    assert parse_exchange(request(hello=1, pull={"cursor": None, "colour": "red"}), SHAPES).pull is not None


def test_a_broken_clock_does_not_stop_a_device() -> None:
    assert parse_exchange(request(sent_at=-5), SHAPES).sent_at == -5


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        (None, ""),
        ([], ""),
        ("x", ""),
        (request(protocol=...), "/protocol"),
        (request(protocol="1"), "/protocol"),
        (request(protocol=True), "/protocol"),
        (request(protocol=0), "/protocol"),
        (request(schema=...), "/schema"),
        (request(schema=0), "/schema"),
        (request(schema=1.0), "/schema"),
        (request(enrolment=...), "/enrolment"),
        (request(enrolment="x"), "/enrolment"),
        (request(sent_at=...), "/sent_at"),
        (request(sent_at="2025-10-09T08:00:00Z"), "/sent_at"),
        (request(sent_at=2**53), "/sent_at"),
        (request(push=5), "/push/operations"),
        (request(pull=5), "/pull"),
        (request(pull={"max_bytes": 0}), "/pull/max_bytes"),
        (request(pull={"max_bytes": "1"}), "/pull/max_bytes"),
        (request(pull={"max_bytes": None}), "/pull/max_bytes"),
    ],
)
def test_a_malformed_envelope_is_refused_with_a_pointer(document: object, pointer: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        parse_exchange(document, SHAPES)
    assert (refused.value.code, refused.value.params["pointer"]) == (codes.MALFORMED, pointer)


def test_a_damaged_cursor_reads_from_the_beginning() -> None:
    read = parse_exchange(request(pull={"cursor": {"epoch": EPOCH, "buckets": {"ref": -1}}}), SHAPES)
    assert read.pull == envelope.PullRequest(None)


@pytest.mark.parametrize("protocol", [2, 99])
def test_an_unknown_protocol_is_refused_whatever_else_stands_there(protocol: int) -> None:
    with pytest.raises(ProtocolError) as refused:
        parse_exchange({"protocol": protocol}, SHAPES)
    assert (refused.value.code, refused.value.params) == (codes.UNKNOWN_PROTOCOL, {"oldest": 1, "newest": 1})


def test_protocols_between_oldest_and_newest_are_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelope, "PROTOCOL", 4)
    monkeypatch.setattr(envelope, "OLDEST_PROTOCOL", 2)
    for protocol in (2, 4):
        assert parse_exchange(request(protocol=protocol), SHAPES).protocol == protocol
    for protocol in (1, 5):
        with pytest.raises(ProtocolError):
            parse_exchange(request(protocol=protocol), SHAPES)


def test_an_expired_schema_gets_a_notice_and_may_still_push(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "OLDEST_SCHEMA", 3)
    monkeypatch.setattr(envelope, "OLDEST_SCHEMA", 3)
    read = parse_exchange(request(push={"operations": [OPERATION]}), SHAPES)
    assert read.notice == Notice(codes.UPGRADE_REQUIRED, {"oldest": 3})
    assert read.operations is not None
    assert parse_exchange(request(schema=3), SHAPES).notice is None


PULL = build_pull(
    Cursor(EPOCH, {"ref": 9}),
    complete=False,
    reset=True,
    left=["old"],
    pages=[encode_page("customers", {"id": [ROW], "version": [1], "name": ["王"]}, [[0]])],
    bucket_names=["ref"],
    removals=[{"collection": "notes", "row": ROW, "bucket": 0}],
    remaining=7,
)


def test_an_answer_goes_there_and_back() -> None:
    decision = Decision(1, Verdict.APPLIED, 1, 9)
    built = build_answer(
        server_time=NOW, head=9, push=PushAnswer(1, (decision,)), pull=PULL, notice=Notice("sync.x", {"a": 1})
    )
    assert built["protocol"] == 1
    assert parse_answer(json.loads(json.dumps(built))) == ExchangeAnswer(
        server_time=NOW,
        head=9,
        push=PushAnswer(1, (decision,)),
        pull=PullAnswer(
            cursor=Cursor(EPOCH, {"ref": 9}),
            complete=False,
            changes=Changes(
                ("old",), (PulledRow("customers", ROW, 1, {"name": "王"}, ("ref",)),), (("notes", ROW, "ref"),)
            ),
            reset=True,
            remaining=7,
        ),
        notice=Notice("sync.x", {"a": 1}),
    )


def test_parts_that_were_not_asked_for_are_not_there() -> None:
    built = build_answer(server_time=NOW, head=0)
    assert built == {"protocol": 1, "server_time": NOW, "head": 0, "notice": None}
    assert parse_answer({**built, "later": {}}) == ExchangeAnswer(NOW, 0, None, None, None)


ANSWER = build_answer(server_time=NOW, head=9, pull=PULL)


@pytest.mark.parametrize(
    "document",
    [
        None,
        "<html>",
        [],
        5,
        {},
        {**ANSWER, "head": None},
        {**ANSWER, "head": -1},
        {**ANSWER, "head": True},
        {**ANSWER, "server_time": "now"},
        {**ANSWER, "push": {}},
        {**ANSWER, "push": {"acknowledged": "1", "verdicts": []}},
        {**ANSWER, "push": {"acknowledged": 1, "verdicts": [5]}},
        {**ANSWER, "push": {"acknowledged": 1, "verdicts": None}},
        {**ANSWER, "notice": {}},
        {**ANSWER, "notice": 5},
        {**ANSWER, "pull": 5},
        {**ANSWER, "pull": {**PULL, "cursor": None}},
        {**ANSWER, "pull": {**PULL, "complete": None}},
        {**ANSWER, "pull": {**PULL, "reset": 0}},
        {**ANSWER, "pull": {**PULL, "remaining": "7"}},
        {**ANSWER, "pull": {name: value for name, value in PULL.items() if name != "pages"}},
    ],
)
def test_a_malformed_answer_is_taken_not_at_all(document: object) -> None:
    with pytest.raises(MalformedAnswer):
        parse_answer(document)


def test_what_remains_may_be_unknown() -> None:
    for remaining in (None, 0, 5):
        answer = parse_answer({**ANSWER, "pull": {**PULL, "remaining": remaining}})
        assert answer.pull is not None
        assert answer.pull.remaining == remaining
