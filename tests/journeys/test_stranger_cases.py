"""The recorded cases of the protocol on the client that was written from docs/protocol.md alone. No server is needed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import stranger
from tests.journeys.stranger import Device, Json, compact

CASES = sorted((Path(__file__).parents[1] / "sync_protocol" / "cases").glob("*.json"))
NOT_MEANT = {
    "06-stale-answers-are-not-adopted": "it has one request at a time",
    "17-an-action-shows-its-effect": "effects of named actions are the app's",
}
OUTCOMES = {"more": {"again"}, "sign-in": {"again", "later"}, "enrol": {"again", "later"}}
"""Step of the reference device → outcomes of the stranger, who signs in by himself, but not twice in a row."""


class Played(Device):
    """Hears the answer that the case says, and is signed in and shut out politely."""

    enrolment = ""
    answer: Mapping[str, Any] | None = None
    asked: Any = None

    def _send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if path.startswith("/mobile/v1/session"):
            tokens = {"access_token": "a", "refresh_token": "r", "expires_in": 10**9, "server_time": stranger.now()}
            return 201, compact(tokens | {"enrolment": self.enrolment})
        if path.startswith("/mobile/v1/device"):
            return 200, compact({"wipe": False})
        self.asked = json.loads(body)
        if self.answer is None:
            raise ConnectionResetError
        text = self.answer.get("text")
        return self.answer["status"], compact(self.answer["body"]) if text is None else text.encode()


class Player:
    """Plays one case; tests/sync_protocol/cases/README.md says how to read one."""

    def __init__(self, about: Mapping[str, Any], store: Path) -> None:
        self.about, self.store, self.enrolment = about, store, about["enrolment"]
        self.device = self.boot()
        self.device.sign_in()

    def boot(self) -> Played:
        device = Played(self.store, "http://localhost", ("acme", "li", "secret"))
        device.enrolment, device.max_bytes = self.enrolment, self.about["max_bytes"]
        device._operations = self.about["batch"]
        return device

    def do_edit(self, edits: list[Json]) -> None:
        self.device.act(*((edit["collection"], edit["action"], edit["row"], edit["values"]) for edit in edits))

    def do_exchange(self, said: Json) -> None:
        self.device.answer = said["answer"]
        outcome = self.device.exchange()
        assert self.device.asked == said["request"]
        assert outcome in OUTCOMES.get(said["step"], {said["step"]})

    def do_restart(self, _: object) -> None:
        self.device = self.boot()

    def do_reenrol(self, enrolment: str) -> None:
        self.enrolment = self.device.enrolment = enrolment
        self.device.sign_in()

    def do_expect(self, said: Json) -> None:
        state = self.device.state
        for collection, rows in said["rows"].items():
            shown = sorted(self.device.shown(collection).items())
            assert [{"version": 0, **row} for _, row in shown] == rows
        for collection, rows in said.get("adopted", {}).items():
            held = sorted((key, row["values"]) for key, row in state["adopted"]["rows"].items())
            assert [values for key, values in held if key.startswith(f"{collection} ")] == rows
        assert [operation["n"] for operation in state["queue"]] == said["queue"]
        assert [entry["operation"]["n"] for entry in state["settled"]] == said["settled"]
        mend = [(entry["operation"]["n"], entry["code"], entry["params"]) for entry in state["to_mend"]]
        assert mend == [(each["n"], each["code"], each["params"]) for each in said["mend"]]
        adopted = state["adopted"]
        assert adopted["cursor"] == said.get("cursor", adopted["cursor"])
        assert adopted["head"] == said.get("head", adopted["head"])


@pytest.mark.parametrize("path", [path for path in CASES if path.stem not in NOT_MEANT], ids=lambda path: path.stem)
def test_recorded_case(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    monkeypatch.setattr(stranger, "now", lambda: case["device"]["clock"])
    player = Player(case["device"], tmp_path / "store.json")
    for step in case["steps"]:
        [(kind, said)] = step.items()
        getattr(player, f"do_{kind}")(said)


def test_the_cases_that_are_not_meant_exist() -> None:
    assert NOT_MEANT.keys() < {path.stem for path in CASES}
