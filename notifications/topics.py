"""Topics: what people are told about. The text is what leaves the house, so it names nobody and nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from server.core.i18n import Text


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of news. text: of mail and text message; a push carries none.

    falls_back: mail or a text message may take the place of a push that reached no device. collapses: not told again while
    the last one about the same subject is unread. valid_for: after that long it stays in the inbox and nobody is called.
    """

    code: str
    text: Text
    falls_back: bool = False
    collapses: bool = False
    valid_for: timedelta = timedelta(days=3)


TOPICS: dict[str, Topic] = {}
"""All topics by code."""


def _topic(code: str, *, zh: str, en: str, **how: bool | timedelta) -> str:
    TOPICS[code] = Topic(code, Text(zh, en), **how)  # type: ignore[arg-type]
    return code


FOLLOW_UP_DUE = _topic(
    "fieldwork.follow-up-due", zh="您有一条待跟进已到时间。", en="One of your follow-ups is due.", falls_back=True
)
PLAN_SENT = _topic("fieldwork.plan-sent", zh="有同事提交了日计划。", en="A colleague sent you a day plan.")
PLAN_CHANGED = _topic(
    "fieldwork.plan-changed",
    zh="已提交的日计划有变动。",
    en="A day plan that was sent has changed.",
    collapses=True,
)
VISIT_ARRANGED = _topic(
    "fieldwork.visit-arranged",
    zh="您的拜访安排有变动。",
    en="Your visits have been arranged anew.",
    falls_back=True,
    collapses=True,
)
VISIT_COMMENTED = _topic(
    "fieldwork.visit-commented",
    zh="有同事点评了您的拜访。",
    en="A colleague commented on one of your visits.",
    collapses=True,
)
VISIT_MENTIONED = _topic(
    "fieldwork.mentioned", zh="有同事在拜访点评中提到您。", en="A colleague mentions you in a comment on a visit."
)
TASK_ASSIGNED = _topic(
    "fieldwork.task-assigned", zh="有一项任务分配给您。", en="A task was given to you.", falls_back=True
)
TASK_DUE = _topic("fieldwork.task-due", zh="您有一项任务今天到期。", en="A task of yours is due.", falls_back=True)
VISIT_SHARED = _topic(
    "fieldwork.visit-shared",
    zh="有同事邀您一同拜访，或安排有变动。",
    en="A colleague takes you along on a visit, or it has changed.",
    collapses=True,
)
TASK_COPIED = _topic("fieldwork.task-copied", zh="有一项任务抄送给您。", en="A task was copied to you.")
TASK_CHANGED = _topic(
    "fieldwork.task-changed", zh="抄送给您的任务有变动。", en="A task copied to you has changed.", collapses=True
)
TASK_CLOSED = _topic("fieldwork.task-closed", zh="您分配的任务有了结果。", en="A task you gave has been closed.")
WORK_DELETED = _topic(
    "fieldwork.work-deleted",
    zh="有待办已随客户一并删除。",
    en="Something you had open went with a deleted customer.",
)
TASK_CALLED_OFF = _topic(
    "fieldwork.task-called-off", zh="分配给您的任务已撤销。", en="A task given to you was called off."
)
QUESTION_PASSED_ON = _topic(
    "fieldwork.question-passed-on",
    zh="有客户问题需要您的部门答复。",
    en="A customer's question waits for your department.",
    falls_back=True,
)
QUESTION_ANSWERED = _topic(
    "fieldwork.question-answered", zh="客户问题已有答复。", en="A customer's question was answered.", falls_back=True
)
QUESTION_OVERDUE = _topic(
    "fieldwork.question-overdue",
    zh="有客户问题逾期未答复。",
    en="A customer's question was not answered in time.",
    falls_back=True,
)
REPORT_SENT = _topic("fieldwork.report-sent", zh="有同事提交了工作报告。", en="A colleague sent you a work report.")
REPORT_CHANGED = _topic(
    "fieldwork.report-changed",
    zh="您看过的工作报告有改动。",
    en="A work report you had read has changed.",
    collapses=True,
)
REPORT_COMMENTED = _topic(
    "fieldwork.report-commented", zh="工作报告有新点评。", en="Someone commented on a work report.", collapses=True
)
HANDED_OVER = _topic(
    "customers.handed-over", zh="有客户交接给您。", en="Customers were handed over to you.", falls_back=True
)
MENTIONED = _topic("customers.mentioned", zh="有同事在便签中提到您。", en="A colleague mentions you in a note.")
LEAD_CONFLICT = _topic(
    "customers.lead-conflict",
    zh="有客户撞单。",
    en="A customer was entered by two colleagues.",
    falls_back=True,
    collapses=True,
)
LEAD_CONFLICT_RULED = _topic(
    "customers.lead-conflict-ruled",
    zh="一起撞单已有判定。",
    en="A lead conflict of yours was ruled.",
    falls_back=True,
)
OPPORTUNITY_CLOSED = _topic(
    "customers.opportunity-closed", zh="有商机成交或流失。", en="An opportunity was won or lost."
)
CUSTOMERS_MERGED = _topic(
    "customers.merged", zh="您的客户已与另一客户合并。", en="A customer of yours is one with another by now."
)
CUSTOMERS_DELETED = _topic(
    "customers.deleted", zh="您的客户已被删除，可在三十天内恢复。", en="Customers of yours were deleted."
)
IMPORT_ENDED = _topic(
    "customers.import-ended", zh="您上传的客户名单已导入完毕。", en="Your list of customers was taken in."
)
IMPORT_STOPPED = _topic(
    "customers.import-stopped",
    zh="您上传的客户名单未导入完。",
    en="Your list of customers was not taken in to its end.",
)
DECISION_WAITING = _topic(
    "approvals.decision-waiting", zh="有一项申请等待您审批。", en="A request waits for your decision.", falls_back=True
)
DECISION_MADE = _topic(
    "approvals.decision-made",
    zh="您的申请已有审批结果。",
    en="A decision was made about your request.",
    falls_back=True,
)
MEMBER_ARRIVED = _topic(
    "membership.member-arrived",
    zh="您的客户已到访。",
    en="A customer of yours has arrived.",
    valid_for=timedelta(minutes=20),
)

DIGEST_TEXT = Text("您有{count}条未读提醒。", "You have {count} unread notices.")
"""Of the one message that stands for those that were held back."""
