"""/api/v1/members: who belongs to the club."""

from __future__ import annotations

from typing import Any

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import requires
from server.core.page_schemas import page_of
from server.core.problems import NOT_FOUND, Refused
from server.membership import queries
from server.membership.functions import MANAGE, READ, WRITE
from server.membership.models import Member
from server.membership.operations import members
from server.membership.queries import MemberFilters, MemberLine
from server.membership.schemas import MemberIn, MemberOut, MemberPatch, MemberQuery
from server.membership.views.answers import REUSED_ID, page, repeated
from sync_protocol.ids import new_id

MEMBERS = Blueprint("members", __name__, url_prefix="/api/v1/members", description="Members of the club.")


@MEMBERS.route("", methods=["GET"])
@requires(READ)
@MEMBERS.arguments(MemberQuery, location="query")
@MEMBERS.response(200, page_of(MemberOut))
def list_members(query: dict[str, Any]) -> dict[str, Any]:
    """Members within reach, last changed first, by pages."""
    size, cursor = query.pop("limit"), query.pop("cursor", None)
    filters, actor = MemberFilters(**query), current_actor()
    return page(
        "members",
        filters,
        cursor,
        lambda connection, after: queries.member_page(connection, actor, filters, after=after, limit=size),
    )


@MEMBERS.route("", methods=["POST"])
@requires(WRITE)
@MEMBERS.arguments(MemberIn)
@MEMBERS.response(201, MemberOut)
@repeated(MEMBERS, MemberOut)
@MEMBERS.refuses(NOT_FOUND, members.ALREADY_MEMBER, REUSED_ID)
def join(values: dict[str, Any]) -> tuple[MemberLine, int]:
    """Make a customer a member. With an `id`, sending the same again changes nothing."""
    member_id = values.pop("id", None) or new_id()
    with writing() as uow:
        known = uow.get(Member, member_id)
        if known is None:
            member_id = members.join(uow, member_id, values).id
            uow.commit()
        elif not uow.actor.must(WRITE).holds(known) or known.customer_id != values["customer_id"]:
            raise Refused(REUSED_ID)
    return _line(member_id, written=True), 201 if known is None else 200


@MEMBERS.route("/<id:member_id>", methods=["GET"])
@requires(READ)
@MEMBERS.response(200, MemberOut)
def get_member(member_id: str) -> MemberLine:
    """One member."""
    return _line(member_id)


@MEMBERS.route("/<id:member_id>", methods=["PATCH"])
@requires(MANAGE)
@MEMBERS.arguments(MemberPatch)
@MEMBERS.response(200, MemberOut)
@MEMBERS.refuses(members.MEMBER_LEFT)
def change_tier(values: dict[str, Any], member_id: str) -> MemberLine:
    """Give him another tier."""
    with writing() as uow:
        members.change_tier(uow, uow.must(Member, member_id, MANAGE), values["tier"])
        uow.commit()
    return _line(member_id, written=True)


@MEMBERS.route("/<id:member_id>/leave", methods=["POST"])
@requires(MANAGE)
@MEMBERS.response(200, MemberOut)
def leave(member_id: str) -> MemberLine:
    """End the membership; its cards are blocked with it. A second time changes nothing."""
    with writing() as uow:
        members.leave(uow, uow.must(Member, member_id, MANAGE))
        uow.commit()
    return _line(member_id, written=True)


def _line(member_id: str, *, written: bool = False) -> MemberLine:
    with reading() as connection:
        return queries.get_member(connection, current_actor(), member_id, written=written)
