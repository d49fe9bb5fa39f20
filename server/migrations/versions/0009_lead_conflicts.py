"""Lead conflicts, and when a customer was entered by his device's clock."""

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = Id()
SIDES = ("first", "second")


def upgrade() -> None:
    op.add_column("customers", sa.Column("received_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "lead_conflicts",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        *(
            column
            for side in SIDES
            for column in (
                sa.Column(f"{side}_id", ID, nullable=False),
                sa.Column(f"{side}_received_at", sa.BigInteger(), nullable=False),
                sa.Column(f"{side}_arrived_at", sa.BigInteger(), nullable=False),
            )
        ),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_lead_conflicts_state")),
        *(
            sa.ForeignKeyConstraint(
                ["org_id", f"{side}_id"],
                ["customers.org_id", "customers.id"],
                name=f"fk_lead_conflicts_org_id_{side}_id",
            )
            for side in SIDES
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_lead_conflicts"),
        sa.UniqueConstraint("org_id", "first_id", "second_id", name="uq_lead_conflicts_org_id_first_id_second_id"),
    )
    for columns in (["second_id"], ["state", "created_at", "id"]):
        op.create_index(f"ix_lead_conflicts_{'_'.join(columns)}", "lead_conflicts", ["org_id", *columns])
    protect("lead_conflicts")


def downgrade() -> None:
    op.drop_table("lead_conflicts")
    op.drop_column("customers", "received_at")
