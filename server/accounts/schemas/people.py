"""The field that holds a list of people."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from server.accounts.people import PEOPLE_MOST, people_as_text, people_in
from server.core.fields import IdField, Length


class PeopleField(fields.List[str]):
    """A list of people's ids; in rows, text with a space between."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(IdField(), validate=Length(max=PEOPLE_MOST), **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> list[Any] | None:
        return super()._serialize(people_in(value), attr, obj, **kwargs)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        found = super().deserialize(value, attr, data, **kwargs)
        return people_as_text(found) if isinstance(found, list) else found
