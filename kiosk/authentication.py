"""What opens the kiosk's doors: its token, looked up on each request, so that taking it out of service acts at once."""

from __future__ import annotations

from sqlalchemy import and_, select

from kiosk.models import Kiosk
from kiosk.tokens import KioskClaims, issue_kiosk_token, make_nonce, verify_kiosk_token
from server.accounts.authentication import SESSION_ENDED, TOKEN_INVALID, Credentials
from server.accounts.models import Organisation
from server.accounts.tokens import InvalidToken
from server.core.access import Actor, system_actor
from server.core.auth import KioskCaller
from server.core.problems import Refused
from server.core.rows import c
from server.membership.models import SalesCentre

NONCE_PURPOSE = "kiosk-nonce"


class KioskAuthenticator:
    """Turns a kiosk's token into its caller, one statement a request. Implements server.core.auth.KioskAuthenticator."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._services = credentials.services

    def __call__(self, token: str) -> KioskCaller:
        """The caller. Raises Refused TOKEN_INVALID; SESSION_ENDED when it has another key or is out of service."""
        keys, now = self._credentials, self._services.clock.now()
        try:
            claims = verify_kiosk_token(keys.ring, token, issuer=keys.issuer, now=now)
        except InvalidToken:
            raise Refused(TOKEN_INVALID) from None
        k, s, o = c(Kiosk), c(SalesCentre), c(Organisation)
        statement = (
            select(k.enrolment_id, k.sales_centre_id, o.timezone, o.currency)
            .join(SalesCentre.__table__, and_(s.org_id == k.org_id, s.id == k.sales_centre_id))
            .join(Organisation.__table__, and_(o.org_id == k.org_id, o.id == k.org_id))
            .where(k.org_id == claims.org_id, k.id == claims.kiosk_id)
            .where(k.state == "active", s.state == "open", o.state == "active")
        )
        with self._services.reading(claims.org_id) as connection:
            found = connection.execute(statement).first()
        if found is None or found.enrolment_id != claims.enrolment_id:
            raise Refused(SESSION_ENDED)
        enrolment_id, centre_id, zone, currency = found
        return KioskCaller(claims.org_id, claims.kiosk_id, enrolment_id, centre_id, zone, currency)


def claims_of(caller: KioskCaller) -> KioskClaims:
    """Who calls, as its tokens and nonces say it."""
    return KioskClaims(caller.org_id, caller.kiosk_id, caller.enrolment_id)


def new_token(credentials: Credentials, claims: KioskClaims) -> tuple[str, int]:
    """A token for a kiosk, and the seconds it lives."""
    now = credentials.services.clock.now()
    return issue_kiosk_token(credentials.ring, claims, issuer=credentials.issuer, now=now)


def new_nonce(credentials: Credentials, claims: KioskClaims) -> str:
    """A nonce for its next readings."""
    services = credentials.services
    return make_nonce(services.keys.secret(NONCE_PURPOSE), claims, services.clock.now())


def acting(org_id: str, kiosk_id: str, *, zone: str = "Asia/Shanghai", currency: str = "CNY") -> Actor:
    """The server itself, at work for what a kiosk sent; events name the kiosk as their device. Never handed to a view's
    caller: what a kiosk may bring about is what these operations do, and nothing else.
    """
    actor = system_actor(org_id, zone=zone, currency=currency)
    return Actor(
        org_id=actor.org_id,
        user_id=actor.user_id,
        name=actor.name,
        unit_id=actor.unit_id,
        zone=zone,
        currency=currency,
        device_id=kiosk_id,
        is_system=True,
    )
