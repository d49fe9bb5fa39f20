"""From a row of cells to what a customer is made of, or to what is wrong with it. Pure: no database, no clock.

Every fault is a problem with a code and texts in both languages, at the column it is about. Source: docs/rules/imports.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from server.core.problems import Refused, problem_type
from server.customers import rules
from server.customers.imports.columns import CODE_OF, WORDS, Field, word_key
from server.customers.imports.sheets import DAYS_SINCE, Cell, Line, Odd, Oddity
from server.customers.settling import settle_customer, settle_phone

_CELL: dict[Oddity, Any] = {
    Oddity.FORMULA: problem_type(
        "customers.import-formula",
        422,
        zh="单元格是公式，请改为数值后再导入。",
        en="The cell is a formula; paste its value instead.",
        doc="Only as the answer to a row of an import.",
    ),
    Oddity.ERROR: problem_type(
        "customers.import-cell-error",
        422,
        zh="单元格是表格软件的错误值。",
        en="The cell is a spreadsheet's error.",
        doc="Only as the answer to a row of an import.",
    ),
    Oddity.MERGED: problem_type(
        "customers.import-merged",
        422,
        zh="合并单元格只有左上角有值，请拆分后逐行填写。",
        en="Of merged cells only the first has a value; split them and fill each row.",
        doc="Only as the answer to a row of an import.",
    ),
    Oddity.ENCODING: problem_type(
        "customers.import-encoding",
        422,
        zh="单元格含有乱码，无法辨认。",
        en="The cell holds characters that cannot be read.",
        doc="Only as the answer to a row of an import.",
    ),
    Oddity.LONG: problem_type(
        "customers.import-too-long",
        422,
        zh="内容过长，或前面的引号没有闭合。",
        en="This is too long, or a quotation mark before it was never closed.",
        doc="Only as the answer to a row of an import.",
    ),
}
DAY_UNCLEAR = problem_type(
    "customers.import-day",
    422,
    zh="“{text}”不是明确的日期，请写成 2025-03-04。",
    en="“{text}” is no clear date; write 2025-03-04.",
    doc="Only as the answer to a row of an import.",
)
NUMBER_DAMAGED = problem_type(
    "customers.import-number-damaged",
    422,
    zh="“{text}”已被表格软件改成科学计数，末位数字已丢失。",
    en="“{text}” was shortened by a spreadsheet; its last digits are lost.",
    doc="Only as the answer to a row of an import.",
)
WORD_UNKNOWN = problem_type(
    "customers.import-word",
    422,
    zh="不认识“{text}”，可以填：{known}。",
    en="“{text}” is not known here; use one of: {known}.",
    doc="Only as the answer to a row of an import.",
)
OWNER_UNKNOWN = problem_type(
    "customers.import-owner",
    422,
    zh="没有名为“{text}”的在职人员，或同名者不止一位；请填用户名。",
    en="Nobody who works here is called “{text}”, or more than one is; give the user name.",
    doc="Only as the answer to a row of an import.",
)
_MOST = {
    Field.NAME: rules.NAME_MOST,
    Field.ID_NUMBER: rules.ID_NUMBER_MOST,
    Field.ADDRESS: rules.ADDRESS_MOST,
    Field.NEEDS: rules.NEEDS_MOST,
    Field.REMARK: rules.REMARK_MOST,
}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")
_DENSE_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}")
_SHORTENED = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_BETWEEN_PHONES = re.compile(r"[;；,，、/|\n]+")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row. column: from 0, None when it is about the row."""

    code: str
    column: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As rows of an import keep it."""
        return {"code": self.code, "column": self.column, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a row says. values: settled fields of a customer; numbers: E.164, each once; owner: as written."""

    number: int
    values: Mapping[str, Any] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()
    owner: str | None = None
    owner_column: int | None = None
    faults: tuple[Fault, ...] = ()


def read_line(line: Line, mapping: Mapping[int, Field]) -> Reading:
    """Read a row by what its columns mean. mapping: column (from 0) → field.

    Everything that is wrong with it is found at once, so that it is mended at once.
    """
    values: dict[str, Any] = {}
    numbers: list[str] = []
    faults: list[Fault] = []
    owner: str | None = None
    owner_column = next((column for column, known in mapping.items() if known is Field.OWNER), None)
    for column, known in sorted(mapping.items()):
        cell = line.cells[column] if column < len(line.cells) else None
        try:
            if cell is None:
                continue
            if isinstance(cell, Odd):
                raise Refused(_CELL[cell.why])
            if known is Field.PHONE:
                numbers += [each for each in _phones(cell) if each not in numbers]
            elif known is Field.OWNER:
                owner = _text(cell)
            else:
                values[known.value] = _value(known, cell, line.days_since)
        except Refused as refused:
            faults.append(Fault(refused.problem.code, column, refused.params))
    try:
        settled = settle_customer({"name": "", **values})
    except Refused as refused:
        column_of = {f"/{known}": column for column, known in mapping.items()}
        place = column_of.get(refused.field or "")
        if all(fault.column != place for fault in faults):
            faults.append(Fault(refused.problem.code, place, refused.params))
        settled = {}
    return Reading(line.number, settled, tuple(numbers), owner, owner_column, tuple(faults))


def read_day(cell: Cell, days_since: date = DAYS_SINCE) -> date:
    """A day as people write it: year first, or as a spreadsheet counts from `days_since`. Raises Refused DAY_UNCLEAR.

    03/04/2025 is the fourth of March to some and the third of April to others, so it is nobody's.
    """
    if isinstance(cell, date):
        return cell
    text = _text(cell)
    try:
        if found := _DAY.fullmatch(text) or _DENSE_DAY.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise Refused(DAY_UNCLEAR, text=text[:_SHOWN]) from None
    if _SERIAL.fullmatch(text):
        return days_since + timedelta(days=int(text))
    raise Refused(DAY_UNCLEAR, text=text[:_SHOWN])


def _value(known: Field, cell: Cell, days_since: date) -> Any:
    if known in (Field.BORN_ON, Field.FIRST_CONTACT_ON):
        return read_day(cell, days_since)
    text = _text(cell)
    if known in WORDS:
        code = CODE_OF[known].get(word_key(text))
        if code is None:
            raise Refused(WORD_UNKNOWN, text=text[:_SHOWN], known=_known_words(known))
        return code
    if known is Field.ID_NUMBER and _SHORTENED.fullmatch(text):
        raise Refused(NUMBER_DAMAGED, text=text)
    if len(text) > _MOST[known]:
        raise Refused(_CELL[Oddity.LONG])
    return text if known in (Field.NEEDS, Field.REMARK) else " ".join(text.split())


def _known_words(known: Field) -> str:
    return ", ".join(
        dict.fromkeys(f"{words[0]} {code}" if words[0] != code else code for code, words in WORDS[known].items())
    )


def _phones(cell: Cell) -> Sequence[str]:
    text = _text(cell)
    if _SHORTENED.fullmatch(text):
        raise Refused(NUMBER_DAMAGED, text=text)
    try:
        return [settle_phone({"number": text})["number"]]  # a slash may stand within one number
    except Refused:
        parts = [part.strip() for part in _BETWEEN_PHONES.split(text) if part.strip()]
        return [settle_phone({"number": part})["number"] for part in parts]


def _text(cell: Cell) -> str:
    return cell.isoformat() if isinstance(cell, date) else str(cell)
