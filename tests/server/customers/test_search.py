"""Finding customers by part of a name and by how it is read: readings and keys as recorded cases, lists on both databases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from server.core.db import Database, commit, downgrade, migrate
from server.core.tables import ORG_DIRECTORY
from server.customers import operations, queries
from server.customers.contacts import operations as contacts
from server.customers.deleting.operations import delete_customers, restore_customers
from server.customers.models import Customer
from server.customers.queries import Filters
from server.customers.rules import name_key
from server.customers.search.index import CUSTOMER_KEYS
from server.customers.search.keys import KEY_LONG, READINGS_MOST, keys_of, readings
from server.customers.search.sound import SOUND_MOST, reading_of
from sync_protocol.ids import new_id
from tests.server.customers.office import Office, furnish
from tests.support import databases

CASES = json.loads((Path(__file__).parent / "cases/sounds.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_readings_and_keys(case: dict[str, Any]) -> None:
    assert reading_of(case["name"]) == case["reading"]
    assert sorted(keys_of(case["name"], case["reading"])) == case["keys"]


def test_a_long_name_of_many_readings_stays_small() -> None:
    name = name_key("行" * 120)
    reading = reading_of(name)
    assert reading is not None
    assert len(reading) <= SOUND_MOST
    assert len(readings(reading)) <= READINGS_MOST
    keys = keys_of(name, reading)
    assert max(map(len, keys)) == KEY_LONG
    assert len(keys) < 1500


def _found(office: Office, text: str, who: str = "boss") -> list[str]:
    with office.database.read(office.org) as connection:
        cards, _ = queries.page(connection, office.actor(who), Filters(text=text), order="name", after=None, limit=50)
    return [card.name for card in cards]


NAMES = ("王小明", "曾敏", "吕布", "深圳万科", "John Smith")
SOUGHT = {
    "wxm": ["王小明"], "WXM": ["王小明"], "wangxiao": ["王小明"], "wang xiao ming": ["王小明"], "xm": ["王小明"],
    "xiaoming": ["王小明"], "ｗｘｍ": ["王小明"], "m": ["John Smith", "曾敏", "王小明"], "zm": ["曾敏"], "cengmin": ["曾敏"],
    "zengmin": ["曾敏"], "angxiao": [], "xw": [], "lvbu": ["吕布"], "lübu": ["吕布"], "szwk": ["深圳万科"], "万科": ["深圳万科"],
    "johnsm": ["John Smith"], "n sm": ["John Smith"], "Smith": ["John Smith"],
}  # fmt: skip


def test_names_are_found_as_written_and_as_read(office: Office) -> None:
    for name in NAMES:
        office.customer(name)
    assert {text: _found(office, text) for text in SOUGHT} == SOUGHT


def test_a_name_that_was_changed_is_found_by_its_new_one_alone_and_within_reach(office: Office) -> None:
    customer = office.customer("王小明")
    with office.writing() as uow:
        operations.change_customer(uow, uow.must(Customer, customer), {"name": "李娜"})
        uow.commit()
    assert (_found(office, "wxm"), _found(office, "ln")) == ([], ["李娜"])
    assert [_found(office, "ln", who) for who in ("wang", "jie", "zhao", "na", "hong")] == [
        ["李娜"],
        ["李娜"],
        [],
        [],
        [],
    ]


def test_a_deleted_customer_leaves_no_key_and_a_restored_one_is_found(office: Office) -> None:
    customer, t = office.customer("王小明"), CUSTOMER_KEYS.c

    def keys() -> set[str]:
        with office.database.read(office.org) as connection:
            statement = select(t.key).where(t.org_id == office.org, t.customer_id == customer)
            return set(connection.execute(statement).scalars())

    with office.writing() as uow:
        contacts.add_contact(uow, new_id(), {"customer_id": customer, "name": "李娜"})
        uow.commit()
    made = keys()
    assert made == keys_of("王小明", "wang xiao ming") | keys_of("李娜", "li na/nuo")
    with office.writing("boss") as uow:
        delete_customers(uow, [customer])
        uow.commit()
    assert keys() == set()
    with office.writing("boss") as uow:
        restore_customers(uow, [customer])
        uow.commit()
    assert keys() == made
    assert _found(office, "ln") == ["王小明"]


def test_who_was_there_before_is_read_and_found(database: databases.Database) -> None:
    """The migration, with rows present: of two organisations, each within its own."""
    office = furnish(Database(database.app_url))
    customer = office.customer("王小明", stage="lost")
    for code, org in (("demo", office.org), ("rival", office.rival_org)):
        with office.database.write(org) as connection:
            connection.execute(insert(ORG_DIRECTORY).values(org_id=org, code=code))
            commit(connection)
    office.database.close()
    downgrade(database.owner_url, "0014")
    migrate(database.owner_url)
    office.database = Database(database.app_url)
    row = office.row(Customer, customer)
    assert (row.pinyin, row.deal, row.is_enabled) == ("wang xiao ming", "lost", True)
    assert _found(office, "wxm") == ["王小明"]
    office.database.close()
