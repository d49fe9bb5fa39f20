"""Rows: slotted dataclasses with a SQLAlchemy Core table built from their annotations.

No session and no instrumentation: a row is a plain typed value, cheap enough for the sync hot path,
and only `UnitOfWork` writes one. Decision record: docs/decisions/0002-rows-without-an-orm-session.md.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, TypeVar, Union, dataclass_transform, get_args, get_origin, get_type_hints

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnCollection,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from server.core.types import EPOCH, Day, Id, Instant, Json
from sync_protocol.ids import new_id

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Code = String(40)
"""A word out of a fixed list."""
Marks = dict[str, list[Any]]
"""field → [version that last set it, writer]; see sync_protocol.merge."""

_PLAIN: dict[type, TypeEngine[Any]] = {
    int: BigInteger(),
    bool: Boolean(),
    str: Text(),
    datetime: Instant(),
    date: Day(),
}


@dataclasses.dataclass(frozen=True, slots=True)
class refers:  # noqa: N801 - reads as a word in a table's declaration
    """A foreign key of two columns, (org_id, `column`) → (org_id, id) of `target`, named by string."""

    column: str
    target: str


@dataclasses.dataclass(frozen=True, slots=True)
class unique:  # noqa: N801
    """A unique constraint; org_id is put in front."""

    columns: tuple[str, ...]

    def __init__(self, *columns: str) -> None:
        object.__setattr__(self, "columns", columns)


@dataclasses.dataclass(frozen=True, slots=True)
class index:  # noqa: N801
    """An index; org_id is put in front.

    present: only of rows where that column says something. Where every row does, that is said on SQLite alone, which then reads the
    index for nothing that does not ask for a value of that column. beside: what is asked of each row that it finds, so that it is answered without
    the row; no part of the index's name.
    """

    columns: tuple[str, ...]
    present: str | None
    beside: tuple[str, ...]

    def __init__(self, *columns: str, present: str | None = None, beside: tuple[str, ...] = ()) -> None:
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "present", present)
        object.__setattr__(self, "beside", beside)


@dataclasses.dataclass(slots=True, kw_only=True)
class Row:
    """What every tenant row has. The unit of work sets org_id, version and the two times.

    version: from 1, one higher after every operation that changed the row.
    """

    __table__: ClassVar[Table]
    __names__: ClassVar[tuple[str, ...]]

    org_id: Annotated[str, Id()] = ""
    id: Annotated[str, Id()] = dataclasses.field(default_factory=new_id)
    version: int = 1
    created_at: datetime = EPOCH
    updated_at: datetime = EPOCH


@dataclasses.dataclass(slots=True, kw_only=True)
class Scoped(Row):
    """A row that somebody owns: it is visible through its owner, his unit when assigned, and its project.

    What hangs on a customer carries a copy of the customer's three columns; a handover moves them together.
    """

    owner_id: Annotated[str, Id()]
    unit_id: Annotated[str, Id()]
    project_id: Annotated[str | None, Id()] = None


@dataclasses.dataclass(slots=True, kw_only=True)
class Authored(Scoped):
    """A scoped row that its author goes on seeing after the customer went to somebody else."""

    author_id: Annotated[str, Id()]


R = TypeVar("R", bound=Row)


@dataclass_transform(kw_only_default=True, field_specifiers=(dataclasses.field,))
def table(name: str, *parts: refers | unique | index | CheckConstraint) -> Callable[[type[R]], type[R]]:
    """Make the decorated class a slotted dataclass and build its table, key (org_id, id) first.

    A field's column type is the SQLAlchemy type in its `Annotated[...]`, else that of its plain Python type;
    `X | None` makes the column nullable.
    """

    def build(cls: type[R]) -> type[R]:
        row = dataclasses.dataclass(slots=True, kw_only=True)(cls)
        hints = get_type_hints(row, include_extras=True)
        names = tuple(field.name for field in dataclasses.fields(row))
        columns = [_column(each, hints[each]) for each in names]
        key: list[Any] = [PrimaryKeyConstraint("org_id", "id")]
        row.__names__ = names
        row.__table__ = Table(name, metadata, *columns, *key, *(_part(name, part, columns) for part in parts))
        ROWS[name] = row
        return row

    return build


ROWS: dict[str, type[Row]] = {}
"""Table name → its row class, for all tables declared with `table`."""


def c(row: type[Row]) -> ColumnCollection[str, Column[Any]]:
    """The columns of a row class, for queries: `select(c(Customer).name)`."""
    return row.__table__.c


_PLACES: dict[str, int] = {}


def place_of(table_name: str) -> int:
    """Where a table stands in the order of inserts: after all that it refers to."""
    if table_name not in _PLACES:
        _PLACES.update((each.name, place) for place, each in enumerate(metadata.sorted_tables))
    return _PLACES[table_name]


def _column(name: str, hint: Any) -> Column[Any]:
    kind: TypeEngine[Any] | None = None
    if get_origin(hint) is Annotated:
        plain, *notes = get_args(hint)
        kind = next((note for note in notes if isinstance(note, TypeEngine)), None)
        hint = plain
    nullable = False
    if get_origin(hint) in (Union, types.UnionType):
        inner = [each for each in get_args(hint) if each is not type(None)]
        nullable = len(inner) < len(get_args(hint))
        hint = inner[0]
    if get_origin(hint) is Annotated:
        hint, *notes = get_args(hint)
        kind = kind or next((note for note in notes if isinstance(note, TypeEngine)), None)
    if kind is None:
        kind = Json() if get_origin(hint) in (dict, list) else _PLAIN[hint]
    return Column(name, kind, nullable=nullable)


def _part(name: str, part: refers | unique | index | CheckConstraint, row: Sequence[Column[Any]]) -> Any:
    match part:
        case refers(column, target):
            return ForeignKeyConstraint(["org_id", column], [f"{target}.org_id", f"{target}.id"])
        case unique(columns):
            return UniqueConstraint("org_id", *columns)
        case index(columns, present, beside):
            nullable = present in {each.name for each in row if each.nullable}
            where = {"sqlite": present is not None, "postgresql": nullable}
            rows: dict[str, Any] = {f"{each}_where": text(f"{present} IS NOT NULL") for each in where if where[each]}
            more = [each for each in beside if each not in columns]
            return Index(f"ix_{name}_{'_'.join(columns)}", "org_id", *columns, *more, **rows)
        case _:
            return part
