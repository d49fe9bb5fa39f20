"""Lines of timelines by their sort, in the order of the feed: a day on which a list of customers was taken in is not gone through."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_WAYS: tuple[tuple[str, ...], ...] = ((), ("unit_id",), ("owner_id",), ("project_id",))
OLD = [(*way, "day_on", "id", "deed") for way in _WAYS]
NEW = [(*way, "deed", "day_on", "id") for way in _WAYS]


def _replace(gone: list[tuple[str, ...]], made: list[tuple[str, ...]]) -> None:
    for columns in gone:
        op.drop_index(_name(columns), "customer_timeline")
    for columns in made:
        op.create_index(_name(columns), "customer_timeline", ["org_id", *columns])


def _name(columns: tuple[str, ...]) -> str:
    return f"ix_customer_timeline_{'_'.join(columns)}"


def upgrade() -> None:
    _replace(OLD, NEW)


def downgrade() -> None:
    _replace(NEW, OLD)
