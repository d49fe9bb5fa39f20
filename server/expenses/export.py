"""A batch of payments as a CSV file: made line by line, safe to open in a spreadsheet. Pure.

Source: security design §2.8: text that looks like a formula is guarded, numbers are written as numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator

from server.core.i18n import Language, Text
from server.core.money import Money
from server.customers.export import BOM, safe_text
from server.expenses.queries import PaidLine

_LINES = 500
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
_COLUMNS: tuple[tuple[Text, Callable[[PaidLine, Language], object]], ...] = (
    (Text("工号", "staff number"), lambda line, _: line.owner_number),
    (Text("姓名", "name"), lambda line, _: line.owner_name),
    (Text("部门", "department"), lambda line, _: line.unit_name),
    (Text("报销单", "claim"), lambda line, _: line.title),
    (Text("报销单编号", "claim id"), lambda line, _: line.claim_id),
    (Text("类型", "kind"), lambda line, language: KINDS[line.kind].fill(language, {})),
    (Text("日期", "day"), lambda line, _: line.spent_on),
    (Text("金额", "amount"), lambda line, _: _Number(Money(line.amount_minor, line.currency).to_text())),
    (Text("货币", "currency"), lambda line, _: line.currency),
    (Text("说明", "description"), lambda line, _: line.description),
)


class _Number(str):
    """Digits that stay digits: a guard in front of a negative amount would make it a text."""

    __slots__ = ()


def csv_chunks(lines: Iterable[PaidLine], language: Language) -> Iterator[bytes]:
    """The file in UTF-8 with BOM, some hundred lines at a time, so that its size does not matter."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow([title.fill(language, {}) for title, _ in _COLUMNS])
    for number, line in enumerate(lines, 1):
        writer.writerow([_cell(value(line, language)) for _, value in _COLUMNS])
        if number % _LINES == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _cell(value: object) -> object:
    return safe_text(value) if isinstance(value, str) and not isinstance(value, _Number) else value
