"""Customers who went into another."""

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = Id()


def upgrade() -> None:
    op.create_table(
        "merged_customers",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("into_id", ID, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("merged_by", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "into_id"], ["customers.org_id", "customers.id"], name="fk_merged_customers_org_id_into_id"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_merged_customers"),
    )
    columns = ["into_id", "created_at", "id"]
    op.create_index(f"ix_merged_customers_{'_'.join(columns)}", "merged_customers", ["org_id", *columns])
    protect("merged_customers")


def downgrade() -> None:
    op.drop_table("merged_customers")
