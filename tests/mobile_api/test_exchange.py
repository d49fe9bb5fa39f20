"""What an exchange costs when there is nothing to say: one small read, however much the device holds. Both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import event, select

from server.core.access import system_actor
from server.core.db import Database
from server.core.tables import ENROLMENTS
from server.core.types import to_ms
from server.customers import operations as customers
from sync_protocol.ids import new_id
from tests.server.accounts.company import Company, Phone, found_company
from tests.support.databases import Kind
from tests.support.syncing import count_statements
from tests.support.whole_app import whole_app

MADE_AT = 1_740_967_200_000


@pytest.fixture
def company(database_url: str, tmp_path: Path) -> Iterator[Company]:
    database = Database(database_url)
    yield found_company(database, tmp_path, whole_app)
    database.close()


def exchange(phone: Phone, **members: Any) -> Any:
    enrolment = phone.answer["enrolment"]
    body = {"protocol": 1, "schema": 1, "enrolment": enrolment, "sent_at": MADE_AT, **members}
    answer = phone.company.call(
        "POST",
        "/mobile/v1/exchange",
        token=phone.answer["access_token"],
        data=orjson.dumps(body),
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.get_data()
    return answer.json


def pulled(phone: Phone, cursor: Any = None) -> tuple[Any, int]:
    """The cursor of a complete checkpoint, and how many customers came."""
    count = 0
    while True:
        found = exchange(phone, pull={"cursor": cursor})["pull"]
        cursor = found["cursor"]
        count += sum(len(page["columns"]["id"]) for page in found["pages"] if page["collection"] == "customers")
        if found["complete"]:
            return cursor, count


def enter(company: Company, count: int) -> None:
    """So many customers of wang."""
    actor = replace(system_actor(company.org), user_id=company.users["wang"], unit_id=company.units["east"])
    with company.services.writing(actor) as uow:
        for place in range(count):
            customers.create_customer(uow, new_id(), {"name": f"c{place}"})
        uow.commit()


def shape(statement: str) -> str:
    """Its words without what differs from organisation to organisation."""
    return re.sub(r"'[0-9a-f-]{36}'", "'…'", statement)


def test_nothing_new_costs_one_small_read_however_much_there_is(company: Company, database_kind: Kind) -> None:
    """The session's look-up brings the clock row with it, and there is no other statement in the whole request."""
    phone = Phone(company).signed_in("wang")
    costs = []
    for more in (0, 1, 5000):
        enter(company, more)
        cursor, count = pulled(phone)
        assert count >= more
        with count_statements(company.database) as seen:
            answer = exchange(phone, pull={"cursor": cursor})
        assert answer["pull"] == {**answer["pull"], "cursor": cursor, "complete": True, "pages": [], "removals": []}
        costs.append([shape(each) for each in seen])
    begin = {
        "sqlite": "BEGIN",
        "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL app.org = '…'",
    }
    first, look, last = costs[0]
    assert (first, look.split()[0], last) == (begin[database_kind], "SELECT", "ROLLBACK")
    assert costs == [costs[0]] * 3
    assert all(table not in look for table in ("feed ", "customers"))


def test_that_read_goes_by_keys_alone(company: Company, database_kind: Kind) -> None:
    """No table is read through, whatever number of sessions, devices and people there is."""
    phone = Phone(company).signed_in("wang")
    cursor, _ = pulled(phone)
    looks: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            looks.append((statement, parameters))

    engine = company.database.engine
    event.listen(engine, "before_cursor_execute", note)
    exchange(phone, pull={"cursor": cursor})
    event.remove(engine, "before_cursor_execute", note)
    ((statement, parameters),) = looks
    with company.database.read(company.org) as connection:
        if database_kind == "sqlite":
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            steps = [step for *_, step in plan]
            assert steps
            assert all(step.startswith("SEARCH ") for step in steps), steps
        else:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # the tables are too small to tell otherwise
            plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).all()
            lines = "\n".join(line for (line,) in plan)
            assert "Index" in lines
            assert "Seq Scan" not in lines, lines


def test_news_for_others_only_and_changed_rights_are_no_idle_calls(company: Company) -> None:
    """The short cut is taken only by a device that has all there is: everything else looks at the feed."""
    phone, other = Phone(company).signed_in("wang"), Phone(company).signed_in("na")
    cursor, _ = pulled(other)
    enter(company, 1)  # na does not see it, but her cursor has to move
    answer = exchange(other, pull={"cursor": cursor})
    assert set(answer["pull"]["cursor"]["buckets"].values()) == {answer["head"]}
    assert answer["pull"]["cursor"] != cursor
    cursor, count = pulled(phone)
    assert count == 1
    fewer = {**cursor, "buckets": dict(list(cursor["buckets"].items())[1:])}
    older = {**cursor, "epoch": new_id()}
    for asked, reset in ((None, True), (older, True), (fewer, False)):
        with count_statements(company.database) as seen:
            answer = exchange(phone, pull={"cursor": asked})
        assert any("feed " in each for each in seen)
        assert answer["pull"]["reset"] is reset or asked is None
        assert answer["pull"]["cursor"] == cursor


def test_a_device_that_lost_count_is_told_where_it_stands(company: Company) -> None:
    phone = Phone(company).signed_in("wang")
    assert exchange(phone, push={"operations": []})["push"] == {"acknowledged": 0, "verdicts": []}
    operation = {"n": 1, "group": 1, "collection": "customers", "action": "create", "row": new_id(), "base": 0}
    operation |= {"values": {"name": "x"}, "made_at": MADE_AT}
    assert exchange(phone, push={"operations": [operation]})["push"]["acknowledged"] == 1
    assert exchange(phone, push={"operations": []})["push"] == {"acknowledged": 1, "verdicts": []}
    assert "push" not in exchange(phone)


def test_an_exchange_that_pushes_nothing_keeps_what_the_device_s_clock_says_once_in_a_while(company: Company) -> None:
    """Without this a reception made before the next push could be bounded by nothing."""
    phone, t = Phone(company).signed_in("wang"), ENROLMENTS.c

    def seen() -> Any:
        with company.database.read(company.org) as connection:
            mine = (t.org_id == company.org, t.id == phone.answer["enrolment"])
            return connection.execute(select(t.exchanged_at, t.clock_behind_ms, t.contact_at).where(*mine)).one()

    start = company.clock.now()
    behind = to_ms(start) - MADE_AT
    cursor, _ = pulled(phone)
    assert seen() == (start, behind, None)
    company.clock.advance(minutes=4)
    with count_statements(company.database) as statements:
        exchange(phone, pull={"cursor": cursor})
    assert not [each for each in statements if each.startswith("UPDATE")]
    company.clock.advance(minutes=7)
    phone.refresh()
    exchange(phone, pull={"cursor": cursor})
    assert seen() == (start + timedelta(minutes=11), behind + 660_000, start)
