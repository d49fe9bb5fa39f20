"""Recorded days: the board and the supervisor's handheld, which counts its own rows, come to the same numbers.

The cases are the handheld's too: handheld/tests/app/day.test.ts.
"""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from server.fieldwork.models import Visit
from server.insight.queries import Counts, board
from tests.server.fieldwork.office import Office

CASES = json.loads((Path(__file__).parent / "cases" / "days.json").read_text(encoding="utf-8"))


def _visit(office: Office, told: dict[str, Any]) -> Visit:
    read = {"day_on": date, "planned_on": date, "planned_start_at": datetime, "actual_started_at": datetime}
    values: dict[str, Any] = {
        name: read[name].fromisoformat(value) if name in read else value for name, value in told.items()
    }
    actor, owner = office.actor("wang"), office.users["wang"]
    return Visit(owner_id=owner, unit_id=actor.unit_id, assignee_id=owner, author_id=owner, place="展厅", **values)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_recorded_days(office: Office, case: dict[str, Any]) -> None:
    with office.writing("wang") as uow:
        for told in case["visits"]:
            uow.add(_visit(office, told))
        uow.commit()
    reader = dataclasses.replace(office.actor("jie"), zone=case["zone"])
    for asked in case["asked"]:
        with office.database.read(reader.org_id) as connection:
            found = board(
                connection, reader, on=date.fromisoformat(asked["on"]), now=datetime.fromisoformat(asked["now"])
            )
        (counts,) = [person.counts for person in found.people if person.user_id == office.users["wang"]]
        assert counts == Counts(**asked["counts"]), asked
