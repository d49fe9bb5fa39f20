"""Attachments of customers, and who is mentioned in a note."""

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ID = Id()


def upgrade() -> None:
    op.create_table(
        "attachments",
        *(sa.Column(name, ID, nullable=False) for name in ("org_id", "id")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("version", "created_at", "updated_at")),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("version_of", ID, nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("newest", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=True),
        sa.Column("about_id", ID, nullable=True),
        sa.Column("name", sa.String(length=2000), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_by", ID, nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("removed_by", ID, nullable=True),
        sa.CheckConstraint("form IN ('picture', 'pdf')", name=op.f("ck_attachments_form")),
        sa.ForeignKeyConstraint(
            ["org_id", "customer_id"],
            ["customers.org_id", "customers.id"],
            name="fk_attachments_org_id_customer_id",
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "version_of"],
            ["attachments.org_id", "attachments.id"],
            name="fk_attachments_org_id_version_of",
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_attachments"),
    )
    for columns in (["customer_id", "created_at", "id"], ["version_of"], ["sha256"]):
        op.create_index(f"ix_attachments_{'_'.join(columns)}", "attachments", ["org_id", *columns])
    protect("attachments")
    for name in ("mentions", "untold"):
        op.add_column("customer_notes", sa.Column(name, sa.String(length=740), nullable=True))


def downgrade() -> None:
    for name in ("untold", "mentions"):
        op.drop_column("customer_notes", name)
    op.drop_table("attachments")
