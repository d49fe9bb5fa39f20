"""Values of work reports as rows hold them, however they were spelt. Pure. Operations begin with these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.customers.rules import check_text, optional
from server.fieldwork.reports.rules import first_day

_TEXTS = ("topic", "summary", "problems", "next_plan")


def settle_report(values: Mapping[str, Any]) -> dict[str, Any]:
    """What any action on a report takes: blank text is none, the day of a weekly report is its Monday."""
    settled: dict[str, Any] = {name: optional(value) if name in _TEXTS else value for name, value in values.items()}
    if "kind" in settled and "period_on" in settled:
        settled["period_on"] = first_day(settled["kind"], settled["period_on"])
    return settled


def settle_remark(values: Mapping[str, Any]) -> dict[str, Any]:
    """A comment's fields. Raises Refused TEXT_REQUIRED at /text."""
    return {**values, "text": check_text(values["text"])} if "text" in values else dict(values)
