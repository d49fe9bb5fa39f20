"""The columns of a batch of payments in a file for spreadsheets. Pure."""

from __future__ import annotations

from decimal import Decimal

from server.core.i18n import Text
from server.core.money import Money
from server.core.sheets import Columns
from server.expenses.queries import PaidLine

KINDS = {
    "hotel": Text("住宿", "hotel"),
    "meal": Text("餐饮", "meal"),
    "gift": Text("礼品", "gift"),
    "taxi": Text("打车", "taxi"),
    "travel": Text("交通", "travel"),
    "fuel": Text("油费", "fuel"),
    "parking": Text("停车", "parking"),
    "communication": Text("通讯", "communication"),
    "office": Text("办公", "office"),
    "other": Text("其他", "other"),
}
COLUMNS: Columns[PaidLine] = (
    (Text("工号", "staff number"), lambda line, _: line.owner_number),
    (Text("姓名", "name"), lambda line, _: line.owner_name),
    (Text("部门", "department"), lambda line, _: line.unit_name),
    (Text("报销单", "claim"), lambda line, _: line.title),
    (Text("报销单编号", "claim id"), lambda line, _: line.claim_id),
    (Text("类型", "kind"), lambda line, language: KINDS[line.kind].fill(language, {})),
    (Text("日期", "day"), lambda line, _: line.spent_on),
    (Text("金额", "amount"), lambda line, _: Decimal(Money(line.amount_minor, line.currency).to_text())),
    (Text("货币", "currency"), lambda line, _: line.currency),
    (Text("说明", "description"), lambda line, _: line.description),
)
