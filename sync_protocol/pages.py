"""Pages of rows, column by column: how a server writes them and how a device folds them into the rows it holds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

RowKey = tuple[str, str]
"""(collection, row id)"""


def encode_page(
    collection: str, columns: Mapping[str, Sequence[Any]], buckets: Sequence[Sequence[int]]
) -> dict[str, Any]:
    """One page of one collection. No row is ever built: the sequences go out as they are.

    columns: name → values, all equally long, id and version among them.
    buckets: for each row, the places in bucket_names of the buckets this answer puts it into.
    """
    lengths = {len(values) for values in columns.values()} | {len(buckets)}
    if len(lengths) != 1 or not {"id", "version"} <= columns.keys():
        raise ValueError("a page has an id, a version and bucket places for each row, and columns of one length")
    return packed_page(collection, columns, buckets)


def packed_page(collection: str, columns: Mapping[str, Any], buckets: Any) -> dict[str, Any]:
    """The same of columns that somebody else has made JSON arrays of, all equally long."""
    return {"collection": collection, "columns": columns, "buckets": buckets}


@dataclass(frozen=True, slots=True)
class PulledRow:
    """One row of a page, as the device keeps it. buckets: names of those it is put into."""

    collection: str
    row: str
    version: int
    values: Mapping[str, Any]
    buckets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """The part of a pull answer that changes rows.

    left: buckets to let go of, before anything else of this answer. removals: (collection, row id, bucket).
    """

    left: tuple[str, ...] = ()
    rows: tuple[PulledRow, ...] = ()
    removals: tuple[tuple[str, str, str], ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing to do."""
        return not (self.left or self.rows or self.removals)


def parse_changes(pull: Mapping[str, Any]) -> Changes:
    """Read left, pages, bucket_names and removals. Raises KeyError, TypeError, ValueError or IndexError when malformed."""
    names = [_text(name) for name in pull["bucket_names"]]
    rows = [row for page in pull["pages"] for row in _rows_of(page, names)]
    removals = [
        (_text(each["collection"]), _text(each["row"]), names[_place(each["bucket"])]) for each in pull["removals"]
    ]
    return Changes(tuple(_text(name) for name in pull["left"]), tuple(rows), tuple(removals))


def _rows_of(page: Mapping[str, Any], names: Sequence[str]) -> Iterator[PulledRow]:
    collection = _text(page["collection"])
    columns = dict(page["columns"])
    ids, versions = columns.pop("id"), columns.pop("version")
    lines: Iterable[tuple[Any, ...]] = zip(*columns.values(), strict=True) if columns else ((),) * len(ids)
    for row_id, version, where, line in zip(ids, versions, page["buckets"], lines, strict=True):
        if type(version) is not int or not where:
            raise ValueError("a row of a page has no version or no bucket")
        yield PulledRow(
            collection,
            _text(row_id),
            version,
            dict(zip(columns, line, strict=True)),
            tuple(names[_place(place)] for place in where),
        )


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError("text expected")
    return value


def _place(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise TypeError("a place in bucket_names expected")
    return value


@dataclass(slots=True)
class Fold:
    """What a run of answers amounts to. Feeding the answers one by one or joined gives the same fold.

    dropped: buckets let go of since the run began. rows: the newest row of each key. moves: key → bucket → whether the
    row is in it after the run; a bucket that is not named is as it was before, unless it was dropped.
    """

    dropped: set[str] = field(default_factory=set)
    rows: dict[RowKey, PulledRow] = field(default_factory=dict)
    moves: dict[RowKey, dict[str, bool]] = field(default_factory=dict)

    def feed(self, changes: Changes) -> None:
        """Take the next answer."""
        for bucket in changes.left:
            self.dropped.add(bucket)
            for moved in self.moves.values():
                moved.pop(bucket, None)
        for row in changes.rows:
            key = (row.collection, row.row)
            self.rows[key] = row
            moves = self.moves.setdefault(key, {})
            for bucket in row.buckets:
                moves[bucket] = True
        for collection, row_id, bucket in changes.removals:
            self.moves.setdefault((collection, row_id), {})[bucket] = False

    def buckets_after(self, key: RowKey, before: Iterable[str]) -> frozenset[str]:
        """The buckets of a row after the run. Empty: the device drops the row."""
        moved = self.moves.get(key, {})
        kept = {bucket for bucket in before if bucket not in self.dropped and moved.get(bucket, True)}
        return frozenset(kept | {bucket for bucket, put in moved.items() if put})


def fold(answers: Iterable[Changes]) -> Fold:
    """The fold of a whole run, in the order the answers were asked for."""
    folded = Fold()
    for changes in answers:
        folded.feed(changes)
    return folded
