"""Fields and the base schema: what is taken, what comes out, and that faults are codes with pointers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields, validate, validates_schema

from server.core.faults import fault, field_errors
from server.core.fields import (
    BooleanField,
    CodeField,
    CurrencyField,
    DayField,
    IdField,
    InstantField,
    IntegerField,
    Length,
    MoneyMinorField,
    Pattern,
    QueryFlag,
    QueryInteger,
    Schema,
    TextField,
    ZoneField,
)
from server.core.i18n import FIELD_TEXTS
from server.core.page_schemas import page_of
from server.core.problems import FieldError
from sync_protocol import wire

ID = "018f2f2e-0000-7000-8000-000000000001"


def faults(schema: Schema, data: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        schema.load(data)
    return [(each.pointer, each.code) for each in field_errors(caught.value.messages, "body")]


def load(field: fields.Field[Any], value: Any) -> Any:
    return Schema.from_dict({"x": field})().load({"x": value})["x"]


def code(field: fields.Field[Any], value: Any) -> str:
    ((pointer, found),) = faults(Schema.from_dict({"x": field})(), {"x": value})  # type: ignore[arg-type]
    assert pointer == "/x"
    return found


@pytest.mark.parametrize(
    ("field", "value", "loaded"),
    [
        (IdField(), ID, ID),
        (TextField(5), "王小明", "王小明"),
        (TextField(1), "e\u0301", "é"),
        (TextField(11), "\u202d13800138000\u202c", "13800138000"),
        (TextField(9, multiline=True), "a\r\nb\tc", "a\nb\tc"),
        (TextField(9, blank=True), "", ""),
        (CodeField(["a", "b"]), "b", "b"),
        (IntegerField(), 2**53 - 1, 2**53 - 1),
        (MoneyMinorField(), -5, -5),
        (CurrencyField(), "CNY", "CNY"),
        (BooleanField(), False, False),
        (InstantField(), "2025-03-01T09:30:00.1239+08:00", datetime(2025, 3, 1, 1, 30, 0, 123_000, UTC)),
        (DayField(), "2025-03-01", date(2025, 3, 1)),
        (ZoneField(), "Asia/Shanghai", "Asia/Shanghai"),
        (QueryInteger(1, 9), "7", 7),
        (QueryInteger(), "-7", -7),
        (QueryFlag(), "true", True),
        (QueryFlag(), "false", False),
        (TextField(5, allow_none=True), None, None),
    ],
)
def test_a_good_value_is_taken(field: fields.Field[Any], value: Any, loaded: Any) -> None:
    assert load(field, value) == loaded


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        (IdField(), ID.upper(), "bad-id"),
        (IdField(), ID.replace("-", ""), "bad-id"),
        (IdField(), "00000000-0000-0000-0000-000000000000", "bad-id"),
        (IdField(), ID + "\n", "bad-id"),
        (IdField(), 7, "bad-id"),
        (IdField(), None, "null"),
        (TextField(5), "123456", "too-long"),
        (TextField(5), "", "blank"),
        (TextField(5), " \u3000\t".replace("\t", ""), "blank"),
        (TextField(5), "\ufeff\u202e", "blank"),
        (TextField(5), "a\x00", "forbidden-character"),
        (TextField(5), "a\nb", "forbidden-character"),
        (TextField(5), "a\ud800", "forbidden-character"),
        (TextField(5, multiline=True), "a\x1b", "forbidden-character"),
        (TextField(5), 5, "not-text"),
        (TextField(5), b"abc", "not-text"),
        (TextField(5), ["a"], "not-text"),
        (CodeField(["a"]), "A", "choice"),
        (CodeField(["a"]), ["a"], "choice"),
        (CodeField(["a"]), {}, "choice"),
        (IntegerField(), 2**53, "too-large"),
        (IntegerField(), -(2**53), "too-small"),
        (IntegerField(0, 5), 6, "too-large"),
        (IntegerField(), 1.0, "not-an-integer"),
        (IntegerField(), "1", "not-an-integer"),
        (IntegerField(), True, "not-an-integer"),
        (MoneyMinorField(0), -1, "too-small"),
        (CurrencyField(), "RMB", "bad-currency"),
        (CurrencyField(), ["CNY"], "bad-currency"),
        (BooleanField(), 1, "not-a-boolean"),
        (BooleanField(), "true", "not-a-boolean"),
        (InstantField(), "2025-03-01T09:30:00", "naive-time"),
        (InstantField(), "2025-03-01", "bad-time"),
        (InstantField(), 1740821400000, "bad-time"),
        (InstantField(), "1999-12-31T23:59:59Z", "bad-time"),
        (InstantField(), "2100-01-01T00:00:00Z", "bad-time"),
        (InstantField(), "9999-12-31T23:59:59-01:00", "bad-time"),
        (DayField(), "20250301", "bad-day"),
        (DayField(), "2025-02-29", "bad-day"),
        (DayField(), "1899-12-31", "bad-day"),
        (DayField(), "2101-01-01", "bad-day"),
        (DayField(), 20250301, "bad-day"),
        (ZoneField(), "Mars/Olympus", "bad-zone"),
        (ZoneField(), 8, "bad-zone"),
        (QueryInteger(1, 9), "10", "too-large"),
        (QueryInteger(), "1.0", "not-an-integer"),
        (QueryInteger(), "", "not-an-integer"),
        (QueryInteger(), "9" * 400, "not-an-integer"),
        (QueryInteger(), 7, "not-an-integer"),
        (QueryFlag(), "1", "not-a-boolean"),
        (fields.String(), 1, "not-text"),
        (fields.String(), b"\xff", "broken-text"),
        (fields.Integer(strict=True), "x", "not-an-integer"),
        (fields.Float(), "x", "not-a-number"),
        (fields.Float(), float("inf"), "not-a-number"),
        (fields.Boolean(), "x", "not-a-boolean"),
        (fields.List(fields.String()), "x", "not-a-list"),
        (fields.Dict(), [], "not-an-object"),
        (fields.Nested(Schema()), 3, "not-an-object"),
        (fields.String(validate=Length(equal=3)), "x", "length"),
        (fields.String(validate=Length(2)), "x", "too-short"),
        (fields.String(validate=Pattern(r"[A-Z]+\Z")), "ab", "pattern"),
        (fields.String(validate=lambda value: value == "x" or _raise()), "y", "invalid"),
    ],
)
def test_a_bad_value_is_refused_with_its_code(field: fields.Field[Any], value: Any, found: str) -> None:
    assert code(field, value) == found
    assert found in FIELD_TEXTS


def _raise() -> bool:
    raise ValidationError("An English sentence.")


@given(st.text(st.characters(), max_size=30), st.booleans())
def test_text_is_judged_as_the_sync_protocol_judges_it(text: str, multiline: bool) -> None:
    kind = wire.TEXT(20, multiline=multiline)
    field = TextField(20, multiline=multiline, blank=True)
    try:
        expected = kind.check(text)
    except Exception:  # noqa: BLE001 (whatever it says, the field has to say no as well)
        assert code(field, text) in ("too-long", "forbidden-character")
    else:
        assert load(field, text) == expected


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_an_instant_goes_out_and_in_unchanged_but_for_microseconds(instant: datetime) -> None:
    schema = Schema.from_dict({"at": InstantField(), "on": DayField()})()
    sent = schema.dump({"at": instant, "on": instant.date()})
    assert sent["at"].endswith("Z")
    back = schema.load(sent)
    assert back["at"] == instant.replace(microsecond=instant.microsecond // 1000 * 1000)
    assert back["on"] == instant.date()


class Line(Schema):
    name = TextField(5, required=True)
    tags = fields.List(TextField(3), validate=Length(max=2))


class Order(Schema):
    lines = fields.List(fields.Nested(Line), required=True)
    by_key = fields.Dict(keys=fields.String(), values=TextField(2))
    first = TextField(9)
    last = TextField(9)

    @validates_schema(skip_on_field_errors=True)
    def ordered(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("first", "") > data.get("last", "z"):
            raise fault("core.conflict", "last")


def test_faults_are_found_by_pointer() -> None:
    found = faults(
        Order(),
        {
            "lines": [
                {"name": "ok"},
                3,
                {"name": "toolong", "tags": ["a", "abcd"], "a/b~c": 1},
                {"name": "n", "tags": ["a"] * 3},
            ]
        },
    )
    assert found == [
        ("/lines/1", "not-an-object"),
        ("/lines/2/name", "too-long"),
        ("/lines/2/tags/1", "too-long"),
        ("/lines/2/a~1b~0c", "unknown"),
        ("/lines/3/tags", "too-long"),
    ]
    assert faults(Order(), []) == [("", "not-an-object")]
    assert faults(Order(), {}) == [("/lines", "required")]


def test_a_hook_may_name_a_field_and_a_problem() -> None:
    assert faults(Order(), {"lines": [], "first": "b", "last": "a"}) == [("/last", "core.conflict")]


def test_values_of_a_fault_come_along() -> None:
    assert field_errors({"x": [fault("choice", choices="a, b&c=d").messages[0]]}, "query") == [
        FieldError("/x", "choice", {"choices": "a, b&c=d"}, "query")
    ]
    assert field_errors(fault("too-long", max=5).messages, "body") == [FieldError("", "too-long", {"max": 5})]


def test_no_sentence_gets_out() -> None:
    assert (
        field_errors({"x": ["Not a valid integer.", "Required? No.", "nonsense"]}, "body")
        == [FieldError("/x", "invalid")] * 3
    )


def test_a_slip_in_a_code_shows_at_once() -> None:
    with pytest.raises(KeyError):
        fault("tooo-long")


@pytest.mark.parametrize(
    "field",
    [
        fields.String(validate=validate.Length(max=3)),
        fields.Integer(validate=validate.Range(1)),
        fields.List(fields.String(validate=validate.Email())),
        fields.Dict(values=fields.String(validate=[validate.URL()])),
        fields.Tuple([fields.String(validate=validate.Length(1))]),
    ],
)
def test_validators_that_speak_english_are_refused(field: fields.Field[Any]) -> None:
    with pytest.raises(TypeError, match="speaks English"):
        Schema.from_dict({"x": field})()


def test_a_page_has_items_and_a_cursor() -> None:
    page = page_of(Line)
    assert page.__name__ == "LinePage"
    assert page().dump({"items": [{"name": "a"}], "next": None}) == {"items": [{"name": "a"}], "next": None}
