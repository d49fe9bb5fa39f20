"""The types a field can have on the wire: each checks one value and describes itself as a JSON Schema fragment."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol, Self
from unicodedata import is_normalized

from sync_protocol import codes
from sync_protocol.codes import WireError
from sync_protocol.ids import ID_PATTERN, matches_id
from sync_protocol.text import clean_text

SAFE_INTEGER = 2**53 - 1
"""The largest whole number that every JSON reader keeps exact."""
FIRST_INSTANT = 946_684_800_000  # 2000-01-01T00:00:00Z
LAST_INSTANT = 4_102_444_799_999  # the last millisecond of 2099
FIRST_DAY = "1900-01-01"
LAST_DAY = "2100-12-31"


class WireType(Protocol):
    """What a field may hold. check is called for every field of every pushed operation."""

    @property
    def null(self) -> bool:
        """True when the field may be emptied with an explicit null."""

    def check(self, value: Any) -> Any:
        """Return the value to store, which may be cleaned text. Raises WireError."""

    def describe(self) -> dict[str, Any]:
        """JSON Schema (2020-12) of the accepted values; the key "x-wire" names the wire type for generators."""


@dataclass(frozen=True, slots=True)
class _Type:
    null: bool = False

    def or_null(self) -> Self:
        """The same type, which also takes null."""
        return replace(self, null=True)

    def _refuse(self, value: Any, code: str, **params: object) -> None:
        """Let null pass where it may; raise everything else. Kept off the path of good values."""
        if value is not None:
            raise WireError(code, **params)
        if not self.null:
            raise WireError(codes.NOT_NULL)

    def _schema(self, wire: str, kind: str, **rest: Any) -> dict[str, Any]:
        return {"type": [kind, "null"] if self.null else kind, "x-wire": wire, **rest}


@dataclass(frozen=True, slots=True)
class IdType(_Type):
    """A row's id."""

    def check(self, value: Any) -> str | None:
        """As WireType.check."""
        if type(value) is str and matches_id(value):
            return value
        self._refuse(value, codes.BAD_ID)
        return None

    def describe(self) -> dict[str, Any]:
        """As WireType.describe."""
        return self._schema("id", "string", format="uuid", pattern=ID_PATTERN)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextType(_Type):
    """Text for people, NFC. max counts code points. Tab and newline only where multiline."""

    max: int
    multiline: bool = False

    def check(self, value: Any) -> str | None:
        """As WireType.check."""
        # Most text is printable and normal, and is recognised as such without looking at single characters.
        if (
            type(value) is str
            and len(value) <= self.max
            and value.isprintable()
            and (value.isascii() or is_normalized("NFC", value))
        ):
            return value
        if type(value) is str:
            return clean_text(value, self.max, multiline=self.multiline)
        self._refuse(value, codes.WRONG_TYPE, expected="text")
        return None

    def describe(self) -> dict[str, Any]:
        """As WireType.describe."""
        return self._schema("text", "string", maxLength=self.max, **{"x-multiline": self.multiline})


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeType(_Type):
    """One of a closed set of short texts."""

    choices: frozenset[str]

    def check(self, value: Any) -> str | None:
        """As WireType.check."""
        if type(value) is str and value in self.choices:
            return value
        self._refuse(value, codes.UNKNOWN_CHOICE, choices=sorted(self.choices))
        return None

    def describe(self) -> dict[str, Any]:
        """As WireType.describe."""
        choices: list[str | None] = [*sorted(self.choices)]
        return self._schema("code", "string", enum=[*choices, None] if self.null else choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegerType(_Type):
    """A whole number; money in minor units, coordinates in millionths of a degree. Booleans and floats are none."""

    min: int
    max: int

    def check(self, value: Any) -> int | None:
        """As WireType.check."""
        if type(value) is int:
            if self.min <= value <= self.max:
                return value
            raise WireError(codes.OUT_OF_RANGE, min=self.min, max=self.max)
        self._refuse(value, codes.WRONG_TYPE, expected="integer")
        return None

    def describe(self) -> dict[str, Any]:
        """As WireType.describe."""
        return self._schema("integer", "integer", minimum=self.min, maximum=self.max)


@dataclass(frozen=True, slots=True)
class BooleanType(_Type):
    """true or false; 0 and 1 are neither."""

    def check(self, value: Any) -> bool | None:
        """As WireType.check."""
        if value is True or value is False:
            return value
        self._refuse(value, codes.WRONG_TYPE, expected="boolean")
        return None

    def describe(self) -> dict[str, Any]:
        """As WireType.describe."""
        return self._schema("boolean", "boolean")


@dataclass(frozen=True, slots=True)
class InstantType(_Type):
    """A moment: whole milliseconds since 1970 UTC, from 2000 to the end of 2099. Text, with zone or without, is none."""

    def check(self, value: Any) -> int | None:
        """As WireType.check."""
        if type(value) is int and FIRST_INSTANT <= value <= LAST_INSTANT:
            return value
        self._refuse(value, codes.BAD_INSTANT, min=FIRST_INSTANT, max=LAST_INSTANT)
        return None

    def describe(self) -> dict[str, Any]:
        """As WireType.describe."""
        return self._schema("instant", "integer", minimum=FIRST_INSTANT, maximum=LAST_INSTANT)


@dataclass(frozen=True, slots=True)
class DayType(_Type):
    """A calendar day YYYY-MM-DD in the organisation's zone, from 1900 to 2100."""

    def check(self, value: Any) -> str | None:
        """As WireType.check."""
        # fromisoformat also reads 20240101 and 2024-W01-1, so the shape is looked at first.
        if type(value) is str and len(value) == 10 and value[4] == "-" == value[7]:
            try:
                date.fromisoformat(value)
            except ValueError:
                pass
            else:
                if FIRST_DAY <= value <= LAST_DAY:
                    return value
        self._refuse(value, codes.BAD_DAY, min=FIRST_DAY, max=LAST_DAY)
        return None

    def describe(self) -> dict[str, Any]:
        """As WireType.describe."""
        return self._schema("day", "string", format="date", pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")


@dataclass(frozen=True, slots=True)
class JsonType(_Type):
    """A small document the server shows, such as both values of a clash. Never taken from a device."""

    def check(self, value: Any) -> None:
        """Refuses every value: what devices send is made of plain fields, which merge one by one."""
        raise WireError(codes.WRONG_TYPE, expected="nothing")

    def describe(self) -> dict[str, Any]:
        """As WireType.describe."""
        return {"x-wire": "json"}


ID = IdType()
BOOLEAN = BooleanType()
INSTANT = InstantType()
DAY = DayType()
JSON = JsonType()


# Upper case, because they read as types beside ID and DAY where fields are declared.
def TEXT(max: int, *, multiline: bool = False) -> TextType:  # noqa: N802
    """Text of at most max code points."""
    return TextType(max=max, multiline=multiline)


def CODE(choices: Iterable[str]) -> CodeType:  # noqa: N802
    """One of these codes."""
    return CodeType(choices=frozenset(choices))


def INTEGER(min: int = -SAFE_INTEGER, max: int = SAFE_INTEGER) -> IntegerType:  # noqa: N802
    """A whole number in this range, both ends included."""
    if not -SAFE_INTEGER <= min <= max <= SAFE_INTEGER:
        raise ValueError("an integer field must lie within what JSON readers keep exact")
    return IntegerType(min=min, max=max)
