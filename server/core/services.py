"""What a process holds for as long as it runs: settings, database, keys, clock. Made by web, worker and command line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection

from server.config import Settings
from server.core.access import Actor
from server.core.clock import Clock, SystemClock
from server.core.db import Database, refuse_unsafe_role
from server.core.keys import Keys, load_keys
from server.core.uow import UnitOfWork, unit_of_work


@dataclass(frozen=True, slots=True)
class Services:
    """Shared by the threads of one process. commitment: secret of the commitments that stand for values in events."""

    settings: Settings
    database: Database
    keys: Keys
    clock: Clock = field(default_factory=SystemClock)

    @property
    def commitment(self) -> bytes:
        """The secret of commitments."""
        return self.keys.secret("commitment")

    @contextlib.contextmanager
    def writing(self, actor: Actor) -> Iterator[UnitOfWork]:
        """A unit of work of `actor`; rolled back unless it is committed inside the block."""
        with unit_of_work(self.database, actor, clock=self.clock, commitment_secret=self.commitment) as uow:
            yield uow

    @contextlib.contextmanager
    def reading(self, org_id: str) -> Iterator[Connection]:
        """One snapshot of an organisation's rows."""
        with self.database.read(org_id) as connection:
            yield connection

    def close(self) -> None:
        """Give back all connections."""
        self.database.close()


def open_services(settings: Settings) -> Services:
    """Open database and keys. Raises BadSettings, UnsafeDatabase; the driver's error when the database is away."""
    database = Database(settings.database_url, pool_size=settings.web_threads)
    refuse_unsafe_role(database)
    return Services(settings, database, load_keys(settings))
