"""Questions that were asked in a call or at a reception."""

import sqlalchemy as sa
from alembic import op

from server.core.types import Id

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WHERE = (("activity_id", "activities"), ("reception_id", "receptions"))


def upgrade() -> None:
    with op.batch_alter_table("questions") as questions:
        for column, table in WHERE:
            questions.add_column(sa.Column(column, Id(), nullable=True))
            questions.create_foreign_key(f"fk_questions_org_id_{column}", table, ["org_id", column], ["org_id", "id"])
            questions.create_index(f"ix_questions_{column}", ["org_id", column])


def downgrade() -> None:
    with op.batch_alter_table("questions") as questions:
        for column, _ in WHERE:
            questions.drop_index(f"ix_questions_{column}")
            questions.drop_constraint(f"fk_questions_org_id_{column}", type_="foreignkey")
            questions.drop_column(column)
