"""What the views of the member club share: pages of lists, and creates that are sent again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, services
from server.core.fields import Schema
from server.core.paging import Cursors
from server.core.sync_problems import SYNC_PROBLEMS
from server.membership.card_keys import CardKeys
from server.membership.queries import Filters, scope_of

REUSED_ID = SYNC_PROBLEMS["sync.reused-row-id"]
V = TypeVar("V", bound=Callable[..., Any])


def page(
    name: str, filters: Filters, cursor: str | None, read: Callable[[Connection, Any], tuple[Any, Any]]
) -> dict[str, Any]:
    """One page of the list of that name. read: given the place of the page before, its lines and the place they end at."""
    cursors = Cursors(services().keys.secret("cursor"))
    scope = [name, current_actor().org_id, *scope_of(filters)]
    after = cursors.decode(scope, cursor, int, str)
    with reading() as connection:
        lines, key = read(connection, after)
    return {"items": lines, "next": None if key is None else cursors.encode(scope, key)}


def repeated(blueprint: Blueprint, schema: type[Schema]) -> Callable[[V], V]:
    """Document the 200 of a create that was sent again; its first answer is 201."""
    description = "It was made before, by the same request."
    made: Callable[[V], V] = blueprint.alt_response(200, schema=schema, description=description)
    return made


def card_keys() -> CardKeys:
    """The keys of cards of this installation."""
    return CardKeys.of(services().keys)
