"""Lists, search, counts and the timeline: scope, order, paging and the number of statements, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.core.problems import Refused
from server.customers import operations, queries, trail
from server.customers.functions import WRITE
from server.customers.models import Customer, CustomerPhone, TimelineEntry
from server.customers.narrowing import Filters
from sync_protocol.ids import new_id
from tests.server.customers.office import Office, refused, statements


def _names(office: Office, who: str = "boss", *, order: Any = "name", **filters: Any) -> list[str]:
    actor = office.actor(who)
    with office.database.read(actor.org_id) as connection:
        cards, _ = queries.page(connection, actor, Filters(**filters), order=order, after=None, limit=50)
    return [card.name for card in cards]


@pytest.fixture
def town(office: Office) -> dict[str, str]:
    """One customer of each salesperson."""
    owners = {"wang": "East-1", "zhao": "East-2", "na": "West-1", "sun": "South-1"}
    return {by: office.customer(name, by=by, phone="13800138000") for by, name in owners.items()}


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("wang", ["East-1"]),
        ("na", ["West-1"]),
        ("jie", ["East-1", "East-2"]),
        ("hong", ["West-1"]),
        ("yang", ["East-1", "East-2", "West-1"]),
        ("boss", ["East-1", "East-2", "South-1", "West-1"]),
        ("spy", []),
    ],
)
def test_everybody_sees_his_own_scope(office: Office, town: dict[str, str], who: str, seen: list[str]) -> None:
    actor = office.actor(who)
    assert _names(office, who) == seen
    assert sorted(_names(office, who, text="8000")) == seen
    assert sorted(_names(office, who, text="-1")) == [name for name in seen if name.endswith("-1")]
    with office.database.read(actor.org_id) as connection:
        assert sum(queries.count_by_stage(connection, actor, Filters()).values()) == len(seen)
        for by, customer_id in town.items():
            name = office.row(Customer, customer_id).name
            if name in seen:
                assert queries.get(connection, actor, customer_id).name == name
                assert trail.timeline(connection, actor, customer_id, after=None, limit=5)[0], by
            else:
                for read in (
                    lambda row_id: queries.get(connection, actor, row_id),
                    lambda row_id: trail.timeline(connection, actor, row_id, after=None, limit=5),
                    lambda row_id: trail.notes(connection, actor, row_id, after=None, limit=5),
                ):
                    for row_id in (customer_id, new_id()):
                        with pytest.raises(Refused, match=refused("core.not-found")):
                            read(row_id)


def test_who_may_not_read_reads_nothing(office: Office) -> None:
    with pytest.raises(Refused, match=refused("core.function-missing")):
        _names(office, "nobody")


def test_an_export_has_its_own_scope(office: Office, town: dict[str, str]) -> None:
    with office.database.read(office.org) as connection:
        actor = office.actor("jie")
        assert queries.count_for_export(connection, actor, Filters()) == 2
        cards = list(queries.export_rows(connection, actor, Filters()))
        assert {card.name for card in cards} == {"East-1", "East-2"}
        assert [phone.number for phone in cards[0].phones] == ["138****8000"]
        with pytest.raises(Refused, match=refused("core.function-missing")):
            list(queries.export_rows(connection, office.actor("wang"), Filters()))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("小明", ["王小明"]),
        ("abc", ["ＡＢＣ置业 100%"]),
        ("ABC置业", ["ＡＢＣ置业 100%"]),
        ("strasse", ["Straße_1"]),
        ("STRASSE", ["Straße_1"]),
        ("É", ["José"]),
        ("e\u0301", ["José"]),
        ("%", ["ＡＢＣ置业 100%"]),
        ("_", ["Straße_1"]),
        ("\\", ["a\\b"]),
        ("'", ["O'Brien"]),
        ("' OR 1=1 --", []),
        ("8000", ["王小明"]),
        ("８０００", ["王小明"]),
        ("138000", ["王小明"]),
        ("138 0013 8000", ["王小明"]),
        ("+8613800138000", ["王小明"]),
        ("12025550123", ["José"]),
        ("0138", []),
        ("100%", ["ＡＢＣ置业 100%"]),
    ],
)
def test_search_answers_the_same_on_both_databases(office: Office, text: str, found: list[str]) -> None:
    office.customer("王小明", phone="13800138000")
    office.customer("José", phone="+1 202 555 0123")
    for name in ("ＡＢＣ置业 100%", "Straße_1", "a\\b", "O'Brien"):
        office.customer(name)
    assert _names(office, text=text) == found


def test_an_old_number_is_still_found_and_a_digit_in_a_name_too(office: Office) -> None:
    customer_id = office.customer("王小明", phone="13800138000")
    office.customer("8000商贸")
    (phone,) = office.phones_of(customer_id)
    with office.writing() as uow:
        operations.change_phone(uow, uow.must(CustomerPhone, phone.id, WRITE), {"number": "13900139999"})
        uow.commit()
    assert _names(office, text="8000") == ["王小明", "8000商贸"]
    assert _names(office, text="13800138000") == ["王小明"]
    assert _names(office, text="9999") == ["王小明"]


def test_filters_narrow_together(office: Office) -> None:
    office.customer("a", stage="visited", grade="A")
    office.customer("b", stage="visited", grade="B", kind="company")
    office.customer("c", by="na", stage="visited", grade="A")
    assert _names(office, stage="visited", grade="A") == ["a", "c"]
    assert _names(office, owner_id=office.users["na"]) == ["c"]
    assert _names(office, unit_id=office.units["east"]) == ["a", "b"]
    assert _names(office, kind="company") == ["b"]
    assert _names(office, "jie", owner_id=office.users["na"]) == []


def test_names_are_in_one_order_on_both_databases(office: Office) -> None:
    for name in ("b", "a", "A", "_x", "王", "é", "Z", "1"):
        office.customer(name)
    assert _names(office) == ["1", "_x", "a", "A", "b", "Z", "é", "王"]


@pytest.mark.parametrize("order", ["updated", "name"])
@pytest.mark.parametrize("filters", [Filters(), Filters(kind="person", status="enabled")])
def test_pages_have_every_customer_once(office: Office, order: Any, filters: Filters) -> None:
    for number in range(11):
        office.customer(f"n{number % 3}")
        if number % 4 == 0:
            office.clock.at += timedelta(milliseconds=1)
    actor, seen, after = office.actor("boss"), [], None
    with office.database.read(office.org) as connection:
        for _ in range(6):
            cards, after = queries.page(connection, actor, filters, order=order, after=after, limit=2)
            seen += [card.id for card in cards]
        assert after is None
    assert len(seen) == len(set(seen)) == 11


def test_what_changed_last_comes_first(office: Office) -> None:
    for name in ("first", "second"):
        office.customer(name)
        office.clock.at += timedelta(seconds=1)
    assert _names(office, order="updated") == ["second", "first"]


def test_counts_are_by_stage(office: Office) -> None:
    for stage in ("won", "won", "dead"):
        office.customer(stage=stage)
    with office.database.read(office.org) as connection:
        counted = queries.count_by_stage(connection, office.actor("wang"), Filters())
    assert counted == {"prospect": 0, "visited": 0, "negotiating": 0, "won": 2, "lost": 0, "dead": 1}


def test_sensitive_values_come_out_masked(office: Office) -> None:
    customer_id = office.customer(id_number="11010519491231002X", address="北京市朝阳区一号", phone="13800138000")
    with office.database.read(office.org) as connection:
        card = queries.get(connection, office.actor("wang"), customer_id)
    assert (card.id_number, card.address) == ("110***********002X", "北京市***")
    assert [phone.number for phone in card.phones] == ["138****8000"]
    assert card.owner_name == "Wang"


def test_the_timeline_is_in_order_of_arrival_with_the_texts_of_notes(office: Office) -> None:
    customer_id = office.customer()
    early = office.clock.at - timedelta(days=30)
    with office.writing() as uow:
        for text, at in (("later", None), ("earlier", early)):
            operations.add_note(uow, new_id(), {"customer_id": customer_id, "text": text, "written_at": at})
        uow.commit()
    actor, seen, after = office.actor("wang"), [], None
    with office.database.read(office.org) as connection:
        for _ in range(3):
            entries, after = trail.timeline(connection, actor, customer_id, after=after, limit=1)
            seen += [(entry.kind, entry.text, entry.at) for entry in entries]
        assert after is None
        notes, _ = trail.notes(connection, actor, customer_id, after=None, limit=5)
    now = office.clock.at
    assert seen == [("note", "earlier", early), ("note", "later", now), ("customer-created", None, now)]
    assert [note.text for note in notes] == ["earlier", "later"]
    assert len(office.rows(TimelineEntry, customer_id=customer_id)) == 3


NARROW = Filters(stage="prospect", kind="person", status="enabled")


def test_the_statements_do_not_grow_with_the_rows(office: Office) -> None:
    actor, counts = office.actor("boss"), []
    for size in (1, 30):
        customer_id = [office.customer(phone="13800138000") for _ in range(size)][-1]
        with office.writing("jie") as uow:
            for _ in range(size):
                operations.add_note(uow, new_id(), {"customer_id": customer_id, "text": "x"})
            uow.commit()
        for read in (
            lambda on: queries.page(on, actor, Filters(text="8000"), order="name", after=None, limit=50),
            lambda on: queries.page(on, actor, NARROW, order="name", after=None, limit=50),
            lambda on: queries.get(on, actor, customer_id),  # noqa: B023 - called at once
            lambda on: trail.timeline(on, actor, customer_id, after=None, limit=50),  # noqa: B023
            lambda on: trail.notes(on, actor, customer_id, after=None, limit=50),  # noqa: B023
            lambda on: queries.count_by_stage(on, actor, Filters()),
            lambda on: list(queries.export_rows(on, actor, Filters())),
        ):
            with office.database.read(office.org) as connection, statements(office.database) as seen:
                read(connection)
            counts.append(len(seen))
    assert counts == [2, 3, 2, 3, 2, 1, 1] * 2
