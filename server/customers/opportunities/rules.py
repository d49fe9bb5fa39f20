"""What holds for opportunities and the funnel. Pure: decides from values, never looks anything up.

Each rule with its source: docs/rules/opportunities.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from server.core.i18n import Text
from server.core.problems import Refused, problem_type

OPPORTUNITY_CLOSED = problem_type(
    "customers.opportunity-closed",
    409,
    zh="该商机已成交或流失。",
    en="This opportunity is already won or lost.",
    doc="What was confirmed first stays. Reopen it to go on.",
)
STAGE_UNKNOWN = problem_type(
    "customers.funnel-stage-unknown",
    422,
    zh="销售漏斗中没有这个阶段，或已停用。",
    en="The funnel has no such stage, or it is no longer in use.",
)
STAGE_TAKEN = problem_type(
    "customers.funnel-stage-taken",
    409,
    zh="已有代码为“{code}”的阶段。",
    en="There is a stage of the code “{code}” already.",
)
LAST_STAGE = problem_type(
    "customers.funnel-last-stage",
    409,
    zh="销售漏斗至少要有一个启用的阶段。",
    en="The funnel needs at least one stage that is in use.",
)

TITLE_MOST, STEP_MOST, CONTACT_MOST = 120, 500, 2000
COMPETITOR_MOST, CLOSING_MOST, STAGE_NAME_MOST, CODE_MOST = 60, 500, 40, 40
AMOUNT_MOST = 10**13
"""Minor units. A hundred times as much is still a number that every JSON reader keeps exact, so devices can multiply."""


class OpportunityState(StrEnum):
    """The states of an opportunity, as stored."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the funnel. Its names are what people typed. probability: percent of those who come so far that buy."""

    code: str
    name_zh: str
    name_en: str
    probability: int
    position: int
    is_active: bool = True


SEEDS = (
    Stage("lead", "线索", "Lead", 10, 1),
    Stage("follow_up", "商务跟进", "Business follow-up", 20, 2),
    Stage("requirement", "需求确认", "Requirement", 30, 3),
    Stage("proposal", "方案", "Proposal", 50, 4),
    Stage("tender", "招标", "Tender", 60, 5),
    Stage("bid", "投标", "Bid", 70, 6),
    Stage("sign", "签约", "Signing", 90, 7),
)
"""What an organisation begins with. Source: domain row 61; the percentages as row 50 means them (10, 50, 70)."""

RANKING = Text(
    "按“成交概率 × 金额”从高到低排列，取每位客户最好的一个在谈商机；相同时，较新的商机在前。",
    "By win probability × amount, the highest first, with each customer's best open opportunity; of equals the newer first.",
)
"""How the ranking says what it goes by. Source: rule O4."""


def weighted(amount_minor: int | None, probability: int) -> int:
    """What an opportunity is worth now, in whole minor units, rounded down; one without an amount is worth nothing yet."""
    return (amount_minor or 0) * probability // 100


def check_open(state: str) -> None:
    """Raise Refused OPPORTUNITY_CLOSED unless it is open. Source: rule O1."""
    if state != OpportunityState.OPEN:
        raise Refused(OPPORTUNITY_CLOSED)


def stages_when_won(stage: str) -> tuple[str, ...]:
    """The stages a customer passes through when an opportunity of his is won; none when his own stays.

    A dead customer is negotiated with first, as by hand (rule C6). Source: rule O3.
    """
    if stage == "won":
        return ()
    return ("negotiating", "won") if stage == "dead" else ("won",)


def stages_when_reopened(stage: str, *, other_won: bool) -> tuple[str, ...]:
    """The same when one that was won is opened again: a sale that is taken back is talked about again.

    other_won: he has another one that is won.
    """
    return ("negotiating",) if stage == "won" and not other_won else ()


def check_stage(found: Stage | None, *, from_device: bool) -> Stage:
    """The stage, if an opportunity may come into it. Raises Refused STAGE_UNKNOWN at /stage_code.

    One that is no longer in use is still taken from a device, which could not know. Source: rule O2.
    """
    if found is None or not (found.is_active or from_device):
        raise Refused(STAGE_UNKNOWN, field="/stage_code")
    return found
