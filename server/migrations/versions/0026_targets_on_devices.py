"""Targets are set on devices too, where two hands merge."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("targets", sa.Column("marks", sa.Text(), nullable=False, server_default=sa.text("'{}'")))
    with op.batch_alter_table("targets") as targets:
        targets.alter_column("marks", existing_type=sa.Text(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    op.drop_column("targets", "marks")
