"""Who had gone into a customer who is deleted."""

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ID = Id()
TABLE = "deleted_merged_customers"


def upgrade() -> None:
    op.create_table(
        TABLE,
        *(sa.Column(name, ID, nullable=False) for name in ("org_id", "id")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("version", "created_at", "updated_at")),
        sa.Column("into_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "into_id"],
            ["deleted_customers.org_id", "deleted_customers.id"],
            name=f"fk_{TABLE}_org_id_into_id",
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=f"pk_{TABLE}"),
    )
    op.create_index(f"ix_{TABLE}_into_id", TABLE, ["org_id", "into_id"])
    protect(TABLE)


def downgrade() -> None:
    op.drop_table(TABLE)
