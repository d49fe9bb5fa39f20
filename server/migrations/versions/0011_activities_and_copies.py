"""Activities with their types, and copies of visits, plans and tasks for those who are named in them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = Id()
CODE = sa.String(length=40)
KINDS = "'presales', 'implementation', 'progress', 'acceptance', 'after_sales', 'topic', 'return_visit', 'own'"
CHANNELS = "'call_out', 'call_in', 'message', 'mail', 'meeting_online', 'other'"
ACTIVITY_INDEXES = (
    ["customer_id", "day_on"],
    ["author_id", "day_on"],
    ["owner_id", "day_on"],
    ["unit_id", "day_on"],
    ["day_on", "id"],
)
SUBJECTS = ("visit_id", "plan_id", "task_id")
NAMED = (("visits", "people"), ("day_plans", "copied_to"), ("tasks", "copied_to"))


def base() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
    )


def reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["org_id", column], [f"{target}.org_id", f"{target}.id"], name=f"fk_{table}_org_id_{column}"
    )


def upgrade() -> None:
    for table, column in NAMED:
        op.add_column(table, sa.Column(column, sa.String(length=740), nullable=True))
    op.create_table(
        "activity_types",
        *base(),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=40), nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.CheckConstraint("state IN ('active', 'closed')", name=op.f("ck_activity_types_state")),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_activity_types"),
        sa.UniqueConstraint("org_id", "name_zh", name="uq_activity_types_org_id_name_zh"),
        sa.UniqueConstraint("org_id", "name_en", name="uq_activity_types_org_id_name_en"),
    )
    protect("activity_types")
    op.create_table(
        "activities",
        *base(),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("contact_name", sa.String(length=120), nullable=True),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("type_id", ID, nullable=True),
        sa.Column("channel", CODE, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("duration_min", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("nothing_next", sa.Text(), nullable=True),
        sa.Column("day_on", sa.CHAR(length=10), nullable=False),
        sa.Column("time_verdict", CODE, nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_activities_kind")),
        sa.CheckConstraint(f"channel IN ({CHANNELS})", name=op.f("ck_activities_channel")),
        reference("activities", "author_id", "users"),
        reference("activities", "customer_id", "customers"),
        reference("activities", "type_id", "activity_types"),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_activities"),
    )
    for columns in ACTIVITY_INDEXES:
        op.create_index(f"ix_activities_{'_'.join(columns)}", "activities", ["org_id", *columns])
    protect("activities")
    op.create_table(
        "copies",
        *base(),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("from_id", ID, nullable=False),
        *(sa.Column(each, ID, nullable=True) for each in SUBJECTS),
        sa.Column("day_on", sa.CHAR(length=10), nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("customer_name", sa.String(length=120), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("start_at", sa.BigInteger(), nullable=True),
        sa.Column("end_at", sa.BigInteger(), nullable=True),
        sa.Column("importance", sa.BigInteger(), nullable=False),
        sa.Column("urgency", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.CheckConstraint(
            " + ".join(f"CASE WHEN {each} IS NULL THEN 0 ELSE 1 END" for each in SUBJECTS) + " = 1",
            name=op.f("ck_copies_subject"),
        ),
        reference("copies", "person_id", "users"),
        reference("copies", "from_id", "users"),
        *(
            reference("copies", each, target)
            for each, target in zip(SUBJECTS, ("visits", "day_plans", "tasks"), strict=True)
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_copies"),
        *(
            sa.UniqueConstraint("org_id", each, "person_id", name=f"uq_copies_org_id_{each}_person_id")
            for each in SUBJECTS
        ),
    )
    op.create_index("ix_copies_person_id_day_on_id", "copies", ["org_id", "person_id", "day_on", "id"])
    protect("copies")


def downgrade() -> None:
    for table in ("copies", "activities", "activity_types"):
        op.drop_table(table)
    for table, column in NAMED:
        op.drop_column(table, column)
