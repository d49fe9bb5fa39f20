"""marshmallow fields for our conventions, and the base schema: unknown fields refused, faults as codes (faults.py).

The same value is refused here and by the sync protocol: texts, ids, days and ranges are judged by sync_protocol.wire.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from marshmallow import RAISE, fields, validate
from marshmallow import Schema as MarshmallowSchema

from server.core.clock import NaiveTime, day_from_text, from_text, to_text, zone_named
from server.core.faults import OURS, Length, OneOf, Pattern, Range, fault, field_errors
from server.core.field_patterns import DAY, INSTANT, text_pattern
from server.core.money import CURRENCIES, MAX_MINOR
from server.core.types import to_ms
from sync_protocol import codes, wire
from sync_protocol.ids import ID_PATTERN, is_id

__all__ = [
    "BooleanField", "CodeField", "CurrencyField", "DayField", "FunctionField", "IdField", "InstantField", "IntegerField", "Length",
    "MoneyMinorField", "OneOf", "Pattern", "QueryFlag", "QueryInteger", "Range", "Schema", "TextField",
    "ZoneField", "fault", "field_errors",
]  # fmt: skip

_STOCK_CODES = {
    "required": "required",
    "null": "null",
    "unknown": "unknown",
    "type": "not-an-object",
    "invalid_utf8": "broken-text",
    "too_large": "too-large?max=9007199254740991",
}
_STOCK_INVALID: tuple[tuple[type[fields.Field[Any]], str], ...] = (
    (fields.List, "not-a-list"),
    (fields.Dict, "not-an-object"),
    (fields.String, "not-text"),
    (fields.Integer, "not-an-integer"),
    (fields.Number, "not-a-number"),
    (fields.Boolean, "not-a-boolean"),
    (fields.DateTime, "bad-time"),
    (fields.UUID, "bad-id"),
)


def _recode(field: fields.Field[Any], owner: str) -> None:
    """Put codes in place of marshmallow's sentences, also in the fields inside a list or dict."""
    for validator in field.validators:
        if isinstance(validator, validate.Validator) and not isinstance(validator, OURS):
            raise TypeError(
                f"{owner}: {type(validator).__name__} speaks English; server.core.fields has one that does not"
            )
    invalid = next((code for kind, code in _STOCK_INVALID if isinstance(field, kind)), "invalid")
    # Ours are those that marshmallow's own Field does not have: a class without messages of its own shows that one's.
    ours = type(field).default_error_messages.keys() - fields.Field.default_error_messages.keys()
    field.error_messages = {
        key: text if isinstance(field, OurField) and key in ours else _STOCK_CODES.get(key, invalid)
        for key, text in field.error_messages.items()
    }
    if isinstance(field, fields.List):
        _recode(field.inner, owner)
    if isinstance(field, fields.Tuple):
        for inner in field.tuple_fields:
            _recode(inner, owner)
    if isinstance(field, fields.Dict):
        for part in (field.key_field, field.value_field):
            if part is not None:
                _recode(part, owner)


class Schema(MarshmallowSchema):
    """Base of all schemas. Unknown fields are refused; a subclass with a Meta of its own inherits from this one's."""

    class Meta:
        unknown = RAISE

    between: ClassVar[Mapping[str, Any]] = {}
    """What a validates_schema or an operation demands between the fields, as JSON Schema, for the OpenAPI document."""

    error_messages = {"type": "not-an-object", "unknown": "unknown"}

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        _recode(field_obj, f"{type(self).__name__}.{field_name}")


class OurField:
    """Marks the fields below, whose messages are codes already."""


class IdField(OurField, fields.Field[str]):
    """A row's id: UUID in lower case with dashes, as text."""

    default_error_messages = {"invalid": "bad-id"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"pattern": ID_PATTERN, **kwargs.pop("metadata", {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not is_id(value):
            raise self.make_error("invalid")
        text: str = value
        return text


class TextField(OurField, fields.Field[str]):
    """Text for people, NFC, at most `max` code points. Control characters are refused, tab and newline only if multiline.

    Without blank=True it must show something. What comes out is the cleaned text (sync_protocol.text), not stripped.
    """

    default_error_messages = {"invalid": "not-text", "blank": "blank", "forbidden": "forbidden-character"}

    def __init__(self, max: int, *, multiline: bool = False, blank: bool = False, **kwargs: Any) -> None:
        self.wire = wire.TEXT(max, multiline=multiline)
        self.blank = blank
        described: dict[str, Any] = {"maxLength": max, "pattern": text_pattern(multiline=multiline, blank=blank)}
        if not blank:
            described["minLength"] = 1
        super().__init__(metadata={**described, **kwargs.pop("metadata", {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            text = self.wire.check(value) or ""
        except codes.WireError as error:
            if error.code == codes.TEXT_TOO_LONG:
                raise fault("too-long", max=self.wire.max) from None
            raise self.make_error("forbidden") from None
        if not self.blank and not text.strip():
            raise self.make_error("blank")
        return text


class CodeField(OurField, fields.Field[str]):
    """One of a closed set of codes."""

    def __init__(self, choices: Iterable[str], **kwargs: Any) -> None:
        super().__init__(validate=OneOf(sorted(choices)), **kwargs)


class FunctionField(TextField):
    """The code of a function permission; which there are is in the document, and judged by who reads it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(120, **kwargs)


class IntegerField(OurField, fields.Field[int]):
    """A whole number; a text or 1.0 is none. Without bounds: what every JSON reader keeps exact."""

    default_error_messages = {"invalid": "not-an-integer"}

    def __init__(self, min: int = -wire.SAFE_INTEGER, max: int = wire.SAFE_INTEGER, **kwargs: Any) -> None:
        super().__init__(validate=Range(min, max), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid")
        return value


class MoneyMinorField(IntegerField):
    """An amount in minor units of the currency beside it."""

    def __init__(self, min: int = -MAX_MINOR, max: int = MAX_MINOR, **kwargs: Any) -> None:
        super().__init__(min, max, **kwargs)


class CurrencyField(OurField, fields.Field[str]):
    """An ISO 4217 currency code."""

    default_error_messages = {"invalid": "bad-currency"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"enum": sorted(CURRENCIES), **kwargs.pop("metadata", {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or value not in CURRENCIES:
            raise self.make_error("invalid")
        return value


class BooleanField(OurField, fields.Field[bool]):
    """true or false; 0, 1 and words are neither."""

    default_error_messages = {"invalid": "not-a-boolean"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class InstantField(OurField, fields.Field[datetime]):
    """An instant: RFC 3339 outside, aware UTC in milliseconds inside. From 2000 to the end of 2099, as on the sync wire."""

    default_error_messages = {"invalid": "bad-time", "naive": "naive-time"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"pattern": INSTANT, **kwargs.pop("metadata", {})}, **kwargs)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else to_text(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            instant = from_text(value)
        except NaiveTime:
            raise self.make_error("naive") from None
        except ValueError:
            raise self.make_error("invalid") from None
        if not wire.FIRST_INSTANT <= to_ms(instant) <= wire.LAST_INSTANT:
            raise self.make_error("invalid")
        return instant


class DayField(OurField, fields.Field[date]):
    """A calendar day of the organisation, `YYYY-MM-DD`, from 1900 to 2100."""

    default_error_messages = {"invalid": "bad-day"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"pattern": DAY, **kwargs.pop("metadata", {})}, **kwargs)

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        try:
            day = day_from_text(value) if isinstance(value, str) else None
        except ValueError:
            day = None
        if day is None or not wire.FIRST_DAY <= day.isoformat() <= wire.LAST_DAY:
            raise self.make_error("invalid")
        return day


class ZoneField(OurField, fields.Field[str]):
    """The name of an IANA time zone."""

    default_error_messages = {"invalid": "bad-zone"}

    def __init__(self, **kwargs: Any) -> None:
        about = {"minLength": 2, "maxLength": 64, **kwargs.pop("metadata", {})}
        super().__init__(metadata=about, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return zone_named(value).key if isinstance(value, str) else self._refuse()
        except ValueError:
            raise self.make_error("invalid") from None

    def _refuse(self) -> str:
        raise self.make_error("invalid")


class QueryInteger(IntegerField):
    """A whole number in an address."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if (
            not isinstance(value, str)
            or not value.isascii()
            or not value.removeprefix("-").isdecimal()
            or len(value) > 17
        ):
            raise self.make_error("invalid")
        return int(value)


class QueryFlag(BooleanField):
    """`true` or `false` in an address."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if value not in ("true", "false"):
            raise self.make_error("invalid")
        return bool(value == "true")


OPENAPI_TYPES: dict[type[fields.Field[Any]], tuple[str, str | None]] = {
    IdField: ("string", "uuid"),
    TextField: ("string", None),
    CodeField: ("string", None),
    IntegerField: ("integer", None),
    CurrencyField: ("string", None),
    BooleanField: ("boolean", None),
    InstantField: ("string", "date-time"),
    DayField: ("string", "date"),
    ZoneField: ("string", "iana-time-zone"),
}
"""How apispec describes them; server/core/api.py registers these."""

ID_SCHEMA = {"type": "string", "format": "uuid", "pattern": ID_PATTERN}
