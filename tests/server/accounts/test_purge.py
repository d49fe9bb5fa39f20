"""What is forgotten at night, and what a device that comes back much later must still find."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

import server.accounts.purge as purge
from server.accounts.models import ProofUse, RefreshFamily, Session
from server.accounts.operations.devices import revoke_device
from server.core import tables
from server.core.jobs import HANDLERS
from server.core.rows import c
from server.worker import Worker
from tests.server.accounts.company import Company, Phone

KIND = "accounts.forget-sessions"


def _ids(company: Company, kind: type[Any]) -> set[str]:
    with company.database.read(company.org) as connection:
        return set(connection.execute(select(c(kind).id).where(c(kind).org_id == company.org)).scalars())


def _count(company: Company, table: Any) -> int:
    with company.database.read(company.org) as connection:
        return int(
            connection.execute(
                select(func.count()).select_from(table).where(table.c.org_id == company.org)
            ).scalar_one()
        )


def _night(company: Company) -> dict[str, int]:
    """The job's result."""
    with company.writing("system") as uow:
        job_id = uow.enqueue(KIND, {})
        uow.commit()
    assert Worker(company.services).work_one()
    t = tables.JOBS.c
    with company.database.read(company.org) as connection:
        row = connection.execute(select(t.state, t.result).where(t.org_id == company.org, t.id == job_id)).one()
    assert row.state == "done"
    found: dict[str, int] = orjson.loads(row.result)
    return found


def test_it_is_done_every_night() -> None:
    assert HANDLERS[KIND].nightly


def test_used_proofs_go_an_hour_after_no_clock_accepts_them(company: Company) -> None:
    phone = Phone(company).signed_in("wang")
    company.clock.advance(minutes=5, hours=1)
    phone.answer |= phone.refresh().json
    assert _night(company) == {"proofs": 0, "sessions": 0}
    company.clock.advance(seconds=1)
    assert _night(company) == {"proofs": 1, "sessions": 0}
    assert _count(company, ProofUse.__table__) == 1
    company.clock.advance(days=1)
    assert _night(company) == {"proofs": 1, "sessions": 0}


def test_office_sessions_go_90_days_after_their_end(company: Company) -> None:
    signed_out, forgotten = company.office("wang"), company.office("zhao")
    first = _ids(company, Session)
    signed_out.ok("DELETE", "/session")
    company.clock.advance(days=90)
    assert _night(company)["sessions"] == 0
    company.clock.advance(seconds=1)
    assert _night(company)["sessions"] == 1
    company.clock.advance(hours=8)
    alive = company.office("wang")
    assert _night(company)["sessions"] == 1
    assert _ids(company, Session).isdisjoint(first)
    assert forgotten("GET", "/session").status_code == 401
    assert alive("GET", "/session").status_code == 200


def test_of_a_device_s_sessions_each_person_s_last_one_stays(company: Company) -> None:
    phone = Phone(company).signed_in("wang")
    first = phone.answer["session"]
    other = phone.signed_in("zhao").answer["session"]
    second = phone.signed_in("wang").answer["session"]
    enrolments, events = _count(company, tables.ENROLMENTS), _count(company, tables.EVENTS)
    company.clock.advance(days=200)
    assert _night(company)["sessions"] == 1
    assert _ids(company, Session) == {other, second}
    assert {company.row(RefreshFamily, each).session_id for each in _ids(company, RefreshFamily)} == {other, second}
    assert (_count(company, tables.ENROLMENTS), _count(company, tables.EVENTS)) == (enrolments, events)
    assert company.row(Session, first) is None
    assert phone.refresh().json["code"] == "accounts.session-ended"


def test_a_device_revoked_long_after_still_learns_that_it_is_to_be_emptied(company: Company) -> None:
    phone = Phone(company).signed_in("wang")
    for _ in range(2):
        company.clock.advance(days=200)
        _night(company)
    with company.writing() as uow:
        revoke_device(uow, phone.answer["device"], wipe=True)
        uow.commit()
    assert phone.at_the_door("GET", "/wipe").json["wipe"] is True
    assert phone.at_the_door("POST", "/wipe", json={"queued": 0}).status_code == 204
    assert _night(company)["sessions"] == 1  # wiped: nobody comes back to it
    assert _ids(company, RefreshFamily) == set()


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_it_goes_in_batches_to_the_end(company: Company, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(purge, "BATCH", size)
    for _ in range(4):
        company.office("wang")
    phone = Phone(company)
    for _ in range(3):
        phone.signed_in("zhao")
    company.clock.advance(days=181)
    assert _night(company) == {"proofs": 3, "sessions": 6}
    assert _night(company) == {"proofs": 0, "sessions": 0}


def test_it_leaves_other_organisations_alone(company: Company) -> None:
    company.office("wang")
    company.clock.advance(days=365)
    assert timedelta(days=365) > purge.SESSIONS_KEPT
    kept = company.org
    company.org = "01890000-0000-7000-8000-0000000000aa"
    with company.database.write(company.org) as connection:
        assert purge._remove_sessions(connection, company.org, company.clock.now()) == 0
    company.org = kept
    assert len(_ids(company, Session)) == 1
