"""An organisation as large as wanted, put in by bulk: what lists, searches and boards of it are asked for (sizes.py).

One salesperson has OWN customers and five visits to each, whatever the size; the rest belongs to 199 others in twenty teams.
No feed: lists do not read it. Rows as the demo's are invented (server/cli/demo_load/inventing.py), names from its small stock.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import Connection, Integer, bindparam, inspect, text

from benchmarks.place import Place, Seller, key_rows_of
from server.accounts.models import Role
from server.accounts.operations import staff, units
from server.accounts.operations.staff import NewUser
from server.accounts.rules import StaffValues
from server.accounts.scope import UnitKind
from server.cli.demo_load.inventing import invent_customer
from server.core import bulk
from server.core.access import system_actor
from server.core.db import commit, open_engine
from server.core.rows import Row, c
from server.core.types import Id, from_ms
from server.customers.deleting.models import DeletedCustomer
from server.customers.lead_conflicts.models import LeadConflict
from server.customers.models import Customer, CustomerPhone, TimelineEntry
from server.customers.opportunities.models import Opportunity
from server.customers.opportunities.rules import SEEDS, weighted
from server.customers.profile import rules as profile
from server.customers.receptions.models import Reception
from server.customers.rules import LOSS_REASONS, name_key, tail_of
from server.customers.search.index import CUSTOMER_KEYS, KEY_NAMES
from server.customers.search.sound import reading_of
from server.fieldwork.activities.models import Activity
from server.fieldwork.models import DayPlan, FollowUp, Task, Visit
from server.fieldwork.questions.models import Question
from server.fieldwork.reports.models import WorkReport
from sync_protocol.ids import new_id

OWN, STAFF, TEAM = 10_000, 200, 10
VISITS, ENTRIES, DAYS = 5, 1000, 1000
"""Visits to each customer of the one salesperson; lines on the timeline of the one customer with a long history; days of which
everybody has a plan and a report."""
TODAY = date(2026, 6, 1)
BOARD_DAY = TODAY + timedelta(days=1)
ALIKE = 100
"""One of so many of the salesperson's customers has a phone that ends like the rare one: four digits fill a page in both sizes."""
RARE_NAME, RARE_LETTERS, RARE_DIGITS = "上官望舒然", "sgwsr", "77310042"
_COPIED_BY = "ix_customer_keys_customer_id_key"
_FIRST_MS, _STEP_MS = 1_680_000_000_000, 97_000


@dataclass(slots=True)
class Crowd:
    """The organisation, and who asks. block: customers that each owner has. busy: the customer with a long history."""

    place: Place
    seller: Seller
    supervisor: Seller
    director: Seller
    block: int
    busy: str = ""
    rows: int = 0
    others: list[tuple[str, str]] = field(default_factory=list)


def gather(place: Place, owner_url: str, total: int) -> Crowd:
    """Make an organisation of `total` customers. owner_url: of the tables' owner, who may take indexes away meanwhile.

    The salesperson's customers and as many of others are written row by row; the rest is copied from those by the database.
    """
    block = min(OWN, total)
    hired = (place.hire("seller"), place.hire("supervisor", "supervisor"), place.hire("director", "director"))
    crowd = Crowd(place, *hired, block, others=_hire(place))
    with _without_indexes(owner_url):
        _write(crowd, range(block), mine=True)
        for copy in range(1, VISITS):
            _copy(crowd, copy, crowd.seller.actor.user_id, crowd.place.team, (Visit,))
        if total > block:
            _write(crowd, range(block, 2 * block), mine=False)
        for copy in range(2, total // block):
            _copy(crowd, VISITS + copy, *crowd.others[copy], _TABLES)
            print(f"    {copy * block:,} of {total:,}", end="\r", flush=True)
    place.customers = total
    return crowd


@contextlib.contextmanager
def _without_indexes(owner_url: str) -> Iterator[None]:
    """Take away indexes of the tables that are filled, and make them anew at the end: a third of the time."""
    engine = open_engine(owner_url, pool_size=1)
    with engine.begin() as connection:
        there = [
            index
            for table in (CUSTOMER_KEYS, *(row.__table__ for row in _TABLES))
            for index in table.indexes
            if index.name != _COPIED_BY
            and index.name in {each["name"] for each in inspect(connection).get_indexes(table.name)}
        ]
        for index in there:
            index.drop(connection)
    yield
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # an index of ten million rows takes longer than any statement may
            connection.execute(text("SET statement_timeout = 0"))
        for index in there:
            index.create(connection)
    engine.dispose()


def _copy(crowd: Crowd, copy: int, owner_id: str, unit_id: str, tables: Sequence[type[Row]]) -> None:
    """Copy the rows of the first of the others, for another owner; of one table alone, the salesperson's own."""
    is_own = len(tables) == 1
    told = {
        "org": crowd.place.org_id, "owner": owner_id, "unit": unit_id, "copy": copy, "at": 1 << 25,
        "whose": crowd.seller.actor.user_id if is_own else crowd.others[0][0],
        "first": _first_id(0 if is_own else crowd.block), "last": _first_id(crowd.block if is_own else 2 * crowd.block),
    }  # fmt: skip
    with crowd.place.services.database.write(crowd.place.org_id) as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        # Half of the time in an id gives way to the copy's number; what else is in it differs from row to row.
        other_id = (
            "printf('%08x', :at + :copy) || substr({0}, 9)"
            if is_sqlite
            else "CAST(lpad(to_hex(:at + :copy), 8, '0') || substr(CAST({0} AS text), 9) AS uuid)"
        )
        eight = "printf('%08d', {0})" if is_sqlite else "lpad(CAST({0} AS text), 8, '0')"
        digits = eight.format("(CAST(substr(number, 7) AS integer) + :copy * 1000003) % 100000000")
        values = {
            "id": other_id.format("id"),
            **({} if is_own else {each: other_id.format(each) for each in ("customer_id", "first_id", "second_id")}),
            **dict.fromkeys(("unit_id", "first_unit_id", "second_unit_id"), ":unit"),
            "number": f"'+86154' || {digits}",
            "tail": f"substr({digits}, 5)",
            "updated_at": "updated_at + :copy * 977",
            **dict.fromkeys(_PEOPLE, ":owner"),
        }
        for row in tables:
            names = row.__names__
            whose = "owner_id" if "owner_id" in names else "first_owner_id"
            crowd.rows += _run(
                connection,
                f"INSERT INTO {row.__table__.name} ({', '.join(names)}) "  # noqa: S608 (our own names)
                f"SELECT {', '.join(values.get(name, name) for name in names)} FROM {row.__table__.name} "
                f"WHERE org_id = :org AND id >= :first AND id < :last AND {whose} = :whose ORDER BY id",
                told,
            )
        if not is_own:
            crowd.rows += _run(
                connection,
                f"INSERT INTO customer_keys ({', '.join(KEY_NAMES)}) "  # noqa: S608
                f"SELECT org_id, key, {values['customer_id']}, :owner, :unit, project_id "
                "FROM customer_keys WHERE org_id = :org AND customer_id >= :first AND customer_id < :last ORDER BY key",
                told,
            )
        commit(connection)


def _run(connection: Connection, sql: str, told: Mapping[str, Any]) -> int:
    """How many rows a statement wrote. told: more than it has parameters for."""
    named = {name: value for name, value in told.items() if f":{name}" in sql}
    kinds = [bindparam(name, type_=Integer() if name in ("copy", "at") else Id()) for name in named]
    return int(connection.execute(text(sql).bindparams(*kinds), named).rowcount)


def _first_id(number: int) -> str:
    """Below the ids of customer `number` and what hangs on him."""
    return new_id(_FIRST_MS + number * _STEP_MS)[:13] + "-7000-8000-000000000000"


def _hire(place: Place) -> list[tuple[str, str]]:
    """(user, unit) of everybody else."""
    found = []
    with place.services.writing(system_actor(place.org_id)) as uow:
        roles = tuple(each.id for each in uow.find(Role, c(Role).code == "salesperson"))
        unit = place.team
        for number in range(1, STAFF):
            if number % TEAM == 0:
                name = f"{number // TEAM} 区 Team"
                unit = units.create_unit(uow, parent_id=place.root, kind=UnitKind.TEAM, name=name).id
            values = StaffValues(number=f"S{number:04d}", name=f"员工{number}")
            user = staff.create_user(
                uow, NewUser(staff=values, username=f"s{number}", unit_id=unit, role_ids=roles, password_hash=None)
            )
            found.append((user.id, unit))
        uow.commit()
    return found


def _write(crowd: Crowd, numbers: range, *, mine: bool) -> None:
    heap: dict[type[Row], list[Row]] = {}
    for number in numbers:
        for row in _rows(crowd, number, mine=mine):
            row.org_id = crowd.place.org_id
            heap.setdefault(type(row), []).append(row)
    people = cast(list[Customer], heap[Customer])
    keys = key_rows_of(people)
    with crowd.place.services.database.write(crowd.place.org_id) as connection:
        for kind, rows in heap.items():
            names = kind.__names__
            bulk.insert(
                connection, kind.__table__, names, [tuple(getattr(row, name) for name in names) for row in rows]
            )
            crowd.rows += len(rows)
        bulk.insert(connection, CUSTOMER_KEYS, KEY_NAMES, keys)
        crowd.rows += len(keys)
        commit(connection)


def _rows(crowd: Crowd, number: int, *, mine: bool) -> Iterator[Row]:
    """Customer `number` with what hangs on him."""
    minted, is_rare = _FIRST_MS + number * _STEP_MS, number == 1
    at = from_ms(minted)
    seller, team = (crowd.seller.actor.user_id, crowd.place.team) if mine else crowd.others[0]
    scope: dict[str, Any] = {"owner_id": seller, "unit_id": team, "created_at": at, "updated_at": at}
    invented = invent_customer(1, number, TODAY)
    values: dict[str, Any] = dict(invented.values)
    if is_rare:
        values |= {"name": RARE_NAME, "kind": "person"}
    key = name_key(values["name"])
    customer = Customer(
        id=new_id(minted),
        owned_since=at,
        name_key=key,
        pinyin=reading_of(key),
        deal=profile.deal_of_stage(values["stage"]),
        importance=(None, None, "ordinary", "key")[number % 4],
        need_level=(None, *profile.NEEDS)[number % 4],
        category=profile.CATEGORIES[number % 5] if number % 3 else None,
        industry=profile.INDUSTRIES[number % 20] if values["kind"] == "company" else None,
        expected_close_on=TODAY + timedelta(days=number % 200) if number % 7 else None,
        expected_amount_minor=number % 977 * 1_000_000 if number % 2 else None,
        **scope,
        **values,
    )
    yield customer
    hangs: dict[str, Any] = {"customer_id": customer.id, **scope}
    for place, (_, label, is_current) in enumerate(invented.phones):
        digits = f"{(number + place * 50_000_000) * 7919 % 100_000_000:08d}"
        if mine and not place and number % ALIKE == 1:
            digits = RARE_DIGITS if is_rare else f"{number:04d}{RARE_DIGITS[-4:]}"
        phone = f"+86154{digits}"
        told: dict[str, Any] = {"label": label, "is_current": is_current}
        yield CustomerPhone(id=new_id(minted), number=phone, tail=tail_of(phone), **told, **hangs)
    line: dict[str, Any] = {"at": at, "day_on": at.date(), "done_by": seller, **hangs}
    yield TimelineEntry(id=new_id(minted), kind="customer-created", deed="customer", subject_id=customer.id, **line)
    if number == 0:
        crowd.busy = customer.id
        for place in range(ENTRIES):
            later = {**line, "created_at": at + timedelta(hours=place)}
            yield TimelineEntry(id=new_id(minted), kind="note", deed="note", **later)
    if number % 5 < 2:
        yield _opportunity(number, minted, seller, hangs)
    if mine or number % 5 == 0:
        yield Reception(id=new_id(minted), received_by=seller, received_at=at, fixed_at=at, **hangs)
        yield Activity(
            id=new_id(minted), author_id=seller, kind="return_visit", channel="call_out", at=at, text="已联系",
            day_on=TODAY - timedelta(days=number % 1000), **hangs,
        )  # fmt: skip
        yield from _to_do(customer, number, minted, seller, hangs)
    yield from _of_days(customer, number, minted, seller, team)
    yield _visit(customer, TODAY - timedelta(days=number % 1000), minted, seller, hangs, planned=bool(number % 4))
    if mine and number < STAFF * 4:
        who, unit = (seller, team) if number % STAFF == 0 else crowd.others[number % STAFF - 1]
        of_the_day = {**hangs, "owner_id": who, "unit_id": unit}
        yield _visit(customer, BOARD_DAY, minted, who, of_the_day, planned=True)


def _visit(customer: Customer, day: date, minted: int, who: str, hangs: dict[str, Any], *, planned: bool) -> Visit:
    begin = datetime.combine(day, time(2), tzinfo=UTC)
    return Visit(
        id=new_id(minted), author_id=who, assignee_id=who, customer_name=customer.name, day_on=day,
        planned_on=day if planned else None, state="done", outcome="met", result="约定三天内给答复",
        actual_started_at=begin, actual_ended_at=begin + timedelta(minutes=40), **hangs,
    )  # fmt: skip


def _to_do(customer: Customer, number: int, minted: int, who: str, hangs: dict[str, Any]) -> Iterator[Row]:
    """A follow-up and a task, of which one in twenty is open, and a question."""
    is_open, at = number % 20 == 0, hangs["created_at"]
    due_on = TODAY + timedelta(days=number % 30) if is_open else TODAY - timedelta(days=number % 1000)
    done: dict[str, Any] = {"state": "open"} if is_open else {"state": "done", "done_at": at}
    asked: dict[str, Any] = {
        "author_id": who,
        "assignee_id": who,
        "customer_name": customer.name,
        "text": "寄户型图",
        **done,
    }
    yield FollowUp(id=new_id(minted), due_on=due_on, **asked, **hangs)
    yield Task(id=new_id(minted), due_on=due_on, **asked, **hangs)
    state = (
        {"state": "open"} if is_open else {"state": "answered", "answer": "可以", "answered_by": who, "answered_at": at}
    )
    told: dict[str, Any] = {
        "author_id": who,
        "customer_name": customer.name,
        "text": "能贷多少？",
        "asked_at": at,
        **state,
    }
    yield Question(id=new_id(minted), **told, **hangs)


def _of_days(customer: Customer, number: int, minted: int, who: str, team: str) -> Iterator[Row]:
    """A plan and a report of each of a thousand days, and what few customers have: a conflict, or having been deleted."""
    at, place = customer.created_at, number % OWN
    scope: dict[str, Any] = {"owner_id": who, "unit_id": team, "created_at": at, "updated_at": at}
    if place < DAYS:
        day = TODAY - timedelta(days=place)
        yield DayPlan(id=new_id(minted), plan_on=day, state="sent", sent_at=at, **scope)
        yield WorkReport(
            id=new_id(minted),
            kind="daily",
            period_on=day,
            summary="照常",
            state="sent",
            sent_at=at,
            revision=1,
            **scope,
        )
    if place % 100 == 0:
        yield DeletedCustomer(id=new_id(minted), name=customer.name, deleted_by=who, **scope)
        yield LeadConflict(
            id=new_id(minted), created_at=at, updated_at=at,
            first_id=customer.id, first_owner_id=who, first_unit_id=team, first_received_at=at, first_arrived_at=at,
            second_id=customer.id, second_owner_id=who, second_unit_id=team, second_received_at=at, second_arrived_at=at,
        )  # fmt: skip


def _opportunity(number: int, minted: int, seller: str, hangs: dict[str, Any]) -> Opportunity:
    stage = SEEDS[number % len(SEEDS)]
    state = ("open", "open", "open", "won", "lost")[number // 5 % 5]
    amount = 50_000_000 + number * 7919 % 400_000_000
    closed: dict[str, Any] = {} if state == "open" else {"closed_on": TODAY - timedelta(days=number % 365)}
    if state == "lost":
        closed["reason"] = LOSS_REASONS[number % len(LOSS_REASONS)]
    return Opportunity(
        id=new_id(minted), title="三房 110 平米", stage_code=stage.code, probability=stage.probability, amount_minor=amount,
        currency="CNY", weighted_minor=weighted(amount, stage.probability), next_step="电话跟进", opened_by=seller,
        next_step_on=TODAY, expected_close_on=TODAY + timedelta(days=number % 120), state=state, **closed, **hangs,
    )  # fmt: skip


_TABLES = (
    Customer, CustomerPhone, TimelineEntry, Opportunity, Reception, Activity, Visit,
    FollowUp, Task, Question, DayPlan, WorkReport, DeletedCustomer, LeadConflict,
)  # fmt: skip
_PEOPLE = (
    "owner_id", "author_id", "assignee_id", "received_by", "done_by", "opened_by", "answered_by", "deleted_by",
    "first_owner_id", "second_owner_id",
)  # fmt: skip
