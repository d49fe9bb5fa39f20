"""Signing in and keeping a token fresh. Apart from the exchange: a device works for days without it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sync_protocol.phone.ports import Signer, Transport

PATH = "/mobile/v1/session"
REFRESH_PATH = "/mobile/v1/session/refresh"
_EARLY_MS = 60_000


class SignInRefused(Exception):
    """The server gave no token. code: the problem's, or None when there was none."""

    def __init__(self, status: int, code: str | None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class _Tokens:
    access: str
    refresh: str
    until: int


class Session:
    """One person's session on one device. Its bearer method is what a Phone takes as authorise.

    clock: ms since 1970 UTC, the device's.
    """

    def __init__(self, transport: Transport, signer: Signer, clock: Callable[[], int]) -> None:
        self._transport = transport
        self._signer = signer
        self._clock = clock
        self._tokens: _Tokens | None = None

    def sign_in(self, organisation: str, username: str, password: str, device: Mapping[str, Any]) -> Mapping[str, Any]:
        """Sign in and return the answer, whose "enrolment" goes to Phone.reenrol.

        device: installation (id minted with the local store), incarnation (from 1, one more whenever the store was begun
        anew or put back from a backup), name, platform, app_version, schema. The public key is added here.
        Raises SignInRefused, LineBroken.
        """
        return self._ask(
            PATH,
            {
                "organisation": organisation,
                "username": username,
                "password": password,
                "device": {**device, "key": dict(self._signer.public_jwk())},
            },
        )

    def refresh(self) -> Mapping[str, Any]:
        """Exchange the refresh token for the next pair. Raises SignInRefused, LineBroken."""
        if self._tokens is None:
            raise SignInRefused(401, None)
        return self._ask(REFRESH_PATH, {"refresh_token": self._tokens.refresh}, self._tokens.refresh)

    def bearer(self) -> str:
        """The access token, refreshed when it is about to expire. Raises SignInRefused, LineBroken."""
        if self._tokens is None:
            raise SignInRefused(401, None)
        if self._clock() >= self._tokens.until - _EARLY_MS:
            self.refresh()
        return self._tokens.access

    def _ask(self, path: str, body: Mapping[str, Any], token: str | None = None) -> Mapping[str, Any]:
        headers = {"content-type": "application/json", "dpop": self._signer.proof("POST", path, token=token)}
        status, _, content = self._transport.send("POST", path, headers, json.dumps(body).encode("ascii"))
        try:
            answer = json.loads(content)
        except ValueError:
            answer = {}
        if status not in (200, 201):
            raise SignInRefused(status, answer.get("code"))
        self._tokens = _Tokens(
            answer["access_token"], answer["refresh_token"], self._clock() + answer["expires_in"] * 1000
        )
        return answer  # type: ignore[no-any-return]
