"""The demo organisation: who is in it, that it is the same each time, and that loading again changes nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from server.accounts.models import OrgUnit, Role, User, UserRole
from server.accounts.passwords import PasswordHashes
from server.accounts.queries.actors import load_actor
from server.approvals.models import Approval
from server.cli.demo_load import LOGINS, PASSWORD, Size, load_demo, loading
from server.cli.demo_load.inventing import demo_id, draw_for, invent_customer, invent_day
from server.cli.terminal import declare_everything, organisations
from server.core.access import Actor
from server.core.audit import audit
from server.core.rows import Row, c
from server.core.services import Services
from server.core.tables import ORG_CLOCKS
from server.customers.models import Customer, CustomerPhone, Note
from server.expenses.models import ExpenseClaim
from server.fieldwork.models import DayPlan, FollowUp, Visit
from server.fieldwork.targets.models import Target
from sync_protocol.ids import is_id
from tests.conftest import made_database
from tests.server.cli.conftest import Cli
from tests.server.core.job_world import services_of

SMALL = Size(customers=40)
RESERVED = re.compile(r"\+86154\d{8}|\+120255501\d\d|\+447700900\d{3}")
"""Prefix 154 has no network; the others are kept for films by the numbering authorities."""
TODAY = date(2025, 3, 3)


@pytest.fixture
def services(database_url: str, tmp_path: Path) -> Iterator[Services]:
    declare_everything()
    made = services_of(database_url, tmp_path)
    yield made
    made.close()


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("sqlite", marks=pytest.mark.sqlite),
        pytest.param("postgresql", marks=pytest.mark.pg),
    ],
)
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The demo for tests that only read."""
    declare_everything()
    with made_database(request.param, migrated=True) as database:
        made = services_of(database.app_url, tmp_path_factory.mktemp("demo"))
        load_demo(made, SMALL)
        yield made
        made.close()


def rows(services: Services, org_id: str, kind: type[Row]) -> list[Any]:
    with services.reading(org_id) as connection:
        return list(connection.execute(kind.__table__.select().where(c(kind).org_id == org_id).order_by(c(kind).id)))


def person(services: Services, org_id: str, username: str) -> Actor:
    found = next(user for user in rows(services, org_id, User) if user.username == username)
    with services.reading(org_id) as connection:
        actor = load_actor(connection, org_id, found.id)
    assert actor is not None
    return actor


def clock(connection: Connection, org_id: str) -> tuple[int, int]:
    found = connection.execute(
        select(ORG_CLOCKS.c.feed_head, ORG_CLOCKS.c.event_n).where(ORG_CLOCKS.c.org_id == org_id)
    ).one()
    return found.feed_head, found.event_n


def test_the_people_everybody_counts_on(loaded: Services) -> None:
    org_id = organisations(loaded)["demo"]
    users = {user.id: user for user in rows(loaded, org_id, User)}
    units = {unit.id: unit.name.split()[-1] for unit in rows(loaded, org_id, OrgUnit)}
    roles = {role.id: role.code for role in rows(loaded, org_id, Role)}
    held = {users[each.user_id].username: roles[each.role_id] for each in rows(loaded, org_id, UserRole)}
    assert {user.username: (held[user.username], units[user.unit_id]) for user in users.values()} == {
        "li.wang": ("salesperson", "East"),
        "min.zhao": ("salesperson", "East"),
        "na.sun": ("salesperson", "West"),
        "jie.chen": ("supervisor", "East"),
        "hong.wu": ("supervisor", "West"),
        "yang.liu": ("director", "Sales"),
        "fang.zhou": ("finance", "Finance"),
        "admin": ("administrator", "Homes"),
    }
    assert {username for username, _ in LOGINS} == {user.username for user in users.values()}
    hashes = PasswordHashes()
    assert all(hashes.check(each, PASSWORD).matches for each in {user.password_hash for user in users.values()})


def test_who_reaches_what(loaded: Services) -> None:
    org_id, rival = organisations(loaded)["demo"], organisations(loaded)["rival"]
    customers = rows(loaded, org_id, Customer)
    names = {user.id: user.username for user in rows(loaded, org_id, User)}
    owners = Counter(names[each.owner_id] for each in customers)
    assert owners.keys() == {"li.wang", "min.zhao", "na.sun"}
    sees = {
        username: sum(person(loaded, org_id, username).reach("customers.read").covers(each) for each in customers)
        for username in ("li.wang", "jie.chen", "hong.wu", "yang.liu", "fang.zhou")
    }
    east = owners["li.wang"] + owners["min.zhao"]
    assert sees == {
        "li.wang": owners["li.wang"], "jie.chen": east, "hong.wu": owners["na.sun"], "yang.liu": 40, "fang.zhou": 0,
    }  # fmt: skip
    assert person(loaded, rival, "spy").reach("customers.read").everything
    assert len(rows(loaded, rival, Customer)) == 2


def test_loading_again_changes_nothing(services: Services) -> None:
    first = load_demo(services, SMALL)
    assert (first.customers, first.days, first.staff) == (40, 21, 0)
    org_id = organisations(services)["demo"]
    with services.reading(org_id) as connection:
        before = clock(connection, org_id)
    again = load_demo(services, SMALL)
    assert (again.customers, again.days, again.staff) == (0, 0, 0)
    with services.reading(org_id) as connection:
        assert clock(connection, org_id) == before
    more = load_demo(services, Size(customers=50, staff=5))
    assert (more.customers, more.days, more.staff) == (10, 14, 2)
    assert audit(services.database, org_id).total == 0


def test_a_load_that_was_cut_off_goes_on(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    class PowerCut(Exception):
        pass

    def tell(done: int, _total: int | None) -> None:
        if done >= 20:
            raise PowerCut

    monkeypatch.setattr(loading, "BATCH", 5)
    with pytest.raises(PowerCut):
        load_demo(services, SMALL, tell)
    org_id = organisations(services)["demo"]
    entered = len(rows(services, org_id, Customer))
    assert 20 <= entered < 40
    assert load_demo(services, SMALL).customers == 40 - entered
    assert len(rows(services, org_id, Customer)) == 40


def test_the_days_are_believable(loaded: Services) -> None:
    org_id = organisations(loaded)["demo"]
    visits = rows(loaded, org_id, Visit)
    states = Counter(visit.state for visit in visits)
    assert states["done"] > states["planned"] > 0
    assert {visit.time_verdict for visit in visits} == {"plausible"}
    assert {visit.location_verdict for visit in visits} >= {"verified", "none"}
    now = datetime.now(UTC)
    assert all(visit.actual_ended_at <= now for visit in visits if visit.actual_ended_at)
    assert all(
        plan.state == "done" for plan in rows(loaded, org_id, DayPlan) if plan.plan_on < now.date() - timedelta(1)
    )
    assert rows(loaded, org_id, FollowUp)
    assert all(note.written_at <= now for note in rows(loaded, org_id, Note))
    assert all(RESERVED.fullmatch(phone.number) for phone in rows(loaded, org_id, CustomerPhone))
    assert len({(each.owner_id, each.month_on, each.measure) for each in rows(loaded, org_id, Target)}) == 3 * 2 * 2


def test_the_same_seed_gives_the_same() -> None:
    for number in range(300):
        assert invent_customer(7, number, TODAY) == invent_customer(7, number, TODAY)
    assert invent_day(draw_for(7, "day", 1)) == invent_day(draw_for(7, "day", 1))
    assert [invent_customer(7, n, TODAY) for n in range(9)] != [invent_customer(8, n, TODAY) for n in range(9)]


def test_invented_customers_are_many_and_reach_nobody() -> None:
    people = [invent_customer(1, number, TODAY) for number in range(3000)]
    assert len({person.values["name"] for person in people}) > 1500
    numbers = [number for person in people for number, _, _ in person.phones]
    assert all(RESERVED.fullmatch(number) for number in numbers)
    assert len({number for number in numbers if number.startswith("+86")}) > 0.99 * sum(
        n.startswith("+86") for n in numbers
    )
    assert {person.values["stage"] for person in people} == {
        "prospect",
        "visited",
        "negotiating",
        "won",
        "lost",
        "dead",
    }
    assert any(str(person.values["name"]).isascii() for person in people)
    assert all(not note.reply or place for person in people for place, note in enumerate(person.notes))


def test_ids_are_ids_and_differ() -> None:
    ids = {demo_id(seed, kind, n) for seed in (1, 2) for kind in ("customer", "note") for n in range(500)}
    assert len(ids) == 2000
    assert all(is_id(each) for each in ids)


def test_the_command_needs_leave_and_says_what_it_did(cli: Cli) -> None:
    refused = cli("demo", "load")
    assert (refused.exit_code, "DOORSTEP_DEMO=1" in refused.output) == (1, True)
    words = ("demo", "load", "--customers", "12")
    assert "loaded 12 customers, 21 days" in cli(*words, DOORSTEP_DEMO="1").output
    assert "nothing was changed" in cli(*words, DOORSTEP_DEMO="1").output


def test_claims_stand_in_every_state_and_somebody_is_stood_in_for(loaded: Services) -> None:
    org_id = organisations(loaded)["demo"]
    named = {username: person(loaded, org_id, username).user_id for username, _ in LOGINS}
    claims = rows(loaded, org_id, ExpenseClaim)
    states = {
        name: Counter(each.state for each in claims if each.owner_id == named[name]) for name in ("li.wang", "na.sun")
    }
    once = dict.fromkeys(("draft", "returned", "rejected", "approved", "reimbursed"), 1) | {"submitted": 2}
    assert states == {"li.wang": once, "na.sun": once}
    waiting = [part for part in rows(loaded, org_id, Approval) if part.state == "waiting"]
    asked = Counter(part.owner_id for part in waiting)
    assert asked[named["jie.chen"]] == 6  # four of his own team, two of West, for which he stands in
    assert {part.for_id for part in waiting if part.owner_id == named["jie.chen"]} == {None, named["hong.wu"]}
    assert asked[named["hong.wu"]] == 2
    assert any(each.flag_count for each in claims)
