"""Rows of deleting: who was deleted, and, apart from that, all that hung on him. Nothing else reads either."""

from __future__ import annotations

from typing import Annotated

from sqlalchemy import Text

from server.core.rows import Row, Scoped, index, refers, table
from server.core.types import Id, Protected
from server.customers.models import PersonName


class TakenRows(Protected):
    """Rows that were taken along, as JSON with full values; of it, the audit trail shows only how long it was."""

    impl = Text
    cache_ok = True
    kind = "rows"

    def mask(self, value: str) -> str:
        return f"({len(value)})"


@table(
    "deleted_customers",
    index("created_at", "id"),
    index("owner_id", "created_at", "id"),
    index("unit_id", "created_at", "id"),
)
class DeletedCustomer(Scoped):
    """A customer who was deleted. id: his. owner_id, unit_id, project_id: whose he was. created_at: when he was deleted."""

    name: Annotated[str, PersonName()]
    deleted_by: Annotated[str, Id()]


@table("deleted_rows", refers("id", "deleted_customers"))
class DeletedRows(Row):
    """What is needed to restore a customer, apart from who he was, so that no list reads it. id: his.

    rows: table → rows, each field → value as JSON has it; instants and days as ISO 8601.
    """

    rows: Annotated[str, TakenRows()]


@table("deleted_merged_customers", refers("into_id", "deleted_customers"), index("into_id"))
class DeletedMergedCustomer(Row):
    """A customer who had gone into one who is deleted now. id: his. into_id: the one who stands for him once he is restored."""

    into_id: Annotated[str, Id()]
