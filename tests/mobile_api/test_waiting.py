"""Waiting for news: told soon and in time, told only that there is some, and nothing is held meanwhile. Both databases."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import OperationalError

from mobile_api.views import WAITERS
from mobile_api.waiting import LONGEST, Waiters
from server.accounts.operations import devices, organisations, staff
from server.app import create_app
from server.core.access import Actor, system_actor
from server.core.db import Database, open_engine
from server.core.tables import ORG_CLOCKS
from server.core.uow import unit_of_work
from server.customers import operations as customers
from sync_protocol.ids import new_id
from tests.server.accounts.company import CHEAP, Company, Phone, found_company
from tests.support.databases import Kind

ROOT = Path(__file__).resolve().parents[2]
SOON = 3.0
"""Seconds; a watcher looks four times a second, and the machine may be busy."""
MOST = 8
"""Half of the threads that a web process has unless it is told."""


@pytest.fixture
def company(database_url: str, tmp_path: Path) -> Iterator[Company]:
    database = Database(database_url)
    made = found_company(database, tmp_path, lambda services: create_app(services, cost=CHEAP))
    yield made
    eventually(lambda: database.engine.pool.checkedout() == 0)  # type: ignore[attr-defined]
    database.close()


@pytest.fixture
def phone(company: Company) -> Phone:
    return Phone(company).signed_in("wang")


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.01)


def head_of(database: Database, org_id: str) -> int:
    with database.read(org_id) as connection:
        statement = select(ORG_CLOCKS.c.feed_head).where(ORG_CLOCKS.c.org_id == org_id)
        return int(connection.execute(statement).scalar_one())


def hand(org_id: str, user_id: str, unit_id: str) -> Actor:
    return replace(system_actor(org_id), user_id=user_id, unit_id=unit_id)


def commit_news(database: Database, org_id: str, user_id: str, unit_id: str) -> int:
    """Enter a customer; returns the head after it."""
    with unit_of_work(database, hand(org_id, user_id, unit_id), commitment_secret=b"secret of tests") as uow:
        customers.create_customer(uow, new_id(), {"name": "王小明"})
        uow.commit()
    return head_of(database, org_id)


def news(company: Company) -> int:
    return commit_news(company.database, company.org, company.users["zhao"], company.units["east"])


def ask(phone: Phone, head: int) -> tuple[dict[str, Any], float]:
    """The whole answer, and when it came (seconds since 1970)."""
    path, token = f"/mobile/v1/wait?head={head}", phone.answer["access_token"]
    answer = phone.company.call("GET", path, token=token)
    assert answer.status_code == 200, answer.json
    return answer.json, time.time()


@contextmanager
def waiting(phone: Phone, head: int, how_many: int = 1) -> Iterator[list[Future[tuple[dict[str, Any], float]]]]:
    """So many requests of the phone, all of which wait by now."""
    with ThreadPoolExecutor(how_many) as pool:
        asked = [pool.submit(ask, phone, head) for _ in range(how_many)]
        eventually(lambda: sum(waiters_of(phone.company)._waiting.values()) >= how_many or any(a.done() for a in asked))
        assert not any(each.done() for each in asked)
        yield asked


def waiters_of(company: Company) -> Waiters:
    found: Waiters = company.app.extensions[WAITERS]
    return found


def let_wait(company: Company, seconds: float, most: int = MOST) -> None:
    """From now on, so long at most."""
    company.app.extensions[WAITERS] = Waiters(company.database, most, longest=seconds)


def test_another_head_than_the_organisations_is_answered_at_once(company: Company, phone: Phone) -> None:
    """Also a higher one: the server was put back to a backup."""
    head = news(company)
    for other in (0, head - 1, head + 1):
        began = time.time()
        answer, at = ask(phone, other)
        assert answer == {"head": head, "retry_after": 0}
        assert at - began < SOON


def test_news_of_this_process_is_told_soon_and_nothing_of_it(company: Company, phone: Phone) -> None:
    head = head_of(company.database, company.org)
    with waiting(phone, head, 3) as asked:
        committed, new = time.time(), news(company)
        for each in asked:
            answer, at = each.result()
            assert answer == {"head": new, "retry_after": 0}
            assert at - committed < SOON
    assert new > head


def test_news_of_another_process_is_told_soon(company: Company, phone: Phone, database_url: str) -> None:
    head = head_of(company.database, company.org)
    words = [database_url, company.org, company.users["zhao"], company.units["east"]]
    with waiting(phone, head) as (asked,):
        done = subprocess.run(
            [sys.executable, "-m", "tests.mobile_api.test_waiting", *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        new, committed = done.stdout.split()
        answer, at = asked.result()
    assert answer == {"head": int(new), "retry_after": 0}
    assert int(new) > head
    assert at - float(committed) < SOON


def test_news_that_came_before_the_wait_began_are_not_slept_over(company: Company, phone: Phone) -> None:
    """Between the look at the session and the first look of the watcher, when others wait already and when nobody does."""
    waiters, head = waiters_of(company), head_of(company.database, company.org)
    news(company)
    began = time.monotonic()
    assert waiters.wait(company.org, head) == head_of(company.database, company.org)
    new = head_of(company.database, company.org)
    with waiting(phone, new):
        assert waiters.wait(company.org, head) == new
        news(company)
    assert time.monotonic() - began < 2 * SOON


def test_without_news_the_same_head_comes_after_the_longest_time(company: Company, phone: Phone) -> None:
    assert 0 < LONGEST <= 25
    let_wait(company, 1.0)
    head, began = head_of(company.database, company.org), time.time()
    answer, at = ask(phone, head)
    assert answer == {"head": head, "retry_after": 0}
    assert 0.7 < at - began < 1 + SOON


def test_half_of_the_threads_wait_and_whoever_comes_then_is_sent_away_at_once(company: Company, phone: Phone) -> None:
    assert company.services.settings.web_threads == 2 * MOST
    head = head_of(company.database, company.org)
    with waiting(phone, head, MOST) as asked:
        began = time.time()
        refused, at = ask(phone, head)
        assert refused == {"head": head, "retry_after": int(LONGEST)}
        assert at - began < SOON
        stale, _ = ask(phone, head - 1)  # there is news for him, so he does not wait
        assert stale == {"head": head, "retry_after": 0}
        assert not any(each.done() for each in asked)
        new = news(company)
        assert {each.result()[0]["head"] for each in asked} == {new}
    with waiting(phone, new):  # there is room again
        news(company)


@pytest.mark.parametrize("how", ["device revoked", "person disabled"])
def test_who_is_taken_out_while_he_waits_learns_a_number_and_no_more(company: Company, phone: Phone, how: str) -> None:
    let_wait(company, 2.0)
    head = head_of(company.database, company.org)
    with waiting(phone, head) as (asked,):
        with company.writing() as uow:
            if how == "device revoked":
                devices.revoke_device(uow, phone.answer["device"], wipe=True)
            else:
                staff.disable_user(uow, company.users["wang"])
            uow.commit()
        after = head_of(company.database, company.org)
        answer, _ = asked.result()
    assert answer in ({"head": head, "retry_after": 0}, {"head": after, "retry_after": 0})
    again = company.call("GET", f"/mobile/v1/wait?head={head}", token=phone.answer["access_token"])
    assert (again.status_code, again.json["code"]) in (
        (401, "accounts.session-ended"),
        (403, "accounts.device-revoked"),
    )


def test_news_of_another_organisation_wake_nobody_of_ours(company: Company, phone: Phone) -> None:
    other = new_id()
    with company.services.writing(system_actor(other)) as uow:
        _, admin = organisations.create_organisation(uow, code="globex", name="Globex", admin_password_hash="x")
        uow.commit()
    let_wait(company, 2.0)
    head, theirs, began = head_of(company.database, company.org), head_of(company.database, other), time.time()
    with waiting(phone, head) as (asked,), ThreadPoolExecutor(1) as pool:
        neighbour = pool.submit(waiters_of(company).wait, other, theirs)
        new = commit_news(company.database, other, admin.id, admin.unit_id)
        assert neighbour.result() == new > theirs
        answer, at = asked.result()
    assert answer == {"head": head, "retry_after": 0}
    assert at - began > 1.5


def test_nothing_of_the_database_is_held_while_they_wait(
    company: Company, phone: Phone, database_kind: Kind, owner_url: str
) -> None:
    """One watcher for all: its connection, one for a look at the head, and never a transaction that stays open."""
    pool: Any = company.database.engine.pool
    engine = open_engine(owner_url, pool_size=1)
    with engine.connect() as observer, waiting(phone, head_of(company.database, company.org), MOST):
        time.sleep(1)
        for _ in range(20):
            assert pool.checkedout() <= 2
            assert oldest_transaction(observer, database_kind) < 0.9
            time.sleep(0.02)
        assert [each.name for each in threading.enumerate()].count("feed-watcher") == 1
        news(company)
    engine.dispose()
    eventually(lambda: waiters_of(company)._thread is None and pool.checkedout() == 0)


def oldest_transaction(observer: Connection, kind: Kind) -> float:
    """Seconds. On SQLite: none when the whole log can be brought into the file, which any reader's snapshot forbids."""
    if kind == "sqlite":
        busy, *_ = observer.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        return 60.0 * busy
    statement = text(
        "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    return float(observer.execute(statement).scalar_one())


def test_a_database_that_is_away_for_a_moment_makes_nobody_deaf(
    company: Company, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiters, looks = waiters_of(company), []
    look = waiters._head

    def away_at_first(org_id: str) -> int:
        looks.append(org_id)
        if len(looks) == 1:
            raise OperationalError("SELECT", {}, Exception("the database is away"))
        return look(org_id)

    monkeypatch.setattr(waiters, "_head", away_at_first)
    with waiting(phone, head_of(company.database, company.org)) as (asked,):
        new = news(company)
        assert asked.result()[0] == {"head": new, "retry_after": 0}
    assert len(looks) > 1


if __name__ == "__main__":  # the other process
    url, *rest = sys.argv[1:]
    sys.stdout.write(f"{commit_news(Database(url), *rest)} {time.time()}\n")
