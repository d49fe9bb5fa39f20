"""Roles of an organisation's own making: one function without the others, or wider than the others. Never half done.

A view that writes with one function and answers with another could do the first and refuse the second.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.accounts.operations import roles, staff
from server.accounts.scope import Scope
from server.core.access import FUNCTIONS
from tests.support import databases, rights_table
from tests.support.document import operations
from tests.support.rights_table import WHOLE, Asker
from tests.support.scene import Scene, open_scene
from tests.support.scene_rows import Rows, furnish

SOMEBODY = "qing"
WITHIN = {"approvals.lead", "fieldwork.assign", "core.jobs"}
"""Functions that open no operation by themselves, but go further within one."""


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("sqlite", marks=pytest.mark.sqlite),
        pytest.param("postgresql", marks=pytest.mark.pg),
    ],
)
def asker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    kind: databases.Kind = request.param
    with open_scene(kind, tmp_path_factory.mktemp("alone")) as scene:
        furnish(scene)
        yield Asker(scene, Rows(scene))


def employ(scene: Scene, *made_of: tuple[Scope, list[str]]) -> None:
    """Give SOMEBODY roles of these functions, and no others."""
    with scene.services.writing(scene.hand(scene.acme, "admin")) as uow:
        made = [roles.create_role(uow, name=scene.word(), scope=scope, functions=each).id for scope, each in made_of]
        uow.flush()
        staff.change_user(uow, scene.acme.users[SOMEBODY], {"role_ids": made})
        uow.commit()


def check(asker: Asker, function: str, relation: str) -> None:
    """Ask all that the function opens: what is refused has changed nothing, and what is done is answered as done."""
    wrong: list[str] = []
    good = 0
    for operation in operations(asker.scene.acme.app):
        if function not in operation.access.functions or operation.access.kind == "device":
            continue
        places = rights_table.places(operation)
        place = WHOLE if WHOLE in places else places[0]
        base = "any" if place == WHOLE else relation if relation in rights_table.relations(operation, place) else "own"
        answer, _ = asker.ask(operation, place, "alone", base, caller=SOMEBODY)
        where = f"{operation.name} with {function}: {answer.status} {answer.raw[:300]!r}"
        if answer.moved and not answer.is_good:
            wrong.append(f"half done: {where}")
        if not operation.may_answer(answer.status, answer.code) or answer.status >= 500:
            wrong.append(f"not declared: {where}")
        good += answer.is_good
    assert not wrong, "\n".join(wrong)
    assert good or function in WITHIN, f"{function} by itself opens nothing"


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_by_itself_does_what_it_says(asker: Asker, function: str) -> None:
    employ(asker.scene, (Scope.ALL, [function]))
    check(asker, function, "own")


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_that_reaches_further_than_the_others_does_what_it_says(asker: Asker, function: str) -> None:
    others = sorted(FUNCTIONS.keys() - {function})
    employ(asker.scene, (Scope.ALL, [function]), (Scope.OWN, others))
    check(asker, function, "other")
