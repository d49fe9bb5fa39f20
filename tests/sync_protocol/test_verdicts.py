"""Verdicts on the wire and back."""

from typing import Any

import pytest

from sync_protocol.verdicts import Decision, Verdict


def test_each_verdict_is_accepted_or_refused_or_open() -> None:
    accepted = {verdict for verdict in Verdict if verdict.accepted}
    refused = {verdict for verdict in Verdict if verdict.refused}
    assert accepted == {Verdict.APPLIED, Verdict.MERGED, Verdict.DUPLICATE, Verdict.CONFLICT}
    assert refused == {Verdict.REJECTED, Verdict.SKIPPED}


@pytest.mark.parametrize(
    "decision",
    [
        Decision(1, Verdict.APPLIED, 1, 17),
        Decision(2, Verdict.CONFLICT, 4, 18, row={"grade": None}),
        Decision(3, Verdict.REJECTED, code="sync.unknown-field", params={"field": "/values/x"}),
    ],
)
def test_there_and_back(decision: Decision) -> None:
    assert Decision.from_wire(decision.to_wire()) == decision


def test_the_row_is_only_there_when_there_is_one() -> None:
    plain = Decision(1, Verdict.APPLIED, 2, 3).to_wire()
    assert plain == {"n": 1, "verdict": "applied", "version": 2, "visible_at": 3, "code": None, "params": {}}
    assert Decision(1, Verdict.CONFLICT, 2, 3, row={}).to_wire()["row"] == {}


@pytest.mark.parametrize(
    "wire",
    [
        {},
        {"n": 1},
        {"n": "1", "verdict": "applied"},
        {"n": True, "verdict": "applied"},
        {"n": 1, "verdict": "perhaps"},
        {"n": 1, "verdict": "applied", "visible_at": "9"},
        {"n": 1, "verdict": "applied", "version": 1.5},
        {"n": 1, "verdict": "rejected", "params": 5},
        {"n": 1, "verdict": "conflict", "row": 5},
    ],
)
def test_other_shapes_are_refused(wire: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Decision.from_wire(wire)
