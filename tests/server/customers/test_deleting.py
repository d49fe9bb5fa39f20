"""Deleting customers: all that hangs on them goes out of sight and comes back whole, what is protected is named."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.accounts.models import User
from server.config import Settings
from server.core.jobs import HANDLERS
from server.core.keys import load_keys
from server.core.problems import Refused
from server.core.rows import Row
from server.core.services import Services
from server.customers import hanging, operations
from server.customers.deleting import purge as _purge  # noqa: F401 - declares the job
from server.customers.deleting import taking
from server.customers.deleting.models import DeletedCustomer, DeletedMergedCustomer, DeletedRows
from server.customers.deleting.operations import delete_customers, restore_customers
from server.customers.deleting.rules import KEPT_FOR
from server.customers.lead_conflicts.models import LeadConflict
from server.customers.merging.operations import merge_customers
from server.customers.models import Customer, CustomerPhone, FormerOwner, Note, TimelineEntry
from sync_protocol.ids import new_id
from tests.server.customers.conftest import Door
from tests.server.customers.office import Office, refused, statements
from tests.support.syncing import pull_all

PHONE = "13800138000"
KINDS: tuple[type[Row], ...] = (Customer, CustomerPhone, Note, TimelineEntry, FormerOwner)


def _delete(office: Office, *customers: str, by: str = "jie") -> int:
    with office.writing(by) as uow:
        count = delete_customers(uow, customers)
        uow.commit()
    return count


def _restore(office: Office, customer: str, by: str = "jie") -> None:
    with office.writing(by) as uow:
        restore_customers(uow, [customer])
        uow.commit()


@dataclass
class _Night:
    services: Services
    org_id: str

    def progress(self, done: int) -> None:
        """Nobody looks."""


def _night(office: Office, folder: Path) -> Any:
    settings = Settings(database_url=office.database.url, keys_dir=folder)
    services = Services(settings, office.database, load_keys(settings), office.clock)
    return HANDLERS["customers.purge-deleted"].run(_Night(services, office.org))  # type: ignore[arg-type]


def _furnished(office: Office, name: str = "王小明") -> str:
    """A customer with all that this area hangs on one; his second note answers the third, which is younger."""
    customer = office.customer(name, by="zhao", phone=PHONE, id_number="11010519491231002X", born_on=None)
    with office.writing("jie") as uow:
        operations.hand_over_customers(uow, [customer], office.users["wang"], "换人")
        uow.commit()
    above, below = sorted((new_id(), new_id()), reverse=True)
    with office.writing("wang") as uow:
        operations.add_note(uow, above, {"customer_id": customer, "text": "一"})
        uow.flush()
        operations.add_note(uow, below, {"customer_id": customer, "text": "二", "reply_to": above})
        uow.commit()
    return customer


def _stored(office: Office) -> dict[str, list[Any]]:
    """All rows, without what a return changes: versions and the instant of the last change."""
    return {
        kind.__table__.name: [
            {name: value for name, value in row._mapping.items() if name not in ("version", "updated_at")}
            for row in office.rows(kind)
        ]
        for kind in KINDS
    }


def test_all_of_him_goes_out_of_sight_and_comes_back_as_it_was(office: Office, door: Door) -> None:
    customer, other = _furnished(office), office.customer("李四", by="wang")
    before, held = _stored(office), pull_all(office.database, office.actor("wang")).ids("customers")
    assert _delete(office, customer) == 1
    wang = pull_all(office.database, office.actor("wang"))
    assert (held, wang.ids("customers")) == ({customer, other}, {other})
    for collection in ("notes", "customer_phones"):
        assert wang.ids(collection) == set()
    assert [row.customer_id for row in office.rows(TimelineEntry)] == [other]
    assert {each["id"] for each in door("yang", "GET").json["items"]} == {other}
    assert door("yang", "GET", "?text=8000").json["items"] == []
    office.clock.at += timedelta(days=29)
    _restore(office, customer)
    for text in ("8000", "小明", "wxm"):
        assert [each["id"] for each in door("yang", "GET", f"?text={text}").json["items"]] == [customer], text
    after = _stored(office)
    (back,) = [each for each in after["customer_timeline"] if each["kind"] == "restored"]
    after["customer_timeline"].remove(back)
    assert after == before
    wang = pull_all(office.database, office.actor("wang"))
    assert (wang.ids("customers"), len(wang.ids("notes"))) == ({customer, other}, 2)
    assert {row["version"] for row in wang.of("notes").values()} == {2}
    assert office.rows(DeletedCustomer) == office.rows(DeletedRows) == []
    ((subject, body),) = office.events("customers.customer-deleted")
    assert (subject, json.loads(body)["owner_id"]) == (customer, office.users["wang"])
    assert len(office.events("customers.customer-restored")) == 1


def test_a_double_tap_changes_nothing_either_way(office: Office) -> None:
    customer = office.customer(by="wang")
    assert [_delete(office, customer) for _ in range(2)] == [1, 0]
    for _ in range(2):
        _restore(office, customer)
    for name in ("deleted", "restored"):
        assert len(office.events(f"customers.customer-{name}")) == 1
    assert _delete(office, customer) == 1


def test_only_who_may_within_reach_deletes_and_restores_all_or_none(office: Office) -> None:
    ours, theirs = office.customer(by="wang"), office.customer(by="na")
    for who, customers, code in (
        ("wang", [ours], "core.function-missing"),
        ("jie", [ours, theirs], "core.not-found"),
        ("hong", [ours], "core.not-found"),
        ("spy", [ours], "core.not-found"),
        ("jie", [ours, new_id()], "core.not-found"),
    ):
        with pytest.raises(Refused, match=refused(code)):
            _delete(office, *customers, by=who)
    assert len(office.rows(Customer)) == 2
    _delete(office, ours, theirs, by="yang")
    for who, code in (("wang", "core.function-missing"), ("hong", "core.not-found"), ("spy", "core.not-found")):
        with pytest.raises(Refused, match=refused(code)):
            _restore(office, ours, by=who)
        with pytest.raises(Refused, match=refused(code)):
            _delete(office, ours, by=who)


def test_who_is_protected_is_named_and_nobody_is_deleted(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    won, member, free = office.customer("赵", by="wang", stage="won"), office.customer("钱"), office.customer("孙")
    monkeypatch.setattr(hanging, "_GUARDS", {lambda _uow, _ids: {member: "member"}: ()})
    with pytest.raises(Refused, match=refused("customers.protected")) as caught:
        _delete(office, free, won, member)
    params = caught.value.params
    named = zip(params["customers"], params["names"], params["reasons"], strict=True)  # type: ignore[arg-type]
    assert (params["count"], set(named)) == (2, {(won, "赵", "won"), (member, "钱", "member")})
    assert len(office.rows(Customer)) == 3


def test_late_work_for_him_comes_back_saying_until_when_he_can_be_restored(office: Office) -> None:
    customer = office.customer(by="wang")
    _delete(office, customer)
    note = {"collection": "notes", "action": "create", "values": {"customer_id": customer, "text": "晚到"}}
    edit = {"collection": "customers", "action": "update", "row": customer, "values": {"grade": "A"}}
    late = {**note, "row": new_id()}
    for who, code in (("wang", "customers.deleted"), ("zhao", "core.not-found"), ("na", "core.not-found")):
        applied = office.push(office.on_device(who), late if who == "wang" else {**note, "row": new_id()}, edit)
        assert [each.code for each in applied.decisions] == [code] * 2
        if who == "wang":
            assert applied.decisions[0].params == {"until": "2025-04-01", "field": "/values/customer_id"}
    again = {"collection": "customers", "action": "create", "row": customer, "values": {"name": "王小明"}}
    assert office.push(office.on_device("wang"), again).decisions[0].code == "sync.reused-row-id"
    _restore(office, customer)
    device = office.on_device("wang")
    assert [each.code for each in office.push(device, late, edit).decisions] == [None, None]


def _asked(action: str, *customers: str, group: int = 1) -> list[dict[str, Any]]:
    """One local transaction of a device."""
    return [{"collection": "customers", "action": action, "row": each, "group": group} for each in customers]


def _push(office: Office, device: Any, *groups: list[dict[str, Any]]) -> list[str | None]:
    return [each.code for each in office.push(device, *itertools.chain(*groups)).decisions]


def test_late_work_for_who_had_gone_into_him_waits_for_him_too(office: Office, door: Door, tmp_path: Path) -> None:
    kept, gone = office.customer("王小明", by="wang"), office.customer("王晓明", by="wang")
    with office.writing("jie") as uow:
        merge_customers(uow, kept, gone)
        uow.commit()
    _delete(office, kept)
    note = {"collection": "notes", "action": "create", "values": {"customer_id": gone, "text": "晚到"}}
    late, edit = {**note, "row": new_id()}, {"collection": "customers", "action": "update", "row": gone, "values": {}}
    told = {"until": "2025-04-01", "into_id": kept}
    applied = office.push(office.on_device("wang"), late, {**edit, "values": {"grade": "A"}})
    assert [(each.code, {**each.params} | told == {**each.params}) for each in applied.decisions] == [
        ("customers.deleted", True)
    ] * 2
    answer = door("wang", "GET", f"/{gone}")
    assert (answer.status_code, answer.json["code"], answer.json["params"]) == (410, "customers.deleted", told)
    for stranger in ("zhao", "na"):
        assert office.push(office.on_device(stranger), {**note, "row": new_id()}).decisions[0].code == "core.not-found"
        assert door(stranger, "GET", f"/{gone}").status_code == 404
    _restore(office, kept)
    device = office.on_device("wang")
    assert office.push(device, late).decisions[0].code is None
    assert [row.customer_id for row in office.rows(Note)] == [kept], "taken for who stands for both"
    assert door("wang", "GET", f"/{gone}").json["code"] == "customers.merged"
    _delete(office, kept)
    office.clock.at += KEPT_FOR + timedelta(seconds=1)
    assert _night(office, tmp_path) == {"purged": 1}
    assert (office.rows(DeletedMergedCustomer), door("wang", "GET", f"/{gone}").status_code) == ([], 404)


def test_a_supervisors_device_deletes_and_restores_too_and_again_changes_nothing(office: Office) -> None:
    customer = office.customer(by="wang")
    delete, restore = _asked("delete", customer), _asked("restore", customer)
    jie, wang = office.on_device("jie"), office.on_device("wang")
    assert _push(office, wang, delete) == _push(office, wang, restore) == ["core.function-missing"]
    assert _push(office, jie, delete, delete) == [None] * 2
    assert _push(office, jie, delete) == [None]
    assert _push(office, office.on_device("hong"), restore) == ["core.not-found"]
    assert _push(office, jie, restore, restore) == [None] * 2
    assert _push(office, jie, _asked("restore", new_id())) == ["core.not-found"]
    for name in ("deleted", "restored"):
        assert len(office.events(f"customers.customer-{name}")) == 1
    assert office.rows(Customer)[0].version == 2


def test_deleted_and_restored_in_one_queue_he_is_as_he_was_and_late_work_behind_it_is_taken(office: Office) -> None:
    customer = _furnished(office)
    before, device = _stored(office), office.on_device("jie")
    note = {
        "collection": "notes",
        "action": "create",
        "row": new_id(),
        "values": {"customer_id": customer, "text": "x"},
    }
    steps = _asked("delete", customer), _asked("restore", customer, group=2)
    assert _push(office, device, *steps, [{**note, "group": 3}]) == [None] * 3
    (back,) = [each for each in office.rows(TimelineEntry) if each.kind == "restored"]
    after = _stored(office)
    assert {each["id"] for each in after["customer_notes"]} - {each["id"] for each in before["customer_notes"]} == {
        note["row"]
    }
    assert back.customer_id == customer
    assert len(pull_all(office.database, office.actor("wang")).ids("notes")) == 3
    assert _push(office, device, _asked("delete", customer)) == [None]
    late = [{**note, "row": new_id(), "group": 2}]
    assert _push(office, device, late) == ["customers.deleted"]
    assert _push(office, device, _asked("restore", customer), late) == [None] * 2, (
        "back in the very push that needs him"
    )


def test_several_are_deleted_and_restored_all_or_none_and_who_is_protected_is_named(office: Office) -> None:
    won, one, other = (
        office.customer("赵", by="wang", stage="won"),
        office.customer(by="wang"),
        office.customer(by="na"),
    )
    yang, jie = office.on_device("yang"), office.on_device("jie")
    applied = office.push(yang, *_asked("delete", one, won, other)).decisions
    assert [each.code for each in applied] == ["sync.group-failed", "customers.protected", "sync.group-failed"]
    assert (applied[1].params["names"], applied[1].params["reasons"]) == (["赵"], ["won"])
    assert _push(office, jie, _asked("delete", one, other)) == ["sync.group-failed", "core.not-found"]
    assert len(office.rows(Customer)) == 3
    _delete(office, other, by="yang")
    assert _push(office, yang, _asked("delete", one, other)) == [None] * 2, "who is away already holds nobody up"
    assert _push(office, jie, _asked("restore", one, other)) == ["sync.group-failed", "core.not-found"], (
        "whose fault it is"
    )
    assert len(office.rows(DeletedCustomer)) == 2
    assert _push(office, yang, _asked("restore", one, other)) == [None] * 2


def test_whoever_deleted_somebody_has_him_on_his_devices_while_he_can_be_restored(
    office: Office, tmp_path: Path
) -> None:
    one, other = office.customer("王小明", by="wang"), office.customer("李四", by="wang")
    _delete(office, one)
    _delete(office, other, by="yang")

    def held(who: str) -> set[str]:
        found: set[str] = pull_all(office.database, office.actor(who)).ids("deleted_customers")
        return found

    assert (held("jie"), held("yang"), held("wang")) == ({one}, {other}, set())
    shown = pull_all(office.database, office.actor("jie")).of("deleted_customers")[one]
    assert (shown["name"], shown["owner_id"]) == ("王小明", office.users["wang"])
    _restore(office, one, by="yang")
    assert held("jie") == set()
    office.clock.at += KEPT_FOR + timedelta(seconds=1)
    assert _night(office, tmp_path) == {"purged": 1}
    assert held("yang") == set()
    assert _push(office, office.on_device("yang"), _asked("restore", other)) == ["core.not-found"]
    (issue,) = pull_all(office.database, office.actor("yang")).of("sync_issues").values()
    assert (issue["action"], issue["row_id"]) == ("restore", other), "what could not be done is kept"


def test_who_leads_others_by_now_has_those_whom_he_deleted_on_no_device_of_his(office: Office) -> None:
    one, jie = office.customer("王小明", by="wang"), office.users["jie"]
    _delete(office, one)
    for who, held in (("jie", {one}), ("yang", {one}), ("hong", set()), ("wang", set())):
        as_if = replace(office.actor(who), user_id=jie)  # what jie reaches, had she that one's role and team
        assert pull_all(office.database, as_if).ids("deleted_customers") == held


def test_several_cost_a_device_the_same_however_many_they_are(office: Office) -> None:
    def cost(size: int) -> tuple[int, int, int]:
        customers, device = [office.customer(by="wang", phone=PHONE) for _ in range(size)], office.on_device("yang")
        given = {"to_id": office.users["na"], "from_id": office.users["wang"], "reason": "换人"}
        found = []
        for action in ("hand_over", "delete", "restore"):
            asked = [{**each, "values": given if action == "hand_over" else {}} for each in _asked(action, *customers)]
            with statements(office.database) as seen:
                assert set(_push(office, device, asked)) == {None}
            found.append(len(seen))
        return found[0], found[1], found[2]

    cost(1)
    assert cost(2) == cost(15)


def test_a_conflict_is_over_with_him_and_opened_anew_when_he_is_back(office: Office) -> None:
    one, other = office.customer(by="wang", phone=PHONE), office.customer(by="na", phone=PHONE)
    _delete(office, one)
    assert office.rows(LeadConflict) == []
    assert len(office.events("customers.lead-conflict-closed")) == 1
    _restore(office, one)
    (conflict,) = office.rows(LeadConflict)
    assert {conflict.first_id, conflict.second_id} == {one, other}


def test_he_comes_back_to_where_his_owner_is_now(office: Office) -> None:
    customer = _furnished(office)
    _delete(office, customer)
    with office.writing("yang") as uow:
        uow.change(uow.must(User, office.users["wang"]), unit_id=office.units["west"])
        uow.commit()
    _restore(office, customer)
    for kind in (Customer, CustomerPhone, Note, TimelineEntry):
        assert {row.unit_id for row in office.rows(kind)} == {office.units["west"]}


def test_what_hangs_on_him_costs_the_same_however_much_it_is(office: Office) -> None:
    def cost(size: int) -> tuple[int, int]:
        customers = [office.customer(by="wang", phone=PHONE) for _ in range(max(1, size // 100))]
        with office.writing("wang") as uow:
            for _ in range(size):
                operations.add_note(uow, new_id(), {"customer_id": customers[0], "text": "x"})
            uow.commit()
        with statements(office.database) as deleting:
            _delete(office, *customers)
        with statements(office.database) as restoring:
            _restore(office, customers[0])
        return len(deleting), len(restoring)

    cost(1)
    assert cost(1) == cost(500)


def test_after_thirty_days_nothing_of_him_is_left_but_events(office: Office, tmp_path: Path) -> None:
    early, late = office.customer("王小明", by="wang", phone=PHONE), office.customer(by="wang")
    _delete(office, early)
    office.clock.at += timedelta(days=1)
    _delete(office, late)
    office.clock.at += KEPT_FOR - timedelta(days=1)
    assert _night(office, tmp_path) == {"purged": 0}
    office.clock.at += timedelta(seconds=1)
    assert _night(office, tmp_path) == {"purged": 1}
    assert [row.id for row in office.rows(DeletedRows)] == [row.id for row in office.rows(DeletedCustomer)] == [late]
    with pytest.raises(Refused, match=refused("core.not-found")):
        _restore(office, early)
    ((subject, _),) = office.events("customers.customer-purged")
    assert subject == early


def test_rows_of_one_table_come_after_those_they_refer_to(office: Office) -> None:
    def note(row_id: str, reply_to: str | None) -> Note:
        place: dict[str, Any] = {"owner_id": "o", "unit_id": "u", "customer_id": "c", "written_by": "w", "text": "x"}
        return Note(id=row_id, reply_to=reply_to, written_at=office.clock.at, **place)

    rows = [note("a", "b"), note("b", "c"), note("c", None), note("d", "elsewhere")]
    assert [row.id for row in taking.in_order(rows)] == ["c", "b", "a", "d"]


def test_the_office_deletes_lists_and_restores(office: Office, door: Door) -> None:
    one, two, theirs = office.customer("王小明", by="wang"), office.customer(by="zhao"), office.customer(by="na")
    assert door("jie", "DELETE", f"/{one}").status_code == door("jie", "DELETE", f"/{one}").status_code == 204
    assert door("jie", "POST", "/delete", json={"customers": [one, two]}).json == {"deleted": 1}
    assert door("jie", "POST", "/delete", json={"customers": [two, theirs]}).status_code == 404
    assert door("yang", "DELETE", f"/{theirs}").status_code == 204
    page = door("jie", "GET", "/deleted?limit=1").json
    rest = door("jie", "GET", f"/deleted?limit=5&cursor={page['next']}").json
    assert {each["id"] for each in (*page["items"], *rest["items"])} == {one, two}
    (line,) = [each for each in (*page["items"], *rest["items"]) if each["id"] == one]
    assert (line["name"], line["owner_name"], line["restorable_until"]) == ("王小明", "Wang", "2025-04-01")
    assert len(door("boss", "GET", "/deleted").json["items"]) == 3
    assert door("spy", "GET", "/deleted").json["items"] == []
    gone = door("wang", "GET", f"/{one}")
    assert (gone.status_code, gone.json["code"], gone.json["params"]) == (
        410,
        "customers.deleted",
        {"until": "2025-04-01"},
    )
    assert door("na", "GET", f"/{one}").status_code == 404
    assert door("wang", "PATCH", f"/{one}", json={"grade": "A"}).json["code"] == "customers.deleted"
    back = door("jie", "POST", f"/deleted/{one}/restore")
    assert (back.status_code, back.json["id"], back.json["owner_id"]) == (200, one, office.users["wang"])
    assert door("jie", "DELETE", f"/{one}").status_code == 204
    both = {"customers": [one, two]}
    assert door("wang", "POST", "/deleted/restore", json=both).status_code == 403
    assert door("jie", "POST", "/deleted/restore", json={"customers": [one, theirs]}).status_code == 404
    assert {each["id"] for each in door("jie", "GET", "/deleted").json["items"]} == {one, two}, "none came back"
    assert door("jie", "POST", "/deleted/restore", json=both).json == {"restored": 2}
    assert door("jie", "POST", "/deleted/restore", json=both).json == {"restored": 0}
    assert door("jie", "GET", "/deleted").json["items"] == []
