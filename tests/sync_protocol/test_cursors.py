"""Cursors: hostile ones are answered safely, and a plan reads what is subscribed and nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_protocol.cursors import MAX_BUCKETS, Cursor, parse_cursor, plan_read

EPOCH = "0199c1a0-0000-7000-8000-00000000000e"
OTHER = "0199c1a0-0000-7000-8000-00000000000f"


def test_there_and_back() -> None:
    cursor = Cursor(EPOCH, {"customers:own:0199c1a0-0000-7000-8000-000000000001": 5, "ref": 0})
    assert parse_cursor(cursor.to_wire()) == cursor
    assert parse_cursor({**cursor.to_wire(), "later": 1}) == cursor
    counted = Cursor(EPOCH, {"ref": 0}, 17)
    assert parse_cursor(counted.to_wire()) == counted


@pytest.mark.parametrize("remaining", [None, -1, True, 1.0, "17", 2**53, [17]])
def test_a_damaged_count_costs_the_count_and_not_the_cursor(remaining: object) -> None:
    assert parse_cursor({"epoch": EPOCH, "buckets": {"ref": 5}, "remaining": remaining}) == Cursor(EPOCH, {"ref": 5})


def test_a_parsed_cursor_does_not_change_with_what_it_was_read_from() -> None:
    sent = {"epoch": EPOCH, "buckets": {"ref": 5}}
    cursor = parse_cursor(sent)
    sent["buckets"]["ref"] = 9  # type: ignore[index]
    assert cursor == Cursor(EPOCH, {"ref": 5})


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        "x",
        [],
        {},
        {"epoch": EPOCH},
        {"buckets": {}},
        {"epoch": 5, "buckets": {}},
        {"epoch": EPOCH.upper(), "buckets": {}},
        {"epoch": EPOCH, "buckets": []},
        {"epoch": EPOCH, "buckets": {"ref": -1}},
        {"epoch": EPOCH, "buckets": {"ref": 2**53}},
        {"epoch": EPOCH, "buckets": {"ref": True}},
        {"epoch": EPOCH, "buckets": {"ref": 1.0}},
        {"epoch": EPOCH, "buckets": {"ref": "1"}},
        {"epoch": EPOCH, "buckets": {"ref": None}},
        {"epoch": EPOCH, "buckets": {"": 1}},
        {"epoch": EPOCH, "buckets": {"Ref": 1}},
        {"epoch": EPOCH, "buckets": {"ref\n": 1}},
        {"epoch": EPOCH, "buckets": {"ref'; --": 1}},
        {"epoch": EPOCH, "buckets": {"r" * 121: 1}},
        {"epoch": EPOCH, "buckets": {f"b{number}": 1 for number in range(MAX_BUCKETS + 1)}},
    ],
)
def test_a_damaged_cursor_is_none(value: object) -> None:
    assert parse_cursor(value) is None


def test_as_many_buckets_as_far_along_as_there_may_be() -> None:
    assert parse_cursor({"epoch": EPOCH, "buckets": {"r" * 120: 2**53 - 1}})
    assert parse_cursor({"epoch": EPOCH, "buckets": {f"b{number}": 1 for number in range(MAX_BUCKETS)}})


def test_a_known_bucket_goes_on_a_new_one_starts_and_a_lost_one_is_left() -> None:
    plan = plan_read(Cursor(EPOCH, {"z": 3, "b": 2, "a": 7}), ["a", "new", "b", "a"], 9, epoch=EPOCH)
    assert list(plan.buckets.items()) == [("a", 7), ("new", 0), ("b", 2)]
    assert (plan.left, plan.reset) == (("z",), False)


@pytest.mark.parametrize(
    "cursor",
    [None, Cursor(OTHER, {"a": 5}), Cursor(EPOCH, {"a": 10}), Cursor(EPOCH, {"gone": 10, "a": 1})],
    ids=["nothing", "other epoch", "above head", "above head in another"],
)
def test_a_cursor_of_another_history_starts_from_nothing(cursor: Cursor | None) -> None:
    plan = plan_read(cursor, ["a", "b"], 9, epoch=EPOCH)
    assert (dict(plan.buckets), plan.left, plan.reset) == ({"a": 0, "b": 0}, (), True)


def test_the_head_itself_is_not_above_it() -> None:
    assert not plan_read(Cursor(EPOCH, {"a": 9}), ["a"], 9, epoch=EPOCH).reset


names = st.sampled_from(["a", "b", "c", "ref", "customers:own:x", "A", ""])


@given(
    st.none()
    | st.fixed_dictionaries(
        {
            "epoch": st.sampled_from([EPOCH, OTHER, 5]),
            "buckets": st.dictionaries(names, st.integers(-1, 12) | st.none()),
        }
    ),
    st.lists(st.sampled_from("abc"), unique=True),
)
def test_whatever_is_sent_only_subscribed_buckets_are_read_up_to_the_head(sent: Any, subscribed: list[str]) -> None:
    plan = plan_read(parse_cursor(sent), subscribed, 9, epoch=EPOCH)
    assert list(plan.buckets) == subscribed
    assert all(0 <= after <= 9 for after in plan.buckets.values())
    assert not set(plan.left) & set(subscribed)
