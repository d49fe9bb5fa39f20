"""Who stands on the board, what of it is told to whom, and what it costs, on both databases."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from server.accounts.models import Device, User, UserRole
from server.core.access import Reach, system_actor
from server.core.db import commit
from server.core.problems import Refused
from server.core.rows import c
from server.core.tables import ENROLMENTS
from server.core.uow import unit_of_work
from server.fieldwork import operations
from server.fieldwork.activities.operations import log_activity
from server.fieldwork.models import DayPlan, Visit
from server.insight.functions import BOARD
from server.insight.queries import Board, Counts, board, board_lines
from sync_protocol.ids import new_id
from tests.server.fieldwork.office import ON_SITE, SITE, Office, shanghai, statements
from tests.support.syncing import pull_all

SUNDAY, MONDAY, TUESDAY = date(2025, 3, 2), date(2025, 3, 3), date(2025, 3, 4)


def _board(office: Office, who: str = "jie", on: date = MONDAY, *, now: datetime | None = None, **given: Any) -> Board:
    with office.database.read(office.actor(who).org_id) as connection:
        return board(connection, office.actor(who), on=on, now=now or office.clock.now(), **given)


def _of(found: Board, office: Office, who: str) -> Counts:
    (counts,) = [person.counts for person in found.people if person.user_id == office.users[who]]
    return counts


def _names(found: Board) -> list[str]:
    return [person.name for person in found.people]


def test_everybody_who_works_in_the_field_stands_on_it(office: Office) -> None:
    assert _names(_board(office, "jie")) == ["Wang", "Zhao"]
    assert _names(_board(office, "hong")) == ["Na"]
    assert _names(_board(office, "yang")) == ["Wang", "Zhao", "Na"], "by unit and name"
    assert _names(_board(office, "boss")) == ["Wang", "Zhao", "Na"], "not finance, nobody disabled"
    assert _board(office, "spy").people == []
    units = frozenset([office.units["west"]])
    assert _names(_board(office, "yang", units=units)) == ["Na"]
    assert _names(_board(office, "jie", units=units)) == []
    assert _names(_board(office, "boss", units=frozenset())) == []


def test_managers_and_leavers_stand_on_it_with_a_visit(office: Office) -> None:
    office.visit("jie", planned_on=MONDAY)
    visit = office.visit("zhao", planned_on=MONDAY)
    with unit_of_work(office.database, system_actor(office.org), clock=office.clock) as uow:
        uow.change(uow.must(User, office.users["zhao"]), state="disabled")
        uow.commit()
    found = _board(office, "yang")
    assert _names(found) == ["Jie", "Wang", "Zhao", "Na"]
    assert found.total == Counts(planned=2, open=2)
    assert _names(_board(office, "yang", on=TUESDAY)) == ["Wang", "Na"], visit


def test_without_the_permission_there_is_no_board(office: Office) -> None:
    for who in ("wang", "nobody"):
        with pytest.raises(Refused, match=r"^core.function-missing$"):
            _board(office, who)


@pytest.mark.parametrize("who", ["na", "sun", "spy", "random"])
def test_nobody_elses_day_is_shown(office: Office, who: str) -> None:
    user_id = office.users.get(who, new_id())
    with (
        office.database.read(office.org) as connection,
        pytest.raises(Refused, match=r"^core.not-found$"),
    ):
        board_lines(connection, office.actor("jie"), user_id, on=MONDAY, now=office.clock.now())


def test_own_scope_shows_oneself(office: Office) -> None:
    wang = office.actor("wang")
    own = {**wang.reaches, BOARD: Reach(wang.user_id, own=True)}
    office.people["wang"] = dataclasses.replace(wang, reaches=own)
    office.visit("wang", planned_on=MONDAY)
    assert _names(_board(office, "wang")) == ["Wang"]


def test_what_went_to_another_unit_is_counted_but_not_told(office: Office) -> None:
    customer = office.customer("王小明", by="wang")
    visit = office.visit(customer_id=customer, planned_on=MONDAY, purpose="签约", **SITE)
    office.start("wang", visit, shanghai("09:00"), **ON_SITE)
    office.finish("wang", visit, shanghai("09:30"), result="已签", outcome="met")
    office.hand_over([customer], "na")
    for who, hidden in (("jie", True), ("yang", False)):
        assert _of(_board(office, who), office, "wang").kept == 1
        with office.database.read(office.org) as connection:
            (line,) = board_lines(
                connection, office.actor(who), office.users["wang"], on=MONDAY, now=office.clock.now()
            )
        shown = line.line.visit
        assert line.is_hidden is hidden
        assert (shown.customer_name, shown.result, shown.latitude_e7) == (
            (None, None, None) if hidden else ("王小明", "已签", ON_SITE["latitude_e7"])
        )
        assert (shown.actual_started_at, shown.location_verdict, shown.outcome) == (
            shanghai("09:00"),
            "verified",
            "met",
        )


def test_when_the_plan_was_sent_and_the_phone_last_heard(office: Office) -> None:
    first, second, withdrawn = (office.plan(plan_on=MONDAY) for _ in range(3))
    for plan in (first, withdrawn):
        office.do("wang", operations.send_plan, DayPlan, plan)
        office.clock.at += timedelta(hours=1)
    office.do("wang", operations.cancel_plan, DayPlan, withdrawn)
    seen = [datetime(2025, 3, 2, tzinfo=UTC), datetime(2025, 3, 3, tzinfo=UTC)]
    for at in seen:
        _device(office, "wang", at)
    wang, zhao = _board(office).people
    assert (wang.plan_sent_at, wang.last_seen_at) == (shanghai("10:00"), seen[1]), second
    assert (zhao.plan_sent_at, zhao.last_seen_at) == (None, None)
    pull_all(office.database, office.on_device("zhao"))
    with office.database.write(office.org) as connection:
        e = ENROLMENTS.c
        heard = {"exchanged_at": shanghai("09:59")}
        connection.execute(
            update(ENROLMENTS).where(e.org_id == office.org, e.user_id == office.users["zhao"]).values(heard)
        )
        commit(connection)
    wang, zhao = _board(office).people
    assert (wang.last_seen_at, zhao.last_seen_at) == (seen[1], shanghai("09:59")), "an exchange is a sign of life too"


def test_calls_and_other_activities_stand_beside_the_visits(office: Office) -> None:
    office.clock.at = shanghai("12:00", 4)
    customer = office.customer(by="wang")
    for channel, at in (("call_in", "09:00"), ("call_out", "23:59"), ("mail", "10:00"), ("call_in", "24:00")):
        told = {"kind": "presales", "channel": channel, "text": "x", "at": shanghai(at)}
        office.make("wang", log_activity, customer_id=customer, **told)
    office.visit("wang", planned_on=MONDAY)
    office.visit("wang", planned_on=MONDAY)
    found = _board(office)
    assert _of(found, office, "wang") == found.total == Counts(planned=2, not_heard_from=2, calls=2, contacts=1)
    assert _of(_board(office, on=TUESDAY), office, "wang") == Counts(calls=1)


def _device(office: Office, who: str, at: datetime) -> None:
    with unit_of_work(office.database, system_actor(office.org), clock=office.clock) as uow:
        uow.add(
            Device(
                installation=new_id(), user_id=office.users[who], name="x", platform="web", key_thumbprint=new_id(),
                public_jwk={}, last_seen_at=at, app_version="1", schema_number=1,
            )
        )  # fmt: skip
        uow.commit()


# -- what it costs -----------------------------------------------------------------------------------------------------


def test_one_statement_whatever_the_teams_size(office: Office) -> None:
    def count() -> tuple[int, int]:
        with statements(office.database) as seen:
            found = _board(office, "yang")
        with statements(office.database) as lines, office.database.read(office.org) as connection:
            board_lines(connection, office.actor("yang"), office.users["wang"], on=MONDAY, now=office.clock.now())
        assert len(lines) == 1
        return len(seen), len(found.people)

    assert count() == (1, 3)
    _crowd(office, 200)
    assert count() == (1, 203)
    assert _board(office, "yang").total.planned == 600


def _crowd(office: Office, people: int) -> None:
    """Salespeople of East with three planned visits each, written at once."""
    users = [new_id() for _ in range(people)]
    now, org, east = office.clock.now(), office.org, office.units["east"]
    with office.database.read(org) as connection:
        ur = c(UserRole)
        role = connection.execute(
            select(ur.role_id).where(ur.org_id == org, ur.user_id == office.users["wang"])
        ).scalar_one()
    stamps = {"org_id": org, "version": 1, "created_at": now, "updated_at": now}
    with office.database.write(org) as connection:
        plain = {"unit_id": east, "messages_reviewed": False, "is_default": False, "state": "active"}
        connection.execute(
            insert(User.__table__),
            [{**stamps, **plain, "id": each, "number": each, "name": each, "username": each} for each in users],
        )
        connection.execute(
            insert(UserRole.__table__), [{**stamps, "id": new_id(), "user_id": each, "role_id": role} for each in users]
        )
        rest = {"planned_on": MONDAY, "day_on": MONDAY, "importance": 2, "urgency": 2, "state": "planned", "is_mock": False,
                "time_verdict": "plausible", "location_verdict": "none", "marks": {}, "unit_id": east}  # fmt: skip
        connection.execute(
            insert(Visit.__table__),
            [
                {**stamps, **rest, "id": new_id(), "owner_id": each, "author_id": each, "assignee_id": each}
                for each in users
                for _ in range(3)
            ],
        )
        commit(connection)
