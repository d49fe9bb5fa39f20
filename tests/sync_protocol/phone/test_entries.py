"""The queue's pure parts: what a row looks like with its entries on top, and what goes into one push."""

from typing import Any

import pytest

from sync_protocol.phone.entries import Entry, next_batch, overlay


def entry(n: int, action: str = "update", group: int | None = None, **rest: Any) -> Entry:
    values = rest.pop("values", {})
    return Entry(
        serial=n,
        enrolment="e",
        n=n,
        group=n if group is None else group,
        collection="c",
        action=action,
        row="r",
        base=0,
        values=values,
        effect=rest.pop("effect", values),
        made_at=5,
        **rest,
    )


@pytest.mark.parametrize(
    ("adopted", "entries", "shown"),
    [
        (None, [], None),
        ({"a": 1}, [], {"a": 1}),
        (None, [entry(1, "create", values={"a": 1})], {"a": 1}),
        ({"a": 1, "b": 2}, [entry(1, values={"b": 3})], {"a": 1, "b": 3}),
        ({"a": 1}, [entry(1, values={"a": 2}), entry(2, values={"a": 3})], {"a": 3}),
        (None, [entry(1, values={"a": 2})], None),
        ({"a": 1}, [entry(1, "delete")], None),
        ({"a": 1}, [entry(1, "delete"), entry(2, values={"a": 2})], None),
        ({"a": 1}, [entry(1, "start", values={"at": 5}, effect={"state": "on"})], {"a": 1, "state": "on"}),
        ({"a": 1, "z": 0}, [entry(1, "create", values={"a": 2})], {"a": 2, "z": 0}),
        ({"a": 1}, [entry(1, values={"a": 2, "b": 3}, server_row={"a": 9})], {"a": 9, "b": 3}),
        (None, [entry(1, "create", values={"a": 2}, server_row={"b": 9})], {"a": 2, "b": 9}),
    ],
)
def test_entries_lie_on_top_of_the_adopted_row(
    adopted: dict[str, Any] | None, entries: list[Entry], shown: dict[str, Any] | None
) -> None:
    assert overlay(adopted, entries) == shown


def test_the_adopted_row_is_left_alone() -> None:
    adopted = {"a": 1}
    overlay(adopted, [entry(1, values={"a": 2})])
    assert adopted == {"a": 1}


def numbers(*entries: Entry, limit: int = 10, max_bytes: int = 10**6, below: int | None = None) -> list[int]:
    return [each.n for each in next_batch(entries, limit=limit, max_bytes=max_bytes, below=below)]


def test_a_batch_takes_whole_groups_from_the_front() -> None:
    queue = [entry(1, group=1), entry(2, group=1), entry(3, group=2), entry(4, group=2), entry(5, group=3)]
    assert numbers(*queue) == [1, 2, 3, 4, 5]
    assert numbers(*queue, limit=4) == [1, 2, 3, 4]
    assert numbers(*queue, limit=3) == [1, 2]
    assert numbers(*queue, limit=1) == [1, 2], "the first group goes even if it is larger"
    assert numbers() == []


def test_a_batch_has_no_hole() -> None:
    assert numbers(entry(1), entry(3), entry(4)) == [1]


def test_a_batch_keeps_to_its_bytes() -> None:
    assert numbers(entry(1, values={"a": "x" * 500}), entry(2), max_bytes=500) == [1]
    assert numbers(entry(1), entry(2, values={"a": "x" * 500}), max_bytes=500) == [1]
    one = len(str(next_batch([entry(1)], limit=1, max_bytes=1)[0].to_wire()))
    assert numbers(entry(1), entry(2), entry(3), max_bytes=2 * one + 20) == [1, 2]


def test_numbers_are_held_back_by_groups() -> None:
    queue = [entry(1, group=1), entry(2, group=2), entry(3, group=2), entry(4, group=3)]
    assert numbers(*queue, below=4) == [1, 2, 3]
    assert numbers(*queue, below=3) == [1]
    assert numbers(*queue, below=1) == []


def test_an_entry_is_seen_when_a_checkpoint_of_its_history_reaches_it() -> None:
    settled = entry(1, verdict="applied", visible_at=5, epoch="A")
    assert [settled.seen_in("A", head) for head in (4, 5, 6)] == [False, True, True]
    assert not settled.seen_in("B", 9)
    assert entry(1, verdict="applied", visible_at=5).seen_in("B", 9)
    assert not entry(1, verdict="applied", visible_at=5).seen_in("B", 4)
    assert entry(1, verdict="merged").seen_in("A", 0)


def test_an_entry_is_sent_the_same_each_time_and_kept_whole() -> None:
    one = entry(3, "start", values={"at": 5}, effect={"state": "on"}, verdict="applied", visible_at=7, epoch="A")
    assert one.to_wire() == {
        "n": 3,
        "group": 3,
        "collection": "c",
        "action": "start",
        "row": "r",
        "base": 0,
        "values": {"at": 5},
        "made_at": 5,
    }
    assert Entry.from_store(one.to_store()) == one
    assert one.key == ("c", "r")
    assert (one.pending, entry(1).pending) == (False, True)
