"""What is asked of each row that a filter finds, beside it in the filter's index: few are judged without their rows.
Opportunities by their amount, and what one person has to do in the order of the list."""

from alembic import op
from sqlalchemy import text

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_WHOSE = ("owner_id", "unit_id", "project_id")
_SAID_OF_ALL = ("kind", "stage", "deal", "is_enabled")
_SAID_OF_SOME = (
    "grade", "need_level", "importance", "industry", "category", "expected_close_on", "expected_amount_minor",
)  # fmt: skip
_OF_CUSTOMERS = (*_WHOSE, "name_key", *_SAID_OF_ALL, *_SAID_OF_SOME)
_OF_OPPORTUNITIES = (*_WHOSE, "weighted_minor", "stage_code", "amount_minor")
# (table, columns, beside, of whom it is only: now and before)
_WIDER: tuple[tuple[str, tuple[str, ...], tuple[str, ...], str, str | None], ...] = (
    *(("customers", (each, "updated_at", "id"), _OF_CUSTOMERS, each, None) for each in _SAID_OF_ALL),
    *(("customers", (each, "updated_at", "id"), _OF_CUSTOMERS, each, each) for each in _SAID_OF_SOME),
    ("opportunities", ("state", "stage_code", "weighted_minor", "id"), _OF_OPPORTUNITIES, "stage_code", None),
    ("activities", ("channel", "day_on", "id"), (*_WHOSE, "author_id"), "channel", None),
)
# The lists of an owner and a team, walked for what many of them are.
_WALKED: tuple[tuple[str, ...], ...] = tuple(
    (whose, order, "id") for whose in ("owner_id", "unit_id") for order in ("updated_at", "name_key")
)
_AMOUNT = ("state", "amount_minor", "id")
_OF_ONE = ("assignee_id", "state", "due_on")


def _name(table: str, columns: tuple[str, ...]) -> str:
    return f"ix_{table}_{'_'.join(columns)}"


def _make(table: str, columns: tuple[str, ...], beside: tuple[str, ...], present: str | None) -> None:
    only = None if present is None else text(f"{present} IS NOT NULL")
    some = only if present in (*_SAID_OF_SOME, "amount_minor") else None  # of the rest all say something
    told = ["org_id", *columns, *(each for each in beside if each not in columns)]
    op.create_index(_name(table, columns), table, told, sqlite_where=only, postgresql_where=some)


def upgrade() -> None:
    for table, columns, beside, now, _ in _WIDER:
        op.drop_index(_name(table, columns), table)
        _make(table, columns, beside, now)
    for columns in _WALKED:
        op.drop_index(_name("customers", columns), "customers")
        _make("customers", columns, (*_SAID_OF_ALL, *_SAID_OF_SOME), None)
    _make("opportunities", _AMOUNT, _OF_OPPORTUNITIES, "amount_minor")
    for table in ("follow_ups", "tasks"):
        op.drop_index(_name(table, _OF_ONE), table)
        _make(table, (*_OF_ONE, "id"), (), None)


def downgrade() -> None:
    for table in ("follow_ups", "tasks"):
        op.drop_index(_name(table, (*_OF_ONE, "id")), table)
        _make(table, _OF_ONE, (), None)
    op.drop_index(_name("opportunities", _AMOUNT), "opportunities")
    for columns in _WALKED:
        op.drop_index(_name("customers", columns), "customers")
        _make("customers", columns, (), None)
    for table, columns, _, _, before in _WIDER:
        op.drop_index(_name(table, columns), table)
        _make(table, columns, (), before)
