"""Reading what a client sent: strict JSON and bounded decompression. Pure: bytes and streams in, no Flask.

Decision record: docs/decisions/0011-strict-json.md.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Iterator
from typing import IO, Any, NoReturn

from server.core.problems import MALFORMED_JSON, TOO_LARGE, FieldError, Refused, pointer

MIB = 1024 * 1024
MAX_JSON_BYTES = 2 * MIB
"""Of a JSON body unless its route says otherwise; after decompression."""

MAX_UNPACKED_BYTES = 20 * MIB
MAX_RATIO = 10
MAX_DEPTH = 32

_UNFIT = re.compile(r"[\x00\ud800-\udfff]")
_UNFIT_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_CHUNK = 64 * 1024


class _Malformed(ValueError):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Malformed("duplicate-name")
    return found


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _Malformed("not-finite")
    return value


def _constant(_name: str) -> NoReturn:
    raise _Malformed("not-finite")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_finite, parse_constant=_constant)


def parse_json(raw: bytes, *, unfit_text: bool = False) -> Any:
    """The JSON document in `raw`: RFC 8259 in UTF-8 without BOM, no name twice in an object, at most MAX_DEPTH levels.

    Whole numbers come as int of any size, others as float. unfit_text: let NUL and lone surrogates pass, for a caller who
    judges each text himself; a batch of operations is not refused for one bad operation in it.

    Raises Refused MALFORMED_JSON, or INVALID_FIELDS with a pointer to each text that no database and no encoding can hold.
    """
    if not raw.strip(b" \t\r\n"):
        raise Refused(MALFORMED_JSON, reason="missing")
    try:
        document = _DECODER.decode(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise Refused(MALFORMED_JSON, reason="not-utf8") from None
    except _Malformed as error:
        raise Refused(MALFORMED_JSON, reason=error.reason) from None
    except RecursionError:
        raise Refused(MALFORMED_JSON, reason="too-deep") from None
    except json.JSONDecodeError:
        raise Refused(MALFORMED_JSON, reason="syntax") from None
    except ValueError:
        # Python refuses to read a whole number of thousands of digits (CVE-2020-10735).
        raise Refused(MALFORMED_JSON, reason="not-finite") from None
    if _is_too_deep(document):
        raise Refused(MALFORMED_JSON, reason="too-deep")
    if not unfit_text and _UNFIT_ESCAPE.search(raw):
        errors = [FieldError(place, "broken-text") for place in _unfit(document, "")]
        if errors:
            raise Refused.fields(errors)
    return document


def _is_too_deep(document: Any) -> bool:
    # Level by level rather than by recursion: cheap, and no input can exhaust the stack.
    level = [document] if isinstance(document, dict | list) else []
    for _ in range(MAX_DEPTH):
        if not level:
            return False
        level = [
            each
            for container in level
            for each in (container.values() if type(container) is dict else container)
            if type(each) is dict or type(each) is list
        ]
    return bool(level)


def _unfit(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, str):
        if _UNFIT.search(value):
            yield place
    elif isinstance(value, dict):
        for name, each in value.items():
            here = place + pointer(name)
            if _UNFIT.search(name):
                yield here
            yield from _unfit(each, here)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _unfit(each, place + pointer(index))


def unpack_gzip(packed: IO[bytes], *, max_bytes: int) -> bytes:
    """Decompress one gzip stream as it arrives, never holding more than allowed.

    Allowed are `max_bytes`, at most MAX_UNPACKED_BYTES, and beyond MAX_JSON_BYTES only MAX_RATIO times what has arrived:
    rows of one kind pack better than 10 : 1, so a ratio alone would refuse honest devices.
    Raises Refused TOO_LARGE as soon as there would be more, MALFORMED_JSON when the stream is damaged, cut off, or followed
    by anything.
    """
    ceiling = min(max_bytes, MAX_UNPACKED_BYTES)
    inflate = zlib.decompressobj(wbits=31)
    arrived = 0
    parts: list[bytes] = []
    held = 0
    while chunk := packed.read(_CHUNK):
        arrived += len(chunk)
        while chunk:
            allowed = min(ceiling, max(MAX_JSON_BYTES, MAX_RATIO * arrived))
            try:
                part = inflate.decompress(chunk, max(1, allowed - held + 1))
            except zlib.error:
                raise Refused(MALFORMED_JSON, reason="damaged") from None
            parts.append(part)
            held += len(part)
            if held > allowed:
                raise Refused(TOO_LARGE, max_bytes=allowed)
            if inflate.unused_data:
                raise Refused(MALFORMED_JSON, reason="damaged")
            chunk = inflate.unconsumed_tail
    if not inflate.eof:
        raise Refused(MALFORMED_JSON, reason="damaged")
    return b"".join(parts)
