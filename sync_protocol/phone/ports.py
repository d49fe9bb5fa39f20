"""What a device needs from outside: a place to keep things, a line to the server, a key to sign with."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

Change = tuple[str, str, Any]
"""(table, key, JSON value to keep, or None to forget)"""


class LineBroken(Exception):
    """No answer came: nobody knows whether the request arrived."""


class Storage(Protocol):
    """Tables of JSON values by key. Values handed over or got back are never changed by the device."""

    def read(self, table: str, key: str) -> Any:
        """The value, or None."""

    def scan(self, table: str) -> Iterator[tuple[str, Any]]:
        """All of a table, in key order. The table is not written to meanwhile."""

    def tables(self, prefix: str) -> list[str]:
        """Names of the tables that hold something and begin so, in order."""

    def write(self, changes: Sequence[Change]) -> None:
        """Keep all of it or none of it. When this returns, it outlives a power cut."""


class Transport(Protocol):
    """A line to one server."""

    def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers (names in lower case) and decompressed body. Raises LineBroken when no whole answer came."""


class Signer(Protocol):
    """The device's key, which never leaves the device. Needed for sign-in and refresh, not for the exchange."""

    def public_jwk(self) -> Mapping[str, str]:
        """The public half, as a JWK (EC, P-256)."""

    def proof(self, method: str, path: str, *, token: str | None = None) -> str:
        """A DPoP proof (RFC 9449) for this request; token: the refresh token it goes with, if any."""
