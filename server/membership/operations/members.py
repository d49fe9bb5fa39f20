"""Members of the club: joining, another tier, leaving."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from server.accounts.codes import ENTROPY_BYTES, code_from
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.customers.models import Customer
from server.customers.timeline import timeline_kind
from server.membership.events import MemberJoined, MemberLeft, TierChanged
from server.membership.functions import WRITE
from server.membership.models import Card, Member
from server.membership.operations.cards import move
from server.membership.transitions import CardAction, CardState

ALREADY_MEMBER = problem_type(
    "membership.already-member",
    409,
    zh="该客户已是会员。",
    en="This customer is a member already.",
    doc="One customer has one membership; somebody who left joins again with it. `member_id` is that one.",
    extra=["member_id"],
)
MEMBER_LEFT = problem_type("membership.member-left", 409, zh="该会员已退会。", en="This member has left the club.")

JOINED = timeline_kind("member-joined", zh="加入会员", en="Joined the member club")
LEFT = timeline_kind("member-left", zh="退出会员", en="Left the member club")


def join(uow: UnitOfWork, member_id: str, values: Mapping[str, Any]) -> Member:
    """Make a customer a member. values: customer_id, tier?. Records MemberJoined; the timeline shows it.

    Somebody who left joins again as the member he was. Raises Refused NOT_FOUND, ALREADY_MEMBER. Source: rule M2.
    """
    customer = uow.get(Customer, values["customer_id"])
    if customer is None or not uow.actor.must(WRITE).holds(customer):
        raise Refused(NOT_FOUND, field="/customer_id")
    known = next(iter(uow.find(Member, c(Member).customer_id == customer.id)), None)
    if known is not None and known.state == "active":
        raise Refused(ALREADY_MEMBER, member_id=known.id)
    tier = values.get("tier") or "standard"
    if known is not None:
        member = uow.change(known, state="active", tier=tier, joined_on=uow.today())
    else:
        member = uow.add(
            Member(
                id=member_id,
                customer_id=customer.id,
                number=new_number(),
                tier=tier,
                joined_on=uow.today(),
                owner_id=customer.owner_id,
                unit_id=customer.unit_id,
                project_id=customer.project_id,
            )
        )
    uow.record(MemberJoined(member.id, customer.id, tier))
    customers.add_to_timeline(uow, customer, JOINED, subject_id=member.id, params={"tier": tier})
    return member


def change_tier(uow: UnitOfWork, member: Member, tier: str) -> Member:
    """Give a member another tier. Records TierChanged. Raises Refused MEMBER_LEFT."""
    _refuse_left(member)
    if member.tier != tier:
        uow.record(TierChanged(member.id, member.tier, tier))
        uow.change(member, tier=tier)
    return member


def leave(uow: UnitOfWork, member: Member) -> Member:
    """End a membership and block its cards with it, so that a card alone says whether it opens anything. Again is once.

    Records MemberLeft and a CardMoved for each card. Source: rule M2.
    """
    if member.state == "left":
        return member
    cards = uow.find(Card, c(Card).member_id == member.id, c(Card).state == CardState.ACTIVE)
    for card in cards:
        move(uow, card, CardAction.BLOCK)
    uow.change(member, state="left")
    uow.record(MemberLeft(member.id, member.customer_id, len(cards)))
    customers.add_to_timeline(uow, uow.must(Customer, member.customer_id), LEFT, subject_id=member.id)
    return member


def new_number() -> str:
    """A number for people: eight characters by chance, so that it tells nothing and one misread hits nobody else's."""
    return code_from(secrets.token_bytes(ENTROPY_BYTES))


def _refuse_left(member: Member) -> None:
    if member.state == "left":
        raise Refused(MEMBER_LEFT)
