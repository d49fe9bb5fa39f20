"""The organisation's funnel: what it begins with, reading it within a unit of work, and changing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers.functions import CHANGE_FUNNEL
from server.customers.opportunities import rules
from server.customers.opportunities.events import FunnelStageWritten
from server.customers.opportunities.models import FunnelStage
from server.customers.opportunities.rules import LAST_STAGE, STAGE_TAKEN, Stage
from server.customers.rules import check_text

_FUNNEL = "customers.funnel"


def seed_funnel(uow: UnitOfWork) -> int:
    """Give an organisation that has no stage the seven of the product. How many were added.

    For a new organisation, and at `db upgrade` for those that were there before there were stages: rows that devices are
    sent have to be numbered, which a migration does not.
    """
    if uow.find(FunnelStage, limit=1):
        return 0
    for each in rules.SEEDS:
        uow.add(
            FunnelStage(
                code=each.code,
                name_zh=each.name_zh,
                name_en=each.name_en,
                probability=each.probability,
                position=each.position,
            )
        )
    return len(rules.SEEDS)


def stages(connection: Connection, org_id: str) -> list[FunnelStage]:
    """All stages in their order, those out of use too. One statement, and no lock: everybody who sells reads them."""
    t = c(FunnelStage)
    rows = connection.execute(select(*t).where(t.org_id == org_id).order_by(t.position, t.code))
    return [FunnelStage(**row._mapping) for row in rows]


def read_funnel(uow: UnitOfWork) -> dict[str, Stage]:
    """Code → stage, in their order; read once in a unit of work."""

    def read() -> dict[str, Stage]:
        return {
            each.code: Stage(each.code, each.name_zh, each.name_en, each.probability, each.position, each.is_active)
            for each in stages(uow.connection, uow.org_id)
        }

    return uow.once(_FUNNEL, read)


def stage_for(uow: UnitOfWork, code: str | None) -> Stage:
    """The stage of that code, or the first in use. Raises Refused STAGE_UNKNOWN. Source: rule O2."""
    funnel = read_funnel(uow)
    found = funnel.get(code) if code is not None else next((each for each in funnel.values() if each.is_active), None)
    return rules.check_stage(found, from_device=uow.actor.enrolment_id is not None)


def add_stage(uow: UnitOfWork, stage_id: str, values: Mapping[str, Any]) -> FunnelStage:
    """Add a stage. values: code, name_zh, name_en, probability, position. Records FunnelStageWritten.

    Raises Refused FORBIDDEN_FUNCTION, STAGE_TAKEN, TEXT_REQUIRED.
    """
    uow.actor.must(CHANGE_FUNNEL)
    if any(each.code == values["code"] for each in uow.find(FunnelStage)):
        raise Refused(STAGE_TAKEN, field="/code", code=values["code"])
    stage = uow.add(FunnelStage(id=stage_id, **_named(values)))
    uow.forget(_FUNNEL)
    uow.record(FunnelStageWritten(stage.id, stage.code, {name: [None, getattr(stage, name)] for name in values}))
    return stage


def change_stage(uow: UnitOfWork, stage_id: str, values: Mapping[str, Any]) -> FunnelStage:
    """Change names, percent, place or use of a stage. Records FunnelStageWritten when one of them was different.

    Opportunities keep the percent with which they came to it. Raises Refused FORBIDDEN_FUNCTION, NOT_FOUND, LAST_STAGE,
    TEXT_REQUIRED.
    """
    uow.actor.must(CHANGE_FUNNEL)
    found = uow.find(
        FunnelStage
    )  # all of them, locked: two who take the last two out of use at once wait for each other
    stage = next((each for each in found if each.id == stage_id), None)
    if stage is None:
        raise Refused(NOT_FOUND)
    wanted = _named(values)
    if wanted.get("is_active") is False and not any(each.is_active for each in found if each is not stage):
        raise Refused(LAST_STAGE)
    changes = {name: [getattr(stage, name), value] for name, value in wanted.items() if getattr(stage, name) != value}
    if changes:
        uow.change(stage, **wanted)
        uow.forget(_FUNNEL)
        uow.record(FunnelStageWritten(stage.id, stage.code, changes))
    return stage


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: check_text(value, field=f"/{name}") if name in ("name_zh", "name_en") else value
        for name, value in values.items()
    }
