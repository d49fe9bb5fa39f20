"""Who is mentioned in a comment on a visit."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("mentions", "untold"):
        op.add_column("visit_comments", sa.Column(name, sa.String(length=740), nullable=True))


def downgrade() -> None:
    for name in ("untold", "mentions"):
        op.drop_column("visit_comments", name)
