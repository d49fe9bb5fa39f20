"""The doors: a device's subscription, a person's settings, the list of doubtful messages; through the whole application."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from notifications.models import NoticeSettings
from notifications.reminders import REMIND
from notifications.review import NOT_DOUBTFUL
from notifications.targets import ENDPOINT_REFUSED, KEYS_REFUSED
from server.core.keys import load_vapid_key
from tests.notifications.scene import Desk, shanghai
from tests.server.accounts.company import Phone
from tests.support.post_offices import TextGateway
from tests.support.push_services import MOZILLA, Browser, Reply

KEY = ec.generate_private_key(ec.SECP256R1()).public_key()


def body(name: str = "anna") -> dict[str, Any]:
    found = Browser(name, KEY).subscription
    return {"kind": "webpush", "endpoint": found.endpoint, "keys": dict(found.keys)}


def ask(phone: Phone, method: str, path: str, **given: Any) -> Any:
    return phone.company.call(method, f"/mobile/v1/push/{path}", token=phone.answer["access_token"], **given)


def test_a_browser_subscribes_to_the_key_that_signs(desk: Desk) -> None:
    phone = Phone(desk.company).signed_in("wang")
    key = load_vapid_key(desk.services.settings)
    assert key is not None
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shown = ask(phone, "GET", "key").json["vapid_public_key"]
    assert len(shown) == 87
    assert base64.urlsafe_b64decode(shown + "=") == point


def test_a_subscription_is_kept_renewed_and_dropped(desk: Desk) -> None:
    phone = Phone(desk.company).signed_in("wang")
    for name in ("anna", "anna", "renewed"):
        assert ask(phone, "PUT", "subscription", json=body(name)).status_code == 204
        assert [each.endpoint for each in desk.targets("wang")] == [f"https://{MOZILLA}/wpush/v2/{name}"]
    assert ask(phone, "PUT", "subscription", json={"kind": "fcm_token", "endpoint": "token"}).status_code == 204
    assert sorted(each.kind for each in desk.targets("wang")) == ["fcm_token", "webpush"]
    for _ in range(2):
        assert ask(phone, "DELETE", "subscription").status_code == 204
        assert desk.targets("wang") == []


def test_an_endpoint_goes_with_the_device_and_with_whoever_signs_in_on_it(desk: Desk) -> None:
    phone = Phone(desk.company).signed_in("wang")
    ask(phone, "PUT", "subscription", json=body())
    phone.sign_in("zhao")
    assert ask(phone, "PUT", "subscription", json=body()).status_code == 204
    assert (len(desk.targets("wang")), len(desk.targets("zhao"))) == (0, 1)
    other = Phone(desk.company).signed_in("zhao")  # the app was installed anew, and the browser kept its subscription
    assert ask(other, "PUT", "subscription", json=body()).status_code == 204
    (target,) = desk.targets("zhao")
    assert target.device_id == other.answer["device"]


@pytest.mark.parametrize("endpoint", ["https://127.0.0.1/x", "http://updates.push.services.mozilla.com/x", "x"])
def test_an_endpoint_that_leads_elsewhere_is_refused(desk: Desk, endpoint: str) -> None:
    phone = Phone(desk.company).signed_in("wang")
    answer = ask(phone, "PUT", "subscription", json={**body(), "endpoint": endpoint})
    assert (answer.status_code, answer.json["code"]) == (422, ENDPOINT_REFUSED.code)
    assert desk.targets("wang") == []


@pytest.mark.parametrize(
    "keys", [{"p256dh": "AAAA", "auth": "AAAA"}, {"p256dh": body()["keys"]["p256dh"], "auth": "AAAA"}, None]
)
def test_keys_that_nobody_could_encrypt_to_are_refused(desk: Desk, keys: Any) -> None:
    phone = Phone(desk.company).signed_in("wang")
    given = {name: value for name, value in {**body(), "keys": keys}.items() if value is not None}
    answer = ask(phone, "PUT", "subscription", json=given)
    assert (answer.status_code, answer.json["code"]) == (422, KEYS_REFUSED.code)


def test_an_office_browser_has_no_device_to_push_to(desk: Desk) -> None:
    token = desk.company.office("wang").token
    for method, path in (("GET", "key"), ("PUT", "subscription"), ("DELETE", "subscription")):
        answer = desk.company.call(
            method, f"/mobile/v1/push/{path}", token=token, json=body() if method == "PUT" else None
        )
        assert answer.status_code == 403


def test_everybody_chooses_for_himself(desk: Desk) -> None:
    wang = desk.company.office("wang")
    nothing = {"email": None, "quiet_from": None, "quiet_to": None, "remind_at": None, "lead_minutes": None}
    assert wang.ok("GET", "/notice-settings") == {**nothing, "fallback": None, "muted": []}
    chosen = {"email": "wang@example.com", "quiet_from": "20:00", "quiet_to": "08:00", "fallback": ["sms"]}
    muted = [{"topic": "fieldwork.plan-sent", "ways": ["sms", "push", "sms"]}]
    shown = wang.ok("PATCH", "/notice-settings", json={**chosen, "muted": muted})
    assert shown == {**nothing, **chosen, "muted": [{"topic": "fieldwork.plan-sent", "ways": ["push", "sms"]}]}
    assert wang.ok("GET", "/notice-settings") == shown
    assert desk.company.office("zhao").ok("GET", "/notice-settings")["email"] is None
    wang.ok("PATCH", "/notice-settings", json={"email": None})
    (event, _) = desk.company.events("notifications.settings-changed")
    assert "w***@example.com" in event.body
    assert "wang@example.com" not in event.body
    assert len(desk.rows(NoticeSettings)) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"email": "no address"}, {"email": "a@b"}, {"email": "a@b.c\nBcc: x@y.z"}, {"quiet_from": "24:00"},
        {"remind_at": "9:00"}, {"lead_minutes": -1}, {"lead_minutes": 1441}, {"fallback": ["fcm"]},
        {"muted": [{"topic": "no.topic", "ways": []}]}, {"muted": [{"topic": "fieldwork.plan-sent", "ways": ["inbox"]}]},
        {"phone": "+86"},
    ],
)  # fmt: skip
def test_what_is_no_setting_is_refused_at_its_field(desk: Desk, values: dict[str, Any]) -> None:
    answer = desk.company.office("wang")("PATCH", "/notice-settings", json=values)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"].startswith(f"/{next(iter(values))}")


def test_another_time_of_day_moves_what_is_planned(desk: Desk) -> None:
    desk.follow_up("wang", due_on=shanghai("12:00", 4).date())
    desk.work()
    desk.company.office("wang").ok("PATCH", "/notice-settings", json={"remind_at": "08:15"})
    assert [each.due_at for each in desk.jobs(REMIND)] == [shanghai("08:15", 4), shanghai("09:00", 4)]
    desk.work_until(shanghai("10:00", 4), shanghai("08:15", 4) - shanghai("07:15", 4))
    assert len(desk.inbox("wang")) == 1


@pytest.mark.parametrize("resend", [True, False])
def test_a_doubtful_message_is_decided_about_once(wired: Desk, texts: TextGateway, resend: bool) -> None:
    texts.replies = [Reply(504), Reply(202)]
    wired.follow_up("wang", due_at=shanghai("11:00"))
    wired.work()
    wired.at(shanghai("11:00"))
    wired.work()
    admin = wired.company.office("admin")
    (doubtful,) = admin.ok("GET", "/deliveries", query_string={"state": "unknown"})["items"]
    assert "138" not in str(doubtful)
    settled = admin.ok("POST", f"/deliveries/{doubtful['id']}/settle", json={"resend": resend})
    assert settled["settled_by"] == wired.company.users["admin"]
    wired.work()
    assert len(texts.taken) == resend
    assert wired.deliveries("wang") == [("sms", "sent", None if resend else "sms.no-answer")]
    again = admin("POST", f"/deliveries/{doubtful['id']}/settle", json={"resend": True})
    assert (again.status_code, again.json["code"]) == (409, NOT_DOUBTFUL.code)
    assert admin.ok("GET", "/deliveries", query_string={"state": "unknown"})["items"] == []


def test_the_list_of_messages_has_pages(wired: Desk, texts: TextGateway) -> None:
    for who in ("wang", "zhao", "na"):
        wired.follow_up(who, due_at=shanghai("11:00"))
    wired.work_until(shanghai("11:00"), shanghai("11:00") - shanghai("10:00"))
    admin = wired.company.office("admin")
    first = admin.ok("GET", "/deliveries", query_string={"limit": 2})
    second = admin.ok("GET", "/deliveries", query_string={"limit": 2, "cursor": first["next"]})
    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
    assert wired.company.office("boss")("GET", "/deliveries").status_code == 403
