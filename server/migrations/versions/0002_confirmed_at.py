"""Sessions remember when their password was given again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("confirmed_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("sessions", "confirmed_at")
