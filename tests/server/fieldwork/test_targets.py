"""What people are to reach in a month, what is still wanting, and who sets and sees it."""

from __future__ import annotations

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.accounts.models import User
from server.core.access import Actor, system_actor
from server.core.problems import Refused
from server.core.sync_issues import SyncIssue
from server.core.uow import unit_of_work
from server.customers.opportunities.models import Opportunity
from server.fieldwork.models import Visit
from server.fieldwork.operations.handover import follow_leaver
from server.fieldwork.targets import queries
from server.fieldwork.targets.models import Target
from server.fieldwork.targets.operations import remove_target, set_target
from server.fieldwork.targets.queries import TargetFilters, TargetLine
from server.fieldwork.targets.rules import days_of
from sync_protocol.ids import new_id
from tests.server.fieldwork.office import Door, Office, statements
from tests.support.syncing import Queue, pull_all, push, told

MARCH = date(2025, 3, 1)
RECORDED = json.loads((Path(__file__).parent / "cases/targets.json").read_text(encoding="utf-8"))


def _set(office: Office, by: str, whose: str, amount: int = 40, measure: str = "visits", on: date = MARCH) -> str:
    with office.writing(by) as uow:
        values = {"owner_id": office.users[whose], "month_on": on, "measure": measure, "amount": amount}
        target = set_target(uow, new_id(), values)
        uow.commit()
    return target.id


def _listed(office: Office, who: str = "yang", month: date = MARCH, limit: int = 50) -> list[TargetLine]:
    with office.database.read(office.org) as connection:
        filters = TargetFilters(month=month)
        return queries.target_page(connection, office.actor(who), filters, after=None, limit=limit)[0]


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _happened(office: Office) -> None:
    """The rows of the recorded table, of wang and of zhao, straight into the database."""
    people: dict[Any, Any] = {"me": office.users["wang"], "other": office.users["zhao"], None: None}
    place: dict[str, Any] = {"owner_id": office.users["zhao"], "unit_id": office.units["east"]}
    customer, opened_by = office.customer(by="zhao"), office.users["zhao"]
    with unit_of_work(office.database, system_actor(office.org), clock=office.clock) as uow:
        for each in RECORDED["visits"]:
            whose, on = people[each["assignee_id"]], date.fromisoformat(each["day_on"])
            uow.add(Visit(assignee_id=whose, author_id=whose, day_on=on, state=each["state"], **place))
        for each in RECORDED["opportunities"]:
            closed: dict[str, Any] = {"closed_on": _day(each["closed_on"]), "closed_by": people[each["closed_by"]]}
            told: dict[str, Any] = {name: each[name] for name in ("state", "amount_minor", "currency")}
            told |= {"title": "x", "stage_code": "lead", "probability": 10, "next_step": "x", "next_step_on": MARCH}
            uow.add(Opportunity(customer_id=customer, opened_by=opened_by, **closed, **told, **place))
        uow.commit()


def test_what_is_done_and_wanting_is_counted_as_the_handheld_counts_it(office: Office) -> None:
    """Also with customers who are a colleague's: all that happened here is in zhao's reach, and wang's target counts his."""
    _happened(office)
    for case in RECORDED["cases"]:
        _set(office, "jie", "wang", case["amount"], case["measure"], date.fromisoformat(case["month_on"]))
    for who in ("wang", "jie", "yang"):
        found = {
            (each.month_on.isoformat(), each.measure): (each.amount, each.done, each.gap, each.currency)
            for month in {case["month_on"] for case in RECORDED["cases"]}
            for each in _listed(office, who, date.fromisoformat(month))
        }
        assert found == {
            (case["month_on"], case["measure"]): (
                *(case[name] for name in ("amount", "done", "gap")),
                RECORDED["currency"] if case["measure"] == "won_amount" else None,
            )
            for case in RECORDED["cases"]
        }


@pytest.mark.parametrize(
    ("day", "days"),
    [
        ("2024-02-29", ("2024-02-01", "2024-02-29")),
        ("2025-02-01", ("2025-02-01", "2025-02-28")),
        ("2025-12-31", ("2025-12-01", "2025-12-31")),
    ],
)
def test_a_month_is_whole(day: str, days: tuple[str, str]) -> None:
    assert days_of(date.fromisoformat(day)) == tuple(map(date.fromisoformat, days))


def test_one_for_each_person_month_and_measure_set_anew_or_taken_away(office: Office) -> None:
    first = _set(office, "jie", "wang", 40, on=date(2025, 3, 31))
    assert _set(office, "jie", "wang", 40) == first
    assert (office.row(Target, first).version, office.row(Target, first).month_on) == (1, MARCH)
    assert _set(office, "yang", "wang", 50) == first
    assert (office.row(Target, first).version, office.row(Target, first).amount) == (2, 50)
    assert (
        len({first, _set(office, "jie", "wang", 9, "won_amount"), _set(office, "jie", "wang", on=date(2025, 4, 1))})
        == 3
    )
    assert len(office.events("fieldwork.target-set")) == 4, "what changed nothing is no event"
    with office.writing("jie") as uow:
        remove_target(uow, uow.must(Target, first))
        uow.commit()
    assert office.row(Target, first) is None
    assert len(office.events("fieldwork.target-removed")) == 1


def test_two_leaders_at_one_moment_set_one(office: Office) -> None:
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda each: _set(office, *each), [("jie", "wang", 40), ("yang", "wang", 50)]))
    (row,) = office.rows(Target)
    assert (found, row.version) == ([row.id, row.id], 2)


@pytest.mark.parametrize(
    ("by", "whose", "code"),
    [
        ("wang", "wang", "core.function-missing"),
        ("jie", "na", "core.not-found"),
        ("jie", "gone", "core.not-found"),
        ("hong", "wang", "core.not-found"),
        ("jie", "zhao", None),
        ("yang", "na", None),
        ("jie", "jie", None),
    ],
)
def test_whoever_leads_somebody_sets_his(office: Office, by: str, whose: str, code: str | None) -> None:
    if code is None:
        assert office.row(Target, _set(office, by, whose)).owner_id == office.users[whose]
        return
    with pytest.raises(Refused) as caught:
        _set(office, by, whose)
    assert caught.value.problem.code == code


def test_lists_and_devices_hold_ones_own_and_those_one_leads(office: Office) -> None:
    made = {whose: _set(office, "yang", whose) for whose in ("wang", "zhao", "na")}
    for who, seen in (("wang", {"wang"}), ("jie", {"wang", "zhao"}), ("hong", {"na"}), ("yang", set(made))):
        expected = {made[whose] for whose in seen}
        assert {each.id for each in _listed(office, who)} == expected
        held = pull_all(office.database, office.on_device(who))
        assert held.ids("targets") == expected


def test_a_leavers_targets_stay_his(office: Office) -> None:
    target = _set(office, "jie", "wang")
    with unit_of_work(office.database, system_actor(office.org), clock=office.clock) as uow:
        leaver, heir = (uow.must(User, office.users[name]) for name in ("wang", "zhao"))
        uow.change(leaver, state="disabled")
        follow_leaver(uow, leaver, heir)
        uow.commit()
    assert office.row(Target, target).owner_id == office.users["wang"]
    assert [each.id for each in _listed(office, "jie")] == [target]


def _push(office: Office, who: str | Actor, queue: Queue) -> list[tuple[str, str | None]]:
    device = office.on_device(who) if isinstance(who, str) else who
    return [told(each) for each in push(office.database, device, queue.take(), clock=office.clock).decisions]


def _on(office: Office, whose: str, amount: int) -> dict[str, Any]:
    return {"owner_id": office.users[whose], "month_on": "2025-03-31", "measure": "visits", "amount": amount}


def test_a_leader_sets_changes_and_takes_away_without_a_network(office: Office) -> None:
    queue = Queue()
    row = queue.create("targets", **_on(office, "wang", 40))
    queue.update("targets", row, base=0, amount=50)
    queue.create("targets", **_on(office, "na", 40))
    assert _push(office, "jie", queue) == [("applied", None)] * 2 + [("rejected", "core.not-found")]
    held = pull_all(office.database, office.on_device("wang")).of("targets")
    assert {key: (each["month_on"], each["amount"]) for key, each in held.items()} == {row: ("2025-03-01", 50)}
    again = Queue()
    again.create("targets", row, **_on(office, "wang", 50))
    again.act("targets", "delete", row)
    again.act("targets", "delete", row)
    assert _push(office, "jie", again) == [("duplicate", None), ("applied", None), ("rejected", "core.not-found")]
    own = Queue()
    own.create("targets", **_on(office, "wang", 40))
    assert _push(office, "wang", own) == [("rejected", "core.function-missing")]


CLASH = ("conflict", "sync.clash")


def test_whoever_sets_one_that_is_set_already_is_asked_which_and_loses_nothing(office: Office) -> None:
    """The first to arrive holds; what the other set and then changed is listed at that one, so that he can still say so."""
    row, queue, jie = _set(office, "yang", "wang", 40), Queue(), office.on_device("jie")
    own = queue.create("targets", **_on(office, "wang", 60))
    queue.update("targets", own, base=0, amount=70)
    assert _push(office, jie, queue) == [CLASH, CLASH]
    queue.update("targets", own, base=0, amount=80)  # before he has read what came of it
    assert _push(office, jie, queue) == [CLASH]
    (target,) = office.rows(Target)
    assert (target.id, target.amount) == (row, 40)
    listed = [(each.row_id, each.action, each.attempted, each.kept) for each in office.rows(SyncIssue)]
    assert listed == [(row, "update", {"amount": each}, {"amount": 40}) for each in (60, 70, 80)]
    queue.update("targets", row, base=1, amount=80)
    assert _push(office, jie, queue) == [("applied", None)]
    assert office.row(Target, row).amount == 80


def test_what_is_set_to_the_same_or_by_the_same_hand_is_no_clash(office: Office) -> None:
    row, queue, jie = _set(office, "yang", "wang", 40), Queue(), office.on_device("jie")
    own = queue.create("targets", **_on(office, "wang", 40))
    queue.act("targets", "delete", own)
    assert _push(office, jie, queue) == [("merged", None)] * 2
    assert office.row(Target, row).version == 1, "the colleague's stays"
    april = {**_on(office, "wang", 50), "month_on": "2025-04-01"}
    first = queue.create("targets", **april)
    second = queue.create("targets", **{**april, "amount": 60})
    queue.update("targets", second, base=0, amount=70)
    assert _push(office, jie, queue) == [("applied", None)] * 3
    assert (office.row(Target, first).amount, office.row(Target, second)) == (70, None)


def test_who_may_not_set_it_is_not_told_that_it_is_set(office: Office) -> None:
    """And whoever leads its person by now is told, and holds it from then on."""
    row, queue, strange = _set(office, "yang", "na", 40), Queue(), Queue()
    strange.create("targets", **_on(office, "na", 60))
    assert _push(office, "jie", strange) == [("rejected", "core.not-found")]
    with office.writing("yang") as uow:
        uow.change(uow.must(User, office.users["na"]), unit_id=office.units["east"])
        uow.commit()
    queue.create("targets", **_on(office, "na", 60))
    assert _push(office, "jie", queue) == [CLASH]
    assert row in pull_all(office.database, office.on_device("jie")).ids("targets")


def test_two_changes_of_one_are_a_clash(office: Office) -> None:
    row, queue = _set(office, "yang", "wang", 40), Queue()
    _set(office, "yang", "wang", 70)
    queue.update("targets", row, base=1, amount=45)
    assert _push(office, "jie", queue) == [CLASH]
    assert office.row(Target, row).amount == 70


def test_a_batch_reads_no_target_by_itself(office: Office) -> None:
    month = itertools.count()

    def cost(size: int) -> int:
        queue, people = Queue(), ("wang", "zhao", "na", "jie")
        for each in itertools.islice(month, size):
            day = f"20{30 + each // 12}-{each % 12 + 1:02}-01"
            row = queue.create("targets", **{**_on(office, people[each % 4], 40), "month_on": day})
            queue.update("targets", row, base=0, amount=50)
            again = queue.create("targets", **{**_on(office, people[each % 4], 60), "month_on": day})
            queue.update("targets", again, base=0, amount=50)
        with statements(office.database) as seen:
            assert set(_push(office, "yang", queue)) == {("applied", None)}
        return len(seen)

    cost(1)
    assert cost(4) == cost(50)


def test_statements_do_not_grow_with_people(office: Office) -> None:
    def count() -> int:
        with statements(office.database) as asked:
            _listed(office)
        return len(asked)

    assert count() == 3
    for whose in ("wang", "zhao", "na", "jie"):
        _set(office, "yang", whose)
        _set(office, "yang", whose, 100, "won_amount")
    assert (count(), len(_listed(office))) == (3, 8)


def test_the_door(office: Office, door: Door) -> None:
    body = {"owner_id": office.users["wang"], "month_on": "2025-03-31", "measure": "visits", "amount": 2}
    made = door("jie", "POST", "/targets", json=body)
    assert made.json == {**body, "month_on": "2025-03-01", "id": made.json["id"]}
    assert door("jie", "POST", "/targets", json=body).json == made.json
    (line,) = door("wang", "GET", "/targets").json["items"]
    assert line == {**made.json, "owner_name": "Wang", "currency": None, "done": 0, "gap": 2}
    door("jie", "POST", "/targets", json={**body, "measure": "won_amount"})
    first = door("wang", "GET", "/targets?month=2025-03-09&limit=1").json
    second = door("wang", "GET", f"/targets?month=2025-03-09&limit=1&cursor={first['next']}").json
    assert {each["measure"] for each in (*first["items"], *second["items"])} == {"visits", "won_amount"}
    assert second["next"] is None
    assert door("jie", "GET", f"/targets?owner_id={office.users['zhao']}").json["items"] == []
    assert door("jie", "GET", "/targets?month=2025-04-01").json["items"] == []
    for wrong in ({"amount": 0}, {"amount": 2**53}, {"measure": "calls"}, {"month_on": "2025-02-30"}):
        assert door("jie", "POST", "/targets", json={**body, **wrong}).status_code == 422
    path = f"/targets/{made.json['id']}"
    assert [door(who, "DELETE", path).status_code for who in ("wang", "hong", "jie", "jie")] == [403, 404, 204, 404]
