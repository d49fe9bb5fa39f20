"""Places for a device to keep its things: in memory for tests and simulations, in a journal file for real runs."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sync_protocol.phone.ports import Change

Fuse = Callable[[str, Sequence[Change]], None]
"""Called with "before" and "after" each durable write; raises to let the device die there."""

_Tables = dict[str, dict[str, Any]]


def _apply(tables: _Tables, changes: Sequence[Change]) -> None:
    for table, key, value in changes:
        if value is None:
            tables.get(table, {}).pop(key, None)
        else:
            tables.setdefault(table, {})[key] = value


class MemoryStorage:
    """The durable part of a simulated device. What a Phone holds beside it is volatile: to crash, drop the Phone."""

    def __init__(self, fuse: Fuse | None = None) -> None:
        self.fuse = fuse
        self._tables: _Tables = {}

    def read(self, table: str, key: str) -> Any:
        """As Storage.read."""
        return self._tables.get(table, {}).get(key)

    def scan(self, table: str) -> Iterator[tuple[str, Any]]:
        """As Storage.scan."""
        return iter(sorted(self._tables.get(table, {}).items()))

    def tables(self, prefix: str) -> list[str]:
        """As Storage.tables."""
        return sorted(name for name, rows in self._tables.items() if rows and name.startswith(prefix))

    def write(self, changes: Sequence[Change]) -> None:
        """As Storage.write."""
        if self.fuse:
            self.fuse("before", changes)
        _apply(self._tables, changes)
        if self.fuse:
            self.fuse("after", changes)

    def snapshot(self) -> "MemoryStorage":
        """A backup of the device, which a test can later go on from as if it had been restored."""
        copy = MemoryStorage(self.fuse)
        copy._tables = {name: dict(rows) for name, rows in self._tables.items()}
        return copy


class JournalStorage:
    """A file of lines, one per write, fsynced; read back when opened. It only grows: made for runs, not for years.

    A torn last line was never promised to anyone and is cut off.
    """

    def __init__(self, path: Path) -> None:
        self._memory = MemoryStorage()
        known = 0
        if path.exists():
            with path.open("rb") as journal:
                for line in journal:
                    changes = _whole(line)
                    if changes is None:
                        break
                    self._memory.write(changes)
                    known += len(line)
            os.truncate(path, known)
        self._file = path.open("ab")

    def read(self, table: str, key: str) -> Any:
        """As Storage.read."""
        return self._memory.read(table, key)

    def scan(self, table: str) -> Iterator[tuple[str, Any]]:
        """As Storage.scan."""
        return self._memory.scan(table)

    def tables(self, prefix: str) -> list[str]:
        """As Storage.tables."""
        return self._memory.tables(prefix)

    def write(self, changes: Sequence[Change]) -> None:
        """As Storage.write."""
        self._file.write(json.dumps(list(changes), separators=(",", ":")).encode("ascii") + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._memory.write(changes)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _whole(line: bytes) -> list[Change] | None:
    if not line.endswith(b"\n"):
        return None
    try:
        return [(table, key, value) for table, key, value in json.loads(line)]
    except (ValueError, TypeError):
        return None
