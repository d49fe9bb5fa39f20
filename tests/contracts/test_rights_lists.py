"""Lists, search, export, sums and devices show exactly the rows in reach: all ways of looking agree, for every role and scope.

What is in reach: the oracles of tests/support/house.py.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from server.accounts.models import Device, QuarantinedQueue
from server.core import tables
from server.core.collections import COLLECTIONS, OwnedScope, PersonalScope
from server.core.sync_issues import SyncIssue
from server.customers.lead_conflicts.models import LeadConflict
from server.customers.lead_conflicts.sync import PairScope
from server.customers.models import Customer, CustomerPhone, Note, TimelineEntry
from server.fieldwork.activities.models import Activity
from server.fieldwork.models import DayPlan, FollowUp, Task, Visit
from server.fieldwork.questions.models import Question
from server.fieldwork.targets.models import Target
from server.membership.models import Arrival, Card, Member
from tests.server.accounts.company import heard
from tests.support import databases
from tests.support.document import operations
from tests.support.house import PEOPLE, House, settle
from tests.support.rights_table import answered
from tests.support.scene import DAY, ROLES, open_scene
from tests.support.scene_rows import furnish

CUSTOMERS, FIELDWORK = "customers.read", "fieldwork.read"
LISTS = {
    "/customers": (Customer, CUSTOMERS),
    "/day-plans": (DayPlan, FIELDWORK),
    "/visits": (Visit, FIELDWORK),
    "/follow-ups": (FollowUp, FIELDWORK),
    "/tasks": (Task, FIELDWORK),
    "/activities": (Activity, FIELDWORK),
    "/questions": (Question, "questions.read"),
    "/targets": (Target, "targets.read"),
    "/sync-issues": (SyncIssue, "sync.issues"),
    "/members": (Member, "membership.read"),
    "/cards": (Card, "membership.read"),
    "/arrivals": (Arrival, "reception.read"),
}
"""Lists of scoped rows."""
_NEEDED = {"/work-reports/missing": {"kind": "daily", "on": str(DAY)}}
"""What a list is not shown without."""


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("sqlite", marks=pytest.mark.sqlite),
        pytest.param("postgresql", marks=pytest.mark.pg),
    ],
)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    kind: databases.Kind = request.param
    with open_scene(kind, tmp_path_factory.mktemp("lists")) as scene:
        furnish(scene)
        yield settle(scene)


@pytest.mark.parametrize("who", PEOPLE)
def test_lists_hold_exactly_what_is_in_reach(house: House, who: str) -> None:
    for path, (row, function) in LISTS.items():
        expected = house.seen(who, row, function)
        if house.may(who, function):
            assert house.ids(who, path) == expected, path
            assert expected, f"{who} reaches nothing with {function}: the test shows nothing"
        else:
            assert (
                answered(
                    house.scene.acme.call("GET", f"/api/v1{path}", token=house.scene.token(house.name(who)))
                ).status
                == 403
            )


def test_every_list_asks_as_much_for_one_row_as_for_all(house: House) -> None:
    """Every list of the document that has no row but a customer in its address, asked by whoever sees most."""
    busiest = Counter(each.customer_id for each in house.all_of(TimelineEntry)).most_common(1)[0][0]
    longest = 0
    for each in operations(house.scene.acme.app):
        if (
            each.method != "GET"
            or set(each.in_path) - {"customer_id"}
            or "?limit" not in {it.pointer for it in each.query}
        ):
            continue
        path = each.path.removeprefix("/api/v1").replace("{customer_id}", busiest)
        counts, items = [], []
        for limit in ("500", "1", "500"):  # the first looks up what is kept for a while
            with heard(house.scene.services.database.engine) as seen:
                items = house.ask("administrator", path, limit=limit, **_NEEDED.get(path, {}))["items"]
            counts.append(len(seen.texts))
        assert counts[1] == counts[2], path
        longest = max(longest, len(items))
    assert longest > 50


@pytest.mark.parametrize("who", PEOPLE)
def test_devices_hold_exactly_what_lists_show(house: House, who: str) -> None:
    mine = house.scene.acme.users[house.name(who)]
    for name, collection in COLLECTIONS.items():
        rows = house.all_of(collection.row)
        if isinstance(collection.scope, OwnedScope):
            expected = house.seen(who, collection.row, collection.scope.function)
        elif isinstance(collection.scope, PersonalScope):
            expected = {each.id for each in rows if mine in collection.scope.people(each)}
            if collection.scope.within is not None:
                expected &= house.seen(who, collection.row, collection.scope.within)
        elif isinstance(collection.scope, PairScope):
            seen = house.seen(who, Customer, collection.scope.function)
            expected = {each.id for each in rows if {each.first_id, each.second_id} & seen}
        else:
            expected = {each.id for each in rows}
        assert house.pulled[who][name].keys() == expected, name


@pytest.mark.parametrize("who", PEOPLE)
def test_each_customer_in_reach_shows_all_that_hangs_on_him_and_no_other_shows_anything(house: House, who: str) -> None:
    reached = house.seen(who, Customer, CUSTOMERS)
    notes, entries, numbers = house.all_of(Note), house.all_of(TimelineEntry), house.all_of(CustomerPhone)
    busy = Counter(each.customer_id for each in (*notes, *numbers, *entries) if each.customer_id in reached)
    for customer, _ in busy.most_common(8):
        below = f"/customers/{customer}"
        assert house.ids(who, f"{below}/notes") == {each.id for each in notes if each.customer_id == customer}
        assert house.ids(who, f"{below}/timeline") == {each.id for each in entries if each.customer_id == customer}
        shown = {each["id"] for each in house.ask(who, below)["phones"]}
        assert shown == {each.id for each in numbers if each.customer_id == customer}
    assert {each.id for each in notes if each.customer_id in reached} == house.pulled[who]["notes"].keys()
    assert {each.id for each in entries if each.customer_id in reached} == house.pulled[who]["timeline"].keys()
    assert {each.id for each in numbers if each.customer_id in reached} == house.pulled[who]["customer_phones"].keys()


@pytest.mark.parametrize("who", PEOPLE)
def test_lead_conflicts_are_those_with_a_customer_in_reach_and_show_no_other(house: House, who: str) -> None:
    if not house.may(who, "customers.handover"):
        return
    reached, shown = house.seen(who, Customer, "customers.handover"), house.seen(who, Customer, CUSTOMERS)
    conflicts = {each.id: (each.first_id, each.second_id) for each in house.all_of(LeadConflict)}
    listed = {each["id"]: (each["first"], each["second"]) for each in house.pages(who, "/lead-conflicts")}
    assert listed.keys() == {row_id for row_id, both in conflicts.items() if not reached.isdisjoint(both)}
    assert listed, f"{who} reaches no conflict: the test shows nothing"
    for row_id, sides in listed.items():
        assert [side["customer_id"] for side in sides] == [
            each if each in shown else None for each in conflicts[row_id]
        ]
        assert all(side["customer_name"] is None for side in sides if side["customer_id"] is None)


@pytest.mark.parametrize("who", PEOPLE)
def test_search_finds_only_what_is_in_reach(house: House, who: str) -> None:
    if not house.may(who, CUSTOMERS):
        return
    reached = house.seen(who, Customer, CUSTOMERS)
    rows = house.all_of(Customer)
    for text in ("na", "wang", "W", "zzz"):
        assert house.ids(who, "/customers", text=text) == {
            each.id for each in rows if each.id in reached and text.lower() in each.name.lower()
        }
    for number in {each.number for each in house.all_of(CustomerPhone)}:
        owners = {each.customer_id for each in house.all_of(CustomerPhone) if each.number == number}
        assert house.ids(who, "/customers", text=number) == owners & reached


@pytest.mark.parametrize("who", PEOPLE)
def test_filters_narrow_and_never_widen(house: House, who: str) -> None:
    company = house.scene.acme
    for path, (row, function) in LISTS.items():
        if path not in ("/customers", "/day-plans") or not house.may(who, function):
            continue
        reached = house.seen(who, row, function)
        rows = house.all_of(row)
        for name in ("na", "wang", "fang"):
            expected = {each.id for each in rows if each.id in reached and each.owner_id == company.users[name]}
            assert house.ids(who, path, owner_id=company.users[name]) == expected
        assert house.ids(who, path, owner_id=house.scene.globex.users["wang"]) == set()


@pytest.mark.parametrize("who", PEOPLE)
def test_sums_count_only_what_is_in_reach(house: House, who: str) -> None:
    if not house.may(who, CUSTOMERS):
        return
    reached = house.seen(who, Customer, CUSTOMERS)
    rows = [each for each in house.all_of(Customer) if each.id in reached]
    summary = house.ask(who, "/customers/summary")
    assert Counter(summary["stages"]) == Counter(each.stage for each in rows)
    assert summary["total"] == len(rows)
    na = house.scene.acme.users["na"]
    assert house.ask(who, "/customers/summary", owner_id=na)["total"] == sum(each.owner_id == na for each in rows)


@pytest.mark.parametrize("who", PEOPLE)
def test_an_export_holds_exactly_what_is_in_reach(house: House, who: str) -> None:
    for kind, name, function in (
        (Customer, "customers", "customers.export"),
        (Visit, "visits", "fieldwork.export"),
    ):
        if not house.may(who, function):
            continue
        lines = list(csv.reader(io.StringIO(house.ask(who, f"/{name}/export"))))[1:]
        assert {line[0] for line in lines} == house.seen(who, kind, function)
        assert len(lines) == len({line[0] for line in lines})


@pytest.mark.parametrize("who", PEOPLE)
def test_the_board_counts_people_in_reach_and_hides_what_is_not(house: House, who: str) -> None:
    if not house.may(who, "insight.board"):
        return
    people, visits = house.people(who), house.all_of(Visit)
    lines = [each for each in visits if DAY in (each.planned_on, each.day_on)]
    board = house.ask(who, "/board", on=DAY.isoformat())
    shown = {each["user_id"]: each["counts"]["planned"] for each in board["items"]}
    assert shown.keys() <= people
    assert {each.assignee_id for each in lines} & people <= shown.keys()
    for user_id, planned in shown.items():
        assert planned == sum(each.assignee_id == user_id and each.planned_on == DAY for each in lines)
    assert board["total"]["planned"] == sum(shown.values())
    seen = house.seen(who, Visit, FIELDWORK)
    for user_id in sorted(people):
        items = house.ask(who, f"/board/{user_id}", on=DAY.isoformat())["items"]
        assert {each["id"] for each in items} == {each.id for each in lines if each.assignee_id == user_id}
        for item in items:
            assert item["is_hidden"] == (item["id"] not in seen)
            if item["is_hidden"]:
                assert (item["customer_id"], item["customer_name"], item["purpose"], item["place"]) == (None,) * 4


@pytest.mark.parametrize("who", PEOPLE)
def test_lists_about_staff_hold_the_people_in_reach_and_what_is_theirs(house: House, who: str) -> None:
    if not house.may(who, "accounts.users.read"):
        return
    people = house.people(who)
    assert house.ids(who, "/users") == people
    if who in ROLES:
        assert house.ids(who, "/devices") == {each.id for each in house.all_of(Device) if each.user_id in people}
        queues = {each.id for each in house.all_of(QuarantinedQueue) if each.user_id in people}
        assert house.ids(who, "/quarantine") == queues


@pytest.mark.parametrize("who", PEOPLE)
def test_jobs_are_ones_own_unless_one_may_see_all(house: House, who: str) -> None:
    mine = house.scene.acme.users[house.name(who)]
    t = tables.JOBS.c
    with house.scene.services.reading(house.scene.acme.org) as connection:
        rows = connection.execute(select(t.id, t.owner_id).where(t.org_id == house.scene.acme.org)).all()
    everything = house.may(who, "core.jobs")
    assert house.ids(who, "/jobs") == {job for job, owner in rows if everything or owner == mine}


@pytest.mark.parametrize("who", ["administrator", "director"])
def test_the_audit_log_is_whole_and_of_one_organisation(house: House, who: str) -> None:
    numbers = [each["n"] for each in house.pages(who, "/events")]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] == 1
    assert len(numbers) == numbers[0]
