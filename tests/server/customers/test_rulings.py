"""Ruling a lead conflict: who may, what follows for customers and shares, what is kept; and two who rule at once."""

from __future__ import annotations

import dataclasses
import json
import threading
from typing import Any

import pytest

from server.core.apply import apply_push
from server.core.collections import COLLECTIONS
from server.core.problems import Refused
from server.customers import operations
from server.customers.lead_conflicts import operations as rulings
from server.customers.lead_conflicts.models import CustomerShare, LeadConflict, conflict_id
from server.customers.merging.operations import merge_customers
from server.customers.models import Customer, TimelineEntry
from server.customers.receptions import operations as receptions
from server.customers.receptions.models import Reception
from sync_protocol.ids import new_id
from sync_protocol.operations import parse_push
from tests.server.customers.conftest import Door
from tests.server.customers.office import Office, refused

PHONE = "13800138000"
RULING: dict[str, Any] = {"owner": "second", "other_percent": 40, "reason": "先接待"}


@pytest.fixture
def contested(office: Office) -> tuple[str, str, str]:
    """Na's customer, Wang's customer, and their conflict."""
    hers, his = office.customer("李娜", by="na", phone=PHONE), office.customer("王小明", by="wang", phone=PHONE)
    return hers, his, conflict_id(hers, his)


Contested = tuple[str, str, str]


def _rule(office: Office, who: str, conflict: str, act: Any = rulings.rule_conflict, **values: Any) -> None:
    with office.writing(who) as uow:
        rulings.lock_customers(uow, [conflict])
        act(uow, uow.must(LeadConflict, conflict), {**RULING, **values})
        uow.commit()


def test_a_ruling_gives_both_to_one_owner_and_keeps_the_split(office: Office, contested: Contested) -> None:
    hers, his, conflict = contested
    _rule(office, "yang", conflict)
    for customer in (hers, his):
        assert office.row(Customer, customer).owner_id == office.users["wang"]
        shares = {each.user_id: each.percent for each in office.rows(CustomerShare, customer_id=customer)}
        assert shares == {office.users["wang"]: 60, office.users["na"]: 40}
        line = next(each for each in office.rows(TimelineEntry, customer_id=customer) if each.kind == rulings.RULED)
        assert (line.subject_id, line.owner_id, line.done_by) == (conflict, office.users["wang"], office.users["yang"])
        params = {"owner": office.users["wang"], "other": office.users["na"], "percent": 40, "reason": "先接待"}
        assert line.params == params
    (row,) = office.rows(LeadConflict)
    assert (row.state, row.chosen, row.other_percent, row.reason) == ("ruled", "second", 40, "先接待")
    assert (row.ruled_by, row.ruled_at) == (office.users["yang"], office.clock.at)
    assert (row.first_owner_id, row.second_owner_id) == (office.users["na"], office.users["wang"])
    ((subject, body),) = office.events("customers.lead-conflict-ruled")
    assert (subject, json.loads(body)) == (
        conflict,
        {
            "customer_ids": [hers, his], "owner_ids": [office.users["na"], office.users["wang"]],
            "owner_id": office.users["wang"], "percent": 40, "reason": "先接待",
        },
    )  # fmt: skip
    assert len(office.events("customers.customer-handed-over")) == 1
    assert office.events("customers.lead-conflict-closed") == []


def test_without_a_split_the_owner_has_all_and_an_earlier_split_is_overruled(
    office: Office, contested: Contested
) -> None:
    hers, his, conflict = contested
    _rule(office, "yang", conflict)
    with office.writing("yang") as uow:
        operations.hand_over_customers(uow, [hers], office.users["na"], "again")
        uow.commit()
    assert [each.state for each in office.rows(LeadConflict)] == ["open"]
    assert office.row(LeadConflict, conflict).reason is None
    assert len(office.rows(CustomerShare)) == 4  # a handover does not touch what was ruled
    _rule(office, "yang", conflict, owner="first", other_percent=None)
    assert office.rows(CustomerShare) == []
    assert office.row(Customer, his).owner_id == office.users["na"]


def test_who_are_not_the_same_keep_their_own_and_are_never_in_conflict_again(
    office: Office, contested: Contested
) -> None:
    hers, his, conflict = contested
    _rule(office, "yang", conflict, rulings.dismiss_conflict, reason="兄弟二人")
    assert (office.row(LeadConflict, conflict).state, office.row(LeadConflict, conflict).reason) == (
        "dismissed",
        "兄弟二人",
    )
    assert [office.row(Customer, each).owner_id for each in (hers, his)] == [
        office.users[who] for who in ("na", "wang")
    ]
    assert office.rows(CustomerShare) == []
    assert [each.kind for each in office.rows(TimelineEntry) if each.subject_id == conflict] == [rulings.DISMISSED] * 2
    ((_, body),) = office.events("customers.lead-conflict-dismissed")
    assert json.loads(body)["reason"] == "兄弟二人"
    with office.writing("wang") as uow:
        operations.add_phone(uow, new_id(), {"customer_id": his, "number": PHONE})
        uow.commit()
    with office.writing("yang") as uow:
        operations.hand_over_customers(uow, [his], office.users["zhao"], "x")
        uow.commit()
    row = office.row(LeadConflict, conflict)
    assert (row.state, row.second_owner_id) == ("dismissed", office.users["zhao"])


@pytest.mark.parametrize("act", [rulings.rule_conflict, rulings.dismiss_conflict])
def test_only_who_reaches_both_and_owns_neither_rules(office: Office, contested: Contested, act: Any) -> None:
    conflict = contested[2]
    for who, code in (
        ("wang", "core.function-missing"),
        ("jie", "customers.conflict-beyond-reach"),
        ("hong", "customers.conflict-beyond-reach"),
    ):
        with pytest.raises(Refused, match=refused(code)):
            _rule(office, who, conflict, act)
    with office.writing("yang") as uow:
        operations.hand_over_customers(uow, [contested[0]], office.users["yang"], "x")
        uow.commit()
    with pytest.raises(Refused, match=refused("customers.conflict-of-oneself")):
        _rule(office, "yang", conflict, act)
    with pytest.raises(Refused, match=refused("customers.reason-required")):
        _rule(office, "boss", conflict, act, reason=" ")
    _rule(office, "boss", conflict, act)


def test_the_same_again_changes_nothing_and_another_is_told_what_holds(office: Office, contested: Contested) -> None:
    conflict = contested[2]
    _rule(office, "yang", conflict)
    version = office.row(LeadConflict, conflict).version
    _rule(office, "yang", conflict)
    assert office.row(LeadConflict, conflict).version == version
    for who, values in (("boss", {}), ("yang", {"owner": "first"}), ("yang", {"other_percent": None})):
        with pytest.raises(Refused) as told:
            _rule(office, who, conflict, **values)
        assert told.value.code == "customers.conflict-settled"
        assert dict(told.value.params) == {"state": "ruled", "owner_id": office.users["wang"]}
    assert len(office.events("customers.lead-conflict-ruled")) == 1


def test_two_who_rule_at_once_and_one_who_hands_over_come_to_one_outcome(office: Office, contested: Contested) -> None:
    hers, _, conflict = contested
    together, codes = threading.Barrier(3), []

    def at_once(act: Any) -> None:
        together.wait(10)
        try:
            act()
            codes.append("done")
        except Refused as error:
            codes.append(error.code)

    def hand_over() -> None:
        with office.writing("yang") as uow:
            operations.hand_over_customers(uow, [hers], office.users["zhao"], "x")
            uow.commit()

    acts = [
        lambda: _rule(office, "yang", conflict, owner="first"),
        lambda: _rule(office, "boss", conflict, owner="second"),
        hand_over,
    ]
    threads = [threading.Thread(target=at_once, args=(act,)) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert len(codes) == 3
    assert codes.count("done") >= 2, codes
    row = office.row(LeadConflict, conflict)
    owners = [office.row(Customer, each).owner_id for each in (row.first_id, row.second_id)]
    if row.state == "ruled":
        assert set(owners) == {getattr(row, f"{row.chosen}_owner_id")}
    else:  # the handover came last, and opened it again
        assert (row.state, owners) == ("open", [row.first_owner_id, row.second_owner_id])
        assert owners[0] == office.users["zhao"] != owners[1]


# -- from devices -----------------------------------------------------------------------------------------------------


def _act(conflict: str, action: str = "rule", /, **values: Any) -> dict[str, Any]:
    return {"collection": "lead_conflicts", "action": action, "row": conflict, "base": 1, "values": values}


def test_a_supervisor_rules_from_his_phone_and_the_salespeople_see_it(office: Office, contested: Contested) -> None:
    hers, _, conflict = contested
    for who, code in (
        ("wang", "core.function-missing"),
        ("zhao", "core.not-found"),
        ("jie", "customers.conflict-beyond-reach"),
    ):
        assert [each.code for each in office.push(office.on_device(who), _act(conflict, **RULING)).decisions] == [code]
    yang = office.on_device("yang")
    applied = office.push(
        yang, _act(conflict, **RULING), _act(conflict, **RULING), _act(conflict, "dismiss", reason="x")
    )
    assert [each.code for each in applied.decisions] == [None, None, "customers.conflict-settled"]
    assert office.row(Customer, hers).owner_id == office.users["wang"]
    feed = {bucket for bucket, (put, _) in office.feed(conflict).items() if put}
    assert {f"customers:own:{office.users[who]}" for who in ("wang", "na")} < feed  # both read what was ruled


def test_a_conflict_lives_where_either_of_its_customers_does(office: Office, contested: Contested) -> None:
    row = office.row(LeadConflict, contested[2])
    scope = COLLECTIONS["lead_conflicts"].scope
    expected = {f"customers:own:{office.users[who]}" for who in ("na", "wang")}
    expected |= {f"customers:unit:{office.units[unit]}" for unit in ("west", "east")} | {"customers:all"}
    assert set(scope.of(row)) == {bucket for bucket, (put, _) in office.feed(row.id).items() if put} == expected
    for who in ("na", "wang", "jie", "hong", "yang", "boss"):
        assert expected & set(scope.subscribed(office.actor(who))), who
    for who in ("zhao", "sun", "nobody"):
        assert not expected & set(scope.subscribed(office.actor(who))), who


def test_a_proposal_needs_two_times_that_can_be_said_and_a_later_reception_does_not_change_who_was_first(
    office: Office,
) -> None:
    """Wang's phone was heard an hour ago, and says at what time it sends: its claim can be placed."""
    hers = office.customer("李娜", by="na", phone=PHONE)
    wang, his = office.on_device("wang"), new_id()

    def push(sent_at: int, *sent: dict[str, Any]) -> None:
        shapes = {name: each.shape for name, each in COLLECTIONS.items()}
        first = office._sent.get(str(wang.enrolment_id), 0) + 1
        office._sent[str(wang.enrolment_id)] = first + len(sent) - 1
        document = [{"n": n, "group": first, "base": 0, **each} for n, each in enumerate(sent, first)]
        apply_push(
            office.database, wang, parse_push({"operations": document}, shapes), clock=office.clock, sent_at=sent_at
        )

    now = 1_740_967_200_000
    create = {"action": "create", "made_at": now - 1_800_000}
    push(
        now - 1_800_000 + 1_800_000,
        {**create, "collection": "customers", "row": his, "values": {"name": "王小明"}},
        {**create, "collection": "customer_phones", "row": new_id(), "values": {"customer_id": his, "number": PHONE}},
    )
    (row,) = office.rows(LeadConflict)
    assert (row.proposed, row.because, row.second_fixed_at) == (None, "unplaced", None)  # made before it was enrolled
    office.clock.at = office.clock.at.replace(hour=3)
    later = now + 3_600_000
    reception = {"customer_id": his, "channel": "visit"}
    push(later, {**create, "made_at": now + 60_000, "collection": "receptions", "row": new_id(), "values": reception})
    (row,) = office.rows(LeadConflict)
    assert (row.proposed, row.because) == (None, "too-near")
    assert (row.first_id, row.second_doubt_ms) == (hers, 120_000)
    push(later, {**create, "made_at": later, "collection": "receptions", "row": new_id(), "values": reception})
    (row,) = office.rows(LeadConflict)
    assert row.second_received_at.minute == 1
    assert len(office.events("customers.lead-conflict-opened")) == 1


# -- over HTTP --------------------------------------------------------------------------------------------------------


def test_the_office_s_door_to_a_ruling(office: Office, door: Door, contested: Contested) -> None:
    hers, _, conflict = contested
    path = f"/api/v1/lead-conflicts/{conflict}"
    assert door("yang", "GET", path).get_json()["state"] == "open"
    for who in ("sun", "spy"):  # sun has no team: he may not hand over
        assert door(who, "POST", f"{path}/rule", json=RULING).status_code in (403, 404)
    assert door("spy", "GET", path).status_code == 404
    assert door("wang", "GET", path).get_json()["code"] == "core.function-missing"
    far = door("jie", "POST", f"{path}/rule", json=RULING)
    assert (far.status_code, far.get_json()["code"]) == (403, "customers.conflict-beyond-reach")
    for percent in (0, 100):
        assert door("yang", "POST", f"{path}/rule", json={**RULING, "other_percent": percent}).status_code == 422
    answer = door("yang", "POST", f"{path}/rule", json=RULING)
    assert answer.status_code == 200, answer.text
    assert {name: answer.get_json()[name] for name in ("state", "chosen", "other_percent")} == {
        "state": "ruled", "chosen": "second", "other_percent": 40,
    }  # fmt: skip
    assert door("yang", "POST", f"{path}/rule", json=RULING).get_json() == answer.get_json()
    late = door("boss", "POST", f"{path}/dismiss", json={"reason": "x"})
    assert (late.status_code, late.get_json()["code"]) == (409, "customers.conflict-settled")
    assert late.get_json()["params"] == {"state": "ruled", "owner_id": office.users["wang"]}
    shares = door("wang", "GET", f"/{hers}/shares").get_json()["items"]
    assert [(each["user_name"], each["percent"]) for each in shares] == [("Wang", 60), ("Na", 40)]
    assert door("na", "GET", f"/{hers}/shares").status_code == 404
    for who in ("jie", "hong"):  # who leads either of the two, him too who has neither customer now
        for query in ("", "?state=ruled"):
            items = door(who, "GET", f"/api/v1/lead-conflicts{query}").get_json()["items"]
            assert [each["id"] for each in items] == [conflict], who
        assert door(who, "GET", path).get_json()["state"] == "ruled"
        assert door(who, "GET", "/api/v1/lead-conflicts?state=open").get_json()["items"] == []


def test_a_merge_takes_conflicts_shares_and_receptions_along(office: Office, contested: Contested) -> None:
    hers, his, conflict = contested
    _rule(office, "yang", conflict)
    other = office.customer("李女士", by="zhao", phone="13900139000")
    twin = office.customer("王小明", by="wang", phone="13900139000")
    with office.writing("wang") as uow:
        receptions.add_reception(uow, new_id(), {"customer_id": hers, "channel": "visit"})
        uow.commit()
    with office.writing("yang") as uow:
        merge_customers(uow, twin, hers)
        uow.commit()
    shares = {each.user_id: each.percent for each in office.rows(CustomerShare, customer_id=twin)}
    assert shares == {office.users["wang"]: 60, office.users["na"]: 40}
    assert [each.customer_id for each in office.rows(Reception)] == [twin]
    rows = {frozenset((each.first_id, each.second_id)): each for each in office.rows(LeadConflict)}
    assert rows.keys() == {frozenset((twin, other)), frozenset((twin, his))}
    assert rows[frozenset((twin, other))].second_reception_id == office.rows(Reception)[0].id


def test_a_conflict_ends_in_one_customer_but_not_by_the_hand_of_one_side(office: Office, contested: Contested) -> None:
    hers, his, conflict = contested
    office.people["na"] = dataclasses.replace(office.actor("na"), reaches=office.actor("yang").reaches)
    for kept, gone in ((hers, his), (his, hers)):
        with office.writing("na") as uow, pytest.raises(Refused, match=refused("customers.conflict-of-oneself")):
            merge_customers(uow, kept, gone)
    merge = {"collection": "customers", "action": "merge", "row": his, "values": {"gone_id": hers}}
    assert [each.code for each in office.push(office.on_device("yang"), merge).decisions] == [None]
    assert office.rows(LeadConflict) == []
    assert office.row(Customer, his).owner_id == office.users["wang"]
    ((subject, _),) = office.events("customers.lead-conflict-closed")
    assert subject == conflict


def test_after_a_ruling_the_two_are_made_one_and_the_split_stays(office: Office, contested: Contested) -> None:
    hers, his, conflict = contested
    _rule(office, "yang", conflict)
    with office.writing("yang") as uow:
        merge_customers(uow, his, hers)
        uow.commit()
    assert {each.user_id: each.percent for each in office.rows(CustomerShare, customer_id=his)} == {
        office.users["wang"]: 60, office.users["na"]: 40,
    }  # fmt: skip
