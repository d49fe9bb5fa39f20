"""Rows of merging: where a customer went who is one with another by now."""

from __future__ import annotations

from typing import Annotated

from server.core.rows import Row, index, refers, table
from server.core.types import Id
from server.customers.models import PersonName


@table("merged_customers", refers("into_id", "customers"), index("into_id", "created_at", "id"))
class MergedCustomer(Row):
    """A customer who went into another. id: his. into_id: who stands for him now, also after that one was merged in turn.

    name: his, and owner_id whose he was, at that moment. merged_by: whose deed it was.
    """

    into_id: Annotated[str, Id()]
    name: Annotated[str, PersonName()]
    owner_id: Annotated[str, Id()]
    merged_by: Annotated[str, Id()]
