"""/api/v1/cards: issue, replace, lose, block; and the code that a card carries, as text and as a picture."""

from __future__ import annotations

import io
from typing import Any

import segno

from server.core.api import Blueprint
from server.core.auth import current_actor, writing
from server.core.declare import requires
from server.core.http import limit
from server.core.limits import rate
from server.core.page_schemas import page_of
from server.core.problems import NOT_FOUND, Refused
from server.membership import queries, rules
from server.membership.functions import MANAGE, READ, WRITE
from server.membership.models import Card
from server.membership.operations import cards
from server.membership.queries import CardFilters
from server.membership.schemas import CardIn, CardOut, CardQuery, CodeOut, ReplacementIn
from server.membership.transitions import CARD_EXPIRED, CARD_LOST, CARD_REPLACED, CardAction
from server.membership.views.answers import REUSED_ID, card_keys, page, repeated
from sync_protocol.ids import new_id

CARDS = Blueprint("cards", __name__, url_prefix="/api/v1/cards", description="Membership cards.")
CODES_PER_PERSON = rate("card-codes-person", 120, 3600, per="user")
_FIELD_PROBLEMS = (
    cards.MEMBER_GONE, rules.UID_INVALID, rules.UID_NOT_CHIP, cards.UID_TAKEN, rules.EXPIRY_PAST,
)  # fmt: skip


@CARDS.route("", methods=["GET"])
@requires(READ)
@CARDS.arguments(CardQuery, location="query")
@CARDS.response(200, page_of(CardOut))
def list_cards(query: dict[str, Any]) -> dict[str, Any]:
    """Cards of members within reach, last changed first, by pages."""
    size, cursor = query.pop("limit"), query.pop("cursor", None)
    filters, actor = CardFilters(**query), current_actor()
    return page(
        "cards",
        filters,
        cursor,
        lambda connection, after: queries.card_page(connection, actor, filters, after=after, limit=size),
    )


@CARDS.route("", methods=["POST"])
@requires(WRITE)
@CARDS.arguments(CardIn)
@CARDS.response(201, CardOut)
@repeated(CARDS, CardOut)
@CARDS.refuses(NOT_FOUND, *_FIELD_PROBLEMS, REUSED_ID)
def issue(values: dict[str, Any]) -> tuple[Card, int]:
    """Issue a card to a member. With an `id`, sending the same again changes nothing."""
    card_id = values.pop("id", None) or new_id()
    with writing() as uow:
        known = uow.get(Card, card_id)
        if known is None:
            card = cards.issue_card(uow, card_id, values)
            uow.commit()
            return card, 201
        same = (known.member_id, known.kind) == (values["member_id"], values["kind"])
        if not uow.actor.must(WRITE).holds(known) or not same:
            raise Refused(REUSED_ID)
        return known, 200


@CARDS.route("/<id:card_id>/replace", methods=["POST"])
@requires(WRITE)
@CARDS.arguments(ReplacementIn)
@CARDS.response(201, CardOut)
@repeated(CARDS, CardOut)
@CARDS.refuses(*_FIELD_PROBLEMS, CARD_REPLACED, REUSED_ID)
def replace(values: dict[str, Any], card_id: str) -> tuple[Card, int]:
    """Issue a card in place of this one, which is out of use at once. Answers the new card."""
    made_id = values.pop("id", None) or new_id()
    with writing() as uow:
        card = uow.must(Card, card_id, WRITE)
        known = uow.get(Card, made_id)
        if known is None:
            made = cards.replace_card(uow, card, made_id, values)
            uow.commit()
            return made, 201
        if known.replaces_id != card_id:
            raise Refused(REUSED_ID)
        return known, 200


@CARDS.route("/<id:card_id>/lose", methods=["POST"])
@requires(WRITE)
@CARDS.response(200, CardOut)
@CARDS.refuses(CARD_REPLACED, CARD_EXPIRED)
def lose(card_id: str) -> Card:
    """Report it lost. It opens nothing from this moment on, and does not come back into use."""
    with writing() as uow:
        card = cards.lose_card(uow, uow.must(Card, card_id, WRITE))
        uow.commit()
    return card


@CARDS.route("/<id:card_id>/block", methods=["POST"])
@requires(WRITE)
@CARDS.response(200, CardOut)
@CARDS.refuses(CARD_LOST, CARD_REPLACED, CARD_EXPIRED)
def block(card_id: str) -> Card:
    """Block it until a manager unblocks it."""
    return _move(card_id, CardAction.BLOCK, WRITE)


@CARDS.route("/<id:card_id>/unblock", methods=["POST"])
@requires(MANAGE)
@CARDS.response(200, CardOut)
@CARDS.refuses(CARD_LOST, CARD_REPLACED, CARD_EXPIRED, cards.MEMBER_GONE)
def unblock(card_id: str) -> Card:
    """Take a blocked card into use again."""
    with writing() as uow:
        card = cards.unblock_card(uow, uow.must(Card, card_id, MANAGE))
        uow.commit()
    return card


@CARDS.route("/<id:card_id>/code", methods=["POST"])
@requires(WRITE)
@CARDS.response(200, CodeOut)
@CARDS.refuses(cards.CARD_INACTIVE, cards.NO_CODE, cards.NO_CARD_KEY)
def show_code(card_id: str) -> dict[str, Any]:
    """What it carries now: a printed card's text for ever, a phone's for this half minute. Who asked is kept."""
    actor = current_actor()
    limit(CODES_PER_PERSON, actor.org_id, actor.user_id)
    with writing() as uow:
        code = cards.show_code(uow, uow.must(Card, card_id, WRITE), card_keys())
        uow.commit()
    return {"text": code.text, "svg": as_svg(code.text), "good_until": code.good_until}


def as_svg(text: str) -> str:
    """A QR code at level M as one SVG element that scales, with its quiet zone."""
    drawn = io.BytesIO()
    segno.make_qr(text, error="m", boost_error=False).save(
        drawn, kind="svg", xmldecl=False, omitsize=True, nl=False, border=4, light="#fff"
    )
    return drawn.getvalue().decode()


def _move(card_id: str, action: CardAction, function: str) -> Card:
    with writing() as uow:
        card = cards.move(uow, uow.must(Card, card_id, function), action)
        uow.commit()
    return card
