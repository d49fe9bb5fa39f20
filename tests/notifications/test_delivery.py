"""Calling people: each piece of news once over all devices, mail or text message in their place, nothing twice."""

from __future__ import annotations

import dataclasses
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from notifications import delivery
from notifications.channels.opened import channels_of
from notifications.models import Delivery, Notice
from notifications.operations import finish_notice, read_notice, snooze_notice
from notifications.pacing import DIGEST
from notifications.reminders import REMIND
from notifications.telling import DELIVER
from server.accounts.operations import devices, staff
from server.core.jobs import HANDLERS
from server.core.keys import load_vapid_key
from server.fieldwork import operations as fieldwork
from tests.notifications.scene import Desk, shanghai
from tests.support.post_offices import MailServer, TextGateway
from tests.support.push_services import PushServices, Reply, fcm_error, token


class PowerCut(BaseException):
    """The process is gone: nothing after this happens, and nobody settles anything."""


def browser(desk: Desk, push: PushServices, who: str, name: str = "") -> Any:
    key = load_vapid_key(desk.services.settings)
    assert key is not None
    return desk.subscribe(who, push.subscribe(name or who, key.public_key()))


def due(desk: Desk, who: str = "wang", clock: str = "11:00", day: int = 3) -> str:
    follow_up = desk.follow_up(who, due_at=shanghai(clock, day))
    desk.work()
    return follow_up


# -- scenario 7 -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["email", "sms"])
def test_a_reminder_whose_subscription_has_expired_makes_one_notice_and_one_message(
    wired: Desk, push: PushServices, mail: MailServer, texts: TextGateway, way: str
) -> None:
    """Due at 09:00 by the person's clock; the worker is restarted at 08:59; the push service says 410."""
    if way == "email":
        wired.wish("wang", email="wang@example.com")
    browser(wired, push, "wang")
    push.replies["/wpush/v2/wang"] = [Reply(410)]
    wired.follow_up("wang", due_on=shanghai("09:00", 4).date())
    wired.work_until(shanghai("08:58", 4), timedelta(hours=1))
    channels_of.cache_clear()  # as in a process that has just begun
    for minute in ("08:59", "09:00", "09:01", "09:30"):
        wired.at(shanghai(minute, 4))
        wired.work()
    wired.work_until(shanghai("23:00", 5), timedelta(hours=1))
    (notice,) = wired.inbox("wang")
    assert notice.due_at == shanghai("09:00", 4)
    assert wired.targets("wang") == []
    assert push.taken == []
    assert (len(mail.mails), len(texts.taken)) == ((1, 0) if way == "email" else (0, 1))
    said = mail.mails[0].get_content() if way == "email" else texts.taken[0]["text"]
    assert "待跟进已到时间" in said
    assert "王小明" not in said


# -- once over all devices --------------------------------------------------------------------------------------------


def test_all_devices_are_pushed_to_under_one_id_and_nothing_else_is_sent(
    wired: Desk, push: PushServices, mail: MailServer, texts: TextGateway
) -> None:
    wired.wish("wang", email="wang@example.com")
    browser(wired, push, "wang", "tablet")
    wired.subscribe("wang", token("phone"))
    due(wired)
    wired.work_until(shanghai("12:00"))
    (by_browser,), (by_app,) = push.to("tablet"), push.to("phone")
    assert by_browser.said["id"] == by_app.said["data"]["id"] == by_app.said["android"]["collapse_key"]
    assert (mail.mails, texts.taken) == ([], [])
    assert wired.deliveries("wang") == [("fcm", "sent", None), ("webpush", "sent", None)]


def test_read_on_one_device_before_it_left_it_is_not_sent(wired: Desk, push: PushServices, texts: TextGateway) -> None:
    browser(wired, push, "wang")
    due(wired)
    wired.at(shanghai("11:00"))
    wired.worker().work_one()
    (notice,) = wired.inbox("wang")
    wired.do("wang", read_notice, Notice, notice.id)
    wired.work()
    assert (push.taken, texts.taken) == ([], [])
    (job,) = wired.jobs(DELIVER)
    assert (job.state, job.result) == ("done", '{"outcome":"over"}')


@pytest.mark.parametrize("end", [fieldwork.complete_follow_up, fieldwork.cancel_follow_up])
def test_done_between_inbox_and_push_it_is_not_sent(wired: Desk, push: PushServices, end: Any) -> None:
    browser(wired, push, "wang")
    follow_up = due(wired)
    wired.at(shanghai("11:00"))
    wired.worker().work_one()
    assert len(wired.inbox("wang")) == 1
    wired.change(follow_up, end)
    wired.work()
    assert push.taken == []


def test_after_a_snooze_it_is_sent_again_under_another_id(wired: Desk, push: PushServices) -> None:
    browser(wired, push, "wang")
    due(wired)
    wired.work_until(shanghai("11:00"))
    (notice,) = wired.inbox("wang")
    wired.do("wang", snooze_notice, Notice, notice.id, until=shanghai("15:00"))
    wired.work_until(shanghai("15:30"), timedelta(minutes=30))
    first, second = push.to("wang")
    assert first.said["id"] != second.said["id"]


def test_who_is_reached_by_nothing_has_his_inbox_and_no_job_is_left(desk: Desk) -> None:
    """There is neither a device nor a mail server nor a gateway."""
    due(desk)
    desk.work_until(shanghai("11:00"))
    assert len(desk.inbox("wang")) == 1
    assert desk.jobs(DELIVER) == []


def test_a_channel_without_settings_is_passed_over(desk: Desk) -> None:
    desk.subscribe("wang", token("phone"))
    due(desk)
    desk.work_until(shanghai("11:00"))
    (job,) = desk.jobs(DELIVER)
    assert (job.state, job.result) == ("done", '{"outcome":"unreached"}')


# -- devices that are nobody's any more -------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["signed out", "revoked", "wiped", "left"])
def test_a_device_that_is_not_his_any_more_is_not_pushed_to(wired: Desk, push: PushServices, how: str) -> None:
    phone = browser(wired, push, "wang")
    due(wired)
    if how == "signed out":
        assert wired.company.call("DELETE", "/mobile/v1/session", token=phone.answer["access_token"]).status_code == 204
    elif how == "left":
        with wired.company.writing() as uow:
            staff.disable_user(uow, wired.company.users["wang"])
            uow.commit()
    else:
        with wired.company.writing() as uow:
            devices.revoke_device(uow, phone.answer["device"], wipe=how == "wiped")
            uow.commit()
    wired.work_until(shanghai("12:00"), timedelta(minutes=30))
    assert push.taken == []


def test_dead_tokens_are_forgotten_and_the_others_are_still_sent_to(
    wired: Desk, push: PushServices, texts: TextGateway
) -> None:
    wired.subscribe("wang", token("old"))
    wired.subscribe("wang", token("foreign"))
    browser(wired, push, "wang")
    push.replies["token-old"] = [fcm_error(404, "NOT_FOUND", "UNREGISTERED")]
    push.replies["token-foreign"] = [fcm_error(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH")]
    due(wired)
    wired.work_until(shanghai("11:00"))
    assert [each.kind for each in wired.targets("wang")] == ["webpush"]
    assert len(push.to("wang")) == 1
    assert texts.taken == []


# -- services that are away -------------------------------------------------------------------------------------------


def test_a_push_service_that_is_away_is_tried_again_and_the_device_that_got_it_is_not(
    wired: Desk, push: PushServices, texts: TextGateway
) -> None:
    browser(wired, push, "wang", "good")
    browser(wired, push, "wang", "slow")
    push.replies["/wpush/v2/slow"] = [Reply(503, headers={"Retry-After": "120"}), Reply(201)]
    due(wired)
    wired.at(shanghai("11:00"))
    wired.work()
    (job,) = wired.jobs(DELIVER)
    assert (job.state, job.due_at) == ("waiting", shanghai("11:02"))
    wired.work_until(shanghai("11:05"))
    assert (len(push.to("good")), len(push.to("slow"))) == (1, 1)
    assert texts.taken == []


def test_devices_that_stay_away_are_given_up_for_a_text_message_after_five_minutes(
    wired: Desk, push: PushServices, texts: TextGateway
) -> None:
    browser(wired, push, "wang")
    push.replies["/wpush/v2/wang"] = [Reply(429, headers={"Retry-After": "3600"})]
    due(wired)
    wired.work_until(shanghai("11:04"))
    assert texts.taken == []
    wired.work_until(shanghai("11:06"))
    assert len(texts.taken) == 1
    push.replies["/wpush/v2/wang"] = [Reply(201)]
    wired.work_until(shanghai("14:00"), timedelta(minutes=10))
    assert (push.taken, len(texts.taken)) == ([], 1)
    assert wired.deliveries("wang") == [("sms", "sent", None), ("webpush", "dropped", "webpush.too-many")]


def test_mail_that_is_refused_gives_way_to_a_text_message_and_mail_that_waits_is_waited_for(
    wired: Desk, mail: MailServer, texts: TextGateway
) -> None:
    wired.wish("wang", email="wang@example.com")
    mail.rcpt = ["451 greylisted", "550 no such user"]
    due(wired)
    wired.work_until(shanghai("11:00"))
    assert texts.taken == []
    wired.work_until(shanghai("11:10"))
    assert (len(mail.mails), len(texts.taken)) == (0, 1)


def test_a_text_message_with_an_unknown_fate_is_not_sent_again_but_looked_at(wired: Desk, texts: TextGateway) -> None:
    texts.replies = [Reply(504), Reply(202)]
    due(wired)
    wired.work_until(shanghai("14:00"), timedelta(minutes=10))
    assert texts.taken == []
    assert wired.deliveries("wang") == [("sms", "unknown", "sms.no-answer")]
    (job,) = wired.jobs(DELIVER)
    assert job.result == '{"outcome":"unknown"}'


# -- power cuts -------------------------------------------------------------------------------------------------------


def cut(desk: Desk, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Let the worker die in the middle of a delivery: before anything left, or after it was taken."""

    class Dying:
        def __init__(self, honest: Any) -> None:
            self.honest = honest

        def send(self, end: Any, message: Any) -> Any:
            if place == "after":
                self.honest.send(end, message)
            raise PowerCut

    honest = channels_of(desk.services.settings)
    with monkeypatch.context() as patch:
        patch.setattr("notifications.calling.channels_of", lambda _: {each: Dying(honest[each]) for each in honest})
        with pytest.raises(PowerCut):
            desk.work()
    desk.at(desk.company.clock.at + delivery.LEASE + timedelta(seconds=1))
    desk.work()


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_push_that_was_cut_off_is_sent_again_under_the_same_id(
    wired: Desk, push: PushServices, texts: TextGateway, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    browser(wired, push, "wang")
    due(wired)
    wired.at(shanghai("11:00"))
    cut(wired, monkeypatch, place)
    assert len(push.to("wang")) == (2 if place == "after" else 1)
    assert len({each.said["id"] for each in push.to("wang")}) == 1
    assert {each.headers["topic"] for each in push.to("wang")} == {push.to("wang")[0].said["id"]}
    assert len(wired.inbox("wang")) == 1
    assert texts.taken == []


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_text_message_that_was_cut_off_is_never_sent_twice(
    wired: Desk, texts: TextGateway, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    due(wired)
    wired.at(shanghai("11:00"))
    cut(wired, monkeypatch, place)
    wired.work_until(shanghai("13:00"), timedelta(minutes=10))
    assert len(texts.taken) == (1 if place == "after" else 0)
    assert wired.deliveries("wang") == [("sms", "unknown", "sms.cut-off")]


def test_a_worker_that_lost_its_lease_sends_nothing_and_writes_nothing(
    wired: Desk, push: PushServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers hold the same job: the slow one comes back after the fast one has done it."""
    browser(wired, push, "wang")
    due(wired)
    wired.at(shanghai("11:00"))
    wired.worker().work_one()
    slow = wired.worker()
    honest = HANDLERS[DELIVER].run

    def overtaken(job: Any) -> Any:
        wired.at(wired.company.clock.at + delivery.LEASE + timedelta(seconds=1))
        wired.work()
        return honest(job)

    slow._handlers = {**HANDLERS, DELIVER: dataclasses.replace(HANDLERS[DELIVER], run=overtaken)}
    assert slow.work_one()
    assert slow.counts["lost"] == 1
    assert len(push.to("wang")) == 1
    assert [each.attempts for each in wired.rows(Delivery)] == [1]


# -- left alone -------------------------------------------------------------------------------------------------------


def test_at_night_he_has_it_in_his_inbox_and_one_message_in_the_morning(wired: Desk, texts: TextGateway) -> None:
    for clock in ("22:30", "23:10", "23:50"):
        due(wired, clock=clock)
    wired.work_until(shanghai("06:59", 4), timedelta(minutes=10))
    assert (len(wired.inbox("wang")), texts.taken) == (3, [])
    wired.work_until(shanghai("07:01", 4))
    (message,) = texts.taken
    assert "您有3条未读提醒" in message["text"]
    wired.work_until(shanghai("20:00", 4), timedelta(hours=1))
    assert len(texts.taken) == 1


def test_what_was_read_at_night_is_no_news_in_the_morning(wired: Desk, texts: TextGateway) -> None:
    due(wired, clock="22:30")
    wired.work_until(shanghai("22:40"), timedelta(minutes=10))
    (notice,) = wired.inbox("wang")
    wired.do("wang", finish_notice, Notice, notice.id)
    wired.work_until(shanghai("12:00", 4), timedelta(minutes=30))
    assert texts.taken == []
    pacing = wired.pacing("wang")
    assert pacing is not None
    assert (pacing.held, pacing.digest_at) == (0, None)


def test_quiet_hours_are_the_persons_by_his_own_clock(wired: Desk, texts: TextGateway) -> None:
    wired.move("wang", "America/New_York")  # 11:00 in Shanghai is 22:00 there
    due(wired, clock="11:00")
    due(wired, "zhao", clock="11:00")
    wired.wish("zhao", quiet_from="11:00", quiet_to="11:00")
    wired.work_until(shanghai("11:30"))
    assert [each["to"][-1] for each in texts.taken] == ["5"]
    wired.work_until(shanghai("20:01"), timedelta(minutes=30))
    assert len(texts.taken) == 2


def test_six_an_hour_and_then_one_for_the_rest(wired: Desk, texts: TextGateway) -> None:
    for minute in range(9):
        due(wired, clock=f"11:{minute:02}")
    wired.work_until(shanghai("11:30"))
    assert len(wired.inbox("wang")) == 9
    assert len(texts.taken) == 6
    wired.work_until(shanghai("11:59"))
    assert len(texts.taken) == 6
    wired.work_until(shanghai("12:05"))
    assert len(texts.taken) == 7
    assert "条未读提醒" in texts.taken[-1]["text"]


def test_twenty_a_day(wired: Desk, texts: TextGateway) -> None:
    wired.wish("wang", quiet_from="00:00", quiet_to="00:00")
    for hour in range(11, 17):
        for minute in (0, 10, 20, 30, 40):
            due(wired, clock=f"{hour}:{minute:02}")
    wired.work_until(shanghai("23:30"), timedelta(minutes=10))
    assert len(wired.inbox("wang")) == 30
    assert len(texts.taken) == 20


def test_after_an_outage_one_message_stands_for_all(wired: Desk, texts: TextGateway) -> None:
    for minute in range(0, 50, 5):
        due(wired, clock=f"11:{minute:02}")
    wired.at(shanghai("15:00"))  # no worker ran for four hours
    wired.work()
    wired.work_until(shanghai("15:05"))
    assert len(wired.inbox("wang")) == 10
    (message,) = texts.taken
    assert "您有10条未读提醒" in message["text"]
    wired.work_until(shanghai("21:00"), timedelta(minutes=30))
    assert len(texts.taken) == 1


def test_switched_off_nothing_leaves_and_switched_on_one_message_does(wired: Desk, texts: TextGateway) -> None:
    wired.set_up(notify=False)
    due(wired, clock="11:00")
    due(wired, clock="11:01")
    wired.work_until(shanghai("12:00"), timedelta(minutes=5))
    assert (len(wired.inbox("wang")), texts.taken) == (2, [])
    wired.set_up(notify=True)
    wired.work_until(shanghai("13:00"), timedelta(minutes=5))
    assert len(texts.taken) == 1


def test_an_organisation_that_sends_too_much_is_held(wired: Desk, texts: TextGateway) -> None:
    wired.set_up(notify_org_per_hour=3)
    for who in ("wang", "zhao", "na", "jie", "hong"):
        due(wired, who, clock="11:00")
    wired.work_until(shanghai("11:05"))
    assert len(texts.taken) == 3
    wired.work_until(shanghai("13:30"), timedelta(minutes=5))
    assert len(texts.taken) == 5


@pytest.mark.parametrize(
    ("wishes", "sent"),
    [
        ({}, "push"),
        ({"muted": {"fieldwork.follow-up-due": ["push"]}}, "sms"),
        ({"muted": {"fieldwork.follow-up-due": ["push", "sms"]}}, ""),
        ({"muted": {"fieldwork.follow-up-due": ["push"]}, "fallback": []}, ""),
        ({"muted": {"fieldwork.follow-up-due": ["push"]}, "email": "w@example.com"}, "email"),
        (
            {"muted": {"fieldwork.follow-up-due": ["push"]}, "email": "w@example.com", "fallback": ["sms", "email"]},
            "sms",
        ),
    ],
)
def test_he_is_told_the_way_he_wants(
    wired: Desk, push: PushServices, mail: MailServer, texts: TextGateway, wishes: dict[str, Any], sent: str
) -> None:
    wired.wish("wang", **wishes)
    browser(wired, push, "wang")
    due(wired)
    wired.work_until(shanghai("11:10"))
    assert len(wired.inbox("wang")) == 1
    assert {"push": len(push.taken), "email": len(mail.mails), "sms": len(texts.taken)} == {
        "push": 0, "email": 0, "sms": 0, **({sent: 1} if sent else {})
    }  # fmt: skip


def test_a_digest_that_was_cut_off_is_not_lost_and_not_doubled(
    wired: Desk, push: PushServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser(wired, push, "wang")
    due(wired, clock="22:30")
    wired.work_until(shanghai("06:59", 4), timedelta(minutes=30))
    wired.at(shanghai("07:00", 4))
    cut(wired, monkeypatch, "before")
    assert len(push.to("wang")) == 1
    (job,) = wired.jobs(DIGEST)
    assert job.state == "done"


def test_two_workers_that_call_one_person_for_the_first_time_do_not_get_in_each_others_way(
    wired: Desk, push: PushServices
) -> None:
    browser(wired, push, "wang")
    for _ in range(6):
        wired.follow_up("wang", due_at=shanghai("11:00"))
    wired.work()
    wired.at(shanghai("11:00"))
    reminding = wired.worker()
    while wired.jobs(REMIND, "waiting"):
        reminding.work_one()
    assert len(wired.jobs(DELIVER, "waiting")) == 6
    workers = [wired.worker() for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda worker: [worker.work_one() for _ in range(4)], workers))
    assert sum((worker.counts for worker in workers), Counter()) == {"done": 6}
    assert len({each.said["id"] for each in push.to("wang")}) == len(push.to("wang")) == 6
