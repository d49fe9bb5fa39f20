"""Ids: their form, their order, and that nothing makes two alike."""

import os
import secrets
import threading
import time
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_protocol import ids
from sync_protocol.ids import is_id, new_id

NOW = 1_760_000_000_000


def test_an_id_is_a_canonical_uuid7_that_carries_its_millisecond() -> None:
    text = new_id(NOW)
    parsed = uuid.UUID(text)
    assert str(parsed) == text
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert parsed.int >> 80 == NOW


def test_without_a_time_the_clock_is_taken() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid.UUID(new_id()).int >> 80
    assert before <= made <= time.time_ns() // 1_000_000 + 1000


def test_ids_rise_within_the_process() -> None:
    made = [new_id() for _ in range(5000)]
    assert made == sorted(set(made))


def test_ids_rise_when_the_clock_steps_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = new_id()
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now - 3_600_000_000_000)
    assert new_id() > first


def test_a_simulated_clock_does_not_drag_the_process_along() -> None:
    new_id(NOW + 10**11)
    assert uuid.UUID(new_id()).int >> 80 < NOW + 10**11


@given(st.lists(st.integers(min_value=0, max_value=3), max_size=50))
def test_ids_of_a_given_time_rise_while_it_does_not_fall(steps: list[int]) -> None:
    now, made = NOW, []
    for step in steps:
        now += step
        made.append(new_id(now))
    assert made == sorted(set(made))


def test_a_full_millisecond_runs_over_into_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "randbits", lambda bits: 0)
    mint = ids._Mint(clings=True)
    mint.next(5)
    mint._tail = ids._TAIL_TOP - 1
    assert mint.next(5)[0] == 6
    assert mint.next(5)[0] == 6, "once over, it stays there until the clock has caught up"


def test_threads_never_get_the_same() -> None:
    made: list[str] = []

    def work() -> None:
        made.extend([new_id() for _ in range(2000)])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 16_000


def test_only_one_thread_counts_at_a_time() -> None:
    mint = ids._Mint(clings=True)
    with mint._lock:
        thread = threading.Thread(target=mint.next, args=(5,))
        thread.start()
        thread.join(0.05)
        assert thread.is_alive()
    thread.join()


def test_a_forked_child_starts_afresh() -> None:
    mint = ids._Mint(clings=True)
    mint.next(9)
    mint._lock.acquire()  # another thread's, at the moment of the fork
    mint.forget()
    assert mint.next(5)[0] == 5


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forked_children_get_their_own() -> None:
    ids._by_clock.next(2**47)  # a state that would show
    read, write = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - in the child
        os.write(write, new_id().encode())
        os._exit(0)
    os.waitpid(child, 0)
    text = os.read(read, 36).decode()
    ids._by_clock.forget()
    assert uuid.UUID(text).int >> 80 < 2**47


@pytest.mark.parametrize("ms", [0, 2**48 - 1])
def test_the_first_and_the_last_time_fit(ms: int) -> None:
    assert uuid.UUID(new_id(ms)).int >> 80 == ms


@pytest.mark.parametrize("ms", [-1, 2**48])
def test_a_time_that_does_not_fit_is_refused(ms: int) -> None:
    with pytest.raises(ValueError, match="UUIDv7"):
        new_id(ms)


@pytest.mark.parametrize(
    "text",
    [
        "0199c1a0-0000-7000-8000-000000000001",
        "0199c1a0-0000-7000-b000-000000000001",
        "f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
    ],
)
def test_canonical_uuids_are_ids(text: str) -> None:
    assert is_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "0199C1A0-0000-7000-8000-000000000001",
        "0199c1a000007000800000000000 0001",
        "0199c1a0000070008000000000000001",
        "{0199c1a0-0000-7000-8000-000000000001}",
        "urn:uuid:0199c1a0-0000-7000-8000-000000000001",
        "0199c1a0-0000-7000-8000-00000000000",
        "0199c1a0-0000-7000-8000-000000000001\n",
        "0199c1a0-0000-7000-8000-00000000000１",
        "0199c1a0-0000-7000-c000-000000000001",
        "0199c1a0-0000-0000-8000-000000000001",
        "0199c1a0-0000-9000-8000-000000000001",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "",
        None,
        7,
        b"0199c1a0-0000-7000-8000-000000000001",
    ],
)
def test_anything_else_is_none(text: object) -> None:
    assert not is_id(text)
