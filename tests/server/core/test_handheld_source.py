"""What is written for the handheld says what the collections say."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.core.collections import Action, Collection, Column, SharedScope
from server.core.handheld_source import collections_source, problems_source
from server.core.i18n import Text
from server.core.problem_types import ProblemType
from server.customers.models import Customer
from sync_protocol import wire

WIRE = Path(__file__).parents[3] / "handheld" / "src" / "wire"


def test_a_collection_becomes_types_and_a_shape() -> None:
    collection = Collection(
        name="toys",
        row=Customer,
        scope=SharedScope(),
        policy="machine",
        columns=(
            Column("name", wire.TEXT(80), writable=True, required=True),
            Column("note", wire.TEXT(500, multiline=True).or_null(), writable=True),
            Column("grade", wire.CODE(("B", "A")).or_null(), writable=True),
            Column("parent_id", wire.ID.or_null()),
            Column("count", wire.INTEGER(0, 9)),
            Column("seen_at", wire.INSTANT),
            Column("on", wire.DAY),
            Column("open", wire.BOOLEAN),
            Column("extra", wire.JSON),
        ),
        actions={
            "create": Action(lambda *_: None, "f"),
            "close": Action(lambda *_: None, "f", values={}),
            "lend": Action(
                lambda *_: None,
                "f",
                values={"to": wire.ID, "why": wire.TEXT(9)},
                required=frozenset({"to"}),
            ),
        },
        parents={"parent_id": "toys"},
    )
    written = collections_source({"toys": collection})
    for line in (
        "    readonly name: string;",
        '    readonly grade: "A" | "B" | null;',
        "    readonly parent_id: string | null;",
        "    readonly extra: unknown;",
        "    readonly open: boolean;",
        "      readonly name: string;",  # a create has to carry it
        "      readonly note?: string | null;",
        "    close: Record<string, never>;",
        "      readonly to: string;",
        "      readonly why?: string;",
        '    policy: "machine",',
        "      note: orNull(text(500, true)),",
        '      grade: orNull(code("A", "B")),',
        "      count: integer(0, 9),",
        "      seen_at: instant,",
        "      close: { values: {}, required: [] },",
        '        required: ["to"],',
        '    parents: {"parent_id": "toys"},',
    ):
        assert f"\n{line}\n" in written, line


def test_a_problem_is_written_with_both_texts() -> None:
    problem = ProblemType("toys.lost", 404, Text('找不到“{name}"', 'No toy "{name}"'), "", frozenset({"name"}))
    assert '\n  "toys.lost": { zh: "找不到“{name}\\"", en: "No toy \\"{name}\\"" },\n' in problems_source([problem])


@pytest.mark.parametrize(("name", "make"), [("collections.ts", collections_source), ("problems.ts", problems_source)])
def test_what_the_handheld_has_is_up_to_date(name: str, make: object) -> None:
    import server.app  # noqa: F401  (declares everything)

    assert (WIRE / name).read_text("utf-8") == make(), "run `make docs`"  # type: ignore[operator]
