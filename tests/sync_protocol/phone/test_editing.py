"""Local edits: shown at once, queued in the same durable write, refused when they could never be sent."""

import pytest

from sync_protocol import wire
from sync_protocol.codes import WireError
from sync_protocol.collections import ActionShape, CollectionShape, Field, Policy
from sync_protocol.phone import MemoryStorage, Phone
from sync_protocol.phone.editing import NotSendable
from tests.sync_protocol.devices import Died, device
from tests.sync_protocol.model_server import NOW, ModelServer


@pytest.fixture
def phone(server: ModelServer) -> Phone:
    return device(server, server.enrol("li"))


def test_an_edit_is_shown_and_queued_with_the_base_it_was_made_on(server: ModelServer, phone: Phone) -> None:
    row = server.put("customers", "li", name="Wang")
    server.put("customers", "li", row, grade="B")
    phone.sync()
    phone.update("customers", row, {"grade": "A"})
    made = phone.create("notes", {"customer": row, "text": "hi"})
    assert phone.rows("customers")[row]["grade"] == "A"
    assert phone.rows("customers")[row]["version"] == 2
    assert phone.rows("notes")[made] == {"id": made, "version": 0, "customer": row, "text": "hi"}
    first, second = (entry.to_wire() for entry in phone.queue)
    assert (first["n"], first["group"], first["base"], first["values"]) == (1, 1, 2, {"grade": "A"})
    assert (second["n"], second["group"], second["base"], second["made_at"]) == (2, 2, 0, NOW)
    assert phone.adopted("customers")[row]["grade"] == "B"


def test_a_transaction_is_one_group_and_one_write(server: ModelServer) -> None:
    writes = 0

    def count(when: str, changes: object) -> None:
        nonlocal writes
        writes += when == "before"

    storage = MemoryStorage()
    phone = device(server, server.enrol("li"), storage=storage)
    storage.fuse = count
    with phone.transaction():
        customer = phone.create("customers", {"name": "Wang"})
        phone.update("customers", customer, {"grade": "A"})
        phone.create("notes", {"customer": customer, "text": "hi"})
    phone.delete("customers", customer)
    assert [(entry.n, entry.group) for entry in phone.queue] == [(1, 1), (2, 1), (3, 1), (4, 2)]
    assert writes == 2
    assert customer not in phone.rows("customers")


def test_a_transaction_that_fails_leaves_nothing(phone: Phone) -> None:

    def dies() -> None:
        with phone.transaction():
            phone.create("customers", {"name": "Wang"})
            raise Died

    with pytest.raises(Died):
        dies()
    assert (phone.queue, phone.rows("customers")) == ([], {})
    phone.create("customers", {"name": "Li"})
    assert [entry.n for entry in phone.queue] == [1]


def test_an_empty_transaction_takes_no_number(phone: Phone) -> None:
    with phone.transaction():
        pass
    phone.create("customers", {"name": "Li"})
    assert [(entry.n, entry.group) for entry in phone.queue] == [(1, 1)]


def test_transactions_do_not_nest(phone: Phone) -> None:
    with pytest.raises(RuntimeError), phone.transaction(), phone.transaction():
        pass


def test_a_row_that_is_not_on_show_can_not_be_edited(server: ModelServer, phone: Phone) -> None:
    row = server.put("customers", "li", name="Wang")
    with pytest.raises(LookupError):
        phone.update("customers", row, {"grade": "A"})
    phone.sync()
    phone.delete("customers", row)
    with pytest.raises(LookupError):
        phone.update("customers", row, {"grade": "A"})
    with pytest.raises(LookupError):
        phone.delete("customers", row)
    own = phone.create("customers", {"name": "Li"})
    phone.update("customers", own, {"grade": "A"})


@pytest.mark.parametrize(
    ("collection", "action", "values"),
    [
        ("customers", "create", {"grade": "A"}),
        ("customers", "create", {"name": "a", "owner": "me"}),
        ("notes", "update", {"text": "x"}),
        ("customers", "explode", {}),
    ],
)
def test_what_the_server_would_refuse_unseen_is_refused_here(
    phone: Phone, collection: str, action: str, values: dict[str, object]
) -> None:
    def edit() -> None:
        with phone.transaction():
            row = phone.create("customers", {"name": "before"})
            phone.create("notes", {"customer": row, "text": "x"}, row)
            if action == "create":
                phone.create(collection, values)
            else:
                phone.act(collection, action, row, values)

    with pytest.raises(NotSendable):
        edit()
    assert phone.queue == []


def test_values_are_checked_and_cleaned_as_the_server_will(phone: Phone) -> None:
    with pytest.raises(WireError):
        phone.create("customers", {"name": "a", "grade": "Z"})
    row = phone.create("customers", {"name": "e\u0301"})
    assert phone.queue[0].values == {"name": "é"}
    assert phone.rows("customers")[row]["name"] == "é"


@pytest.mark.parametrize("value", [1.5, {"a": 1}, ["a"], "\ud800", b"x"])
def test_without_shapes_only_what_no_one_can_read_is_refused(server: ModelServer, value: object) -> None:
    phone = Phone(MemoryStorage(), server, lambda: "", lambda: NOW)
    with pytest.raises(NotSendable):
        phone.create("things", {"a": value})
    phone.create("things", {"a": 1, "b": None, "c": True, "d": "x\U0001f600"})
    phone.act("things", "anything", next(iter(phone.rows("things"))), {"e": 1})
    assert next(iter(phone.rows("things").values()))["e"] == 1


def create_together(phone: Phone, count: int, values: dict[str, object]) -> None:
    with phone.transaction():
        for _ in range(count):
            phone.create("things", values)


def test_a_transaction_that_can_not_go_in_one_piece_is_refused(server: ModelServer) -> None:
    phone = Phone(MemoryStorage(), server, lambda: "", lambda: NOW)
    create_together(phone, 500, {})
    with pytest.raises(NotSendable):
        create_together(phone, 501, {})
    with pytest.raises(NotSendable):
        phone.create("things", {"a": "x" * 65_536})
    phone.create("things", {"a": "x" * 60_000})
    with pytest.raises(NotSendable):
        create_together(phone, 17, {"a": "x" * 60_000})
    assert len(phone.queue) == 501


def test_a_named_action_shows_its_effect_or_those_values_that_are_fields(server: ModelServer) -> None:
    visits = CollectionShape(
        name="visits",
        fields={"state": Field(wire.CODE(["planned", "done"])), "result": Field(wire.TEXT(9))},
        policy=Policy.MACHINE,
        actions={
            "create": None,
            "finish": ActionShape({"result": wire.TEXT(9), "at": wire.INSTANT}, frozenset({"at"})),
        },
    )
    phone = Phone(MemoryStorage(), server, lambda: "", lambda: NOW, shapes={"visits": visits})
    row = phone.create("visits", {})
    phone.act("visits", "finish", row, {"result": "ok", "at": NOW})
    assert phone.rows("visits")[row] == {"id": row, "version": 0, "result": "ok"}
    phone.act("visits", "finish", row, {"at": NOW}, effect={"state": "done"})
    assert phone.rows("visits")[row]["state"] == "done"
    assert phone.queue[-1].values == {"at": NOW}


def test_ids_are_minted_with_the_devices_clock_or_given(server: ModelServer) -> None:
    phone = Phone(MemoryStorage(), server, lambda: "", lambda: 42, mint=lambda now: f"row-{now}")
    assert phone.create("things", {}) == "row-42"
    assert phone.create("things", {}, "mine") == "mine"
    assert set(phone.rows("things")) == {"row-42", "mine"}
