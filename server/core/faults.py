"""What validation found wrong, as codes: how a marshmallow message carries one, and how it comes out as FieldErrors.

marshmallow's own messages are English sentences. Ours are `code` or `code?name=value&…`, which survive its formatting and
merging; whatever else stands in a message goes out as the code `invalid`, never as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from marshmallow import ValidationError, validate
from marshmallow.exceptions import SCHEMA

from server.core.i18n import FIELD_TEXTS, Param
from server.core.problems import CATALOGUE, FieldError, pointer


def fault(code: str, /, field_name: str = SCHEMA, **params: Param) -> ValidationError:
    """The exception that says what is wrong, for fields, validators and schema hooks.

    code: of FIELD_TEXTS, or of a problem. Raises KeyError for any other, so that a slip shows in the first test.
    """
    if code not in FIELD_TEXTS and CATALOGUE.get(code) is None:
        raise KeyError(code)
    return ValidationError(f"{code}?{urlencode(params)}" if params else code, field_name)


def field_errors(messages: Any, place: str) -> list[FieldError]:
    """marshmallow's messages as FieldErrors with JSON pointers, in the order of the fields.

    place: `body`, `query`, `path` or `header`.
    """
    return list(_walk(messages, "", place))


def _walk(messages: Any, here: str, place: str) -> Iterator[FieldError]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _walk(inner, here if name == SCHEMA else here + pointer(name), place)
    elif isinstance(messages, Sequence) and not isinstance(messages, str):
        for inner in messages:
            yield from _walk(inner, here, place)
    else:
        code, _, query = str(messages).partition("?")
        if code not in FIELD_TEXTS and CATALOGUE.get(code) is None:
            code, query = "invalid", ""
        yield FieldError(here, code, {name: _number(value) for name, value in parse_qsl(query)}, place)


def _number(value: str) -> Param:
    digits = value.removeprefix("-")
    return int(value) if digits.isascii() and digits.isdecimal() and len(digits) < 17 else value


class Length(validate.Length):
    """Length of a text or list, both ends included."""

    def __call__(self, value: Any) -> Any:
        length = len(value)
        if self.equal is not None and length != self.equal:
            raise fault("length", equal=self.equal)
        if self.min is not None and length < self.min:
            raise fault("too-short", min=self.min)
        if self.max is not None and length > self.max:
            raise fault("too-long", max=self.max)
        return value


class Range(validate.Range):
    """A number between two ends, both included."""

    def __init__(self, min: int | None = None, max: int | None = None) -> None:
        super().__init__(min=min, max=max)

    def __call__(self, value: Any) -> Any:
        if self.min is not None and value < self.min:
            raise fault("too-small", min=self.min)
        if self.max is not None and value > self.max:
            raise fault("too-large", max=self.max)
        return value


class OneOf(validate.OneOf):
    """One of a closed set of codes."""

    def __call__(self, value: Any) -> Any:
        # Compared by type too: in Python True is 1, and an unhashable value is no code.
        if not any(type(value) is type(choice) and value == choice for choice in self.choices):
            raise fault("choice", choices=", ".join(str(each) for each in self.choices))
        return value


class Pattern(validate.Regexp):
    """A text that matches from its start; end the expression with `\\Z`. `error` is a code."""

    def __init__(self, regex: str, error: str = "pattern") -> None:
        super().__init__(regex, error=error)

    def __call__(self, value: Any) -> Any:
        if self.regex.match(value) is None:
            raise fault(self.error)
        return value


OURS = (Length, Range, OneOf, Pattern)
