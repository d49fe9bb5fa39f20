"""Lead conflicts of one owner, team or project, on either side, in the order of their list."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

TABLE = "lead_conflicts"
_WAYS = [f"{side}_{whose}" for side in ("first", "second") for whose in ("owner_id", "unit_id", "project_id")]


def upgrade() -> None:
    for each in _WAYS:
        op.create_index(f"ix_{TABLE}_{each}_created_at_id", TABLE, ["org_id", each, "created_at", "id"])


def downgrade() -> None:
    for each in _WAYS:
        op.drop_index(f"ix_{TABLE}_{each}_created_at_id", TABLE)
