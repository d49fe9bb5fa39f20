"""A scene with some history, and what everybody's devices hold: for comparing all ways of looking at the same rows.

Three oracles say what is in reach: the one permission function as SQL and as Python, and the words of docs/rules/access.md
spelled out anew here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import select

from server.accounts.models import User
from server.accounts.operations import roles, staff
from server.accounts.operations.staff import NewUser
from server.accounts.rules import StaffValues
from server.accounts.scope import Scope
from server.core.collections import COLLECTIONS, shapes
from server.core.rows import Row, c
from server.customers import operations as customers
from server.membership.operations import members
from sync_protocol.ids import new_id
from sync_protocol.phone import LineBroken, MemoryStorage, Phone
from tests.server.accounts.company import PASSWORD
from tests.support.rights_table import answered, ids_in
from tests.support.scene import ROLES, Scene
from tests.support.scene_rows import KINDS

FUNCTIONS = (
    "customers.read",
    "customers.export",
    "customers.handover",
    "fieldwork.read",
    "fieldwork.export",
    "questions.read",
    "targets.read",
    "insight.board",
    "accounts.users.read",
    "sync.issues",
    "membership.read",
    "reception.read",
)
SPECIAL: Mapping[str, tuple[str, Scope, tuple[str, ...], bool]] = {
    "dora": ("west", Scope.DEPARTMENT, (), False),
    "pia": ("south", Scope.PROJECT, (), True),
    "tom": ("south", Scope.TEAM, ("west",), False),
    "olga": ("east", Scope.OWN, ("west",), True),
}
"""Name → unit, scope of a role with FUNCTIONS, further units, and whether he belongs to the project."""
PEOPLE = (*ROLES, *SPECIAL)
BELOW = {
    "root": {"root", "sales", "east", "west", "south"},
    "sales": {"sales", "east", "west"},
    "east": {"east"},
    "west": {"west"},
    "south": {"south"},
}
DEPARTMENT = {"root": "root", "sales": "sales", "east": "sales", "west": "sales", "south": "south"}


@dataclass
class House:
    """project: of some rows and people. pulled: person → collection → id → row, as his device adopted it."""

    scene: Scene
    project: str = ""
    pulled: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def name(self, who: str) -> str:
        """The person behind a role."""
        return ROLES.get(who, who)

    def may(self, who: str, function: str) -> bool:
        """Whether a role of his has the function."""
        return self.scene.acme.actor(self.name(who)).may(function)

    def all_of(self, row: type[Row]) -> list[Any]:
        """All rows of acme."""
        columns = c(row)
        with self.scene.services.reading(self.scene.acme.org) as connection:
            found = connection.execute(select(*columns).where(columns.org_id == self.scene.acme.org)).all()
        return [row(**each._mapping) for each in found]

    # -- what the rules say in words -------------------------------------------------------------------------------

    def _scope(self, who: str) -> tuple[Scope, tuple[str, ...], bool]:
        if who in SPECIAL:
            return SPECIAL[who][1:]
        scope = {"supervisor": Scope.TEAM, "reception": Scope.TEAM, "salesperson": Scope.OWN}.get(who, Scope.ALL)
        return scope, (), False

    def _units(self, who: str, scope: Scope, further: tuple[str, ...]) -> set[str]:
        starts = {self.scene.homes[self.name(who)], *further}
        if scope is Scope.DEPARTMENT:
            starts = {DEPARTMENT[each] for each in starts}
        if scope not in (Scope.TEAM, Scope.DEPARTMENT):
            starts = set()
        return {self.scene.acme.units[below] for each in starts for below in BELOW[each]}

    def words_say(self, who: str, row: Any) -> bool:
        """Whether he sees a scoped row, with a function that his role has."""
        mine = self.scene.acme.users[self.name(who)]
        scope, further, in_project = self._scope(who)
        return (
            scope is Scope.ALL
            or mine in (row.owner_id, getattr(row, "author_id", None))
            or not self._units(who, scope, further).isdisjoint({row.unit_id, getattr(row, "department_id", None)})
            or (scope is Scope.PROJECT and in_project and row.project_id == self.project)
        )

    def people(self, who: str) -> set[str]:
        """The ids of the people he sees with a function about staff: his units' (also as a further unit), his projects'."""
        users, units = self.scene.acme.users, self.scene.acme.units
        scope, further, in_project = self._scope(who)
        reached = self._units(who, scope, further)
        found = {users[self.name(who)]}
        for user in self.all_of(User):
            if scope is Scope.ALL or user.unit_id in reached:
                found.add(user.id)
        for name, (_, _, also, belongs) in SPECIAL.items():
            if reached & {units[each] for each in also} or (scope is Scope.PROJECT and in_project and belongs):
                found.add(users[name])
        return found

    # -- what is in reach ------------------------------------------------------------------------------------------

    def seen(self, who: str, row: type[Row], function: str) -> set[str]:
        """The ids in reach, by all three oracles, which have to agree."""
        actor = self.scene.acme.actor(self.name(who))
        reach = actor.reach(function)
        rows = self.all_of(row)
        columns = c(row)
        statement = select(columns.id).where(columns.org_id == self.scene.acme.org, reach.condition(row))
        with self.scene.services.reading(self.scene.acme.org) as connection:
            by_sql = set(connection.execute(statement).scalars())
        assert by_sql == {each.id for each in rows if reach.covers(each)}
        in_words = {each.id for each in rows if self.words_say(who, each)} if actor.may(function) else set()
        assert by_sql == in_words
        return by_sql

    # -- what is shown ---------------------------------------------------------------------------------------------

    def pages(self, who: str, path: str, **query: str) -> list[Any]:
        """All items of a list, twenty at a time."""
        found: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            answer = self.ask(who, path, limit="20", **query, **cursor)
            found += answer["items"]
            if answer["next"] is None:
                return found
            cursor = {"cursor": answer["next"]}

    def ids(self, who: str, path: str, **query: str) -> set[str]:
        """The ids of all items of a list; no row may stand in it twice."""
        found = [each["id"] for each in self.pages(who, path, **query)]
        assert len(found) == len(set(found))
        return set(found)

    def ask(self, who: str, path: str, **query: str) -> Any:
        """One good answer, in which nothing of the other organisation stands."""
        token = self.scene.token(self.name(who))
        answer = answered(self.scene.acme.call("GET", f"/api/v1{path}", token=token, query_string=query))
        assert answer.status == 200, answer.raw
        assert not ids_in(answer.raw) & self.foreign
        return answer.body

    @property
    def foreign(self) -> frozenset[str]:
        """The ids of globex. Nothing is written in a house once it is furnished."""
        if not hasattr(self, "_foreign"):
            self._foreign = self.scene.foreign_ids()
        return self._foreign


def settle(scene: Scene) -> House:
    """Give a furnished scene its history, and let everybody's device pull."""
    house = House(scene, _people_and_project(scene))
    _history(scene, house.project)
    for who in PEOPLE:
        house.pulled[who] = pulled_by(scene, house.name(who))
    return house


def _people_and_project(scene: Scene) -> str:
    company = scene.acme
    password_hash = company.credentials.hashes.hash(PASSWORD)
    with scene.services.writing(scene.hand(company, "admin")) as uow:
        project = KINDS["project"].make(scene, company, "admin", uow)["project_id"]
        uow.flush()
        for number, (name, (unit, scope, further, in_project)) in enumerate(SPECIAL.items(), 80):
            role = roles.create_role(uow, name=f"as {name}", scope=scope, functions=FUNCTIONS)
            uow.flush()
            new = NewUser(
                staff=StaffValues(number=f"{number:04}", name=name.title()),
                username=name,
                unit_id=company.units[unit],
                role_ids=(role.id,),
                further_unit_ids=tuple(company.units[each] for each in further),
                project_ids=(project,) if in_project else (),
                password_hash=password_hash,
            )
            company.users[name] = staff.create_user(uow, new).id
            scene.homes[name] = unit
        uow.commit()
    return project


def _history(scene: Scene, project: str) -> None:
    """Rows of the new people, rows of the project, and rows that changed hands and still have their authors."""
    company = scene.acme
    for name in SPECIAL:
        with scene.services.writing(scene.hand(company, name)) as uow:
            for kind in (
                "phone",
                "contested customer",
                "line",
                "follow-up",
                "task",
                "activity",
                "question",
                "target",
                "issue",
                "card",
                "arrival",
            ):
                KINDS[kind].make(scene, company, name, uow)
            uow.commit()
    for owner in ("wang", "na", "fang"):
        with scene.services.writing(scene.hand(company, owner)) as uow:
            made = customers.create_customer(uow, new_id(), {"name": f"{owner} w", "project_id": project})
            customers.add_note(uow, new_id(), {"customer_id": made.id, "text": "of the project"})
            members.join(uow, new_id(), {"customer_id": made.id})
            customers.add_phone(uow, new_id(), {"customer_id": made.id, "number": "13712345678"})
            uow.commit()
    moved = []
    for owner in ("wang", "zhao", "na", "olga"):
        with scene.services.writing(scene.hand(company, owner)) as uow:
            rows = [KINDS[kind].make(scene, company, owner, uow) for kind in ("visit", "follow-up", "note")]
            moved += [each["customer_id"] for each in rows]
            uow.commit()
    with scene.services.writing(scene.hand(company, "admin")) as uow:
        customers.hand_over_customers(uow, moved[:6], company.users["na"], "moves west")
        customers.hand_over_customers(uow, moved[6:], company.users["zhao"], "moves east")
        uow.commit()


class _NoLine:
    """The messages are carried by hand."""

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Any:
        raise LineBroken


def pulled_by(scene: Scene, name: str) -> dict[str, dict[str, Any]]:
    """Collection → id → row of everything that a fresh device of that person adopts, in small pages."""
    handset = scene.phone(name)
    device = Phone(
        MemoryStorage(), _NoLine(), lambda: scene.device_token(name), lambda: 0, shapes=shapes(), max_bytes=16_000
    )
    device.reenrol(handset.answer["enrolment"])
    for _ in range(500):
        request = device.prepare()
        answer = scene.acme.call(
            "POST",
            "/mobile/v1/exchange",
            token=scene.device_token(name),
            data=orjson.dumps(request.body),
            content_type="application/json",
        )
        assert answer.status_code == 200, answer.get_data()
        taken = device.receive(request, 200, {"content-type": "application/json"}, answer.get_data())
        if taken.step == "done":
            return {each: device.adopted(each) for each in COLLECTIONS}
        assert taken.step == "more", taken
    raise AssertionError(f"{name}: no end of pulling")
