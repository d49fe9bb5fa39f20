"""The exchange: reading a device's request, writing and reading the server's answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync_protocol import codes
from sync_protocol.codes import ProtocolError
from sync_protocol.collections import CollectionShape
from sync_protocol.cursors import Cursor, parse_cursor
from sync_protocol.ids import is_id
from sync_protocol.operations import Operation, parse_push
from sync_protocol.pages import Changes, parse_changes
from sync_protocol.verdicts import Decision
from sync_protocol.versions import OLDEST_PROTOCOL, OLDEST_SCHEMA, PROTOCOL, expired
from sync_protocol.wire import SAFE_INTEGER

MAX_PAGE_BYTES = 1_048_576


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the app should tell its user."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_wire(self) -> dict[str, Any]:
        """As it stands in the answer."""
        return {"code": self.code, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class PullRequest:
    """cursor: None reads from the beginning. max_bytes: of the pull part, uncompressed; a bound, not a promise."""

    cursor: Cursor | None
    max_bytes: int = MAX_PAGE_BYTES


@dataclass(frozen=True, slots=True)
class ExchangeRequest:
    """A device's request. operations: None when it does not push. sent_at: the device's clock, ms, believed by no one."""

    protocol: int
    schema: int
    enrolment: str
    sent_at: int
    operations: tuple[Operation, ...] | None
    pull: PullRequest | None

    @property
    def notice(self) -> Notice | None:
        """The upgrade notice when the device's schema number has expired; it is then sent no rows."""
        return Notice(codes.UPGRADE_REQUIRED, {"oldest": OLDEST_SCHEMA}) if expired(self.schema) else None


def parse_exchange(document: object, shapes: Mapping[str, CollectionShape]) -> ExchangeRequest:
    """Read a request's JSON. Unknown members of the envelope are ignored, so that a newer client is not turned away.

    Raises ProtocolError UNKNOWN_PROTOCOL, MALFORMED and what parse_push raises.
    """
    if type(document) is not dict:
        raise ProtocolError(codes.MALFORMED, pointer="", expected="object")
    protocol = _integer(document, "protocol", 1)
    if not OLDEST_PROTOCOL <= protocol <= PROTOCOL:
        raise ProtocolError(codes.UNKNOWN_PROTOCOL, oldest=OLDEST_PROTOCOL, newest=PROTOCOL)
    enrolment = document.get("enrolment")
    if not is_id(enrolment):
        raise ProtocolError(codes.MALFORMED, pointer="/enrolment", expected="id")
    push = document.get("push")
    return ExchangeRequest(
        protocol=protocol,
        schema=_integer(document, "schema", 1),
        enrolment=str(enrolment),
        sent_at=_integer(document, "sent_at", -SAFE_INTEGER),
        operations=None if push is None else parse_push(push, shapes),
        pull=_pull_request(document.get("pull")),
    )


def _pull_request(pull: object) -> PullRequest | None:
    if pull is None:
        return None
    if type(pull) is not dict:
        raise ProtocolError(codes.MALFORMED, pointer="/pull", expected="object")
    max_bytes = _integer(pull, "max_bytes", 1, "/pull") if "max_bytes" in pull else MAX_PAGE_BYTES
    return PullRequest(parse_cursor(pull.get("cursor")), min(max_bytes, MAX_PAGE_BYTES))


def _integer(document: Mapping[str, Any], name: str, least: int, within: str = "") -> int:
    value = document.get(name)
    if type(value) is not int or not least <= value <= SAFE_INTEGER:
        raise ProtocolError(codes.MALFORMED, pointer=f"{within}/{name}", expected=f"whole number from {least}")
    return value


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """acknowledged: the highest n of the enrolment that is durable, and all below it; 0 when there is none."""

    acknowledged: int
    decisions: tuple[Decision, ...]

    def to_wire(self) -> dict[str, Any]:
        """As it stands in the answer."""
        return {"acknowledged": self.acknowledged, "verdicts": [each.to_wire() for each in self.decisions]}


@dataclass(frozen=True, slots=True)
class PullAnswer:
    """One page's worth of changes.

    cursor: what the device asks with next. complete: one snapshot had nothing more in any subscribed bucket.
    reset: start from nothing. remaining: rows still to come, for a progress bar; a guess, or None.
    """

    cursor: Cursor
    complete: bool
    changes: Changes
    reset: bool = False
    remaining: int | None = None


@dataclass(frozen=True, slots=True)
class ExchangeAnswer:
    """What a device reads out of a 200. head: last seq of the organisation in the snapshot the pull was read in."""

    server_time: int
    head: int
    push: PushAnswer | None
    pull: PullAnswer | None
    notice: Notice | None


def build_pull(
    cursor: Cursor,
    *,
    complete: bool,
    reset: bool = False,
    left: Sequence[str] = (),
    pages: Sequence[Mapping[str, Any]] = (),
    bucket_names: Sequence[str] = (),
    removals: Sequence[Mapping[str, Any]] = (),
    remaining: int | None = None,
) -> dict[str, Any]:
    """The "pull" member of an answer. pages: from pages.encode_page."""
    return {
        "cursor": cursor.to_wire(),
        "complete": complete,
        "left": list(left),
        "reset": reset,
        "pages": list(pages),
        "bucket_names": list(bucket_names),
        "removals": list(removals),
        "remaining": remaining,
    }


def build_answer(
    *,
    server_time: int,
    head: int,
    push: PushAnswer | None = None,
    pull: Mapping[str, Any] | None = None,
    notice: Notice | None = None,
) -> dict[str, Any]:
    """The body of a 200. server_time: ms since 1970 UTC."""
    answer: dict[str, Any] = {"protocol": PROTOCOL, "server_time": server_time, "head": head}
    if push is not None:
        answer["push"] = push.to_wire()
    if pull is not None:
        answer["pull"] = pull
    answer["notice"] = None if notice is None else notice.to_wire()
    return answer


class MalformedAnswer(ValueError):
    """A 200 that does not have its shape: a proxy's page, a cut body. The device changes nothing and asks again."""


def parse_answer(document: object) -> ExchangeAnswer:
    """Read the body of a 200, whole or not at all. Unknown members are ignored. Raises MalformedAnswer."""
    try:
        return _parse_answer(document)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise MalformedAnswer(f"{type(error).__name__}: {error}") from error


def _parse_answer(document: Any) -> ExchangeAnswer:
    push, pull, notice = document.get("push"), document.get("pull"), document.get("notice")
    return ExchangeAnswer(
        server_time=_number(document["server_time"]),
        head=_number(document["head"]),
        push=None
        if push is None
        else PushAnswer(
            _number(push["acknowledged"]), tuple(Decision.from_wire(verdict) for verdict in push["verdicts"])
        ),
        pull=None if pull is None else _parse_pull(pull),
        notice=None if notice is None else Notice(str(notice["code"]), dict(notice.get("params") or {})),
    )


def _parse_pull(pull: Mapping[str, Any]) -> PullAnswer:
    cursor = parse_cursor(pull["cursor"])
    if cursor is None or type(pull["complete"]) is not bool or type(pull["reset"]) is not bool:
        raise ValueError("no usable cursor")
    return PullAnswer(
        cursor=cursor,
        complete=pull["complete"],
        changes=parse_changes(pull),
        reset=pull["reset"],
        remaining=None if pull.get("remaining") is None else _number(pull["remaining"]),
    )


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise TypeError("whole number from 0 expected")
    return value
