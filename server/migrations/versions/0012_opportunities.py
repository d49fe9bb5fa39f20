"""Opportunities, the contacts about them, and the funnel; customers by the month of first contact.

Each organisation's stages come with `doorstep db upgrade`, after this: devices are sent them, so they have to be numbered.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = Id()
INDEXES = {
    "opportunities": (
        ["customer_id", "state", "weighted_minor", "id"],
        ["owner_id", "state", "weighted_minor", "id"],
        ["unit_id", "state", "weighted_minor", "id"],
        ["project_id", "state", "weighted_minor", "id"],
        ["state", "weighted_minor", "id"],
        ["state", "closed_on"],
    ),
    "opportunity_contacts": (["opportunity_id", "created_at", "id"], ["customer_id"]),
    "customers": (["first_contact_on", "owner_id"],),
}


def _row() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
    )


def _scoped() -> tuple[sa.Column[Any], ...]:
    return (
        *_row(),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
    )


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_org_id_{column}"
    return sa.ForeignKeyConstraint(["org_id", column], [f"{target}.org_id", f"{target}.id"], name=name)


def upgrade() -> None:
    op.create_table(
        "funnel_stages",
        *_row(),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=40), nullable=False),
        sa.Column("probability", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("probability BETWEEN 0 AND 100", name=op.f("ck_funnel_stages_probability")),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_funnel_stages"),
        sa.UniqueConstraint("org_id", "code", name="uq_funnel_stages_org_id_code"),
    )
    op.create_table(
        "opportunities",
        *_scoped(),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("stage_code", sa.String(length=40), nullable=False),
        sa.Column("probability", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("weighted_minor", sa.BigInteger(), nullable=False),
        sa.Column("expected_close_on", sa.CHAR(length=10), nullable=True),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("next_step_on", sa.CHAR(length=10), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("competitor", sa.String(length=60), nullable=True),
        sa.Column("closing_note", sa.Text(), nullable=True),
        sa.Column("closed_on", sa.CHAR(length=10), nullable=True),
        sa.Column("closed_by", ID, nullable=True),
        sa.Column("opened_by", ID, nullable=False),
        sa.Column("visit_id", ID, nullable=True),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'won', 'lost')", name=op.f("ck_opportunities_state")),
        _refers("opportunities", "customer_id", "customers"),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_opportunities"),
    )
    op.create_table(
        "opportunity_contacts",
        *_scoped(),
        sa.Column("opportunity_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("contacted_at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("next_step_on", sa.CHAR(length=10), nullable=False),
        _refers("opportunity_contacts", "opportunity_id", "opportunities"),
        _refers("opportunity_contacts", "customer_id", "customers"),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_opportunity_contacts"),
    )
    for table, indexes in INDEXES.items():
        for columns in indexes:
            op.create_index(f"ix_{table}_{'_'.join(columns)}", table, ["org_id", *columns])
    for table in ("funnel_stages", "opportunities", "opportunity_contacts"):
        protect(table)


def downgrade() -> None:
    op.drop_index("ix_customers_first_contact_on_owner_id", "customers")
    for table in ("opportunity_contacts", "opportunities", "funnel_stages"):
        op.drop_table(table)
