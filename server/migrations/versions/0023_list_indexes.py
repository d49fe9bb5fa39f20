"""Visits by their state: the few that are open, among all that ever were. Activities in the very order of their list, and
customers by name within what one person or team has."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

WAYS = ("author_id", "owner_id", "unit_id")
NAMED = ("owner_id", "unit_id")


def upgrade() -> None:
    op.create_index("ix_visits_state_day_on_id", "visits", ["org_id", "state", "day_on", "id"])
    for each in WAYS:
        op.create_index(f"ix_activities_{each}_day_on_id", "activities", ["org_id", each, "day_on", "id"])
        op.drop_index(f"ix_activities_{each}_day_on", "activities")
    for each in NAMED:
        op.create_index(f"ix_customers_{each}_name_key_id", "customers", ["org_id", each, "name_key", "id"])


def downgrade() -> None:
    for each in NAMED:
        op.drop_index(f"ix_customers_{each}_name_key_id", "customers")
    for each in WAYS:
        op.create_index(f"ix_activities_{each}_day_on", "activities", ["org_id", each, "day_on"])
        op.drop_index(f"ix_activities_{each}_day_on_id", "activities")
    op.drop_index("ix_visits_state_day_on_id", "visits")
