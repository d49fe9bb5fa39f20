"""Rate limits: exact counts, shared or not, that fail towards letting people work."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits.errors import ConfigurationError

from server.config import BadSettings, Settings
from server.core import limits
from server.core.limits import (
    LOGIN_PER_ACCOUNT,
    LOGIN_PER_ADDRESS,
    RATES,
    SILENCE_SECONDS,
    Limits,
    MemoryWindow,
    Rate,
    address_key,
    rate,
)
from server.core.problems import Refused

THREE = Rate("three", 3, 10, per="test")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_fourth_waits_until_the_first_has_left_the_window() -> None:
    clock = Clock()
    window = MemoryWindow(clock)
    for _ in range(3):
        assert window.hit(THREE, "a") == 0
        clock.now += 1
    assert window.hit(THREE, "a") == 7
    assert window.hit(THREE, "b") == 0
    clock.now += 7
    assert window.hit(THREE, "a") == 0
    assert window.hit(THREE, "a") == 1


@given(st.lists(st.floats(0, 8), max_size=60))
def test_no_window_ever_holds_more_than_the_limit(pauses: list[float]) -> None:
    clock = Clock()
    window = MemoryWindow(clock)
    taken: list[float] = []
    for pause in pauses:
        clock.now += pause
        wait = window.hit(THREE, "a")
        within = [each for each in taken if each > clock.now - 10]
        assert (wait == 0) == (len(within) < 3)
        assert wait == 0 or wait == pytest.approx(within[0] + 10 - clock.now)
        if wait == 0:
            taken.append(clock.now)


def test_what_is_refused_does_not_count() -> None:
    clock = Clock()
    window = MemoryWindow(clock)
    for _ in range(100):
        window.hit(THREE, "a")
    clock.now += 10
    assert window.hit(THREE, "a") == 0


def test_a_flood_of_keys_does_not_fill_the_memory() -> None:
    window = MemoryWindow(Clock(), max_keys=100)
    for _ in range(3):
        window.hit(THREE, "busy")
    for number in range(500):
        window.hit(THREE, str(number))
        assert window.hit(THREE, "busy") > 0  # in use, so not forgotten
    assert len(window._hits) == 100


def test_threads_do_not_slip_through() -> None:
    window = MemoryWindow(Clock())
    many = Rate("many", 500, 10, per="test")
    taken: list[float] = []

    def run() -> None:
        taken.extend(window.hit(many, "a") for _ in range(250))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(0) == 500


def test_the_refusal_says_how_long_and_which() -> None:
    clock = Clock()
    subject = Limits(own=MemoryWindow(clock))
    for _ in range(3):
        subject.hit(THREE, "demo", "li.wang")
    clock.now += 0.5
    with pytest.raises(Refused) as caught:
        subject.hit(THREE, "demo", "li.wang")
    assert caught.value.params == {"retry_after": 10, "limit": "three"}
    subject.hit(THREE, "demo", "na.sun")


def test_keys_do_not_run_together_and_are_not_kept_as_they_are() -> None:
    window = MemoryWindow(Clock())
    subject = Limits(own=window)
    subject.hit(THREE, "a", "bc")
    subject.hit(THREE, "ab", "c")
    subject.hit(THREE, "\ud800")
    assert len(window._hits) == 3
    assert all(len(key) == 32 for _, key in window._hits)


class Broken:
    def __init__(self) -> None:
        self.asked = 0

    def hit(self, rate: Rate, key: str) -> float:
        self.asked += 1
        raise ConnectionError("redis is away")


def test_when_the_shared_count_fails_each_process_counts_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    broken = Broken()
    subject = Limits(broken, own=MemoryWindow(clock))
    for _ in range(3):
        subject.hit(THREE, "a")
    with pytest.raises(Refused):
        subject.hit(THREE, "a")
    assert broken.asked == 1  # left alone for a while, so that not every sign-in waits for it
    clock.now += SILENCE_SECONDS
    subject.hit(THREE, "a")
    assert broken.asked == 2


def test_a_shared_count_is_asked_instead_of_our_own() -> None:
    class Shared:
        def hit(self, rate: Rate, key: str) -> float:
            return 4.2

    with pytest.raises(Refused) as caught:
        Limits(Shared()).hit(THREE, "a")
    assert caught.value.params["retry_after"] == 5


def test_switched_off_nothing_is_counted() -> None:
    subject = Limits.from_settings(Settings(rate_limits=False, redis_url="redis://127.0.0.1:1"))
    for _ in range(100):
        subject.hit(LOGIN_PER_ACCOUNT, "a")


def test_redis_without_its_package_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*args: Any, **kwargs: Any) -> Any:
        raise ConfigurationError("'redis' prerequisite not available")

    monkeypatch.setattr(limits, "storage_from_string", missing)
    with pytest.raises(BadSettings, match="redis"):
        Limits.from_settings(Settings(redis_url="redis://127.0.0.1:6379"))


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis of one's own (DOORSTEP_TEST_REDIS_URL), or one started here; skipped where there is no server."""
    given = os.environ.get("DOORSTEP_TEST_REDIS_URL")
    if given:
        yield given
        return
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("no redis-server on this machine")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        binary,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        str(tmp_path),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


def test_redis_shares_the_count_of_two_processes(redis_url: str) -> None:
    one, other = (Limits.from_settings(Settings(redis_url=redis_url)) for _ in range(2))
    for subject in (one, other, one):
        subject.hit(THREE, "a")
    with pytest.raises(Refused) as caught:
        other.hit(THREE, "a")
    assert 9 <= int(str(caught.value.params["retry_after"])) <= 10


def test_the_figures_are_those_of_the_security_page() -> None:
    found = {each.name: (each.amount, each.seconds) for each in RATES.values()}
    assert found["login-account"] == (5, 60)
    assert found["login-address"] == (20, 60)
    assert found["enrol-code"] == (5, 600)
    assert found["refresh-device"] == (30, 3600)
    assert found["push-device"] == (120, 60)
    assert found["scan-kiosk"] == (60, 60)
    assert found["export-person"] == (3, 86400)


def test_a_limit_is_declared_once() -> None:
    with pytest.raises(ValueError, match="login-address"):
        rate(LOGIN_PER_ADDRESS.name, 1, 1, per="test")


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, "unknown"),
        ("", "unknown"),
        ("evil", "unknown"),
    ],
)
def test_an_address_stands_for_one_customer(address: str | None, key: str) -> None:
    assert address_key(address) == key
