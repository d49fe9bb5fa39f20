"""Attachments: versions in order of arrival, whose they are, what goes with a customer; from devices and the office."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from server.core.problems import Refused
from server.customers.attachments import operations
from server.customers.attachments.models import Attachment
from server.customers.attachments.settling import settle_attachment
from server.customers.deleting.operations import delete_customers, restore_customers
from server.customers.merging.operations import merge_customers
from server.customers.models import TimelineEntry
from server.customers.operations import hand_over_customers
from server.customers.receptions.models import Reception
from server.customers.receptions.operations import add_reception
from sync_protocol.ids import new_id
from tests.server.customers.conftest import Door
from tests.server.customers.office import Office, refused, statements
from tests.server.expenses.desk import at_once
from tests.support.syncing import pull_all

SHA = "0123456789abcdef" * 4


def _added(customer: str, row: str | None = None, /, **values: Any) -> dict[str, Any]:
    file = {"customer_id": customer, "name": "认购书.pdf", "form": "pdf", "size": 90, "sha256": SHA}
    return {"collection": "attachments", "action": "create", "row": row or new_id(), "values": file | values}


def _acted(action: str, row: str) -> dict[str, Any]:
    return {"collection": "attachments", "action": action, "row": row, "base": 1}


def _codes(applied: Any) -> list[str | None]:
    return [each.code for each in applied.decisions]


def _holds(office: Office, who: str) -> set[str]:
    held: set[str] = pull_all(office.database, office.actor(who)).ids("attachments")
    return held


def test_two_versions_without_a_network_are_both_kept_in_order_of_arrival(office: Office) -> None:
    customer, first, his, hers = office.customer(), new_id(), new_id(), new_id()
    wang, jie = office.on_device("wang"), office.on_device("jie")
    assert _codes(office.push(wang, _added(customer, first))) == [None]
    assert _codes(office.push(jie, _added(customer, hers, version_of=first, name=" 认购书2.pdf "))) == [None]
    assert _codes(office.push(wang, _added(customer, his, version_of=first))) == [None]
    rows = {row.id: row for row in office.rows(Attachment)}
    assert [rows[each].revision for each in (first, hers, his)] == [1, 2, 3]
    assert [rows[each].version_of for each in (first, hers, his)] == [None, first, first]
    assert (rows[hers].name, rows[hers].added_by) == ("认购书2.pdf", office.users["jie"])
    lines = office.rows(TimelineEntry, customer_id=customer, kind="attachment")
    assert [each.params["revision"] for each in lines] == [1, 2, 3]
    bodies = [json.loads(body) for _, body in office.events("customers.attachment-added")]
    assert [(each["revision"], each["version_of"]) for each in bodies] == [(1, None), (2, first), (3, first)]
    assert "认购书" not in json.dumps(bodies, ensure_ascii=False)


def test_versions_added_at_one_moment_get_numbers_of_their_own(office: Office) -> None:
    customer, first = office.customer(), new_id()
    office.push(office.on_device("wang"), _added(customer, first))
    hands = [office.on_device(who) for who in ("wang", "jie", "yang", "wang")]
    answers = at_once(*(partial(office.push, each, _added(customer, version_of=first)) for each in hands))
    assert [_codes(each) for each in answers] == [[None]] * 4
    assert sorted(row.revision for row in office.rows(Attachment)) == [1, 2, 3, 4, 5]


def test_a_version_is_of_a_document_of_the_same_customer(office: Office) -> None:
    customer, first, second = office.customer(), new_id(), new_id()
    wang = office.on_device("wang")
    office.push(wang, _added(customer, first), _added(customer, second, version_of=first))
    elsewhere = "customers.attachment-elsewhere"
    for version_of in (second, new_id()):
        assert _codes(office.push(wang, _added(customer, version_of=version_of))) == [elsewhere]
    assert _codes(office.push(wang, _added(office.customer(), version_of=first))) == [elsewhere]


def test_it_hangs_on_a_row_of_the_customer_that_is_seen(office: Office) -> None:
    mine, theirs = office.customer(by="wang"), office.customer(by="na")
    ids = {}
    for who, customer in (("wang", mine), ("na", theirs)):
        with office.writing(who) as uow:
            ids[who] = add_reception(uow, new_id(), {"customer_id": customer, "channel": "call"}).id
            uow.commit()
    wang, about = office.on_device("wang"), {"about": "receptions", "about_id": ids["wang"]}
    sent: list[tuple[dict[str, Any], str | None]] = [
        (about, None),
        ({"about": "receptions", "about_id": ids["na"]}, "core.not-found"),
        ({"about": "opportunities", "about_id": ids["wang"]}, "core.not-found"),
        ({"about": "receptions"}, "core.not-found"),
        ({"about_id": ids["wang"]}, "core.not-found"),
    ]
    for named, code in sent:
        assert _codes(office.push(wang, _added(mine, **named))) == [code], named
    # A former owner saw it while the customer was his: what he hung on it before he could know is taken.
    with office.writing("yang") as uow:
        hand_over_customers(uow, [mine], office.users["na"], "调岗")
        uow.commit()
    assert office.row(Reception, ids["wang"]).owner_id == office.users["na"]
    assert _codes(office.push(wang, _added(mine, **about))) == [None]


def test_it_is_seen_by_who_sees_the_customer_and_goes_with_him(office: Office) -> None:
    customer, twin, row = office.customer(), office.customer("王晓明", by="zhao"), new_id()
    wang = office.on_device("wang")
    office.push(wang, _added(customer, row), _added(customer, version_of=row))
    both = {each.id for each in office.rows(Attachment)}
    assert _holds(office, "wang") == _holds(office, "jie") == _holds(office, "yang") == both
    assert _holds(office, "zhao") == _holds(office, "na") == set()
    assert _codes(office.push(office.on_device("na"), _acted("remove", row))) == ["core.not-found"]
    assert _codes(office.push(office.on_device("na"), _added(customer, version_of=row))) == ["core.not-found"]
    with office.writing("yang") as uow:
        hand_over_customers(uow, [customer], office.users["na"], "调岗")
        uow.commit()
    assert (_holds(office, "wang"), _holds(office, "na")) == (set(), both)
    assert _codes(office.push(wang, _added(customer, version_of=row), _acted("remove", row))) == [
        None, "core.not-found",
    ]  # fmt: skip
    with office.writing("yang") as uow:
        merge_customers(uow, twin, customer)
        uow.commit()
    rows = office.rows(Attachment)
    assert {(each.customer_id, each.owner_id) for each in rows} == {(twin, office.users["zhao"])}
    assert sorted(each.revision for each in rows) == [1, 2, 3]
    with office.writing("yang") as uow:
        delete_customers(uow, [twin])
        uow.commit()
    assert office.rows(Attachment) == []
    with office.writing("yang") as uow:
        restore_customers(uow, [twin])
        uow.commit()
    assert sorted(each.revision for each in office.rows(Attachment)) == [1, 2, 3]


def test_taken_away_and_brought_back_by_either_and_twice_is_once(office: Office) -> None:
    customer, row = office.customer(), new_id()
    wang, jie = office.on_device("wang"), office.on_device("jie")
    office.push(wang, _added(customer, row))
    office.push(jie, _acted("remove", row), _acted("remove", row))
    gone = office.row(Attachment, row)
    assert (gone.removed_by, gone.version) == (office.users["jie"], 2)
    assert _holds(office, "wang") == {row}, "his phone can bring it back"
    office.push(wang, _acted("restore", row), _acted("restore", row))
    back = office.row(Attachment, row)
    assert (back.removed_at, back.removed_by, back.version) == (None, None, 3)
    names = ("customers.attachment-removed", "customers.attachment-restored")
    assert [len(office.events(name)) for name in names] == [1, 1]


def test_the_same_sent_again_from_a_restored_store_is_the_same_attachment(office: Office) -> None:
    customer, row, wang = office.customer(), new_id(), office.on_device("wang")
    sent = _added(customer, row, sha256=SHA.upper(), name=" 认购书.pdf")
    verdicts = [office.push(wang, sent).decisions[0].verdict.value for _ in range(2)]
    assert verdicts == ["applied", "duplicate"]


def test_a_push_of_them_costs_as_many_statements_whatever_it_holds(office: Office) -> None:
    wang, firsts = office.on_device("wang"), {}
    for _ in range(9):
        firsts[office.customer()] = new_id()
    office.push(wang, *(_added(customer, row) for customer, row in firsts.items()))
    known = list(firsts.items())

    def cost(size: int) -> int:
        sent = [_added(known[place % 9][0], version_of=known[place % 9][1]) for place in range(size)]
        with statements(office.database) as seen:
            assert set(_codes(office.push(wang, *sent))) == {None}
        return len(seen)

    cost(1)
    assert cost(2) == cost(250)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": " \u200b"}, "customers.text-required"),
        ({"sha256": "f" * 63}, "customers.attachment-file"),
        ({"sha256": "g" * 64}, "customers.attachment-file"),
    ],
)
def test_what_no_row_may_hold(values: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=refused(code)):
        settle_attachment(values)


# -- over HTTP --------------------------------------------------------------------------------------------------------


def test_the_office_hangs_lists_takes_away_and_brings_back(office: Office, door: Door) -> None:
    customer, row = office.customer(), new_id()
    body = {"id": row, "name": "认购书.pdf", "form": "pdf", "size": 90, "sha256": SHA}
    path = f"/{customer}/attachments"
    first, again = (door("wang", "POST", path, json=body) for _ in range(2))
    other = door("wang", "POST", path, json={**body, "size": 91})
    assert [each.status_code for each in (first, again, other)] == [201, 200, 409]
    assert first.get_json() == again.get_json()
    assert (first.get_json()["revision"], first.get_json()["has_arrived"]) == (1, False)
    assert other.get_json()["code"] == "sync.reused-row-id"
    newer = {**body, "id": new_id(), "version_of": row}
    assert door("jie", "POST", path, json=newer).get_json()["revision"] == 2
    page = door("wang", "GET", f"{path}?limit=1").get_json()
    rest = door("wang", "GET", f"{path}?limit=1&cursor={page['next']}").get_json()
    assert [each["revision"] for each in (*page["items"], *rest["items"])] == [2, 1]
    assert rest["next"] is None
    for _ in range(2):
        assert door("wang", "DELETE", f"{path}/{newer['id']}").status_code == 204
    assert [each["id"] for each in door("wang", "GET", path).get_json()["items"]] == [row]
    assert door("jie", "POST", f"{path}/{newer['id']}/restore").get_json()["revision"] == 2
    assert len(door("wang", "GET", path).get_json()["items"]) == 2
    elsewhere = f"/{office.customer()}/attachments/{row}"
    refusals = [
        door("wang", "DELETE", elsewhere), door("na", "DELETE", f"{path}/{row}"), door("na", "GET", path),
        door("na", "POST", path, json={**body, "id": new_id()}), door("spy", "POST", f"{path}/{row}/restore"),
    ]  # fmt: skip
    assert [each.status_code for each in refusals] == [404] * 5
    wrong = door("wang", "POST", path, json={**body, "id": new_id(), "version_of": newer["id"]})
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "customers.attachment-elsewhere")


def test_a_list_costs_three_statements(office: Office, door: Door) -> None:
    customer = office.customer()
    with office.writing() as uow:
        for place in range(20):
            file = {"customer_id": customer, "name": "a", "form": "picture", "size": 9, "sha256": f"{place:064x}"}
            operations.add_attachment(uow, new_id(), file)
        uow.commit()
    with statements(office.database) as seen:
        assert len(door("wang", "GET", f"/{customer}/attachments").get_json()["items"]) == 20
    assert len([each for each in seen if each.startswith("SELECT")]) == 3
