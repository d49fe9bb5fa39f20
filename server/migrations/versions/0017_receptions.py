"""Receptions, what is known of devices' clocks, and lead conflicts that are ruled and sent to devices."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = Id()
SIDES = ("first", "second")
CLOCK = ("exchanged_at", "clock_behind_ms", "contact_at", "contact_behind_ms")
FILLED: dict[str, tuple[sa.types.TypeEngine[Any], str]] = {
    "first_doubt_ms": (sa.BigInteger(), "0"),
    "second_doubt_ms": (sa.BigInteger(), "0"),
    "matched": (sa.String(40), "'phone'"),
    "because": (sa.String(40), "'unplaced'"),
}
"""Column → its type, and what the conflicts that are there get."""
STATES = "state IN ('open', 'ruled', 'dismissed', 'closed')"
STATES_BEFORE = "state IN ('open', 'closed')"


def upgrade() -> None:
    for name in CLOCK:
        op.add_column("enrolments", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("customers", sa.Column("received_fixed_at", sa.BigInteger(), nullable=True))
    op.add_column("customers", sa.Column("received_doubt_ms", sa.BigInteger(), nullable=True))
    _receptions()
    _conflicts()
    _shares()


def _receptions() -> None:
    op.create_table(
        "receptions",
        *_row(),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("received_by", ID, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("fixed_at", sa.BigInteger(), nullable=True),
        sa.Column("doubt_ms", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        *(sa.Column(name, sa.String(40), nullable=True) for name in ("source", "area", "orientation", "floor")),
        *(
            sa.Column(f"interest_{name}", sa.Boolean(), nullable=False)
            for name in ("price", "location", "greenery", "decoration", "surroundings")
        ),
        sa.Column("income", sa.String(40), nullable=True),
        *(
            sa.Column(name, sa.String(2000), nullable=True)
            for name in ("work_place", "home_place", "suggestions", "impression")
        ),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_receptions"),
        _refers("receptions", "customer_id", "customers"),
        _refers("receptions", "received_by", "users"),
    )
    op.create_index(
        "ix_receptions_customer_id_created_at_id", "receptions", ["org_id", "customer_id", "created_at", "id"]
    )
    protect("receptions")


def _conflicts() -> None:
    """Give the conflicts that are there the places of their customers; devices are sent them when something changes."""
    for side in SIDES:
        for name in ("owner_id", "unit_id"):
            op.add_column("lead_conflicts", sa.Column(f"{side}_{name}", ID, nullable=True))
        for name in ("project_id", "reception_id"):
            op.add_column("lead_conflicts", sa.Column(f"{side}_{name}", ID, nullable=True))
        op.add_column("lead_conflicts", sa.Column(f"{side}_fixed_at", sa.BigInteger(), nullable=True))
    for name, (kind, value) in FILLED.items():
        op.add_column("lead_conflicts", sa.Column(name, kind, nullable=False, server_default=sa.text(value)))
    for name, kind in (
        ("proposed", sa.String(40)), ("chosen", sa.String(40)), ("other_percent", sa.BigInteger()),
        ("reason", sa.String(200)), ("ruled_by", ID), ("ruled_at", sa.BigInteger()),
    ):  # fmt: skip
        op.add_column("lead_conflicts", sa.Column(name, kind, nullable=True))
    for side in SIDES:
        for name in ("owner_id", "unit_id", "project_id"):
            _in_each_organisation(
                f"UPDATE lead_conflicts SET {side}_{name} = (SELECT k.{name} FROM customers k"
                f" WHERE k.org_id = lead_conflicts.org_id AND k.id = lead_conflicts.{side}_id) WHERE org_id = :org"
            )
    with op.batch_alter_table("lead_conflicts") as batch:
        for side in SIDES:
            for name in ("owner_id", "unit_id"):
                batch.alter_column(f"{side}_{name}", existing_type=ID, nullable=False)
        for name, (kind, _) in FILLED.items():
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
        batch.drop_constraint(op.f("ck_lead_conflicts_state"), type_="check")
        batch.create_check_constraint(op.f("ck_lead_conflicts_state"), STATES)


def _shares() -> None:
    op.create_table(
        "customer_shares",
        *_row(),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("conflict_id", ID, nullable=False),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name=op.f("ck_customer_shares_percent")),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_customer_shares"),
        sa.UniqueConstraint("org_id", "customer_id", "user_id", name="uq_customer_shares_org_id_customer_id_user_id"),
        _refers("customer_shares", "customer_id", "customers"),
        _refers("customer_shares", "user_id", "users"),
    )
    op.create_index("ix_customer_shares_user_id", "customer_shares", ["org_id", "user_id"])
    protect("customer_shares")


def _row() -> list[sa.Column[Any]]:
    return [
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("version", "created_at", "updated_at")),
    ]


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["org_id", column], [f"{target}.org_id", f"{target}.id"], name=f"fk_{table}_org_id_{column}"
    )


def _in_each_organisation(statement: str) -> None:
    """Run it for one after the other: row-level security holds for the owner of the tables too."""
    bind = op.get_bind()
    for (org_id,) in bind.execute(sa.text("SELECT org_id FROM org_directory")).all():
        if bind.dialect.name == "postgresql":
            bind.execute(sa.text("SELECT set_config('app.org', :org, true)"), {"org": str(org_id)})
        bind.execute(sa.text(statement), {"org": str(org_id)})


def downgrade() -> None:
    op.drop_table("customer_shares")
    with op.batch_alter_table("lead_conflicts") as batch:
        batch.drop_constraint(op.f("ck_lead_conflicts_state"), type_="check")
    _in_each_organisation(
        "UPDATE lead_conflicts SET state = 'closed' WHERE state IN ('ruled', 'dismissed') AND org_id = :org"
    )
    with op.batch_alter_table("lead_conflicts") as batch:
        batch.create_check_constraint(op.f("ck_lead_conflicts_state"), STATES_BEFORE)
        for side in SIDES:
            for name in ("owner_id", "unit_id", "project_id", "reception_id", "fixed_at", "doubt_ms"):
                batch.drop_column(f"{side}_{name}")
        for name in (
            "matched", "because", "proposed", "chosen", "other_percent", "reason", "ruled_by", "ruled_at",
        ):  # fmt: skip
            batch.drop_column(name)
    op.drop_table("receptions")
    op.drop_column("customers", "received_doubt_ms")
    op.drop_column("customers", "received_fixed_at")
    for name in reversed(CLOCK):
        op.drop_column("enrolments", name)
