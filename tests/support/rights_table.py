"""The table of rights: what each operation answers to whom about whose rows. Reading and writing its file; asking one cell."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from server.core.problem_types import CATALOGUE
from tests.support.document import Operation, put
from tests.support.recipes import recipe_for, sent
from tests.support.recipes.asking import ELSEWHERE, Asking, Recipe
from tests.support.scene import ROLES, Ids, Scene
from tests.support.scene_rows import KINDS, Rows

HEAD = """\
Who may do what to whose rows: one line for each operation, row it names, and role. Compared by tests/contracts/
test_rights.py with what the application answers on both databases; written anew with
    DOORSTEP_RENEW_RIGHTS=1 .venv/bin/pytest -n 0 tests/contracts/test_rights.py -m "" -k sqlite
Read the difference before you keep it.

own: the caller's row. team: a colleague's of his unit. other: another team's. foreign: another organisation's. random: no
row at all. Those at the root (administrator, director) have a colleague there too; `other` is a salesperson's of team West.
{name}: the row in the address. /name: in the body. ?name: in the query; a list answers `some` or `none`.
A refusal of 401, 403 and 404 is core.unauthenticated, core.function-missing and core.not-found unless it says otherwise.
"""
PLAIN = {401: "core.unauthenticated", 403: "core.function-missing", 404: "core.not-found"}
ANYBODY = "anybody"
SIGNED_OUT = "signed out"
EVERYONE = (*ROLES, SIGNED_OUT)
WHOLE = "·"
"""In place of a reference: the operation names no row."""

Key = tuple[str, str, str]
"""Operation, reference, role."""
Cells = dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What came back. body: the document, or the text of an export. moved: which organisations' clocks it moved."""

    status: int
    code: str | None
    body: Any
    raw: bytes
    moved: frozenset[str] = frozenset()

    @property
    def is_good(self) -> bool:
        """Whether it was done."""
        return self.status < 300

    def cell(self, operation: Operation) -> str:
        """As it stands in the table."""
        if self.is_good and operation.method == "GET" and (amount := self.amount) is not None:
            return f"{self.status} {'some' if amount else 'none'}"
        if self.is_good or self.code == PLAIN.get(self.status):
            return str(self.status)
        return f"{self.status} {self.code}"

    @property
    def amount(self) -> int | None:
        """How many rows a list, a sum or an export tells of; None when it is none of them."""
        if isinstance(self.body, str):
            return len(list(csv.reader(io.StringIO(self.body)))) - 1
        if isinstance(self.body, dict):
            if isinstance(self.body.get("items"), list):
                return len(self.body["items"])
            if isinstance(self.body.get("total"), int):
                return int(self.body["total"])
        return None

    def comparable(self, ids: Iterable[str]) -> bytes:
        """The whole answer, with the ids that were asked about and the request's own id left out."""
        raw = self.raw
        for each in ids:
            raw = raw.replace(each.encode(), b"<id>")
        if isinstance(self.body, dict) and "request_id" in self.body:
            raw = raw.replace(str(self.body["request_id"]).encode(), b"<request>")
        return raw


@dataclass
class Asker:
    """Asks the application, and keeps the rows it changes apart from those it does not."""

    scene: Scene
    rows: Rows

    def ask(
        self, operation: Operation, reference: str, role: str, relation: str, caller: str | None = None
    ) -> tuple[Answer, set[str]]:
        """One cell: the answer, and the ids of the rows that stood in that relation. caller: who has the role, else."""
        recipe = recipe_for(operation)
        caller = caller or ROLES.get(role, "wang")
        ids = self._in_address(operation, recipe, reference, relation, caller)
        asking = Asking(self.scene, self.rows, caller, ids, reference)
        body = None if recipe.body is None else recipe.body(asking)
        query = {name: value for name, value in recipe.query.items() if name not in operation.in_path}
        named: Ids = dict(asking.ids) if reference.startswith("{") else {}
        if reference[0] in "/?":
            kind, _, member = recipe.references[reference].partition(":")
            named = self.rows.of(kind, relation, caller)
            wanted = named[member or KINDS[kind].key]
            if reference[0] == "?":
                query[reference[1:]] = wanted
            elif not (relation == "own" and reference in recipe.fits):
                body = put(body, reference, wanted)
        answer = self.send(operation, role, asking, body, query, recipe)
        if answer.is_good and operation.writes:
            self.rows.spend(*asking.ids.values(), *named.values())
            if recipe.disturbs:
                self.rows.spend_all()
            if recipe.ends:
                self.scene.forget(caller)
        return answer, set(named.values())

    def _in_address(self, operation: Operation, recipe: Recipe, reference: str, relation: str, caller: str) -> Ids:
        if not operation.in_path:
            return {}
        if recipe.row is None:
            return {name: recipe.query[name] for name in operation.in_path}
        if not reference.startswith("{"):
            return self.rows.of(recipe.row, recipe.base, caller)
        found = self.rows.of(recipe.row, relation, caller)
        own_member = KINDS[recipe.row].key
        if len(operation.in_path) > 1 and reference == f"{{{own_member}}}":
            found = {**self.rows.of(recipe.row, "own", caller), own_member: found[own_member]}
        return found

    def send(
        self, operation: Operation, role: str, asking: Asking, body: Any, query: Mapping[str, str], recipe: Recipe
    ) -> Answer:
        """Send a request as that role."""
        path = operation.path.format(**{name: asking.ids[name] for name in operation.in_path})
        headers = {} if recipe.headers is None else recipe.headers(asking)
        token = None
        if role not in (SIGNED_OUT, ANYBODY):
            on_device = operation.access.kind == "device"
            token = self.scene.device_token(asking.caller) if on_device else self.scene.token(asking.caller)
        given: dict[str, Any] = {"headers": headers, "query_string": dict(query)}
        if body is not None:
            given |= sent(body)
        before = self.scene.clocks()
        answer = answered(self.scene.acme.call(operation.method, path, token=token, **given))
        after = self.scene.clocks()
        names = (self.scene.acme.code, self.scene.globex.code)
        moved = frozenset(name for name, was, now in zip(names, before, after, strict=True) if was != now)
        return replace(answer, moved=moved)


_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def ids_in(raw: bytes) -> set[str]:
    """All ids in an answer."""
    return {each.decode() for each in _UUID.findall(raw)}


def answered(response: Any) -> Answer:
    """A response as the tests compare it. Checks what every problem has."""
    raw = response.get_data()
    response.close()
    kind = response.mimetype
    body: Any = None
    code: str | None = None
    if raw and kind in ("application/json", "application/problem+json"):
        body = orjson.loads(raw)
    elif kind == "text/csv":
        body = raw.decode("utf-8-sig")
    if response.status_code >= 400:
        assert kind == "application/problem+json", (response.status_code, kind, raw[:200])
        code = body["code"]
        known = CATALOGUE.get(str(code))
        assert known is not None, f"{code} is in no catalogue"
        assert known.status == response.status_code == body["status"], (code, response.status_code)
    return Answer(response.status_code, code, body, raw)


def places(operation: Operation) -> tuple[str, ...]:
    """What of an operation has lines in the table."""
    recipe = recipe_for(operation)
    references = tuple(
        each
        for each in operation.references
        if recipe.references.get(each) != ELSEWHERE and (recipe.row is not None or not each.startswith("{"))
    )
    # A list without any filter, and an address with nothing else to name, are cells of their own.
    return references if any(each.startswith("{") for each in references) else (WHOLE, *references)


def relations(operation: Operation, reference: str) -> tuple[str, ...]:
    """Whose rows can stand there."""
    if reference == WHOLE:
        return ("any",)
    recipe = recipe_for(operation)
    kind = recipe.row if reference.startswith("{") else recipe.references[reference].partition(":")[0]
    assert kind is not None
    return KINDS[kind].relations


def callers(operation: Operation) -> tuple[str, ...]:
    """Which lines an operation has."""
    return (ANYBODY,) if operation.access.is_public else EVERYONE


def read(path: Path) -> dict[Key, Cells]:
    """The table as it was kept."""
    found: dict[Key, Cells] = {}
    operation = reference = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("    ") and operation:
            role, _, cells = line.strip().partition(": ")
            found[operation, reference, role] = dict(each.strip().split(" ", 1) for each in cells.split("|"))
        elif line.startswith("  ") and operation:
            reference = line.strip()
        elif line.split(" ")[0] in ("GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "push"):
            operation = line.partition("  ")[0]
    return found


def needs_of(path: Path) -> dict[str, str]:
    """Operation → what it asks of the caller, as it was kept."""
    heads = [line.partition("  ") for line in path.read_text("utf-8").splitlines() if line[:1].strip() and "  " in line]
    return {operation: needs for operation, _, needs in heads}


def write(path: Path, table: Mapping[Key, Cells], needs: Mapping[str, str], order: Iterable[tuple[str, str]]) -> None:
    """Keep the table. needs: operation → what it asks of the caller. order: of operations and references."""
    lines = [HEAD]
    last = ""
    for operation, reference in order:
        rows = [
            (role, cells) for (name, place, role), cells in table.items() if (name, place) == (operation, reference)
        ]
        if operation != last:
            lines.append(f"{operation}  {needs[operation]}")
            last = operation
        lines.append(f"  {reference}")
        lines += [
            f"    {role}: " + " | ".join(f"{relation} {cell}" for relation, cell in cells.items())
            for role, cells in rows
        ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
