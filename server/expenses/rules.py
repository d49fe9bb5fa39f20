"""What a claim has to show, what looks like it was claimed before, and how it is booked. Pure: values in, values out.

Steps: transitions.py. Source of each rule: docs/rules/expenses.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from server.core.problems import ProblemType, Refused, problem_type

LINES_MISSING = problem_type(
    "expenses.lines-missing",
    422,
    zh="报销单没有明细。",
    en="The claim has no lines.",
)
LINES_TOO_MANY = problem_type(
    "expenses.lines-too-many",
    422,
    zh="一份报销单最多 {most} 行。",
    en="A claim has at most {most} lines.",
)
RECORD_MISSING = problem_type(
    "expenses.record-missing",
    422,
    zh="报销单须关联客户或拜访记录。",
    en="A claim has to name a customer or a visit.",
    doc="Rule (a) of domain row 76: one line at least has a customer_id or a visit_id.",
    extra=["line_id"],
)
PROGRESS_MISSING = problem_type(
    "expenses.progress-missing",
    422,
    zh="与客户有关的费用须填写真实进展。",
    en="An expense for a customer states the real progress.",
    doc="Rule (b) of domain row 76. `line_id` names the line, `field` the field.",
    extra=["line_id"],
)
KEY_VALUE_MISSING = problem_type(
    "expenses.key-value-missing",
    422,
    zh="与客户有关的费用须填写关键价值。",
    en="An expense for a customer states its key value.",
    doc="Rule (b) of domain row 76. `line_id` names the line, `field` the field.",
    extra=["line_id"],
)
EVENT_MISSING = problem_type(
    "expenses.event-missing",
    422,
    zh="销售行动的费用须关联对应的拜访。",
    en="An expense of a sales action names its visit.",
    doc="Rule (c) of domain row 76: the visit has begun or is done. `line_id` names the line, `field` the field.",
    extra=["line_id"],
)
SPENT_IN_FUTURE = problem_type(
    "expenses.spent-in-future",
    422,
    zh="费用日期不能晚于今天。",
    en="An expense cannot lie in the future.",
    extra=["line_id"],
)
RECEIPT_FORM = problem_type(
    "expenses.receipt-form",
    422,
    zh="票据校验值应为 64 位十六进制 SHA-256。",
    en="A receipt is named by its SHA-256: 64 hexadecimal digits.",
)

LINES_MOST = 100
AMOUNT_MOST = 10_000_000_000
"""Minor units of one line: a hundred lines stay far within what every JSON reader keeps exact."""


class LineKind(StrEnum):
    """What the money was spent on, as stored."""

    HOTEL = "hotel"
    MEAL = "meal"
    GIFT = "gift"
    TAXI = "taxi"
    TRAVEL = "travel"
    FUEL = "fuel"
    PARKING = "parking"
    COMMUNICATION = "communication"
    OFFICE = "office"
    OTHER = "other"


FOR_CUSTOMERS = frozenset({LineKind.HOTEL, LineKind.MEAL, LineKind.GIFT})
"""Kinds that are for a customer by their nature; a line of any other kind is when it names one."""
SALES_ACTIONS = frozenset({LineKind.TAXI, LineKind.TRAVEL, LineKind.FUEL, LineKind.PARKING})
"""Kinds that are part of a sales action."""


@dataclass(frozen=True, slots=True)
class Spent:
    """A line as rules see it. has_event: its visit has begun or is done. spent_for_id: the customer, by himself or the visit's.

    similar: pictures that look like the line's receipt, by hash.
    """

    id: str
    kind: str
    amount_minor: int
    spent_on: date
    customer_id: str | None = None
    visit_id: str | None = None
    has_event: bool = False
    progress: str | None = None
    key_value: str | None = None
    receipt_sha256: str | None = None
    spent_for_id: str | None = None
    owner_id: str = ""
    claim_id: str = ""
    similar: frozenset[str] = frozenset()


def check_claim(lines: Sequence[Spent], *, today: date) -> int:
    """What the lines come to, in minor units, when they may be submitted. today: of the organisation.

    Raises Refused LINES_MISSING, LINES_TOO_MANY, and as check_line and check_record do. Source: rule E2.
    """
    if not lines:
        raise Refused(LINES_MISSING, field="/lines")
    if len(lines) > LINES_MOST:
        raise Refused(LINES_TOO_MANY, field="/lines", most=LINES_MOST)
    for line in lines:
        if line.spent_on > today + timedelta(days=1):  # a phone may be a zone ahead
            raise _at(SPENT_IN_FUTURE, line, "spent_on")
        check_line(line)
    check_record(lines)
    return sum(line.amount_minor for line in lines)


def check_record(lines: Sequence[Spent]) -> None:
    """Rule (a): a claim names a customer or a visit. Raises Refused RECORD_MISSING at the first line."""
    if not any(line.customer_id or line.visit_id for line in lines):
        raise _at(RECORD_MISSING, lines[0], "customer_id")


def check_line(line: Spent) -> None:
    """Rules (b) and (c), each with its field. Raises Refused PROGRESS_MISSING, KEY_VALUE_MISSING, EVENT_MISSING."""
    if line.kind in FOR_CUSTOMERS or line.customer_id is not None:
        if not line.progress:
            raise _at(PROGRESS_MISSING, line, "progress")
        if not line.key_value:
            raise _at(KEY_VALUE_MISSING, line, "key_value")
    if line.kind in SALES_ACTIONS and not line.has_event:
        raise _at(EVENT_MISSING, line, "visit_id")


def _at(problem: ProblemType, line: Spent, field: str) -> Refused:
    return Refused(problem, field=f"/lines/{line.id}/{field}", line_id=line.id)


class FlagKind(StrEnum):
    """Why somebody should look twice. Never a reason to refuse (rule E5)."""

    SAME_RECEIPT = "same_receipt"
    SIMILAR_RECEIPT = "similar_receipt"
    LOOK_ALIKE = "look_alike"


@dataclass(frozen=True, slots=True)
class Flag:
    """A line looks like another one. by_other: that one is a colleague's."""

    kind: FlagKind
    line_id: str
    other_line_id: str
    other_claim_id: str
    other_owner_id: str
    by_other: bool


def flags_of(line: Spent, others: Iterable[Spent]) -> list[Flag]:
    """What a line has in common with lines of other claims, and with others of its own, in their order. Source: rule E5."""
    found = []
    for other in others:
        if other.id == line.id:
            continue
        kind = _likeness(line, other)
        if kind is not None:
            by_other = other.owner_id != line.owner_id
            found.append(Flag(kind, line.id, other.id, other.claim_id, other.owner_id, by_other))
    return found


def _likeness(line: Spent, other: Spent) -> FlagKind | None:
    if line.receipt_sha256 is not None and line.receipt_sha256 == other.receipt_sha256:
        return FlagKind.SAME_RECEIPT
    if other.receipt_sha256 in line.similar:
        return FlagKind.SIMILAR_RECEIPT
    same = (line.kind, line.amount_minor, line.spent_on) == (other.kind, other.amount_minor, other.spent_on)
    if not same:
        return None
    together = line.spent_for_id is not None and line.spent_for_id == other.spent_for_id
    return FlagKind.LOOK_ALIKE if together or line.owner_id == other.owner_id else None


class Effect(StrEnum):
    """What a claim does to the books. Each once in each round of a claim."""

    APPROVED = "approved"
    VOIDED = "voided"
    REIMBURSED = "reimbursed"


PAYABLE, BANK = "payable.staff", "bank"


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of a journal entry: what an account gains (debit, positive) or gives (credit, negative), in minor units."""

    account: str
    amount_minor: int


def postings_of(effect: Effect, spent: Iterable[tuple[str, int]]) -> list[Posting]:
    """The lines of an entry, by account; they sum to zero. spent: (kind of line, minor units). Source: rule E7.

    approved: the expense, owed to the person. voided: the opposite. reimbursed: no longer owed, paid by the bank.
    """
    by_kind: Counter[str] = Counter()
    for kind, amount_minor in spent:
        by_kind[kind] += amount_minor
    total = sum(by_kind.values())
    if effect is Effect.REIMBURSED:
        return [Posting(PAYABLE, total), Posting(BANK, -total)]
    booked = [
        *(Posting(f"expense.{kind}", amount) for kind, amount in sorted(by_kind.items())),
        Posting(PAYABLE, -total),
    ]
    return booked if effect is Effect.APPROVED else [Posting(each.account, -each.amount_minor) for each in booked]
