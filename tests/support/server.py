"""The real web server as a process of its own, on a free port of this machine, that can be killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.databases import Database

ROOT = Path(__file__).parents[2]
_PATIENCE = 60


class Server:
    """`doorstep serve` over one database. The same keys and port each time it starts."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "server.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DOORSTEP_")},
            "DOORSTEP_DATABASE_URL": database.app_url,
            "DOORSTEP_MIGRATION_DATABASE_URL": database.owner_url,
            "DOORSTEP_KEYS_DIR": str(folder / "keys"),
            "DOORSTEP_BLOB_DIR": str(folder / "blobs"),
            "DOORSTEP_PUBLIC_URL": self.url,
            "DOORSTEP_HOST": "127.0.0.1",
            "DOORSTEP_PORT": str(self.port),
            "DOORSTEP_URL": self.url,
            "DOORSTEP_DEMO": "1",
            "DOORSTEP_RATE_LIMITS": "0",
            "DOORSTEP_LOG_LEVEL": "error",
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[bytes] | None = None

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another command of `doorstep` beside the server."""
        return subprocess.run(
            [sys.executable, "-m", "server.cli", *words],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self._process = self._spawn("serve")
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):  # noqa: S310 - our own address
                    return
            except (urllib.error.URLError, OSError):
                assert self._process.poll() is None, self._log.read_text()
                time.sleep(0.1)
        raise AssertionError(f"the server did not come up:\n{self._log.read_text()}")

    def start_worker(self) -> None:
        """Start a worker beside it."""
        self._worker = self._spawn("worker")

    def kill(self) -> None:
        """kill -9 of all its processes, as a power cut would."""
        for process in (self._process, self._worker):
            if process is not None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._process = self._worker = None

    def _spawn(self, command: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "server.cli", command],
                cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip


@contextmanager
def server(database: Database, folder: Path) -> Iterator[Server]:
    """A server over that database, not started yet; killed at the end."""
    made = Server(database, folder)
    try:
        yield made
    finally:
        made.kill()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
