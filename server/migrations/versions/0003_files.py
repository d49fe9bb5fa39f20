"""Files that people send, and their sending."""

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("org_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", Id(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("place", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("arrived_at", sa.BigInteger(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('arriving','arrived','refused')", name=op.f("ck_uploads_state")),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_uploads"),
        sa.UniqueConstraint("org_id", "owner_id", "sha256", name="uq_uploads_org_id_owner_id_sha256"),
    )
    op.create_index("ix_uploads_state_expires_at", "uploads", ["org_id", "state", "expires_at"])
    protect("uploads")
    op.create_table(
        "files",
        sa.Column("org_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("place", sa.String(32), nullable=False),
        sa.Column("kept_sha256", sa.String(64), nullable=False),
        sa.Column("kept_size", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("look", sa.BigInteger(), nullable=True),
        sa.Column("look_a", sa.BigInteger(), nullable=True),
        sa.Column("look_b", sa.BigInteger(), nullable=True),
        sa.Column("look_c", sa.BigInteger(), nullable=True),
        sa.Column("look_d", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_files"),
        sa.UniqueConstraint("org_id", "sha256", name="uq_files_org_id_sha256"),
    )
    for letter in "abcd":
        op.create_index(f"ix_files_look_{letter}", "files", ["org_id", f"look_{letter}"])
    protect("files")


def downgrade() -> None:
    op.drop_table("files")
    op.drop_table("uploads")
