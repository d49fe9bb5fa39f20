"""The device's durable state with names and types, and the one way to change it: a Draft, written whole or not at all."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sync_protocol.cursors import Cursor, parse_cursor
from sync_protocol.pages import PulledRow, RowKey
from sync_protocol.phone.entries import Entry, overlay
from sync_protocol.phone.ports import Change, Storage
from sync_protocol.verdicts import Decision


@dataclass(frozen=True, slots=True)
class Counters:
    """enrolment: None before the first sign-in. The next numbers to give out."""

    enrolment: str | None = None
    next_n: int = 1
    next_group: int = 1
    next_serial: int = 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was last adopted. cursor: None before the first one. head: of the snapshot it shows."""

    cursor: Cursor | None = None
    head: int = 0

    @property
    def epoch(self) -> str | None:
        """The server's history it belongs to."""
        return self.cursor.epoch if self.cursor else None


@dataclass(frozen=True, slots=True)
class Staging:
    """Answers kept but not adopted. reset: they start from nothing. answers: how many are kept."""

    cursor: Cursor | None
    reset: bool
    answers: int


@dataclass(frozen=True, slots=True)
class AdoptedRow:
    """A row as the server last gave it, and the buckets it is held for."""

    version: int
    values: Mapping[str, Any]
    buckets: frozenset[str]


@dataclass(frozen=True, slots=True)
class Mend:
    """A refused operation, kept for its author with the reason."""

    entry: Entry
    verdict: str
    code: str | None
    params: Mapping[str, Any]
    row: Mapping[str, Any] | None


class Store:
    """Reads the device's state. What it keeps in memory mirrors what is stored and can be dropped at any moment."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.counters = Counters(**(storage.read("meta", "counters") or {}))
        kept = storage.read("meta", "checkpoint") or {"cursor": None, "head": 0}
        self.checkpoint = Checkpoint(parse_cursor(kept["cursor"]), kept["head"])
        staged = storage.read("meta", "staging")
        self.staging: Staging | None = None
        if staged is not None:
            self.staging = Staging(parse_cursor(staged["cursor"]), staged["reset"], staged["answers"])
        self.entries: dict[int, Entry] = {int(key): Entry.from_store(kept) for key, kept in storage.scan("queue")}

    @property
    def pull_cursor(self) -> Cursor | None:
        """The cursor to ask with: of what is staged, else of what is adopted."""
        return self.staging.cursor if self.staging else self.checkpoint.cursor

    @property
    def pending(self) -> list[Entry]:
        """Entries without a verdict, in order."""
        return [entry for entry in self.entries.values() if entry.pending]

    def adopted(self, key: RowKey) -> AdoptedRow | None:
        """The row as last adopted."""
        kept = self.storage.read(f"rows:{key[0]}", key[1])
        return None if kept is None else _adopted(kept)

    def all_adopted(self) -> Iterator[tuple[RowKey, AdoptedRow]]:
        """Every adopted row."""
        for table in self.storage.tables("rows:"):
            for row, kept in self.storage.scan(table):
                yield (table.removeprefix("rows:"), row), _adopted(kept)

    def shown(self, collection: str) -> dict[str, dict[str, Any]]:
        """The rows of a collection as a person sees them, by id, with "id" and the adopted "version" (0: not yet)."""
        rows = {row: (kept["version"], kept["values"]) for row, kept in self.storage.scan(f"rows:{collection}")}
        for row, kept in self.storage.scan(f"shown:{collection}"):
            if kept["values"] is None:
                rows.pop(row, None)
            else:
                rows[row] = (kept["version"], kept["values"])
        return {row: {"id": row, "version": version, **values} for row, (version, values) in sorted(rows.items())}

    def on_show(self, key: RowKey) -> bool:
        """True when a person sees this row."""
        kept = self.storage.read(f"shown:{key[0]}", key[1])
        if kept is None:
            kept = self.storage.read(f"rows:{key[0]}", key[1])
        return kept is not None and kept["values"] is not None

    def staged(self) -> Iterator[Mapping[str, Any]]:
        """The staged answers, as they came, in order."""
        return (kept for _, kept in self.storage.scan("staged"))

    def mend(self) -> list[Mend]:
        """The refused operations, in the order their author made them."""
        return [
            Mend(Entry.from_store(kept["entry"]), kept["verdict"], kept["code"], kept["params"], kept["row"])
            for _, kept in self.storage.scan("mend")
        ]


def _adopted(kept: Mapping[str, Any]) -> AdoptedRow:
    return AdoptedRow(kept["version"], kept["values"], frozenset(kept["buckets"]))


class Draft:
    """Changes to be written in one go. The rows a person sees are worked out here, so they always match the queue."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counters = store.counters
        self._checkpoint = store.checkpoint
        self._staging = store.staging
        self._entries = dict(store.entries)
        self._rows: dict[RowKey, AdoptedRow | None] = {}
        self._touched: set[RowKey] = set()
        self._changes: list[Change] = []

    def number(self, counters: Counters) -> None:
        """Set the counters."""
        self._counters = counters
        self._changes.append(("meta", "counters", asdict(counters)))

    def put_entry(self, entry: Entry) -> None:
        """Add an entry or replace the one of its serial."""
        self._entries[entry.serial] = entry
        self._touched.add(entry.key)
        self._changes.append(("queue", f"{entry.serial:012d}", entry.to_store()))

    def drop_entry(self, entry: Entry) -> None:
        """Let go of an entry whose effect the adopted rows show, or that was refused."""
        del self._entries[entry.serial]
        self._touched.add(entry.key)
        self._changes.append(("queue", f"{entry.serial:012d}", None))

    def refuse(self, entry: Entry, decision: Decision) -> None:
        """Move an entry from the queue to what has to be mended."""
        self.drop_entry(entry)
        kept = {"entry": entry.to_store(), **decision.to_wire()}
        reason = {name: kept.get(name) for name in ("entry", "verdict", "code", "params", "row")}
        self._changes.append(("mend", f"{entry.serial:012d}", reason))

    def forget(self, mend: Mend) -> None:
        """Take a refused operation off the list."""
        self._changes.append(("mend", f"{mend.entry.serial:012d}", None))

    def put_row(self, row: PulledRow, buckets: frozenset[str]) -> None:
        """Adopt a row."""
        self.hold(row_key(row), AdoptedRow(row.version, row.values, buckets))

    def hold(self, key: RowKey, row: AdoptedRow | None) -> None:
        """Set an adopted row, or drop it with None."""
        self._rows[key] = row
        self._touched.add(key)
        kept = None if row is None else {"version": row.version, "values": row.values, "buckets": sorted(row.buckets)}
        self._changes.append((f"rows:{key[0]}", key[1], kept))

    def stage(self, staging: Staging, answer: Mapping[str, Any] | None) -> None:
        """Keep another answer (None: it changed nothing but the cursor)."""
        if answer is not None:
            self._changes.append(("staged", f"{staging.answers:08d}", answer))
            staging = replace(staging, answers=staging.answers + 1)
        self._staging = staging
        cursor = staging.cursor.to_wire() if staging.cursor else None
        self._changes.append(("meta", "staging", {**asdict(replace(staging, cursor=None)), "cursor": cursor}))

    def clear_staging(self) -> None:
        """Forget what was staged."""
        self._changes.extend(("staged", key, None) for key, _ in self._store.storage.scan("staged"))
        if self._store.staging is not None:
            self._changes.append(("meta", "staging", None))
        self._staging = None

    def adopt(self, checkpoint: Checkpoint) -> None:
        """Set the checkpoint."""
        self._checkpoint = checkpoint
        cursor = checkpoint.cursor.to_wire() if checkpoint.cursor else None
        self._changes.append(("meta", "checkpoint", {"cursor": cursor, "head": checkpoint.head}))

    def commit(self) -> bool:
        """Write all of it; only then is it so in memory too. False when there was nothing to write."""
        self._show()
        if not self._changes:
            return False
        self._store.storage.write(self._changes)
        self._store.counters = self._counters
        self._store.checkpoint = self._checkpoint
        self._store.staging = self._staging
        self._store.entries = self._entries
        return True

    def _show(self) -> None:
        """Replay the queue on every row that this draft touches."""
        entries: dict[RowKey, list[Entry]] = {key: [] for key in self._touched}
        for entry in self._entries.values():
            if entry.key in entries:
                entries[entry.key].append(entry)
        for (collection, row), own in sorted(entries.items()):
            table = f"shown:{collection}"
            if own:
                key = (collection, row)
                adopted = self._rows[key] if key in self._rows else self._store.adopted(key)
                values = overlay(adopted.values if adopted else None, own)
                version = adopted.version if adopted else 0
                self._changes.append((table, row, {"version": version, "values": values}))
            elif self._store.storage.read(table, row) is not None:
                self._changes.append((table, row, None))


def row_key(row: PulledRow) -> RowKey:
    """Where a pulled row is kept."""
    return (row.collection, row.row)
