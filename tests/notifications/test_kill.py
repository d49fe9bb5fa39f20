"""kill -9 of real worker processes while reminders are due: as many distinct notices as reminders, and none stuck."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from notifications.models import Notice
from notifications.reminders import REMIND
from server.core.clock import SystemClock
from server.core.rows import c
from server.core.tables import JOBS
from server.fieldwork import operations as fieldwork
from sync_protocol.ids import new_id
from tests.notifications.scene import Desk

ROOT = Path(__file__).parents[2]
PEOPLE = ("wang", "zhao", "na", "jie", "hong")


def start(desk: Desk, folder: Path) -> subprocess.Popen[bytes]:
    """`doorstep worker`, as an operator runs it."""
    settings = desk.services.settings
    environment = {
        **os.environ,
        "DOORSTEP_DATABASE_URL": settings.database_url,
        "DOORSTEP_KEYS_DIR": str(settings.keys_dir),
        "DOORSTEP_WORKER_POLL_SECONDS": "1",
        "DOORSTEP_LOG_LEVEL": "warning",
    }
    with (folder / "workers.log").open("ab") as log:
        command = [sys.executable, "-m", "server.cli", "worker"]
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)


def count(desk: Desk, what: Any, *conditions: Any) -> int:
    statement = select(func.count()).select_from(what).where(what.c.org_id == desk.company.org, *conditions)
    with desk.services.reading(desk.company.org) as connection:
        return int(connection.execute(statement).scalar_one())


def wait_for(desk: Desk, notices: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while count(desk, Notice.__table__) < notices:
        assert time.monotonic() < until, f"{count(desk, Notice.__table__)} of {notices} after {seconds} s"
        time.sleep(0.05)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("reminders", [400, pytest.param(2000, marks=pytest.mark.deep)])
def test_all_reminders_become_one_notice_each_over_kill_9(desk: Desk, tmp_path: Path, reminders: int) -> None:
    now = SystemClock().now()
    desk.at(now)
    due = now + timedelta(seconds=2)
    for who in PEOPLE:
        customer = desk.customer(who)
        with desk.services.writing(desk.company.actor(who)) as uow:
            for _ in range(reminders // len(PEOPLE)):
                values = {"customer_id": customer, "text": "x", "due_at": due}
                fieldwork.create_follow_up(uow, new_id(), values)
            uow.commit()
    desk.work()
    assert len(desk.jobs(REMIND, "waiting")) == reminders
    time.sleep(max(0.0, (due - SystemClock().now()).total_seconds()))
    workers = [start(desk, tmp_path) for _ in range(3)]
    try:
        wait_for(desk, 1, 60)
        for victim, share in ((0, 0.3), (1, 0.6)):
            wait_for(desk, int(reminders * share), 120)
            workers[victim].kill()
            workers[victim].wait()
        wait_for(desk, reminders, 300)
        time.sleep(1.5)  # what would come twice has time to
    finally:
        for each in workers:
            each.kill()
            each.wait()
    notices = desk.rows(Notice)
    assert len(notices) == reminders
    assert len({each.subject_id for each in notices}) == reminders
    assert Counter(Counter(each.user_id for each in notices).values()) == {reminders // len(PEOPLE): len(PEOPLE)}
    assert count(desk, JOBS, JOBS.c.kind == REMIND, JOBS.c.state != "done") == 0
    t, n = JOBS.c, c(Notice)
    assert count(desk, JOBS, t.kind == REMIND, t.attempts > 1) <= 2 * desk.services.settings.worker_threads
    assert count(desk, Notice.__table__, n.state != "unread") == 0
