"""What holds for members, their cards and who arrives. Pure: decides from values, never looks anything up.

Each rule with its source: docs/rules/membership.md.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from server.core.problems import Refused, problem_type

UID_INVALID = problem_type(
    "membership.uid-invalid",
    422,
    zh="芯片号应为 14 位十六进制数字。",
    en="A chip's number is 14 hexadecimal digits.",
)
UID_NOT_CHIP = problem_type(
    "membership.uid-not-chip",
    422,
    zh="芯片卡须填写芯片号，其他卡不填。",
    en="A chip card needs its chip's number; no other card has one.",
)
EXPIRY_PAST = problem_type(
    "membership.expiry-past",
    422,
    zh="到期日不能早于今天。",
    en="The last day may not lie in the past.",
)
CENTRE_NAME_REQUIRED = problem_type(
    "membership.centre-name-required",
    422,
    zh="请填写案场名称。",
    en="Give the sales centre's name.",
)

CARD_KINDS = ("printed", "phone", "chip")
TIERS = ("standard", "silver", "gold", "platinum")
NAME_MOST, LABEL_MOST = 60, 40

DEBOUNCE = timedelta(minutes=10)
"""The same card at the same sales centre within this time is the same arrival; the end itself is outside. Rule M7."""
STILL_WAITING = timedelta(minutes=30)
"""Who came in longer ago than this, by a reading out of a queue, is not waiting any more. Rule M8."""
BIG_JUMP = 200
"""A chip whose counter rose by more since its last tap was read elsewhere in between. Security design §2.4 A."""
_UID = re.compile(r"[0-9a-f]{14}")


def check_uid(kind: str, uid: str | None) -> str | None:
    """A chip's UID as stored: 14 lower-case hexadecimal digits. Raises Refused UID_INVALID, UID_NOT_CHIP. Rule M3."""
    if (kind == "chip") != (uid is not None):
        raise Refused(UID_NOT_CHIP, field="/uid")
    if uid is None:
        return None
    narrow = uid.replace(":", "").replace(" ", "").lower()
    if not _UID.fullmatch(narrow):
        raise Refused(UID_INVALID, field="/uid")
    return narrow


def check_expiry(expires_on: date | None, today: date) -> date | None:
    """The last day of a card; today counts. Raises Refused EXPIRY_PAST."""
    if expires_on is not None and expires_on < today:
        raise Refused(EXPIRY_PAST, field="/expires_on")
    return expires_on


def check_centre_name(name: str) -> str:
    """A sales centre's name as stored. Raises Refused CENTRE_NAME_REQUIRED when nothing is left of it."""
    text = " ".join(name.split())[:NAME_MOST]
    if not any(each.isalnum() for each in text):
        raise Refused(CENTRE_NAME_REQUIRED, field="/name")
    return text


def is_same_arrival(one: datetime, other: datetime) -> bool:
    """Whether two readings of a card at one sales centre are one arrival, in whichever order they came in. Rule M7."""
    return abs(one - other) < DEBOUNCE


def is_still_waiting(arrived_at: datetime, now: datetime) -> bool:
    """Whether somebody who came in then is taken to be waiting still. Rule M8."""
    return now - arrived_at <= STILL_WAITING
