"""The columns of opportunities in a file for spreadsheets. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from server.core.i18n import Language, Text
from server.core.money import Money
from server.core.sheets import Cell, Columns
from server.customers.export import LOSS_WORDS
from server.customers.opportunities.models import FunnelStage
from server.customers.opportunities.queries import Line

STATES = {"open": Text("进行中", "open"), "won": Text("赢单", "won"), "lost": Text("输单", "lost")}


def columns(stages: Iterable[FunnelStage]) -> Columns[Line]:
    """With the organisation's own names of its stages."""
    names = {each.code: each for each in stages}

    def stage(line: Line, language: Language) -> Cell:
        found = names.get(line.stage_code)
        return line.stage_code if found is None else (found.name_zh if language == "zh" else found.name_en)

    return (
        (Text("编号", "id"), lambda line, _: line.id),
        (Text("客户名称", "customer"), lambda line, _: line.customer_name),
        (Text("商机", "opportunity"), lambda line, _: line.title),
        (Text("状态", "state"), lambda line, language: STATES[line.state].fill(language, {})),
        (Text("阶段", "stage"), stage),
        (Text("成交概率（%）", "probability (%)"), lambda line, _: line.probability),
        (Text("金额", "amount"), lambda line, _: _amount(line.amount_minor, line.currency)),
        (Text("加权金额", "weighted amount"), lambda line, _: _amount(line.weighted_minor, line.currency)),
        (Text("货币", "currency"), lambda line, _: line.currency),
        (Text("预计成交", "expected close"), lambda line, _: line.expected_close_on),
        (Text("下一步", "next step"), lambda line, _: line.next_step),
        (Text("下一步日期", "next step on"), lambda line, _: line.next_step_on),
        (Text("关闭日期", "closed on"), lambda line, _: line.closed_on),
        (
            Text("输单原因", "why lost"),
            lambda line, language: None if line.reason is None else LOSS_WORDS[line.reason].fill(language, {}),
        ),
        (Text("竞品", "competitor"), lambda line, _: line.competitor),
        (Text("归属人", "owner"), lambda line, _: line.owner_name),
    )


def _amount(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else Decimal(Money(minor, currency).to_text())
