"""Deleted customers on the devices of whoever deleted them, as far as he may restore them; also those deleted before that was known."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from server.core.types import Id

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

ID = Id()
PLACES = (("own", "owner_id"), ("unit", "unit_id"), ("proj", "project_id"))
DIRECTORY = sa.table("org_directory", sa.column("org_id", ID))
CLOCKS = sa.table("org_clocks", sa.column("org_id", ID), sa.column("feed_head"))
DELETED = sa.table(
    "deleted_customers",
    *(sa.column(name, ID) for name in ("org_id", "id", "deleted_by", *(column for _, column in PLACES))),
    sa.column("version"),
    sa.column("created_at"),
)
TAKEN = sa.table("deleted_rows", sa.column("org_id", ID), sa.column("id", ID), sa.column("rows"))
WENT = sa.table(
    "deleted_merged_customers",
    *(sa.column(name, ID) for name in ("org_id", "id", "into_id")),
    *(sa.column(name) for name in ("version", "created_at", "updated_at")),
)
FEED = sa.table(
    "feed",
    *(sa.column(name, ID) for name in ("org_id", "row_id")),
    *(sa.column(name) for name in ("bucket", "collection", "seq", "row_version")),
    sa.column("put", sa.Boolean()),
)


def upgrade() -> None:
    bind = op.get_bind()
    for org_id in list(bind.execute(sa.select(DIRECTORY.c.org_id)).scalars()):
        if bind.dialect.name == "postgresql":  # where no row is seen without its organisation
            bind.execute(sa.text("SELECT set_config('app.org', :org, true)"), {"org": org_id})
        deleted = list(bind.execute(sa.select(DELETED).where(DELETED.c.org_id == org_id).order_by(DELETED.c.id)))
        if deleted:
            _name_on_devices(bind, org_id, deleted)
            _name_who_went(bind, org_id, {each.id: each.created_at for each in deleted})


def downgrade() -> None:
    """What was numbered stays so."""


def _name_on_devices(bind: sa.Connection, org_id: str, deleted: list[Any]) -> None:
    """Take them out of the bucket of all that is a person's, and into those of what he reaches as well."""
    ours = sa.and_(FEED.c.org_id == org_id, FEED.c.collection == "deleted_customers")
    head = bind.execute(sa.select(CLOCKS.c.feed_head).where(CLOCKS.c.org_id == org_id)).scalar_one()
    before = set(bind.execute(sa.select(FEED.c.row_id).where(ours, FEED.c.bucket.like("me:%"), FEED.c.put)).scalars())
    bind.execute(sa.delete(FEED).where(ours, FEED.c.bucket.like("%.%")))
    entries = []
    for seq, row in enumerate(deleted, head + 1):
        if row.id in before:
            bind.execute(
                sa.update(FEED)
                .where(ours, FEED.c.bucket == f"me:{row.deleted_by}", FEED.c.row_id == row.id)
                .values(put=False, seq=seq)
            )
        places = [f"{name}:{value}" for name, column in PLACES if (value := getattr(row, column)) is not None]
        entries += [
            {
                "org_id": org_id, "bucket": f"customers:{place}.{row.deleted_by}", "collection": "deleted_customers",
                "row_id": row.id, "seq": seq, "put": True, "row_version": row.version,
            }
            for place in (*places, "all")
        ]  # fmt: skip
    bind.execute(sa.insert(FEED), entries)
    bind.execute(sa.update(CLOCKS).where(CLOCKS.c.org_id == org_id).values(feed_head=head + len(deleted)))


def _name_who_went(bind: sa.Connection, org_id: str, deleted: dict[str, int]) -> None:
    """Say into whom those had gone who were deleted with him."""
    known = set(bind.execute(sa.select(WENT.c.id).where(WENT.c.org_id == org_id)).scalars())
    for taken in bind.execute(sa.select(TAKEN.c.id, TAKEN.c.rows).where(TAKEN.c.org_id == org_id)).all():
        at = deleted[taken.id]
        missing = [
            {"org_id": org_id, "id": each["id"], "into_id": taken.id, "version": 1, "created_at": at, "updated_at": at}
            for each in json.loads(taken.rows).get("merged_customers", [])
            if each["id"] not in known
        ]
        if missing:
            bind.execute(sa.insert(WENT), missing)
