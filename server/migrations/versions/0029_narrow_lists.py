"""Customers by each thing that lists are narrowed to, in the order of the list; tasks, follow-ups and questions by each way of
reaching them, in the order of theirs."""

from alembic import op
from sqlalchemy import text

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_DUE = ("state", "due_on", "id")
_ASKED = ("state", "created_at", "id")
_CHANGED = ("updated_at", "id")
NEW = (
    *(("customers", (each, *_CHANGED)) for each in ("kind", "stage", "deal", "is_enabled")),
    ("opportunities", ("state", "stage_code", "weighted_minor", "id")),
    ("lead_conflicts", ("created_at", "id")),
    *(("day_plans", (*way, "plan_on", "id")) for way in (("owner_id",), ("unit_id",), ())),
    *(("work_reports", (*way, "period_on", "id")) for way in (("owner_id",), ("unit_id",), ())),
    ("activities", ("customer_id", "day_on", "id")),
    *((table, ("customer_id", "due_on", "id")) for table in ("follow_ups", "tasks")),
    ("questions", ("customer_id", "created_at", "id")),
    ("activities", ("channel", "day_on", "id")),
    *(
        (table, (*way, *_DUE))
        for table in ("follow_ups", "tasks")
        for way in (("owner_id",), ("unit_id",), ("author_id",), ())
    ),
    *(("questions", (*way, *_ASKED)) for way in (("owner_id",), ("unit_id",), ("author_id",), ())),
)
OF_SOME = (
    *(
        ("customers", (each, *_CHANGED))
        for each in (
            "grade", "need_level", "importance", "industry", "category", "expected_close_on", "expected_amount_minor",
        )
    ),
    *((table, ("project_id", *_DUE)) for table in ("follow_ups", "tasks")),
    *(("questions", (each, *_ASKED)) for each in ("project_id", "department_id")),
)  # fmt: skip
OLD = (
    ("day_plans", ("owner_id", "plan_on")),
    ("day_plans", ("unit_id", "plan_on")),
    ("work_reports", ("owner_id", "period_on")),
    ("work_reports", ("unit_id", "period_on")),
    ("activities", ("customer_id", "day_on")),
    ("follow_ups", ("customer_id", "due_on")),
    ("tasks", ("customer_id",)),
    ("questions", ("customer_id",)),
    ("follow_ups", ("unit_id", "state", "due_on")),
    ("follow_ups", ("author_id",)),
    ("tasks", ("unit_id", "state", "due_on")),
    ("tasks", ("owner_id",)),
    ("tasks", ("author_id",)),
)


def _name(table: str, columns: tuple[str, ...]) -> str:
    return f"ix_{table}_{'_'.join(columns)}"


def upgrade() -> None:
    for table, columns in NEW:
        op.create_index(_name(table, columns), table, ["org_id", *columns])
    for table, columns in OF_SOME:
        only = text(f"{columns[0]} IS NOT NULL")
        op.create_index(_name(table, columns), table, ["org_id", *columns], sqlite_where=only, postgresql_where=only)
    for table, columns in OLD:
        op.drop_index(_name(table, columns), table)


def downgrade() -> None:
    for table, columns in OLD:
        op.create_index(_name(table, columns), table, ["org_id", *columns])
    for table, columns in (*NEW, *OF_SOME):
        op.drop_index(_name(table, columns), table)
