"""By which of the things that a list is narrowed to it is read. Decision record: docs/decisions/0045.

A page is read in the order of its list until it is full, which is long when few satisfy a filter, and for ever when nobody does.
Or those who satisfy it are read and sorted, which is long when they are many. So they are counted first, up to FEW.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, or_, select

from server.core.access import Reach
from server.core.paging import Page, chosen, leading, sorted_by, unindexed
from server.core.rows import Row, c

FEW = 5_000
"""So many are rather looked up by their filter than come upon in the order of the list: the index of a filter says all that is asked of them (`beside`)."""
Said = Mapping[str, Sequence[ColumnElement[bool]]]
"""Name → what a list is narrowed to by it, as an index looks it up."""


@dataclass(frozen=True, slots=True)
class Lead:
    """How a narrowed page is read: by which name, if any, whether whom it finds are few, and whether its index has the list's order.

    Few whose index has another order are looked up and sorted.
    """

    name: str | None = None
    finds_few: bool = False
    is_in_order: bool = False

    def page(
        self,
        reach: Reach,
        row: type[Row],
        conditions: Sequence[ColumnElement[bool]],
        order: Sequence[Any],
        limit: int,
        ways: Sequence[ColumnElement[bool]] = (),
    ) -> Page:
        """The first so many of the rows within reach. conditions, ways: as of `paging.leading`."""
        if self.name is None:
            return leading(reach, row, conditions, order, limit, ways=ways)
        sorting = order if self.is_in_order else sorted_by(order)
        return chosen(row, ids_of(reach, row, conditions, ways).order_by(*sorting).limit(limit), order)


def ids_of(
    reach: Reach,
    row: type[Row],
    conditions: Sequence[ColumnElement[bool]],
    ways: Sequence[ColumnElement[bool]] = (),
) -> Select[tuple[str]]:
    """The ids of the rows within reach of which the conditions hold, out of the index of the lead alone."""
    whose = [reach.condition(row), *([or_(*ways)] if ways else [])]
    return select(c(row).id).where(*conditions, *(unindexed(each.self_group()) for each in whose))


def leader(
    connection: Connection,
    row: type[Row],
    shared: Sequence[ColumnElement[bool]],
    said: Said,
    in_order: Collection[str] = (),
    *,
    whole: bool = False,
) -> Lead:
    """How the page of a filter is best read. One statement at most.

    shared: what the indexes of all names begin with. in_order: names whose index is in the order of this list. whole: the list
    is of everything, so that of many too the index of one in order is the best way; else it goes through the whole organisation.
    """
    rest = next((Lead(name, is_in_order=True) for name in said if whole and name in in_order), Lead())
    if not said or (rest.name is not None and len(said) == 1):
        return rest
    firsts = (
        select(literal(1)).select_from(row.__table__).where(*shared, *found).limit(FEW + 1).subquery()
        for found in said.values()
    )
    counts = (select(func.count()).select_from(first).scalar_subquery() for first in firsts)
    found, name = min(zip(connection.execute(select(*counts)).one(), said, strict=True))
    return Lead(name, finds_few=True, is_in_order=name in in_order) if found <= FEW else rest
