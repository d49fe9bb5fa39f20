"""What a report is filled in with, of which days it is, and until when a department has to answer. No database."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.core.types import from_ms
from server.fieldwork.questions.rules import answer_due, is_overdue
from server.fieldwork.reports.rules import Period, Rows, facts_of, first_day, period_of

RECORDED = json.loads((Path(__file__).parent / "cases/reports.json").read_text(encoding="utf-8"))


def _row(values: dict[str, Any]) -> SimpleNamespace:
    read: dict[str, Any] = {"_on": date.fromisoformat, "_at": from_ms}
    return SimpleNamespace(
        **{
            name: value if value is None else read.get(name[-3:], lambda same: same)(value)
            for name, value in values.items()
        }
    )


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: f"{case['kind']} {case['day']}")
def test_a_report_is_filled_in_with_what_happened_in_its_days(case: dict[str, Any]) -> None:
    rows = Rows(**{name: [_row(each) for each in some] for name, some in RECORDED["rows"].items()})
    period = period_of(case["kind"], first_day(case["kind"], date.fromisoformat(case["day"])))
    assert period == Period(date.fromisoformat(case["first_on"]), date.fromisoformat(case["last_on"]))
    assert facts_of(RECORDED["user"], period, ZoneInfo(RECORDED["zone"]), rows) == case["facts"]


@pytest.mark.parametrize(
    ("came", "due"),
    [
        ("2025-03-03", "2025-03-05"),  # Monday: Wednesday
        ("2025-03-06", "2025-03-10"),  # Thursday: Monday
        ("2025-03-07", "2025-03-11"),  # Friday: Tuesday
        ("2025-03-08", "2025-03-11"),  # Saturday and Sunday: Tuesday
        ("2025-03-09", "2025-03-11"),
        ("2025-12-31", "2026-01-02"),  # holidays are not known
    ],
)
def test_a_department_has_two_working_days(came: str, due: str) -> None:
    last = date.fromisoformat(due)
    assert answer_due(date.fromisoformat(came)) == last
    assert not is_overdue("open", last, last)
    assert is_overdue("open", last, date.fromordinal(last.toordinal() + 1))
    for closed in ("answered", "withdrawn"):
        assert not is_overdue(closed, last, date.max)
    assert not is_overdue("open", None, date.max)
