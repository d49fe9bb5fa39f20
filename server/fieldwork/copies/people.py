"""A list of people in one field: their ids in order, a space between. Pure.

One field, because who takes part is said as a whole and merges as a whole; text, because devices send plain values.
"""

from __future__ import annotations

from server.core.problems import Refused, problem_type
from sync_protocol.ids import is_id

PEOPLE_MOST = 20
PEOPLE_LENGTH = PEOPLE_MOST * 37
PEOPLE_INVALID = problem_type(
    "fieldwork.people-invalid",
    422,
    zh="请选择至多{most}位同事。",
    en="Choose at most {most} colleagues.",
    doc="On the sync wire a list of people is their ids with a space between.",
)


def people_in(text: str | None) -> list[str]:
    """The ids of a list, in order. Words that are no ids are left out."""
    return sorted({each for each in (text or "").split() if is_id(each)})


def settle_people(text: str | None, *, field: str) -> str | None:
    """The list as rows hold it; nobody is none. Raises Refused PEOPLE_INVALID at `field`."""
    words = (text or "").split()
    if len(set(words)) > PEOPLE_MOST or not all(is_id(each) for each in words):
        raise Refused(PEOPLE_INVALID, field=field, most=PEOPLE_MOST)
    return " ".join(people_in(text)) or None
