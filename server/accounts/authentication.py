"""What opens the doors: bearer tokens of requests, the credential of a device to be wiped, and the keys behind both.

Made once a process by the composition root. What a token is: tokens.py; what a session is: queries/actors.py.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from server.accounts.passwords import HashCost, PasswordHashes
from server.accounts.queries.actors import SessionRow, load_actor, session_row
from server.accounts.tokens import ACCESS_LIFETIME, AccessClaims, InvalidToken, KeyRing, issue_access, verify_access
from server.core.access import Actor
from server.core.auth import Authenticated
from server.core.problems import Refused, problem_type
from server.core.services import Services

TOKEN_INVALID = problem_type(
    "accounts.token-invalid",
    status=401,
    zh="访问令牌无效或已过期。",
    en="The access token is not valid or has expired.",
    doc="Refresh it (device) or renew it (office) and send the request again; sign in when that is refused as well.",
)
SESSION_ENDED = problem_type(
    "accounts.session-ended",
    status=401,
    zh="登录已失效，请重新登录。",
    en="This session has ended. Please sign in again.",
    doc="Signed out, revoked, expired, disabled, or its refresh token was used by two hands. A device keeps its queue, signs "
    "in again and goes on.",
)
DEVICE_REVOKED = problem_type(
    "accounts.device-revoked",
    status=403,
    zh="此设备已被停用。",
    en="This device has been revoked.",
    doc="Refreshing or signing in again does not help, which is why it is no 401. `wipe`: the device is to empty itself; what "
    "to do says GET /mobile/v1/device/wipe, which its credential still opens.",
    extra=["wipe"],
)

OFFICE_LIFE = timedelta(hours=8)
"""An office session ends this long after signing in, however busy."""

CREDENTIALS = "doorstep.credentials"
"""Under which name an application keeps its Credentials."""

_REFRESH_KEY_ID = "1"
_CACHED_ACTORS = 20_000


@dataclass(frozen=True, slots=True)
class Credentials:
    """The keys of one installation, as accounts uses them. Safe to share between threads."""

    services: Services
    hashes: PasswordHashes
    ring: KeyRing
    refresh_keys: Mapping[str, bytes]
    code_key: bytes

    @classmethod
    def of(cls, services: Services, *, cost: HashCost = HashCost()) -> Credentials:
        """The credentials of this process. cost: of password hashes; tests inject a cheap one."""
        keys = services.keys
        return cls(
            services=services,
            hashes=PasswordHashes(cost),
            ring=KeyRing(keys.public_keys, keys.signing_kid, keys.signing_key),
            refresh_keys={_REFRESH_KEY_ID: keys.secret("refresh")},
            code_key=keys.secret("codes"),
        )

    @property
    def refresh_key_id(self) -> str:
        """Of the secret that new refresh families are made with."""
        return _REFRESH_KEY_ID

    @property
    def issuer(self) -> str:
        """Issuer and audience of access tokens: this installation speaks to itself."""
        return self.services.settings.public_url

    def access_token(
        self,
        *,
        org_id: str,
        user_id: str,
        session_id: str,
        device_id: str | None,
        now: datetime,
        until: datetime | None = None,
    ) -> tuple[str, int]:
        """A bearer token and the seconds it lives. until: the end of its session, which it does not outlive."""
        lifetime = ACCESS_LIFETIME if until is None else min(ACCESS_LIFETIME, until - now)
        token = issue_access(
            self.ring,
            issuer=self.issuer,
            audience=self.issuer,
            org_id=org_id,
            user_id=user_id,
            session_id=session_id,
            device_id=device_id,
            now=now,
            lifetime=max(lifetime, timedelta(seconds=1)),
        )
        return token, int(max(lifetime, timedelta(seconds=1)).total_seconds())

    def claims(self, token: str) -> AccessClaims:
        """What an access token says. Raises Refused TOKEN_INVALID."""
        try:
            return verify_access(
                self.ring, token, issuer=self.issuer, audience=self.issuer, now=self.services.clock.now()
            )
        except InvalidToken:
            raise Refused(TOKEN_INVALID) from None


class Authenticator:
    """Turns a bearer token into a caller: one statement a request, and the rights from memory while nobody changed any.

    Implements server.core.auth.Authenticator.
    """

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._services = credentials.services
        self._actors: OrderedDict[tuple[str, str], tuple[int, Actor]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, token: str) -> Authenticated:
        """The caller. Raises Refused TOKEN_INVALID, SESSION_ENDED (401), DEVICE_REVOKED (403)."""
        claims = self._credentials.claims(token)
        with self._services.reading(claims.org_id) as connection:
            session = session_row(connection, claims.org_id, claims.session_id)
            if session is None or (session.user_id, session.device_id) != (claims.user_id, claims.device_id):
                raise Refused(SESSION_ENDED)
            check_open(session, self._services.clock.now())
            actor = self._actor(connection, claims, session)
        confirmed_at = session.confirmed_at or session.created_at
        return Authenticated(actor, session.feed_head, session.epoch, confirmed_at, session.exchanged_at)

    def _actor(self, connection: Connection, claims: AccessClaims, session: SessionRow) -> Actor:
        key = (claims.org_id, claims.user_id)
        with self._lock:
            known = self._actors.get(key)
        if known is None or known[0] != session.access_version:
            loaded = load_actor(connection, claims.org_id, claims.user_id)
            if loaded is None:
                raise Refused(SESSION_ENDED)
            known = (session.access_version, loaded)
            with self._lock:
                self._actors[key] = known
                self._actors.move_to_end(key)
                while len(self._actors) > _CACHED_ACTORS:
                    self._actors.popitem(last=False)
        return replace(
            known[1],
            session_id=claims.session_id,
            device_id=session.device_id,
            enrolment_id=session.enrolment_id,
        )


def check_open(session: SessionRow, now: datetime) -> None:
    """Raise Refused DEVICE_REVOKED or SESSION_ENDED when a session lets nobody in at `now`.

    The device comes first: of a leaver's phone both hold, and only the first makes it empty itself.
    """
    if session.device_state not in (None, "active"):
        raise Refused(DEVICE_REVOKED, wipe=session.device_state == "wipe_pending")
    if not session.is_open(now):
        raise Refused(SESSION_ENDED)
