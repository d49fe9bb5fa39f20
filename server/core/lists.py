"""A page of a list, for views: the cursor is read, the rows are, and the next cursor is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from server.core.auth import current_actor, reading, services
from server.core.paging import Cursors

Read = Callable[[Connection, Any], tuple[Sequence[Any], Sequence[Any] | None]]
"""Given the place where the page before ended, the rows of this one and the place where it ends; None after the last."""


def page_answer(
    name: str, filters: dict[str, Any], cursor: str | None, kinds: Sequence[type], read: Read
) -> dict[str, Any]:
    """`{items, next}` of the list of that name under these filters. kinds: the types of a place's parts.

    Raises Refused BAD_CURSOR.
    """
    cursors = Cursors(services().keys.secret("cursor"))
    scope = [name, current_actor().org_id, *(f"{each}={filters[each]}" for each in sorted(filters))]
    after = cursors.decode(scope, cursor, *kinds)
    with reading() as connection:
        items, place = read(connection, after)
    return {"items": items, "next": None if place is None else cursors.encode(scope, place)}
