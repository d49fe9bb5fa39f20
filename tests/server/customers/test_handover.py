"""Customers change hands: everything that hangs on them goes along, in one commit, on both databases."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence

import pytest

from server.accounts.models import User
from server.core.problems import Refused
from server.core.uow import UnitOfWork
from server.customers import operations, ownership
from server.customers.models import Customer, CustomerPhone, FormerOwner, Note, TimelineEntry, former_owner_id
from sync_protocol.ids import is_id, new_id
from tests.server.customers.office import Office, refused, statements


def _with_history(office: Office, by: str = "wang") -> str:
    customer_id = office.customer(by=by, phone="13800138000")
    with office.writing(by) as uow:
        operations.add_note(uow, new_id(), {"customer_id": customer_id, "text": "江景"})
        uow.commit()
    return customer_id


def _hand_over(office: Office, by: str, ids: Sequence[str], to: str, *, seen: str | None = None) -> int:
    with office.writing(by) as uow:
        count = operations.hand_over_customers(uow, ids, office.users[to], "调岗", seen=dict.fromkeys(ids, seen))
        uow.commit()
    return count


def test_everything_goes_along_in_one_commit(office: Office) -> None:
    customer_id = _with_history(office)
    ids = [customer_id] + [
        row.id for kind in (CustomerPhone, Note, TimelineEntry) for row in office.rows(kind, customer_id=customer_id)
    ]
    before = {row_id: office.feed(row_id) for row_id in ids}
    head = max(seq for entries in before.values() for _, seq in entries.values())
    assert _hand_over(office, "yang", [customer_id], "na") == 1
    wang, na = f"customers:own:{office.users['wang']}", f"customers:own:{office.users['na']}"
    east, west = f"customers:unit:{office.units['east']}", f"customers:unit:{office.units['west']}"
    for row_id in ids:
        feed = office.feed(row_id)
        assert {bucket: put for bucket, (put, _) in feed.items()} == {
            wang: False, east: False, na: True, west: True, "customers:all": True,
        }  # fmt: skip
        (seq,) = {seq for _, seq in feed.values()}
        assert seq > head
    for kind in (CustomerPhone, Note, TimelineEntry):
        for row in office.rows(kind, customer_id=customer_id):
            assert (row.owner_id, row.unit_id) == (office.users["na"], office.units["west"])
    (note,) = office.rows(Note, customer_id=customer_id)
    assert note.written_by == office.users["wang"], "history keeps old names"


def test_the_handover_is_on_the_timeline_and_in_the_audit_log(office: Office) -> None:
    customer_id = office.customer()
    _hand_over(office, "jie", [customer_id], "zhao")
    (entry,) = office.rows(TimelineEntry, customer_id=customer_id, kind="handover")
    people = {"from": office.users["wang"], "to": office.users["zhao"]}
    assert entry.params == {**people, "reason": "调岗"}
    assert (entry.done_by, entry.owner_id) == (office.users["jie"], office.users["zhao"])
    ((subject, body),) = office.events("customers.customer-handed-over")
    assert subject == customer_id
    assert json.loads(body) == {"from_id": people["from"], "to_id": people["to"], "reason": "调岗"}
    ((subject, body),) = office.events("customers.handover-done")
    assert (subject, json.loads(body)["count"]) == (office.users["zhao"], 1)


def test_former_owners_are_remembered_once_each(office: Office) -> None:
    customer_id = office.customer()
    begin = office.clock.now()
    for to in ("zhao", "wang", "zhao"):
        office.clock.at = office.clock.at.replace(hour=office.clock.at.hour + 1)
        _hand_over(office, "jie", [customer_id], to)
    former = {row.owner_id: (row.since, row.until) for row in office.rows(FormerOwner, customer_id=customer_id)}
    three, four, five = (begin.replace(hour=begin.hour + hours) for hours in (1, 2, 3))
    assert former == {office.users["wang"]: (begin, five), office.users["zhao"]: (three, four)}
    assert office.row(Customer, customer_id).owned_since == five


def test_a_derived_id_is_an_id() -> None:
    one, other = new_id(), new_id()
    assert is_id(former_owner_id(one, other))
    assert former_owner_id(one, other) == former_owner_id(one, other) != former_owner_id(other, one)


@pytest.mark.parametrize("to", ["na", "gone", "spy"])
def test_the_new_owner_is_active_and_within_reach(office: Office, to: str) -> None:
    customer_id = office.customer()
    with pytest.raises(Refused, match=refused("customers.new-owner-unfit")):
        _hand_over(office, "jie", [customer_id], to)


def test_all_or_none_goes_over(office: Office) -> None:
    mine, strange = office.customer(), office.customer(by="na")
    for beyond in (strange, new_id()):
        with pytest.raises(Refused, match=refused("core.not-found")):
            _hand_over(office, "jie", [mine, beyond], "zhao")
    assert office.row(Customer, mine).owner_id == office.users["wang"]


def test_a_salesperson_hands_nothing_over(office: Office) -> None:
    with pytest.raises(Refused, match=refused("core.function-missing")):
        _hand_over(office, "wang", [office.customer()], "zhao")


def test_a_handover_needs_its_reason(office: Office) -> None:
    customer_id = office.customer()
    with office.writing("jie") as uow, pytest.raises(Refused, match=refused("customers.reason-required")):
        operations.hand_over_customers(uow, [customer_id], office.users["zhao"], " ")


def test_who_saw_another_owner_decides_again(office: Office) -> None:
    customer_id = office.customer(by="zhao")
    with pytest.raises(Refused, match=refused("customers.owner-changed")):
        _hand_over(office, "jie", [customer_id], "jie", seen=office.users["wang"])


def test_to_his_own_owner_changes_nothing(office: Office) -> None:
    customer_id = office.customer()
    assert _hand_over(office, "jie", [customer_id], "wang") == 0
    assert office.row(Customer, customer_id).version == 1


def test_handed_to_his_own_owner_a_customer_follows_him_to_his_unit(office: Office) -> None:
    customer_id = _with_history(office)
    with office.writing("boss") as uow:
        uow.change(uow.must(User, office.users["wang"]), unit_id=office.units["west"])
        uow.commit()
    assert office.row(Customer, customer_id).unit_id == office.units["east"], "the team keeps him until then"
    assert _hand_over(office, "yang", [customer_id], "wang") == 1
    assert {row.unit_id for row in office.rows(Note, customer_id=customer_id)} == {office.units["west"]}
    assert office.rows(FormerOwner, customer_id=customer_id) == []


def test_two_people_can_swap_their_portfolios_at_once(office: Office) -> None:
    for by in ("wang", "zhao"):
        for _ in range(3):
            _with_history(office, by)
    start = threading.Barrier(2)
    moved: list[int] = []

    def swap(giver: str, taker: str) -> None:
        start.wait()
        with office.writing("jie") as uow:
            count = operations.hand_over_portfolio(uow, office.users[giver], office.users[taker], "对调")
            uow.commit()
        moved.append(count)

    threads = [threading.Thread(target=swap, args=pair) for pair in (("wang", "zhao"), ("zhao", "wang"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(moved) == [3, 6], "one after the other"


def test_an_area_above_moves_its_rows_in_the_same_unit_of_work(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[list[str], str]] = []

    def follow(uow: UnitOfWork, customers: Sequence[Customer], owner: User) -> None:
        assert all(customer.owner_id == owner.id for customer in customers)
        seen.append(([customer.id for customer in customers], owner.id))

    monkeypatch.setattr(ownership, "_REACTIONS", [])
    operations.on_handover(follow)
    operations.on_handover(follow)
    customer_id = office.customer()
    _hand_over(office, "jie", [customer_id], "zhao")
    assert seen == [([customer_id], office.users["zhao"])]


def test_a_leavers_open_customers_go_in_one_batch(office: Office) -> None:
    stages = ("prospect", "visited", "negotiating", "won", "lost", "dead")
    ids = {
        stage: office.customer(stage, stage=stage, lost_reason="price" if stage == "lost" else None) for stage in stages
    }
    strange = office.customer(by="zhao")
    with office.writing("yang") as uow:
        assert operations.hand_over_portfolio(uow, office.users["wang"], office.users["na"], "离职") == 4
        uow.commit()
    owners = {stage: office.row(Customer, row_id).owner_id for stage, row_id in ids.items()}
    assert {stage for stage, owner in owners.items() if owner == office.users["wang"]} == {"lost", "dead"}
    assert office.row(Customer, strange).owner_id == office.users["zhao"]
    with office.writing("yang") as uow:
        arguments = (office.users["wang"], office.users["na"], "离职")
        assert operations.hand_over_portfolio(uow, *arguments, include_closed=True) == 2


def test_a_portfolio_beyond_reach_stays_whole(office: Office) -> None:
    mine = office.customer()
    elsewhere = office.customer()
    with office.writing("boss") as uow:
        customer = uow.must(Customer, elsewhere)
        uow.change(customer, unit_id=office.units["south"])
        uow.commit()
    with office.writing("jie") as uow, pytest.raises(Refused, match=refused("customers.portfolio-beyond-reach")) as why:
        operations.hand_over_portfolio(uow, office.users["wang"], office.users["zhao"], "离职")
    assert why.value.params == {"count": 1}
    assert office.row(Customer, mine).owner_id == office.users["wang"]
    with office.writing("jie") as uow, pytest.raises(Refused, match=refused("core.not-found")):
        operations.hand_over_portfolio(uow, office.users["na"], office.users["zhao"], "离职")


def test_the_statements_do_not_grow_with_the_portfolio(office: Office) -> None:
    counts = []
    for size in (1, 2, 40):  # all but the first end lead conflicts as well: zhao has their numbers by then
        for _ in range(size):
            _with_history(office)
        with office.writing("jie") as uow, statements(office.database) as seen:
            operations.hand_over_portfolio(uow, office.users["wang"], office.users["zhao"], "离职")
            uow.commit()
        counts.append(len([each for each in seen if each.startswith("SELECT")]))
        assert len(seen) < 40
    assert counts[1] == counts[2]
    assert counts[0] <= 30  # one a table that follows its customers, whatever their number; two for lead conflicts


def test_two_handovers_at_once_have_one_outcome(office: Office) -> None:
    """Both saw wang as the owner; one of them wins, the other is told."""
    ids = [_with_history(office) for _ in range(5)]
    office.customer(by="zhao")
    start = threading.Barrier(2)
    outcomes: dict[str, str] = {}

    def race(by: str, to: str) -> None:
        start.wait()
        try:
            _hand_over(office, by, ids, to, seen=office.users["wang"])
            outcomes[to] = "done"
        except Refused as refusal:
            outcomes[to] = refusal.code

    threads = [threading.Thread(target=race, args=pair) for pair in (("jie", "zhao"), ("yang", "na"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes.values()) in (
        ["customers.owner-changed", "done"],
        ["core.not-found", "done"],
    ), "jie no longer reaches what went to West"
    (winner,) = [to for to, outcome in outcomes.items() if outcome == "done"]
    for customer_id in ids:
        assert office.row(Customer, customer_id).owner_id == office.users[winner]
        for kind in (CustomerPhone, Note, TimelineEntry):
            assert {row.owner_id for row in office.rows(kind, customer_id=customer_id)} == {office.users[winner]}
        assert [row.owner_id for row in office.rows(FormerOwner, customer_id=customer_id)] == [office.users["wang"]]
        assert len(office.rows(TimelineEntry, customer_id=customer_id, kind="handover")) == 1


def test_a_note_written_during_a_handover_goes_along(office: Office) -> None:
    """The note locks its customer, so it is written before the handover looks for notes, or under the new owner."""
    customer_id = office.customer()
    start = threading.Barrier(2)

    def write() -> None:
        start.wait()
        for number in range(10):
            with office.writing("jie") as uow:
                operations.add_note(uow, new_id(), {"customer_id": customer_id, "text": f"{number}"})
                uow.commit()

    thread = threading.Thread(target=write)
    thread.start()
    start.wait()
    for to in ("zhao", "wang") * 3:
        _hand_over(office, "jie", [customer_id], to)
    thread.join()
    owner = office.row(Customer, customer_id).owner_id
    assert {row.owner_id for row in office.rows(Note, customer_id=customer_id)} == {owner}
    assert {row.owner_id for row in office.rows(TimelineEntry, customer_id=customer_id)} == {owner}


def test_a_leaders_device_hands_over_what_he_saw_and_the_second_of_two_is_told(office: Office) -> None:
    one, two, theirs = office.customer(by="wang"), office.customer(by="zhao"), office.customer(by="na")
    users = office.users

    def pushed(who: str, to: str, *customers: tuple[str, str], reason: str = "换人") -> list[str | None]:
        asked = [
            {"collection": "customers", "action": "hand_over", "row": customer, "group": 1,
             "values": {"to_id": users[to], "reason": reason, "from_id": users[seen]}}
            for customer, seen in customers
        ]  # fmt: skip
        return [each.code for each in office.push(office.on_device(who), *asked).decisions]

    failed = "sync.group-failed"
    assert pushed("wang", "zhao", (one, "wang")) == ["core.function-missing"]
    assert pushed("jie", "zhao", (one, "wang"), (theirs, "na")) == [failed, "core.not-found"]
    assert pushed("jie", "na", (one, "wang")) == ["customers.new-owner-unfit"]
    assert pushed("jie", "zhao", (one, "wang"), reason=" ") == ["customers.reason-required"]
    assert pushed("jie", "zhao", (one, "wang"), (two, "zhao")) == [None, None]
    assert pushed("yang", "na", (one, "wang"), (two, "zhao")) == ["customers.owner-changed", failed]
    assert {office.row(Customer, each).owner_id for each in (one, two)} == {users["zhao"]}
    assert len(office.events("customers.customer-handed-over")) == 1
    assert pushed("jie", "zhao", (one, "wang"), (two, "wang")) == [None, None], "asked again, he has them already"
    assert pushed("yang", "na", (two, "zhao"), (one, "wang")) == [failed, "customers.owner-changed"]
    assert pushed("jie", "wang", (one, "zhao")) == [None], "taken back is given back"
    there_and_back = [
        {"collection": "customers", "action": "hand_over", "row": one, "group": 1,
         "values": {"to_id": users[to], "reason": "换人", "from_id": users[seen]}}
        for seen, to in (("wang", "zhao"), ("zhao", "wang"))
    ]  # fmt: skip
    assert [each.code for each in office.push(office.on_device("jie"), *there_and_back).decisions] == [None, None]
    handed = [each for each in office.events("customers.customer-handed-over") if each.subject_id == one]
    assert len(handed) == 4, "one after the other, and not the last one alone"
