"""The columns of visits in a file for spreadsheets. Pure.

Decision: the impression of a customer (rule F17) stays in the house, and where somebody stood is told as a distance.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from server.core.i18n import Language, Text
from server.core.sheets import Cell, Columns
from server.fieldwork.queries import VisitLine

STATUSES = {
    "planned": Text("计划中", "planned"),
    "in_progress": Text("进行中", "in progress"),
    "done": Text("已完成", "done"),
    "cancelled": Text("已取消", "cancelled"),
    "not_heard_from": Text("未收到消息", "not heard from"),
    "missed": Text("未完成", "missed"),
}
OUTCOMES = {
    "met": Text("见到", "met"),
    "not_met": Text("未见到", "not met"),
    "postponed": Text("改期", "postponed"),
    "declined": Text("拒绝", "declined"),
    "other": Text("其他", "other"),
}
# Of a place and of times only what is to be said: one that was not looked for and one that is plausible are empty cells.
PLACES = {
    "verified": Text("已核实", "verified"),
    "outside": Text("范围外", "outside"),
    "unverified": Text("未核实", "not verified"),
}
TIMES = {
    "future": Text("晚于收到时间", "later than it arrived"),
    "old": Text("早已过去", "long ago"),
}
_LATE = Text("迟到", "late")


def columns(zone: ZoneInfo) -> Columns[VisitLine]:
    """zone: in which instants are told."""

    def at(instant: datetime | None) -> Cell:
        return None if instant is None else instant.astimezone(zone).replace(tzinfo=None)

    return (
        (Text("编号", "id"), lambda line, _: line.visit.id),
        (Text("日期", "day"), lambda line, _: line.visit.day_on),
        (Text("拜访人", "salesperson"), lambda line, _: line.assignee_name),
        (Text("客户名称", "customer"), lambda line, _: line.visit.customer_name),
        (Text("地点", "place"), lambda line, _: line.visit.place),
        (Text("目的", "purpose"), lambda line, _: line.visit.purpose),
        (Text("状态", "state"), lambda line, language: _word(STATUSES, line.status.value, language)),
        (Text("迟到", "late"), lambda line, language: _LATE.fill(language, {}) if line.is_late else None),
        (Text("计划日期", "planned on"), lambda line, _: line.visit.planned_on),
        (Text("计划开始", "planned start"), lambda line, _: at(line.visit.planned_start_at)),
        (Text("计划结束", "planned end"), lambda line, _: at(line.visit.planned_end_at)),
        (Text("实际开始", "start"), lambda line, _: at(line.visit.actual_started_at)),
        (Text("实际结束", "end"), lambda line, _: at(line.visit.actual_ended_at)),
        (Text("时间核对", "times"), lambda line, language: _word(TIMES, line.visit.time_verdict, language)),
        (Text("签到位置", "check-in"), lambda line, language: _word(PLACES, line.visit.location_verdict, language)),
        (Text("签到距离（米）", "distance (m)"), lambda line, _: line.visit.distance_m),
        (Text("签退位置", "check-out"), lambda line, language: _word(PLACES, line.visit.out_verdict, language)),
        (Text("签退距离（米）", "distance at the end (m)"), lambda line, _: line.visit.out_distance_m),
        (Text("拜访情况", "outcome"), lambda line, language: _word(OUTCOMES, line.visit.outcome, language)),
        (Text("结果", "result"), lambda line, _: line.visit.result),
        (Text("下一步", "next step"), lambda line, _: line.visit.next_step),
        (Text("无需跟进原因", "why nothing follows"), lambda line, _: line.visit.nothing_next),
        (Text("取消原因", "why called off"), lambda line, _: line.visit.cancel_reason),
    )


def _word(words: dict[str, Text], code: str | None, language: Language) -> str | None:
    return words[code].fill(language, {}) if code in words else None
