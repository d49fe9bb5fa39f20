"""Tasks."""

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = Id()
REFERENCES = (("assignee_id", "users"), ("author_id", "users"), ("customer_id", "customers"))
INDEXES = (
    ["assignee_id", "state", "due_on"],
    ["unit_id", "state", "due_on"],
    ["customer_id"],
    ["owner_id"],
    ["author_id"],
)


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("assignee_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=True),
        sa.Column("customer_name", sa.String(length=120), nullable=True),
        sa.Column("due_on", sa.CHAR(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("done_note", sa.Text(), nullable=True),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done', 'cancelled')", name=op.f("ck_tasks_state")),
        *(
            sa.ForeignKeyConstraint(
                ["org_id", column], [f"{table}.org_id", f"{table}.id"], name=f"fk_tasks_org_id_{column}"
            )
            for column, table in REFERENCES
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_tasks"),
    )
    for columns in INDEXES:
        op.create_index(f"ix_tasks_{'_'.join(columns)}", "tasks", ["org_id", *columns])
    protect("tasks")


def downgrade() -> None:
    op.drop_table("tasks")
