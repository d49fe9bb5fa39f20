"""A handheld that sends files by tus 1.0 over real HTTP, as docs/protocol.md tells it; and a line that is cut again and again."""

from __future__ import annotations

import base64
import contextlib
import random
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests

from server.cli.device_key import DeviceKey
from sync_protocol.ids import new_id
from tests.support.pictures import sha256

CHUNK = 256 * 1024
PATIENCE = 90


@dataclass
class TusClient:
    """A person's handheld. at: the address it sends to, which may be a line to the server that is at `home`.

    cuts: how often no answer was heard to a part. resumed: how much of each such part had arrived.
    """

    home: str
    at: str
    username: str = "li.wang"
    chunk: int = CHUNK
    token: str = ""
    cuts: int = 0
    resumed: list[int] = field(default_factory=list)

    def sign_in(self) -> None:
        """Enrol, past the line."""
        key, path = DeviceKey.generate(), f"{self.home}/mobile/v1/session"
        device: dict[str, Any] = {
            "installation": new_id(), "name": "Pixel 9", "platform": "web", "app_version": "1.0", "schema": 1,
            "key": key.jwk(),
        }  # fmt: skip
        parts = {"organisation": "demo", "username": self.username, "password": "doorstep-demo"}
        proof = key.sign_proof("POST", path, datetime.now(UTC), refresh_token=None)
        answer = requests.post(path, json={**parts, "device": device}, headers={"DPoP": proof}, timeout=60)
        assert answer.status_code == 201, answer.text
        self.token = answer.json()["access_token"]

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **given: Any) -> requests.Response:
        """One request through the line. Raises requests.ConnectionError when no answer is heard."""
        told = {"Authorization": f"Bearer {self.token}", "Tus-Resumable": "1.0.0", **(headers or {})}
        return requests.request(method, self.at + path, headers=told, timeout=60, **given)

    def begin(self, raw: bytes) -> requests.Response:
        """Create the upload, or find it again."""
        metadata = f"sha256 {base64.b64encode(sha256(raw).encode()).decode()}"
        return self.ask("POST", "/mobile/v1/files", {"Upload-Length": str(len(raw)), "Upload-Metadata": metadata})

    def add(self, place: str, offset: int, data: Any) -> requests.Response:
        """Send a part."""
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        return self.ask("PATCH", place, headers, data=data)

    def send(self, raw: bytes) -> str:
        """Send a file whatever becomes of the line. Returns where its upload is."""
        place, offset = self._again(lambda: self.begin(raw))
        while offset < len(raw):
            part = raw[offset : offset + self.chunk]
            try:
                answer = self.add(place, offset, part)
            except requests.RequestException:
                self.cuts += 1
                known = offset
                _, offset = self._again(lambda: self.ask("HEAD", place))
                assert offset >= known, "what was acknowledged is gone"
                self.resumed.append(offset - known)
                continue
            if answer.status_code == 409:  # what came of a cut part was taken in after we had asked how far it is
                _, offset = self._again(lambda: self.ask("HEAD", place))
                continue
            assert answer.status_code == 204, answer.text
            offset = int(answer.headers["Upload-Offset"])
        return place

    def _again(self, asked: Any) -> tuple[str, int]:
        """Ask until there is an answer; wait while another request has the upload."""
        until = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(requests.RequestException):
                answer = asked()
                if answer.status_code in (200, 201):
                    return answer.headers.get("Location", ""), int(answer.headers["Upload-Offset"])
                assert answer.status_code in (423, 503), (answer.status_code, answer.text)
            assert time.monotonic() < until, "no answer any more"
            time.sleep(0.05)


class CuttingLine:
    """A line to a port of this machine, cut after so many bytes of a connection went up: with a farewell, or without.

    carried: bytes that went up, those of cut parts included. done: how many cuts there were.
    """

    def __init__(self, port: int, cuts: list[int]) -> None:
        self._target = port
        self._cuts = list(cuts)
        self._lock = threading.Lock()
        self.done = self.carried = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._accepting = threading.Thread(target=self._serve, daemon=True)
        self._accepting.start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join(10)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        seen = 0
        with client, contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._target)) as server:
            while True:
                for source in select.select([client, server], [], [], 60)[0]:
                    data = source.recv(16 * 1024)
                    if not data:
                        return
                    if source is client:
                        seen += len(data)
                        if self._is_cut(seen, len(data)):
                            if self.done % 2:  # as a router does that forgot the connection
                                for each in (client, server):
                                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                            return
                    (server if source is client else client).sendall(data)

    def _is_cut(self, seen: int, more: int) -> bool:
        with self._lock:
            self.carried += more
            if not self._cuts or seen < self._cuts[0]:
                return False
            self._cuts.pop(0)
            self.done += 1
            return True


@contextmanager
def cutting_line(port: int, cuts: int, seed: int = 1) -> Iterator[CuttingLine]:
    """A line with so many cuts, each somewhere in a part."""
    places = random.Random(seed)
    made = CuttingLine(port, [places.randint(2_000, CHUNK) for _ in range(cuts)])
    try:
        yield made
    finally:
        made.close()
