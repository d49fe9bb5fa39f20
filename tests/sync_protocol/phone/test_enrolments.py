"""Numbers and enrolments: gaps, numbers given out twice, and going on under a new enrolment."""

import pytest

from sync_protocol.phone import Step
from sync_protocol.verdicts import Verdict
from tests.sync_protocol.devices import ask, device, numbers
from tests.sync_protocol.model_server import ModelServer


def test_a_verdict_for_an_old_enrolment_is_not_taken(server: ModelServer) -> None:
    phone = device(server, server.enrol("li"))
    phone.create("customers", {"name": "a"})
    request = phone.prepare()
    answer = ask(server, request.body)
    phone.reenrol(server.enrol("li"))
    phone.receive(request, *answer)
    assert numbers(phone) == [1]
    assert phone.sync().step == Step.DONE
    assert server.effects == 1, "the second create was a duplicate"


def test_a_gap_is_answered_by_sending_what_the_server_lost(server: ModelServer) -> None:
    """GAP: the server was restored; what it had acknowledged and the device still shows on top is sent again."""
    for number in range(4):
        server.put("customers", "li", name=f"c{number}")
    phone = device(server, server.enrol("li"))
    backup = server.backup()
    server.page = 1
    rows = [phone.create("customers", {"name": name}) for name in "ab"]
    phone.exchange_once()
    assert (numbers(phone), len(phone.settled)) == ([], 2)
    server.restore(backup)
    server.page = 100
    rows.append(phone.create("customers", {"name": "c"}))
    exchanged = phone.exchange_once()
    assert (exchanged.step, exchanged.code, exchanged.params) == (Step.MORE, "sync.gap", {"expected": 1})
    assert numbers(phone) == [1, 2, 3]
    assert phone.sync().step == Step.DONE
    assert set(rows) <= set(phone.adopted("customers"))
    assert server.effects == 3


def test_a_gap_the_device_can_not_fill_needs_a_new_enrolment(server: ModelServer) -> None:
    phone = device(server, server.enrol("li"))
    backup = server.backup()
    phone.create("customers", {"name": "a"})
    phone.sync()
    server.restore(backup)
    with phone.transaction():
        first = phone.create("customers", {"name": "b"})
        phone.update("customers", first, {"grade": "A"})
    phone.create("customers", {"name": "c"})
    assert phone.sync().step == Step.ENROL
    assert numbers(phone) == [2, 3, 4]
    phone.reenrol(server.enrol("li"))
    assert [(entry.n, entry.group) for entry in phone.queue] == [(1, 1), (2, 1), (3, 2)]
    assert phone.sync().step == Step.DONE
    assert [row["name"] for row in phone.adopted("customers").values()] == ["b", "c"]
    phone.create("customers", {"name": "d"})
    assert [(entry.n, entry.group) for entry in phone.queue] == [(4, 3)]
    assert phone.sync().step == Step.DONE


def test_only_what_the_server_lost_is_pending_again(server: ModelServer) -> None:
    for number in range(4):
        server.put("customers", "li", name=f"c{number}")
    server.page = 1
    phone = device(server, server.enrol("li"))
    for name in "ab":
        phone.create("customers", {"name": name})
    phone.exchange_once()
    phone.create("customers", {"name": "c"})
    assert [entry.n for entry in phone.settled] == [1, 2]
    assert phone.receive(phone.prepare(), 409, {}, b'{"code": "sync.gap", "params": {"expected": 2}}').step == Step.MORE
    assert ([entry.n for entry in phone.settled], numbers(phone)) == ([1], [2, 3])


def test_a_gap_that_contradicts_itself_blocks(server: ModelServer) -> None:
    phone = device(server, server.enrol("li"))
    phone.create("customers", {"name": "a"})
    request = phone.prepare()
    problem = b'{"code": "sync.gap", "params": {"expected": 1}}'
    assert phone.receive(request, 409, {}, problem).step == Step.BLOCKED
    assert numbers(phone) == [1]


def test_a_gap_from_before_a_new_enrolment_is_nothing_to_it(server: ModelServer) -> None:
    phone = device(server, server.enrol("li"))
    phone.create("customers", {"name": "a"})
    request = phone.prepare()
    phone.reenrol(server.enrol("li"))
    assert phone.receive(request, 409, {}, b'{"code": "sync.gap", "params": {"expected": 9}}').step == Step.MORE


def test_a_restored_device_finishes_what_is_known_and_then_takes_a_new_enrolment(server: ModelServer) -> None:
    """REUSED-N: its store is older than what it sent; numbers it gives out again have another content."""
    phone = device(server, server.enrol("li"))
    kept = phone.create("customers", {"name": "a"})
    backup = phone._store.storage.snapshot()  # type: ignore[attr-defined]
    phone.create("customers", {"name": "b"})
    phone.sync()
    restored = device(server, phone.enrolment, storage=backup)
    assert numbers(restored) == [1]
    with restored.transaction():
        late = restored.create("customers", {"name": "c"})
        restored.update("customers", late, {"grade": "A"})
    exchanged = restored.exchange_once()
    assert (exchanged.step, exchanged.code, exchanged.params) == (Step.MORE, "sync.reused-n", {"n": 2})
    assert restored.exchange_once().step == Step.MORE
    assert numbers(restored) == [2, 3], "the first was answered from the ledger"
    assert restored.sync().step == Step.ENROL
    assert numbers(restored) == [2, 3]
    restored.reenrol(server.enrol("li"))
    assert restored.sync().step == Step.DONE
    names = {row: held["name"] for row, held in restored.adopted("customers").items()}
    assert sorted(names.values()) == ["a", "b", "c"]
    assert {kept, late} <= set(names)
    assert server.effects == 4
    with restored.transaction():
        restored.create("customers", {"name": "d"})
    assert restored.sync().step == Step.DONE


def test_reused_n_for_a_number_that_was_not_sent_blocks(server: ModelServer) -> None:
    phone = device(server, server.enrol("li"))
    phone.create("customers", {"name": "a"})
    problem = b'{"code": "sync.reused-n", "params": {"n": 7}}'
    assert phone.receive(phone.prepare(), 409, {}, problem).step == Step.BLOCKED


def test_the_enrolment_in_use_keeps_its_numbers(server: ModelServer) -> None:
    phone = device(server, server.enrol("li"))
    phone.create("customers", {"name": "a"})
    phone.sync()
    phone.create("customers", {"name": "b"})
    phone.reenrol(phone.enrolment or "")
    assert numbers(phone) == [2]


def test_edits_made_before_the_first_sign_in_are_numbered_at_it(server: ModelServer) -> None:
    phone = device(server, None)
    phone.create("customers", {"name": "a"})
    phone.create("customers", {"name": "b"})
    with pytest.raises(RuntimeError):
        phone.prepare()
    phone.reenrol(server.enrol("li"))
    assert [(entry.n, entry.group, entry.enrolment) for entry in phone.queue] == [
        (1, 1, phone.enrolment),
        (2, 2, phone.enrolment),
    ]
    assert phone.sync().step == Step.DONE


def test_settled_entries_survive_a_new_enrolment(server: ModelServer) -> None:
    for number in range(4):
        server.put("customers", "li", name=f"c{number}")
    server.page = 1
    phone = device(server, server.enrol("li"))
    row = phone.create("customers", {"name": "mine"})
    phone.exchange_once()
    assert [entry.verdict for entry in phone.settled] == [Verdict.APPLIED.value]
    phone.reenrol(server.enrol("li"))
    assert (phone.queue, row in phone.rows("customers")) == ([], True)
    assert phone.sync().step == Step.DONE
    assert (phone.settled, row in phone.adopted("customers"), server.effects) == ([], True, 1)
