"""Schemas of lists by pages: what every list is asked with and answers. The cursor itself: paging.py."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import QueryInteger, Schema, TextField
from server.core.paging import DEFAULT_LIMIT, MAX_CURSOR_CHARS, MAX_LIMIT


class PageQuery(Schema):
    """Query of a list. A list with filters derives its query from this: one schema reads the whole query."""

    cursor = TextField(
        MAX_CURSOR_CHARS,
        metadata={
            "description": "`next` of the page before; without it, the first page.",
            "pattern": "^[A-Za-z0-9_-]+$",
        },
    )
    limit = QueryInteger(1, MAX_LIMIT, load_default=DEFAULT_LIMIT, metadata={"description": "Rows on one page."})


def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of one page: `{items, next}`, next being null on the last page."""
    name = item.__name__.removesuffix("Schema") + "Page"
    page: type[Schema] = type(
        name,
        (Schema,),
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(required=True, allow_none=True, metadata={"description": "Cursor of the next page."}),
        },
    )
    return page
