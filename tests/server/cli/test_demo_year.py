"""The demo's year: its rhythm, that the same seed gives the same rows on both databases, and that nothing promised is left out."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from server.accounts.models import User
from server.cli.demo_load import Size, cast, load_demo, year
from server.cli.demo_load.courses import NOBODY, Deed, Year, in_days, invent_course, is_shut
from server.cli.demo_load.inventing import invent_customer
from server.cli.terminal import declare_everything, organisations
from server.core.audit import audit
from server.core.events import verify
from server.core.rows import Row, c
from server.core.services import Services
from server.core.tables import JOBS
from server.customers.models import Customer, CustomerPhone, Note, TimelineEntry
from server.customers.opportunities.models import Opportunity, OpportunityContact
from server.customers.opportunities.rules import SEEDS
from server.customers.receptions.models import Reception
from server.fieldwork.activities.models import Activity
from server.fieldwork.models import DayPlan, FollowUp, Task, Visit
from tests.conftest import made_database
from tests.server.core.job_world import services_of
from tests.support.databases import Kind

NOW = datetime(2026, 3, 20, 4, tzinfo=UTC)
LAST = date(2026, 3, 14)
BEGUN = Size(customers=30)
KINDS: tuple[Kind, ...] = ("sqlite", "postgresql")
SIZE = Size(customers=110, staff=4)
MADE = (
    Customer, CustomerPhone, Note, Reception, Opportunity, OpportunityContact, Activity, Visit, DayPlan, FollowUp, Task,
)  # fmt: skip


class Stopped:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW


@pytest.fixture(autouse=True)
def _few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    declare_everything()
    monkeypatch.setattr("server.cli.demo_load.loading.AT_ONCE", BEGUN.customers)


def opened(url: str, folder: Path) -> Services:
    return replace(services_of(url, folder), clock=Stopped())


@pytest.fixture
def services(database_url: str, tmp_path: Path) -> Iterator[Services]:
    made = opened(database_url, tmp_path)
    yield made
    made.close()


def digest(services: Services, org_id: str) -> dict[str, str]:
    """Of each kind of row that was made, whatever ids people, units and projects have. Numbers of cards are chance always."""
    found = {}
    with services.reading(org_id) as connection:
        staff = connection.execute(select(c(User).id, c(User).username).where(c(User).org_id == org_id))
        people = {row.id: row.username for row in staff}
        for kind in (*MADE, TimelineEntry):
            left_out = {"org_id", "unit_id", "project_id", "marks", "id" if kind is TimelineEntry else ""}
            rows = connection.execute(kind.__table__.select().where(c(kind).org_id == org_id))
            told = [
                {
                    name: people.get(value, value) if isinstance(value, str) else value
                    for name, value in row._mapping.items()
                    if name not in left_out
                }
                for row in rows
                if not str(getattr(row, "kind", "")).startswith("card-")
            ]
            found[kind.__name__] = hashlib.sha256(
                "\n".join(sorted(json.dumps(each, sort_keys=True, default=str) for each in told)).encode()
            ).hexdigest()
    return found


def test_a_year_is_the_same_on_both_databases_whole_and_told_to_nobody(tmp_path: Path) -> None:
    found = []
    for kind in KINDS:
        with made_database(kind, migrated=True) as database:
            services = opened(database.app_url, tmp_path / kind)
            assert load_demo(services, SIZE).customers == SIZE.customers
            found.append(digest(services, organisations(services)[cast.DEMO]))
            check_whole(services, organisations(services)[cast.DEMO])
            services.close()
    assert found[0] == found[1]


def check_whole(services: Services, org_id: str) -> None:
    """Devices' buckets, journal and rhythm."""
    assert audit(services.database, org_id).total == 0
    with services.reading(org_id) as connection:
        assert verify(connection, org_id)[1] is None
        jobs = connection.execute(select(func.count()).select_from(JOBS).where(JOBS.c.org_id == org_id)).scalar_one()
        met = connection.execute(select(c(Customer).created_at).where(c(Customer).org_id == org_id)).scalars().all()
        sold = Counter(
            connection.execute(select(c(Opportunity).state).where(c(Opportunity).org_id == org_id)).scalars()
        )
        went = Counter(connection.execute(select(c(Visit).state).where(c(Visit).org_id == org_id)).scalars())
    assert jobs < 100  # what happens today is told, the year is not
    days = {moment.date() for moment in met}
    assert min(days) < LAST - timedelta(days=300)
    assert len(days) > 50
    assert min(sold["open"], sold["won"], sold["lost"]) > 1
    assert went["done"] > went["cancelled"] > 0


def test_a_year_that_was_cut_off_goes_on_the_next_week(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    class PowerCut(Exception):
        pass

    told: list[int] = []
    whole = year._Portfolio._load_weeks

    def load_weeks(self: Any, *rest: Any) -> None:
        told.append(1)
        if len(told) == 17:  # of the second salesperson
            raise PowerCut
        whole(self, *rest)

    monkeypatch.setattr(year._Portfolio, "_load_weeks", load_weeks)
    small = replace(SIZE, customers=60)
    with pytest.raises(PowerCut):
        load_demo(services, small)
    org_id = organisations(services)[cast.DEMO]
    later = replace(services, clock=type("Later", (), {"now": lambda _: NOW + timedelta(days=7)})())
    load_demo(later, small)
    assert load_demo(later, small).customers == 0
    with services.reading(org_id) as connection:
        count = select(func.count()).select_from(Customer.__table__).where(c(Customer).org_id == org_id)
        assert connection.execute(count).scalar_one() == 60
        planned = connection.execute(select(func.min(c(Task).due_on)).where(c(Task).org_id == org_id)).scalar_one()
    assert planned == LAST - year.YEAR + timedelta(days=1)
    assert len(told) == 16 + 1 + 4 * 13 - 16  # nothing twice


def test_weekends_are_full_and_the_spring_festival_is_quiet() -> None:
    of_year = Year.ending(LAST, 364)
    met: Counter[int] = Counter()
    for number in range(600):
        course = invent_course(1, number, invent_customer(1, number, LAST), of_year, off=2)
        assert [deed.order for deed in course] == sorted(deed.order for deed in course)
        assert not any(is_shut(deed.day) or deed.day.weekday() == 2 for deed in course if deed.what != "stage")
        met.update(deed.day.weekday() for deed in course if deed.what == "enter")
    assert min(met[5], met[6]) > 1.5 * max(met[1], met[4])
    assert [is_shut(date(2026, 2, day)) for day in (17, 24)] == [True, False]


def test_a_day_is_planned_in_the_morning_and_its_visits_follow_each_other() -> None:
    deeds = [Deed(number, LAST, 900 - number, "visit", 0, {"is_planned": number > 0}) for number in range(10)]
    told = in_days(deeds)
    assert [deed.what for deed in told] == ["plan", *["visit"] * 7, "close"]
    assert (told[0].number, len(told[0].values["visits"])) == (NOBODY, 7)
    begins = [deed.minute for deed in told[1:-1]]
    assert all(later - earlier >= 65 for earlier, later in pairwise(begins))


def test_the_named_salespeople_have_something_on_every_stage(services: Services) -> None:
    load_demo(services, Size(customers=30))
    org_id = organisations(services)[cast.DEMO]

    def rows(kind: type[Row]) -> list[Any]:
        with services.reading(org_id) as connection:
            return list(connection.execute(kind.__table__.select().where(c(kind).org_id == org_id)))

    found = rows(Opportunity)
    assert {row.state for row in found} == {"open", "won", "lost"}
    assert {row.reason for row in found if row.state == "lost"} <= {"price", "competitor", "unreachable"}
    assert {row.stage_code for row in found} <= {stage.code for stage in SEEDS}
    assert len(rows(Reception)) > 3
    assert {row.version for row in rows(Customer)} == {1}  # none of them has changed
