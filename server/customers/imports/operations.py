"""What people do with an import: hand in a file, say what its columns mean, have it tried or taken in, go on, drop it.

None commits. The work itself: running.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.rows import c
from server.core.tables import JOBS
from server.core.uow import UnitOfWork
from server.customers.imports.columns import MANY, Field, guess, title_line
from server.customers.imports.events import ImportBegun
from server.customers.imports.models import CustomerImport, ImportedRow
from server.customers.imports.sheets import FILE_EMPTY, Line
from server.customers.ownership import unit_of_owner

KIND = "customers.import"
SAMPLES = 3
_SAMPLE_MOST = 60

IMPORT_NAME_COLUMN = problem_type(
    "customers.import-name-column",
    422,
    zh="请指定哪一列是客户名称。",
    en="Say which column holds the customer's name.",
)
IMPORT_COLUMN_TWICE = problem_type(
    "customers.import-column-twice",
    422,
    zh="“{name}”只能对应一列，一列只能有一个含义，且该列必须存在。",
    en="“{name}” can be one column only, a column one thing only, and the column has to be there.",
)
IMPORT_BUSY = problem_type(
    "customers.import-busy",
    409,
    zh="该文件正在处理中。",
    en="This file is being worked on.",
)
IMPORT_OVER = problem_type(
    "customers.import-over",
    409,
    zh="该文件已导入完毕；需要再导入请重新上传。",
    en="This file has been taken in; hand it in again to take it in once more.",
)
IMPORT_NOT_BEGUN = problem_type(
    "customers.import-not-begun",
    409,
    zh="没有可以继续的导入。",
    en="There is nothing to go on with.",
)


def hand_in(uow: UnitOfWork, row_id: str, name: str, place: str) -> CustomerImport:
    """Announce a file whose bytes are about to be written at `place`."""
    return uow.add(CustomerImport(id=row_id, owner_id=uow.actor.user_id, name=name, size=0, place=place))


def look_at(uow: UnitOfWork, row_id: str, size: int, encoding: str, top: Sequence[Line]) -> CustomerImport:
    """Keep what its first rows say its columns are. encoding: as encoding_of says. top: rows from the first.

    Raises Refused NOT_FOUND, FILE_EMPTY.
    """
    found = mine(uow, row_id)
    titles = title_line(top)
    below = [line for line in top if line.number > titles.number][:SAMPLES]
    if not below:
        raise Refused(FILE_EMPTY)
    fields = guess(titles.cells)
    return uow.change(
        found,
        size=size,
        encoding=encoding,
        title_number=titles.number,
        titles=[_shown(cell) for cell in titles.cells],
        samples=[[_shown(cell) for cell in line.cells] for line in below],
        mapping={str(column): field.value for column, field in enumerate(fields) if field is not None},
    )


def begin(
    uow: UnitOfWork,
    row_id: str,
    *,
    mapping: Mapping[int, Field],
    is_trial: bool,
    new_owner_id: str | None,
    source: str | None,
) -> CustomerImport:
    """Have a file tried, or taken in. Forgets the answers of a trial before. Records ImportBegun.

    new_owner_id: of rows that name nobody; the actor unless told. Raises Refused NOT_FOUND, IMPORT_BUSY, IMPORT_OVER,
    IMPORT_NAME_COLUMN, IMPORT_COLUMN_TWICE, and what giving a customer to that person raises.
    """
    found = mine(uow, row_id)
    _must_rest(uow, found)
    if found.job_id is not None and not found.is_trial:
        raise Refused(IMPORT_OVER if found.is_finished else IMPORT_BUSY)
    _check_mapping(mapping, len(found.titles))
    if new_owner_id is not None:
        unit_of_owner(uow, new_owner_id)
    r = c(ImportedRow)
    uow.connection.execute(delete(ImportedRow.__table__).where(r.org_id == uow.org_id, r.import_id == found.id))
    return _enqueue(
        uow,
        found,
        mapping={str(column): field.value for column, field in mapping.items()},
        is_trial=is_trial,
        new_owner_id=new_owner_id,
        source=source,
        is_finished=False,
        next_number=0,
        created=0,
        duplicates=0,
        refused=0,
    )


def go_on(uow: UnitOfWork, row_id: str) -> CustomerImport:
    """Go on where an import was stopped or failed. Records ImportBegun. Raises Refused NOT_FOUND, IMPORT_BUSY, IMPORT_NOT_BEGUN."""
    found = mine(uow, row_id)
    _must_rest(uow, found)
    if found.job_id is None or found.is_finished:
        raise Refused(IMPORT_NOT_BEGUN)
    return _enqueue(uow, found)


def drop(uow: UnitOfWork, row_id: str) -> str | None:
    """Forget a file and its answers; the customers it made stay. Returns where its bytes lie. Raises Refused NOT_FOUND, IMPORT_BUSY.

    What its rows were known by stays with rows that made a customer, so that the same list makes no second ones.
    """
    found = mine(uow, row_id)
    _must_rest(uow, found)
    place = found.place
    r = c(ImportedRow)
    uow.connection.execute(
        delete(ImportedRow.__table__).where(r.org_id == uow.org_id, r.import_id == found.id, r.fingerprint.is_(None))
    )
    uow.change(found, place=None, titles=[], samples=[], name="")
    return place


def mine(uow: UnitOfWork, row_id: str) -> CustomerImport:
    """The actor's own import, locked. Raises Refused NOT_FOUND."""
    found = uow.get(CustomerImport, row_id)
    if found is None or found.owner_id != uow.actor.user_id or found.place is None:
        raise Refused(NOT_FOUND)
    return found


def _check_mapping(mapping: Mapping[int, Field], columns: int) -> None:
    fields = list(mapping.values())
    for column, field in mapping.items():
        if column >= columns or (fields.count(field) > 1 and field not in MANY):
            raise Refused(IMPORT_COLUMN_TWICE, field="/columns", name=field.value)
    if Field.NAME not in fields:
        raise Refused(IMPORT_NAME_COLUMN, field="/columns")


def _must_rest(uow: UnitOfWork, found: CustomerImport) -> None:
    if found.job_id is None:
        return
    t = JOBS.c
    state = uow.connection.execute(
        select(t.state).where(t.org_id == uow.org_id, t.id == found.job_id)
    ).scalar_one_or_none()
    if state in ("waiting", "leased"):
        raise Refused(IMPORT_BUSY)


def _enqueue(uow: UnitOfWork, found: CustomerImport, **values: Any) -> CustomerImport:
    job_id = uow.enqueue(KIND, {"import_id": found.id})
    uow.change(found, job_id=job_id, **values)
    uow.record(ImportBegun(found.id, found.size, found.is_trial))
    return found


def _shown(cell: Any) -> str | None:
    """A cell as people see it in the list of columns."""
    return None if cell is None else str(getattr(cell, "why", cell))[:_SAMPLE_MOST]
