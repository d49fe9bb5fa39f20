"""What the office sends and gets about imports."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import BooleanField, CodeField, IdField, InstantField, IntegerField, Length, Schema, TextField
from server.core.page_schemas import PageQuery
from server.core.sheet_answers import SheetQuery
from server.customers import rules
from server.customers.imports.columns import Field
from server.customers.imports.merged_areas import MAX_COLUMNS
from server.customers.imports.models import NAME_MOST, OUTCOMES
from server.customers.imports.queries import STATES

FIELDS = tuple(each.value for each in Field)


class ImportName(Schema):
    """What the file is called."""

    name = TextField(
        NAME_MOST, required=True, metadata={"description": "Of the file, for people.", "example": "客户.xlsx"}
    )


class ImportColumnOut(Schema):
    """A column of the file."""

    place = IntegerField(required=True, metadata={"description": "From 0.", "example": 0})
    title = fields.String(required=True, allow_none=True, metadata={"example": "姓名"})
    samples = fields.List(
        fields.String(allow_none=True, metadata={"example": "王小明"}),
        required=True,
        metadata={"description": "Of the first rows."},
    )
    field = CodeField(FIELDS, required=True, allow_none=True, metadata={"description": "What it is taken for."})


class ImportOut(Schema):
    """An import: a list that was handed in, and what became of it."""

    id = IdField(required=True)
    name = fields.String(required=True, metadata={"example": "客户.xlsx"})
    size = IntegerField(required=True, metadata={"description": "Bytes."})
    encoding = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Of a CSV, as it was found out; `xlsx` of a workbook.", "example": "gb18030"},
    )
    state = CodeField(STATES, required=True, metadata={"description": "tried: the answers of a trial are there."})
    is_trial = BooleanField(required=True)
    job_id = IdField(required=True, allow_none=True, metadata={"description": "The work, to be cancelled there."})
    new_owner_id = IdField(required=True, allow_none=True)
    source = CodeField(rules.SOURCES, required=True, allow_none=True)
    columns = fields.List(fields.Nested(ImportColumnOut), required=True)
    total = IntegerField(required=True, allow_none=True, metadata={"description": "About how many rows there are."})
    answered = IntegerField(required=True)
    created = IntegerField(required=True)
    duplicates = IntegerField(required=True)
    refused = IntegerField(required=True)
    created_at = InstantField(required=True)


class ImportColumnIn(Schema):
    """What a column means."""

    place = IntegerField(0, MAX_COLUMNS - 1, required=True, metadata={"example": 0})
    field = CodeField(FIELDS, required=True)


class ImportStart(Schema):
    """How to take it in."""

    columns = fields.List(
        fields.Nested(ImportColumnIn),
        required=True,
        validate=Length(min=1, max=MAX_COLUMNS),
        metadata={
            "description": "Columns that are not named are left out.",
            "example": [{"place": 0, "field": "name"}],
        },
    )
    is_trial = BooleanField(load_default=False, metadata={"description": "Answer each row, make no customer."})
    new_owner_id = IdField(
        allow_none=True, metadata={"description": "Of rows that name nobody; the caller unless told."}
    )
    source = CodeField(rules.SOURCES, allow_none=True, metadata={"description": "Of rows that name none."})


class ImportFault(Schema):
    """What is wrong with a row."""

    code = fields.String(
        required=True,
        metadata={"description": "Stable; see the catalogue of problems.", "example": "customers.import-day"},
    )
    column = IntegerField(required=True, allow_none=True)
    params = fields.Dict(keys=fields.String(), required=True, metadata={"example": {"text": "03/04/2025"}})
    detail = fields.String(
        required=True,
        metadata={"description": "For people, in the caller's language.", "example": "“03/04/2025” is no clear date."},
    )


class ImportAnswerOut(Schema):
    """What became of a row."""

    number = IntegerField(required=True, metadata={"description": "As a spreadsheet counts.", "example": 7})
    outcome = CodeField(OUTCOMES, required=True)
    customer_id = IdField(required=True, allow_none=True, metadata={"description": "Whom it made, or who was there."})
    customer_name = fields.String(
        required=True, allow_none=True, metadata={"description": "His name, within reach.", "example": "王小明"}
    )
    owner_name = fields.String(
        required=True, allow_none=True, metadata={"description": "Whose he is, beyond reach too.", "example": "王磊"}
    )
    faults = fields.List(fields.Nested(ImportFault), required=True)


class ImportAnswerQuery(PageQuery):
    """Which rows."""

    outcome = CodeField(OUTCOMES)


class ImportFileQuery(SheetQuery):
    """Which rows, and as which kind of file."""

    outcome = CodeField(OUTCOMES, load_default="refused")
