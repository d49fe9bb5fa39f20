"""The blueprint of /api/v1/customers, and what its views share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from server.core.api import Blueprint
from server.core.auth import current_actor, services
from server.core.fields import Schema
from server.core.i18n import Language
from server.core.paging import Cursors
from server.core.problems import Refused, problem_type
from server.core.rows import Row
from server.core.uow import UnitOfWork
from sync_protocol.merge import merge_fields

CUSTOMERS = Blueprint(
    "customers",
    __name__,
    url_prefix="/api/v1/customers",
    description="Customers, their phones, notes and timeline, and who owns them.",
)

CHANGED_MEANWHILE = problem_type(
    "customers.changed-meanwhile",
    409,
    zh="他人已修改同一字段：{fields}。",
    en="Somebody else has changed the same field meanwhile: {fields}.",
    doc="Nothing was changed. `current` is the row as it is now, `version` its version; decide again, send that as `base`.",
    extra=["version"],
)


V = TypeVar("V", bound=Callable[..., Any])


def repeated(schema: type[Schema], description: str) -> Callable[[V], V]:
    """Document the 200 of a create that was sent again; its first answer is 201."""
    made: Callable[[V], V] = CUSTOMERS.alt_response(200, schema=schema, description=description)
    return made


class ChangedMeanwhile(Refused):
    """Refused because of a clash, with the row as it is now in `params.current`."""

    def __init__(self, current: dict[str, Any], fields: list[str]) -> None:
        super().__init__(CHANGED_MEANWHILE, fields=fields, version=current["version"])
        self.errors = ()
        self.current = current

    def to_document(self, language: Language, request_id: str | None) -> dict[str, Any]:
        document = super().to_document(language, request_id)
        document["params"]["current"] = self.current
        return document


def clashing(uow: UnitOfWork, row: Row, values: dict[str, Any], base: int | None) -> list[str]:
    """Fields of `values` that another hand set after version `base`; none when the caller names no base."""
    if base is None:
        return []
    current = {name: getattr(row, name) for name in values}
    marks = getattr(row, "marks", {})
    merged = merge_fields(current, values, marks, base=base, version=row.version, writer=uow.actor.writer)
    return sorted(clash.field for clash in merged.clashes)


def today() -> date:
    """The organisation's calendar day."""
    return services().clock.now().astimezone(current_actor().timezone).date()


def cursors() -> Cursors:
    """What makes and reads the cursors of lists."""
    return Cursors(services().keys.secret("cursor"))
