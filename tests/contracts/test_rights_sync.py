"""Every action of every collection × role × whose row it is: the verdict, against the same kept table as the operations."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from tests.support import databases, pushing, rights_table
from tests.support.pushing import Pusher, acts, line, places
from tests.support.recipes import NoRecipe
from tests.support.rights_table import Asker, Cells, Key
from tests.support.scene import ROLES, open_scene
from tests.support.scene_rows import Rows, furnish

TABLE = Path(__file__).with_name("rights_expected.txt")
RENEW = bool(os.environ.get("DOORSTEP_RENEW_RIGHTS"))


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("sqlite", marks=pytest.mark.sqlite),
        pytest.param("postgresql", marks=pytest.mark.pg),
    ],
)
def asker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    kind: databases.Kind = request.param
    with open_scene(kind, tmp_path_factory.mktemp("rights")) as scene:
        furnish(scene)
        yield Asker(scene, Rows(scene))


_IN_DEEP = ("administrator", "director")
"""Who may most, and takes longest; in `make test-deep`. Over REST all roles are asked in `make test`."""


@pytest.mark.parametrize(
    "role", [pytest.param(each, marks=pytest.mark.deep) if each in _IN_DEEP else each for each in ROLES]
)
def test_each_verdict_is_as_the_table_says(asker: Asker, role: str) -> None:
    pusher = Pusher(asker, role)
    foreign = asker.scene.foreign_ids()
    found: dict[Key, Cells] = {}
    wrong: list[str] = []
    for collection, action in acts():
        for place in places(collection, action):
            key = line(collection, action, place, role)
            found[key], verdicts, faults = pusher.push(collection, action, place)
            wrong += [f"{key}: {fault}" for fault in faults]
            refused = found[key].get("foreign", "").startswith("rejected")
            if refused and verdicts["foreign"] != verdicts["random"]:
                wrong.append(f"{key}: {verdicts['foreign']} is not {verdicts['random']}")
            if leaked := rights_table.ids_in(orjson.dumps(list(verdicts.values()))) & foreign:
                wrong.append(f"{key}: tells of rows of the other organisation: {leaked}")
    assert not wrong, "\n".join(wrong)
    if RENEW:
        _renew(found)
    kept = {key: cells for key, cells in rights_table.read(TABLE).items() if key[2] == role and key[0][:5] == "push "}
    assert found == kept, "what changed is in the difference; DOORSTEP_RENEW_RIGHTS=1 keeps it, after reading it"


def _renew(found: dict[Key, Cells]) -> None:
    table = rights_table.read(TABLE)
    needs = dict(rights_table.needs_of(TABLE))
    ours = [(f"push {each.name}.{action}", place) for each, action in acts() for place in places(each, action)]
    for collection, action in acts():
        known = collection.actions.get(action)
        needs[f"push {collection.name}.{action}"] = (
            "read only" if known is None else known.function or "addressed to one"
        )
    others = list(dict.fromkeys((name, place) for name, place, _ in table if not name.startswith("push ")))
    roles = {role: number for number, role in enumerate((*ROLES, rights_table.SIGNED_OUT, rights_table.ANYBODY))}
    merged = dict(sorted({**table, **found}.items(), key=lambda item: roles[item[0][2]]))
    rights_table.write(TABLE, merged, needs, [*others, *ours])


def test_a_collection_that_nobody_told_the_tests_about_fails_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = {key: act for key, act in pushing.ACTS.items() if key != ("visits", "start")}
    monkeypatch.setattr(pushing, "ACTS", fewer)
    with pytest.raises(NoRecipe, match=r"visits\.start is new"):
        [places(collection, action) for collection, action in acts()]
