"""Pages: written column by column, read back, and folded to the same rows however they are cut."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_protocol.pages import Changes, Fold, PulledRow, RowKey, encode_page, fold, parse_changes


def pull(**members: Any) -> dict[str, Any]:
    return {"left": [], "pages": [], "bucket_names": ["x", "y"], "removals": [], **members}


PAGE = encode_page("things", {"id": ["1", "2"], "version": [3, 4], "name": ["a", None]}, [[0], [1, 0]])


def test_a_page_keeps_the_columns_it_was_given() -> None:
    column = ["a", None]
    page = encode_page("things", {"id": ["1", "2"], "version": [3, 4], "name": column}, [[0], [1, 0]])
    assert page["columns"]["name"] is column
    assert json.loads(json.dumps(page)) == {
        "collection": "things",
        "columns": {"id": ["1", "2"], "version": [3, 4], "name": ["a", None]},
        "buckets": [[0], [1, 0]],
    }


def test_it_comes_back_as_rows() -> None:
    changes = parse_changes(
        pull(pages=[PAGE], left=["z"], removals=[{"collection": "things", "row": "9", "bucket": 1}])
    )
    assert changes == Changes(
        left=("z",),
        rows=(
            PulledRow("things", "1", 3, {"name": "a"}, ("x",)),
            PulledRow("things", "2", 4, {"name": None}, ("y", "x")),
        ),
        removals=(("things", "9", "y"),),
    )
    assert parse_changes(pull()).empty
    for part in ({"left": ["z"]}, {"pages": [PAGE]}, {"removals": [{"collection": "things", "row": "9", "bucket": 1}]}):
        assert not parse_changes(pull(**part)).empty


def test_a_page_may_hold_only_ids() -> None:
    page = encode_page("things", {"id": ["1"], "version": [3]}, [[0]])
    assert parse_changes(pull(pages=[page])).rows == (PulledRow("things", "1", 3, {}, ("x",)),)


@pytest.mark.parametrize(
    ("columns", "buckets"),
    [
        ({"id": ["1"], "version": [1, 2]}, [[0]]),
        ({"id": ["1"], "version": [1]}, [[0], [0]]),
        ({"id": ["1"]}, [[0]]),
        ({"version": [1]}, [[0]]),
    ],
)
def test_a_crooked_page_is_not_written(columns: dict[str, Any], buckets: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="page"):
        encode_page("things", columns, buckets)


def page(**changes: Any) -> dict[str, Any]:
    return {"collection": "t", "columns": {"id": ["1"], "version": [1], "a": [5]}, "buckets": [[0]], **changes}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        pull(left=[5]),
        pull(left=None),
        pull(bucket_names=[None]),
        pull(pages=[{}]),
        pull(pages=[page(collection=5)]),
        pull(pages=[page(buckets=[])]),
        pull(pages=[page(buckets=[[]])]),
        pull(pages=[page(buckets=[[2]])]),
        pull(pages=[page(buckets=[[-1]])]),
        pull(pages=[page(buckets=[[True]])]),
        pull(pages=[page(columns={"id": ["1"], "version": [1], "a": []})]),
        pull(pages=[page(columns={"id": ["1"], "version": ["1"], "a": [5]})]),
        pull(pages=[page(columns={"id": ["1"], "version": [True], "a": [5]})]),
        pull(pages=[page(columns={"id": [1], "version": [1], "a": [5]})]),
        pull(pages=[page(columns={"id": ["1"], "a": [5]})]),
        pull(removals=[{"collection": "t", "row": "1", "bucket": 2}]),
        pull(removals=[{"collection": "t", "row": 1, "bucket": 0}]),
        pull(removals=[{"collection": 5, "row": "1", "bucket": 0}]),
        pull(removals=[{"collection": "t", "row": "1"}]),
    ],
)
def test_a_crooked_answer_is_not_read(answer: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, IndexError)):
        parse_changes(answer)


def row(number: int, version: int, *buckets: str) -> PulledRow:
    return PulledRow("t", str(number), version, {}, buckets)


def test_leaving_comes_before_what_the_answer_puts() -> None:
    folded = fold([Changes(left=("x",), rows=(row(1, 2, "x"),))])
    assert folded.buckets_after(("t", "1"), {"x"}) == {"x"}
    assert folded.buckets_after(("t", "2"), {"x", "y"}) == {"y"}


def test_leaving_undoes_what_earlier_answers_put() -> None:
    folded = fold([Changes(rows=(row(1, 2, "x", "y"),)), Changes(left=("x",))])
    assert folded.buckets_after(("t", "1"), ()) == {"y"}


Feed = dict[tuple[str, str], tuple[int, bool]]
"""(bucket, row) → (seq, whether it is in the bucket): what a server keeps."""


def apply_all(
    before: dict[RowKey, tuple[int, frozenset[str]]], folded: Fold
) -> dict[RowKey, tuple[int, frozenset[str]]]:
    after = {}
    for key in before.keys() | folded.moves.keys():
        version, buckets = before.get(key, (0, frozenset()))
        held = folded.buckets_after(key, buckets)
        if held:
            after[key] = (folded.rows[key].version if key in folded.rows else version, held)
    return after


def answers_of(feed: Feed, versions: dict[str, int], cuts: Iterable[int]) -> list[Changes]:
    """The feed from its beginning, bucket by bucket, cut into answers of these sizes."""
    entries = sorted(((bucket, seq, row_id, put) for (bucket, row_id), (seq, put) in feed.items()))
    sizes = iter(cuts)
    answers = []
    while entries:
        size = next(sizes, len(entries))
        part, entries = entries[:size], entries[size:]
        puts: dict[str, list[str]] = {}
        for bucket, _, row_id, put in part:
            if put:
                puts.setdefault(row_id, []).append(bucket)
        answers.append(
            Changes(
                rows=tuple(row(int(row_id), versions[row_id], *buckets) for row_id, buckets in puts.items()),
                removals=tuple(("t", row_id, bucket) for bucket, _, row_id, put in part if not put),
            )
        )
    return answers


feeds = st.dictionaries(
    st.tuples(st.sampled_from("xyz"), st.sampled_from("12345")), st.tuples(st.integers(1, 99), st.booleans())
)
held_rows = st.dictionaries(
    st.sampled_from([("t", number) for number in "12345"]),
    st.tuples(st.just(1), st.frozensets(st.sampled_from("xyz"), min_size=1)),
)


@given(feeds, held_rows, st.lists(st.integers(1, 4)), st.lists(st.integers(1, 4)), st.integers(0, 20))
def test_a_feed_folds_to_the_same_rows_however_it_is_cut_or_repeated(
    feed: Feed, before: dict[RowKey, tuple[int, frozenset[str]]], cuts: list[int], others: list[int], again: int
) -> None:
    versions = {row_id: 2 + int(row_id) for _, row_id in feed}
    one = answers_of(feed, versions, cuts)
    other = answers_of(feed, versions, others)
    repeated = other[: again + 1] + other[again:] if again < len(other) else other + other
    wanted = apply_all(before, fold(one))
    assert apply_all(before, fold(other)) == wanted
    assert apply_all(before, fold(repeated)) == wanted
    step = before
    for answer in other:
        step = apply_all(step, fold([answer]))
    assert step == wanted
    for (bucket, row_id), (_, put) in feed.items():
        assert (bucket in wanted.get(("t", row_id), (0, frozenset()))[1]) is put
