"""Ways out that are away for minutes or for days, and what is held back meanwhile: told once, and nobody is forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from notifications.channels.opened import channels_of
from notifications.models import Notice
from notifications.operations import read_notice
from notifications.pacing import DIGEST
from notifications.rules import Channel
from notifications.telling import DELIVER
from server.core.db import commit
from server.core.tables import JOBS
from tests.notifications.scene import Desk, shanghai
from tests.notifications.test_delivery import browser, due
from tests.support.post_offices import MailServer, TextGateway
from tests.support.push_services import PushServices, Reply


def test_of_an_outage_of_hours_he_hears_once_when_it_is_over(wired: Desk, mail: MailServer) -> None:
    """And not of what he has read meanwhile."""
    wired.wish("wang", email="wang@example.com", fallback=["email"])
    mail.answers = ["451 later"]
    for minute in (0, 1, 2, 40):
        due(wired, clock=f"11:{minute:02}")
    wired.work_until(shanghai("13:00"), timedelta(minutes=5))
    assert {job.state for job in wired.jobs(DELIVER)} == {"done"}
    assert len(wired.jobs(DIGEST, "waiting")) == 1
    wired.do("wang", read_notice, Notice, wired.inbox("wang")[0].id)
    mail.answers = ["250 taken"]
    wired.work_until(shanghai("13:20"), timedelta(minutes=2))
    (sent,) = mail.mails
    assert "您有3条未读提醒" in sent.get_content()
    wired.work_until(shanghai("21:30"), timedelta(minutes=10))
    assert len(mail.mails) == 1
    assert {state for _, state, _ in wired.deliveries("wang")} == {"dropped", "sent"}


def test_an_outage_that_begins_in_the_evening_calls_nobody_at_night(wired: Desk, mail: MailServer) -> None:
    wired.wish("wang", email="wang@example.com", fallback=["email"])
    mail.answers = ["451 later"]
    due(wired, clock="21:58")
    wired.work_until(shanghai("22:01"))
    mail.answers = ["250 taken"]
    wired.work_until(shanghai("06:59", 4), timedelta(minutes=30))
    assert mail.mails == []
    wired.work_until(shanghai("07:05", 4))
    assert len(mail.mails) == 1


def test_a_server_that_never_comes_back_is_given_up_when_it_is_no_news_any_more(wired: Desk, mail: MailServer) -> None:
    wired.wish("wang", email="wang@example.com", fallback=["email"])
    mail.answers = ["451 later"]
    due(wired)
    wired.work_until(shanghai("11:30"))
    wired.work_until(shanghai("11:00", 7), timedelta(hours=6))
    assert {job.state for job in (*wired.jobs(DELIVER), *wired.jobs(DIGEST))} == {"done"}
    assert {state for _, state, _ in wired.deliveries("wang")} == {"dropped"}
    pacing = wired.pacing("wang")
    assert pacing is not None
    assert (pacing.held, pacing.held_since, pacing.digest_at) == (0, None, None)


def test_mail_that_stays_away_gives_way_to_a_text_message(wired: Desk, mail: MailServer, texts: TextGateway) -> None:
    wired.wish("wang", email="wang@example.com")
    mail.answers = ["451 later"]
    due(wired)
    wired.work_until(shanghai("11:09"))
    assert texts.taken == []
    wired.work_until(shanghai("11:25"))
    assert (len(texts.taken), wired.jobs(DIGEST)) == (1, [])


def test_a_push_service_that_was_away_for_hours_brings_one_push(wired: Desk, push: PushServices) -> None:
    wired.wish("wang", fallback=[])
    browser(wired, push, "wang")
    push.replies["/wpush/v2/wang"] = [Reply(503)] * 400
    for minute in (0, 5):
        due(wired, clock=f"11:{minute:02}")
    wired.work_until(shanghai("12:30"), timedelta(minutes=5))
    push.replies["/wpush/v2/wang"] = [Reply(201)]
    wired.work_until(shanghai("12:50"))
    wired.work_until(shanghai("20:00"), timedelta(hours=1))
    assert len(push.to("wang")) == 1


def test_switched_off_in_the_middle_of_an_outage_nothing_is_tried_any_more(wired: Desk, mail: MailServer) -> None:
    wired.wish("wang", email="wang@example.com", fallback=["email"])
    mail.answers = ["451 later"]
    due(wired)
    wired.work_until(shanghai("11:01"))
    wired.set_up(notify=False)
    mail.answers = ["250 taken"]
    wired.work_until(shanghai("12:00"), timedelta(minutes=5))
    assert mail.mails == []
    wired.set_up(notify=True)
    wired.work_until(shanghai("12:40"), timedelta(minutes=5))
    assert len(mail.mails) == 1


def test_a_digest_whose_server_is_away_for_a_moment_comes_with_the_right_number(wired: Desk, mail: MailServer) -> None:
    """What was held is older than the morning's second attempt by a night."""
    wired.wish("wang", email="wang@example.com", fallback=["email"])
    for clock in ("22:30", "23:10"):
        due(wired, clock=clock)
    wired.work_until(shanghai("06:59", 4), timedelta(minutes=10))
    mail.answers = ["451 later"]
    wired.work_until(shanghai("07:00", 4))
    mail.answers = ["250 taken"]
    wired.work_until(shanghai("07:10", 4))
    (sent,) = mail.mails
    assert "您有2条未读提醒" in sent.get_content()


def test_news_that_comes_while_a_digest_is_on_its_way_is_told_too(
    wired: Desk, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    wired.wish("wang", email="wang@example.com", fallback=["email"])
    due(wired, clock="22:30")
    wired.work_until(shanghai("06:59", 4), timedelta(minutes=30))
    due(wired, clock="07:00", day=4)
    wired.at(shanghai("07:00", 4))
    honest = channels_of(wired.services.settings)

    class Slow:
        def send(self, end: Any, message: Any) -> Any:
            monkeypatch.undo()
            while wired.worker().work_one():  # the reminder of seven, by another worker
                pass
            return honest[Channel.EMAIL].send(end, message)

    monkeypatch.setattr("notifications.calling.channels_of", lambda _: {Channel.EMAIL: Slow()})
    wired.work()
    wired.work_until(shanghai("07:10", 4))
    assert ["您有1条未读提醒" in each.get_content() for each in mail.mails] == [True, True]
    wired.work_until(shanghai("12:00", 4), timedelta(minutes=30))
    assert len(mail.mails) == 2


@pytest.mark.parametrize("fate", ["dead", "cancelled"])
def test_a_digest_whose_job_came_to_nothing_holds_nobody_back_for_ever(
    wired: Desk, texts: TextGateway, fate: str
) -> None:
    due(wired, clock="22:30")
    wired.work_until(shanghai("06:59", 4), timedelta(minutes=30))
    with wired.services.database.write(wired.company.org) as connection:
        connection.execute(
            update(JOBS).where(JOBS.c.org_id == wired.company.org, JOBS.c.kind == DIGEST).values(state=fate)
        )
        commit(connection)
    due(wired, clock="11:00", day=4)
    wired.work_until(shanghai("11:05", 4), timedelta(minutes=1))
    (message,) = texts.taken
    assert "您有2条未读提醒" in message["text"]


def test_a_clock_that_was_a_year_ahead_once_keeps_nobody_waiting(wired: Desk, texts: TextGateway) -> None:
    right = wired.company.clock.at
    wired.at(right + timedelta(days=365))
    for n in range(7):
        wired.follow_up(due_at=right + timedelta(days=365, minutes=n))
    wired.work_until(right + timedelta(days=365, minutes=10))
    assert len(texts.taken) == 6
    assert wired.jobs(DIGEST, "waiting")
    wired.at(shanghai("10:00"))
    due(wired, clock="11:00")
    wired.work_until(shanghai("11:05"))
    assert len(texts.taken) == 7
