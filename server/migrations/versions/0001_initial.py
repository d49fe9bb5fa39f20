"""The first schema: core, accounts, customers, field work."""

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import grant, protect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = Id()


def upgrade() -> None:
    op.create_table(
        "enrolments",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("device_id", ID, nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("last_n", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint(
            "org_id",
            "device_id",
            "user_id",
            "incarnation",
            name=op.f("uq_enrolments_org_id_device_id_user_id_incarnation"),
        ),
        comment="(installation, user, incarnation); its row is locked while one of its pushes is applied",
    )
    op.create_table(
        "events",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "n", name=op.f("pk_events")),
        sa.UniqueConstraint("org_id", "previous_hash", name=op.f("uq_events_org_id_previous_hash")),
        comment="facts; append-only, numbered and hash-chained per organisation",
        info={"append_only": True},
    )
    op.create_index("ix_events_subject", "events", ["org_id", "subject_id", "n"], unique=False)
    op.create_table(
        "feed",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("bucket", sa.String(length=90), nullable=False),
        sa.Column("collection", sa.String(length=40), nullable=False),
        sa.Column("row_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("put", sa.Boolean(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "bucket", "collection", "row_id", name=op.f("pk_feed")),
        comment="the latest change of each row in each bucket, without its data",
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_feed_seq", "feed", ["org_id", "bucket", "seq", "put", "row_version", "collection", "row_id"], unique=False
    )
    op.create_table(
        "jobs",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=200), nullable=True),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("progress_done", sa.BigInteger(), nullable=False),
        sa.Column("progress_total", sa.BigInteger(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting','leased','done','failed','cancelled','dead')", name=op.f("ck_jobs_state")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("org_id", "dedupe_key", name=op.f("uq_jobs_org_id_dedupe_key")),
        comment="work; leased, fenced, retried, with progress, cancel and result",
    )
    op.create_index("ix_jobs_due", "jobs", ["org_id", "state", "due_at"], unique=False)
    op.create_table(
        "org_clocks",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("feed_head", sa.BigInteger(), nullable=False),
        sa.Column("event_n", sa.BigInteger(), nullable=False),
        sa.Column("event_hash", sa.String(length=64), nullable=False),
        sa.Column("access_version", sa.BigInteger(), nullable=False),
        sa.Column("epoch", ID, nullable=False),
        sa.PrimaryKeyConstraint("org_id", name=op.f("pk_org_clocks")),
        comment="one row an organisation; its lock, taken last before commit, makes feed order commit order",
    )
    op.create_table(
        "org_directory",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("org_id", name=op.f("pk_org_directory")),
        sa.UniqueConstraint("code", name=op.f("uq_org_directory_code")),
        info={"global": "finds the organisation of a sign-in, before any tenant is known; holds nothing else"},
    )
    op.create_table(
        "organisations",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("locale", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.CheckConstraint("locale IN ('zh', 'en')", name=op.f("ck_organisations_locale")),
        sa.CheckConstraint("state IN ('active', 'suspended')", name=op.f("ck_organisations_state")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_organisations")),
    )
    op.create_table(
        "projects",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_projects")),
        sa.UniqueConstraint("org_id", "code", name=op.f("uq_projects_org_id_code")),
    )
    op.create_table(
        "proof_uses",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("thumbprint", sa.String(length=43), nullable=False),
        sa.Column("jti", sa.String(length=128), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_proof_uses")),
        sa.UniqueConstraint("org_id", "thumbprint", "jti", name=op.f("uq_proof_uses_org_id_thumbprint_jti")),
    )
    op.create_table(
        "roles",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("is_system", sa.Boolean(), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("functions", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.CheckConstraint("scope IN ('own', 'team', 'department', 'project', 'all')", name=op.f("ck_roles_scope")),
        sa.CheckConstraint("state IN ('active', 'disabled')", name=op.f("ck_roles_state")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_roles")),
        sa.UniqueConstraint("org_id", "code", name=op.f("uq_roles_org_id_code")),
    )
    op.create_table(
        "sync_issues",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("enrolment_id", ID, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("collection", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("row_id", ID, nullable=True),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("attempted", sa.Text(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_sync_issues")),
    )
    op.create_index("ix_sync_issues_owner_id_id", "sync_issues", ["org_id", "owner_id", "id"], unique=False)
    op.create_index("ix_sync_issues_row_id", "sync_issues", ["org_id", "row_id"], unique=False)
    op.create_index("ix_sync_issues_unit_id_id", "sync_issues", ["org_id", "unit_id", "id"], unique=False)
    op.create_table(
        "units",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('organisation', 'department', 'team')", name=op.f("ck_units_kind")),
        sa.ForeignKeyConstraint(
            ["org_id", "parent_id"], ["units.org_id", "units.id"], name=op.f("fk_units_org_id_parent_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_units")),
    )
    op.create_index("ix_units_parent_id", "units", ["org_id", "parent_id"], unique=False)
    op.create_table(
        "ledger",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("enrolment_id", ID, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "enrolment_id"],
            ["enrolments.org_id", "enrolments.id"],
            name=op.f("fk_ledger_org_id_enrolment_id"),
        ),
        sa.PrimaryKeyConstraint("org_id", "enrolment_id", "n", name=op.f("pk_ledger")),
        comment="one verdict for each operation ever acknowledged; never purged",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "users",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("gender", sa.String(length=40), nullable=True),
        sa.Column("birth_year", sa.BigInteger(), nullable=True),
        sa.Column("education", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=60), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("sender_code", sa.String(length=21), nullable=True),
        sa.Column("messages_reviewed", sa.Boolean(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=40), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=True),
        sa.CheckConstraint("state IN ('active', 'disabled', 'deleted')", name=op.f("ck_users_state")),
        sa.ForeignKeyConstraint(
            ["org_id", "unit_id"], ["units.org_id", "units.id"], name=op.f("fk_users_org_id_unit_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_users")),
        sa.UniqueConstraint("org_id", "number", name=op.f("uq_users_org_id_number")),
        sa.UniqueConstraint("org_id", "username", name=op.f("uq_users_org_id_username")),
    )
    op.create_index("ix_users_unit_id", "users", ["org_id", "unit_id"], unique=False)
    op.create_table(
        "customers",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "name_key",
            sa.String(length=240).with_variant(sa.String(length=240, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=True),
        sa.Column("id_number", sa.String(length=40), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("born_on", sa.CHAR(length=10), nullable=True),
        sa.Column("needs", sa.String(length=2000), nullable=True),
        sa.Column("remark", sa.String(length=2000), nullable=True),
        sa.Column("first_contact_on", sa.CHAR(length=10), nullable=True),
        sa.Column("owned_since", sa.BigInteger(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "owner_id"], ["users.org_id", "users.id"], name=op.f("fk_customers_org_id_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "project_id"], ["projects.org_id", "projects.id"], name=op.f("fk_customers_org_id_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "unit_id"], ["units.org_id", "units.id"], name=op.f("fk_customers_org_id_unit_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_customers")),
    )
    op.create_index("ix_customers_name_key_id", "customers", ["org_id", "name_key", "id"], unique=False)
    op.create_index(
        "ix_customers_owner_id_updated_at_id", "customers", ["org_id", "owner_id", "updated_at", "id"], unique=False
    )
    op.create_index(
        "ix_customers_project_id_updated_at_id", "customers", ["org_id", "project_id", "updated_at", "id"], unique=False
    )
    op.create_index(
        "ix_customers_unit_id_updated_at_id", "customers", ["org_id", "unit_id", "updated_at", "id"], unique=False
    )
    op.create_index("ix_customers_updated_at_id", "customers", ["org_id", "updated_at", "id"], unique=False)
    op.create_table(
        "day_plans",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("plan_on", sa.CHAR(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'sent', 'done', 'cancelled')", name=op.f("ck_day_plans_state")),
        sa.ForeignKeyConstraint(
            ["org_id", "owner_id"], ["users.org_id", "users.id"], name=op.f("fk_day_plans_org_id_owner_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_day_plans")),
    )
    op.create_index("ix_day_plans_owner_id_plan_on", "day_plans", ["org_id", "owner_id", "plan_on"], unique=False)
    op.create_index("ix_day_plans_unit_id_plan_on", "day_plans", ["org_id", "unit_id", "plan_on"], unique=False)
    op.create_table(
        "devices",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("installation", sa.String(length=80), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("key_thumbprint", sa.String(length=43), nullable=False),
        sa.Column("public_jwk", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("app_version", sa.String(length=40), nullable=False),
        sa.Column("schema_number", sa.BigInteger(), nullable=False),
        sa.Column("wipe_requested_at", sa.BigInteger(), nullable=True),
        sa.Column("wiped_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('active', 'revoked', 'wipe_pending', 'wiped')", name=op.f("ck_devices_state")),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"], ["users.org_id", "users.id"], name=op.f("fk_devices_org_id_user_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_devices")),
        sa.UniqueConstraint("org_id", "key_thumbprint", name=op.f("uq_devices_org_id_key_thumbprint")),
    )
    op.create_index("ix_devices_installation", "devices", ["org_id", "installation"], unique=False)
    op.create_index("ix_devices_user_id", "devices", ["org_id", "user_id"], unique=False)
    op.create_table(
        "reset_codes",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"], ["users.org_id", "users.id"], name=op.f("fk_reset_codes_org_id_user_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_reset_codes")),
    )
    op.create_index("ix_reset_codes_user_id", "reset_codes", ["org_id", "user_id"], unique=False)
    op.create_table(
        "user_projects",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "project_id"],
            ["projects.org_id", "projects.id"],
            name=op.f("fk_user_projects_org_id_project_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"], ["users.org_id", "users.id"], name=op.f("fk_user_projects_org_id_user_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_user_projects")),
        sa.UniqueConstraint("org_id", "user_id", "project_id", name=op.f("uq_user_projects_org_id_user_id_project_id")),
    )
    op.create_index("ix_user_projects_project_id", "user_projects", ["org_id", "project_id"], unique=False)
    op.create_table(
        "user_roles",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("role_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "role_id"], ["roles.org_id", "roles.id"], name=op.f("fk_user_roles_org_id_role_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"], ["users.org_id", "users.id"], name=op.f("fk_user_roles_org_id_user_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_user_roles")),
        sa.UniqueConstraint("org_id", "user_id", "role_id", name=op.f("uq_user_roles_org_id_user_id_role_id")),
    )
    op.create_index("ix_user_roles_role_id", "user_roles", ["org_id", "role_id"], unique=False)
    op.create_table(
        "user_units",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "unit_id"], ["units.org_id", "units.id"], name=op.f("fk_user_units_org_id_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"], ["users.org_id", "users.id"], name=op.f("fk_user_units_org_id_user_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_user_units")),
        sa.UniqueConstraint("org_id", "user_id", "unit_id", name=op.f("uq_user_units_org_id_user_id_unit_id")),
    )
    op.create_index("ix_user_units_unit_id", "user_units", ["org_id", "unit_id"], unique=False)
    op.create_table(
        "customer_former_owners",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "customer_id"],
            ["customers.org_id", "customers.id"],
            name=op.f("fk_customer_former_owners_org_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_customer_former_owners")),
        sa.UniqueConstraint(
            "org_id", "customer_id", "owner_id", name=op.f("uq_customer_former_owners_org_id_customer_id_owner_id")
        ),
    )
    op.create_table(
        "customer_notes",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("written_by", ID, nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("reply_to", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "customer_id"],
            ["customers.org_id", "customers.id"],
            name=op.f("fk_customer_notes_org_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "reply_to"],
            ["customer_notes.org_id", "customer_notes.id"],
            name=op.f("fk_customer_notes_org_id_reply_to"),
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_customer_notes")),
    )
    op.create_index(
        "ix_customer_notes_customer_id_created_at_id",
        "customer_notes",
        ["org_id", "customer_id", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "customer_phones",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("tail", sa.String(length=4), nullable=False),
        sa.Column("label", sa.String(length=20), nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "customer_id"],
            ["customers.org_id", "customers.id"],
            name=op.f("fk_customer_phones_org_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_customer_phones")),
    )
    op.create_index(
        "ix_customer_phones_customer_id_id", "customer_phones", ["org_id", "customer_id", "id"], unique=False
    )
    op.create_index("ix_customer_phones_tail_number", "customer_phones", ["org_id", "tail", "number"], unique=False)
    op.create_table(
        "customer_timeline",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("done_by", ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("params", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "customer_id"],
            ["customers.org_id", "customers.id"],
            name=op.f("fk_customer_timeline_org_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_customer_timeline")),
    )
    op.create_index(
        "ix_customer_timeline_customer_id_created_at_id",
        "customer_timeline",
        ["org_id", "customer_id", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "quarantined_queues",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("device_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("enrolment_id", ID, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("operations", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint("state IN ('held', 'released', 'discarded')", name=op.f("ck_quarantined_queues_state")),
        sa.ForeignKeyConstraint(
            ["org_id", "device_id"],
            ["devices.org_id", "devices.id"],
            name=op.f("fk_quarantined_queues_org_id_device_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"], ["users.org_id", "users.id"], name=op.f("fk_quarantined_queues_org_id_user_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_quarantined_queues")),
    )
    op.create_index("ix_quarantined_queues_device_id", "quarantined_queues", ["org_id", "device_id"], unique=False)
    op.create_index("ix_quarantined_queues_user_id", "quarantined_queues", ["org_id", "user_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("device_id", ID, nullable=True),
        sa.Column("enrolment_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('mobile', 'office')", name=op.f("ck_sessions_kind")),
        sa.ForeignKeyConstraint(
            ["org_id", "device_id"], ["devices.org_id", "devices.id"], name=op.f("fk_sessions_org_id_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"], ["users.org_id", "users.id"], name=op.f("fk_sessions_org_id_user_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_device_id", "sessions", ["org_id", "device_id"], unique=False)
    op.create_index("ix_sessions_user_id", "sessions", ["org_id", "user_id"], unique=False)
    op.create_table(
        "visits",
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
        sa.Column("plan_id", ID, nullable=True),
        sa.Column("customer_id", ID, nullable=True),
        sa.Column("customer_name", sa.String(length=120), nullable=True),
        sa.Column("planned_on", sa.CHAR(length=10), nullable=True),
        sa.Column("planned_start_at", sa.BigInteger(), nullable=True),
        sa.Column("planned_end_at", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("importance", sa.BigInteger(), nullable=False),
        sa.Column("urgency", sa.BigInteger(), nullable=False),
        sa.Column("site_latitude_e7", sa.BigInteger(), nullable=True),
        sa.Column("site_longitude_e7", sa.BigInteger(), nullable=True),
        sa.Column("site_radius_m", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("day_on", sa.CHAR(length=10), nullable=False),
        sa.Column("actual_started_at", sa.BigInteger(), nullable=True),
        sa.Column("actual_ended_at", sa.BigInteger(), nullable=True),
        sa.Column("start_received_at", sa.BigInteger(), nullable=True),
        sa.Column("end_received_at", sa.BigInteger(), nullable=True),
        sa.Column("time_verdict", sa.String(length=40), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("next_step", sa.Text(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("check_in_at", sa.BigInteger(), nullable=True),
        sa.Column("latitude_e7", sa.BigInteger(), nullable=True),
        sa.Column("longitude_e7", sa.BigInteger(), nullable=True),
        sa.Column("accuracy_m", sa.BigInteger(), nullable=True),
        sa.Column("fix_age_s", sa.BigInteger(), nullable=True),
        sa.Column("is_mock", sa.Boolean(), nullable=False),
        sa.Column("location_verdict", sa.String(length=40), nullable=False),
        sa.Column("location_reason", sa.String(length=40), nullable=True),
        sa.Column("distance_m", sa.BigInteger(), nullable=True),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'in_progress', 'done', 'cancelled')", name=op.f("ck_visits_state")),
        sa.ForeignKeyConstraint(
            ["org_id", "assignee_id"], ["users.org_id", "users.id"], name=op.f("fk_visits_org_id_assignee_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "author_id"], ["users.org_id", "users.id"], name=op.f("fk_visits_org_id_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "customer_id"], ["customers.org_id", "customers.id"], name=op.f("fk_visits_org_id_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "plan_id"], ["day_plans.org_id", "day_plans.id"], name=op.f("fk_visits_org_id_plan_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_visits")),
    )
    op.create_index("ix_visits_assignee_id_day_on", "visits", ["org_id", "assignee_id", "day_on"], unique=False)
    op.create_index("ix_visits_author_id_day_on", "visits", ["org_id", "author_id", "day_on"], unique=False)
    op.create_index("ix_visits_customer_id_day_on", "visits", ["org_id", "customer_id", "day_on"], unique=False)
    op.create_index("ix_visits_day_on_assignee_id", "visits", ["org_id", "day_on", "assignee_id"], unique=False)
    op.create_index("ix_visits_owner_id_day_on", "visits", ["org_id", "owner_id", "day_on"], unique=False)
    op.create_index("ix_visits_planned_on_assignee_id", "visits", ["org_id", "planned_on", "assignee_id"], unique=False)
    op.create_index("ix_visits_unit_id_day_on", "visits", ["org_id", "unit_id", "day_on"], unique=False)
    op.create_table(
        "follow_ups",
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
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("customer_name", sa.String(length=120), nullable=False),
        sa.Column("visit_id", ID, nullable=True),
        sa.Column("due_on", sa.CHAR(length=10), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("done_note", sa.Text(), nullable=True),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done', 'cancelled')", name=op.f("ck_follow_ups_state")),
        sa.ForeignKeyConstraint(
            ["org_id", "assignee_id"], ["users.org_id", "users.id"], name=op.f("fk_follow_ups_org_id_assignee_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "author_id"], ["users.org_id", "users.id"], name=op.f("fk_follow_ups_org_id_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "customer_id"],
            ["customers.org_id", "customers.id"],
            name=op.f("fk_follow_ups_org_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "visit_id"], ["visits.org_id", "visits.id"], name=op.f("fk_follow_ups_org_id_visit_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_follow_ups")),
    )
    op.create_index(
        "ix_follow_ups_assignee_id_state_due_on",
        "follow_ups",
        ["org_id", "assignee_id", "state", "due_on"],
        unique=False,
    )
    op.create_index("ix_follow_ups_author_id", "follow_ups", ["org_id", "author_id"], unique=False)
    op.create_index("ix_follow_ups_customer_id_due_on", "follow_ups", ["org_id", "customer_id", "due_on"], unique=False)
    op.create_index(
        "ix_follow_ups_unit_id_state_due_on", "follow_ups", ["org_id", "unit_id", "state", "due_on"], unique=False
    )
    op.create_table(
        "refresh_families",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("device_id", ID, nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("renewed_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "device_id"], ["devices.org_id", "devices.id"], name=op.f("fk_refresh_families_org_id_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "session_id"],
            ["sessions.org_id", "sessions.id"],
            name=op.f("fk_refresh_families_org_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_refresh_families")),
        sa.UniqueConstraint("org_id", "session_id", name=op.f("uq_refresh_families_org_id_session_id")),
    )
    protect("enrolments")
    protect("events", append_only=True)
    protect("feed")
    protect("jobs")
    protect("org_clocks")
    grant("org_directory", "SELECT, INSERT")
    protect("organisations")
    protect("projects")
    protect("proof_uses")
    protect("roles")
    protect("sync_issues")
    protect("units")
    protect("ledger")
    protect("users")
    protect("customers")
    protect("day_plans")
    protect("devices")
    protect("reset_codes")
    protect("user_projects")
    protect("user_roles")
    protect("user_units")
    protect("customer_former_owners")
    protect("customer_notes")
    protect("customer_phones")
    protect("customer_timeline")
    protect("quarantined_queues")
    protect("sessions")
    protect("visits")
    protect("follow_ups")
    protect("refresh_families")
    grant("alembic_version", "SELECT")


def downgrade() -> None:
    op.drop_table("refresh_families")
    op.drop_table("follow_ups")
    op.drop_table("visits")
    op.drop_table("sessions")
    op.drop_table("quarantined_queues")
    op.drop_table("customer_timeline")
    op.drop_table("customer_phones")
    op.drop_table("customer_notes")
    op.drop_table("customer_former_owners")
    op.drop_table("user_units")
    op.drop_table("user_roles")
    op.drop_table("user_projects")
    op.drop_table("reset_codes")
    op.drop_table("devices")
    op.drop_table("day_plans")
    op.drop_table("customers")
    op.drop_table("users")
    op.drop_table("ledger")
    op.drop_table("units")
    op.drop_table("sync_issues")
    op.drop_table("roles")
    op.drop_table("proof_uses")
    op.drop_table("projects")
    op.drop_table("organisations")
    op.drop_table("org_directory")
    op.drop_table("org_clocks")
    op.drop_table("jobs")
    op.drop_table("feed")
    op.drop_table("events")
    op.drop_table("enrolments")
