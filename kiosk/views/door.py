"""/kiosk/v1: enrolling, sessions, what to keep for offline, readings, visitors. What each means to a kiosk: docs/kiosk.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import and_, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from kiosk.authentication import NONCE_PURPOSE, acting, claims_of, new_nonce, new_token
from kiosk.chain import b64url, genesis
from kiosk.models import Kiosk
from kiosk.operations import enrolment, readings, visitors
from kiosk.operations.enrolment import OUT_OF_SERVICE, Enrolling
from kiosk.operations.readings import QUEUE_LIFE, QUEUE_MOST
from kiosk.schemas import (
    EnrolmentIn,
    KioskSessionIn,
    KioskSessionOut,
    ReadingsIn,
    ReadingsOut,
    StationOut,
    VisitorIn,
    VisitorOut,
)
from kiosk.texts import CONSENT, CONSENT_VERSION, TEXTS
from kiosk.tokens import KioskClaims, is_fresh
from server.accounts import rules as accounts
from server.accounts.codes import CODE_REFUSED
from server.accounts.operations.proofs import PROOF_CLOCK, PROOF_INVALID, PROOF_REPLAYED
from server.accounts.proof import jwk_thumbprint
from server.accounts.queries import structure
from server.accounts.views.installed import credentials
from server.accounts.views.proving import PROOF_HEADER, proof_of_request
from server.core.api import Blueprint
from server.core.auth import KioskCaller, current_kiosk, services
from server.core.db import NO_ORG, try_again
from server.core.declare import kiosk_only, public
from server.core.http import limit
from server.core.limits import ENROL_PER_CODE, LOGIN_PER_ADDRESS, SCAN_PER_KIOSK, rate
from server.core.problems import BUSY, Refused
from server.core.rows import c
from server.core.types import to_ms
from server.customers.rules import NAME_REQUIRED, PHONE_INVALID
from server.membership.card_keys import CardKeys
from server.membership.models import SalesCentre

T = TypeVar("T")
SESSIONS_PER_KIOSK = rate("session-kiosk", 60, 3600, per="kiosk")
QUEUES_PER_KIOSK = rate("queue-kiosk", 12, 60, per="kiosk; requests with more than one reading")
VISITORS_PER_KIOSK = rate("visitors-kiosk", 10, 60, per="kiosk")
_ATTEMPTS = 5

blp = Blueprint("kiosk", __name__, url_prefix="/kiosk/v1", description="Kiosks in sales centres; see docs/kiosk.md.")


@blp.route("/enrolment", methods=["POST"])
@public("a kiosk has no session before it is enrolled; its one-time code and its key are asked for instead")
@blp.doc(parameters=[PROOF_HEADER])
@blp.arguments(EnrolmentIn)
@blp.response(201, KioskSessionOut)
@blp.refuses(CODE_REFUSED, PROOF_INVALID, PROOF_CLOCK, PROOF_REPLAYED)
def enrol(values: dict[str, Any]) -> dict[str, Any]:
    """Bind the kiosk's own key with a one-time code. One answer for every code that does not open."""
    organisation = accounts.spell_sign_in(values["organisation"])
    limit(LOGIN_PER_ADDRESS)
    limit(ENROL_PER_CODE, organisation, str(values["kiosk"]))
    key = values["key"]
    proof = proof_of_request(thumbprint=jwk_thumbprint(key["x"], key["y"]))
    shared, keys = services(), credentials()
    org_id = structure.organisation_id(shared.database, organisation) or NO_ORG
    actor = acting(org_id, NO_ORG)
    with shared.writing(actor) as uow:
        tries_before = enrolment.count_try(uow, values["kiosk"])
        uow.commit()
    with shared.writing(actor) as uow:
        kiosk = enrolment.enrol(
            uow,
            values["kiosk"],
            values["code"],
            proof,
            Enrolling(key, values["app_version"]),
            tries_before=tries_before,
            key=keys.code_key,
        )
        uow.commit()
    return _session(KioskClaims(org_id, kiosk.id, str(kiosk.enrolment_id)))


@blp.route("/session", methods=["POST"])
@public("the token has expired by then; a proof of the kiosk's key is asked for instead")
@blp.doc(parameters=[PROOF_HEADER])
@blp.arguments(KioskSessionIn)
@blp.response(200, KioskSessionOut)
@blp.refuses(PROOF_INVALID, PROOF_CLOCK, PROOF_REPLAYED, OUT_OF_SERVICE)
def open_session(values: dict[str, Any]) -> dict[str, Any]:
    """Get a token with the kiosk's key. There is no refresh token, so nothing is lost with a lost answer."""
    limit(SESSIONS_PER_KIOSK, values["organisation"], values["kiosk"])
    with services().writing(acting(values["organisation"], values["kiosk"])) as uow:
        claims = enrolment.open_session(
            uow, values["kiosk"], prove=lambda thumbprint: proof_of_request(thumbprint=thumbprint)
        )
        uow.commit()
    return _session(claims)


@blp.route("/station", methods=["GET"])
@kiosk_only
@blp.response(200, StationOut)
def station() -> dict[str, Any]:
    """What the kiosk keeps for when the network is away: public keys, texts, limits, and its place in the chain."""
    caller, shared = current_kiosk(), services()
    k, s = c(Kiosk), c(SalesCentre)
    with shared.reading(caller.org_id) as connection:
        ours = structure.organisation(connection, caller.org_id)
        found = connection.execute(
            select(k.number, k.name, k.last_n, k.last_digest, s.name.label("centre"))
            .join(SalesCentre.__table__, and_(s.org_id == k.org_id, s.id == k.sales_centre_id))
            .where(k.org_id == caller.org_id, k.id == caller.kiosk_id)
        ).one()
    keys = CardKeys.of(shared.keys).public
    return {
        "organisation": caller.org_id,
        "organisation_name": ours.name,
        "kiosk": caller.kiosk_id,
        "number": found.number,
        "name": found.name,
        "sales_centre": found.centre,
        "locale": ours.locale,
        "timezone": ours.timezone,
        "card_keys": [{"kid": kid.hex(), "key": b64url(key.public_bytes_raw())} for kid, key in keys.items()],
        "texts": {name: {"zh": text.zh, "en": text.en} for name, text in TEXTS.items()},
        "consent": {"version": CONSENT_VERSION, "zh": CONSENT.zh, "en": CONSENT.en},
        "queue_most": QUEUE_MOST,
        "queue_hours": int(QUEUE_LIFE.total_seconds()) // 3600,
        "head": _head(caller, found.last_n, found.last_digest),
        "server_time": to_ms(shared.clock.now()),
    }


@blp.route("/readings", methods=["POST"])
@kiosk_only
@blp.arguments(ReadingsIn)
@blp.response(200, ReadingsOut)
def read(values: dict[str, Any]) -> dict[str, Any]:
    """Hand in signed readings, one while the network is there or a queue after it was away. Again is once."""
    caller, shared = current_kiosk(), services()
    limit(SCAN_PER_KIOSK, caller.org_id, caller.kiosk_id)
    if len(values["readings"]) > 1:
        limit(QUEUES_PER_KIOSK, caller.org_id, caller.kiosk_id)
    claims, nonce_key, now = claims_of(caller), shared.keys.secret(NONCE_PURPOSE), shared.clock.now()

    def take() -> dict[str, Any]:
        actor = acting(caller.org_id, caller.kiosk_id, zone=caller.zone, currency=caller.currency)
        with shared.writing(actor) as uow:
            answers, kiosk = readings.take(
                uow,
                caller,
                values["readings"],
                keys=CardKeys.of(shared.keys),
                is_fresh=lambda nonce: is_fresh(nonce_key, claims, nonce, now),
            )
            uow.commit()
            return {"answers": answers, "head": _head(caller, kiosk.last_n, kiosk.last_digest)}

    done = _side_by_side(take)
    return {**done, "nonce": new_nonce(credentials(), claims), "server_time": to_ms(shared.clock.now())}


@blp.route("/visitors", methods=["POST"])
@kiosk_only
@blp.arguments(VisitorIn)
@blp.response(202, VisitorOut)
@blp.refuses(NAME_REQUIRED, PHONE_INVALID, visitors.CONSENT_OUTDATED)
def register(values: dict[str, Any]) -> dict[str, Any]:
    """Register a visitor. The answer never tells whether the phone was known; nobody has looked yet when it is given."""
    caller = current_kiosk()
    limit(VISITORS_PER_KIOSK, caller.org_id, caller.kiosk_id)
    actor = acting(caller.org_id, caller.kiosk_id, zone=caller.zone, currency=caller.currency)

    def take_down() -> None:
        with services().writing(actor) as uow:
            visitors.take_down(uow, caller, values["id"], values)
            uow.commit()

    _side_by_side(take_down)
    return {"id": values["id"]}


def _side_by_side(take: Callable[[], T]) -> T:
    """Run it again when another transaction was first: with the same code at another kiosk, or the same registration.

    Raises Refused BUSY when others were first each time: a kiosk keeps what it has and asks again.
    """
    for _ in range(_ATTEMPTS):
        try:
            return take()
        except DBAPIError as error:
            if not (isinstance(error, IntegrityError) or try_again(error)):
                raise
    raise Refused(BUSY, retry_after=1)


def _session(claims: KioskClaims) -> dict[str, Any]:
    token, seconds = new_token(credentials(), claims)
    return {
        "organisation": claims.org_id,
        "kiosk": claims.kiosk_id,
        "enrolment": claims.enrolment_id,
        "access_token": token,
        "expires_in": seconds,
        "nonce": new_nonce(credentials(), claims),
        "server_time": to_ms(services().clock.now()),
    }


def _head(caller: KioskCaller, n: int, digest: str | None) -> dict[str, Any]:
    return {"n": n, "digest": digest or genesis(caller.enrolment_id)}
