"""The office's door to field work, on both databases."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from server.fieldwork import export, operations
from server.fieldwork.check_in import LocationVerdict
from server.fieldwork.models import OUTCOMES, Visit
from server.fieldwork.rules import LineStatus, TimeVerdict
from sync_protocol.ids import new_id
from tests.server.fieldwork.office import ON_SITE, SITE, Door, Office, shanghai, statements

MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)


def _ok(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json


def _refused(answer: Any, status: int, code: str) -> Any:
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text
    return answer.json


def test_a_visit_from_plan_to_event(office: Office, door: Door) -> None:
    customer = office.customer("王小明", by="wang")
    plan = _ok(door("wang", "POST", "/day-plans", json={"plan_on": "2025-03-03", "note": "两家"}), 201)
    assert (plan["state"], plan["owner_name"], plan["version"]) == ("draft", "Wang", 1)
    made = _ok(door("wang", "POST", "/visits", json={"plan_id": plan["id"], "customer_id": customer, **SITE}), 201)
    assert (made["state"], made["status"], made["customer_name"]) == ("planned", "planned", "王小明")
    assert (made["planned_on"], made["assignee_name"], made["location_verdict"]) == ("2025-03-03", "Wang", "none")
    path = f"/visits/{made['id']}"
    moved = _ok(door("jie", "PATCH", path, json={"planned_start_at": "2025-03-03T01:00:00Z", "base": 1}))
    assert (moved["version"], moved["is_late"]) == (2, True)
    begun = _ok(door("wang", "POST", f"{path}/start", json={"started_at": "2025-03-03T01:10:00Z", **ON_SITE}))
    assert (begun["state"], begun["location_verdict"], begun["distance_m"], begun["is_late"]) == (
        "in_progress", "verified", 0, False,
    )  # fmt: skip
    body = {"ended_at": "2025-03-03T01:50:00Z", "outcome": "met", "result": "好",
            "follow_up": {"due_on": "2025-03-07", "text": "报价"}}  # fmt: skip
    done = _ok(door("wang", "POST", f"{path}/finish", json=body))
    assert (done["id"], done["plan_id"], done["state"], done["result"]) == (made["id"], plan["id"], "done", "好")
    (follow_up,) = _ok(door("wang", "GET", "/follow-ups?state=open"))["items"]
    assert (follow_up["visit_id"], follow_up["text"], follow_up["assignee_name"]) == (made["id"], "报价", "Wang")
    _refused(door("wang", "POST", f"{path}/finish", json=body), 409, "fieldwork.visit-already-done")
    _refused(door("wang", "POST", f"{path}/cancel", json={}), 409, "fieldwork.visit-already-done")
    for step, state in (("send", "sent"), ("finish", "done")):
        assert _ok(door("wang", "POST", f"/day-plans/{plan['id']}/{step}"))["state"] == state
    _refused(door("wang", "POST", f"/day-plans/{plan['id']}/cancel"), 409, "fieldwork.plan-already-done")


def test_a_follow_up_needs_a_customer_and_nothing_is_half_done(office: Office, door: Door) -> None:
    visit = office.visit(planned_on=MONDAY)
    body = {"ended_at": "2025-03-03T01:50:00Z", "follow_up": {"due_on": "2025-03-07", "text": "报价"}}
    answer = door("wang", "POST", f"/visits/{visit}/finish", json=body)
    _refused(answer, 422, "fieldwork.follow-up-without-customer")
    assert office.visit_row(visit).state == "planned"


def test_what_the_follow_up_of_a_visit_is_refused_for_points_into_it(office: Office, door: Door) -> None:
    customer = office.customer(by="wang")
    visit, taken = office.visit(customer_id=customer), office.follow_up(customer_id=customer, due_on=MONDAY)
    for following, code, pointer in (
        ({"text": "报价"}, "fieldwork.due-missing", "/follow_up/due_on"),
        ({"text": "\u0301", "due_on": "2025-03-07"}, "customers.text-required", "/follow_up/text"),
        ({"text": "报价", "due_on": "2025-03-07", "id": taken}, "sync.reused-row-id", "/follow_up/id"),
    ):
        body = {"ended_at": "2025-03-03T01:50:00Z", "follow_up": following}
        answer = door("wang", "POST", f"/visits/{visit}/finish", json=body)
        assert (answer.json["code"], [each["pointer"] for each in answer.json["errors"]]) == (code, [pointer])
    assert office.visit_row(visit).state == "planned"


def test_a_day_too_far_for_its_hour_is_refused_at_its_field(office: Office, door: Door) -> None:
    customer = office.customer(by="wang")
    visit = office.visit(customer_id=customer, planned_on=MONDAY, planned_start_at=shanghai("09:00"))
    follow_up = office.follow_up(customer_id=customer, due_at=shanghai("09:00"))
    for path, name in ((f"/visits/{visit}", "planned_on"), (f"/follow-ups/{follow_up}", "due_on")):
        for day in ("1900-01-01", "2100-12-31"):
            problem = _refused(door("wang", "PATCH", path, json={name: day}), 422, "fieldwork.moved-too-far")
            assert problem["errors"][0]["pointer"] == f"/{name}"


def test_made_again_is_made_once(office: Office, door: Door) -> None:
    customer, visit, plan, follow_up = office.customer(by="wang"), new_id(), new_id(), new_id()
    for path, body, other in (
        ("/visits", {"id": visit, "customer_id": customer, "place": " 展厅 "}, {"place": "别处"}),
        ("/day-plans", {"id": plan, "plan_on": "2025-03-03"}, {"plan_on": "2025-03-04"}),
        ("/follow-ups", {"id": follow_up, "customer_id": customer, "due_on": "2025-03-07", "text": "x"}, {"text": "y"}),
    ):
        first = _ok(door("wang", "POST", path, json=body), 201)
        assert _ok(door("wang", "POST", path, json=body)) == first
        _refused(door("wang", "POST", path, json=body | other), 409, "sync.reused-row-id")
        _refused(door("hong", "POST", path, json=body), 409, "sync.reused-row-id")
    assert len(office.rows(Visit)) == 1


def test_an_edit_on_an_old_version_is_refused_at_its_field(office: Office, door: Door) -> None:
    visit = office.visit(planned_on=MONDAY)
    assert _ok(door("jie", "PATCH", f"/visits/{visit}", json={"place": "样板间"}))["version"] == 2
    answer = door("wang", "PATCH", f"/visits/{visit}", json={"place": "会所", "base": 1})
    problem = _refused(answer, 409, "core.stale")
    assert (problem["params"]["version"], problem["errors"][0]["pointer"]) == (2, "/place")
    assert _ok(door("wang", "PATCH", f"/visits/{visit}", json={"purpose": "签约", "base": 1}))["place"] == "样板间"


def test_all_schedules_of_a_customer_in_one_query(office: Office, door: Door) -> None:
    customer, other = office.customer(by="wang"), office.customer(by="wang")
    days = [MONDAY + timedelta(days=each) for each in (3, -400, 0, 9, 1)]
    for day in days:
        office.visit(customer_id=customer, planned_on=day)
        office.visit(customer_id=other, planned_on=day)
    spontaneous = office.visit("jie", customer_id=customer)
    office.start("jie", spontaneous, shanghai("09:00", 2))
    with statements(office.database) as seen:
        found = _ok(door("wang", "GET", f"/visits?customer_id={customer}"))
    assert len([each for each in seen if "visits" in each]) == 1
    assert [each["day_on"] for each in found["items"]] == sorted(
        [day.isoformat() for day in days] + ["2025-03-02"], reverse=True
    )
    assert found["next"] is None


@pytest.mark.parametrize("path", ["/visits", "/day-plans", "/follow-ups"])
def test_pages_hold_every_row_once(office: Office, door: Door, path: str) -> None:
    customer = office.customer(by="wang")
    for place in range(7):
        day = MONDAY + timedelta(days=place // 3)
        office.visit(customer_id=customer, planned_on=day)
        office.plan(plan_on=day)
        office.follow_up(customer_id=customer, due_on=day)
    seen, cursor = [], ""
    while True:
        page = _ok(door("wang", "GET", f"{path}?limit=3{cursor}"))
        seen += [
            (each.get("day_on") or each.get("plan_on") or each.get("due_on"), each["id"]) for each in page["items"]
        ]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen, reverse=path != "/follow-ups")
    _refused(door("wang", "GET", f"{path}?limit=3&cursor={'A' * 60}"), 422, "core.bad-cursor")
    if path == "/visits":
        _refused(door("wang", "GET", f"{path}?status=done{cursor}"), 422, "core.bad-cursor")


def test_filters_of_visits(office: Office, door: Door) -> None:
    day = date(2025, 2, 28)  # at the office's Monday 10:00 its 72 hours are not over; those of the 27th are
    missed, silent, today = (office.visit(planned_on=each) for each in (day - timedelta(days=1), day, MONDAY))
    hers = office.visit("jie", assignee_id=office.users["zhao"], planned_on=TUESDAY)
    gone = office.visit(planned_on=TUESDAY)
    office.do("wang", operations.cancel_visit, Visit, gone)

    def ids(query: str, who: str = "jie") -> set[str]:
        return {each["id"] for each in _ok(door(who, "GET", f"/visits?{query}"))["items"]}

    assert ids("status=missed") == {missed}
    assert ids("status=not_heard_from") == {silent}
    assert ids("status=planned") == {today, hers}
    assert ids("status=cancelled") == {gone}
    assert ids("from=2025-02-28&to=2025-03-03") == {silent, today}
    assert ids(f"assignee_id={office.users['zhao']}") == ids(f"author_id={office.users['zhao']}") == {hers}
    assert ids(f"assignee_id={office.users['zhao']}", "wang") == set()
    assert ids("", "hong") == ids("", "spy") == set()
    assert ids("", "yang") == ids("", "boss") == {missed, silent, today, hers, gone}


def test_follow_ups_that_are_due(office: Office, door: Door) -> None:
    customer = office.customer(by="wang")
    due = [office.follow_up(customer_id=customer, due_on=MONDAY + timedelta(days=each)) for each in (4, 0, 2)]
    found = _ok(door("wang", "GET", f"/follow-ups?state=open&until=2025-03-05&assignee_id={office.users['wang']}"))
    assert [each["id"] for each in found["items"]] == [due[1], due[2]]
    path = f"/follow-ups/{due[1]}"
    assert _ok(door("wang", "PATCH", path, json={"text": "上门", "due_on": "2025-03-06"}))["due_on"] == "2025-03-06"
    assert _ok(door("wang", "POST", f"{path}/complete", json={"done_note": "已约"}))["state"] == "done"
    assert _ok(door("wang", "POST", f"/follow-ups/{due[0]}/cancel"))["state"] == "cancelled"
    assert door("wang", "DELETE", f"/follow-ups/{due[2]}").status_code == 204
    _refused(door("wang", "GET", f"/follow-ups/{due[2]}"), 404, "core.not-found")
    _refused(door("wang", "DELETE", path), 409, "fieldwork.follow-up-already-done")


ROUTES = [
    ("GET", "/visits/{visit}", None),
    ("PATCH", "/visits/{visit}", {"place": "x"}),
    ("POST", "/visits/{visit}/start", {"started_at": "2025-03-03T01:00:00Z"}),
    ("POST", "/visits/{visit}/finish", {"ended_at": "2025-03-03T01:00:00Z"}),
    ("POST", "/visits/{visit}/cancel", {}),
    ("POST", "/visits/{visit}/reopen", None),
    ("GET", "/day-plans/{plan}", None),
    ("PATCH", "/day-plans/{plan}", {"note": "x"}),
    ("POST", "/day-plans/{plan}/send", None),
    ("POST", "/day-plans/{plan}/finish", None),
    ("POST", "/day-plans/{plan}/cancel", None),
    ("GET", "/follow-ups/{follow_up}", None),
    ("PATCH", "/follow-ups/{follow_up}", {"text": "x"}),
    ("POST", "/follow-ups/{follow_up}/complete", {}),
    ("POST", "/follow-ups/{follow_up}/cancel", None),
    ("DELETE", "/follow-ups/{follow_up}", None),
]


def test_out_of_reach_answers_like_what_never_was(office: Office, door: Door) -> None:
    customer = office.customer(by="na")
    ids = {
        "visit": office.visit("na", customer_id=customer),
        "plan": office.plan("na", plan_on=MONDAY),
        "follow_up": office.follow_up("na", customer_id=customer, due_on=MONDAY),
    }
    never = {name: new_id() for name in ids}
    for method, path, body in ROUTES:
        for who in ("wang", "jie", "spy"):
            answers = []
            for each in (ids, never):
                given = {} if body is None else {"json": body}
                problem = _refused(door(who, method, path.format(**each), **given), 404, "core.not-found")
                answers.append({name: value for name, value in problem.items() if name != "request_id"})
            assert answers[0] == answers[1]
        given = {} if body is None else {"json": body}
        _refused(door("nobody", method, path.format(**ids), **given), 403, "core.function-missing")
        _refused(door("nobody-at-all", method, path.format(**ids), **given), 401, "core.unauthenticated")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/visits", {"place": "x", "state": "done"}),
        ("/visits", {"place": "x\u0000"}),
        ("/visits", {"place": "x" * 201}),
        ("/visits", {"place": "x", "importance": 4}),
        ("/visits", {"place": "x", "importance": True}),
        ("/visits", {"place": "x", "site_latitude_e7": 31.2}),
        ("/visits", {"place": "x", "planned_on": "2025-02-30"}),
        ("/visits", {"place": "x", "planned_start_at": "2025-03-03T09:00:00"}),
        ("/visits", {"place": "x", "customer_id": "1"}),
        ("/day-plans", {}),
        ("/day-plans", {"plan_on": "2025-03-03", "owner_id": new_id()}),
        ("/follow-ups", {"text": "x", "due_on": "2025-03-03"}),
    ],
)
def test_hostile_values_are_refused_at_their_field(office: Office, door: Door, path: str, body: dict[str, Any]) -> None:
    problem = _refused(door("wang", "POST", path, json=body), 422, "core.invalid-fields")
    assert len(problem["errors"]) == 1


def test_texts_stand_in_both_languages(office: Office, door: Door) -> None:
    visit = office.visit(planned_on=MONDAY)
    office.do("wang", operations.cancel_visit, Visit, visit)
    headers = {"Authorization": "Bearer wang", "Accept-Language": "en"}
    english = door.client.post(
        f"/api/v1/visits/{visit}/finish", headers=headers, json={"ended_at": "2025-03-03T01:00:00Z"}
    )
    chinese = door("wang", "POST", f"/visits/{visit}/finish", json={"ended_at": "2025-03-03T01:00:00Z"})
    assert english.json is not None
    assert english.json["detail"] == "This visit is already cancelled."
    assert chinese.json["detail"] == "这次拜访已经取消。"


def test_the_file_of_visits_holds_what_is_in_reach_narrowed_as_the_list_is_and_is_recorded(
    office: Office, door: Door
) -> None:
    assert (set(export.STATUSES), set(export.OUTCOMES)) == (set(LineStatus), set(OUTCOMES))
    assert set(export.PLACES) | set(export.TIMES) == {*LocationVerdict, *TimeVerdict} - {"none", "plausible"}
    done = office.visit(customer_id=office.customer("=王", by="wang"), planned_on=MONDAY, **SITE)
    _ok(door("wang", "POST", f"/visits/{done}/start", json={"started_at": "2025-03-03T01:10:00Z", **ON_SITE}))
    body = {"ended_at": "2025-03-03T01:50:00Z", "outcome": "met", "result": "好", "impression": "急"}
    _ok(door("wang", "POST", f"/visits/{done}/finish", json=body))
    office.visit("zhao", planned_on=TUESDAY)
    office.visit("na", planned_on=MONDAY)
    book = door("jie", "GET", "/visits/export?format=xlsx")
    titles, *rows = load_workbook(io.BytesIO(book.data)).active.values  # type: ignore[union-attr]
    lines = [{name: str(value) for name, value in zip(titles, row, strict=True) if value is not None} for row in rows]
    assert [(line["拜访人"], line["状态"]) for line in lines] == [("Zhao", "计划中"), ("Wang", "已完成")]
    assert lines[1] == {
        "编号": done, "日期": "2025-03-03 00:00:00", "拜访人": "Wang", "客户名称": "=王", "状态": "已完成",
        "计划日期": "2025-03-03 00:00:00", "实际开始": "2025-03-03 09:10:00", "实际结束": "2025-03-03 09:50:00",
        "签到位置": "已核实", "签到距离（米）": "0", "签退位置": "未核实", "地点": "展厅", "拜访情况": "见到", "结果": "好",
    }  # fmt: skip
    narrowed = door("jie", "GET", f"/visits/export?from=2025-03-03&to=2025-03-03&assignee_id={office.users['wang']}")
    assert [line.split(",")[3] for line in narrowed.text.splitlines()[1:]] == ["'=王"]
    assert [json.loads(body) for _, body in office.events("fieldwork.visits-exported")] == [
        {"count": 2, "filters": []},
        {"count": 1, "filters": ["assignee_id", "first_on", "last_on"]},
    ]
    assert door("wang", "GET", "/visits/export").status_code == 403
