"""The people of the day: each with a phone of his own, or at a desk with the office API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from server.cli.demo_day.line import Answer, BadLine
from server.cli.device_key import DeviceKey
from sync_protocol.collections import CollectionShape
from sync_protocol.ids import new_id
from sync_protocol.phone import JournalStorage, Phone, Session
from sync_protocol.versions import SCHEMA

ORGANISATION, PASSWORD = "demo", "doorstep-demo"
PAGE_BYTES = 24_000
"""Small pages, so that a first sync takes many requests and the line has something to break."""


class NotPlayable(Exception):
    """The day cannot be played against this server; the message says why and what to do."""


class DayClock:
    """The clock of a simulated phone: milliseconds since 1970 UTC, set by the story. The server has a clock of its own."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> int:
        """Now, by this clock. It moves on by a second with each look, as time does."""
        self.at = self.at.astimezone(UTC)
        self.at = datetime.fromtimestamp(self.at.timestamp() + 1, UTC)
        return int(self.at.timestamp() * 1000)

    def set(self, at: datetime) -> None:
        """Put the hands to another time."""
        self.at = at


class _Signer:
    """Signs with the real time: the server believes proofs of the last five minutes only."""

    def __init__(self, line: BadLine, key: DeviceKey) -> None:
        self._line = line
        self._key = key

    def public_jwk(self) -> Mapping[str, str]:
        """The public half."""
        return self._key.jwk()

    def proof(self, method: str, path: str, *, token: str | None = None) -> str:
        """A proof for this request; token: the refresh token it goes with."""
        return self._key.sign_proof(method, self._line.url(path), datetime.now(UTC), refresh_token=token)


class Carrier:
    """A person with a phone. Its store is a file, so that the phone can be switched off in mid-sync and on again."""

    def __init__(
        self,
        url: str,
        username: str,
        clock: DayClock,
        folder: Path,
        shapes: Mapping[str, CollectionShape],
        *,
        batch: int = 100,
    ) -> None:
        self.username = username
        self.line = BadLine(url)
        self.clock = clock
        self._shapes = shapes
        self._batch = batch
        self._journal = folder / f"{username}.journal"
        self._session = Session(self.line, _Signer(self.line, DeviceKey.generate()), _real_ms)
        answer = self._session.sign_in(
            ORGANISATION,
            username,
            PASSWORD,
            {
                "installation": new_id(),
                "name": f"demo {username}",
                "platform": "demo",
                "app_version": "1.0",
                "schema": SCHEMA,
            },
        )
        self.user_id: str = answer["user"]["id"]
        self.zone: str = answer["organisation"]["timezone"]
        self.phone = self._switch_on()
        self.phone.reenrol(answer["enrolment"])

    def _switch_on(self) -> Phone:
        self._storage = JournalStorage(self._journal)
        return Phone(
            self._storage,
            self.line,
            self._session.bearer,
            self.clock,
            shapes=self._shapes,
            batch=self._batch,
            max_bytes=PAGE_BYTES,
        )

    def switch_off_and_on(self) -> None:
        """Drop everything the phone holds in memory and read its store again."""
        self._storage.close()
        self.phone = self._switch_on()

    def close(self) -> None:
        """Let go of the phone's store."""
        self._storage.close()

    def send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """One request of this phone beside its exchanges. Raises LineBroken."""
        bearer = {"authorization": f"Bearer {self._session.bearer()}"}
        return self.line.send(method, path, {**bearer, **(headers or {})}, body)

    def sync(self, *, tries: int = 400) -> int:
        """Exchange until all is sent and adopted; returns the requests it took. Raises NotPlayable when it never ends."""
        before = sum(self.line.counted.values())
        for _ in range(tries):
            exchanged = self.phone.exchange_once()
            if exchanged.step == "done":
                return sum(self.line.counted.values()) - before
            if exchanged.step in ("blocked", "enrol", "sign_in"):
                raise NotPlayable(f"{self.username}: the server answered {exchanged.code}")
        raise NotPlayable(f"{self.username}: no end after {tries} exchanges")


class Desk:
    """A person at a desk: the office API with a bearer token."""

    def __init__(self, url: str, username: str) -> None:
        self._line = BadLine(url)
        answer = self._ask(
            "POST", "/api/v1/session", {"organisation": ORGANISATION, "username": username, "password": PASSWORD}
        )
        self._token: str | None = answer["access_token"]

    def get(self, path: str) -> Any:
        """The JSON of a GET."""
        return self._ask("GET", path)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON of a POST."""
        return self._ask("POST", path, body)

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON of a PATCH."""
        return self._ask("PATCH", path, body)

    def all(self, path: str) -> list[Any]:
        """All items of a list, page by page."""
        items: list[Any] = []
        cursor = None
        while True:
            joint = "&" if "?" in path else "?"
            page = self.get(path if cursor is None else f"{path}{joint}cursor={cursor}")
            items += page["items"]
            cursor = page["next"]
            if cursor is None:
                return items

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        headers = {"accept": "application/json", "accept-language": "en"}
        token = getattr(self, "_token", None)
        if token:
            headers["authorization"] = f"Bearer {token}"
        content = None
        if body is not None:
            headers["content-type"] = "application/json"
            content = json.dumps(body).encode()
        status, _, answer = self._line.send(method, path, headers, content)
        document = json.loads(answer) if answer else None
        if status >= 400:
            raise NotPlayable(f"{method} {path.partition('?')[0]}: {status} {(document or {}).get('detail', '')}")
        return document


def _real_ms() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)
