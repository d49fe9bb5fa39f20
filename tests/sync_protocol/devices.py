"""Devices for tests: a Phone on the model server, a line on which things happen, and a way to let it die."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sync_protocol.phone import LineBroken, MemoryStorage, Phone, Storage
from sync_protocol.phone.ports import Change
from tests.sync_protocol.model_server import NOW, SHAPES, ModelServer


class Line:
    """A line on which things happen. plan: called with each request's place (from 0), says what becomes of it."""

    def __init__(self, server: ModelServer, plan: Callable[[int], str] = lambda _: "ok") -> None:
        self.server = server
        self.plan = plan
        self.requests: list[dict[str, Any]] = []

    def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """ok; lost: never arrives; unheard: arrives, the answer is lost; twice: arrives twice; down: a 503."""
        fate = self.plan(len(self.requests))
        self.requests.append(json.loads(body) if body else {"path": path})
        if fate == "lost":
            raise LineBroken
        if fate == "down":
            return 503, {"retry-after": "7"}, b"busy"
        if fate == "twice":
            self.server.send(method, path, headers, body)
        answer = self.server.send(method, path, headers, body)
        if fate == "unheard":
            raise LineBroken
        return answer


class Died(Exception):
    """The device lost its power."""


def device(
    server: ModelServer,
    enrolment: str | None,
    *,
    storage: Storage | None = None,
    plan: Callable[[int], str] = lambda _: "ok",
    **options: Any,
) -> Phone:
    """A phone with this enrolment on this storage (a new one unless given). Its bearer token is its enrolment."""
    line = Line(server, plan)
    phone = Phone(
        storage or MemoryStorage(), line, lambda: phone.enrolment or "", lambda: NOW, shapes=SHAPES, **options
    )
    if enrolment is not None:
        phone.reenrol(enrolment)
    return phone


def fuse_at(place: int, when: str) -> Callable[[str, Sequence[Change]], None]:
    """Let the device die before or after its write number `place` (from 0). Burns once."""
    seen = -1

    def fuse(moment: str, changes: Sequence[Change]) -> None:
        nonlocal seen
        if moment == "before":
            seen += 1
        if seen == place and moment == when:
            raise Died

    return fuse


def state(phone: Phone) -> dict[str, Any]:
    """Everything that must not depend on how it came about."""
    return {
        "customers": phone.rows("customers"),
        "notes": phone.rows("notes"),
        "adopted": {name: phone.adopted(name) for name in SHAPES},
        "queue": [entry.to_wire() for entry in phone.queue],
        "settled": len(phone.settled),
        "mend": [(mend.entry.row, mend.verdict, mend.code) for mend in phone.mend],
    }


Answer = tuple[int, Any, bytes]


def ask(server: ModelServer, body: Mapping[str, Any]) -> Answer:
    """What the server answers to an exchange, past the device."""
    return server.send("POST", "/mobile/v1/exchange", {"authorization": ""}, json.dumps(body).encode())


def changed(answer: Answer, **pull: Any) -> Answer:
    """An answer with other members in its pull part."""
    document = json.loads(answer[2])
    document["pull"].update(pull)
    return 200, {}, json.dumps(document).encode()


def names(phone: Phone) -> list[str]:
    """Of the customers on show."""
    return sorted(row["name"] for row in phone.rows("customers").values())


def numbers(phone: Phone) -> list[int]:
    """Of the queue."""
    return [entry.n for entry in phone.queue]


def filled(server: ModelServer, count: int = 5) -> list[str]:
    """Customers of li; their ids."""
    return [server.put("customers", "li", name=f"c{number}") for number in range(count)]
