"""Cards: issued, replaced, lost, blocked, expired; and the code that one carries."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.accounts.codes import ENTROPY_BYTES, code_from
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.rows import c
from server.core.types import EPOCH
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.customers.models import Customer
from server.customers.timeline import timeline_kind
from server.membership import rules
from server.membership.card_keys import CardKeys
from server.membership.cards import printed, rotating
from server.membership.cards.reading import CARD_REF_BYTES
from server.membership.events import CardIssued, CardMoved, CodeShown
from server.membership.functions import WRITE
from server.membership.models import Card, Member
from server.membership.transitions import CardAction, CardState, move_card

UID_TAKEN = problem_type(
    "membership.uid-taken", 409, zh="此芯片已发给其他卡。", en="This chip belongs to another card already."
)
NO_CARD_KEY = problem_type(
    "membership.no-card-key",
    409,
    zh="服务器尚未配置制卡密钥，请联系管理员。",
    en="The server has no key to sign cards with; ask its operator.",
    doc="`doorstep keys new-card` makes one, or the variable CARD_KEY_… of the container.",
)
CARD_INACTIVE = problem_type("membership.card-inactive", 409, zh="此卡不在使用中。", en="This card is not in use.")
NO_CODE = problem_type(
    "membership.no-code",
    409,
    zh="芯片卡由芯片自己生成代码。",
    en="A chip card makes its own code; there is none to be shown.",
)
MEMBER_GONE = problem_type(
    "membership.member-gone", 409, zh="该会员已退会，不能发卡。", en="This member has left the club; no card is issued."
)

ISSUED = timeline_kind("card-issued", zh="发卡", en="Card issued")
LOST = timeline_kind("card-lost", zh="会员卡挂失", en="Card reported lost")
REPLACED = timeline_kind("card-replaced", zh="补卡", en="Card replaced")


@dataclass(frozen=True, slots=True)
class Code:
    """What a card carries now. good_until: of a phone code, the end of its half minute; None for a printed card."""

    text: str
    good_until: datetime | None


def issue_card(uow: UnitOfWork, card_id: str, values: Mapping[str, Any]) -> Card:
    """Issue a card to a member. values: member_id, kind, uid? (a chip's), label?, expires_on?. Records CardIssued.

    Raises Refused NOT_FOUND, MEMBER_GONE, UID_INVALID, UID_NOT_CHIP, UID_TAKEN, EXPIRY_PAST. Source: rule M3.
    """
    member = uow.get(Member, values["member_id"])
    if member is None or not uow.actor.must(WRITE).holds(member):
        raise Refused(NOT_FOUND, field="/member_id")
    card = _issue(uow, card_id, member, values)
    _tell(uow, card, ISSUED)
    return card


def replace_card(uow: UnitOfWork, card: Card, new_id: str, values: Mapping[str, Any]) -> Card:
    """Issue a card in place of another, which is out of use from this moment on. Returns the new one.

    values: uid? (a chip's), label?, expires_on?; the kind is the old one's. The caller has checked reach.
    Records CardMoved and CardIssued. Raises Refused CARD_REPLACED and what issue_card does. Source: rule M4.
    """
    member = uow.must(Member, card.member_id)
    move(uow, card, CardAction.REPLACE)
    made = _issue(uow, new_id, member, {"label": card.label, **values, "kind": card.kind}, replaces_id=card.id)
    _tell(uow, made, REPLACED)
    return made


def lose_card(uow: UnitOfWork, card: Card) -> Card:
    """Report a card lost; it opens nothing from this moment on. Again is once. Records CardMoved. Raises as move_card does."""
    if card.state != CardState.LOST:
        move(uow, card, CardAction.LOSE)
        _tell(uow, card, LOST)
    return card


def unblock_card(uow: UnitOfWork, card: Card) -> Card:
    """Take a blocked card into use again. Raises Refused MEMBER_GONE for one who left, and as move_card does."""
    move(uow, card, CardAction.UNBLOCK)
    if uow.must(Member, card.member_id).state != "active":
        raise Refused(MEMBER_GONE)
    return card


def move(uow: UnitOfWork, card: Card, action: CardAction) -> Card:
    """Let a card take a step. Records CardMoved when its state is another. Raises Refused as move_card does. Rule M4."""
    before, after = card.state, move_card(card.state, action)
    if before != after:
        uow.change(card, state=after.value)
        uow.record(CardMoved(card.id, card.customer_id, before, after.value))
    return card


def show_code(uow: UnitOfWork, card: Card, keys: CardKeys) -> Code:
    """The text of the QR code that an active card carries now. Records CodeShown.

    The caller has checked reach. Raises Refused CARD_INACTIVE, NO_CODE, NO_CARD_KEY. Source: rules K1 to K3.
    """
    if card.state != CardState.ACTIVE:
        raise Refused(CARD_INACTIVE)
    if card.kind == "chip":
        raise Refused(NO_CODE)
    reference, organisation = bytes.fromhex(card.card_ref), UUID(uow.org_id)
    uow.record(CodeShown(card.id, card.customer_id, card.kind))
    if card.kind == "phone":
        secret = keys.phone_secret(uow.org_id, reference)
        text = rotating.show(reference, org_id=organisation, secret=secret, at=uow.now)
        return Code(text, EPOCH + (rotating.step_of(uow.now) + 1) * rotating.STEP)
    if not keys.signing:
        raise Refused(NO_CARD_KEY)
    return Code(printed.issue(reference, org_id=organisation, issued_on=card.issued_on, key=keys.signing[-1]), None)


def _issue(
    uow: UnitOfWork, card_id: str, member: Member, values: Mapping[str, Any], *, replaces_id: str | None = None
) -> Card:
    if member.state != "active":
        raise Refused(MEMBER_GONE)
    uid = rules.check_uid(values["kind"], values.get("uid"))
    if uid is not None and uow.find(Card, c(Card).uid == uid):
        raise Refused(UID_TAKEN, field="/uid")
    card = uow.add(
        Card(
            id=card_id,
            member_id=member.id,
            customer_id=member.customer_id,
            kind=values["kind"],
            number=code_from(secrets.token_bytes(ENTROPY_BYTES)),
            card_ref=secrets.token_hex(CARD_REF_BYTES),
            uid=uid,
            label=values.get("label"),
            issued_on=uow.today(),
            expires_on=rules.check_expiry(values.get("expires_on"), uow.today()),
            replaces_id=replaces_id,
            owner_id=member.owner_id,
            unit_id=member.unit_id,
            project_id=member.project_id,
        )
    )
    uow.record(CardIssued(card.id, member.customer_id, card.kind, replaces_id))
    return card


def _tell(uow: UnitOfWork, card: Card, kind: str) -> None:
    customer = uow.must(Customer, card.customer_id)
    params = {"number": card.number, "kind": card.kind}
    customers.add_to_timeline(uow, customer, kind, subject_id=card.id, params=params)
