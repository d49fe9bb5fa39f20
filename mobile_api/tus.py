"""The headers of tus 1.0 (tus.io/protocols/resumable-upload), read and written. Pure: no Flask, no rows.

Spoken here: the core protocol, creation, creation-with-upload, checksum, expiration, termination. Not spoken: a length told
later, concatenation, and X-HTTP-Method-Override, which would let a request be another than the one that was let in.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from werkzeug.datastructures import Headers
from werkzeug.http import http_date

from server.core.blobs import SHA256
from server.core.problems import UNSUPPORTED_MEDIA_TYPE, Refused, problem_type
from server.core.uploads import MAX_BYTES, Checksum, Standing

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
ALGORITHMS = ("sha1", "sha256")
"""Of checksums. The protocol asks for sha1; against accidents it is good enough, and the whole is checked by its SHA-256."""
BODY_TYPE = "application/offset+octet-stream"

TUS_VERSION = problem_type(
    "mobile.tus-version",
    status=412,
    zh="只支持 tus {version} 协议。",
    en="Only version {version} of the tus protocol is spoken here.",
    doc="Each request but OPTIONS says it in `Tus-Resumable`.",
)
TUS_HEADER = problem_type(
    "mobile.tus-header",
    status=400,
    zh="请求头 {header} 缺失或有误。",
    en="The header {header} is missing or wrong.",
    doc="`Upload-Length` and `Upload-Offset` are whole numbers, `Upload-Checksum` is an algorithm of the list and a sum in "
    "base64. `Upload-Metadata` names `sha256`, the hash of the whole file in lower-case hexadecimal digits; `filetype`, its "
    "media type, is optional, other names are passed over, and each value is in base64.",
)


@dataclass(frozen=True, slots=True)
class Announced:
    """What is announced of a file before its bytes come. media_type: None when nothing was said."""

    sha256: str
    size: int
    media_type: str | None


def must_be_spoken(headers: Headers) -> None:
    """Raises Refused TUS_VERSION when the request does not say that it speaks this version."""
    if headers.get("Tus-Resumable") != VERSION:
        raise Refused(TUS_VERSION, version=VERSION)


def announced(headers: Headers) -> Announced:
    """What a creation says. Raises Refused TUS_HEADER."""
    metadata = _metadata(headers.get("Upload-Metadata", ""))
    sha256, media_type = metadata.get("sha256", ""), metadata.get("filetype", "")
    if not re.fullmatch(SHA256[1:-1], sha256):
        raise Refused(TUS_HEADER, header="Upload-Metadata")
    return Announced(sha256, number(headers, "Upload-Length"), media_type.strip().lower() or None)


def number(headers: Headers, name: str) -> int:
    """The whole number of a header. Raises Refused TUS_HEADER."""
    given = headers.get(name, "")
    if not re.fullmatch("[0-9]{1,15}", given):
        raise Refused(TUS_HEADER, header=name)
    return int(given)


def checksum(headers: Headers) -> Checksum | None:
    """What the request's body is to be checked against, if it says so. Raises Refused TUS_HEADER."""
    given = headers.get("Upload-Checksum")
    if given is None:
        return None
    algorithm, _, encoded = given.partition(" ")
    wanted = _decoded(encoded)
    if algorithm not in ALGORITHMS or wanted is None:
        raise Refused(TUS_HEADER, header="Upload-Checksum")
    digest = hashlib.new(algorithm, usedforsecurity=False)
    if len(wanted) != digest.digest_size:
        raise Refused(TUS_HEADER, header="Upload-Checksum")
    return Checksum(digest, wanted)


def must_be_bytes(headers: Headers, media_type: str) -> None:
    """Raises Refused UNSUPPORTED_MEDIA_TYPE when a body is not said to be part of an upload, as it is."""
    if media_type != BODY_TYPE or headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Refused(UNSUPPORTED_MEDIA_TYPE, accepted=BODY_TYPE)


def spoken() -> dict[str, str]:
    """What this server speaks, as OPTIONS answers it."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(MAX_BYTES),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def told(standing: Standing) -> dict[str, str]:
    """The headers that say where an upload stands."""
    headers = {"Upload-Offset": str(standing.offset), "Upload-Length": str(standing.upload.size)}
    return headers | (
        {"Upload-Expires": expires(standing.upload.expires_at)} if standing.upload.arrived_at is None else {}
    )


def expires(at: datetime) -> str:
    """An instant as HTTP writes it."""
    return http_date(at)


def _metadata(given: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in given.split(",") if given else ():
        name, _, encoded = pair.strip().partition(" ")
        raw = _decoded(encoded)
        if not name or name in found or raw is None:
            raise Refused(TUS_HEADER, header="Upload-Metadata")
        try:
            found[name] = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Refused(TUS_HEADER, header="Upload-Metadata") from None
    return found


def _decoded(encoded: str) -> bytes | None:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
