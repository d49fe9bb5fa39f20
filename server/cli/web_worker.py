"""The web worker: gunicorn's threads, kept from clients that send or read too slowly. Knows sockets, not the product.

A request reaches a thread only when its head has arrived; until then it waits in the event loop and costs a socket. A body
that comes, or an answer that is taken, slower than PACE after a grace is cut off.
"""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
from gunicorn import glogging, util
from gunicorn.http import wsgi
from gunicorn.http.body import Body
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import TConn, ThreadWorker

from server.core import logs
from server.core.problems import BAD_REQUEST, HEADERS_TOO_LARGE, INTERNAL, URI_TOO_LONG, Refused

HEAD_SECONDS = 10.0
GRACE_SECONDS = 10.0
PACE = 4096
"""Bytes a second, less than the slowest network that is any use."""
MAX_HEAD = 64 * 1024
_END_OF_HEAD = b"\r\n\r\n"

log = logs.logger("web")


class PacedSocket(socket.socket):
    """A socket whose other end has to keep a pace. Only the time spent waiting for it counts."""

    waited = 0.0
    received = 0

    def begin(self) -> None:
        """Start counting for a new request."""
        self.waited, self.received = 0.0, 0

    def setblocking(self, flag: bool) -> None:
        super().settimeout(GRACE_SECONDS if flag else 0.0)

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        left = GRACE_SECONDS + self.received / PACE - self.waited
        if left <= 0:
            raise _cut_off()
        super().settimeout(min(left, GRACE_SECONDS))
        begun = time.monotonic()
        try:
            data = super().recv(bufsize, flags)
        except TimeoutError:
            raise _cut_off() from None
        finally:
            self.waited += time.monotonic() - begun
        self.received += len(data)
        return data

    def recv_now(self, bufsize: int) -> bytes:
        """What has arrived, without waiting. Raises BlockingIOError when nothing has."""
        super().settimeout(0.0)
        return super().recv(bufsize)

    def sendall(self, data: Any, flags: int = 0) -> None:
        super().settimeout(GRACE_SECONDS + len(data) / PACE)
        try:
            super().sendall(data, flags)
        except TimeoutError:
            raise _cut_off() from None


def _cut_off() -> OSError:
    # The error of a client that went away: gunicorn passes over it without a traceback.
    return ConnectionResetError(errno.ECONNRESET, "too slow")


class PatientConnection(TConn):  # type: ignore[misc]
    """A connection whose request is still arriving. early: what has."""

    def __init__(self, cfg: Any, sock: PacedSocket, client: Any, server: Any) -> None:
        super().__init__(cfg, sock, client, server)
        self.early = b""


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Gathers request heads in its event loop, and answers what is no HTTP with a problem."""

    when_stopping: Callable[[], None] = staticmethod(lambda: None)
    """Called once in the event loop when the process is told to stop; set by whoever loads the application."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gathering: dict[int, PatientConnection] = {}

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Told to stop. A signal handler: what is to be done then is left to the event loop."""
        if self.alive:
            self.method_queue.defer(self.when_stopping)
        super().handle_exit(sig, frame)

    def accept(self, listener: socket.socket) -> None:
        """Take a connection and let its request arrive."""
        try:
            plain, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        sock = PacedSocket(fileno=plain.detach())
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.nr_conns += 1
        self._gather(PatientConnection(self.cfg, sock, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: PatientConnection, client: socket.socket) -> None:
        """A kept connection brings its next request."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._gather(conn)

    def _gather(self, conn: PatientConnection) -> None:
        conn.early, conn.timeout = b"", time.monotonic() + HEAD_SECONDS
        conn.sock.setblocking(False)
        self.gathering[id(conn)] = conn
        self.poller.register(conn.sock, 1, partial(self._more, conn))

    def _more(self, conn: PatientConnection, _sock: socket.socket) -> None:
        try:
            data = conn.sock.recv_now(MAX_HEAD)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        conn.early += data
        if data and _END_OF_HEAD not in conn.early and len(conn.early) < MAX_HEAD:
            return
        self._release(conn)
        if data:
            self.enqueue_req(conn)
        else:
            self._drop(conn)

    def _release(self, conn: PatientConnection) -> None:
        del self.gathering[id(conn)]
        self.poller.unregister(conn.sock)

    def _drop(self, conn: PatientConnection) -> None:
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """Close what took too long to send a head; when stopping, also what has not begun to."""
        super().murder_pending()
        now = time.monotonic()
        for conn in list(self.gathering.values()):
            if conn.timeout <= now or not (self.alive or conn.early):
                self._release(conn)
                self._drop(conn)

    def handle(self, conn: PatientConnection) -> Any:
        """Serve a request whose head is here. Runs in a thread."""
        conn.data_ready = True
        conn.sock.begin()
        conn.init()
        if conn.early:
            conn.parser.unreader.unread(conn.early)
            conn.early = b""
        return super().handle(conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what never reached the application. The words of the parser stay here: they quote what was sent."""
        problem = BAD_REQUEST if isinstance(exc, ParseException) else INTERNAL
        if isinstance(exc, LimitRequestLine):
            problem = URI_TOO_LONG
        elif isinstance(exc, LimitRequestHeaders):
            problem = HEADERS_TOO_LARGE
        if problem is INTERNAL:
            log.error("worker failed", exc_info=exc)
        body = orjson.dumps(Refused(problem).to_document("en", None))
        head = (
            f"HTTP/1.1 {problem.status} {problem.code}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
            f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n"
        )
        try:
            util.write_nonblock(client, head.encode() + body)
        except OSError:
            log.debug("answer not taken")


class QuietLog(glogging.Logger):  # type: ignore[misc]
    """gunicorn's messages, through the product's own logging."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for each in (self.error_log, self.access_log):
            each.handlers.clear()
            each.propagate = True


def adapt_gunicorn() -> None:
    """Leave out the Server header, for nobody needs to know what runs here; and let a body that is broken be an OSError,
    which Werkzeug answers with 400: gunicorn's own error would come out of the application as a fault of ours.
    """
    usual_headers, usual_read = wsgi.Response.default_headers, Body._read_reader

    def default_headers(self: Any) -> list[str]:
        return [line for line in usual_headers(self) if not line.startswith("Server:")]

    def read_reader(self: Any, size: int) -> Any:
        try:
            return usual_read(self, size)
        except ParseException:
            raise OSError(errno.EPROTO, "the body is not as it was announced") from None

    wsgi.Response.default_headers = default_headers
    Body._read_reader = read_reader
