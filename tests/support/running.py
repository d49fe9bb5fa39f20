"""The real web server over a scene, in a process of its own: gunicorn with our worker, limits off, passwords cheap."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from server.accounts.passwords import HashCost
from server.config import Settings
from server.core.clock import SystemClock
from tests.server.accounts.company import CHEAP, Phone
from tests.support import databases
from tests.support.scene import Scene, open_scene
from tests.support.scene_rows import Rows, furnish

ROOT = Path(__file__).parents[2]


@dataclass
class Running:
    """A scene with its server at `url`. The scene's rows are of its own clock, sessions and tokens of the real one."""

    scene: Scene
    rows: Rows
    url: str
    tokens: dict[str, str] = field(default_factory=dict)
    phones: dict[str, Phone] = field(default_factory=dict)

    def token(self, name: str) -> str:
        """The access token of an office session of that person, opened over HTTP."""
        if name not in self.tokens:
            answer = requests.post(f"{self.url}/api/v1/session", json=self.scene.acme.parts(name), timeout=30)
            assert answer.status_code == 201, answer.text
            self.tokens[name] = answer.json()["access_token"]
        return self.tokens[name]

    def phone(self, name: str) -> Phone:
        """That person's handheld, enrolled over HTTP."""
        if name not in self.phones:
            phone = Phone(self.scene.acme)
            path = f"{self.url}/mobile/v1/session"
            proof = phone.key.sign_proof("POST", path, SystemClock().now(), refresh_token=None)
            body: dict[str, Any] = {**self.scene.acme.parts(name), "device": phone.describe()}
            answer = requests.post(path, json=body, headers={"DPoP": proof}, timeout=30)
            assert answer.status_code == 201, answer.text
            phone.answer = answer.json()
            self.phones[name] = phone
        return self.phones[name]


@contextmanager
def running(kind: databases.Kind, folder: Path) -> Iterator[Running]:
    """Found a scene, start the server on it, stop it."""
    with open_scene(kind, folder) as scene:
        furnish(scene)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        settings = scene.services.settings
        told = {
            "DOORSTEP_DATABASE_URL": settings.database_url,
            "DOORSTEP_KEYS_DIR": str(settings.keys_dir),
            "DOORSTEP_BLOB_DIR": str(settings.blob_dir),
            "DOORSTEP_PORT": str(port),
            "DOORSTEP_RATE_LIMITS": "0",
            "DOORSTEP_LANGUAGE": "en",
            "DOORSTEP_LOG_LEVEL": "error",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DOORSTEP_")}
        url = f"http://127.0.0.1:{port}"
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.running"], cwd=ROOT, env={**kept, **told}, stdout=log, stderr=log
            )
            try:
                _wait(process, url, folder / "server.log")
                yield Running(scene, Rows(scene), url)
            finally:
                process.terminate()
                try:
                    process.wait(timeout=60)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            if requests.get(f"{url}/readyz", timeout=5).status_code == 200:
                return
        except requests.ConnectionError:
            pass
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.05)


def serve() -> None:
    """What the process runs: `doorstep serve`, with password hashes of little cost."""
    from server import app as application
    from server.cli import serve as command
    from server.core import logs

    class Server(command.Server):
        def load(self) -> Any:
            made = application.create_app

            def cheap(services: Any, *, cost: HashCost = CHEAP) -> Any:
                return made(services, cost=cost)

            application.create_app = cheap
            return super().load()

    settings = command.here(Settings.from_environment())
    logs.configure(settings.log_format, settings.log_level)
    Server(settings).run()


if __name__ == "__main__":
    serve()
