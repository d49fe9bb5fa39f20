"""kill -9 of the server in the middle of pushes: what was acknowledged is there, nothing is there twice."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from server.cli.demo_day.people import Carrier, DayClock
from server.core.collections import shapes
from server.core.db import Database as Engine
from server.core.rows import c
from server.core.tables import ORG_DIRECTORY
from server.customers.models import Customer, Note, TimelineEntry
from tests.support.databases import Database
from tests.support.server import Server, server

DEEP = bool(os.environ.get("DOORSTEP_TEST_DEEP"))
KILLS = 40 if DEEP else 2
PEOPLE = ("li.wang", "min.zhao", "na.sun")
EACH = 60


@pytest.mark.timeout(7200 if DEEP else 900)
def test_acknowledged_is_durable_and_nothing_doubled_over_kill_9(database: Database, tmp_path: Path) -> None:
    with server(database, tmp_path) as running:
        assert running.run("demo", "load", "--customers", "5").returncode == 0
        running.start()
        carriers = [
            Carrier(running.url, name, DayClock(datetime.now(UTC)), tmp_path, shapes(), batch=7) for name in PEOPLE
        ]
        made = {carrier.username: _work(carrier) for carrier in carriers}
        stop = threading.Event()
        acknowledged: Counter[str] = Counter()
        pushing = [threading.Thread(target=_push, args=(carrier, stop, acknowledged)) for carrier in carriers]
        for thread in pushing:
            thread.start()
        _kill_again_and_again(running)
        for thread in pushing:
            thread.join(300)
        stop.set()
        assert not any(carrier.phone.queue for carrier in carriers)
        assert not any(carrier.phone.mend for carrier in carriers)
        wanted = Counter(row for rows in made.values() for row in rows)
        assert _on_the_server(database, [*wanted]) == wanted
        _once(database, [*wanted])
        for carrier in carriers:
            carrier.sync()
            assert carrier.phone.verify() == []
            carrier.close()
        assert running.run("sync", "audit").returncode == 0
        assert running.run("audit", "verify").returncode == 0


def _work(carrier: Carrier) -> list[str]:
    """What waits on a phone when the evening begins: customers, each with a note, as one local transaction."""
    rows = []
    for place in range(EACH):
        with carrier.phone.transaction():
            customer = carrier.phone.create("customers", {"name": f"{carrier.username} {place}"})
            rows += [customer, carrier.phone.create("notes", {"customer_id": customer, "text": "x"})]
    return rows


def _push(carrier: Carrier, stop: threading.Event, acknowledged: Counter[str]) -> None:
    """Exchange until everything is sent, whatever becomes of the server meanwhile."""
    while carrier.phone.queue and not stop.is_set():
        before = len(carrier.phone.queue)
        carrier.phone.exchange_once()
        acknowledged[carrier.username] += before - len(carrier.phone.queue)
        time.sleep(0.02)


def _kill_again_and_again(running: Server) -> None:
    for turn in range(KILLS):
        time.sleep(random.Random(turn).uniform(0.05, 0.5))
        running.kill()
        running.start()


def _on_the_server(database: Database, rows: list[str]) -> Counter[str]:
    engine = Engine(database.app_url, pool_size=2)
    try:
        org = _demo(engine)
        found: Counter[str] = Counter()
        with engine.read(org) as connection:
            for kind in (Customer, Note):
                columns = c(kind)
                statement = select(columns.id).where(columns.org_id == org, columns.id.in_(rows))
                found.update(connection.execute(statement).scalars())
        return found
    finally:
        engine.close()


def _once(database: Database, rows: list[str]) -> None:
    """Each operation left one line on a timeline; an operation that was applied twice would have left two."""
    engine = Engine(database.app_url, pool_size=2)
    try:
        org, columns = _demo(engine), c(TimelineEntry)
        with engine.read(org) as connection:
            statement = select(columns.kind, columns.subject_id).where(
                columns.org_id == org, columns.subject_id.in_(rows)
            )
            lines = Counter(tuple(row) for row in connection.execute(statement))
        assert lines
        assert set(lines.values()) == {1}
    finally:
        engine.close()


def _demo(engine: Engine) -> str:
    with engine.engine.connect() as connection:
        statement = select(ORG_DIRECTORY.c.org_id).where(ORG_DIRECTORY.c.code == "demo")
        return str(connection.execute(statement).scalar_one())
