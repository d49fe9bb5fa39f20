"""Comparing with the server: digests, mending of single buckets, and the wait for news."""

from typing import Any

from sync_protocol.phone import Step
from tests.sync_protocol.devices import device, filled, names
from tests.sync_protocol.model_server import ModelServer


def test_digests_are_of_what_is_held_by_bucket(server: ModelServer) -> None:
    filled(server, 3)
    server.put("notes", "wang", customer="x", text="hi")
    phone = device(server, server.enrol("boss", "own:li", "all"))
    phone.sync()
    phone.create("customers", {"name": "not adopted"})
    held = {bucket: digest.to_wire() for bucket, digest in phone.digest().items()}
    assert held == server.digests(phone.enrolment or "")
    assert held["own:li"]["rows"] == 3


def test_divergence_is_mended_bucket_by_bucket(server: ModelServer) -> None:
    rows = filled(server, 3)
    phone = device(server, server.enrol("boss", "own:li", "all", "own:wang"))
    phone.sync()
    assert phone.verify() == []
    held = phone._store.storage.read("rows:customers", rows[0])
    lost = {**held, "version": 7, "values": {**held["values"], "name": "wrong"}}
    ghost = {**held, "buckets": ["own:wang"]}
    phone._store.storage.write([("rows:customers", rows[0], lost), ("rows:customers", "ghost", ghost)])
    phone._store.storage.write([("rows:customers", rows[1], None)])
    assert phone.verify() == ["all", "own:li", "own:wang"]
    assert names(phone) == ["c0", "c2", "wrong"], "wrong rows stay on show until the right ones are whole"
    assert phone.verify() is None, "not twice while the first mending is under way"
    line: Any = phone._transport
    line.requests.clear()
    assert phone.sync().step == Step.DONE
    assert phone.adopted("customers") == server.visible(phone.enrolment or "", "customers")
    assert phone.verify() == []


def test_only_the_differing_bucket_is_read_again(server: ModelServer) -> None:
    filled(server, 3)
    phone = device(server, server.enrol("boss", "own:li", "all"))
    phone.sync()
    phone._store.storage.write(
        [("rows:customers", "ghost", {"version": 1, "values": {"name": "g"}, "buckets": ["own:li"]})]
    )
    assert phone.verify() == ["own:li"]
    assert set(phone.prepare().body["pull"]["cursor"]["buckets"]) == {"all"}


def test_digests_of_different_heads_say_nothing(server: ModelServer) -> None:
    filled(server, 1)
    phone = device(server, server.enrol("li"))
    phone.sync()
    filled(server, 1)
    assert phone.verify() is None
    phone._transport = device(server, None, plan=lambda _: "down")._transport
    assert phone.verify() is None


def test_waiting_asks_with_the_adopted_head(server: ModelServer) -> None:
    filled(server, 1)
    phone = device(server, server.enrol("li"))
    phone.sync()
    line: Any = phone._transport
    assert phone.wait() is False
    assert line.requests[-1] == {"path": f"/mobile/v1/wait?head={server.head}"}
    filled(server, 1)
    assert phone.wait() is True
    line.plan = lambda _: "down"
    assert phone.wait() is False
