"""Devices and the quarantine from the office, and the audit log. The devices' side: tests/mobile_api/test_session.py."""

from __future__ import annotations

from typing import Any

import orjson

from server.accounts.models import Device, QuarantinedQueue
from sync_protocol.ids import new_id
from tests.server.accounts.company import Company, Phone


def _operation(n: int) -> dict[str, Any]:
    return {
        "n": n,
        "group": n,
        "collection": "notes",
        "action": "create",
        "row": new_id(),
        "values": {"text": "王先生"},
    }


def test_devices_are_listed_within_reach_last_seen_first(company: Company) -> None:
    wang = Phone(company).signed_in("wang")
    company.clock.advance(minutes=1)
    zhao = Phone(company).signed_in("zhao")
    company.clock.advance(minutes=1)
    na = Phone(company).signed_in("na")
    jie, boss = company.office("jie"), company.office("boss")
    ids = [each.answer["device"] for each in (na, zhao, wang)]
    assert [each["id"] for each in jie.ok("GET", "/devices")["items"]] == ids[1:]
    first = boss.ok("GET", "/devices?limit=2")
    assert [each["id"] for each in first["items"]] == ids[:2]
    rest = boss.ok("GET", f"/devices?limit=2&cursor={first['next']}")
    assert ([each["id"] for each in rest["items"]], rest["next"]) == (ids[2:], None)
    company.clock.advance(minutes=1)
    assert wang.refresh().status_code == 200  # is seen
    assert boss.ok("GET", "/devices")["items"][0]["id"] == ids[2]
    mine = boss.ok("GET", f"/devices?user_id={company.users['na']}&state=active")["items"]
    assert [each["name"] for each in mine] == ["Pixel 9"]
    assert "public_jwk" not in mine[0]


def test_revoking_needs_reach_and_is_recorded_once(company: Company) -> None:
    wang, na = Phone(company).signed_in("wang"), Phone(company).signed_in("na")
    jie, boss = company.office("jie"), company.office("boss")
    own, foreign = f"/devices/{wang.answer['device']}", f"/devices/{na.answer['device']}"
    assert jie("POST", f"{foreign}/revoke").status_code == 404
    assert boss("POST", f"{own}/revoke").status_code == 403  # sees all, decides nothing
    assert jie.ok("POST", f"{own}/revoke")["state"] == "revoked"
    assert jie.ok("POST", f"{own}/revoke")["state"] == "revoked"
    assert jie.ok("POST", f"{own}/wipe")["state"] == "wipe_pending"
    assert jie.ok("POST", f"{own}/revoke")["state"] == "wipe_pending"  # a wipe is not called back by accident
    recorded = [orjson.loads(each.body)["wipe"] for each in company.events("accounts.device-revoked")]
    assert recorded == [False, True]
    assert company.row(Device, na.answer["device"]).state == "active"


def test_a_manager_decides_about_what_was_kept(company: Company) -> None:
    phone = Phone(company).signed_in("wang")
    jie, hong = company.office("jie"), company.office("hong")
    jie.ok("POST", f"/devices/{phone.answer['device']}/wipe")
    uploads = [new_id(), new_id()]
    for n, upload in enumerate(uploads, 1):
        company.clock.advance(seconds=1)
        body = {"id": upload, "enrolment": phone.answer["enrolment"], "operations": [_operation(n)]}
        assert phone.at_the_door("POST", "/quarantine", json=body).status_code == 201
    listed = jie.ok("GET", "/quarantine")["items"]
    assert [(each["id"], each["count"], each["state"]) for each in listed] == [
        (uploads[1], 1, "held"),
        (uploads[0], 1, "held"),
    ]
    assert "operations" not in listed[0]
    detail = jie.ok("GET", f"/quarantine/{uploads[0]}")
    assert detail["operations"][0]["values"] == {"text": "王先生"}
    assert hong.ok("GET", "/quarantine")["items"] == []
    for method, path in (("GET", ""), ("POST", "/release"), ("POST", "/discard")):
        given = {"json": {"reason": "x"}} if method == "POST" else {}
        assert hong(method, f"/quarantine/{uploads[0]}{path}", **given).status_code == 404
    released = jie.ok("POST", f"/quarantine/{uploads[0]}/release", json={"reason": "核对无误"})
    assert (released["state"], released["decided_by"], released["reason"]) == (
        "released",
        company.users["jie"],
        "核对无误",
    )
    again = jie("POST", f"/quarantine/{uploads[0]}/discard", json={"reason": "x"})
    assert (again.status_code, again.json["code"]) == (409, "accounts.quarantine-decided")
    jie.ok("POST", f"/quarantine/{uploads[1]}/discard", json={"reason": "重复"})
    assert [each["id"] for each in jie.ok("GET", "/quarantine?state=discarded")["items"]] == [uploads[1]]
    first = jie.ok("GET", "/quarantine?limit=1")
    assert [each["id"] for each in jie.ok("GET", f"/quarantine?limit=1&cursor={first['next']}")["items"]] == uploads[:1]
    assert company.row(QuarantinedQueue, uploads[0]).operations[0]["values"] == {"text": "王先生"}
    bodies = b"".join(orjson.dumps(each.body) for each in company.events())
    assert "王先生".encode() not in bodies


def test_the_audit_log_is_read_by_subject_actor_and_name(company: Company) -> None:
    admin = company.office("admin")
    wang = company.users["wang"]
    admin.ok("PATCH", f"/users/{wang}", json={"title": "顾问", "phone": "13911112222"})
    admin.ok("PATCH", f"/users/{wang}", json={"title": "主管"})
    assert company.office("jie")("GET", "/events").status_code == 403
    boss = company.office("boss")
    found = boss.ok("GET", f"/events?subject_id={wang}&name=accounts.user-changed")["items"]
    assert [each["body"]["changes"]["title"] for each in found] == [["顾问", "主管"], [None, "顾问"]]
    assert found[1]["body"]["changes"]["phone"][1]["masked"] == "139****2222"
    assert {each["actor_id"] for each in boss.ok("GET", f"/events?actor_id={company.users['admin']}")["items"]} == {
        company.users["admin"]
    }
    numbers, cursor = [], ""
    while True:
        page = boss.ok("GET", f"/events?limit=7{cursor}")
        numbers += [each["n"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert numbers == list(range(len(company.events()), 0, -1))


def test_with_less_than_everything_the_log_shows_what_ones_people_did(company: Company) -> None:
    admin = company.office("admin")
    role = admin.ok("POST", "/roles", json={"name": "log", "scope": "team", "functions": ["audit.read"]})
    admin.ok("PATCH", f"/users/{company.users['jie']}", json={"role_ids": [role["id"]]})
    company.office("wang")
    company.office("na")
    seen = {each["actor_id"] for each in company.office("jie").ok("GET", "/events")["items"]}
    assert seen == {company.users["wang"], company.users["jie"]}
