"""`doorstep run`, `serve` and `worker` as processes: what a newcomer and a platform do with them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil
import pytest

from server.cli.demo_day.people import Carrier, DayClock
from tests.support.databases import Database

ROOT = Path(__file__).parents[3]
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        found: int = listening.getsockname()[1]
        return found


@pytest.fixture
def start(tmp_path: Path, port: int) -> Iterator[Start]:
    """start("run", DOORSTEP_…="…"): the command as a process; what is left of it at the end of the test is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(*words: str, **settings: str) -> subprocess.Popen[str]:
        here = {name: value for name, value in os.environ.items() if not name.startswith("DOORSTEP_")}
        usual = {
            "DOORSTEP_DATABASE_URL": f"sqlite:///{tmp_path}/doorstep.sqlite3",
            "DOORSTEP_KEYS_DIR": str(tmp_path / "keys"),
            "DOORSTEP_PORT": str(port),
            "DOORSTEP_LOG_LEVEL": "warning",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", *words],
            cwd=ROOT, env={**here, **usual, **settings}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
        process.communicate(timeout=10)


def call(port: int, method: str, path: str, body: Any = None, token: str | None = None) -> tuple[int, Any]:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(f"http://127.0.0.1:{port}{path}", data, headers, method=method), timeout=20) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def read_until(process: subprocess.Popen[str], word: str) -> str:
    assert process.stdout is not None
    text = ""
    while word not in text:
        line = process.stdout.readline()
        assert line, f"it ended: {text}"
        text += line
    return text


def wait_for(condition: Callable[[], Any], seconds: float = 30) -> Any:
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.1)
    return found


def test_the_whole_product_from_nothing_to_ctrl_c(start: Start, port: int, tmp_path: Path) -> None:
    running = start("run", DOORSTEP_DEMO="1")
    said = read_until(running, "└")
    for word in (f"http://127.0.0.1:{port}/", "/api/v1/docs", "doorstep-demo", "li.wang", "admin", "spy"):
        assert word in said
    assert call(port, "GET", "/readyz")[0] == 200
    status, session = call(
        port, "POST", "/api/v1/session", {"organisation": "demo", "username": "admin", "password": "doorstep-demo"}
    )
    assert status == 201
    token = session["access_token"]
    status, job = call(port, "POST", "/api/v1/audit/verify", token=token)
    assert status == 202
    done = wait_for(
        lambda: (now := call(port, "GET", f"/api/v1/jobs/{job['id']}", token=token)[1])["settled_at"] and now
    )
    assert (done["state"], done["result"]["broken"]) == ("done", None)
    children = psutil.Process(running.pid).children(recursive=True)
    assert len(children) == 3  # gunicorn, its worker, and ours
    running.send_signal(signal.SIGINT)
    assert running.wait(30) == 0
    assert not any(each.is_running() for each in children)

    again = start("run", DOORSTEP_DEMO="1")
    said = read_until(again, "└")
    assert "loading" not in said
    phone = Carrier(f"http://127.0.0.1:{port}", "li.wang", DayClock(datetime.now(UTC)), tmp_path, {})
    phone.sync()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(phone.phone.wait)
        time.sleep(1)
        assert not waiting.done()
        again.send_signal(signal.SIGTERM)
        assert waiting.result(10) is False, "answered at once; left alone, it waits for 20 s at least"
    phone.close()
    assert again.wait(30) == 0


@pytest.mark.parametrize("victim", ["serve", pytest.param("worker", marks=pytest.mark.deep)])
def test_when_one_of_them_ends_the_other_is_stopped(start: Start, victim: str) -> None:
    running = start("run")
    read_until(running, "└")
    children = psutil.Process(running.pid).children(recursive=True)
    next(each for each in children if victim in each.cmdline()).kill()
    out, _ = running.communicate(timeout=30)
    assert running.returncode == 1
    assert f"doorstep {victim} ended with -9" in out
    wait_for(lambda: not any(each.is_running() for each in children))


@pytest.mark.deep
def test_children_do_not_outlive_a_parent_that_is_killed(start: Start) -> None:
    running = start("run")
    read_until(running, "└")
    children = psutil.Process(running.pid).children(recursive=True)
    running.kill()
    wait_for(lambda: not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in children))


def test_a_taken_port_is_said_before_anything_starts(start: Start, port: int, tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", port))):
        out, _ = start("run").communicate(timeout=30)
    assert f"cannot listen on 127.0.0.1:{port}" in out
    assert not (tmp_path / "doorstep.sqlite3").exists()


def test_a_server_answers_what_is_under_way_before_it_stops(start: Start, port: int) -> None:
    assert start("db", "upgrade").wait(30) == 0
    serving = start("serve")
    wait_for(lambda: is_up(port))
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as connection:
        body = b'{"organisation":"x","username":"y","password":"zzzzzzzzzz"}'  # a slow hash
        head = f"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        time.sleep(0.05)
        serving.send_signal(signal.SIGTERM)
        assert connection.recv(12) == b"HTTP/1.1 401"
    assert serving.wait(30) == 0


def is_up(port: int) -> bool:
    try:
        return call(port, "GET", "/healthz")[0] == 200
    except OSError:
        return False


@pytest.mark.parametrize("command", ["serve", pytest.param("worker", marks=pytest.mark.deep)])
def test_neither_starts_on_an_old_schema(start: Start, command: str) -> None:
    out, _ = (process := start(command)).communicate(timeout=30)
    assert process.returncode == 4
    assert "doorstep db upgrade" in out
    assert "Traceback" not in out


@pytest.mark.deep
def test_several_web_processes_count_together(start: Start, database: Database, port: int) -> None:
    if database.kind == "sqlite":
        out, _ = (
            process := start("serve", DOORSTEP_DATABASE_URL=database.app_url, DOORSTEP_WEB_PROCESSES="2")
        ).communicate(timeout=30)
        assert (process.returncode, "WEB_PROCESSES is 1 on SQLite" in out) == (3, True)
        return
    serving = start("serve", DOORSTEP_DATABASE_URL=database.app_url, DOORSTEP_WEB_PROCESSES="2")
    wait_for(lambda: is_up(port))
    for _ in range(20):
        call(port, "GET", "/api/v1/problems")

    def counted() -> int:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
            lines = answer.read().decode().splitlines()
        return sum(
            int(float(line.split()[-1]))
            for line in lines
            if line.startswith("doorstep_http_requests_total") and "problems" in line
        )

    assert counted() == 20
    serving.send_signal(signal.SIGTERM)
    assert serving.wait(30) == 0
