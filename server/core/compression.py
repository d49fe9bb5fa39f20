"""Packing answers: zstd when the client offers it, else gzip. Works on a response and a header; reads no request."""

from __future__ import annotations

import zstandard
from isal import igzip
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

MIN_BYTES = 1024
"""Below this a packed answer is hardly smaller and costs both sides time."""

GZIP_LEVEL = 1
ZSTD_LEVEL = 3
"""The fast ends. A sync page of 4,000 rows: gzip 1.0 ms (zlib's own takes 3 to 4, for the same size), zstd 1.4 ms."""

_PACKED_TYPES = ("text/", "application/json", "application/problem+json", "application/javascript", "image/svg+xml")


def pick(accept_encoding: str | None) -> str | None:
    """`zstd`, `gzip` or None, by Accept-Encoding (RFC 9110 §12.5.3). No header means no packing."""
    offered = parse_accept_header(accept_encoding, Accept)
    quality = dict(reversed([(name.lower(), value) for name, value in offered]))
    anything = quality.get("*", 0)
    for name in ("zstd", "gzip"):
        if quality.get(name, anything if name == "gzip" else 0) > 0:
            return name
    return None


def pack(body: bytes, encoding: str) -> bytes:
    """`body` packed. The same bytes for the same body, so that an ETag holds."""
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(body)
    return bytes(igzip.compress(body, GZIP_LEVEL, mtime=0))


def compressed(response: Response, accept_encoding: str | None) -> Response:
    """The response, packed in place where that pays and may be done.

    Left alone: what is packed already, streamed, shorter than MIN_BYTES, a part (206), or of a type that does not shrink.
    """
    if not (response.mimetype or "").startswith(_PACKED_TYPES):
        return response
    response.vary.add("Accept-Encoding")
    if (
        response.is_streamed
        or response.direct_passthrough
        or response.status_code in (204, 206, 304)
        or "Content-Encoding" in response.headers
    ):
        return response
    encoding = pick(accept_encoding)
    if encoding is None:
        return response
    body = response.get_data()
    if len(body) < MIN_BYTES:
        return response
    response.set_data(pack(body, encoding))
    response.headers["Content-Encoding"] = encoding
    etag, weak = response.get_etag()
    if etag and not weak:
        response.set_etag(etag, weak=True)  # other bytes than the unpacked answer of the same ETag
    return response
