"""A client written from docs/protocol.md alone beside the reference device, on the real server: the page is sufficient."""

from __future__ import annotations

import http.client
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from server.cli.demo_day.line import BadLine, Fate, breaks_every_few
from sync_protocol.phone import Exchanged, MemoryStorage, Phone, Step
from tests.journeys.stranger import Device, Json, new_id
from tests.support.databases import Kind
from tests.support.running import Running, running

COLLECTIONS = ("customers", "customer_phones", "notes", "visits", "follow_ups", "day_plans", "sync_issues", "staff")


class OnABadLine(Device):
    """The stranger's device; fates: of its next requests, in order, and good ones after that."""

    fates: Iterator[Fate] = iter(())

    def _send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        fate = next(self.fates, "good")
        if fate == "cut":
            raise ConnectionResetError
        answer = super()._send(method, path, headers, body)
        if fate == "twice":
            answer = super()._send(method, path, headers, body)
        if fate == "answer-lost":
            raise http.client.RemoteDisconnected("the answer was lost")
        return answer

    def sync_through(self, *fates: Fate) -> None:
        """Try again after each broken exchange until all is sent and read."""
        self.fates = iter(fates)
        outcome = self.sync()
        for _ in range(30):
            if outcome == "done":
                return
            outcome = self.sync()
        raise AssertionError(outcome, self.problem)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("sqlite", marks=pytest.mark.sqlite),
        pytest.param("postgresql", marks=pytest.mark.pg),
    ],
)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    kind: Kind = request.param
    with running(kind, tmp_path_factory.mktemp(kind)) as started:
        yield started


def stranger(site: Running, name: str, store: Path) -> OnABadLine:
    parts = site.scene.acme.parts(name)
    return OnABadLine(store, site.url, (parts["organisation"], parts["username"], parts["password"]))


def reference(site: Running, name: str) -> tuple[Phone, BadLine]:
    """The reference device in somebody's hand, its first checkpoint still to come."""
    answer, line = site.phone(name).answer, BadLine(site.url)
    phone = Phone(
        MemoryStorage(), line, lambda: str(answer["access_token"]), lambda: time.time_ns() // 1_000_000, batch=4
    )
    phone.reenrol(answer["enrolment"])
    return phone, line


class Office:
    """An administrator at the office's door."""

    def __init__(self, site: Running) -> None:
        self._users, self._url = site.scene.acme.users, f"{site.url}/api/v1/devices"
        self._headers = {"Authorization": f"Bearer {site.token('admin')}"}

    def devices(self, name: str) -> dict[str, Json]:
        """Somebody's devices by what they are called."""
        answer = requests.get(f"{self._url}?limit=500", headers=self._headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return {each["name"]: each for each in answer.json()["items"] if each["user_id"] == self._users[name]}

    def wipe(self, name: str) -> None:
        """Have the stranger's device of somebody empty itself."""
        device = self.devices(name)["stranger"]["id"]
        answer = requests.post(f"{self._url}/{device}/wipe", headers=self._headers, timeout=30)
        assert answer.status_code == 200, answer.text


def finish(phone: Phone) -> Exchanged:
    exchanged = phone.sync()
    for _ in range(30):
        if exchanged.step == Step.DONE:
            break
        exchanged = phone.sync()
    return exchanged


def adopted(device: Device) -> dict[str, dict[str, Any]]:
    """Collection → id → row, as the stranger last adopted it."""
    found: dict[str, dict[str, Any]] = {}
    for key, row in device.state["adopted"]["rows"].items():
        found.setdefault(key.split()[0], {})[row["values"]["id"]] = row["values"]
    return found


def assert_all_agree(device: Device, phone: Phone) -> None:
    """Both have nothing left to send or read, the same rows, and the digests the server has."""
    assert (device.sync(), finish(phone).step, device.sync()) == ("done", Step.DONE, "done")
    theirs = {collection: phone.adopted(collection) for collection in {*COLLECTIONS, *adopted(device)}}
    assert adopted(device) == {collection: rows for collection, rows in theirs.items() if rows}
    for collection in COLLECTIONS:
        assert device.shown(collection) == phone.rows(collection)
    assert (device.compare(), phone.verify()) == ([], [])


def customer(name: str, text: str, **values: str) -> tuple[str, list[tuple[str, str, str, Json]]]:
    """A new customer with a note: its id, and what one local transaction does."""
    row = new_id()
    note = ("notes", "create", new_id(), {"customer_id": row, "text": text})
    return row, [("customers", "create", row, {"name": name, **values}), note]


def test_a_day_of_the_stranger_beside_the_reference_device(site: Running, tmp_path: Path) -> None:
    device, (phone, line) = stranger(site, "wang", tmp_path / "stranger.json"), reference(site, "wang")
    device.max_bytes = 2000
    assert device.exchange() == "again", "the first sync takes several pages"
    assert not device.shown("customers"), "nothing of half a checkpoint is shown"
    device.sync_through("answer-lost", "good", "cut", "twice")
    assert finish(phone).step == Step.DONE
    assert_all_agree(device, phone)
    first, second, *_ = sorted(device.shown("customers"))

    # Offline, both edit the same two customers: one field clashes, all others merge.
    device.act(("customers", "update", second, {"grade": "A", "needs": "of the stranger"}))
    device.act(("customers", "update", first, {"remark": "of the stranger"}))
    new, transaction = customer("Стрэнджер 陌生人", "made offline")
    device.act(*transaction)
    device.act(("customers", "update", new, {"grade": "B"}))
    with phone.transaction():
        phone.update("customers", second, {"grade": "C", "remark": "of the reference"})
        phone.update("customers", first, {"needs": "of the reference"})
    other = phone.create("customers", {"name": "of the reference"})
    assert device.shown("customers")[new]["grade"] == "B"

    line.fates = breaks_every_few(0)
    finish(phone)
    line.mend()
    assert finish(phone).step == Step.DONE
    assert device.wait(), "there is news"
    device.sync_through("answer-lost", "cut", "twice", "answer-lost")
    assert_all_agree(device, phone)
    merged, half = device.shown("customers")[first], device.shown("customers")[second]
    assert (merged["remark"], merged["needs"]) == ("of the stranger", "of the reference")
    assert (half["grade"], half["needs"], half["remark"]) == ("C", "of the stranger", "of the reference")
    clashes = [row for row in device.shown("sync_issues").values() if row["code"] == "sync.clash"]
    assert [(row["row_id"], row["attempted"]["grade"], row["kept"]) for row in clashes] == [
        (second, "A", {"grade": "C"})
    ]
    assert device.shown("customers")[new]["version"] == 2, "every operation was done once"
    assert len([row for row in phone.rows("notes").values() if row["customer_id"] == new]) == 1
    assert {new, other} <= phone.rows("customers").keys()
    assert (device.state["queue"], device.state["settled"], device.state["to_mend"]) == ([], [], [])

    # A queue in which bad operations stand among good ones: those go through, these come back with their reasons.
    start = device.state["n"]
    lost, refused_group = customer("refused", "goes with her", grade="Z")
    device.act(*refused_group)
    device.act(("notes", "create", new_id(), {"customer_id": lost, "text": "has no customer"}))
    device.act(("customers", "update", first, {"grade": "B"}))
    device.act(("customers", "update", first, {"shoe_size": 44}))
    device.act(("nowhere", "create", new_id(), {}))
    device.act(("customers", "update", new_id(), {"grade": "B"}))
    device.act(("customers", "update", second, {"remark": "after all of them"}))
    phone.update("customers", new, {"grade": "NONE"})
    phone.update("customers", new, {"remark": "beside a bad one"})
    device.sync_through("answer-lost", "twice")
    assert [(entry["operation"]["n"] - start, entry["code"]) for entry in device.state["to_mend"]] == [
        (0, "sync.unknown-choice"),
        (1, "sync.group-failed"),
        (2, "sync.parent-failed"),
        (4, "sync.unknown-field"),
        (5, "sync.unknown-collection"),
        (6, "core.not-found"),
    ]
    assert_all_agree(device, phone)
    assert [mend.code for mend in phone.mend] == ["sync.unknown-choice"]
    shown = device.shown("customers")
    assert (shown[first]["grade"], shown[second]["remark"]) == ("B", "after all of them")
    assert shown[new]["remark"] == "beside a bad one"
    assert lost not in shown

    # A row that got lost on the device is noticed by the digest, and its bucket read again.
    rows = device.state["adopted"]["rows"]
    del rows[f"customers {other}"]
    [bucket] = device.compare()
    assert bucket.startswith("customers:own:")
    assert device.sync() == "done"
    assert_all_agree(device, phone)


def test_a_store_put_back_from_a_backup_and_then_wiped(site: Running, tmp_path: Path) -> None:
    device, (phone, _) = stranger(site, "zhao", tmp_path / "stranger.json"), reference(site, "zhao")
    assert device.sync() == "done"
    own = min(device.shown("customers"))
    device.act(("customers", "update", own, {"remark": "one"}))
    shutil.copy(tmp_path / "stranger.json", tmp_path / "restored.json")
    device.act(("customers", "update", own, {"needs": "two"}))
    device.sync_through("answer-lost")

    restored, before = stranger(site, "zhao", tmp_path / "restored.json"), device.state["enrolment"]
    mine, transaction = customer("from the restored store", "whole")
    restored.act(*transaction)
    restored.sync_through("good", "good", "good", "answer-lost")
    assert restored.state["enrolment"] != before, "numbers were given out again: a new incarnation"
    assert restored.state["to_mend"] == []
    assert_all_agree(restored, phone)
    row = restored.shown("customers")[own]
    assert (row["remark"], row["needs"]) == ("one", "two")
    assert restored.shown("customers")[mine]["name"] == "from the restored store"

    restored.act(("customers", "update", own, {"remark": "never sent"}))
    office = Office(site)
    office.wipe("zhao")
    restored.fates = iter(("good", "good", "answer-lost", "good", "good", "good", "answer-lost"))
    outcomes = [restored.exchange() for _ in range(3)]
    assert outcomes == ["later", "later", "wiped"]
    assert not (tmp_path / "restored.json").exists()
    assert office.devices("zhao")["stranger"]["state"] == "wiped"
    begun = stranger(site, "zhao", tmp_path / "restored.json")
    assert begun.sync() == "done", "a new store with a new key is a new device"
    assert begun.shown("customers")[own]["remark"] == "one"
