"""Who is calling, for views: the actor of this request, and transactions in his name.

The authenticator is handed in by the composition root, so that core knows no account. Flask's `g` is read here and in
views only.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, cast

from flask import Flask, current_app, g, request
from sqlalchemy import Connection

from server.core import logs
from server.core.access import FORBIDDEN_FUNCTION, Actor
from server.core.declare import Access
from server.core.http import Authenticate
from server.core.problems import CONFIRMATION_NEEDED, FORBIDDEN, UNAUTHENTICATED, Refused
from server.core.services import Services
from server.core.uow import UnitOfWork

EXTENSION = "doorstep.services"


@dataclass(frozen=True, slots=True)
class Authenticated:
    """A caller whose token, session, device and state were found good, and the clock row read in the same statement.

    confirmed_at: when he last gave his password in this session, signing in or since. exchanged_at: when his device did last,
    as far as that was kept.
    """

    actor: Actor
    feed_head: int
    epoch: str
    confirmed_at: datetime
    exchanged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KioskCaller:
    """A kiosk whose token and state were found good. It is nobody: it has no user, no role and reaches no row.

    enrolment_id: of its present key; what it signs is numbered under it. zone, currency: the organisation's.
    """

    org_id: str
    kiosk_id: str
    enrolment_id: str
    sales_centre_id: str
    zone: str
    currency: str


class KioskAuthenticator(Protocol):
    """Turns a kiosk's bearer token into its caller. Raises Refused with a 401 problem."""

    def __call__(self, token: str) -> KioskCaller:
        """Look the kiosk up; one statement."""


class Authenticator(Protocol):
    """Turns a bearer token into a caller. Raises Refused with a 401 or 403 problem."""

    def __call__(self, token: str) -> Authenticated:
        """Look the token's session up; one statement."""


def install(app: Flask, services: Services) -> None:
    """Give the app's views their services."""
    app.extensions[EXTENSION] = services


def admits(authenticator: Authenticator, kiosks: KioskAuthenticator | None = None) -> Authenticate:
    """What `http.install` asks before every view that is not public: who calls, and may he?

    kiosks: asked for the views that are a kiosk's, instead; a token of one kind opens nothing of the other.
    """

    def admit(access: Access) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refused(UNAUTHENTICATED)
        if access.kind == "kiosk":
            if kiosks is None:
                raise Refused(UNAUTHENTICATED)
            g.kiosk = kiosks(token)
            logs.bind(org_id=g.kiosk.org_id, device_id=g.kiosk.kiosk_id)
            return
        found = authenticator(token)
        g.authenticated, g.actor = found, found.actor
        logs.bind(org_id=found.actor.org_id, user_id=found.actor.user_id, device_id=found.actor.device_id)
        if access.kind == "device" and found.actor.enrolment_id is None:
            raise Refused(FORBIDDEN)
        if access.kind == "function" and not any(found.actor.may(each) for each in access.functions):
            raise Refused(FORBIDDEN_FUNCTION, function=access.functions[0])
        must_be_recent(access.recent)

    return admit


def services() -> Services:
    """The services of the app that serves this request."""
    return cast(Services, current_app.extensions[EXTENSION])


def authenticated() -> Authenticated:
    """The caller. Raises Refused UNAUTHENTICATED in a view that is open to everybody."""
    found = g.get("authenticated")
    if found is None:
        raise Refused(UNAUTHENTICATED)
    return cast(Authenticated, found)


def current_kiosk() -> KioskCaller:
    """The kiosk that calls. Raises Refused UNAUTHENTICATED in a view that is no kiosk's."""
    found = g.get("kiosk")
    if found is None:
        raise Refused(UNAUTHENTICATED)
    return cast(KioskCaller, found)


def current_actor() -> Actor:
    """The person or device that calls."""
    return authenticated().actor


def must_be_recent(seconds: int) -> None:
    """Step-up, for a view where only some requests need it; whole views say `requires(…, recent=…)`.

    Raises Refused CONFIRMATION_NEEDED when the password was given more than that many seconds ago; 0 asks for nothing.
    """
    if not seconds:
        return
    # Either way: an instant in the future, from before a clock was set back, must not stay recent until then.
    if abs(services().clock.now() - authenticated().confirmed_at) > timedelta(seconds=seconds):
        raise Refused(CONFIRMATION_NEEDED, seconds=seconds)


@contextlib.contextmanager
def reading() -> Iterator[Connection]:
    """One snapshot of the caller's organisation."""
    with services().reading(current_actor().org_id) as connection:
        yield connection


@contextlib.contextmanager
def writing() -> Iterator[UnitOfWork]:
    """A unit of work of the caller; rolled back unless `uow.commit()` is called inside the block."""
    with services().writing(current_actor()) as uow:
        yield uow
