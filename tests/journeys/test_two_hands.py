"""Scenario 3 of the domain, and what else two people do to one row: over HTTP with simulated phones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sync_protocol.ids import new_id
from tests.journeys.test_two_receptions import Handheld, _at, desk
from tests.notifications.scene import Desk
from tests.server.accounts.company import Phone

__all__ = ["desk"]


def _handheld(desk: Desk, who: str) -> Handheld:
    made = Handheld(desk, Phone(desk.company).signed_in(who))
    made.sync()
    return made


def test_same_field_two_hands_both_values_are_kept_and_what_is_decided_reaches_both_phones(desk: Desk) -> None:
    wang, jie, customer = _handheld(desk, "wang"), _handheld(desk, "jie"), new_id()
    wang.act(("customers", "create", customer, {"name": "王小明", "grade": "B"}))
    assert wang.sync() == [None]
    jie.sync()
    desk.at(_at(10))
    wang.act(("customers", "update", customer, {"grade": "A", "needs": "三房"}))
    desk.at(_at(11))
    seen = jie.version("customers", customer)
    desk.company.office("jie").ok("PATCH", f"/customers/{customer}", json={"grade": "C", "base": seen})
    desk.at(_at(18))
    assert wang.sync() == ["sync.clash"]
    jie.sync()

    def shown() -> list[Any]:
        return [tuple(each.rows["customers"][customer][name] for name in ("grade", "needs")) for each in (wang, jie)]

    assert shown() == [("C", "三房")] * 2, "what did not clash is taken"
    (issue,) = wang.rows["sync_issues"].values()
    assert (issue["attempted"]["grade"], issue["kept"], issue["state"]) == ("A", {"grade": "C"}, "open")
    (listed,) = desk.company.office("jie").ok("GET", "/sync-issues?verdict=conflict")["items"]
    assert (listed["id"], listed["user_id"]) == (issue["id"], desk.company.users["wang"])
    assert (listed["attempted"]["grade"], listed["kept"]["grade"]) == ("A", "C")

    # He knows her value by now and stays with his; the list says that it is seen to, and still has both.
    wang.act(("customers", "update", customer, {"grade": "A"}), ("sync_issues", "dismiss", issue["id"], {}))
    assert wang.sync() == [None, None]
    jie.sync()
    assert shown() == [("A", "三房")] * 2
    (listed,) = desk.company.office("jie").ok("GET", "/sync-issues?verdict=conflict")["items"]
    assert (listed["state"], listed["attempted"]["grade"], listed["kept"]["grade"]) == ("dismissed", "A", "C")
    history = desk.company.office("jie").ok("GET", f"/customers/{customer}/history")["items"]
    assert str(history).count("grade") == 2, "each step is in the log"


def test_a_report_changed_after_it_was_read_is_told_and_shown_beside_what_was_read(desk: Desk) -> None:
    wang, jie, report = _handheld(desk, "wang"), _handheld(desk, "jie"), new_id()
    begun = {"kind": "daily", "period_on": "2025-03-03", "summary": "四次拜访"}
    wang.act(("work_reports", "create", report, begun), ("work_reports", "send", report, {}))
    assert wang.sync() == [None, None]
    jie.sync()
    (reader,) = jie.rows["work_report_readers"]
    jie.act(("work_report_readers", "read", reader, {"revision": 1}))
    wang.act(("work_reports", "update", report, {"summary": "五次拜访"}))  # he has not heard that she read it
    desk.at(_at(19))
    assert jie.sync() == [None]
    assert wang.sync() == [None]
    desk.work()
    jie.sync()
    assert jie.rows["work_reports"][report]["revision"] == 2
    assert jie.rows["work_report_readers"][reader]["read_revision"] == 1
    seen = {each["revision"]: each["summary"] for each in jie.rows["work_report_revisions"].values()}
    assert seen == {1: "四次拜访", 2: "五次拜访"}
    assert "fieldwork.report-changed" in [each.topic for each in desk.inbox("jie")]


def test_visits_over_midnight_stand_in_the_days_of_the_organisation_where_clocks_go_forward(desk: Desk) -> None:
    """New York, the night to Sunday the 9th of March 2025: at two it is three. Where the phone is makes no difference."""
    eve = datetime(2025, 3, 9, 4, 0, tzinfo=UTC)  # 23:00 on Saturday
    desk.at(eve)
    admin = desk.company.office("admin")
    admin.ok("PATCH", "/organisation", json={"timezone": "America/New_York"})
    wang, visits = _handheld(desk, "wang"), {name: new_id() for name in ("on time", "late", "never")}

    def ms(minutes: int) -> int:
        return int((eve + timedelta(minutes=minutes)).timestamp() * 1000)

    for visit in visits.values():
        planned = {"place": "展厅", "planned_start_at": ms(30), "planned_end_at": ms(90)}  # 23:30 to 00:30
        wang.act(("visits", "create", visit, planned))
    for name, begun, ended in (("on time", 40, 80), ("late", 65, 130)):
        wang.act(("visits", "start", visits[name], {"started_at": ms(begun)}))
        wang.act(("visits", "finish", visits[name], {"ended_at": ms(ended)}))
    desk.at(eve + timedelta(hours=4))  # four o'clock by the new time
    assert wang.sync() == [None] * 7

    def day(on: str) -> Any:
        people = desk.company.office("jie").ok("GET", f"/board?on={on}")["items"]
        (counts,) = [each["counts"] for each in people if each["user_id"] == desk.company.users["wang"]]
        return {
            name: counts[name] for name in ("planned", "kept", "done", "late", "not_heard_from", "missed", "unplanned")
        }

    saturday = {"planned": 3, "kept": 2, "done": 1, "late": 1, "not_heard_from": 1, "missed": 0, "unplanned": 0}
    sunday = {"planned": 0, "kept": 0, "done": 1, "late": 0, "not_heard_from": 0, "missed": 0, "unplanned": 0}
    assert (day("2025-03-08"), day("2025-03-09")) == (saturday, sunday)
    for on, names in (("2025-03-08", {"on time", "never"}), ("2025-03-09", {"late"})):
        found = desk.company.office("jie").ok("GET", f"/calendar?from={on}&to={on}")["items"]
        assert {each["id"] for each in found} == {visits[name] for name in names}
        begun = desk.company.office("wang").ok("POST", "/work-reports", json={"kind": "daily", "period_on": on})
        facts = desk.company.office("wang").ok("POST", f"/work-reports/{begun['id']}/send")["facts"]
        assert (facts["visits_planned"], facts["visits_done"]) == ((3, 1) if "never" in names else (0, 1))
    midnight = eve + timedelta(hours=1)
    for at, counted in ((timedelta(hours=72, seconds=-1), (1, 0)), (timedelta(hours=72), (0, 1))):
        desk.at(midnight + at)
        saw = day("2025-03-08")
        assert (saw["not_heard_from"], saw["missed"]) == counted
