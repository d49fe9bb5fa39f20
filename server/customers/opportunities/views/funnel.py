"""/api/v1/funnel-stages, and what opportunities come to: the funnel, conversion, losses."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from server.accounts.queries.actors import unit_tree
from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import requires
from server.core.http import language
from server.customers.functions import CHANGE_FUNNEL, READ
from server.customers.opportunities import sums
from server.customers.opportunities.funnel import add_stage, change_stage, stages
from server.customers.opportunities.models import FunnelStage
from server.customers.opportunities.rules import LAST_STAGE, STAGE_TAKEN
from server.customers.opportunities.schemas import (
    ConversionOut,
    FunnelOut,
    FunnelQuery,
    FunnelStageFields,
    FunnelStageIn,
    FunnelStageOut,
    FunnelStagesOut,
    LossesOut,
    OpportunitySumQuery,
)
from server.customers.opportunities.sums import FunnelBy, SumFilters
from server.customers.opportunities.views.opportunities import OPPORTUNITIES
from server.customers.rules import TEXT_REQUIRED
from sync_protocol.ids import new_id

FUNNEL_STAGES = Blueprint(
    "funnel_stages", __name__, url_prefix="/api/v1/funnel-stages", description="The stages of the sales funnel."
)


@FUNNEL_STAGES.route("", methods=["GET"])
@requires(READ, CHANGE_FUNNEL)
@FUNNEL_STAGES.response(200, FunnelStagesOut)
def list_stages() -> dict[str, Any]:
    """The funnel in its order, stages out of use too."""
    with reading() as connection:
        return {"items": stages(connection, current_actor().org_id)}


@FUNNEL_STAGES.route("", methods=["POST"])
@requires(CHANGE_FUNNEL)
@FUNNEL_STAGES.arguments(FunnelStageIn)
@FUNNEL_STAGES.response(201, FunnelStageOut)
@FUNNEL_STAGES.refuses(STAGE_TAKEN, TEXT_REQUIRED)
def write_stage(values: dict[str, Any]) -> FunnelStage:
    """Add a stage."""
    with writing() as uow:
        stage = add_stage(uow, new_id(), values)
        uow.commit()
    return stage


@FUNNEL_STAGES.route("/<id:stage_id>", methods=["PATCH"])
@requires(CHANGE_FUNNEL)
@FUNNEL_STAGES.arguments(FunnelStageFields)
@FUNNEL_STAGES.response(200, FunnelStageOut)
@FUNNEL_STAGES.refuses(LAST_STAGE, TEXT_REQUIRED)
def rewrite_stage(values: dict[str, Any], stage_id: str) -> FunnelStage:
    """Change a stage, or take it out of use. Opportunities keep the percent with which they came to it."""
    with writing() as uow:
        stage = change_stage(uow, stage_id, values)
        uow.commit()
    return stage


@OPPORTUNITIES.route("/funnel", methods=["GET"])
@requires(READ)
@OPPORTUNITIES.arguments(FunnelQuery, location="query")
@OPPORTUNITIES.response(200, FunnelOut)
def show_funnel(query: dict[str, Any]) -> dict[str, Any]:
    """How many there are and what they come to, by stage, salesperson, unit or project.

    The days are those on which open ones are expected to close, and closed ones did.
    """
    by = FunnelBy(query.pop("by"))
    with reading() as connection:
        return {"items": sums.funnel(connection, current_actor(), by, _filters(connection, query), language())}


@OPPORTUNITIES.route("/conversion", methods=["GET"])
@requires(READ)
@OPPORTUNITIES.arguments(OpportunitySumQuery, location="query")
@OPPORTUNITIES.response(200, ConversionOut)
def show_conversion(query: dict[str, Any]) -> dict[str, Any]:
    """Of the customers first met in each month by each salesperson, how many have become buyers."""
    with reading() as connection:
        return {"items": sums.conversion(connection, current_actor(), _filters(connection, query))}


@OPPORTUNITIES.route("/losses", methods=["GET"])
@requires(READ)
@OPPORTUNITIES.arguments(OpportunitySumQuery, location="query")
@OPPORTUNITIES.response(200, LossesOut)
def show_losses(query: dict[str, Any]) -> dict[str, Any]:
    """Why opportunities were lost in these days, the most frequent reason first."""
    with reading() as connection:
        return {"items": sums.losses(connection, current_actor(), _filters(connection, query))}


def _filters(connection: Connection, query: dict[str, Any]) -> SumFilters:
    unit_id = query.pop("unit_id", None)
    units = None if unit_id is None else unit_tree(connection, current_actor().org_id).below([unit_id])
    return SumFilters(**query, units=units)
