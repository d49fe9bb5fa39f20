"""Rows of targets."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Annotated

from sqlalchemy import CheckConstraint

from server.core.rows import Code, Marks, Row, Scoped, index, refers, table, unique
from server.core.types import Id, Json
from server.fieldwork.models import one_of
from server.fieldwork.targets.rules import Measure


@table(
    "targets",
    refers("owner_id", "users"),
    unique("owner_id", "month_on", "measure"),
    index("month_on", "owner_id"),
    one_of("measure", Measure),
    CheckConstraint("amount > 0", name="amount"),
)
class Target(Scoped):
    """What one person is to reach in one month. owner_id, unit_id: whose it is, and his unit when it was last set.

    month_on: its first day. amount: a number of visits, or minor units of the organisation's currency.
    """

    month_on: date
    measure: Annotated[str, Code]
    amount: int
    marks: Annotated[Marks, Json()] = dataclasses.field(default_factory=dict)


@table("target_aliases")
class TargetAlias(Row):
    """A target that a device set while the same one was set already. id: the device's. target_id: the one that stands."""

    target_id: Annotated[str, Id()]
