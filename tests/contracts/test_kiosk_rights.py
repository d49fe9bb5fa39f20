"""A kiosk opens its own doors and no other: every other route answers its token as it answers a stranger's.

The people's side (nobody but a kiosk opens a kiosk's doors) is in rights_expected.txt like all rights.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import databases
from tests.support.document import Operation, operations
from tests.support.recipes import recipe_for
from tests.support.rights_table import Answer, Asker, answered
from tests.support.scene import open_scene
from tests.support.scene_rows import Rows, furnish

A_STRANGERS = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6IngifQ.e30.AAAA"


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("sqlite", marks=pytest.mark.sqlite),
        pytest.param("postgresql", marks=pytest.mark.pg),
    ],
)
def asker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    kind: databases.Kind = request.param
    with open_scene(kind, tmp_path_factory.mktemp("kiosk")) as scene:
        furnish(scene)
        yield Asker(scene, Rows(scene))


def ask(asker: Asker, operation: Operation, token: str) -> Answer:
    """A good request of a salesperson about a row of his, with another token."""
    recipe = recipe_for(operation)
    ids = {} if recipe.row is None else asker.rows.of(recipe.row, "own", "wang")
    path = operation.path.format(**{name: ids.get(name, recipe.query.get(name, "")) for name in operation.in_path})
    return answered(asker.scene.acme.call(operation.method, path, token=token, json={} if operation.body else None))


def test_every_other_route_answers_a_kiosk_as_it_answers_a_stranger(asker: Asker) -> None:
    kiosk = asker.scene.kiosk()
    closed = [
        each for each in operations(asker.scene.acme.app) if not each.access.is_public and each.access.kind != "kiosk"
    ]
    assert len(closed) > 80
    for operation in closed:  # the rows are made first, so that what follows is to change nothing
        ask(asker, operation, A_STRANGERS)
    before = asker.scene.footprint()
    for operation in closed:
        known, stranger = ask(asker, operation, kiosk.token), ask(asker, operation, A_STRANGERS)
        assert known.comparable(()) == stranger.comparable(()), operation.name
        assert (known.status, known.code) == (401, "accounts.token-invalid"), operation.name
    assert asker.scene.footprint() == before


def test_its_own_doors_open_to_it_and_to_nobody_else(asker: Asker) -> None:
    own = {each.name for each in operations(asker.scene.acme.app) if each.access.kind == "kiosk"}
    assert own == {"GET /kiosk/v1/station", "POST /kiosk/v1/readings", "POST /kiosk/v1/visitors"}
    kiosk = asker.scene.kiosk()
    assert kiosk.station()["kiosk"] == kiosk.kiosk
    for operation in operations(asker.scene.acme.app):
        if operation.access.kind == "kiosk":
            for token in (asker.scene.token("admin"), asker.scene.device_token("wang"), A_STRANGERS):
                answer = ask(asker, operation, token)
                assert (answer.status, answer.code) == (401, "accounts.token-invalid"), operation.name


def test_what_it_is_answered_holds_no_id_but_its_own_and_those_it_sent(asker: Asker) -> None:
    kiosk = asker.scene.kiosk()
    told = kiosk.station()
    ids = {value for value in told.values() if isinstance(value, str) and len(value) == 36}
    assert ids == {kiosk.organisation, kiosk.kiosk}
