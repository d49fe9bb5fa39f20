"""How a simulated phone sends a picture: by tus 1.0 as docs/protocol.md, section 18, tells it, whatever the line does."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Iterator, Mapping

from server.cli.demo_day.line import Fate
from server.cli.demo_day.people import Carrier, NotPlayable
from sync_protocol.phone import LineBroken

PATH = "/mobile/v1/files"
PART = 256 * 1024
TRIES = 60
NOTICED_AFTER = 0.3
"""Seconds until a phone sees that its line is dead; the server sees it at once."""


class _NotNow(Exception):
    """The upload stands elsewhere, or another request still has it."""


def send_picture(carrier: Carrier, raw: bytes, parts: Iterator[Fate]) -> tuple[str, list[int]]:
    """Send it to its end. Returns where its upload is, and for each cut how many bytes of the part had come all the same.

    parts: what befalls its beginning and its parts, as they are sent. After each cut the server is asked where to go on.
    Raises NotPlayable when that never ends.
    """
    place, known, resumed = "", 0, []
    for _ in range(TRIES):
        try:
            carrier.line.mend()
            told = _ask(carrier, "HEAD", place) if place else _begin(carrier, raw, parts)
            place, offset = told.get("location", place), int(told["upload-offset"])
            resumed += [offset - known] if offset > known else []
            known = offset
            while known < len(raw):
                known = _add(carrier, place, known, raw[known : known + PART], parts)
        except _NotNow:
            continue
        except LineBroken:
            time.sleep(NOTICED_AFTER)
            continue
        return place, resumed
    raise NotPlayable(f"{carrier.username}: the picture did not arrive in {TRIES} tries")


def _begin(carrier: Carrier, raw: bytes, parts: Iterator[Fate]) -> Mapping[str, str]:
    _befalls(carrier, parts)
    hashed = base64.b64encode(hashlib.sha256(raw).hexdigest().encode()).decode()
    return _ask(carrier, "POST", PATH, {"upload-length": str(len(raw)), "upload-metadata": f"sha256 {hashed}"})


def _add(carrier: Carrier, place: str, offset: int, part: bytes, parts: Iterator[Fate]) -> int:
    _befalls(carrier, parts)
    headers = {"upload-offset": str(offset), "content-type": "application/offset+octet-stream"}
    return int(_ask(carrier, "PATCH", place, headers, part)["upload-offset"])


def _befalls(carrier: Carrier, parts: Iterator[Fate]) -> None:
    fate: Fate = next(parts, "good")
    carrier.line.fates = lambda _n: fate


def _ask(
    carrier: Carrier, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Mapping[str, str]:
    status, told, _ = carrier.send(method, path, {"tus-resumable": "1.0.0", **(headers or {})}, body)
    if status in (409, 423, 503):
        time.sleep(min(int(told.get("retry-after", 0)), 10))
        raise _NotNow
    if status >= 400:
        raise NotPlayable(f"{method} {path}: {status}")
    return told
