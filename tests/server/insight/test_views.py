"""The door to the board, on both databases."""

from __future__ import annotations

from datetime import date

from sync_protocol.ids import new_id
from tests.server.fieldwork.office import ON_SITE, SITE, Door, Office, shanghai, statements

MONDAY = date(2025, 3, 3)


def test_plan_against_actual(office: Office, door: Door) -> None:
    visit = office.visit(planned_on=MONDAY, planned_start_at=shanghai("09:00"), **SITE)
    office.start("wang", visit, shanghai("09:20"), **ON_SITE)
    answer = door("jie", "GET", "/board?on=2025-03-03").json
    wang, zhao = answer["items"]
    assert (answer["on"], wang["name"], zhao["name"], wang["unit_name"]) == ("2025-03-03", "Wang", "Zhao", "east")
    counts = {name: value for name, value in wang["counts"].items() if value}
    assert counts == {"planned": 1, "in_progress": 1, "late": 1}
    assert answer["total"] == wang["counts"]
    (line,) = door("jie", "GET", f"/board/{wang['user_id']}?on=2025-03-03").json["items"]
    assert (line["planned_start_at"], line["actual_started_at"]) == (
        "2025-03-03T01:00:00.000Z",
        "2025-03-03T01:20:00.000Z",
    )
    assert (line["location_verdict"], line["distance_m"], line["is_late"], line["is_hidden"]) == (
        "verified",
        0,
        True,
        False,
    )


def test_today_unless_told(office: Office, door: Door) -> None:
    office.clock.at = shanghai("00:30", 4)  # still the 3rd in UTC
    assert door("jie", "GET", "/board").json["on"] == "2025-03-04"
    assert door("jie", "GET", f"/board/{office.users['wang']}").json == {"on": "2025-03-04", "items": []}


def test_a_part_of_the_organisation(office: Office, door: Door) -> None:
    def names(who: str, unit: str) -> list[str]:
        return [each["name"] for each in door(who, "GET", f"/board?unit={unit}").json["items"]]

    assert names("yang", office.units["sales"]) == ["Wang", "Zhao", "Na"]
    assert names("yang", office.units["west"]) == ["Na"]
    assert names("jie", office.units["west"]) == names("jie", new_id()) == []
    with statements(office.database) as seen:
        names("yang", office.units["sales"])
    assert len(seen) == 2, "the tree of units, and the board"


def test_who_may_look(office: Office, door: Door) -> None:
    for path in ("/board", f"/board/{office.users['wang']}"):
        assert door("wang", "GET", path).status_code == 403
        assert door("nobody-at-all", "GET", path).status_code == 401
    assert door("hong", "GET", f"/board/{office.users['wang']}").json["code"] == "core.not-found"
    assert door("spy", "GET", "/board").json["items"] == []
    assert door("jie", "GET", "/board?on=2025-02-30").json["errors"][0]["pointer"] == "/on"
    assert door("jie", "GET", "/board?unit=1").status_code == 422
