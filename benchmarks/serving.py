"""The real server, as `doorstep serve` makes it, with one more route: what the cheapest authenticated answer costs.

`python -m benchmarks.serving` runs it; `running(environment)` starts it as a process of its own.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
from flask import Response

from server.cli.serve import Server
from server.cli.terminal import settings
from server.cli.web_worker import adapt_gunicorn
from server.core.declare import signed_in

CONSTANT = "/benchmarks/constant"
_BODY = b'{"answer":42,"text":"the same for everybody, without asking the database for anything but the session"}'
ROOT = Path(__file__).resolve().parent.parent


@signed_in
def constant() -> Response:
    """The same answer each time, behind the same door as all others."""
    return Response(_BODY, content_type="application/json")


class MeasuredServer(Server):
    """The product's server and the constant route."""

    def load(self) -> Any:
        app = super().load()
        app.add_url_rule(CONSTANT, view_func=constant)
        return app


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers. worker: its web process."""

    port: int
    worker: psutil.Process


@contextlib.contextmanager
def running(environment: Mapping[str, str], log: Path) -> Iterator[Running]:
    """Start the server, wait until it is ready, and stop it afterwards. Its log lines go to a file, as in life."""
    port = free_port()
    with log.open("w") as lines:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.serving"],
            cwd=ROOT,
            env={**os.environ, **environment, "DOORSTEP_PORT": str(port)},
            stdout=lines,
            stderr=lines,
        )
        try:
            _wait(process, port, log)
            yield Running(port, psutil.Process(process.pid).children()[0])
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-4000:]}")


if __name__ == "__main__":
    adapt_gunicorn()
    MeasuredServer(settings()).run()
