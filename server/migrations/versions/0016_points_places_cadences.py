"""Where a visit was left, impressions, customers' places, and follow-ups that come again."""

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = Id()
CODE = sa.String(length=40)
VISITS = (
    ("nothing_next", sa.Text()),
    ("impression", sa.Text()),
    ("out_latitude_e7", sa.BigInteger()),
    ("out_longitude_e7", sa.BigInteger()),
    ("out_accuracy_m", sa.BigInteger()),
    ("out_fix_age_s", sa.BigInteger()),
    ("out_is_mock", sa.Boolean()),
    ("out_verdict", CODE),
    ("out_reason", CODE),
    ("out_distance_m", sa.BigInteger()),
)
FOLLOW_UPS = (
    ("repeat_every", sa.BigInteger()),
    ("repeat_unit", CODE),
    ("repeat_until", sa.CHAR(length=10)),
    ("repeat_from", sa.CHAR(length=10)),
)
ADDED = (*(("visits", *each) for each in VISITS), *(("follow_ups", *each) for each in FOLLOW_UPS))
INDEXES = (["customer_id", "created_at", "id"], ["owner_id"], ["unit_id"], ["author_id"])


def upgrade() -> None:
    for table, column, kind in ADDED:
        op.add_column(table, sa.Column(column, kind, nullable=True))
    for table in ("follow_ups", "tasks"):
        op.create_index(f"ix_{table}_due_on_id", table, ["org_id", "due_on", "id"])
    op.create_table(
        "customer_places",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("latitude_e7", sa.BigInteger(), nullable=False),
        sa.Column("longitude_e7", sa.BigInteger(), nullable=False),
        sa.Column("radius_m", sa.BigInteger(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                ["org_id", column], [f"{table}.org_id", f"{table}.id"], name=f"fk_customer_places_org_id_{column}"
            )
            for column, table in (("author_id", "users"), ("customer_id", "customers"))
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_customer_places"),
    )
    for columns in INDEXES:
        op.create_index(f"ix_customer_places_{'_'.join(columns)}", "customer_places", ["org_id", *columns])
    protect("customer_places")


def downgrade() -> None:
    op.drop_table("customer_places")
    for table in ("follow_ups", "tasks"):
        op.drop_index(f"ix_{table}_due_on_id", table)
    for table, column, _ in ADDED:
        op.drop_column(table, column)
