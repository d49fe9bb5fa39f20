"""A scene that hostile requests are sent to, and whose tables are counted around them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from server.core.i18n import Language
from tests.support import databases
from tests.support.document import Operation, operations
from tests.support.hostile import Judged, judge
from tests.support.recipes import recipe_for
from tests.support.recipes.asking import Asking, Recipe
from tests.support.scene import Scene, open_scene
from tests.support.scene_rows import Rows, furnish

LANGUAGES: tuple[Language, ...] = ("zh", "en")
CALLER = "admin"
"""Everything is allowed to him, so that every request gets as far as it can."""


@dataclass
class Target:
    """Where hostile requests go."""

    scene: Scene
    rows: Rows
    asked: int = 0

    @property
    def operations(self) -> dict[str, Operation]:
        """All operations of the document, by name."""
        return {each.name: each for each in operations(self.scene.acme.app) if each.doc is not None}

    def asking(self, operation: Operation) -> tuple[Recipe, Asking]:
        """A good question to make a hostile one of."""
        recipe = recipe_for(operation)
        if operation.name == "POST /api/v1/session/password":
            # With the right password the first accepted hostile one would be his from then on.
            recipe = replace(recipe, body=lambda _: {"old_password": "not-his-own-17", "new_password": "lantern-17-x"})
        ids = {} if recipe.row is None else self.rows.of(recipe.row, recipe.base, CALLER)
        return recipe, Asking(self.scene, self.rows, CALLER, ids)

    def language(self) -> Language:
        """One after the other, so that every kind of refusal is asked for in both."""
        self.asked += 1
        return LANGUAGES[self.asked % 2]

    def send(
        self,
        operation: Operation,
        asking: Asking,
        recipe: Recipe,
        *,
        path: str | None = None,
        headers: dict[str, str] | None = None,
        **given: Any,
    ) -> Judged:
        """Send it as CALLER and judge the answer: nothing changed unless it was done."""
        language = self.language()
        sent = {} if recipe.headers is None else recipe.headers(asking)
        if not operation.access.is_public:
            sent["Authorization"] = f"Bearer {self._token(operation)}"
        sent |= {"Accept-Language": language, **(headers or {})}
        address = path or operation.path.format(**{name: asking.ids[name] for name in operation.in_path})
        before = self.scene.clocks()
        client = self.scene.acme.app.test_client()
        answer = judge(client.open(address, method=operation.method, headers=sent, **given), language, operation)
        after = self.scene.clocks()
        assert after[1] == before[1], "something changed in the other organisation"
        assert answer.is_good or after == before, f"{answer.code}: refused, and something changed"
        if answer.is_good and operation.writes:
            self.rows.spend(*asking.ids.values())
            if recipe.ends:
                self.scene.forget(CALLER)
        return answer

    def _token(self, operation: Operation) -> str:
        match operation.access.kind:
            case "device":
                return self.scene.device_token(CALLER)
            case "kiosk":
                return self.scene.kiosk().token
            case _:
                return self.scene.token(CALLER)

    def send_json(self, operation: Operation, asking: Asking, recipe: Recipe, body: Any, **given: Any) -> Judged:
        """Send a document. Written with escapes, so that halves of characters can stand in it."""
        return self.send(
            operation, asking, recipe, data=json.dumps(body).encode(), content_type="application/json", **given
        )

    @contextmanager
    def nothing_is_left(self) -> Iterator[None]:
        """For a block in which nothing is done: all tables of both organisations have the rows they had."""
        self.scene.device_token(CALLER)  # who asks has to be there before
        self.scene.kiosk()
        before = self.scene.footprint()
        yield
        after = self.scene.footprint()
        changed = [f"{was} → {now}" for was, now in zip(before, after, strict=True) if was != now]
        assert not changed, changed


@contextmanager
def open_target(kind: databases.Kind, folder: Path) -> Iterator[Target]:
    """A furnished scene."""
    with open_scene(kind, folder) as scene:
        furnish(scene)
        yield Target(scene, Rows(scene))
