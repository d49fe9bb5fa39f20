"""The encoding in which a list of customers was read."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer_imports", sa.Column("encoding", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("customer_imports", "encoding")
