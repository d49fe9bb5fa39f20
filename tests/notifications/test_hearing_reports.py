"""Who hears of customers' questions and of work reports, and that nobody is told twice or for nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from notifications.hearers.questions import OVERDUE
from notifications.topics import (
    QUESTION_ANSWERED,
    QUESTION_OVERDUE,
    QUESTION_PASSED_ON,
    REPORT_CHANGED,
    REPORT_COMMENTED,
    REPORT_SENT,
)
from server.core.rows import c
from server.customers import operations as customers
from server.fieldwork.questions import operations as questions
from server.fieldwork.questions.models import Question
from server.fieldwork.reports import operations as reports
from server.fieldwork.reports.models import WorkReport, WorkReportReader
from sync_protocol.ids import new_id
from tests.notifications.scene import Desk, shanghai


def _make(desk: Desk, who: str, operation: Any, **values: Any) -> str:
    row_id = new_id()
    with desk.services.writing(desk.company.actor(who)) as uow:
        operation(uow, row_id, values)
        uow.commit()
    return row_id


def _topics(desk: Desk, who: str) -> list[str]:
    return [each.topic for each in desk.inbox(who)]


def _ask(desk: Desk) -> str:
    return _make(
        desk, "wang", questions.ask_question, customer_id=desk.customer("wang"), text="地铁？", cannot_answer=True
    )


def test_a_question_goes_to_who_answers_for_the_department_and_its_answer_to_who_noted_it(desk: Desk) -> None:
    desk.at(shanghai("10:00"))
    question = _ask(desk)
    desk.work()
    assert QUESTION_PASSED_ON in _topics(desk, "boss")  # above the department; jie leads a team of it
    assert _topics(desk, "jie") == _topics(desk, "wang") == []
    with desk.services.writing(desk.company.actor("boss")) as uow:
        customer = desk.company.row(Question, question).customer_id
        customers.hand_over_customers(uow, [customer], desk.company.users["zhao"], "换人")
        uow.commit()
    desk.do("boss", questions.answer_question, Question, question, answer="明年")
    desk.work()
    assert QUESTION_ANSWERED in _topics(desk, "zhao"), "who has the customer now"
    (notice,) = desk.inbox("wang")
    assert (notice.topic, notice.subject_id, notice.customer_name) == (QUESTION_ANSWERED, question, "王小明")
    desk.work_until(shanghai("10:00", 7), step=timedelta(days=1))
    assert QUESTION_OVERDUE not in _topics(desk, "wang")


def test_nobody_answers_for_two_working_days(desk: Desk) -> None:
    desk.at(shanghai("10:00", 6))  # Thursday: in time until Monday
    question = _ask(desk)
    desk.work()
    desk.work_until(shanghai("08:59", 11), step=timedelta(days=1))
    assert QUESTION_OVERDUE not in _topics(desk, "wang")
    desk.work_until(shanghai("09:01", 11))
    assert [each.subject_id for each in desk.inbox("wang") if each.topic == QUESTION_OVERDUE] == [question]
    assert QUESTION_OVERDUE in _topics(desk, "boss")
    assert len(desk.jobs(OVERDUE)) == 1


def test_passed_on_in_time_it_is_overdue_by_the_new_day_only(desk: Desk) -> None:
    desk.at(shanghai("10:00", 3))
    question = _ask(desk)
    desk.work()
    desk.at(shanghai("10:00", 4))
    desk.do("wang", questions.pass_on_question, Question, question, department_id=desk.company.units["south"])
    desk.work()
    desk.at(shanghai("09:01", 6))
    desk.work()
    assert QUESTION_OVERDUE not in _topics(desk, "wang")
    desk.at(shanghai("09:01", 7))
    desk.work()
    assert _topics(desk, "wang") == [QUESTION_OVERDUE]


@pytest.mark.parametrize("has_read", [True, False])
def test_readers_hear_of_a_report_and_those_who_read_it_of_its_changes(desk: Desk, has_read: bool) -> None:
    report = _make(desk, "wang", reports.begin_report, kind="daily", period_on=shanghai("12:00").date())
    desk.work()
    assert _topics(desk, "jie") == []
    for _ in range(2):
        desk.do("wang", reports.send_report, WorkReport, report)
    desk.work()
    (notice,) = desk.inbox("jie")
    assert (notice.topic, notice.subject_id, notice.params["kind"]) == (REPORT_SENT, report, "daily")
    if has_read:
        with desk.services.writing(desk.company.actor("jie")) as uow:
            (reader,) = uow.find(WorkReportReader, c(WorkReportReader).report_id == report)
            reports.read_report(uow, reader, {"revision": 1})
            uow.commit()
    desk.do("wang", reports.change_report, WorkReport, report, summary="改")
    desk.work()
    assert _topics(desk, "jie") == [REPORT_SENT, *([REPORT_CHANGED] if has_read else [])]
    _make(desk, "jie", reports.comment_on_report, report_id=report, text="好")
    desk.work()
    desk.do("wang", reports.address_report, WorkReport, report, reader_id=desk.company.users["na"])
    desk.work()
    assert (_topics(desk, "wang"), _topics(desk, "na")) == ([REPORT_COMMENTED], [REPORT_SENT])
    assert REPORT_COMMENTED not in _topics(desk, "jie")
