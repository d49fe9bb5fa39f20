"""What holds for receptions: the words of the sheet, and when one was, as far as clocks can say. Pure.

Source: docs/rules/customers.md, R1 and R2.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from server.core.clock import DeviceClock
from server.core.problems import Refused, problem_type
from server.customers.lead_conflicts.rules import Met

RECEIVED_IN_FUTURE = problem_type(
    "customers.received-in-future",
    422,
    zh="接待时间不能晚于现在。",
    en="The reception may not lie in the future.",
)

IMPRESSION_OF_ANOTHER = problem_type(
    "customers.impression-of-another",
    403,
    zh="这是同事的接待印象，只有本人可以修改。",
    en="This is a colleague's impression; only who had it may change it.",
)

CHANNELS = ("visit", "call", "outside", "online")
"""He came to us, he called, we met him elsewhere, he wrote."""
AREAS = ("under_70", "from_70", "from_90", "from_120", "from_144", "from_180")
"""Square metres that he looks for, by the lower bound of the band."""
ORIENTATIONS = ("south", "south_north", "east", "west", "north", "any")
FLOORS = ("low", "middle", "high", "top", "any")
INCOMES = ("under_100", "from_100", "from_200", "from_500", "from_1000")
"""Of the household, in thousands a year, by the lower bound of the band."""
PLACE_MOST, SUGGESTIONS_MOST, IMPRESSION_MOST = 100, 1000, 1000

CLOCK_DOUBT = timedelta(minutes=2)
"""What two clocks may differ by and still be called right: transport, and a person who writes down what was a moment ago."""


def place(claimed: datetime, *, made_at: datetime, clock: DeviceClock | None, now: datetime) -> Met:
    """When something was that a device claims, by the server's clock. Source: rule R2.

    claimed: when it was, made_at: when it was written down, both by the device's clock. clock: what is known of that;
    None for the office, which is right. What was written down later than it was is from memory, and that much in doubt.
    Nobody can say when it was if it was not written down between the last exchange and its arrival.
    """
    remembered = max(made_at - claimed, timedelta(0))
    if clock is None:
        return Met(claimed, remembered) if claimed <= now else Met(None)
    if clock.behind is None:
        return Met(None)
    behind = clock.behind if clock.before_behind is None else clock.before_behind
    moved = abs(clock.behind - behind)  # somebody or something set the clock since; nobody knows when
    tolerance = CLOCK_DOUBT + moved
    written, at = made_at + behind, claimed + behind
    since = clock.enrolled_at if clock.before_at is None else clock.before_at
    if not (since - tolerance <= written <= now + tolerance and at <= now + tolerance):
        return Met(None)
    return Met(min(at, now), tolerance + remembered)


def check_received(received_at: datetime, now: datetime) -> datetime:
    """When the office says that he was received. Raises Refused RECEIVED_IN_FUTURE."""
    if received_at > now:
        raise Refused(RECEIVED_IN_FUTURE, field="/received_at")
    return received_at
