"""The audit of sync finds each kind of disagreement, on both databases, and nothing where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pysqlite3
import pytest
from sqlalchemy import and_, delete, insert, select, update

from server.accounts.models import OrgUnit
from server.accounts.operations.organisations import create_organisation
from server.accounts.operations.units import create_unit
from server.accounts.queries.actors import load_actor
from server.accounts.scope import UnitKind
from server.cli.terminal import declare_everything
from server.core.access import system_actor
from server.core.audit import REASONS, Finding, Report, audit
from server.core.db import commit
from server.core.rows import c
from server.core.services import Services
from server.core.tables import ENROLMENTS, FEED, LEDGER
from server.customers.models import Customer
from server.customers.operations import add_note, add_phone, create_customer
from server.fieldwork.reports.operations import begin_report
from sync_protocol.ids import new_id
from tests.server.core.job_world import services_of

SMALL = 7  # rows in a slice: several slices of everything

Spoiling = Callable[[str, str], Any]
"""Makes the statement that spoils something, of the organisation and one row."""


CUSTOMERS = 10


@pytest.fixture
def services(owner_url: str, tmp_path: Path) -> Iterator[Services]:
    """Under a role that may also spoil what the product's own role may only add to."""
    declare_everything()
    made = services_of(owner_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def org_id(services: Services) -> str:
    """An organisation whose administrator has entered some customers."""
    actor = system_actor(new_id())
    with services.writing(actor) as uow:
        _, admin = create_organisation(uow, code="audited", name="Audited", admin_password_hash=None)
        root = uow.find(OrgUnit)[0]
        create_unit(uow, parent_id=root.id, kind=UnitKind.TEAM, name="East")
        uow.commit()
    with services.reading(actor.org_id) as connection:
        seller = load_actor(connection, actor.org_id, admin.id)
    assert seller is not None
    with services.writing(seller) as uow:
        for n in range(CUSTOMERS):
            customer = create_customer(uow, new_id(), {"name": f"Customer {n}"})
            add_phone(uow, new_id(), {"customer_id": customer.id, "number": f"1540000{n:04d}"})
            add_note(uow, new_id(), {"customer_id": customer.id, "text": "met"})
        begin_report(uow, new_id(), {"kind": "daily", "period_on": uow.today()})  # for one person, or several
        uow.commit()
    return actor.org_id


@pytest.fixture
def customer(services: Services, org_id: str) -> str:
    columns = c(Customer)
    with services.reading(org_id) as connection:
        statement = Customer.__table__.select().where(columns.org_id == org_id).order_by(columns.id)
        return str(connection.execute(statement).first().id)  # type: ignore[union-attr]


def spoil(services: Services, org_id: str, *statements: Any) -> None:
    with services.database.write(org_id) as connection:
        for statement in statements:
            connection.execute(statement)
        commit(connection)


def own_entry(org: str, row: str) -> Any:
    t = FEED.c
    return and_(t.org_id == org, t.row_id == row, t.collection == "customers", t.bucket.like("customers:own:%"))


def change_customer(org: str, row: str, **values: Any) -> Any:
    columns = c(Customer)
    return update(Customer.__table__).where(columns.org_id == org, columns.id == row).values(**values)


def findings(services: Services, org_id: str) -> set[tuple[str, str, str]]:
    report = audit(services.database, org_id, size=SMALL)
    return {(found.table, found.row_id, found.reason) for found in report.findings}


def test_what_the_product_wrote_agrees(services: Services, org_id: str) -> None:
    told: list[int] = []
    report = audit(services.database, org_id, size=SMALL, progress=lambda done, _total: told.append(done))
    assert (report.total, report.findings) == (0, [])
    assert report.rows > 4 * CUSTOMERS
    assert report.entries > 2 * report.rows
    assert told == sorted(told)
    assert told[-1] == report.rows + report.entries


@pytest.mark.parametrize(
    ("spoiling", "reason"),
    [
        (lambda org, row: delete(FEED).where(own_entry(org, row)), "missing"),
        (lambda org, row: update(FEED).where(own_entry(org, row)).values(row_version=99), "version"),
        (lambda org, row: update(FEED).where(own_entry(org, row)).values(put=False), "removed"),
        (lambda org, row: update(FEED).where(own_entry(org, row)).values(seq=10**6), "ahead"),
        (lambda org, row: change_customer(org, row, version=99), "version"),
    ],
)
def test_a_row_and_its_entries_that_differ_are_found(
    services: Services, org_id: str, customer: str, spoiling: Spoiling, reason: str
) -> None:
    spoil(services, org_id, spoiling(org_id, customer))
    assert findings(services, org_id) == {("customers", customer, reason)}


@pytest.mark.parametrize(
    ("collection", "bucket", "of_a_row", "reason"),
    [
        ("customers", "customers:own:somebody", True, "foreign"),
        ("customers", "customers:all", False, "ghost"),
        ("unicorns", "customers:all", True, "unknown"),
    ],
)
def test_an_entry_that_should_not_be_there_is_found(
    services: Services, org_id: str, customer: str, collection: str, bucket: str, of_a_row: bool, reason: str
) -> None:
    row = customer if of_a_row else new_id()
    values = {"bucket": bucket, "collection": collection, "row_id": row, "seq": 1, "put": True, "row_version": 1}
    spoil(services, org_id, insert(FEED).values(org_id=org_id, **values))
    assert (collection, row, reason) in findings(services, org_id)


def test_rows_that_parted_from_their_customer_are_found(services: Services, org_id: str, customer: str) -> None:
    east = select(c(OrgUnit).id).where(c(OrgUnit).org_id == org_id, c(OrgUnit).name == "East").scalar_subquery()
    spoil(services, org_id, change_customer(org_id, customer, unit_id=east))
    found = audit(services.database, org_id, size=SMALL).findings
    assert {each.reason for each in found} == {"missing", "foreign", "parted"}
    assert {each.table for each in found if each.reason == "parted"} >= {"customer_phones", "timeline"}
    assert {each.row_id for each in found if each.reason != "parted"} == {customer}


@pytest.mark.sqlite
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_rows_that_hang_on_nothing_are_found(
    services: Services, org_id: str, customer: str, database_kind: str
) -> None:
    """Foreign keys do not let that happen; a file that something else wrote to may have it all the same."""
    with closing(pysqlite3.connect(services.database.engine.url.database)) as connection:
        connection.execute("DELETE FROM customers WHERE id = ?", (customer,))
        connection.commit()
    found = audit(services.database, org_id, size=SMALL).findings
    assert {(each.table, each.reason) for each in found} >= {("customer_phones", "orphan"), ("customers", "ghost")}


@pytest.mark.parametrize(
    ("last_n", "kept", "whole"),
    [(0, (), True), (3, (1, 2, 3), True), (3, (1, 3), False), (3, (1, 2), False), (3, (), False), (0, (1,), False)],
)
def test_a_hole_in_a_ledger_is_found(
    services: Services, org_id: str, last_n: int, kept: tuple[int, ...], whole: bool
) -> None:
    enrolment, at = new_id(), datetime(2025, 1, 1, tzinfo=UTC)
    who = {"user_id": new_id(), "device_id": new_id(), "incarnation": 1, "created_at": at}
    entries = [
        insert(LEDGER).values(org_id=org_id, enrolment_id=enrolment, n=n, content_hash="", verdict="") for n in kept
    ]
    spoil(services, org_id, insert(ENROLMENTS).values(org_id=org_id, id=enrolment, last_n=last_n, **who), *entries)
    assert findings(services, org_id) == (set() if whole else {("ledger", enrolment, "ledger")})


def test_findings_are_all_counted_and_the_first_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.core.audit.MAX_FINDINGS", 2)
    report = Report()
    for n in range(5):
        report.add(Finding("customers", str(n), "missing"))
    assert (report.total, [each.row_id for each in report.findings]) == (5, ["0", "1"])
    assert all(REASONS.values())
