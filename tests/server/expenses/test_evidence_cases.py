"""Recorded claims: what is refused at submit here is shown at the field by the handheld before it is sent.

The handheld shows all that is missing, the server refuses the first of it. Its test: handheld/tests/app/evidence.test.ts.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.core.problems import Refused
from server.expenses.rules import AMOUNT_MOST, FOR_CUSTOMERS, LINES_MOST, SALES_ACTIONS, LineKind, Spent, check_claim

CASES = json.loads((Path(__file__).parent / "cases" / "evidence.json").read_text(encoding="utf-8"))


def _line(told: dict[str, Any]) -> Spent:
    return Spent(**{**told, "spent_on": date.fromisoformat(told.get("spent_on", "2025-03-01"))})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_recorded_claims(case: dict[str, Any]) -> None:
    lines, today = [_line(each) for each in case["lines"]], date.fromisoformat(case["today"])
    if not case["faults"]:
        assert check_claim(lines, today=today) == sum(each.amount_minor for each in lines)
        return
    code, line_id, field = case["faults"][0]
    with pytest.raises(Refused) as refused:
        check_claim(lines, today=today)
    place = f"/lines/{line_id}/{field}" if line_id else f"/{field}"
    assert (refused.value.problem.code, refused.value.field) == (code, place)


def test_the_handheld_knows_the_same_kinds_and_limits() -> None:
    source = Path(__file__).parents[3] / "handheld" / "src" / "app" / "expenses" / "evidence.ts"
    text = source.read_text(encoding="utf-8")
    for name, kinds in (("FOR_CUSTOMERS", FOR_CUSTOMERS), ("SALES_ACTIONS", SALES_ACTIONS), ("KINDS", set(LineKind))):
        stated = text.split(f"{name}:", 1)[1].split("[", 2)[-1].split("]", 1)[0]
        assert {each.strip().strip('"') for each in stated.split(",") if each.strip()} == set(kinds), name
    assert f"LINES_MOST = {LINES_MOST};" in text
    assert f"AMOUNT_MOST = {AMOUNT_MOST:_};" in text
