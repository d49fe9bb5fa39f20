"""Shapes: what they refuse to declare, what actions take, and how they look to older devices."""

from typing import Any

import jsonschema
import pytest

from sync_protocol import wire
from sync_protocol.collections import ActionShape, CollectionShape, Field, Policy

FIELDS = {
    "name": Field(wire.TEXT(10), writable=True, required=True),
    "grade": Field(wire.CODE("AB"), writable=True, since=3),
    "owner": Field(wire.ID),
}
VISIT = CollectionShape(
    name="visits",
    since=1,
    fields=FIELDS,
    policy=Policy.MACHINE,
    actions={
        "create": None,
        "update": None,
        "delete": None,
        "start": None,
        "finish": ActionShape({"result": wire.TEXT(5)}, frozenset({"result"})),
    },
)


def test_actions_take_what_they_say() -> None:
    create, update = VISIT.action("create"), VISIT.action("update")
    assert create is not None
    assert update is not None
    assert set(create.values) == set(update.values) == {"name", "grade"}
    assert create.required == {"name"}
    assert not update.required
    for name in ("delete", "start"):
        plain = VISIT.action(name)
        assert plain is not None
        assert plain.values == {}
    assert VISIT.action("finish") == ActionShape({"result": wire.TEXT(5)}, frozenset({"result"}))
    assert VISIT.action("explode") is None


def test_older_devices_get_the_columns_they_know() -> None:
    assert VISIT.columns(1) == VISIT.columns(2) == ("id", "version", "name", "owner")
    assert VISIT.columns(3) == ("id", "version", "name", "grade", "owner")
    late = CollectionShape("late", {}, since=2)
    assert (late.known(1), late.known(2), late.known(3)) == (False, True, True)


@pytest.mark.parametrize(
    "declared",
    [
        {"fields": {"id": Field(wire.ID)}},
        {"fields": {"version": Field(wire.INTEGER())}},
        {"fields": FIELDS, "policy": Policy.SERVER, "actions": {"create": None}},
        {"fields": FIELDS, "policy": Policy.APPEND, "actions": {"update": None}},
        {"fields": FIELDS, "since": 2},
        {"fields": FIELDS, "policy": "sometimes"},
    ],
)
def test_what_can_not_be_is_refused(declared: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        CollectionShape(name="things", **declared)


def test_the_server_may_keep_a_collection_to_itself() -> None:
    assert CollectionShape("things", FIELDS, policy=Policy.SERVER).action("create") is None


def test_a_policy_may_be_named_by_its_text() -> None:
    assert CollectionShape("things", {}, policy="append").policy is Policy.APPEND  # type: ignore[arg-type]


def test_a_shape_describes_itself() -> None:
    described = VISIT.describe(schema=1)
    assert (described["collection"], described["policy"], described["since"]) == ("visits", "machine", 1)
    assert list(described["row"]["properties"]) == ["name", "owner"]
    assert described["row"]["required"] == ["name", "owner"]
    assert list(VISIT.describe(schema=3)["row"]["properties"]) == ["name", "grade", "owner"]
    finish = described["actions"]["finish"]
    jsonschema.validate({"result": "ok"}, finish)
    for wrong in ({}, {"result": "ok", "more": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, finish)
