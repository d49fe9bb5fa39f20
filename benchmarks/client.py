"""A client so thin that what is measured is the server: requests made beforehand, answers read as bytes, one connection."""

from __future__ import annotations

import json
import re
import socket
import zlib
from typing import Any, Self

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_RECEIVE = 1 << 18


class Refusal(Exception):
    """The server did not answer 200."""


class Client:
    """One connection that is kept open."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> bytes:
        """The body of the answer, packed as it came. Raises Refusal when it is no 200."""
        self._socket.sendall(request)
        data = self._socket.recv(_RECEIVE)
        while (end := data.find(b"\r\n\r\n")) < 0:
            more = self._socket.recv(_RECEIVE)
            if not more:
                raise Refusal("the server closed the connection")
            data += more
        head = data[:end]
        found = _LENGTH.search(head)
        if not head.startswith(b"HTTP/1.1 200") or found is None:
            raise Refusal(data[:2000].decode("utf-8", "replace"))
        parts, left = [data[end + 4 :]], int(found[1]) - (len(data) - end - 4)
        while left > 0:
            more = self._socket.recv(_RECEIVE)
            if not more:
                raise Refusal("the answer was cut off")
            parts.append(more)
            left -= len(more)
        return b"".join(parts)


def request(method: str, path: str, *, token: str, body: Any = None, packing: str = "gzip") -> bytes:
    """A whole request as bytes. packing: what Accept-Encoding says."""
    content = b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nAccept-Encoding: {packing}\r\n"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return head.encode() + b"\r\n" + content


def unpacked(body: bytes, packing: str, most: int = 0) -> bytes:
    """The answer's JSON; only its beginning when `most` bytes are enough."""
    if packing == "zstd":
        import zstandard

        return (
            zstandard.ZstdDecompressor().decompressobj().decompress(body)
            if not most
            else (zstandard.ZstdDecompressor().stream_reader(body).read(most))
        )
    if packing == "gzip" and body[:2] == b"\x1f\x8b":
        return zlib.decompressobj(wbits=31).decompress(body, most)
    return body
