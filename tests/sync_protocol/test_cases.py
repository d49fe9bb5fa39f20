"""Runs the recorded cases on the reference device. Every client has to pass them; cases/README.md says how to read one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sync_protocol.phone import LineBroken, MemoryStorage, Phone, Request

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))


class Script:
    """A line on which the next answer is the one that the case says."""

    def __init__(self) -> None:
        self.answer: Any = None
        self.request: Any = None

    def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        self.request = json.loads(body or b"")
        if self.answer is None:
            raise LineBroken
        return written(self.answer)


def written(answer: Mapping[str, Any]) -> tuple[int, Mapping[str, str], bytes]:
    body = answer["text"].encode() if "text" in answer else json.dumps(answer["body"]).encode()
    return answer["status"], answer.get("headers", {}), body


class Player:
    """Plays one case."""

    def __init__(self, device: Mapping[str, Any]) -> None:
        self.device = device
        self.storage = MemoryStorage()
        self.script = Script()
        self.sent: dict[str, Request] = {}
        self.phone = self.boot()
        self.phone.reenrol(device["enrolment"])

    def boot(self) -> Phone:
        device = self.device
        return Phone(
            self.storage,
            self.script,
            lambda: "token",
            lambda: device["clock"],
            batch=device["batch"],
            max_bytes=device["max_bytes"],
        )

    def play(self, step: Mapping[str, Any]) -> None:
        (kind, said), *more = step.items()
        assert not more
        getattr(self, f"do_{kind}")(said)

    def do_edit(self, edits: list[Mapping[str, Any]]) -> None:
        with self.phone.transaction():
            for edit in edits:
                collection, row, values = edit["collection"], edit["row"], edit["values"]
                if edit["action"] == "create":
                    self.phone.create(collection, values, row)
                elif edit["action"] == "update":
                    self.phone.update(collection, row, values)
                else:
                    self.phone.act(collection, edit["action"], row, values, effect=edit.get("effect"))

    def do_exchange(self, said: Mapping[str, Any]) -> None:
        self.script.answer = said["answer"]
        exchanged = self.phone.exchange_once()
        assert self.script.request == said["request"]
        assert exchanged.step == said["step"]

    def do_send(self, said: Mapping[str, Any]) -> None:
        self.sent[said["as"]] = self.phone.prepare()
        assert self.sent[said["as"]].body == said["request"]

    def do_receive(self, said: Mapping[str, Any]) -> None:
        exchanged = self.phone.receive(self.sent[said["of"]], *written(said["answer"]))
        assert exchanged.step == said["step"]

    def do_restart(self, _: object) -> None:
        self.phone = self.boot()

    def do_reenrol(self, enrolment: str) -> None:
        self.phone.reenrol(enrolment)

    def do_expect(self, said: Mapping[str, Any]) -> None:
        phone = self.phone
        for collection, rows in said["rows"].items():
            assert list(phone.rows(collection).values()) == rows
        for collection, rows in said.get("adopted", {}).items():
            assert list(phone.adopted(collection).values()) == rows
        assert [entry.n for entry in phone.queue] == said["queue"]
        assert [entry.n for entry in phone.settled] == said["settled"]
        mend = [
            {
                "n": each.entry.n,
                "collection": each.entry.collection,
                "row": each.entry.row,
                "verdict": each.verdict,
                "code": each.code,
                "params": each.params,
            }
            for each in phone.mend
        ]
        assert mend == said["mend"]
        if "cursor" in said:
            assert (phone.cursor.to_wire() if phone.cursor else None) == said["cursor"]
        assert phone.head == said.get("head", phone.head)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_recorded_case(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    player = Player(case["device"])
    for step in case["steps"]:
        player.play(step)


def test_there_are_cases() -> None:
    assert len(CASES) >= 18
