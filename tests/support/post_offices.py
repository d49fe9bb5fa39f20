"""A mail server and a gateway for text messages on this machine. Both remember what they took and can be told to refuse."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from benchmarks.serving import free_port
from tests.support.push_services import Reply


@dataclass
class MailServer:
    """answers: SMTP answers to DATA, one after the other, the last one for ever; rcpt: the same to RCPT TO."""

    port: int = field(default_factory=free_port)
    mails: list[Any] = field(default_factory=list)
    answers: list[str] = field(default_factory=lambda: ["250 OK"])
    rcpt: list[str] = field(default_factory=lambda: ["250 OK"])
    hang_up: bool = False

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt.pop(0) if len(self.rcpt) > 1 else self.rcpt[0]
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer.startswith("2"):
            self.mails.append(message_from_bytes(envelope.original_content or b"", policy=policy.default))
        if self.hang_up:
            cast(asyncio.Transport, server.transport).abort()
        return answer

    @contextmanager
    def serving(self) -> Iterator[MailServer]:
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()


class TextGateway:
    """replies: answers one after the other, the last one for ever. It refuses whoever does not know its token."""

    TOKEN = "gateway-token"

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.replies: list[Reply] = [Reply(202, {"id": "1"})]
        gateway = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.headers["Authorization"] != f"Bearer {gateway.TOKEN}":
                    self.send_error(401)
                    return
                assert self.headers["Idempotency-Key"] == body["id"]
                reply = gateway.replies.pop(0) if len(gateway.replies) > 1 else gateway.replies[0]
                if reply.status < 300:
                    gateway.taken.append(body)
                time.sleep(reply.delay)
                if reply.cut:
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing on the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/messages"

    @contextmanager
    def serving(self) -> Iterator[TextGateway]:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
