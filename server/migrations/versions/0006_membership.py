"""Sales centres, members, cards and who arrives; kiosks and what they read."""

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = Id()
TABLES = (
    "sales_centres",
    "arrivals",
    "kiosks",
    "members",
    "cards",
    "kiosk_codes",
    "kiosk_registrations",
    "card_uses",
    "kiosk_readings",
)
"""In the order in which they refer to each other."""


def upgrade() -> None:
    op.create_table(
        "sales_centres",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_sales_centres_state")),
        sa.ForeignKeyConstraint(
            ["org_id", "owner_id"], ["users.org_id", "users.id"], name=op.f("fk_sales_centres_org_id_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "project_id"],
            ["projects.org_id", "projects.id"],
            name=op.f("fk_sales_centres_org_id_project_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "unit_id"], ["units.org_id", "units.id"], name=op.f("fk_sales_centres_org_id_unit_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_sales_centres")),
        sa.UniqueConstraint("org_id", "name", name=op.f("uq_sales_centres_org_id_name")),
    )
    op.create_table(
        "arrivals",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("customer_name", sa.String(length=120), nullable=False),
        sa.Column("sales_centre_id", ID, nullable=False),
        sa.Column("kiosk_id", ID, nullable=False),
        sa.Column("card_id", ID, nullable=True),
        sa.Column("tier", sa.String(length=40), nullable=True),
        sa.Column("via", sa.String(length=40), nullable=False),
        sa.Column("arrived_at", sa.BigInteger(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("is_proved", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("handled_by", ID, nullable=True),
        sa.Column("handled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'served', 'left')", name=op.f("ck_arrivals_state")),
        sa.CheckConstraint("via IN ('card', 'registration')", name=op.f("ck_arrivals_via")),
        sa.ForeignKeyConstraint(
            ["org_id", "customer_id"], ["customers.org_id", "customers.id"], name=op.f("fk_arrivals_org_id_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "owner_id"], ["users.org_id", "users.id"], name=op.f("fk_arrivals_org_id_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "sales_centre_id"],
            ["sales_centres.org_id", "sales_centres.id"],
            name=op.f("fk_arrivals_org_id_sales_centre_id"),
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_arrivals")),
    )
    op.create_index("ix_arrivals_arrived_at_id", "arrivals", ["org_id", "arrived_at", "id"], unique=False)
    op.create_index("ix_arrivals_card_id_arrived_at", "arrivals", ["org_id", "card_id", "arrived_at"], unique=False)
    op.create_index(
        "ix_arrivals_customer_id_arrived_at", "arrivals", ["org_id", "customer_id", "arrived_at"], unique=False
    )
    op.create_index("ix_arrivals_owner_id_arrived_at", "arrivals", ["org_id", "owner_id", "arrived_at"], unique=False)
    op.create_index(
        "ix_arrivals_sales_centre_id_state_arrived_at",
        "arrivals",
        ["org_id", "sales_centre_id", "state", "arrived_at"],
        unique=False,
    )
    op.create_index("ix_arrivals_unit_id_arrived_at", "arrivals", ["org_id", "unit_id", "arrived_at"], unique=False)
    op.create_table(
        "kiosks",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("sales_centre_id", ID, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("enrolment_id", ID, nullable=True),
        sa.Column("key_thumbprint", sa.String(length=43), nullable=True),
        sa.Column("public_jwk", sa.Text(), nullable=False),
        sa.Column("app_version", sa.String(length=40), nullable=True),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=True),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=True),
        sa.Column("last_n", sa.BigInteger(), nullable=False),
        sa.Column("last_digest", sa.String(length=43), nullable=True),
        sa.CheckConstraint("state IN ('new', 'active', 'revoked')", name=op.f("ck_kiosks_state")),
        sa.ForeignKeyConstraint(
            ["org_id", "sales_centre_id"],
            ["sales_centres.org_id", "sales_centres.id"],
            name=op.f("fk_kiosks_org_id_sales_centre_id"),
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_kiosks")),
        sa.UniqueConstraint("org_id", "number", name=op.f("uq_kiosks_org_id_number")),
    )
    op.create_index("ix_kiosks_sales_centre_id", "kiosks", ["org_id", "sales_centre_id"], unique=False)
    op.create_table(
        "members",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("tier", sa.String(length=40), nullable=False),
        sa.Column("joined_on", sa.CHAR(length=10), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.CheckConstraint("state IN ('active', 'left')", name=op.f("ck_members_state")),
        sa.CheckConstraint("tier IN ('standard', 'silver', 'gold', 'platinum')", name=op.f("ck_members_tier")),
        sa.ForeignKeyConstraint(
            ["org_id", "customer_id"], ["customers.org_id", "customers.id"], name=op.f("fk_members_org_id_customer_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_members")),
        sa.UniqueConstraint("org_id", "customer_id", name=op.f("uq_members_org_id_customer_id")),
        sa.UniqueConstraint("org_id", "number", name=op.f("uq_members_org_id_number")),
    )
    op.create_index("ix_members_updated_at_id", "members", ["org_id", "updated_at", "id"], unique=False)
    op.create_table(
        "cards",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("card_ref", sa.String(length=32), nullable=False),
        sa.Column("uid", sa.String(length=14), nullable=True),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("issued_on", sa.CHAR(length=10), nullable=False),
        sa.Column("expires_on", sa.CHAR(length=10), nullable=True),
        sa.Column("replaces_id", ID, nullable=True),
        sa.CheckConstraint("kind IN ('printed', 'phone', 'chip')", name=op.f("ck_cards_kind")),
        sa.CheckConstraint(
            "state IN ('active', 'lost', 'blocked', 'replaced', 'expired')", name=op.f("ck_cards_state")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "member_id"], ["members.org_id", "members.id"], name=op.f("fk_cards_org_id_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "replaces_id"], ["cards.org_id", "cards.id"], name=op.f("fk_cards_org_id_replaces_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_cards")),
        sa.UniqueConstraint("org_id", "card_ref", name=op.f("uq_cards_org_id_card_ref")),
        sa.UniqueConstraint("org_id", "number", name=op.f("uq_cards_org_id_number")),
        sa.UniqueConstraint("org_id", "uid", name=op.f("uq_cards_org_id_uid")),
    )
    op.create_index("ix_cards_customer_id", "cards", ["org_id", "customer_id"], unique=False)
    op.create_index("ix_cards_member_id", "cards", ["org_id", "member_id"], unique=False)
    op.create_index("ix_cards_state_expires_on", "cards", ["org_id", "state", "expires_on"], unique=False)
    op.create_index("ix_cards_updated_at_id", "cards", ["org_id", "updated_at", "id"], unique=False)
    op.create_table(
        "kiosk_codes",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("kiosk_id", ID, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "kiosk_id"], ["kiosks.org_id", "kiosks.id"], name=op.f("fk_kiosk_codes_org_id_kiosk_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_kiosk_codes")),
    )
    op.create_index("ix_kiosk_codes_kiosk_id", "kiosk_codes", ["org_id", "kiosk_id"], unique=False)
    op.create_table(
        "kiosk_registrations",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("kiosk_id", ID, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("consent", sa.String(length=40), nullable=False),
        sa.Column("registered_at", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", ID, nullable=True),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "customer_id"],
            ["customers.org_id", "customers.id"],
            name=op.f("fk_kiosk_registrations_org_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "kiosk_id"], ["kiosks.org_id", "kiosks.id"], name=op.f("fk_kiosk_registrations_org_id_kiosk_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_kiosk_registrations")),
    )
    op.create_index(
        "ix_kiosk_registrations_customer_id", "kiosk_registrations", ["org_id", "customer_id"], unique=False
    )
    op.create_table(
        "card_uses",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("card_id", ID, nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "card_id"], ["cards.org_id", "cards.id"], name=op.f("fk_card_uses_org_id_card_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_card_uses")),
        sa.UniqueConstraint("org_id", "card_id", "counter", name=op.f("uq_card_uses_org_id_card_id_counter")),
    )
    op.create_index("ix_card_uses_used_at", "card_uses", ["org_id", "used_at"], unique=False)
    op.create_table(
        "kiosk_readings",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("kiosk_id", ID, nullable=False),
        sa.Column("enrolment_id", ID, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.String(length=43), nullable=False),
        sa.Column("digest", sa.String(length=43), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("chain", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("flag", sa.String(length=40), nullable=True),
        sa.Column("card_id", ID, nullable=True),
        sa.Column("arrival_id", ID, nullable=True),
        sa.CheckConstraint("chain IN ('next', 'gap', 'late', 'broken', 'fork')", name=op.f("ck_kiosk_readings_chain")),
        sa.CheckConstraint("outcome IN ('welcome', 'refused')", name=op.f("ck_kiosk_readings_outcome")),
        sa.ForeignKeyConstraint(
            ["org_id", "arrival_id"],
            ["arrivals.org_id", "arrivals.id"],
            name=op.f("fk_kiosk_readings_org_id_arrival_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "card_id"], ["cards.org_id", "cards.id"], name=op.f("fk_kiosk_readings_org_id_card_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "kiosk_id"], ["kiosks.org_id", "kiosks.id"], name=op.f("fk_kiosk_readings_org_id_kiosk_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_kiosk_readings")),
        sa.UniqueConstraint("org_id", "enrolment_id", "n", name=op.f("uq_kiosk_readings_org_id_enrolment_id_n")),
    )
    op.create_index("ix_kiosk_readings_arrival_id", "kiosk_readings", ["org_id", "arrival_id"], unique=False)
    op.create_index("ix_kiosk_readings_card_id", "kiosk_readings", ["org_id", "card_id"], unique=False)
    op.create_index(
        "ix_kiosk_readings_kiosk_id_created_at_id",
        "kiosk_readings",
        ["org_id", "kiosk_id", "created_at", "id"],
        unique=False,
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
