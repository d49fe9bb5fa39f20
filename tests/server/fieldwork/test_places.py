"""Where customers are, and what a check-in and a check-out are judged against; what else the log of a visit says."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.core.problems import Refused
from server.fieldwork.places import operations
from server.fieldwork.places.models import CustomerPlace
from sync_protocol.ids import new_id
from tests.server.fieldwork.office import ON_SITE, Office, shanghai, statements
from tests.support.syncing import Queue, pull_all, push, told

MONDAY = date(2025, 3, 3)
HERE = {"latitude_e7": 312_304_000, "longitude_e7": 1_214_737_000}
AWAY = {**HERE, "latitude_e7": 312_404_000}
"""1.1 km to the north."""
SANYA = {"latitude_e7": 182_528_000, "longitude_e7": 1_095_119_000}


def _out(fix: dict[str, Any]) -> dict[str, Any]:
    return {f"out_{name}": value for name, value in fix.items()}


def _push(office: Office, who: str, queue: Queue) -> list[tuple[str, str | None]]:
    applied = push(office.database, office.on_device(who), queue.take(), clock=office.clock)
    return [told(each) for each in applied.decisions]


def test_a_visit_that_names_no_place_is_judged_against_the_customers_and_keeps_it(office: Office) -> None:
    customer, queue = office.customer(by="wang"), Queue()
    queue.create("customer_places", customer_id=customer, **AWAY)
    queue.create("customer_places", customer_id=customer, **HERE, radius_m=100)
    visit = queue.create("visits", customer_id=customer, planned_on="2025-03-03")
    queue.act("visits", "start", visit, started_at=1_740_966_000_000, **ON_SITE)
    assert set(_push(office, "wang", queue)) == {("applied", None)}
    row = office.visit_row(visit)
    assert (row.location_verdict, row.location_reason, row.distance_m) == ("verified", "inside", 0)
    assert (row.site_latitude_e7, row.site_radius_m) == (HERE["latitude_e7"], 100)

    office.make("wang", operations.set_place, customer_id=customer, **AWAY)
    planned = office.visit("wang", customer_id=customer, planned_on=MONDAY, site_latitude_e7=1, site_longitude_e7=1)
    office.start("wang", planned, shanghai("10:00"), **ON_SITE)
    assert office.visit_row(planned).location_verdict == "outside"  # of the place that was planned


@pytest.mark.parametrize(
    ("fix", "verdict", "reason"),
    [
        (ON_SITE, "verified", "inside"),
        ({**ON_SITE, **SANYA}, "outside", "outside"),
        ({**ON_SITE, "fix_age_s": 2 * 24 * 3600}, "unverified", "stale"),
        ({**ON_SITE, "is_mock": True}, "unverified", "mock"),
        ({}, "unverified", "no_fix"),
    ],
    ids=["there", "3,000 km away", "two days old", "made up", "none"],
)
def test_leaving_is_judged_as_coming_and_never_refused(
    office: Office, fix: dict[str, Any], verdict: str, reason: str
) -> None:
    customer = office.customer(by="wang")
    office.make("wang", operations.set_place, customer_id=customer, **HERE)
    visit = office.visit("wang", customer_id=customer, planned_on=MONDAY)
    office.start("wang", visit, shanghai("09:00"), **fix)
    office.finish("wang", visit, shanghai("09:40"), **_out(fix))
    row = office.visit_row(visit)
    assert (row.location_verdict, row.location_reason) == (row.out_verdict, row.out_reason) == (verdict, reason)
    assert row.out_distance_m == row.distance_m
    if "3,000" in verdict or reason == "outside":
        assert 1_500_000 < row.out_distance_m < 3_000_000


def test_an_impression_and_why_nothing_follows_are_kept_with_the_visit_for_those_who_see_it(office: Office) -> None:
    visit = office.visit("wang", customer_id=office.customer(by="wang"), planned_on=MONDAY)
    office.finish("wang", visit, shanghai("09:40"), impression=" 看重学区 ", nothing_next="已签约")
    for who, sees in (("jie", True), ("zhao", False)):
        held = pull_all(office.database, office.actor(who)).of("visits")
        assert (visit in held) is sees
        if sees:
            assert (held[visit]["impression"], held[visit]["nothing_next"]) == ("看重学区", "已签约")


def test_a_place_goes_with_its_customer_and_only_who_reaches_him_sets_one(office: Office) -> None:
    customer = office.customer(by="wang")
    place = office.make("wang", operations.set_place, customer_id=customer, **HERE)
    with pytest.raises(Refused, match=r"^core.not-found$"):
        office.make("na", operations.set_place, customer_id=customer, **HERE)
    with pytest.raises(Refused, match=r"^fieldwork.place-impossible$"):
        office.make("wang", operations.set_place, customer_id=customer, latitude_e7=0, longitude_e7=0)
    office.hand_over([customer], "na")
    row = office.row(CustomerPlace, place)
    assert (row.owner_id, row.author_id) == (office.users["na"], office.users["wang"])


def test_a_batch_of_check_ins_reads_no_place_by_itself(office: Office) -> None:
    def cost(size: int) -> int:
        queue = Queue()
        for customer in [office.customer(by="wang") for _ in range(size)]:
            queue.create("customer_places", customer_id=customer, **HERE)
            visit = queue.create("visits", customer_id=customer, planned_on="2025-03-03")
            queue.act("visits", "start", visit, started_at=1_740_966_000_000, **ON_SITE)
            queue.act("visits", "finish", visit, ended_at=1_740_968_000_000, **_out(ON_SITE))
        with statements(office.database) as seen:
            assert set(_push(office, "wang", queue)) == {("applied", None)}
        return len(seen)

    cost(1)
    assert cost(2) == cost(12)


def test_the_office_sets_and_lists_places(office: Office, tmp_path: Path) -> None:
    door, customer, place = office.door(tmp_path), office.customer(by="wang"), new_id()
    path = f"/customers/{customer}/places"
    for status, values in ((201, HERE), (200, HERE), (409, AWAY)):
        assert door("wang", "POST", path, json={"id": place, **values}).status_code == status
    assert door("wang", "POST", path, json=AWAY).status_code == 201
    assert [each["latitude_e7"] for each in door("jie", "GET", path).get_json()["items"]] == [
        AWAY["latitude_e7"],
        HERE["latitude_e7"],
    ]
    assert door("na", "GET", path).status_code == 404
