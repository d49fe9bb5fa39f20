"""/api/v1/activities: list and log. /api/v1/activity-types: the organisation's own kinds."""

from __future__ import annotations

from typing import Any

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import requires, signed_in
from server.core.page_schemas import page_of
from server.core.problems import NOT_FOUND, Refused
from server.customers.rules import TEXT_REQUIRED
from server.fieldwork.activities import operations, queries
from server.fieldwork.activities.models import Activity, ActivityType
from server.fieldwork.activities.operations import TYPE_TAKEN, TYPE_UNKNOWN
from server.fieldwork.activities.queries import ActivityFilters
from server.fieldwork.activities.schemas import ActivityIn, ActivityOut, ActivityQuery, TypeIn, TypeOut, TypePatch
from server.fieldwork.activities.settling import settle_activity, settle_type
from server.fieldwork.functions import CONFIGURE, READ, WRITE
from server.fieldwork.views.answers import REUSED_ID, page, refuse_unless_same, repeated
from sync_protocol.ids import new_id

ACTIVITIES = Blueprint(
    "activities", __name__, url_prefix="/api/v1/activities", description="Calls, messages and work that is no visit."
)
TYPES = Blueprint(
    "activity_types",
    __name__,
    url_prefix="/api/v1/activity-types",
    description="Kinds of activity that the organisation has named beside the seven.",
)


@ACTIVITIES.route("", methods=["GET"])
@requires(READ)
@ACTIVITIES.arguments(ActivityQuery, location="query")
@ACTIVITIES.response(200, page_of(ActivityOut))
def list_activities(query: dict[str, Any]) -> dict[str, Any]:
    """Activities within reach, latest day first, by pages."""
    size, cursor = query.pop("limit"), query.pop("cursor", None)
    filters, actor = ActivityFilters(**query), current_actor()
    return page(
        "activities",
        filters,
        cursor,
        lambda connection, after: queries.activity_page(connection, actor, filters, after=after, limit=size),
    )


@ACTIVITIES.route("", methods=["POST"])
@requires(WRITE)
@ACTIVITIES.arguments(ActivityIn)
@ACTIVITIES.response(201, ActivityOut)
@repeated(ACTIVITIES, ActivityOut)
@ACTIVITIES.refuses(TYPE_UNKNOWN, TEXT_REQUIRED, REUSED_ID, NOT_FOUND)
def log_activity(values: dict[str, Any]) -> tuple[Activity, int]:
    """Log an activity of one's own. With an `id`, sending the same again changes nothing."""
    activity_id = values.pop("id", None) or new_id()
    with writing() as uow:
        known = uow.get(Activity, activity_id)
        if known is None:
            made = operations.log_activity(uow, activity_id, values)
            uow.commit()
            return made, 201
        refuse_unless_same(uow, known, settle_activity(values), known.author_id)
        return known, 200


@ACTIVITIES.route("/<id:activity_id>", methods=["GET"])
@requires(READ)
@ACTIVITIES.response(200, ActivityOut)
def read_activity(activity_id: str) -> Activity:
    """One activity."""
    with reading() as connection:
        return queries.get_activity(connection, current_actor(), activity_id)


@TYPES.route("", methods=["GET"])
@signed_in
@TYPES.response(200, page_of(TypeOut))
def list_types() -> dict[str, Any]:
    """All of them, closed ones too, by name."""
    with reading() as connection:
        return {"items": queries.list_types(connection, current_actor().org_id), "next": None}


@TYPES.route("", methods=["POST"])
@requires(CONFIGURE)
@TYPES.arguments(TypeIn)
@TYPES.response(201, TypeOut)
@repeated(TYPES, TypeOut)
@TYPES.refuses(TYPE_TAKEN, TEXT_REQUIRED, REUSED_ID)
def create_type(values: dict[str, Any]) -> tuple[ActivityType, int]:
    """Add a type. With an `id`, sending the same again changes nothing."""
    type_id = values.pop("id", None) or new_id()
    with writing() as uow:
        known = uow.get(ActivityType, type_id)
        if known is None:
            made = operations.create_type(uow, type_id, values)
            uow.commit()
            return made, 201
        settled = settle_type(values)
        if (known.name_zh, known.name_en) != (settled["name_zh"], settled["name_en"]):
            raise Refused(REUSED_ID)
        return known, 200


@TYPES.route("/<id:type_id>", methods=["PATCH"])
@requires(CONFIGURE)
@TYPES.arguments(TypePatch)
@TYPES.response(200, TypeOut)
@TYPES.refuses(TYPE_TAKEN, TEXT_REQUIRED)
def change_type(values: dict[str, Any], type_id: str) -> ActivityType:
    """Rename a type, close it or use it again."""
    with writing() as uow:
        known = operations.change_type(uow, uow.must(ActivityType, type_id), values)
        uow.commit()
    return known
