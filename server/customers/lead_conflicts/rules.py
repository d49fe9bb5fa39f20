"""Who of two was first, as far as clocks can say, and what may be ruled. Pure. Source: docs/rules/customers.md, R3 and R4."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.core.problems import Refused, problem_type

CONFLICT_SETTLED = problem_type(
    "customers.conflict-settled",
    409,
    zh="该撞单已有结果，您的判定没有生效。",
    en="This lead conflict is settled already; your ruling was not made.",
    doc="Somebody else ruled, or a handover gave both customers to one owner. `state` and `owner_id` say what holds.",
    extra=["state", "owner_id"],
)
CONFLICT_BEYOND_REACH = problem_type(
    "customers.conflict-beyond-reach",
    403,
    zh="两位客户须都在您的管理范围内，才能判定；请由上级判定。",
    en="You have to reach both customers to rule; someone with a wider scope has to do it.",
)
CONFLICT_OF_ONESELF = problem_type(
    "customers.conflict-of-oneself",
    403,
    zh="您是其中一方，不能自行判定。",
    en="One of the customers is yours; somebody else has to rule.",
)


class ConflictState(StrEnum):
    """The states of a lead conflict, as stored. closed: a handover gave both to one owner. dismissed: not the same person."""

    OPEN = "open"
    RULED = "ruled"
    DISMISSED = "dismissed"
    CLOSED = "closed"


class Chosen(StrEnum):
    """One of the two sides."""

    FIRST = "first"
    SECOND = "second"


class Because(StrEnum):
    """Why a side is proposed, or none is. unplaced: a time cannot be checked, or cannot be true."""

    EARLIER = "earlier"
    TOO_NEAR = "too-near"
    UNPLACED = "unplaced"


PERCENT_MOST = 99
"""Of a co-owner: the owner keeps a share too."""


@dataclass(frozen=True, slots=True)
class Met:
    """When a customer was met: by the server's clock, give or take `doubt`. at: None when nobody can say."""

    at: datetime | None
    doubt: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The side whose owner should have both; None leaves it to the supervisor."""

    side: Chosen | None
    because: Because


def propose(first: Met, second: Met) -> Proposal:
    """Whoever met him first, if the two times are further apart than both their doubts together. Source: rule R3."""
    if first.at is None or second.at is None:
        return Proposal(None, Because.UNPLACED)
    if abs(first.at - second.at) <= first.doubt + second.doubt:
        return Proposal(None, Because.TOO_NEAR)
    return Proposal(Chosen.FIRST if first.at < second.at else Chosen.SECOND, Because.EARLIER)


def shares_of(other_percent: int | None) -> tuple[int, int]:
    """What the owner and the other one get of the deal; together 100. other_percent: 1 to PERCENT_MOST, or None for none."""
    other = other_percent or 0
    return 100 - other, other


def check_no_side(user_id: str, owner_ids: Collection[str]) -> None:
    """Raise Refused CONFLICT_OF_ONESELF when somebody would settle a conflict about a customer of his own."""
    if user_id in owner_ids:
        raise Refused(CONFLICT_OF_ONESELF)


def check_open(state: str, owner_id: str | None) -> None:
    """Raise Refused CONFLICT_SETTLED unless the conflict is open. owner_id: whose both are by now, if they are one's."""
    if state != ConflictState.OPEN:
        raise Refused(CONFLICT_SETTLED, state=state, owner_id=owner_id)
