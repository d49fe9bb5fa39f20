"""Approvals and expenses."""

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approval_routes",
        sa.Column("org_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("unit_id", Id(), nullable=True),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("from_minor", sa.BigInteger(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("step_up_minor", sa.BigInteger(), nullable=True),
        sa.Column("day_limit_minor", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_approval_routes"),
        sa.ForeignKeyConstraint(
            ["org_id", "unit_id"], ["units.org_id", "units.id"], name="fk_approval_routes_org_id_unit_id"
        ),
    )
    op.create_index(
        "ix_approval_routes_topic_currency_from_minor", "approval_routes", ["org_id", "topic", "currency", "from_minor"]
    )
    protect("approval_routes")
    op.create_table(
        "approval_delegations",
        sa.Column("org_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("from_id", Id(), nullable=False),
        sa.Column("to_id", Id(), nullable=False),
        sa.Column("topic", sa.String(40), nullable=True),
        sa.Column("starts_on", sa.CHAR(10), nullable=False),
        sa.Column("ends_on", sa.CHAR(10), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_approval_delegations"),
        sa.ForeignKeyConstraint(
            ["org_id", "from_id"], ["users.org_id", "users.id"], name="fk_approval_delegations_org_id_from_id"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "to_id"], ["users.org_id", "users.id"], name="fk_approval_delegations_org_id_to_id"
        ),
    )
    op.create_index("ix_approval_delegations_from_id_ends_on", "approval_delegations", ["org_id", "from_id", "ends_on"])
    op.create_index("ix_approval_delegations_to_id_ends_on", "approval_delegations", ["org_id", "to_id", "ends_on"])
    protect("approval_delegations")
    op.create_table(
        "approval_cases",
        sa.Column("org_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("requester_id", Id(), nullable=False),
        sa.Column("requester_name", sa.String(60), nullable=False),
        sa.Column("unit_id", Id(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("step_count", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("waiting", sa.Text(), nullable=False),
        sa.Column("answered", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_approval_cases"),
        sa.ForeignKeyConstraint(
            ["org_id", "requester_id"], ["users.org_id", "users.id"], name="fk_approval_cases_org_id_requester_id"
        ),
        sa.CheckConstraint(
            "state IN ('open', 'approved', 'returned', 'rejected', 'withdrawn', 'void')",
            name=op.f("ck_approval_cases_state"),
        ),
    )
    op.create_index("ix_approval_cases_requester_id_state", "approval_cases", ["org_id", "requester_id", "state"])
    op.create_index("ix_approval_cases_state_topic", "approval_cases", ["org_id", "state", "topic"])
    protect("approval_cases")
    op.create_table(
        "approvals",
        sa.Column("org_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", Id(), nullable=False),
        sa.Column("unit_id", Id(), nullable=False),
        sa.Column("project_id", Id(), nullable=True),
        sa.Column("case_id", Id(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("requester_id", Id(), nullable=False),
        sa.Column("requester_name", sa.String(60), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("step_count", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("for_id", Id(), nullable=True),
        sa.Column("needs_password", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("comment", sa.String(500), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_approvals"),
        sa.ForeignKeyConstraint(
            ["org_id", "case_id"], ["approval_cases.org_id", "approval_cases.id"], name="fk_approvals_org_id_case_id"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "owner_id"], ["users.org_id", "users.id"], name="fk_approvals_org_id_owner_id"
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'returned', 'rejected', 'lapsed', 'void')",
            name=op.f("ck_approvals_state"),
        ),
    )
    op.create_index("ix_approvals_case_id_id", "approvals", ["org_id", "case_id", "id"])
    op.create_index("ix_approvals_owner_id_state_id", "approvals", ["org_id", "owner_id", "state", "id"])
    protect("approvals")
    op.create_table(
        "approval_days",
        sa.Column("org_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("day_on", sa.CHAR(10), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_approval_days"),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"], ["users.org_id", "users.id"], name="fk_approval_days_org_id_user_id"
        ),
        sa.UniqueConstraint(
            "org_id",
            "user_id",
            "topic",
            "currency",
            "day_on",
            name="uq_approval_days_org_id_user_id_topic_currency_day_on",
        ),
    )
    protect("approval_days")
    op.create_table(
        "reimbursement_batches",
        sa.Column("org_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("paid_by", Id(), nullable=False),
        sa.Column("reference", sa.String(60), nullable=True),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("claim_count", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_reimbursement_batches"),
        sa.ForeignKeyConstraint(
            ["org_id", "paid_by"], ["users.org_id", "users.id"], name="fk_reimbursement_batches_org_id_paid_by"
        ),
    )
    op.create_index("ix_reimbursement_batches_created_at_id", "reimbursement_batches", ["org_id", "created_at", "id"])
    protect("reimbursement_batches")
    op.create_table(
        "expense_claims",
        sa.Column("org_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", Id(), nullable=False),
        sa.Column("unit_id", Id(), nullable=False),
        sa.Column("project_id", Id(), nullable=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("flag_count", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", Id(), nullable=True),
        sa.Column("comment", sa.String(500), nullable=True),
        sa.Column("reimbursed_at", sa.BigInteger(), nullable=True),
        sa.Column("payable_id", Id(), nullable=True),
        sa.Column("batch_id", Id(), nullable=True),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_expense_claims"),
        sa.ForeignKeyConstraint(
            ["org_id", "batch_id"],
            ["reimbursement_batches.org_id", "reimbursement_batches.id"],
            name="fk_expense_claims_org_id_batch_id",
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "owner_id"], ["users.org_id", "users.id"], name="fk_expense_claims_org_id_owner_id"
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'returned', 'rejected', 'withdrawn', 'reimbursed', 'void')",
            name=op.f("ck_expense_claims_state"),
        ),
    )
    op.create_index("ix_expense_claims_batch_id_id", "expense_claims", ["org_id", "batch_id", "id"])
    op.create_index("ix_expense_claims_owner_id_id", "expense_claims", ["org_id", "owner_id", "id"])
    op.create_index("ix_expense_claims_state_id", "expense_claims", ["org_id", "state", "id"])
    op.create_index("ix_expense_claims_unit_id_id", "expense_claims", ["org_id", "unit_id", "id"])
    protect("expense_claims")
    op.create_table(
        "expense_lines",
        sa.Column("org_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", Id(), nullable=False),
        sa.Column("unit_id", Id(), nullable=False),
        sa.Column("project_id", Id(), nullable=True),
        sa.Column("claim_id", Id(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("spent_on", sa.CHAR(10), nullable=False),
        sa.Column("customer_id", Id(), nullable=True),
        sa.Column("visit_id", Id(), nullable=True),
        sa.Column("spent_for_id", Id(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("progress", sa.Text(), nullable=True),
        sa.Column("key_value", sa.Text(), nullable=True),
        sa.Column("receipt_sha256", sa.String(64), nullable=True),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_expense_lines"),
        sa.ForeignKeyConstraint(
            ["org_id", "claim_id"],
            ["expense_claims.org_id", "expense_claims.id"],
            name="fk_expense_lines_org_id_claim_id",
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "customer_id"], ["customers.org_id", "customers.id"], name="fk_expense_lines_org_id_customer_id"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "spent_for_id"],
            ["customers.org_id", "customers.id"],
            name="fk_expense_lines_org_id_spent_for_id",
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "visit_id"], ["visits.org_id", "visits.id"], name="fk_expense_lines_org_id_visit_id"
        ),
        sa.CheckConstraint(
            "kind IN ('hotel', 'meal', 'gift', 'taxi', 'travel', 'fuel', 'parking', 'communication', 'office', 'other')",
            name=op.f("ck_expense_lines_kind"),
        ),
    )
    op.create_index("ix_expense_lines_claim_id_id", "expense_lines", ["org_id", "claim_id", "id"])
    op.create_index("ix_expense_lines_owner_id_spent_on", "expense_lines", ["org_id", "owner_id", "spent_on"])
    op.create_index("ix_expense_lines_receipt_sha256", "expense_lines", ["org_id", "receipt_sha256"])
    op.create_index("ix_expense_lines_spent_for_id_spent_on", "expense_lines", ["org_id", "spent_for_id", "spent_on"])
    op.create_index("ix_expense_lines_spent_on_amount_minor", "expense_lines", ["org_id", "spent_on", "amount_minor"])
    protect("expense_lines")
    op.create_table(
        "expense_payables",
        sa.Column("org_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("claim_id", Id(), nullable=False),
        sa.Column("payee_id", Id(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("batch_id", Id(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_expense_payables"),
        sa.ForeignKeyConstraint(
            ["org_id", "batch_id"],
            ["reimbursement_batches.org_id", "reimbursement_batches.id"],
            name="fk_expense_payables_org_id_batch_id",
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "claim_id"],
            ["expense_claims.org_id", "expense_claims.id"],
            name="fk_expense_payables_org_id_claim_id",
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "payee_id"], ["users.org_id", "users.id"], name="fk_expense_payables_org_id_payee_id"
        ),
        sa.UniqueConstraint("org_id", "claim_id", "revision", name="uq_expense_payables_org_id_claim_id_revision"),
    )
    op.create_index("ix_expense_payables_state_payee_id", "expense_payables", ["org_id", "state", "payee_id"])
    protect("expense_payables")
    op.create_table(
        "journal_entries",
        sa.Column("org_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("claim_id", Id(), nullable=False),
        sa.Column("effect", sa.String(40), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("payee_id", Id(), nullable=False),
        sa.Column("booked_on", sa.CHAR(10), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_journal_entries"),
        sa.ForeignKeyConstraint(
            ["org_id", "claim_id"],
            ["expense_claims.org_id", "expense_claims.id"],
            name="fk_journal_entries_org_id_claim_id",
        ),
        sa.UniqueConstraint(
            "org_id", "claim_id", "effect", "revision", name="uq_journal_entries_org_id_claim_id_effect_revision"
        ),
        sa.CheckConstraint("effect IN ('approved', 'voided', 'reimbursed')", name=op.f("ck_journal_entries_effect")),
    )
    op.create_index("ix_journal_entries_booked_on_id", "journal_entries", ["org_id", "booked_on", "id"])
    protect("journal_entries", append_only=True)
    op.create_table(
        "journal_lines",
        sa.Column("org_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_journal_lines"),
        sa.ForeignKeyConstraint(
            ["org_id", "entry_id"],
            ["journal_entries.org_id", "journal_entries.id"],
            name="fk_journal_lines_org_id_entry_id",
        ),
    )
    op.create_index("ix_journal_lines_account", "journal_lines", ["org_id", "account"])
    op.create_index("ix_journal_lines_entry_id", "journal_lines", ["org_id", "entry_id"])
    protect("journal_lines", append_only=True)


def downgrade() -> None:
    op.drop_table("journal_lines")
    op.drop_table("journal_entries")
    op.drop_table("expense_payables")
    op.drop_table("expense_lines")
    op.drop_table("expense_claims")
    op.drop_table("reimbursement_batches")
    op.drop_table("approval_days")
    op.drop_table("approvals")
    op.drop_table("approval_cases")
    op.drop_table("approval_delegations")
    op.drop_table("approval_routes")
