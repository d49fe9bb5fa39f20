"""Every operation × role × whose row it is: what is answered, against the kept table; and what must hold in every cell.

The table: rights_expected.txt. A new route fails here until tests/support/recipes says how to ask it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import server.customers.views
from server.app import create_app
from server.core.access import FUNCTIONS
from server.core.collections import COLLECTIONS, OwnedScope
from server.core.declare import MARK, Undeclared
from server.core.services import Services
from tests.server.accounts.company import CHEAP
from tests.support import databases, rights_table
from tests.support.document import Operation, operations
from tests.support.recipes import RECIPES, NoRecipe, recipe_for
from tests.support.rights_table import ANYBODY, EVERYONE, SIGNED_OUT, WHOLE, Asker, Cells, Key, ids_in
from tests.support.scene import open_scene
from tests.support.scene_rows import Rows, furnish, nobodys

TABLE = Path(__file__).with_name("rights_expected.txt")
RENEW = bool(os.environ.get("DOORSTEP_RENEW_RIGHTS"))
GOOD = ("200", "200 some", "201", "202", "204", "applied", "merged", "duplicate")
"""Cells in which something was done or shown. `200 none` shows nothing."""


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


def everything(app: Flask) -> list[tuple[Operation, str]]:
    """All operations with what of them has lines, in the order of the table."""
    return [(operation, place) for operation in operations(app) for place in rights_table.places(operation)]


@pytest.mark.parametrize("role", [*EVERYONE, ANYBODY])
def test_each_cell_answers_as_the_table_says(asker: Asker, role: str) -> None:
    found: dict[Key, Cells] = {}
    wrong: list[str] = []
    foreign = set(asker.scene.foreign_ids())
    for operation, place in everything(asker.scene.acme.app):
        if role in rights_table.callers(operation):
            found[operation.name, place, role] = _ask(asker, operation, place, role, foreign, wrong)
    assert not wrong, "\n".join(wrong)
    if RENEW:
        _renew(asker.scene.acme.app, found)
    kept = {key: cells for key, cells in rights_table.read(TABLE).items() if key[2] == role and key[0][:5] != "push "}
    assert found == kept, "what changed is in the difference; DOORSTEP_RENEW_RIGHTS=1 keeps it, after reading it"


def _ask(asker: Asker, operation: Operation, place: str, role: str, foreign: set[str], wrong: list[str]) -> Cells:
    """One line of the table. Adds to `wrong` what must hold in every cell, whatever the table says, and does not."""
    cells: Cells = {}
    whole: dict[str, bytes] = {}
    for relation in rights_table.relations(operation, place):
        answer, ids = asker.ask(operation, place, role, relation)
        where = f"{operation.name} {place} {role} {relation}: {answer.cell(operation)}"
        cells[relation] = answer.cell(operation)
        whole[relation] = answer.comparable(ids)
        if not operation.may_answer(answer.status, answer.code):
            wrong.append(f"{where}: the document does not say so")
        if answer.status in (400, 405, 413, 415) or answer.status >= 500 or answer.code == "core.invalid-fields":
            wrong.append(f"{where}: not a question anybody would ask: {answer.raw!r}")
        foreign -= ids  # from now on it may be a row of acme as well
        if leaked := ids_in(answer.raw) & foreign:
            wrong.append(f"{where}: tells of rows of the other organisation: {leaked}")
        if "globex" in answer.moved or (answer.moved and not answer.is_good):
            wrong.append(f"{where}: something changed in {sorted(answer.moved)}")
    is_shown = cells.get("foreign", "").startswith("4") or operation.method == "GET"
    if is_shown and whole.get("foreign") != whole.get("random"):
        wrong.append(f"{operation.name} {place} {role}: another organisation's row is not answered as none at all")
    return cells


def _renew(app: Flask, found: dict[Key, Cells]) -> None:
    table = rights_table.read(TABLE) if TABLE.exists() else {}
    ours = [(operation.name, place) for operation, place in everything(app)]
    pushes = list(dict.fromkeys((name, place) for name, place, _ in table if name.startswith("push ")))
    roles = {role: number for number, role in enumerate((*EVERYONE, ANYBODY))}
    merged = dict(sorted({**table, **found}.items(), key=lambda item: roles[item[0][2]]))
    known = rights_table.needs_of(TABLE) if TABLE.exists() else {}
    needs = known | {operation.name: _needs(operation) for operation, _ in everything(app)}
    rights_table.write(TABLE, merged, needs, [*ours, *pushes])


def _needs(operation: Operation) -> str:
    return ", ".join(operation.access.functions) or operation.access.kind


# -- the table itself: what a reader would look for, looked for in every line ------------------------------------------


def lines() -> list[tuple[Key, Cells]]:
    """All lines of the kept table."""
    return list(rights_table.read(TABLE).items())


NAMED = {
    ("POST /api/v1/approval-delegations", "/to_id"),
    ("POST /api/v1/questions/{question_id}/pass-on", "/department_id"),
    ("push questions.pass_on", "department_id"),
    ("POST /api/v1/work-reports/{report_id}/address", "/reader_id"),
    ("push work_reports.address", "reader_id"),
    ("GET /api/v1/work-reports", "?owner_id"),  # what a colleague has sent to the caller
    *((f"{method} {path}", "/copied_to/0") for method, path in (
        ("POST", "/api/v1/day-plans"), ("PATCH", "/api/v1/day-plans/{plan_id}"),
        ("POST", "/api/v1/tasks"), ("PATCH", "/api/v1/tasks/{task_id}"),
    )),
    ("POST /api/v1/visits", "/people/0"),
    ("PATCH /api/v1/visits/{visit_id}", "/people/0"),
    # The stages of the funnel and the reasons of losses are there for everybody, with nothing in them.
    *((f"GET /api/v1/opportunities/{of}", f"?{what}_id") for of in ("funnel", "losses") for what in ("owner", "unit")),
    ("GET /api/v1/board/month/export", "?unit"),  # of nobody it is a head and a sum of noughts
    # A conflict is known to both sides and to whoever leads one of them: security design §1, the one exception.
    ("GET /api/v1/lead-conflicts/{conflict_id}", "{conflict_id}"),
    *((f"POST /api/v1/lead-conflicts/{{conflict_id}}/{deed}", "{conflict_id}") for deed in ("rule", "dismiss")),
    *((f"push lead_conflicts.{deed}", "row") for deed in ("rule", "dismiss")),
}  # fmt: skip
"""Where a colleague or a unit is only named, and nothing is done to a row of his: everybody knows who works here."""


def test_another_organisations_row_is_answered_as_none_at_all() -> None:
    different = [key for key, cells in lines() if cells.get("foreign", cells.get("random")) != cells.get("random")]
    assert different == []


def test_nobody_but_the_root_does_anything_to_another_teams_row() -> None:
    scoped = ("supervisor", "salesperson", "reception", SIGNED_OUT)
    reached = [
        key for key, cells in lines() if key[2] in scoped and cells.get("other") in GOOD and key[:2] not in NAMED
    ]
    assert reached == []


def test_a_salesperson_does_nothing_to_a_colleagues_row() -> None:
    reached = [
        key for key, cells in lines() if key[2] == "salesperson" and cells.get("team") in GOOD and key[:2] not in NAMED
    ]
    assert reached == []


def test_what_is_out_of_reach_is_answered_as_what_is_not_there() -> None:
    """Inside the organisation too. What is known to be there: an id that is to be made anew and is taken already."""
    taken = {"/id", "/phones/0/id", "/lines/0/id", "/follow_up/id", "row of create"}
    scoped = {
        "supervisor": ("other",),
        "salesperson": ("team", "other"),
        "reception": ("other",),
    }
    told_apart = [
        (key, relation)
        for key, cells in lines()
        if key[1] not in taken and key[:2] not in NAMED
        for relation in scoped.get(key[2], ())
        if relation in cells and cells[relation] not in (cells["random"], "200 none")
    ]
    assert told_apart == []


def test_whoever_is_signed_out_gets_nowhere() -> None:
    assert {cell for key, cells in lines() if key[2] == SIGNED_OUT for cell in cells.values()} == {"401"}


def test_the_reception_sees_who_arrives_and_else_only_what_everybody_sees() -> None:
    opened = {key[0] for key, cells in lines() if key[2] == "reception" and set(cells.values()) & set(GOOD)}
    its_own = {
        "GET /api/v1/arrivals",
        "POST /api/v1/arrivals/{arrival_id}/serve",
        "POST /api/v1/arrivals/{arrival_id}/leave",
    }
    assert its_own <= opened
    for_everybody = {
        key[0]
        for key, cells in lines()
        if key[2] == "reception" and key[1] == WHOLE and set(cells.values()) & set(GOOD)
    } - its_own
    assert for_everybody == {
        "GET /api/v1/activity-types",
        "GET /api/v1/functions",
        "GET /api/v1/jobs",
        "GET /api/v1/organisation",
        "GET /api/v1/projects",
        "GET /api/v1/sales-centres",
        "GET /api/v1/session",
        "DELETE /api/v1/session",
        "POST /api/v1/session/confirm",
        "POST /api/v1/session/password",
        "POST /api/v1/session/renew",
        "GET /api/v1/units",
        "GET /api/v1/work-reports",  # reports are sent to anybody
        "GET /mobile/v1/collections",
        "GET /mobile/v1/digest",
        "GET /api/v1/notice-settings",
        "PATCH /api/v1/notice-settings",
        "GET /mobile/v1/push/key",
        "PUT /mobile/v1/push/subscription",
        "DELETE /mobile/v1/push/subscription",
        "POST /mobile/v1/exchange",
        "POST /mobile/v1/files",
        "DELETE /mobile/v1/session",
        "GET /mobile/v1/wait",
    }


def test_the_administrator_is_refused_nothing_for_want_of_a_function() -> None:
    assert [key for key, cells in lines() if key[2] == "administrator" and "403" in cells.values()] == []


# -- nothing is left out -----------------------------------------------------------------------------------------------


def test_every_operation_and_reference_has_a_recipe_and_no_recipe_is_left_over(asker: Asker) -> None:
    known = operations(asker.scene.acme.app)
    for operation in known:
        recipe_for(operation)
    assert RECIPES.keys() - {operation.name for operation in known} == set()


def test_a_route_that_nobody_told_the_tests_about_fails_with_what_to_do() -> None:
    known = {"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}}}
    access = getattr(server.customers.views.cards.get_customer, MARK)
    fresh = Operation("POST", "/api/v1/wonders", access, {"responses": {}}, body=known)
    with pytest.raises(NoRecipe, match="POST /api/v1/wonders is new"):
        recipe_for(fresh)


def test_every_function_is_asked_for_by_some_operation_or_collection(asker: Asker) -> None:
    asked = {function for operation in operations(asker.scene.acme.app) for function in operation.access.functions}
    for collection in COLLECTIONS.values():
        asked |= {action.function for action in collection.actions.values() if action.function is not None}
        asked |= {collection.scope.function} if isinstance(collection.scope, OwnedScope) else set()
    within = {
        "core.jobs",
        "approvals.lead",
    }  # asked for inside an operation that everybody may begin
    assert FUNCTIONS.keys() - asked == within
    assert asked - FUNCTIONS.keys() == set()


def test_the_application_does_not_start_with_a_view_that_says_nothing(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    services: Services = asker.scene.services
    monkeypatch.delattr(server.customers.views.cards.get_customer, MARK)
    with pytest.raises(Undeclared, match=r"GET /api/v1/customers/<id:customer_id>"):
        create_app(services, cost=CHEAP)


def test_handheld_doors_are_closed_to_the_office(asker: Asker) -> None:
    for operation in operations(asker.scene.acme.app):
        if operation.access.kind == "device":
            path = operation.path.format(**nobodys(*operation.in_path))
            answer = asker.scene.acme.call(
                operation.method, path, token=asker.scene.token("admin"), query_string={"head": "0"}
            )
            assert (answer.status_code, answer.json["code"]) == (403, "core.forbidden"), operation.name
