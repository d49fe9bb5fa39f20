"""The storages: all or nothing, in order, and a torn last line was never there."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sync_protocol.phone import JournalStorage, MemoryStorage, Step
from tests.sync_protocol.devices import Died, device, fuse_at
from tests.sync_protocol.model_server import ModelServer

Make = Callable[[], Any]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Callable[[], JournalStorage]]:
    """Opens the journal of one device; whatever the test left open is closed after it."""
    opened: list[JournalStorage] = []

    def open_it() -> JournalStorage:
        opened.append(JournalStorage(tmp_path / "device.journal"))
        return opened[-1]

    yield open_it
    for each in opened:
        each.close()


@pytest.fixture(params=["memory", "journal"])
def make(request: pytest.FixtureRequest, journal: Make) -> Make:
    return MemoryStorage if request.param == "memory" else journal


def test_what_is_written_is_read_in_order_and_can_be_forgotten(make: Make) -> None:
    storage = make()
    storage.write([("t", "b", 2), ("t", "a", {"x": None}), ("u", "a", [1])])
    assert storage.read("t", "a") == {"x": None}
    assert storage.read("t", "z") is None
    assert storage.read("z", "z") is None
    assert list(storage.scan("t")) == [("a", {"x": None}), ("b", 2)]
    assert list(storage.scan("z")) == []
    assert storage.tables("") == ["t", "u"]
    assert storage.tables("u") == ["u"]
    storage.write([("u", "a", None), ("t", "a", 1), ("never", "there", None)])
    assert storage.tables("") == ["t"]
    assert storage.read("t", "a") == 1


def test_a_table_may_be_written_while_an_earlier_scan_is_read(make: Make) -> None:
    storage = make()
    storage.write([("t", str(number), number) for number in range(9)])
    for key, _ in storage.scan("t"):
        storage.write([("t", key, None)])
    assert storage.tables("") == []


def test_a_device_dies_before_or_after_a_write() -> None:
    for when, kept in (("before", None), ("after", 1)):
        storage = MemoryStorage(fuse_at(0, when))
        with pytest.raises(Died):
            storage.write([("t", "a", 1)])
        assert storage.read("t", "a") == kept


def test_a_snapshot_is_a_copy() -> None:
    storage = MemoryStorage()
    storage.write([("t", "a", 1)])
    copy = storage.snapshot()
    storage.write([("t", "a", 2)])
    assert copy.read("t", "a") == 1


def test_a_journal_outlives_its_process(journal: Make) -> None:
    first = journal()
    first.write([("t", "a", "王"), ("t", "b", 1)])
    first.write([("t", "b", None)])
    first.close()
    again = journal()
    assert list(again.scan("t")) == [("a", "王")]
    again.write([("t", "c", 3)])
    assert list(journal().scan("t")) == [("a", "王"), ("c", 3)]


@pytest.mark.parametrize(
    "torn", [b'[["t", "b", 2]', b'[["t", "b"', b'[["t", "b", 2]]', b"\x00\x00\n", b'[["t"]]\n', b"5\n"]
)
def test_a_torn_last_line_is_cut_off(tmp_path: Path, journal: Make, torn: bytes) -> None:
    first = journal()
    first.write([("t", "a", 1)])
    first.close()
    with (tmp_path / "device.journal").open("ab") as file:
        file.write(torn)
    again = journal()
    assert list(again.scan("t")) == [("a", 1)]
    again.write([("t", "c", 3)])
    assert list(journal().scan("t")) == [("a", 1), ("c", 3)]


def test_a_journal_is_on_the_disk_when_write_returns(
    tmp_path: Path, journal: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_disk: list[bytes] = []
    monkeypatch.setattr(os, "fsync", lambda _: on_disk.append((tmp_path / "device.journal").read_bytes()))
    journal().write([("t", "a", 1)])
    assert on_disk == [b'[["t","a",1]]\n']


def test_a_phone_lives_on_a_journal(journal: Make) -> None:
    server = ModelServer(page=1)
    enrolment = server.enrol("li")
    for number in range(3):
        server.put("customers", "li", name=f"c{number}")
    for number in range(4):
        storage = journal()
        phone = device(server, enrolment, storage=storage)
        phone.create("customers", {"name": f"own {number}"})
        phone.exchange_once()
        storage.close()
    phone = device(server, enrolment, storage=journal())
    assert phone.sync().step == Step.DONE
    assert phone.adopted("customers") == server.visible(enrolment, "customers")
    assert server.effects == 4
