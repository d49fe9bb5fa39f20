"""What a line of the timeline is about and which day it counts for, written for those that are there; visits by planned day."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from server.core.types import Id

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = Id()
TIMELINE = sa.table(
    "customer_timeline",
    *(sa.column(name, ID) for name in ("org_id", "id")),
    *(sa.column(name) for name in ("at", "created_at", "kind", "params", "day_on", "deed")),
)
DEEDS = {
    "visit": "visit", "activity": "activity", "reception": "reception", "note": "note", "follow-up": "follow_up",
    "question-answered": "question", "customer-created": "customer",
}  # fmt: skip
CALLS = ('%"channel":"call_out"%', '%"channel":"call_in"%')
INDEXES = ("", "unit_id", "owner_id", "project_id", "done_by")
AT_ONCE = 2000


def upgrade() -> None:
    op.add_column("customer_timeline", sa.Column("day_on", sa.CHAR(length=10), nullable=True))
    op.add_column("customer_timeline", sa.Column("deed", sa.String(length=40), nullable=True))
    for org_id in _organisations():
        _fill(org_id)
    with op.batch_alter_table("customer_timeline") as batch:
        batch.alter_column("day_on", existing_type=sa.CHAR(length=10), nullable=False)
        batch.alter_column("deed", existing_type=sa.String(length=40), nullable=False)
    for first in INDEXES:
        columns = [each for each in (first, "day_on", "id", "deed") if each]
        op.create_index(f"ix_customer_timeline_{'_'.join(columns)}", "customer_timeline", ["org_id", *columns])
    op.create_index("ix_visits_assignee_id_planned_on", "visits", ["org_id", "assignee_id", "planned_on"])


def downgrade() -> None:
    op.drop_index("ix_visits_assignee_id_planned_on", "visits")
    for first in INDEXES:
        columns = [each for each in (first, "day_on", "id", "deed") if each]
        op.drop_index(f"ix_customer_timeline_{'_'.join(columns)}", "customer_timeline")
    with op.batch_alter_table("customer_timeline") as batch:
        batch.drop_column("deed")
        batch.drop_column("day_on")


def _organisations() -> list[str]:
    return list(op.get_bind().execute(sa.select(sa.table("org_directory", sa.column("org_id", ID)).c.org_id)).scalars())


def _fill(org_id: str) -> None:
    """Write day and deed of one organisation's lines. On PostgreSQL no row is seen without its organisation."""
    bind, t = op.get_bind(), TIMELINE.c
    if bind.dialect.name == "postgresql":
        bind.execute(sa.text("SELECT set_config('app.org', :org, true)"), {"org": org_id})
    called = sa.and_(t.kind == "activity", sa.or_(*(t.params.like(each) for each in CALLS)))
    deed = sa.case(
        (called, "call"),
        (t.kind.like("opportunity-%"), "opportunity"),
        *((t.kind == kind, deed) for kind, deed in DEEDS.items()),
        else_="other",
    )
    bind.execute(sa.update(TIMELINE).where(t.org_id == org_id).values(deed=deed))
    organisations = sa.table("organisations", sa.column("org_id", ID), sa.column("timezone"))
    zone = ZoneInfo(
        bind.execute(sa.select(organisations.c.timezone).where(organisations.c.org_id == org_id)).scalar_one()
    )
    change = (
        sa.update(TIMELINE).where(t.org_id == org_id, t.id == sa.bindparam("row")).values(day_on=sa.bindparam("day"))
    )
    for rows in _slices(org_id):
        bind.execute(change, [{"row": row.id, "day": _day(min(row.at, row.created_at), zone)} for row in rows])


def _day(at_ms: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).date().isoformat()


def _slices(org_id: str) -> Iterator[list[Any]]:
    bind, t, last = op.get_bind(), TIMELINE.c, ""
    while True:
        statement = sa.select(t.id, t.at, t.created_at).where(t.org_id == org_id)
        if last:
            statement = statement.where(t.id > last)
        rows = list(bind.execute(statement.order_by(t.id).limit(AT_ONCE)))
        if not rows:
            return
        yield rows
        last = rows[-1].id
