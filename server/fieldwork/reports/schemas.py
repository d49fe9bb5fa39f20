"""What the office sends and gets about work reports; as schemas.py of the area."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from server.core.fields import CodeField, DayField, IdField, InstantField, IntegerField, Schema, TextField
from server.core.page_schemas import PageQuery
from server.fieldwork.reports import models
from server.fieldwork.reports.queries import Box
from server.fieldwork.reports.rules import TOPICS, ReportKind, ReportState

_KINDS = [each.value for each in ReportKind]
_MINTED = {"description": "Minted by the caller, so that sending again makes nothing twice."}
_FACTS = {
    "description": "What happened in its days by the last sending: numbers, and ids of visits, customers and questions."
}


def _text() -> TextField:
    return TextField(models.REPORT_MOST, multiline=True, blank=True, allow_none=True)


def _topic() -> TextField:
    words = f"{', '.join(f'`{each}`' for each in TOPICS)}, or a word of one's own."
    return TextField(
        models.TOPIC_MOST, blank=True, allow_none=True, metadata={"description": words, "example": "market"}
    )


class ReportOut(Schema):
    """A work report."""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        return getattr(obj if attr == "read_revision" else obj.report, attr, default)

    id = IdField(required=True)
    version = IntegerField(required=True)
    owner_id = IdField(required=True)
    unit_id = IdField(required=True)
    kind = CodeField(_KINDS, required=True)
    period_on = DayField(required=True, metadata={"description": "Its first day; of a week the Monday."})
    topic = fields.String(required=True, allow_none=True, metadata={"example": "market"})
    summary = fields.String(required=True, allow_none=True)
    problems = fields.String(required=True, allow_none=True)
    next_plan = fields.String(required=True, allow_none=True)
    facts = fields.Dict(required=True, metadata=_FACTS)
    state = CodeField([each.value for each in ReportState], required=True)
    sent_at = InstantField(required=True, allow_none=True)
    revision = IntegerField(required=True, metadata={"description": "0 for a draft; rises with each change after."})
    named_ids = fields.List(IdField(), required=True)
    reader_ids = fields.List(IdField(), required=True)
    read_revision = IntegerField(
        required=True,
        allow_none=True,
        metadata={"description": "The newest the caller has read, 0 for none; null when it is not sent to him."},
    )
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)


class ReportQuery(PageQuery):
    """Query of the list of reports."""

    box = CodeField(
        [each.value for each in Box],
        load_default=Box.RECEIVED.value,
        metadata={"description": "Sent to the caller, his own, or sent by people within his reach."},
    )
    owner_id = IdField()
    kind = CodeField(_KINDS)
    topic = TextField(models.TOPIC_MOST, metadata={"example": "market"})
    first_on = DayField(data_key="from")
    last_on = DayField(data_key="to")


class MissingQuery(PageQuery):
    """Whose report is asked for."""

    kind = CodeField(_KINDS, load_default=ReportKind.DAILY.value)
    on = DayField(required=True, metadata={"description": "Any day of the report."})


class MissingOut(Schema):
    """Somebody whose report has not come."""

    user_id = IdField(required=True)
    name = fields.String(required=True)
    unit_id = IdField(required=True)


class ReportIn(Schema):
    """A report to begin, of oneself."""

    id = IdField(metadata=_MINTED)
    kind = CodeField(_KINDS, required=True)
    period_on = DayField(required=True, metadata={"description": "Of a weekly report any day of the week."})
    topic = _topic()
    summary = _text()
    problems = _text()
    next_plan = _text()


class ReportPatch(Schema):
    """What to change."""

    topic = _topic()
    summary = _text()
    problems = _text()
    next_plan = _text()
    base = IntegerField(1)


class AddressIn(Schema):
    """Who is to read it too."""

    reader_id = IdField(required=True)


class ReadIn(Schema):
    """What has been read."""

    revision = IntegerField(1, required=True)


class ReaderOut(Schema):
    """Somebody who is to read a report."""

    reader_id = IdField(required=True)
    read_revision = IntegerField(required=True, metadata={"description": "The newest he has read, 0 for none."})
    read_at = InstantField(required=True, allow_none=True)


class ReadersOut(Schema):
    """All who are to read a report."""

    items = fields.List(fields.Nested(ReaderOut), required=True)


class RevisionOut(Schema):
    """What a report said at one of its revisions."""

    id = IdField(required=True)
    revision = IntegerField(required=True)
    topic = fields.String(required=True, allow_none=True, metadata={"example": "market"})
    summary = fields.String(required=True, allow_none=True)
    problems = fields.String(required=True, allow_none=True)
    next_plan = fields.String(required=True, allow_none=True)
    facts = fields.Dict(required=True, metadata=_FACTS)
    created_at = InstantField(required=True)


class RemarkIn(Schema):
    """What to say about a report."""

    id = IdField(metadata=_MINTED)
    text = TextField(models.REMARK_MOST, multiline=True, required=True)


class RemarkOut(Schema):
    """What somebody said about a report."""

    id = IdField(required=True)
    report_id = IdField(required=True)
    text = fields.String(required=True)
    written_by = IdField(required=True)
    written_at = InstantField(required=True, metadata={"description": "A device's claim; created_at orders."})
    created_at = InstantField(required=True)
