"""What areas ask about files: whether they have arrived, from whom, what looks like them, and who may read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from server.core import blobs, looks
from server.core.access import Actor, system_actor
from server.core.blobs import Alike, File, Upload, arrived_from, look_alikes, readable
from server.core.services import Services
from tests.server.core.job_world import make_org, person, services_of
from tests.support.databases import Kind
from tests.support.syncing import count_statements


@pytest.fixture
def services(database_url: str, tmp_path: Path) -> Iterator[Services]:
    made = services_of(database_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def org(services: Services) -> str:
    return make_org(services)


def sha(number: int) -> str:
    return f"{number:064x}"


def keep(
    services: Services, org_id: str, sha256: str, *senders: str, look: int | None = None, state: str = "arrived"
) -> None:
    """A file as if those people had sent it."""
    with services.writing(system_actor(org_id)) as uow:
        for sender in senders:
            arrived_at = uow.now if state == "arrived" else None
            uow.add(
                Upload(
                    owner_id=sender, sha256=sha256, size=9, state=state, place="p" * 32, arrived_at=arrived_at,
                    expires_at=uow.now + timedelta(days=7),
                )
            )  # fmt: skip
        if state == "arrived":
            found = looks.bands(look) if look is not None else (None,) * 4
            uow.add(
                File(
                    sha256=sha256, size=9, media_type="image/png", place="p" * 32, kept_sha256=sha256, kept_size=9,
                    width=1, height=1, look=None if look is None else looks.signed(look),
                    look_a=found[0], look_b=found[1], look_c=found[2], look_d=found[3],
                )
            )  # fmt: skip
        uow.commit()


# -- arrived -----------------------------------------------------------------------------------------------------------


def test_only_what_came_whole_has_arrived(services: Services, org: str) -> None:
    li = person(org)
    keep(services, org, sha(1), li.user_id)
    keep(services, org, sha(2), li.user_id, state="arriving")
    keep(services, org, sha(3), li.user_id, state="refused")
    with services.reading(org) as connection, count_statements(services.database) as seen:
        asked = [(li.user_id, sha(each)) for each in (1, 2, 3, 4)]
        assert arrived_from(connection, org, asked) == {(li.user_id, sha(1))}
        assert arrived_from(connection, org, []) == set()
    assert len([each for each in seen if each.startswith("SELECT")]) == 1


def test_a_hash_one_only_knows_is_no_file_of_ones_own(services: Services, org: str) -> None:
    li, min_zhao = person(org), person(org)
    keep(services, org, sha(1), li.user_id)
    with services.reading(org) as connection:
        asked = [(each.user_id, sha(1)) for each in (li, min_zhao)]
        assert arrived_from(connection, org, asked) == {(li.user_id, sha(1))}


def test_another_organisations_file_has_not_arrived_here(services: Services, org: str) -> None:
    rival = make_org(services, "rival")
    spy = person(rival)
    keep(services, rival, sha(1), spy.user_id, look=5)
    keep(services, org, sha(2), person(org).user_id, look=5)
    with services.reading(org) as connection:
        assert arrived_from(connection, org, [(spy.user_id, sha(1))]) == set()
        assert look_alikes(connection, org, [sha(1), sha(2)]) == {sha(2): []}
        assert readable(connection, person(org), sha(1)) is None


# -- look-alikes -------------------------------------------------------------------------------------------------------


def test_look_alikes_are_found_nearest_first(services: Services, org: str) -> None:
    li = person(org).user_id
    look = 0x8F0F_1234_ABCD_00FF
    for number, other in enumerate((look, look ^ 0b11, look ^ 0b111111, look ^ 0b1111111, ~look & (1 << 64) - 1), 1):
        keep(services, org, sha(number), li, look=other)
    keep(services, org, sha(9), li)  # too plain to be compared
    with services.reading(org) as connection:
        found = look_alikes(connection, org, [sha(1), sha(9), sha(77)])
    assert found == {sha(1): [Alike(sha(2), 2), Alike(sha(3), 6)]}


def test_any_number_of_lines_costs_two_statements_by_the_index(
    services: Services, org: str, database_kind: Kind
) -> None:
    li = person(org).user_id
    for number in range(30):
        keep(services, org, sha(number), li, look=0x0123_4567_89AB_CDEF * (number + 1) % (1 << 64))
    statements: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        statements.append((statement, parameters))

    with services.reading(org) as connection:
        event.listen(services.database.engine, "before_cursor_execute", note)
        look_alikes(connection, org, [sha(number) for number in range(30)])
        event.remove(services.database.engine, "before_cursor_execute", note)
    assert len(statements) == 2
    statement, parameters = statements[1]
    with services.reading(org) as connection:
        if database_kind == "sqlite":
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()  # type: ignore[arg-type]
            steps = [step for *_, step in plan if " files " in f"{step} "]
            assert [step.partition("(")[0].split()[-1] for step in steps] == [
                f"ix_files_look_{each}" for each in "abcd"
            ]
        else:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            lines = "\n".join(line for (line,) in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))  # type: ignore[arg-type]
            assert "Seq Scan" not in lines, lines


# -- who may read ------------------------------------------------------------------------------------------------------


@pytest.fixture
def citing(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """Reader → authors of the rows within his reach that cite the file."""
    cited: dict[str, set[str]] = {}
    monkeypatch.setattr(blobs, "_CITING", [])
    blobs.readable_through(lambda _connection, actor, _sha256: cited.get(actor.user_id, set()))
    return cited


def reads(services: Services, actor: Actor) -> bool:
    with services.reading(actor.org_id) as connection:
        return readable(connection, actor, sha(1)) is not None


def test_who_sent_it_reads_it_and_nobody_else(services: Services, org: str, citing: dict[str, set[str]]) -> None:
    li, jie = person(org), person(org)
    keep(services, org, sha(1), li.user_id)
    assert reads(services, li)
    assert not reads(services, jie)


def test_a_row_within_reach_opens_it_when_its_author_sent_it(
    services: Services, org: str, citing: dict[str, set[str]]
) -> None:
    li, jie = person(org), person(org)
    keep(services, org, sha(1), li.user_id)
    citing[jie.user_id] = {li.user_id}
    assert reads(services, jie)


def test_citing_a_hash_one_only_knows_opens_nothing(services: Services, org: str, citing: dict[str, set[str]]) -> None:
    li, thief, jie = person(org), person(org), person(org)
    keep(services, org, sha(1), li.user_id)
    citing[thief.user_id] = {thief.user_id}
    citing[jie.user_id] = {thief.user_id}
    assert not reads(services, thief)
    assert not reads(services, jie)


def test_what_has_not_arrived_whole_is_read_by_nobody(
    services: Services, org: str, citing: dict[str, set[str]]
) -> None:
    li = person(org)
    keep(services, org, sha(1), li.user_id, state="arriving")
    assert not reads(services, li)
