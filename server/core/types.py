"""Column types. What is stored is what goes on the sync wire, so the hot path converts nothing.

Decision record: docs/decisions/0001-stored-as-on-the-wire.md.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

import orjson
from sqlalchemy import CHAR, BigInteger, Dialect, String, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(instant: datetime) -> int:
    """Milliseconds since 1970 UTC of an aware instant. Raises ValueError when it is naive."""
    if instant.tzinfo is None:
        raise ValueError("a naive time has no place on the time line")
    return (instant - EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """The aware UTC instant of `milliseconds` since 1970."""
    return EPOCH + milliseconds * _MILLISECOND


class Id(TypeDecorator[str]):
    """A canonical lower-case UUID as text; `uuid` on PostgreSQL, CHAR(36) on SQLite."""

    impl = CHAR(36)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID(as_uuid=False))
        return dialect.type_descriptor(CHAR(36))


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as BIGINT milliseconds since 1970 on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_ms(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_ms(value)


class Day(TypeDecorator[date]):
    """A calendar day, stored as ISO text, which sorts and compares as days do."""

    impl = CHAR(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        return None if value is None else date.fromisoformat(value)


class Json(TypeDecorator[Any]):
    """A small JSON document kept as text; never queried into."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)


class Protected(TypeDecorator[str]):
    """Personal data with a column type of its own, so that encryption can come in here and nowhere else.

    `mask` is what people see who may see the row but did not ask to see the value.
    """

    impl: Any = String
    cache_ok = True
    kind: ClassVar[str] = "protected"

    def mask(self, value: str) -> str:
        """`value` with all but its ends hidden."""
        return value[:1] + "*" * (len(value) - 1)


class PhoneNumber(Protected):
    """A phone number in E.164 (`+8613800138000`)."""

    impl: Any = String(20)
    cache_ok = True
    kind = "phone"

    def mask(self, value: str) -> str:
        national = value.removeprefix("+86")
        return national[:3] + "****" + national[-4:] if len(national) >= 9 else "****" + national[-2:]


class IdNumber(Protected):
    """A government identity number; 18 characters for GB 11643."""

    impl: Any = String(40)
    cache_ok = True
    kind = "id_number"

    def mask(self, value: str) -> str:
        return value[:3] + "*" * max(0, len(value) - 7) + value[-4:] if len(value) > 8 else "*" * len(value)


class Address(Protected):
    """A postal address, free text."""

    impl: Any = String(300)
    cache_ok = True
    kind = "address"

    def mask(self, value: str) -> str:
        return value[:3] + "***"
