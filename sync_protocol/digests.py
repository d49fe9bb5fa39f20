"""The content digest of a bucket: what a device and the server compare to notice that they differ."""

import hashlib
from dataclasses import dataclass

_TOP = 1 << 128


def term(collection: str, row: str, version: int) -> int:
    """What one row adds to the digest of each bucket it lives in: SHA-256 cut to its first 128 bits, big-endian."""
    return int.from_bytes(hashlib.sha256(f"{collection}\0{row}\0{version}".encode()).digest()[:16], "big")


@dataclass(frozen=True, slots=True)
class Digest:
    """Count and sum over a bucket's rows. A sum, so that it is kept up to date row by row and in any order."""

    rows: int = 0
    total: int = 0

    def add(self, collection: str, row: str, version: int) -> "Digest":
        """With this row in."""
        return Digest(self.rows + 1, (self.total + term(collection, row, version)) % _TOP)

    def remove(self, collection: str, row: str, version: int) -> "Digest":
        """With this row out; version is the one it was added with."""
        return Digest(self.rows - 1, (self.total - term(collection, row, version)) % _TOP)

    def __add__(self, other: "Digest") -> "Digest":
        return Digest(self.rows + other.rows, (self.total + other.total) % _TOP)

    @property
    def hex(self) -> str:
        """32 lower-case hexadecimal digits."""
        return f"{self.total:032x}"

    def to_wire(self) -> dict[str, int | str]:
        """As in the answer of GET /mobile/v1/digest."""
        return {"rows": self.rows, "digest": self.hex}

    @classmethod
    def from_total(cls, rows: int, total_hex: str) -> "Digest":
        """From a stored count and its hexadecimal sum."""
        return cls(rows, int(total_hex, 16))
