"""Questions of customers, and work reports."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = Id()
DAY = sa.CHAR(length=10)
CODE = sa.String(length=40)
TEXTS = ("summary", "problems", "next_plan")


def _row(
    name: str,
    *columns: sa.Column[Any],
    references: Iterable[tuple[str, str]] = (),
    indexes: Iterable[list[str]] = (),
    uniques: Iterable[list[str]] = (),
    states: Iterable[tuple[str, tuple[str, ...]]] = (),
) -> None:
    """A tenant's table: organisation, id, version and times first."""
    op.create_table(
        name,
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        *(sa.Column(each, sa.BigInteger(), nullable=False) for each in ("version", "created_at", "updated_at")),
        *columns,
        *(
            sa.ForeignKeyConstraint(
                ["org_id", column], [f"{table}.org_id", f"{table}.id"], name=f"fk_{name}_org_id_{column}"
            )
            for column, table in references
        ),
        *(
            sa.CheckConstraint(f"{column} IN ({', '.join(map(repr, words))})", name=op.f(f"ck_{name}_{column}"))
            for column, words in states
        ),
        *(sa.UniqueConstraint("org_id", *columns, name=f"uq_{name}_org_id_{'_'.join(columns)}") for columns in uniques),
        sa.PrimaryKeyConstraint("org_id", "id", name=f"pk_{name}"),
    )
    for each in indexes:
        op.create_index(f"ix_{name}_{'_'.join(each)}", name, ["org_id", *each])
    protect(name)


def _id(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, ID, nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    for name in ("follow_ups", "tasks"):
        op.create_index(f"ix_{name}_assignee_id_done_at", name, ["org_id", "assignee_id", "done_at"])
    _row(
        "questions",
        _id("owner_id"), _id("unit_id"), _id("project_id", nullable=True), _id("author_id"), _id("customer_id"),
        sa.Column("customer_name", sa.String(length=120), nullable=False),
        _id("visit_id", nullable=True), _text("text"),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("cannot_answer", sa.Boolean(), nullable=False),
        _id("department_id", nullable=True),
        sa.Column("due_on", DAY, nullable=True),
        sa.Column("state", CODE, nullable=False),
        _text("answer", nullable=True), _id("answered_by", nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        references=(
            ("author_id", "users"), ("answered_by", "users"), ("customer_id", "customers"), ("visit_id", "visits"),
            ("department_id", "units"),
        ),
        states=(("state", ("open", "answered", "withdrawn")),),
        indexes=(
            ["state", "due_on"], ["department_id", "state", "due_on"], ["author_id", "asked_at"], ["customer_id"], ["visit_id"],
            ["created_at", "id"],
        ),
    )  # fmt: skip
    _row(
        "work_reports",
        _id("owner_id"), _id("unit_id"), _id("project_id", nullable=True),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("period_on", DAY, nullable=False),
        sa.Column("topic", CODE, nullable=True),
        *(_text(each, nullable=True) for each in TEXTS),
        _text("facts"),
        sa.Column("state", CODE, nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        _text("named_ids"), _text("reader_ids"), _text("marks"),
        references=(("owner_id", "users"),),
        states=(("kind", ("daily", "weekly")), ("state", ("draft", "sent"))),
        indexes=(["owner_id", "period_on"], ["unit_id", "period_on"], ["kind", "period_on", "owner_id"]),
    )  # fmt: skip
    _row(
        "work_report_revisions",
        _id("report_id"), _id("owner_id"), _text("reader_ids"),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("topic", CODE, nullable=True),
        *(_text(each, nullable=True) for each in TEXTS),
        _text("facts"),
        references=(("report_id", "work_reports"),),
        uniques=(["report_id", "revision"],),
    )  # fmt: skip
    _row(
        "work_report_readers",
        _id("report_id"), _id("owner_id"), _id("reader_id"),
        sa.Column("read_revision", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        references=(("report_id", "work_reports"), ("reader_id", "users")),
        uniques=(["report_id", "reader_id"],),
        indexes=(["reader_id", "report_id"],),
    )  # fmt: skip
    _row(
        "work_report_comments",
        _id("report_id"), _id("owner_id"), _text("reader_ids"), _id("written_by"),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        _text("text"),
        references=(("report_id", "work_reports"), ("written_by", "users")),
        indexes=(["report_id", "created_at"],),
    )  # fmt: skip


def downgrade() -> None:
    for name in ("work_report_comments", "work_report_readers", "work_report_revisions", "work_reports", "questions"):
        op.drop_table(name)
    for name in ("follow_ups", "tasks"):
        op.drop_index(f"ix_{name}_assignee_id_done_at", name)
