"""Declaring collections: what is refused at start, what a device subscribes to and in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from server.core.access import Reach
from server.core.apply_deciding import decoded, wire_row
from server.core.collections import COLLECTIONS, OwnedScope, PersonalScope, collection_of, register, subscriptions
from server.core.sync_issues import SYNC_ISSUES, SyncIssue
from sync_protocol import wire
from sync_protocol.collections import Policy
from tests.support.toys import PARTS, READ, THINGS, TOYS, Part, Thing, Town


def test_registering_again_changes_nothing(town: Town) -> None:
    known = dict(COLLECTIONS)
    register(TOYS)
    assert known == COLLECTIONS
    assert list(known) == ["sync_issues", "toy_things", "toy_parts", "toy_words"]
    assert collection_of(Part) is PARTS
    assert collection_of(type("Other", (Part,), {})) is None


def test_two_collections_of_one_name_and_parents_nobody_knows_stop_the_start(town: Town) -> None:
    with pytest.raises(ValueError, match="two collections are called toy_parts"):
        register([replace(PARTS, policy="server", actions={})])
    with pytest.raises(ValueError, match=r"parents that are not registered before it: \['fairies'\]"):
        register([replace(PARTS, name="other", parents={"thing_id": "fairies"})])


def test_a_device_subscribes_to_what_matters_most_first(town: Town) -> None:
    dora = town.users["dora"]
    assert subscriptions(town.device("dora")) == (
        f"me:{dora}", "ref", f"toys:own:{dora}", *sorted(f"toys:unit:{town.units[n]}" for n in ("trade", "east", "west")),
    )  # fmt: skip
    assert subscriptions(town.device("gus")) == (f"me:{town.users['gus']}", "ref")


def test_subscriptions_follow_the_reach_of_the_read_function(town: Town) -> None:
    actor = replace(town.device("anna"), reaches={"toys.write": Reach(town.users["anna"], everything=True)})
    assert "toys:all" not in subscriptions(actor)


def test_the_scopes_name_the_buckets_of_a_row() -> None:
    row = Thing(name="thing", owner_id="o", unit_id="u", project_id="p")
    assert OwnedScope(READ).of(row) == ("toys:own:o", "toys:unit:u", "toys:all", "toys:proj:p")
    assert SYNC_ISSUES.row is SyncIssue
    assert isinstance(SYNC_ISSUES.scope, PersonalScope)
    assert PersonalScope("owner_id").of(row) == ("me:o",)


def test_the_protocol_sees_shapes_and_nothing_else() -> None:
    shape = THINGS.shape
    assert shape.policy is Policy.MERGE
    assert shape.columns(1) == (
        "id", "version", "name", "size", "is_old", "made_on", "seen_at", "label", "state", "owner_id",
    )  # fmt: skip
    create, close, delete = (shape.action(name) for name in ("create", "close", "delete"))
    assert create is not None
    assert create.required == {"name"}
    assert "state" not in create.values
    assert close is not None
    assert dict(close.values) == {"closed_at": wire.INSTANT}
    assert delete is not None
    assert not delete.values


def test_values_become_python_on_the_way_in_and_wire_on_the_way_out() -> None:
    sent = {"seen_at": 1_740_787_200_123, "made_on": "2025-03-01", "size": 3, "label": None, "closed_at": 0}
    given = decoded(THINGS, sent)
    assert given["seen_at"] == datetime(2025, 3, 1, 0, 0, 0, 123000, tzinfo=UTC)
    assert given["made_on"] == date(2025, 3, 1)
    assert given["closed_at"] == datetime(1970, 1, 1, tzinfo=UTC)
    assert (given["size"], given["label"]) == (3, None)
    row = Thing(name="thing", owner_id="o", unit_id="u", made_on=given["made_on"], seen_at=given["seen_at"])
    assert {name: value for name, value in wire_row(THINGS, row).items() if name in ("seen_at", "made_on", "size")} == {
        "seen_at": 1_740_787_200_123, "made_on": "2025-03-01", "size": None,
    }  # fmt: skip
