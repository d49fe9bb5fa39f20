"""Comments on visits."""

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = Id()
REFERENCES = (("author_id", "users"), ("visit_id", "visits"), ("written_by", "users"))


def upgrade() -> None:
    op.create_table(
        "visit_comments",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("visit_id", ID, nullable=False),
        sa.Column("written_by", ID, nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                ["org_id", column], [f"{table}.org_id", f"{table}.id"], name=f"fk_visit_comments_org_id_{column}"
            )
            for column, table in REFERENCES
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_visit_comments"),
    )
    for columns in (["visit_id", "created_at"], ["owner_id"], ["unit_id"], ["author_id"]):
        op.create_index(f"ix_visit_comments_{'_'.join(columns)}", "visit_comments", ["org_id", *columns])
    protect("visit_comments")


def downgrade() -> None:
    op.drop_table("visit_comments")
