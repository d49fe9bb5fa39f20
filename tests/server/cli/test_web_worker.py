"""The web worker against clients that are slow, broken or many: they are cut off, and a well-behaved one notices nothing."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HEAD = 1.0
"""Seconds for a head, and of grace, in these tests; ten in the product."""

PROGRAM = """
import sys, time
from gunicorn.app.base import BaseApplication
from server.cli import web_worker
web_worker.HEAD_SECONDS = web_worker.GRACE_SECONDS = float(sys.argv[2])
web_worker.PACE = 4096
web_worker.adapt_gunicorn()

def app(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        time.sleep(1.5)
    if environ["PATH_INFO"] == "/large":
        start_response("200 OK", [("Content-Length", "50000000")])
        return [b"x" * 1_000_000] * 50
    try:
        body = environ["wsgi.input"].read()
    except OSError:
        start_response("400 Bad Request", [("Content-Length", "0")])
        return [b""]
    start_response("200 OK", [("Content-Length", str(len(body) + 2))])
    return [b"ok" + body]

class Server(BaseApplication):
    def load_config(self):
        for name, value in {"bind": f"127.0.0.1:{sys.argv[1]}", "threads": 4, "worker_class": web_worker.PatientWorker,
            "control_socket_disable": True, "loglevel": "warning", "logger_class": web_worker.QuietLog, "keepalive": 5,
            "limit_request_line": 8190, "graceful_timeout": 10}.items():
            self.cfg.set(name, value)
    def load(self):
        return app

Server().run()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[subprocess.Popen[bytes]]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(port), str(HEAD)], cwd=ROOT)
    process.port = port  # type: ignore[attr-defined]
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield process
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


Dial = Callable[[], socket.socket]


@pytest.fixture
def dial(server: subprocess.Popen[bytes]) -> Dial:
    def dialled() -> socket.socket:
        return socket.create_connection(("127.0.0.1", server.port), timeout=20)  # type: ignore[attr-defined]

    return dialled


def ask(dial: Dial, request: bytes) -> bytes:
    """The whole answer to a request after which the connection is closed."""
    with closing(dial()) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
        return answer


GOOD = b"GET /quick HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class Probe:
    """A well-behaved client that asks all the time. slowest: of its answers, in seconds."""

    def __init__(self, dial: Dial) -> None:
        self.slowest = 0.0
        self._dial = dial
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._stop.wait(0.02):
            begun = time.monotonic()
            assert ask(self._dial, GOOD).endswith(b"ok")
            self.slowest = max(self.slowest, time.monotonic() - begun)

    def __enter__(self) -> Probe:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def test_an_answer_does_not_say_what_runs_here(dial: Dial) -> None:
    answer = ask(dial, GOOD)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nServer:" not in answer


def test_heads_that_drip_cost_no_thread(dial: Dial) -> None:
    drips = [dial() for _ in range(50)]
    begun = time.monotonic()
    with Probe(dial) as probe:
        for connection in drips:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        while time.monotonic() - begun < HEAD + 2.5:
            for connection in drips:
                try:
                    connection.sendall(b"x")
                except OSError:
                    connection.close()
            drips = [each for each in drips if each.fileno() != -1]
            time.sleep(0.1)
    assert drips == [], "not cut off"
    assert probe.slowest < 0.9


def test_a_body_that_drips_is_cut_off(dial: Dial) -> None:
    with closing(dial()) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n")
        begun, answer = time.monotonic(), b""
        connection.settimeout(0.1)
        while not answer:
            assert time.monotonic() - begun < 10, "not cut off"
            connection.sendall(b"x")
            with contextlib.suppress(TimeoutError):
                answer = connection.recv(1000)
        assert answer.startswith(b"HTTP/1.1 400")


def test_a_slow_network_is_no_attack(dial: Dial) -> None:
    body = b"x" * 20_000
    with closing(dial()) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 20000\r\n\r\n")
        for start in range(0, len(body), 1000):
            connection.sendall(body[start : start + 1000])
            time.sleep(0.15)  # 6,700 bytes a second, for three times the grace
        assert connection.recv(15) == b"HTTP/1.1 200 OK"


def test_an_answer_that_nobody_takes_is_given_up(dial: Dial) -> None:
    with closing(dial()) as connection, Probe(dial) as probe:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(2)
    assert probe.slowest < 0.9


def test_requests_follow_one_another_on_a_connection(dial: Dial) -> None:
    with closing(dial()) as connection:
        for n in range(5):
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n" + str(n).encode())
            answer = b""
            while b"ok" not in answer:
                answer += connection.recv(1000)
            assert answer.endswith(b"ok" + str(n).encode())
            time.sleep(0.1)
    both = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + GOOD
    assert ask(dial, both).count(b"200 OK") == 2


def test_a_request_in_two_parts_is_one_request(dial: Dial) -> None:
    with closing(dial()) as connection:
        for part in (
            b"PO",
            b"ST / HTTP/1.1\r\nHost: x\r",
            b"\nConnection: close\r\nContent-Length: 2\r\n\r",
            b"\nh",
            b"i",
        ):
            connection.sendall(part)
            time.sleep(0.1)
        answer = b""
        while data := connection.recv(1000):
            answer += data
    assert answer.endswith(b"okhi")


@pytest.mark.parametrize(
    ("request_bytes", "status", "code"),
    [
        (b"NONSENSE\r\n\r\n", 400, "core.bad-request"),
        (b"GET / HTTP/1.1\r\nHost x\r\n\r\n", 400, "core.bad-request"),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "core.uri-too-long"),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431, "core.headers-too-large"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", 431, "core.headers-too-large"),
    ],
    ids=["nonsense", "no-colon", "line", "fields", "field"],
)
def test_what_is_no_request_is_answered_with_a_problem(
    dial: Dial, request_bytes: bytes, status: int, code: str
) -> None:
    head, _, body = ask(dial, request_bytes).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"application/problem+json" in head
    assert json.loads(body)["code"] == code
    assert b"NONSENSE" not in body


def test_a_broken_chunk_is_the_callers_fault(dial: Dial) -> None:
    answer = ask(dial, b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
    assert answer.startswith(b"HTTP/1.1 400")
