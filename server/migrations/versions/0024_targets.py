"""What people are to reach in a month."""

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ID = Id()


def upgrade() -> None:
    op.create_table(
        "targets",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("month_on", sa.CHAR(length=10), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("measure IN ('visits', 'won_amount')", name="measure"),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.ForeignKeyConstraint(
            ["org_id", "owner_id"], ["users.org_id", "users.id"], name="fk_targets_org_id_owner_id"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_targets"),
        sa.UniqueConstraint(
            "org_id", "owner_id", "month_on", "measure", name="uq_targets_org_id_owner_id_month_on_measure"
        ),
    )
    op.create_index("ix_targets_month_on_owner_id", "targets", ["org_id", "month_on", "owner_id"])
    protect("targets")


def downgrade() -> None:
    op.drop_table("targets")
