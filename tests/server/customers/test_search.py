"""Finding customers by part of a name and by how it is read: readings and keys as recorded cases, lists on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from server.core import narrowing
from server.core.access import Actor
from server.core.db import Database, commit, downgrade, migrate
from server.core.tables import ORG_DIRECTORY
from server.customers import operations, queries
from server.customers.contacts import operations as contacts
from server.customers.deleting.operations import delete_customers, restore_customers
from server.customers.functions import READ
from server.customers.models import Customer, CustomerPhone
from server.customers.narrowing import Filters
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


NAMES = ("王小明", "曾敏", "吕布", "深圳万科", "John Smith", "Grün")
SOUGHT = {
    "wxm": ["王小明"], "WXM": ["王小明"], "wangxiao": ["王小明"], "wang xiao ming": ["王小明"], "xm": ["王小明"],
    "xiaoming": ["王小明"], "ｗｘｍ": ["王小明"], "m": ["曾敏", "王小明", "John Smith"], "zm": ["曾敏"], "cengmin": ["曾敏"],
    "zengmin": ["曾敏"], "angxiao": [], "xw": [], "lvbu": ["吕布"], "lübu": ["吕布"], "szwk": ["深圳万科"], "万科": ["深圳万科"],
    "johnsm": ["John Smith"], "n sm": ["John Smith"], "Smith": ["John Smith"], "GRÜN": ["Grün"],
}  # fmt: skip


def test_names_are_found_as_written_and_as_read(office: Office) -> None:
    for name in NAMES:
        office.customer(name)
    assert {text: _found(office, text) for text in SOUGHT} == SOUGHT


def _town(office: Office) -> None:
    """Customers of three teams, some of a project: found by several keys, by name and number, by two numbers of one end."""
    with office.writing("boss") as uow:
        for number, owner in enumerate(("wang", "zhao", "na", "sun", "wang", "na") * 3):
            customer = operations.create_customer(
                uow,
                new_id(),
                {
                    "name": ("王望万", "8000商贸", "王小明", "Wang & Wang", "李娜")[number % 5],
                    "owner_id": office.users[owner],
                    "project_id": office.project if number % 4 == 0 else None,
                    "stage": "visited" if number % 2 else "prospect",
                },
            )
            for phone in (f"1380013{8000 if number % 3 else 9999}", "13911118000"):
                operations.add_phone(uow, new_id(), {"customer_id": customer.id, "number": phone})
            contacts.add_contact(uow, new_id(), {"customer_id": customer.id, "name": "万8000"})
        uow.commit()


def _people(office: Office) -> dict[str, Actor]:
    """Who reaches in one way, in several, in more than are asked one by one, and all; and somebody of elsewhere."""
    one = office.actor("wang")
    with_project = replace(one.reach(READ), projects=frozenset([office.project]))
    many = replace(with_project, units=frozenset([office.units["east"], *(new_id() for _ in range(64))]))
    return {
        **{who: office.actor(who) for who in ("wang", "jie", "yang", "boss", "spy")},
        **{str(reach): replace(one, reaches={READ: reach}) for reach in (with_project, many)},
    }


@pytest.mark.parametrize("few", [narrowing.FEW, -1])  # whoever a filter finds is asked one by one, or come upon
def test_pages_of_a_search_have_each_customer_once_in_the_order_of_the_match(
    office: Office, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside what is thought anew from names and numbers: the smallest key of each, that of a number before all."""
    monkeypatch.setattr(narrowing, "FEW", few)
    _town(office)
    customers, phones = office.rows(Customer), office.rows(CustomerPhone)
    keys = {
        each.id: keys_of(each.name_key, each.pinyin) | keys_of("万8000", reading_of("万8000")) for each in customers
    }
    with office.database.read(office.org) as connection:
        for who, actor in _people(office).items():
            for text, stage, of in (
                ("w", None, None), ("王", None, None), ("w", "visited", None), ("8000", "visited", "wang"), ("00138000", None, None),
            ):  # fmt: skip
                owner = of and office.users[of]
                ends = {each.customer_id for each in phones if text.isdigit() and each.number.endswith(text)}
                expected = sorted(
                    (min(matched), each.id)
                    for each in customers
                    if stage in (None, each.stage) and owner in (None, each.owner_id) and actor.org_id == office.org and actor.reach(READ).covers(each)
                    and (matched := [*({""} if each.id in ends else ()), *(key for key in keys[each.id] if key.startswith(text))])
                )  # fmt: skip
                seen, after, filters = list[str](), None, Filters(text=text, stage=stage, owner_id=owner)
                for _ in range(max(1, (len(expected) + 1) // 2)):
                    cards, after = queries.page(connection, actor, filters, order="updated", after=after, limit=2)
                    seen += [card.id for card in cards]
                assert (seen, after) == ([customer for _, customer in expected], None), (who, text)
                assert sum(queries.count_by_stage(connection, actor, filters).values()) == len(seen)


def test_who_was_handed_over_is_found_by_the_new_owner_alone(office: Office) -> None:
    customer = office.customer("王小明", phone="13800138000")
    with office.writing("boss") as uow:
        operations.hand_over_customers(uow, [customer], office.users["na"], "换区")
        uow.commit()
    for text in ("wxm", "8000"):
        assert [_found(office, text, who) for who in ("wang", "jie", "na", "hong")] == [[], [], ["王小明"], ["王小明"]]


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
    customer = office.customer("王小明", stage="lost", lost_reason="price")
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
