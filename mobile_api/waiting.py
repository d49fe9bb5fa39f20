"""Waiting for news without a request a second: one watcher thread a process, however many devices wait.

A waiter is told only that the organisation's feed has moved. On SQLite the watcher looks at `PRAGMA data_version`, which
changes when any process commits; on PostgreSQL it reads one number an organisation.
"""

from __future__ import annotations

import random
import threading
import time

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from server.core import logs
from server.core.db import Database
from server.core.tables import ORG_CLOCKS

_log = logs.logger("waiting")
LONGEST = 25.0
"""Seconds a request waits at most; proxies cut idle requests at 30 to 60."""
_JITTER = 5.0
_GLANCE = 0.25


class Waiters:
    """Those who wait in this process. most: how many may at once, at most half of the server's threads. longest: seconds."""

    def __init__(self, database: Database, most: int, *, longest: float = LONGEST) -> None:
        self._database = database
        self._most = most
        self._longest = longest
        self._changed = threading.Condition()
        self._heads: dict[str, int] = {}
        self._waiting: dict[str, int] = {}
        self._thread: threading.Thread | None = None
        self._over = False

    def wait(self, org_id: str, head: int) -> int | None:
        """The organisation's head as soon as it is not `head`, or `head` when the time is over or this process stops.

        None at once when too many wait already: the caller is told to come back later.
        """
        jitter = random.uniform(0, min(_JITTER, self._longest / 5))  # noqa: S311 - spreads callers, hides nothing
        until = time.monotonic() + self._longest - jitter
        with self._changed:
            if sum(self._waiting.values()) >= self._most:
                return None
            self._waiting[org_id] = self._waiting.get(org_id, 0) + 1
            self._start()
            try:
                # Lower than asked for is no news: the watcher's number may be a glance old.
                while (
                    not self._over and self._heads.get(org_id, head) <= head and (left := until - time.monotonic()) > 0
                ):
                    self._changed.wait(timeout=left)
                return max(self._heads.get(org_id, head), head)
            finally:
                self._waiting[org_id] -= 1
                if not self._waiting[org_id]:
                    del self._waiting[org_id]
                    self._heads.pop(org_id, None)

    def release(self) -> None:
        """Answer all who wait, and whoever comes yet, at once: this process is about to stop."""
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._watch, name="feed-watcher", daemon=True)
            self._thread.start()

    def _watch(self) -> None:
        """Look for news while anybody waits, on a connection of its own; then end, so that nothing is left behind."""
        while self._is_wanted():
            try:
                with self._database.engine.connect() as own:
                    self._look(own)
            except SQLAlchemyError as error:  # the database is away: waiters simply run into their time
                _log.warning("feed watcher could not look", error=type(error).__name__)
                time.sleep(1)

    def _is_wanted(self) -> bool:
        with self._changed:
            if not self._waiting:
                self._thread = None
            return bool(self._waiting)

    def _look(self, own: Connection) -> None:
        version: int | None = None
        while True:
            with self._changed:
                organisations = tuple(self._waiting)
                unknown = any(each not in self._heads for each in organisations)
            if not organisations:
                return
            if self._database.is_sqlite:
                # Differs after any commit but this connection's own, so it hears other processes too.
                current = int(own.exec_driver_sql("PRAGMA data_version").scalar_one())
                looked, version = current != version or unknown, current
            else:
                looked = True
            if looked:
                heads = {each: self._head(each) for each in organisations}
                with self._changed:
                    self._heads.update((each, head) for each, head in heads.items() if each in self._waiting)
                    self._changed.notify_all()
            time.sleep(_GLANCE)

    def _head(self, org_id: str) -> int:
        with self._database.read(org_id) as connection:
            return int(
                connection.execute(select(ORG_CLOCKS.c.feed_head).where(ORG_CLOCKS.c.org_id == org_id)).scalar_one()
            )
