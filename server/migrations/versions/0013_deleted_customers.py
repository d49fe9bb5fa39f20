"""Deleted customers, and what is needed to restore them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = Id()
REFERRING = (
    ("customer_notes", "reply_to"),
    ("follow_ups", "visit_id"),
    ("expense_lines", "customer_id"),
    ("expense_lines", "visit_id"),
)
"""What refers to rows that are deleted now: without an index the database reads the whole table for each of them."""
INDEXES = (["created_at", "id"], ["owner_id", "created_at", "id"], ["unit_id", "created_at", "id"])


def _row() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "deleted_customers",
        *_row(),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("deleted_by", ID, nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_deleted_customers"),
    )
    for columns in INDEXES:
        op.create_index(f"ix_deleted_customers_{'_'.join(columns)}", "deleted_customers", ["org_id", *columns])
    op.create_table(
        "deleted_rows",
        *_row(),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "id"], ["deleted_customers.org_id", "deleted_customers.id"], name="fk_deleted_rows_org_id_id"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_deleted_rows"),
    )
    for table, column in REFERRING:
        op.create_index(f"ix_{table}_{column}", table, ["org_id", column])
    protect("deleted_customers")
    protect("deleted_rows")


def downgrade() -> None:
    for table, column in REFERRING:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
    op.drop_table("deleted_rows")
    op.drop_table("deleted_customers")
