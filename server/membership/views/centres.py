"""/api/v1/sales-centres: which there are, opening and changing one."""

from __future__ import annotations

from typing import Any

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import requires, signed_in
from server.core.page_schemas import page_of
from server.core.problems import Refused
from server.membership import queries, rules
from server.membership.functions import MANAGE
from server.membership.models import SalesCentre
from server.membership.operations import centres
from server.membership.schemas import CentreIn, CentreOut, CentrePatch
from server.membership.views.answers import REUSED_ID, repeated
from sync_protocol.ids import new_id

CENTRES = Blueprint(
    "sales_centres", __name__, url_prefix="/api/v1/sales-centres", description="Sales centres, where kiosks stand."
)
_FIELD_PROBLEMS = (rules.CENTRE_NAME_REQUIRED, centres.CENTRE_NAME_TAKEN, centres.HOST_UNFIT)


@CENTRES.route("", methods=["GET"])
@signed_in
@CENTRES.response(200, page_of(CentreOut))
def list_centres() -> dict[str, Any]:
    """All sales centres of the organisation, by name."""
    with reading() as connection:
        return {"items": queries.list_centres(connection, current_actor().org_id), "next": None}


@CENTRES.route("", methods=["POST"])
@requires(MANAGE)
@CENTRES.arguments(CentreIn)
@CENTRES.response(201, CentreOut)
@repeated(CENTRES, CentreOut)
@CENTRES.refuses(*_FIELD_PROBLEMS, centres.UNIT_UNKNOWN, centres.PROJECT_UNKNOWN, REUSED_ID)
def create_centre(values: dict[str, Any]) -> tuple[SalesCentre, int]:
    """Open a sales centre. With an `id`, sending the same again changes nothing."""
    centre_id = values.pop("id", None) or new_id()
    with writing() as uow:
        known = uow.get(SalesCentre, centre_id)
        if known is None:
            made = centres.create_centre(uow, centre_id, values)
            uow.commit()
            return made, 201
        if not uow.actor.must(MANAGE).holds(known) or known.name != rules.check_centre_name(values["name"]):
            raise Refused(REUSED_ID)
        return known, 200


@CENTRES.route("/<id:sales_centre_id>", methods=["PATCH"])
@requires(MANAGE)
@CENTRES.arguments(CentrePatch)
@CENTRES.response(200, CentreOut)
@CENTRES.refuses(*_FIELD_PROBLEMS)
def change_centre(values: dict[str, Any], sales_centre_id: str) -> SalesCentre:
    """Rename it, give it another host, close or open it."""
    with writing() as uow:
        centre = centres.centre_in_reach(uow, sales_centre_id, MANAGE)
        centres.change_centre(uow, centre, values)
        uow.commit()
    return centre
