"""The columns of a team's month in a file for spreadsheets. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from server.core.i18n import Language, Text
from server.core.money import Money
from server.core.sheets import Cell, Columns
from server.fieldwork.targets.rules import Measure, gap
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
_MEASURES = {"visits": Measure.VISITS, "won_minor": Measure.WON_AMOUNT}
"""Numbers that can have a target: it and what is wanting stand beside what was done."""
_TARGETS = {
    "visits": (Text("目标拜访", "visits to reach"), Text("拜访还差", "visits wanting")),
    "won_minor": (Text("目标成交金额", "amount to reach"), Text("成交金额还差", "amount wanting")),
}
_TOTAL = Text("合计", "total")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file. name: None of the sum. targets: by measure; of the sum none, for one's surplus is not another's."""

    name: str | None
    unit_name: str | None
    numbers: Numbers
    currency: str
    targets: Mapping[str, int] = field(default_factory=dict)


def lines_of(found: Month, targets: Mapping[str, Mapping[str, int]]) -> list[Line]:
    """One for each person, and the sum. targets: person → measure → what is to be reached."""
    people = [
        Line(each.name, each.unit_name, each.numbers, found.currency, targets.get(each.user_id, {}))
        for each in found.people
    ]
    return [*people, Line(None, None, found.total, found.currency)]


def _cell(name: str) -> Callable[[Line, Language], Cell]:
    def read(line: Line, _: Language) -> Cell:
        return _said(getattr(line.numbers, name), name, line)

    return read


def _said(value: int | None, name: str, line: Line) -> Cell:
    return value if value is None or not name.endswith("_minor") else Decimal(Money(value, line.currency).to_text())


def _columns_of(name: str) -> Iterator[tuple[Text, Callable[[Line, Language], Cell]]]:
    yield TITLES[name], _cell(name)
    if (measure := _MEASURES.get(name)) is None:
        return

    def target(line: Line, _: Language) -> Cell:
        return _said(line.targets.get(measure.value), name, line)

    def wanting(line: Line, _: Language) -> Cell:
        amount = line.targets.get(measure.value)
        return None if amount is None else _said(gap(amount, getattr(line.numbers, name)), name, line)

    yield from zip(_TARGETS[name], (target, wanting), strict=True)


COLUMNS: Columns[Line] = (
    (Text("姓名", "name"), lambda line, language: line.name or _TOTAL.fill(language, {})),
    (Text("部门", "department"), lambda line, _: line.unit_name),
    *(column for name in NAMES for column in _columns_of(name)),
    (Text("货币", "currency"), lambda line, _: line.currency),
)
