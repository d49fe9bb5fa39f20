"""Resets: a server that was restored costs time, and nothing that was waiting."""

import json

from sync_protocol.phone import Step
from tests.sync_protocol.devices import ask, changed, device, filled, names
from tests.sync_protocol.model_server import ModelServer


def test_another_epoch_without_a_reset_is_not_taken(server: ModelServer) -> None:
    filled(server, 1)
    phone = device(server, server.enrol("li"))
    first = ask(server, phone.prepare().body)
    assert phone.receive(phone.prepare(), *changed(first, reset=False)).code == "sync.stale-answer"
    phone.sync()
    answer = ask(server, phone.prepare().body)
    cursor = {**json.loads(answer[2])["pull"]["cursor"], "epoch": "0199c1a0-0000-7000-8000-0000000000ee"}
    assert phone.receive(phone.prepare(), *changed(answer, cursor=cursor)).code == "sync.stale-answer"


def test_after_a_reset_old_rows_stay_until_the_new_ones_are_whole(server: ModelServer) -> None:
    """RESET: the server was restored from a backup; its history is another one from now on."""
    rows = filled(server)
    phone = device(server, server.enrol("li"))
    backup = server.backup()
    gone = server.put("customers", "li", name="after the backup")
    server.put("customers", "li", rows[0], name="changed")
    phone.sync()
    server.restore(backup)
    server.page = 2
    mine = phone.create("customers", {"name": "mine"})
    assert phone.exchange_once().step == Step.MORE
    assert gone in phone.rows("customers")
    assert mine in phone.rows("customers")
    again = device(server, phone.enrolment, storage=phone._store.storage)
    assert again.sync().step == Step.DONE
    assert names(again) == ["c0", "c1", "c2", "c3", "c4", "mine"]
    assert again.adopted("customers") == server.visible(phone.enrolment or "", "customers")


def test_a_reset_that_is_overtaken_by_another_starts_again(server: ModelServer) -> None:
    filled(server, 2)
    server.page = 1
    phone = device(server, server.enrol("li"))
    backup = server.backup()
    for name in ("gone", "gone too", "gone as well"):
        server.put("customers", "li", name=name)
    for _ in range(4):
        phone.exchange_once()
    server.restore(backup)
    assert phone.exchange_once().step == Step.MORE
    assert phone._store.staging is not None
    assert phone._store.staging.answers == 1
    assert phone.sync().step == Step.DONE
    assert names(phone) == ["c0", "c1"]


def test_a_reset_forgets_in_which_buckets_a_row_was(server: ModelServer) -> None:
    rows = filled(server, 1)
    phone = device(server, server.enrol("li", "own:li", "all"))
    phone.sync()
    server.restore(server.backup())
    server.subscribed[phone.enrolment or ""] = ["own:li"]
    phone.sync()
    assert names(phone) == ["c0"]
    server.put("customers", "wang", rows[0])
    phone.sync()
    assert names(phone) == []


def test_what_the_lost_history_had_acknowledged_is_sent_again(server: ModelServer) -> None:
    """REQUEUE: settled, not yet visible, and then the server goes back to before it."""
    filled(server)
    phone = device(server, server.enrol("li"))
    phone.sync()
    backup = server.backup()
    server.page = 1
    server.put("customers", "li", name="x")
    server.put("customers", "li", name="y")
    mine = phone.create("customers", {"name": "mine"})
    phone.exchange_once()
    assert len(phone.settled) == 1
    server.restore(backup)
    server.page = 100
    assert phone.exchange_once().step == Step.MORE
    assert ([entry.n for entry in phone.queue], phone.settled) == ([1], [])
    assert mine in phone.rows("customers")
    assert phone.sync().step == Step.DONE
    assert names(phone) == ["c0", "c1", "c2", "c3", "c4", "mine"]


def test_what_an_older_enrolment_had_acknowledged_goes_with_its_history(server: ModelServer) -> None:
    filled(server)
    phone = device(server, server.enrol("li"))
    phone.sync()
    later = server.enrol("li")
    backup = server.backup()
    server.page = 1
    server.put("customers", "li", name="x")
    phone.create("customers", {"name": "mine"})
    phone.exchange_once()
    phone.reenrol(later)
    server.restore(backup)
    server.page = 100
    assert phone.sync().step == Step.DONE
    assert (phone.queue, phone.settled) == ([], [])
    assert len(names(phone)) == 5
