"""The columns of a team's month in a file for spreadsheets. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from server.core.i18n import Language, Text
from server.core.money import Money
from server.core.sheets import Cell, Columns
from server.insight.months.queries import NAMES, Month, Numbers

TITLES = {
    "planned": Text("计划拜访", "visits planned"),
    "kept": Text("按计划完成", "done as planned"),
    "open": Text("待完成", "to come"),
    "cancelled": Text("已取消", "cancelled"),
    "not_heard_from": Text("未收到消息", "not heard from"),
    "missed": Text("未完成", "missed"),
    "late": Text("迟到", "late"),
    "visits": Text("完成拜访", "visits done"),
    "unplanned": Text("计划外拜访", "unplanned visits"),
    "calls": Text("通话", "calls"),
    "contacts": Text("其他联系", "other activities"),
    "receptions": Text("接待", "receptions"),
    "days_worked": Text("工作天数", "days worked"),
    "customers": Text("新客户", "new customers"),
    "opened": Text("新商机", "opportunities opened"),
    "won": Text("成交", "won"),
    "won_minor": Text("成交金额", "amount won"),
    "lost": Text("流失", "lost"),
    "lost_minor": Text("流失金额", "amount lost"),
    "spent_minor": Text("费用", "expenses"),
}
_TOTAL = Text("合计", "total")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file. name: None of the sum."""

    name: str | None
    unit_name: str | None
    numbers: Numbers
    currency: str


def lines_of(found: Month) -> list[Line]:
    """One for each person, and the sum."""
    people = [Line(each.name, each.unit_name, each.numbers, found.currency) for each in found.people]
    return [*people, Line(None, None, found.total, found.currency)]


def _cell(name: str) -> Callable[[Line, Language], Cell]:
    def read(line: Line, _: Language) -> Cell:
        value: int | None = getattr(line.numbers, name)
        return value if value is None or not name.endswith("_minor") else Decimal(Money(value, line.currency).to_text())

    return read


COLUMNS: Columns[Line] = (
    (Text("姓名", "name"), lambda line, language: line.name or _TOTAL.fill(language, {})),
    (Text("部门", "department"), lambda line, _: line.unit_name),
    *((TITLES[name], _cell(name)) for name in NAMES),
    (Text("货币", "currency"), lambda line, _: line.currency),
)
