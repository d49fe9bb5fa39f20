"""What the views of field work share: pages of lists, repeated creates, and edits on an old version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, services
from server.core.fields import Schema
from server.core.paging import Cursors
from server.core.problems import STALE, Refused
from server.core.rows import Row
from server.core.sync_problems import SYNC_PROBLEMS
from server.core.uow import UnitOfWork
from server.fieldwork.queries import scope_of
from sync_protocol.merge import merge_fields

REUSED_ID = SYNC_PROBLEMS["sync.reused-row-id"]
V = TypeVar("V", bound=Callable[..., Any])


def cursors() -> Cursors:
    """What makes and reads the cursors of lists."""
    return Cursors(services().keys.secret("cursor"))


def page(
    name: str, filters: Any, cursor: str | None, read: Callable[[Connection, Any], tuple[Any, Any]]
) -> dict[str, Any]:
    """One page of the list of that name. read: given the place of the page before, its lines and the place they end at."""
    scope = [name, current_actor().org_id, *scope_of(filters)]
    after = cursors().decode(scope, cursor, str, str)
    with reading() as connection:
        lines, key = read(connection, after)
    return {"items": lines, "next": None if key is None else cursors().encode(scope, key)}


def repeated(blueprint: Blueprint, schema: type[Schema]) -> Callable[[V], V]:
    """Document the 200 of a create that was sent again; its first answer is 201."""
    description = "It was made before, by the same request."
    made: Callable[[V], V] = blueprint.alt_response(200, schema=schema, description=description)
    return made


def refuse_unless_same(uow: UnitOfWork, row: Row, values: Mapping[str, Any], maker_id: str) -> None:
    """Raise Refused REUSED_ID unless the row that has this id is what the caller would make. values: settled."""
    same = all(getattr(row, name) == value for name, value in values.items() if value is not None)
    if maker_id != uow.actor.user_id or not same:
        raise Refused(REUSED_ID)


def refuse_stale(uow: UnitOfWork, row: Row, values: Mapping[str, Any], base: int | None) -> None:
    """Raise Refused STALE when another hand has set one of these fields, otherwise, after version `base`.

    values: settled.
    """
    if base is None:
        return
    current = {name: getattr(row, name) for name in values}
    marks = getattr(row, "marks", {})
    merged = merge_fields(current, values, marks, base=base, version=row.version, writer=uow.actor.writer)
    if merged.clashes:
        raise Refused(STALE, field=f"/{merged.clashes[0].field}", version=row.version)
