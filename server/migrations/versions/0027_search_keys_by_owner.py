"""Whose a customer is beside the keys he is found by; his phones by tail within an owner, a team, a project."""

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ID = Id()
KEY = sa.String(length=24).with_variant(sa.String(length=24, collation="C"), "postgresql")
PLACE = ("owner_id", "unit_id", "project_id")
KEYS, PHONES = "customer_keys", "customer_phones"
HAS_PROJECT = sa.text("project_id IS NOT NULL")
FILL = sa.text(
    "INSERT INTO customer_keys (org_id, key, customer_id, owner_id, unit_id, project_id) "
    "SELECT k.org_id, k.key, k.customer_id, c.owner_id, c.unit_id, c.project_id FROM keys_before k "
    "JOIN customers c ON c.org_id = k.org_id AND c.id = k.customer_id WHERE k.org_id = :org ORDER BY k.key, k.customer_id"
).bindparams(sa.bindparam("org", type_=ID))
"""Into a table of its own, in its order: millions of rows changed where they lie take SQLite gigabytes of memory."""


def upgrade() -> None:
    op.drop_index("ix_customer_keys_customer_id", KEYS)
    op.rename_table(KEYS, "keys_before")
    if (
        op.get_bind().dialect.name == "postgresql"
    ):  # which has the names of its constraints taken, that of each NOT NULL too
        op.execute("ALTER TABLE keys_before DROP CONSTRAINT pk_customer_keys")
        for name in ("org_id", "key", "customer_id"):
            op.execute(f"ALTER TABLE keys_before ALTER COLUMN {name} DROP NOT NULL")
    op.create_table(
        KEYS,
        sa.Column("org_id", ID, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        *(sa.Column(name, ID, nullable=name == "project_id") for name in PLACE),
        sa.PrimaryKeyConstraint("org_id", "key", "customer_id", name="pk_customer_keys"),
        sqlite_with_rowid=False,
    )
    protect(KEYS)
    for org_id in _organisations():
        _fill(org_id)
    op.drop_table("keys_before")
    op.create_index("ix_customer_keys_customer_id_key", KEYS, ["org_id", "customer_id", "key"])
    for name in PLACE:
        where = HAS_PROJECT if name == "project_id" else None
        columns = ["org_id", name, "key", "customer_id"]
        op.create_index(f"ix_customer_keys_{name}_key", KEYS, columns, postgresql_where=where, sqlite_where=where)
    for each in (*PLACE, ""):
        columns = [name for name in (each, "tail", "customer_id") if name]
        op.create_index(f"ix_customer_phones_{'_'.join(columns)}", PHONES, ["org_id", *columns])


def downgrade() -> None:
    for each in ("", *PLACE):
        columns = [name for name in (each, "tail", "customer_id") if name]
        op.drop_index(f"ix_customer_phones_{'_'.join(columns)}", PHONES)
    for name in PLACE:
        op.drop_index(f"ix_customer_keys_{name}_key", KEYS)
    op.drop_index("ix_customer_keys_customer_id_key", KEYS)
    with op.batch_alter_table(KEYS, table_kwargs={"sqlite_with_rowid": False}) as batch:
        for name in PLACE:
            batch.drop_column(name)
    op.create_index("ix_customer_keys_customer_id", KEYS, ["org_id", "customer_id"])


def _organisations() -> list[str]:
    return list(op.get_bind().execute(sa.select(sa.table("org_directory", sa.column("org_id", ID)).c.org_id)).scalars())


def _fill(org_id: str) -> None:
    """Write it for one organisation's keys. On PostgreSQL no row is seen without its organisation."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        bind.execute(sa.text("SELECT set_config('app.org', :org, true)"), {"org": org_id})
    bind.execute(FILL, {"org": org_id})
