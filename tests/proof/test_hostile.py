"""Every field of every body with everything that does not belong there: a problem with a stable code, and nothing half done.

The fields come from the OpenAPI document. Whole bodies, addresses, queries and headers: test_hostile_requests.py; what
devices push: test_hostile_exchange.py.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import pytest

from server.app import create_app
from server.config import Settings
from server.core.db import Database
from server.core.keys import load_keys
from server.core.services import Services
from tests.server.accounts.company import CHEAP
from tests.support import databases
from tests.support.document import Field, Operation, operations, put
from tests.support.hostile import TEXTS, Judged, is_wrong, json_type, nested, share, values_for
from tests.support.hostile_scene import Target, open_target

EXCHANGE = "POST /mobile/v1/exchange"


@cache
def with_bodies() -> tuple[str, ...]:
    """The names of all operations with a body. Asked of an application that is only made, never called."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/none.db", keys_dir=Path(folder))
        services = Services(settings, Database(settings.database_url), load_keys(settings))
        known = operations(create_app(services, cost=CHEAP))
        services.close()
    return tuple(each.name for each in known if each.body is not None and each.name != EXCHANGE)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("sqlite", marks=pytest.mark.sqlite),
        pytest.param("postgresql", marks=pytest.mark.pg),
    ],
)
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    kind: databases.Kind = request.param
    with open_target(kind, tmp_path_factory.mktemp("hostile")) as made:
        yield made


@pytest.mark.parametrize("name", with_bodies())
def test_no_value_in_any_field_breaks_anything(target: Target, name: str) -> None:
    operation = target.operations[name]
    wrong: list[str] = []
    for field, what, value in _not_settled_together(target, operation):
        try:
            _try(target, operation, field, value)
        except AssertionError as error:
            wrong.append(f"{field.pointer} = {what}: {str(error)[:500]}")
    assert not wrong, f"{name}\n" + "\n".join(wrong)


Attempt = tuple[Field, str, object]
"""A field, the name of a value, and the value."""


def _not_settled_together(target: Target, operation: Operation) -> list[Attempt]:
    """What has to be tried by itself. A body with a value in each of its members, and then without those it was refused
    for, and so on, spares most of it. A route that is odd in all its fields and taken would stand in the way of all that come
    after it, where its recipe says that it disturbs.
    """
    if target.asking(operation)[0].disturbs:
        return share(chain.from_iterable(_side_by_side(operation)), operation.name, parts=12)
    left: list[Attempt] = []
    for together in share(_side_by_side(operation), operation.name, parts=12):
        while len(together) > 1 and (answer := _answer_to(target, operation, together)) is not None:
            rest = [each for each in together if not answer.is_good and not _is_blamed(answer, *each)]
            unblamed = [each for each in together if is_wrong(each[0], each[2]) and not _is_blamed(answer, *each)]
            if unblamed or len(rest) == len(together):
                break
            together = rest
        left += together
    return left


def _is_blamed(answer: Judged, field: Field, what: str, value: object) -> bool:
    if answer.code != "core.invalid-fields":
        return False
    return answer.names(field.pointer) and _is_said(field, value, answer.codes_at(field.pointer))


def _side_by_side(operation: Operation) -> list[list[Attempt]]:
    """All values of all fields, each list with at most one in each member of the body."""
    by_member: dict[str, list[Attempt]] = {}
    for field in operation.fields:
        found = by_member.setdefault(field.pointer.split("/")[1], [])
        found += [(field, what, value) for what, value in values_for(field)]
    return [[each for each in row if each is not None] for row in zip_longest(*by_member.values())]


def _answer_to(target: Target, operation: Operation, together: list[Attempt]) -> Judged | None:
    recipe, asking = target.asking(operation)
    assert recipe.body is not None
    body = recipe.body(asking)
    for field, _, value in together:
        body = put(body, field.pointer, value)
    try:
        return target.send_json(operation, asking, recipe, body)
    except AssertionError:
        return None  # each by itself says which of them it was


def _is_said(field: Field, value: object, codes: set[str]) -> bool:
    """Whether it is refused for what it is, where that can be told."""
    if json_type(value) == "null":
        return "null" in codes
    if field.schema.get("format") == "date-time" and value == "2025-03-04T10:00:00":
        return codes == {"naive-time"}
    return True


def _try(target: Target, operation: Operation, field: Field, value: object) -> None:
    recipe, asking = target.asking(operation)
    assert recipe.body is not None
    body = put(recipe.body(asking), field.pointer, value)
    answer = target.send_json(operation, asking, recipe, body)
    if not is_wrong(field, value):
        return
    assert answer.status == 422, f"answered {answer.status} {answer.code}"
    if answer.code == "core.invalid-fields":
        assert answer.names(field.pointer), f"blamed {answer.pointers}"
        assert _is_said(field, value, answer.field_codes), f"said {answer.field_codes}"


@pytest.mark.parametrize("name", with_bodies())
def test_fields_that_nobody_declared_are_refused_wherever_they_stand(target: Target, name: str) -> None:
    operation = target.operations[name]
    assert operation.body is not None
    recipe, asking = target.asking(operation)
    assert recipe.body is not None
    closed = [each for each in operation.fields if each.schema.get("additionalProperties") is False]
    places = ["", *(each.pointer for each in closed)]
    for place in places:
        for unknown in share(("org_id", "__proto__", "is_admin", "\ud800", "", "a/b~c", "x" * 5000), name + place):
            whole = put(recipe.body(asking), f"{place}/known", 1) if place else recipe.body(asking)
            inner = whole
            for step in place.split("/")[1:]:
                inner = inner[int(step)] if isinstance(inner, list) else inner[step]
            inner.pop("known", None)
            inner[unknown] = 1
            answer = target.send_json(operation, asking, recipe, whole)
            assert answer.status == 422, (place, unknown, answer.status)
            assert answer.field_codes & {"unknown", "broken-text"}, (place, unknown, answer.field_codes)


def test_what_is_kept_as_it_came_is_kept_whatever_it_is(target: Target) -> None:
    """Objects that the document leaves open: a revoked device hands in whatever it has."""
    wide = {"\u202e": ["x" * 100_000, {"a" * 5000: [1, -1.5, None, {"b": nested(15)}]}]}
    numbers = [2**53, 2**63, 2**64, -(2**64), 10**400, 1e308, 5e-324, -0.0]
    taken = 0
    for operation in target.operations.values():
        for field in operation.fields:
            if field.schema.get("type") != "object" or field.schema.get("additionalProperties") is False:
                continue
            for odd in (*numbers, wide, *TEXTS.values()):
                recipe, asking = target.asking(operation)
                assert recipe.body is not None
                body = put(recipe.body(asking), f"{field.pointer}/odd", odd)
                taken += target.send_json(operation, asking, recipe, body).is_good
    assert taken > len(numbers)


@pytest.mark.parametrize("name", with_bodies())
def test_required_fields_are_required_one_by_one(target: Target, name: str) -> None:
    operation = target.operations[name]
    recipe, asking = target.asking(operation)
    assert recipe.body is not None
    for field in operation.fields:
        if field.required and field.pointer.count("/") == 1:
            body = dict(recipe.body(asking))
            del body[field.pointer[1:]]
            answer = target.send_json(operation, asking, recipe, body)
            assert answer.status == 422
            assert (field.pointer, {"required"}) == (answer.pointers[0], answer.field_codes)


@pytest.mark.parametrize("name", with_bodies())
def test_what_is_refused_leaves_no_row_behind(target: Target, name: str) -> None:
    operation = target.operations[name]
    recipe, asking = target.asking(operation)
    assert recipe.body is not None
    good = recipe.body(asking)
    headers = {} if recipe.headers is None else recipe.headers(asking)
    recipe = replace(recipe, headers=None)
    target.scene.token("admin")
    with target.nothing_is_left():
        bodies: list[Any] = [[], "x", 1, None, {"x": 1}, {**good, "x": nested(20)}]
        for body in bodies:
            answer = target.send_json(operation, asking, recipe, body, headers=headers)
            assert 400 <= answer.status < 500
