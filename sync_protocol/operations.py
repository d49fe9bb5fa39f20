"""Operations as devices push them: shape, size and numbering, checked before any row is looked at."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sync_protocol import codes
from sync_protocol.codes import ProtocolError, WireError
from sync_protocol.collections import ActionShape, CollectionShape
from sync_protocol.ids import is_id
from sync_protocol.wire import INSTANT, SAFE_INTEGER

MAX_OPERATIONS = 500
MAX_OPERATION_BYTES = 65_536
MAX_DEPTH = 32

_MEMBERS = frozenset({"n", "group", "collection", "action", "row", "base", "values", "made_at"})
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one operation can not be applied, whatever the rows say. params names the field by JSON pointer."""

    code: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a push.

    n: the enrolment's own counter, from 1. group: equal for the operations of one local transaction.
    base: version of the row the device had adopted when the person acted; 0 for a row it did not have.
    values: field → cleaned value; with a fault, what was sent, made storable (see storable) and else unchecked.
    made_at: the device's claim, ms since 1970 UTC; shown, never used to order.
    content_hash: of all members but n and group, as sent; SHA-256, hexadecimal.
    fault: None when the form is right. With a fault, members of the wrong form are "" or 0.
    """

    n: int
    group: int
    collection: str
    action: str
    row: str
    base: int
    values: Mapping[str, Any]
    made_at: int
    content_hash: str
    fault: Fault | None = None


def parse_push(
    document: object, shapes: Mapping[str, CollectionShape], *, limit: int = MAX_OPERATIONS
) -> tuple[Operation, ...]:
    """Read the "push" member of an exchange.

    Raises ProtocolError when the request itself is wrong: MALFORMED, TOO_DEEP, TOO_MANY, GAP (numbers that do not
    follow each other), GROUP_SPLIT. What is wrong with a single operation is that operation's fault, so that it does
    not stand in the way of the others.
    """
    operations = document.get("operations") if type(document) is dict else None
    if type(operations) is not list:
        raise ProtocolError(codes.MALFORMED, pointer="/push/operations", expected="array")
    if len(operations) > limit:
        raise ProtocolError(codes.TOO_MANY, max=limit)
    parsed: list[Operation] = []
    groups: set[int] = set()
    for place, sent in enumerate(operations):
        n, group = _numbers(place, sent)
        if parsed:
            before = parsed[-1]
            if n != before.n + 1:
                raise ProtocolError(codes.GAP, expected=before.n + 1)
            if group != before.group and group in groups:
                raise ProtocolError(codes.GROUP_SPLIT, group=group)
        groups.add(group)
        parsed.append(_parse_operation(place, sent, n, group, shapes))
    return tuple(parsed)


def check_gap(operations: Sequence[Operation], acknowledged: int) -> None:
    """Raise ProtocolError GAP when operations before the first one never arrived.

    acknowledged: the highest n in the enrolment's ledger; resent operations at or below it are fine.
    """
    if operations and operations[0].n > acknowledged + 1:
        raise ProtocolError(codes.GAP, expected=acknowledged + 1)


def check_resent(operation: Operation, content_hash: str) -> None:
    """Raise ProtocolError REUSED_N when this n is in the ledger with another content."""
    if operation.content_hash != content_hash:
        raise ProtocolError(codes.REUSED_N, n=operation.n)


def groups_of(operations: Sequence[Operation]) -> Iterator[tuple[Operation, ...]]:
    """The operations by local transaction, in order."""
    for _, members in groupby(operations, key=lambda each: each.group):
        yield tuple(members)


def storable(value: Any) -> Any:
    """A JSON value as close to what was sent as any database and JSON writer takes, to be kept with a refusal.

    Lone surrogates and NUL become U+FFFD; whole numbers beyond the safe range and floats become text.
    """
    if type(value) is dict:
        return {storable(name): storable(inner) for name, inner in value.items()}
    if type(value) is list:
        return [storable(inner) for inner in value]
    if type(value) is str:
        return _UNSTORABLE.sub("\ufffd", value)
    if type(value) is float or (type(value) is int and abs(value) > SAFE_INTEGER):
        return str(value)
    return value


def _numbers(place: int, sent: Any) -> tuple[int, int]:
    if type(sent) is not dict:
        raise ProtocolError(codes.MALFORMED, pointer=f"/push/operations/{place}", expected="object")
    for name in ("n", "group"):
        number = sent.get(name)
        if type(number) is not int or not 1 <= number <= SAFE_INTEGER:
            raise ProtocolError(
                codes.MALFORMED, pointer=f"/push/operations/{place}/{name}", expected="whole number from 1"
            )
    return sent["n"], sent["group"]


def _parse_operation(
    place: int, sent: dict[str, Any], n: int, group: int, shapes: Mapping[str, CollectionShape]
) -> Operation:
    _refuse_depth(place, sent)
    text = _canonical({name: value for name, value in sent.items() if name not in ("n", "group")})
    fault: Fault | None = None
    given: Mapping[str, Any] = {}
    if len(text) > MAX_OPERATION_BYTES:
        fault = Fault(codes.OPERATION_TOO_LARGE, {"max_bytes": MAX_OPERATION_BYTES})
    else:
        try:
            given = _check_content(sent, shapes)
        except WireError as error:
            fault = Fault(error.code, error.params)
            given = storable(sent["values"]) if type(sent.get("values")) is dict else {}
    row, base, made_at = sent.get("row"), sent.get("base"), sent.get("made_at")
    collection = _name(sent.get("collection"), shapes)
    return Operation(
        n=n,
        group=group,
        collection=collection,
        action=_name(sent.get("action"), shapes[collection].actions) if collection else "",
        row=row if type(row) is str and is_id(row) else "",
        base=base if type(base) is int and 0 <= base <= SAFE_INTEGER else 0,
        values=given,
        made_at=made_at if type(made_at) is int and -SAFE_INTEGER <= made_at <= SAFE_INTEGER else 0,
        content_hash=hashlib.sha256(text.encode("ascii")).hexdigest(),
        fault=fault,
    )


def _name(sent: object, known: Mapping[str, object]) -> str:
    """A name the server may store and print: one it knows."""
    return sent if type(sent) is str and sent in known else ""


def _check_content(sent: dict[str, Any], shapes: Mapping[str, CollectionShape]) -> Mapping[str, Any]:
    """Return the cleaned values. Raises WireError with the first fault, its field as JSON pointer into the operation."""
    if not sent.keys() <= _MEMBERS:
        unknown = min(sent.keys() - _MEMBERS)
        raise WireError(codes.MALFORMED_OPERATION, field=_pointer(unknown), expected="nothing")
    for name in ("collection", "action"):
        if type(sent.get(name)) is not str:
            raise WireError(codes.MALFORMED_OPERATION, field=f"/{name}", expected="text")
    shape = shapes.get(sent["collection"])
    if shape is None:
        raise WireError(codes.UNKNOWN_COLLECTION, field="/collection")
    action = shape.action(sent["action"])
    if action is None:
        raise WireError(codes.UNKNOWN_ACTION, field="/action")
    if not is_id(sent.get("row")):
        raise WireError(codes.BAD_ROW_ID, field="/row")
    base = sent.get("base")
    if type(base) is not int or not 0 <= base <= SAFE_INTEGER:
        raise WireError(codes.MALFORMED_OPERATION, field="/base", expected="whole number from 0")
    _check_value("/made_at", INSTANT, sent.get("made_at"))
    values = sent.get("values")
    if type(values) is not dict:
        raise WireError(codes.MALFORMED_OPERATION, field="/values", expected="object")
    return _check_values(action, values)


def _check_values(action: ActionShape, values: dict[str, Any]) -> dict[str, Any]:
    kinds = action.values
    for name in action.required:
        if name not in values:
            raise WireError(codes.MISSING_FIELD, field=f"/values/{name}")
    cleaned: dict[str, Any] = {}
    for name, value in values.items():
        kind = kinds.get(name)
        if kind is None:
            raise WireError(codes.UNKNOWN_FIELD, field="/values" + _pointer(name))
        try:
            cleaned[name] = kind.check(value)
        except WireError as error:
            raise WireError(error.code, field=f"/values/{name}", **error.params) from None
    return cleaned


def _check_value(pointer: str, kind: Any, value: object) -> None:
    try:
        kind.check(value)
    except WireError as error:
        raise WireError(error.code, field=pointer, **error.params) from None


def _pointer(name: str) -> str:
    """A JSON pointer to a name nobody has checked: cut short and plain ASCII, since it goes into answers and logs."""
    return "/" + name[:60].encode("unicode_escape").decode("ascii").replace("~", "~0").replace("/", "~1")


def _refuse_depth(place: int, sent: dict[str, Any]) -> None:
    """Deep nesting is refused with the request: nobody types it, and every reader of the kept operation would suffer."""
    level: list[Any] = [*sent.values()]
    depth = 1
    while level := [each for each in level if type(each) in (dict, list)]:
        depth += 1
        if depth > MAX_DEPTH:
            raise ProtocolError(codes.TOO_DEEP, pointer=f"/push/operations/{place}", max=MAX_DEPTH)
        level = [inner for each in level for inner in (each.values() if type(each) is dict else each)]
