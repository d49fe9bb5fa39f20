"""Why a customer was lost; nobody knows it of those who are lost already."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("lost_reason", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("customers", "lost_reason")
