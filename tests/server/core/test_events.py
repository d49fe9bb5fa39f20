"""Events: a chain in which every later change is located, in one order however many write, over canonical JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert, select, update

from server.core import tables
from server.core.db import Database, commit
from server.core.events import GENESIS, Broken, Recorded, link, shown, verify
from server.core.types import IdNumber, PhoneNumber, to_ms
from server.core.verify import verify_chain
from sync_protocol.ids import new_id
from sync_protocol.wire import SAFE_INTEGER
from tests.support import databases
from tests.support.toys import ThingChanged, ThingMade, Town

E, CLOCKS = tables.EVENTS, tables.ORG_CLOCKS


def record(town: Town, count: int) -> None:
    for place in range(count):
        with town.working("anna") as uow:
            uow.record(ThingMade(new_id(), f"thing {place}"))
            uow.commit()


def broken(town: Town) -> tuple[int, Broken | None]:
    """What a walk finds, in one statement and in slices: they have to agree."""
    with town.database.read(town.org_id) as connection:
        found = verify(connection, town.org_id)
    for size in (2, 1000):
        sliced = verify_chain(town.database, town.org_id, size=size)
        assert (sliced.events, sliced.broken) == found
    return found


def test_a_chain_holds_from_the_first_event_to_the_head(town: Town) -> None:
    assert broken(town) == (0, None)
    record(town, 3)
    with town.working("anna") as uow:
        for name in ("a", "b"):
            uow.record(ThingMade(new_id(), name))
        uow.commit()
    assert broken(town) == (5, None)
    with town.database.read(town.org_id) as connection:
        rows = connection.execute(select(E).where(E.c.org_id == town.org_id).order_by(E.c.n)).all()
    assert [row.n for row in rows] == [1, 2, 3, 4, 5]
    assert [row.previous_hash for row in rows] == [GENESIS, *[row.hash for row in rows[:-1]]]
    assert {row.actor_id for row in rows} == {town.users["anna"]}


def set_(n: int, **values: Any) -> Callable[[Connection, str], None]:
    def tamper(connection: Connection, org_id: str) -> None:
        connection.execute(update(E).where(E.c.org_id == org_id, E.c.n == n).values(**values))

    return tamper


def cut(first: int, last: int) -> Callable[[Connection, str], None]:
    def tamper(connection: Connection, org_id: str) -> None:
        connection.execute(delete(E).where(E.c.org_id == org_id, E.c.n >= first, E.c.n <= last))

    return tamper


def swap(connection: Connection, org_id: str) -> None:
    for old, new in ((3, 99), (4, 3), (99, 4)):
        connection.execute(update(E).where(E.c.org_id == org_id, E.c.n == old).values(n=new))


def close_up(connection: Connection, org_id: str) -> None:
    cut(3, 3)(connection, org_id)
    for n in (4, 5, 6):
        connection.execute(update(E).where(E.c.org_id == org_id, E.c.n == n).values(n=n - 1))


def add(connection: Connection, org_id: str) -> None:
    last = connection.execute(select(E).where(E.c.org_id == org_id, E.c.n == 6)).one()
    values = {**last._asdict(), "n": 7, "previous_hash": last.hash}
    values["hash"] = link(last.hash, org_id, 7, last.at, last.actor_id, last.name, last.subject_id, last.body)
    connection.execute(insert(E).values(**values))


def rehash(connection: Connection, org_id: str) -> None:
    """Change one event and give it a hash that fits; the next one still names the old hash."""
    row = connection.execute(select(E).where(E.c.org_id == org_id, E.c.n == 3)).one()
    digest = link(row.previous_hash, org_id, 3, row.at, row.actor_id, row.name, row.subject_id, "{}")
    set_(3, body="{}", hash=digest)(connection, org_id)


def head(**values: Any) -> Callable[[Connection, str], None]:
    def tamper(connection: Connection, org_id: str) -> None:
        connection.execute(update(CLOCKS).where(CLOCKS.c.org_id == org_id).values(**values))

    return tamper


@pytest.mark.parametrize(
    ("tamper", "n", "reason"),
    [
        pytest.param(set_(3, body='{"name":"forged"}'), 3, "hash", id="another body"),
        pytest.param(set_(3, at=1), 3, "hash", id="another time"),
        pytest.param(set_(3, actor_id="01890000-0000-7000-8000-000000000001"), 3, "hash", id="another person"),
        pytest.param(set_(3, name="toys.other"), 3, "hash", id="another event"),
        pytest.param(set_(3, subject_id=None), 3, "hash", id="no subject"),
        pytest.param(set_(3, hash="0" * 64), 3, "hash", id="another hash"),
        pytest.param(set_(3, previous_hash="0" * 63 + "1"), 3, "link", id="another predecessor"),
        pytest.param(rehash, 4, "link", id="a body with a hash that fits"),
        pytest.param(cut(1, 1), 1, "gap", id="the first one gone"),
        pytest.param(cut(3, 3), 3, "gap", id="one gone"),
        pytest.param(close_up, 3, "link", id="one gone and the others moved up"),
        pytest.param(swap, 3, "link", id="two in another order"),
        pytest.param(cut(5, 6), 5, "head", id="the tail cut off"),
        pytest.param(cut(1, 6), 1, "head", id="all gone"),
        pytest.param(add, 8, "head", id="one added at the end"),
        pytest.param(head(event_hash="0" * 64), 7, "head", id="another head"),
        pytest.param(head(event_n=9), 7, "head", id="another count"),
    ],
)
def test_tampering_is_located(
    town: Town, database: databases.Database, tamper: Callable[[Connection, str], None], n: int, reason: str
) -> None:
    record(town, 6)
    if database.kind == "postgresql":  # the server's own role may not even try
        with town.database.write(town.org_id) as connection, pytest.raises(Exception, match="permission denied"):
            set_(3, body="{}")(connection, town.org_id)
    owner = Database(database.owner_url, pool_size=1)
    try:
        with owner.write(town.org_id) as connection:
            tamper(connection, town.org_id)
            commit(connection)
    finally:
        owner.close()
    found, at = broken(town)
    assert at == Broken(n, reason)
    assert found == n - 1


def test_many_writers_keep_one_chain(town: Town) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: record(town, 15), range(4)))
    assert broken(town) == (60, None)


def test_an_undone_attempt_leaves_no_hole(town: Town) -> None:
    with town.working("anna") as uow:
        with pytest.raises(ZeroDivisionError), uow.attempt():  # noqa: PT012
            uow.record(ThingMade(new_id(), "lost"))
            raise ZeroDivisionError
        uow.record(ThingMade(new_id(), "kept"))
        uow.commit()
    with town.working("anna") as uow:
        uow.record(ThingMade(new_id(), "forgotten"))
    record(town, 1)
    assert broken(town) == (2, None)


texts = st.text(max_size=20) | st.sampled_from(
    ["\u2028\u2029", "\x7f\x00\x1f\b\t\n\f\r", '"\\/', "</script>", "\U0001f3e0", "é", "e\u0301", "\ufeff", "一"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE_INTEGER, SAFE_INTEGER) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcXYZ_09", max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(name=texts, changes=st.dictionaries(st.text("abZ_9"), values))
def test_a_body_is_canonical_json(name: str, changes: dict[str, Any]) -> None:
    """Byte for byte RFC 8785, so that anybody can check a chain with a library of his own."""
    for event in (ThingMade(new_id(), name), ThingChanged(new_id(), changes)):
        body = Recorded(datetime(2025, 3, 1, tzinfo=UTC), new_id(), event, "device").body()
        assert body.encode() == rfc8785.dumps(json.loads(body))
        assert json.loads(body)["device_id"] == "device"


@given(parts=st.lists(texts, min_size=4, max_size=4), n=st.integers(1, SAFE_INTEGER), at=st.integers(0, SAFE_INTEGER))
def test_what_is_hashed_is_canonical_json_too(parts: list[str], n: int, at: int) -> None:
    import hashlib

    previous, org_id, name, body = parts
    framed = rfc8785.dumps([previous, org_id, n, at, "actor", name, None, body])
    assert link(previous, org_id, n, at, "actor", name, None, body) == hashlib.sha256(framed).hexdigest()


def test_values_of_python_have_one_form(town: Town) -> None:
    at = datetime(2025, 3, 1, 1, 2, 3, 456000, tzinfo=UTC)
    event = ThingChanged(new_id(), {"at": at, "on": date(2025, 3, 1), "set": {"b", "a"}})
    body = Recorded(at, new_id(), event, None).body()
    assert body == f'{{"changes":{{"at":{to_ms(at)},"on":"2025-03-01","set":["a","b"]}}}}'
    for odd in (object(), b"bytes"):
        with pytest.raises(TypeError):
            Recorded(at, new_id(), ThingChanged(new_id(), {"odd": odd}), None).body()


def test_personal_data_is_masked_with_a_commitment_that_only_the_secret_opens() -> None:
    number, secret = "+8613800138000", b"secret"
    kept = shown(PhoneNumber(), number, secret)
    assert kept["masked"] == "138****8000"
    assert number not in json.dumps(kept)
    assert kept == shown(PhoneNumber(), number, secret)
    assert kept["commitment"] != shown(PhoneNumber(), number, b"other")["commitment"]
    assert kept["commitment"] != shown(IdNumber(), number, secret)["commitment"]
    assert (shown(PhoneNumber(), None, secret), shown(None, "plain", secret)) == (None, "plain")
