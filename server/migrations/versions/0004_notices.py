"""Notices, how and where people are told, what was sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = ("notices", "notice_settings", "push_targets", "deliveries", "notice_pacing")


def _row(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("org_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("org_id", "id", name=f"pk_{name}"),
    )


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["org_id", column], [f"{target}.org_id", f"{target}.id"], name=f"fk_{table}_org_id_{column}"
    )


def upgrade() -> None:
    _row(
        "notices",
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("topic", sa.String(80), nullable=False),
        sa.Column("subject_collection", sa.String(40), nullable=True),
        sa.Column("subject_id", Id(), nullable=True),
        sa.Column("customer_name", sa.String(120), nullable=True),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("snoozed_until", sa.BigInteger(), nullable=True),
        sa.Column("dedupe_key", sa.String(200), nullable=False),
        _refers("notices", "user_id", "users"),
        sa.UniqueConstraint("org_id", "dedupe_key", name="uq_notices_org_id_dedupe_key"),
        sa.CheckConstraint("state IN ('unread', 'read', 'snoozed', 'done')", name="state"),
    )
    op.create_index("ix_notices_user_id_state_id", "notices", ["org_id", "user_id", "state", "id"])
    op.create_index("ix_notices_subject_id_topic", "notices", ["org_id", "subject_id", "topic"])
    _row(
        "notice_settings",
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("quiet_from", sa.String(5), nullable=True),
        sa.Column("quiet_to", sa.String(5), nullable=True),
        sa.Column("remind_at", sa.String(5), nullable=True),
        sa.Column("lead_minutes", sa.BigInteger(), nullable=True),
        sa.Column("fallback", sa.Text(), nullable=True),
        sa.Column("muted", sa.Text(), nullable=False),
        _refers("notice_settings", "id", "users"),
    )
    _row(
        "push_targets",
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("device_id", Id(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        _refers("push_targets", "user_id", "users"),
        _refers("push_targets", "device_id", "devices"),
        sa.UniqueConstraint("org_id", "device_id", "kind", name="uq_push_targets_org_id_device_id_kind"),
        sa.UniqueConstraint("org_id", "fingerprint", name="uq_push_targets_org_id_fingerprint"),
        sa.CheckConstraint("kind IN ('webpush', 'fcm_token', 'fcm_fid')", name="kind"),
    )
    op.create_index("ix_push_targets_user_id", "push_targets", ["org_id", "user_id"])
    _row(
        "deliveries",
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("notice_id", Id(), nullable=True),
        sa.Column("message", sa.String(200), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("target", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(80), nullable=True),
        sa.Column("settled_by", Id(), nullable=True),
        _refers("deliveries", "user_id", "users"),
        _refers("deliveries", "notice_id", "notices"),
        sa.UniqueConstraint(
            "org_id", "message", "channel", "target", name="uq_deliveries_org_id_message_channel_target"
        ),
        sa.CheckConstraint("channel IN ('webpush', 'fcm', 'email', 'sms')", name="channel"),
        sa.CheckConstraint(
            "state IN ('sending', 'sent', 'gone', 'refused', 'later', 'unknown', 'dropped')", name="state"
        ),
    )
    op.create_index("ix_deliveries_user_id_created_at", "deliveries", ["org_id", "user_id", "created_at"])
    op.create_index("ix_deliveries_created_at", "deliveries", ["org_id", "created_at"])
    op.create_index("ix_deliveries_state_id", "deliveries", ["org_id", "state", "id"])
    _row(
        "notice_pacing",
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("held_since", sa.BigInteger(), nullable=True),
        sa.Column("digest_at", sa.BigInteger(), nullable=True),
        _refers("notice_pacing", "id", "users"),
    )
    for name in _TABLES:
        protect(name)


def downgrade() -> None:
    for name in reversed(_TABLES):
        op.drop_table(name)
