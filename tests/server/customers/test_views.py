"""The office's door to customers over HTTP: who may, what comes back, what is refused, on both databases."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook

from server.core.tables import EVENTS
from server.customers.models import Customer
from sync_protocol.ids import new_id
from tests.server.customers.conftest import Door
from tests.server.customers.office import Office, statements

_REASON = {"reason": "客户来电"}


def _created(door: Door, who: str = "wang", **values: Any) -> Any:
    answer = door(who, "POST", json={"name": "王小明", **values})
    assert answer.status_code == 201, answer.json
    return answer.json


def _code(answer: Any) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json"
    return answer.status_code, answer.json["code"]


def test_a_customer_is_entered_with_his_phone_and_comes_back_masked(office: Office, door: Door) -> None:
    made = _created(door, id_number="11010519491231002x", address="北京市一号", phones=[{"number": "138 0013 8000"}])
    assert (made["id_number"], made["address"]) == ("110***********002X", "北京市***")
    assert [phone["number"] for phone in made["phones"]] == ["138****8000"]
    assert (made["owner_id"], made["owner_name"], made["version"]) == (office.users["wang"], "Wang", 1)
    assert made["created_at"] == "2025-03-03T02:00:00.000Z" or made["created_at"] == "2025-03-03T02:00:00Z"
    assert door("wang", "GET", f"/{made['id']}").json == made
    (listed,) = door("wang", "GET").json["items"]
    assert listed == made


def test_sending_again_enters_nobody_twice(office: Office, door: Door) -> None:
    body = {"id": new_id(), "name": "  王小明", "phones": [{"id": new_id(), "number": "13800138000"}]}
    first, again = door("wang", "POST", json=body), door("wang", "POST", json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert len(office.rows(Customer)) == 1
    other = door("wang", "POST", json={**body, "name": "李"})
    strange = door("na", "POST", json=body)
    assert _code(other) == _code(strange) == (409, "sync.reused-row-id")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "core.invalid-fields", "/name"),
        ({"name": "x", "wealth": 1}, "core.invalid-fields", "/wealth"),
        ({"name": "x", "org_id": "x"}, "core.invalid-fields", "/org_id"),
        ({"name": "x", "version": 9}, "core.invalid-fields", "/version"),
        ({"name": "x" * 121}, "core.invalid-fields", "/name"),
        ({"name": "a\x00b"}, "core.malformed-json", None),
        ({"name": "a\x1bb"}, "core.invalid-fields", "/name"),
        ({"name": "\u200b"}, "customers.name-required", "/name"),
        ({"name": "x", "grade": "F"}, "core.invalid-fields", "/grade"),
        ({"name": "x", "stage": None}, "core.invalid-fields", "/stage"),
        ({"name": "x", "id_number": "110105194912310021"}, "customers.id-number-invalid", "/id_number"),
        ({"name": "x", "born_on": "2999-01-01"}, "core.invalid-fields", "/born_on"),
        ({"name": "x", "born_on": "2026-01-01"}, "customers.day-in-future", "/born_on"),
        ({"name": "x", "phones": [{"number": "12"}]}, "customers.phone-invalid", "/phones/0/number"),
        ({"name": "x", "phones": [{"number": "13800138000"}] * 11}, "core.invalid-fields", "/phones"),
        ({"name": "x", "project_id": new_id()}, "customers.project-unknown", "/project_id"),
        ({"name": "x", "owner_id": "x"}, "core.invalid-fields", "/owner_id"),
        ([], "core.invalid-fields", None),
    ],
)
def test_what_cannot_be_entered_says_which_field(door: Door, body: Any, code: str, pointer: str | None) -> None:
    answer = door("wang", "POST", json=body)
    assert answer.status_code < 500
    if code != "core.malformed-json" or answer.status_code == 400:
        assert answer.json["code"] == code
    if pointer is not None:
        assert pointer in [error["pointer"] for error in answer.json["errors"]]


def test_a_change_by_two_hands_shows_the_row_as_it_is(office: Office, door: Door) -> None:
    made = _created(door)
    path = f"/{made['id']}"
    assert door("wang", "PATCH", path, json={"grade": "A", "base": 1}).json["grade"] == "A"
    clash = door("jie", "PATCH", path, json={"grade": "C", "stage": "visited", "base": 1})
    assert _code(clash) == (409, "customers.changed-meanwhile")
    assert (clash.json["params"]["fields"], clash.json["params"]["version"]) == (["grade"], 2)
    assert clash.json["params"]["current"] == door("jie", "GET", path).json
    merged = door("jie", "PATCH", path, json={"stage": "visited", "base": 1}).json
    assert (merged["grade"], merged["stage"], merged["version"]) == ("A", "visited", 3)
    assert door("jie", "PATCH", path, json={"grade": "C"}).json["grade"] == "C", "without a base the last one wins"
    assert door("jie", "PATCH", path, json={"grade": None, "base": 9}).json["grade"] is None


def test_a_number_is_changed_and_the_old_one_is_still_shown(office: Office, door: Door) -> None:
    made = _created(door, phones=[{"number": "13800138000"}])
    path = f"/{made['id']}/phones/{made['phones'][0]['id']}"
    changed = door("wang", "PATCH", path, json={"number": "139 0013 9000", "base": 1})
    assert (changed.status_code, changed.json["number"]) == (200, "139****9000")
    clash = door("jie", "PATCH", path, json={"number": "13700137000", "base": 1})
    assert _code(clash) == (409, "customers.changed-meanwhile")
    assert clash.json["params"]["current"]["number"] == "139****9000"
    same = door("jie", "PATCH", path, json={"number": "+8613900139000", "base": 1})
    assert same.status_code == 200, "to the same number is no clash"
    shown = [(each["number"], each["is_current"]) for each in door("wang", "GET", f"/{made['id']}").json["phones"]]
    assert shown == [("139****9000", True), ("138****8000", False)]
    listed = door("wang", "GET").json["items"][0]["phones"]
    assert [each["number"] for each in listed] == ["139****9000"], "lists show numbers in use"


def test_a_phone_of_another_customer_is_not_found_here(door: Door) -> None:
    one, other = _created(door), _created(door, phones=[{"number": "13800138000"}])
    phone = other["phones"][0]["id"]
    assert _code(door("wang", "PATCH", f"/{one['id']}/phones/{phone}", json={})) == (404, "core.not-found")
    again = {"id": phone, "number": "13800138000"}
    assert _code(door("wang", "POST", f"/{one['id']}/phones", json=again)) == (409, "sync.reused-row-id")
    assert door("wang", "POST", f"/{other['id']}/phones", json=again).status_code == 200


def test_notes_and_timeline(door: Door) -> None:
    made = _created(door)
    path = f"/{made['id']}"
    note = {"id": new_id(), "text": "想看江景\n下周来"}
    assert door("wang", "POST", f"{path}/notes", json=note).status_code == 201
    assert door("wang", "POST", f"{path}/notes", json=note).status_code == 200
    assert _code(door("jie", "POST", f"{path}/notes", json=note)) == (409, "sync.reused-row-id")
    reply = door("jie", "POST", f"{path}/notes", json={"text": "好", "reply_to": note["id"]})
    assert reply.json["reply_to"] == note["id"]
    elsewhere = door("wang", "POST", f"/{_created(door)['id']}/notes", json={"text": "好", "reply_to": note["id"]})
    assert _code(elsewhere) == (422, "customers.reply-elsewhere")
    first = door("wang", "GET", f"{path}/timeline?limit=2").json
    rest = door("wang", "GET", f"{path}/timeline?limit=2&cursor={first['next']}").json
    kinds = [(each["kind"], each["text"]) for each in first["items"] + rest["items"]]
    assert kinds == [("note", "好"), ("note", note["text"]), ("customer-created", None)]
    assert rest["next"] is None
    narrowed = door("wang", "GET", f"{path}/timeline?deed=note&from=2025-03-03&to=2025-03-03&limit=1").json
    assert [each["text"] for each in narrowed["items"]] == ["好"]
    other = door("wang", "GET", f"{path}/timeline?deed=note&limit=1&cursor={narrowed['next']}")
    assert _code(other) == (422, "core.bad-cursor"), "a cursor is good for one list only"
    assert door("wang", "GET", f"{path}/timeline?to=2025-03-02").json["items"] == []
    assert len(door("wang", "GET", f"{path}/notes").json["items"]) == 2
    stolen = door("wang", "GET", f"/{_created(door)['id']}/timeline?cursor={first['next']}")
    assert _code(stolen) == (422, "core.bad-cursor")


def test_a_value_is_revealed_with_a_reason_and_counted(office: Office, door: Door) -> None:
    made = _created(door, id_number="11010519491231002X", phones=[{"number": "13800138000"}])
    path = f"/{made['id']}/reveal"
    phone = made["phones"][0]["id"]
    shown = door("wang", "POST", path, json={"field": "number", "phone_id": phone, **_REASON})
    assert shown.json == {"value": "+8613800138000"}
    assert door("jie", "POST", path, json={"field": "id_number", **_REASON}).json == {"value": "11010519491231002X"}
    assert len(office.events("customers.sensitive-read")) == 2
    for body in ({"field": "id_number"}, {"field": "number", **_REASON}, {"field": "name", **_REASON},
                 {"field": "address", "phone_id": phone, **_REASON}, {"field": "address", "reason": " "}):  # fmt: skip
        assert door("wang", "POST", path, json=body).status_code == 422
    assert _code(door("na", "POST", path, json={"field": "address", **_REASON})) == (404, "core.not-found")
    for _ in range(59):
        door("wang", "POST", path, json={"field": "address", **_REASON})
    assert _code(door("wang", "POST", path, json={"field": "address", **_REASON})) == (429, "core.rate-limited")


def test_a_handover_over_http(office: Office, door: Door) -> None:
    ids = [_created(door)["id"] for _ in range(3)]
    users = office.users
    body = {"customers": ids[:2], "to": users["zhao"], "from": users["wang"], "reason": "调岗"}
    assert door("jie", "POST", "/handover", json=body).json == {"handed_over": 2}
    assert door("jie", "POST", "/handover", json=body).json == {"handed_over": 0}, "pressed twice"
    back = {**body, "to": users["wang"]}
    assert _code(door("jie", "POST", "/handover", json=back)) == (409, "customers.owner-changed")
    assert _code(door("wang", "POST", "/handover", json=body)) == (403, "core.function-missing")
    assert _code(door("hong", "POST", "/handover", json={**body, "to": users["na"]})) == (404, "core.not-found")
    wrongs: list[dict[str, Any]] = [{"customers": []}, {"customers": [new_id()] * 1001}, {"to": "x"}, {"reason": ""}]
    for wrong in wrongs:
        assert door("jie", "POST", "/handover", json={**body, **wrong}).status_code == 422
    portfolio = {"to": users["zhao"], "reason": "离职"}
    answer = door("jie", "POST", f"/api/v1/users/{users['wang']}/handover", json=portfolio)
    assert answer.json == {"handed_over": 1}
    answer = door("jie", "POST", f"/api/v1/users/{users['na']}/handover", json=portfolio)
    assert _code(answer) == (404, "core.not-found")


def test_search_and_paging_over_http(office: Office, door: Door) -> None:
    for number in range(5):
        office.customer(f"客户{number}", phone=f"1380013800{number}")
    first = door("wang", "GET", "?order=name&limit=2").json
    rest = door("wang", "GET", f"?order=name&limit=50&cursor={first['next']}").json
    assert [each["name"] for each in first["items"] + rest["items"]] == [f"客户{number}" for number in range(5)]
    assert [each["name"] for each in door("wang", "GET", "?text=8003").json["items"]] == ["客户3"]
    assert _code(door("wang", "GET", f"?order=updated&cursor={first['next']}")) == (422, "core.bad-cursor")
    found = [door("wang", "GET", "?text=客户&limit=2&order=name").json]
    found.append(
        door("wang", "GET", f"?text=客户&cursor={found[0]['next']}").json
    )  # a text has one order whatever is asked for
    assert [each["name"] for page in found for each in page["items"]] == [f"客户{number}" for number in range(5)]
    assert _code(door("wang", "GET", f"?order=name&cursor={found[0]['next']}")) == (422, "core.bad-cursor")
    assert _code(door("wang", "GET", "?cursor=x")) == (422, "core.bad-cursor")
    assert door("wang", "GET", "?limit=501").status_code == 422
    assert door("wang", "GET", "?colour=red").status_code == 422
    assert door("wang", "GET", "/summary?stage=prospect").json == {
        "stages": {"prospect": 5, "visited": 0, "negotiating": 0, "won": 0, "lost": 0, "dead": 0}, "total": 5,
    }  # fmt: skip


def test_the_export_is_masked_recorded_and_limited(office: Office, door: Door) -> None:
    office.customer("=1+1", phone="13800138000", id_number="11010519491231002X")
    office.customer("李", by="na")
    answer = door("jie", "GET", "/export?text=1", headers={"Accept-Language": "en"})
    assert answer.content_type == "text/csv; charset=utf-8"
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "'=1+1,person,138****8000" in lines[1]
    assert "110***********002X" in lines[1]
    ((subject, body),) = office.events("customers.customers-exported")
    assert (subject, json.loads(body)) == (office.users["jie"], {"count": 1, "filters": ["text"]})
    assert _code(door("wang", "GET", "/export")) == (403, "core.function-missing")
    by_name = door("jie", "GET", "/export?format=xlsx")
    assert by_name.headers["Content-Disposition"] == 'attachment; filename="customers.xlsx"'
    (_, row) = load_workbook(io.BytesIO(by_name.data)).active.values  # type: ignore[union-attr]
    assert row[1:4] == ("=1+1", "个人", "138****8000")
    by_accept = door("jie", "GET", "/export", headers={"Accept": f"{by_name.content_type}, text/csv;q=0.5"})
    assert (by_accept.content_type, by_accept.data[:2]) == (by_name.content_type, b"PK")
    assert _code(door("jie", "GET", "/export")) == (429, "core.rate-limited")
    assert len(office.events("customers.customers-exported")) == 3


def test_what_is_not_yours_is_like_what_never_was(office: Office, door: Door) -> None:
    made = _created(door, phones=[{"number": "13800138000"}])
    phone = made["phones"][0]["id"]
    for who in ("na", "hong", "spy"):
        for method, path, body in (
            ("GET", "", None),
            ("PATCH", "", {"grade": "A"}),
            ("POST", "/phones", {"number": "13800138000"}),
            ("PATCH", f"/phones/{phone}", {"label": "x"}),
            ("GET", "/notes", None),
            ("POST", "/notes", {"text": "x"}),
            ("GET", "/timeline", None),
            ("POST", "/reveal", {"field": "address", **_REASON}),
        ):
            answers = [
                door(who, method, f"/{row_id}{path}", **({} if body is None else {"json": body}))
                for row_id in (made["id"], new_id())
            ]
            documents = [{**answer.json, "request_id": None} for answer in answers]
            assert [answer.status_code for answer in answers] == [404, 404], (who, method, path)
            assert documents[0] == documents[1]
    assert office.row(Customer, made["id"]).version == 1
    assert office.events("customers.sensitive-read") == []


def test_nobody_without_the_function_gets_in(door: Door) -> None:
    made = _created(door)
    for method, path in (("GET", ""), ("POST", ""), ("GET", f"/{made['id']}"), ("GET", "/summary"), ("GET", "/export"),
                         ("POST", f"/{made['id']}/reveal"), ("POST", "/handover")):  # fmt: skip
        assert _code(door("nobody", method, path, json={})) == (403, "core.function-missing")
        assert _code(door("stranger", method, path, json={})) == (401, "core.unauthenticated")


def test_no_request_needs_more_statements_with_more_rows(office: Office, door: Door) -> None:
    made = _created(door, phones=[{"number": "13800138000"}])
    path = f"/{made['id']}"
    requests: list[tuple[str, str, Any]] = [
        ("GET", "", None),
        ("GET", path, None),
        ("PATCH", path, {"grade": "A"}),
        ("GET", f"{path}/timeline", None),
        ("GET", "/summary", None),
    ]
    counts: list[list[int]] = []
    for _ in range(2):
        row = []
        for method, address, body in requests:
            with statements(office.database) as seen:
                door(
                    "wang", method, address, **({} if body is None else {"json": {**body, "remark": f"{len(counts)}"}})
                )
            row.append(len(seen))
        counts.append(row)
        for number in range(20):
            office.customer(f"{number}", phone="13800138000")
    assert counts[0] == counts[1]
    assert max(counts[0]) < 12


def test_no_personal_data_in_the_audit_log(office: Office, door: Door) -> None:
    made = _created(door, id_number="11010519491231002X", address="北京市一号", phones=[{"number": "13800138000"}])
    door("wang", "PATCH", f"/{made['id']}", json={"name": "王大明", "address": "上海市二号", "remark": "爱喝茶"})
    path = f"/{made['id']}/phones/{made['phones'][0]['id']}"
    door("wang", "PATCH", path, json={"number": "13900139000"})
    with office.database.read(office.org) as connection:
        bodies = "".join(each.body for each in connection.execute(EVENTS.select().where(EVENTS.c.org_id == office.org)))
    for word in ("13800138000", "13900139000", "11010519491231002X", "一号", "二号", "小明", "大明", "喝茶"):
        assert word not in bodies
