"""A simulated kiosk that does what docs/kiosk.md says: for `doorstep demo day` and for tests.

Stands for the screen in the sales centre: its key, its chain of signed readings, its queue while the cable is pulled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import jwt

from kiosk.chain import genesis
from kiosk.statements import STATEMENT_TYPE, digest_of
from server.cli.device_key import DeviceKey
from server.core.types import to_ms
from sync_protocol.ids import new_id

AT_ONCE = 100
"""Readings in one request."""

Send = Callable[[str, str, Any, Mapping[str, str]], tuple[int, Any]]
"""(method, path, body, headers) → (status, document). Raises OSError when the network is away."""


class NotTaken(Exception):
    """The server answered something else than a kiosk that behaves is answered."""

    def __init__(self, status: int, document: Any) -> None:
        super().__init__(f"{status} {document}")
        self.status = status
        self.document = document


@dataclass(slots=True)
class SimulatedKiosk:
    """One kiosk. url: the server's address as the kiosk knows it. now: its clock, corrected by the server's.

    queue: signed readings without an answer, oldest first. answers: what was answered, by reading.
    """

    url: str
    send: Send
    now: Callable[[], datetime]
    key: DeviceKey = field(default_factory=DeviceKey.generate)
    organisation: str = ""
    kiosk: str = ""
    enrolment: str = ""
    token: str = ""
    nonce: str | None = None
    n: int = 0
    digest: str = ""
    queue: list[str] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def enrol(self, organisation: str, number: int, code: str) -> None:
        """Bind its key with a one-time code. Raises NotTaken."""
        body = {
            "organisation": organisation, "kiosk": number, "code": code, "app_version": "1.0", "key": self.key.jwk(),
        }  # fmt: skip
        self._open(self.ask("POST", "/enrolment", body, proved=True))
        self.n, self.digest = 0, genesis(self.enrolment)

    def open_session(self) -> None:
        """Get another token and nonce with its key. Raises NotTaken."""
        body = {"organisation": self.organisation, "kiosk": self.kiosk}
        self._open(self.ask("POST", "/session", body, proved=True))

    def station(self) -> dict[str, Any]:
        """What it keeps for offline."""
        found: dict[str, Any] = self.ask("GET", "/station")
        return found

    def sign(self, text: str, *, source: str = "camera", **other: Any) -> str:
        """Sign a reading as the next of its chain. other: what a kiosk that misbehaves says instead."""
        said = {
            "id": new_id(),
            "enrolment": self.enrolment,
            "n": self.n + 1,
            "previous": self.digest,
            "read_at": to_ms(self.now()),
            "source": source,
            "text": text,
            "nonce": self.nonce,
            **other,
        }
        signed = jwt.encode(said, self.key.private_key, algorithm="ES256", headers={"typ": STATEMENT_TYPE})
        self.n, self.digest = said["n"], digest_of(signed)
        return signed

    def read(self, text: str, *, source: str = "camera", offline: bool = False) -> dict[str, Any] | None:
        """Read a card: sign it, queue it, and hand in what waits. offline: the cable is pulled; None is answered then."""
        signed = self.sign(text, source=source, **({"nonce": None} if offline else {}))
        self.queue.append(signed)
        if offline:
            return None
        return self.hand_in()[-1]

    def hand_in(self) -> list[dict[str, Any]]:
        """Hand in the queue. What got an answer leaves it; what got none stays. Raises OSError, NotTaken."""
        told: list[dict[str, Any]] = []
        while self.queue:
            sent = self.queue[:AT_ONCE]
            found = self.ask("POST", "/readings", {"readings": sent})
            told += found["answers"]
            self.nonce = found["nonce"]
            self.answers.update({each["id"]: each for each in found["answers"] if each["id"] is not None})
            del self.queue[: len(sent)]
        return told

    def register(self, name: str, phone: str, *, consent: str, registration_id: str | None = None) -> dict[str, Any]:
        """Register a visitor. Raises NotTaken."""
        body = {"id": registration_id or new_id(), "name": name, "phone": phone, "consent": consent}
        found: dict[str, Any] = self.ask("POST", "/visitors", body)
        return found

    def ask(self, method: str, path: str, body: Any = None, *, proved: bool = False) -> Any:
        """One request at the kiosk's door. Raises NotTaken for anything but a good answer."""
        path = f"/kiosk/v1{path}"
        if proved:
            headers = {"DPoP": self.key.sign_proof(method, self.url + path, self.now())}
        else:
            headers = {"Authorization": f"Bearer {self.token}"}
        status, document = self.send(method, path, body, headers)
        if status >= 300:
            raise NotTaken(status, document)
        return document

    def _open(self, answer: Mapping[str, Any]) -> None:
        self.organisation, self.kiosk, self.enrolment = (
            answer["organisation"], answer["kiosk"], answer["enrolment"],
        )  # fmt: skip
        self.token, self.nonce = answer["access_token"], answer["nonce"]
