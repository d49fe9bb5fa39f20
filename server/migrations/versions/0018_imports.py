"""Imports of customers, and what became of each of their rows."""

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ID = Id()


def _row() -> list[sa.Column[object]]:
    return [
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "customer_imports",
        *_row(),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(length=32), nullable=True),
        sa.Column("titles", sa.Text(), nullable=False),
        sa.Column("samples", sa.Text(), nullable=False),
        sa.Column("title_number", sa.BigInteger(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("new_owner_id", ID, nullable=True),
        sa.Column("source", sa.String(length=40), nullable=True),
        sa.Column("is_trial", sa.Boolean(), nullable=False),
        sa.Column("job_id", ID, nullable=True),
        sa.Column("is_finished", sa.Boolean(), nullable=False),
        sa.Column("next_number", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("created", "duplicates", "refused")),
        sa.ForeignKeyConstraint(
            ["org_id", "owner_id"], ["users.org_id", "users.id"], name="fk_customer_imports_org_id_owner_id"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_customer_imports"),
    )
    op.create_index(
        "ix_customer_imports_owner_id_created_at_id", "customer_imports", ["org_id", "owner_id", "created_at", "id"]
    )
    op.create_table(
        "customer_import_rows",
        *_row(),
        sa.Column("import_id", ID, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("made_id", ID, nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('created', 'duplicate', 'refused')", name=op.f("ck_customer_import_rows_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "import_id"],
            ["customer_imports.org_id", "customer_imports.id"],
            name="fk_customer_import_rows_org_id_import_id",
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_customer_import_rows"),
        sa.UniqueConstraint("org_id", "import_id", "number", name="uq_customer_import_rows_org_id_import_id_number"),
    )
    for columns in (["import_id", "outcome", "number"], ["fingerprint"]):
        op.create_index(f"ix_customer_import_rows_{'_'.join(columns)}", "customer_import_rows", ["org_id", *columns])
    for name in ("customer_imports", "customer_import_rows"):
        protect(name)


def downgrade() -> None:
    op.drop_table("customer_import_rows")
    op.drop_table("customer_imports")
