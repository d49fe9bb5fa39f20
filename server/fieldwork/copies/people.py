"""Who takes part in a visit, or to whom something is copied: a list of people (server/accounts/people.py), settled. Pure."""

from __future__ import annotations

from server.accounts.people import PEOPLE_MOST, people_as_text, people_in
from server.core.problems import Refused, problem_type
from sync_protocol.ids import is_id

PEOPLE_INVALID = problem_type(
    "fieldwork.people-invalid",
    422,
    zh="请选择至多{most}位同事。",
    en="Choose at most {most} colleagues.",
    doc="On the sync wire a list of people is their ids with a space between.",
)


def settle_people(text: str | None, *, field: str) -> str | None:
    """The list as rows hold it; nobody is none. Raises Refused PEOPLE_INVALID at `field`."""
    words = (text or "").split()
    if len(set(words)) > PEOPLE_MOST or not all(is_id(each) for each in words):
        raise Refused(PEOPLE_INVALID, field=field, most=PEOPLE_MOST)
    return people_as_text(people_in(text))
