"""The merge rule: cases at its edges, then the promises it makes."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_protocol.merge import Clash, Marks, Merged, mark_fields, merge_fields

ME, YOU = "me", "you"


def merge(
    current: Mapping[str, Any], incoming: Mapping[str, Any], marks: Marks, *, base: int, version: int, writer: str = ME
) -> Merged:
    return merge_fields(current, incoming, marks, base=base, version=version, writer=writer)


@pytest.mark.parametrize(
    ("marks", "base", "clashes"),
    [
        ({}, 3, False),  # untouched since it was made
        ({"grade": (4, YOU)}, 3, True),
        ({"grade": (4, YOU)}, 4, False),  # I saw it
        ({"grade": (4, ME)}, 3, False),  # I did it
        ({"grade": [4, YOU]}, 3, True),  # as JSON gives it back
        ({"other": (4, YOU)}, 3, False),
        ({"grade": (3, YOU)}, 3, False),
        ({"grade": (1, YOU)}, 99, True),  # seen in a history that is gone
        ({"grade": (1, ME)}, 99, False),
        ({"grade": (1, YOU)}, 0, True),
    ],
)
def test_a_field_clashes_when_another_set_it_unseen(marks: Marks, base: int, clashes: bool) -> None:
    merged = merge({"grade": "B"}, {"grade": "A"}, marks, base=base, version=5)
    assert bool(merged.clashes) is clashes
    assert dict(merged.accepted) == ({} if clashes else {"grade": "A"})


def test_a_clash_names_both_values_and_who() -> None:
    merged = merge({"grade": "B", "name": "x"}, {"grade": "A", "name": "y"}, {"grade": (4, YOU)}, base=3, version=4)
    assert merged.clashes == (Clash("grade", "A", "B", 4, YOU),)
    assert merged.accepted == {"name": "y"}
    assert merged.marks == {"grade": (4, YOU), "name": (5, ME)}


def test_the_new_version_can_be_told() -> None:
    merged = merge_fields({"a": 1}, {"a": 2}, {}, base=1, version=1, writer=ME, new_version=1)
    assert merged.marks == {"a": (1, ME)}


def test_equal_values_never_clash_and_change_nothing() -> None:
    merged = merge({"grade": "A"}, {"grade": "A"}, {"grade": (4, YOU)}, base=3, version=4)
    assert merged == Merged({}, (), {"grade": (4, YOU)})


def test_true_is_not_one() -> None:
    assert merge({"a": 1}, {"a": True}, {}, base=1, version=1).accepted == {"a": True}
    assert merge({"a": 1}, {"a": True}, {"a": (2, YOU)}, base=1, version=2).clashes


def test_null_is_a_value() -> None:
    assert merge({"a": "x"}, {"a": None}, {}, base=1, version=1).accepted == {"a": None}
    assert merge({"a": None}, {"a": "x"}, {"a": (2, YOU)}, base=1, version=2).clashes


def test_what_was_given_is_left_alone() -> None:
    current, incoming, marks = {"a": 1}, {"a": 2}, {"a": (1, YOU)}
    merge(current, incoming, marks, base=1, version=1)
    assert (current, incoming, marks) == ({"a": 1}, {"a": 2}, {"a": (1, YOU)})


def test_the_office_marks_without_asking() -> None:
    assert mark_fields(["a", "b"], version=7, writer="office") == {"a": (7, "office"), "b": (7, "office")}


class Row:
    """A row that edits are applied to as a server does."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = dict.fromkeys("abcd")
        self.marks: Marks = {}
        self.version = 1

    def edit(self, writer: str, values: Mapping[str, Any], base: int) -> Merged:
        merged = merge(self.values, values, self.marks, base=base, version=self.version, writer=writer)
        if merged.accepted:
            self.values.update(merged.accepted)
            self.marks = merged.marks
            self.version += 1
        return merged


edits = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3), min_size=1)


@given(st.lists(edits, min_size=1), st.lists(edits))
def test_an_own_chain_never_conflicts_with_itself(mine: list[dict[str, int]], seen: list[dict[str, int]]) -> None:
    row = Row()
    for edit in seen:
        row.edit(YOU, edit, row.version)
    base = row.version
    wanted = dict(row.values)
    for edit in mine:
        assert not row.edit(ME, edit, base).clashes
        wanted.update(edit)
    assert row.values == wanted


@given(st.lists(st.tuples(st.booleans(), edits)), st.integers(0, 4))
def test_different_fields_always_merge(history: list[tuple[bool, dict[str, int]]], behind: int) -> None:
    row = Row()
    base = {ME: 1, YOU: 1}
    wanted: dict[str, Any] = dict.fromkeys("abcd")
    for is_mine, edit in history:
        writer = ME if is_mine else YOU
        own = {name: value for name, value in edit.items() if (name in "ab") == is_mine}
        assert not row.edit(writer, own, base[writer]).clashes
        wanted.update(own)
        if row.version % (behind + 1) == 0:
            base[writer] = row.version
    assert row.values == wanted


@given(st.dictionaries(st.sampled_from("abcd"), st.tuples(st.integers(0, 3), st.sampled_from("xyz"))), st.randoms())
def test_the_order_of_independent_merges_does_not_matter(per_field: dict[str, tuple[int, str]], chance: Any) -> None:
    by_writer: dict[str, dict[str, int]] = {}
    for name, (value, writer) in per_field.items():
        by_writer.setdefault(writer, {})[name] = value
    one, other = Row(), Row()
    writers = list(by_writer)
    for writer in writers:
        one.edit(writer, by_writer[writer], 1)
    chance.shuffle(writers)
    for writer in writers:
        other.edit(writer, by_writer[writer], 1)
    assert one.values == other.values
    assert {name: mark[1] for name, mark in one.marks.items()} == {name: mark[1] for name, mark in other.marks.items()}


@given(st.lists(st.tuples(st.sampled_from("xyz"), edits, st.integers(0, 3)), max_size=12))
def test_no_unseen_value_is_ever_overwritten(history: list[tuple[str, dict[str, int], int]]) -> None:
    """Every value sent is taken, equal to what is there, or in the list of clashes; what is replaced was seen or own."""
    row = Row()
    written: dict[str, tuple[int, str]] = {}
    for writer, edit, age in history:
        base = max(1, row.version - age)
        merged = row.edit(writer, edit, base)
        clashed = {clash.field for clash in merged.clashes}
        for name, value in edit.items():
            if name in merged.accepted:
                last = written.get(name, (0, writer))
                assert last[0] <= base or last[1] == writer
                written[name] = (row.version, writer)
            assert name in clashed or row.values[name] == value
        assert not clashed & set(merged.accepted)
