"""Customers' profile, grade and axes, contacts, and the keys by which names are found; written for those who are there."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.customers.search.keys import keys_of
from server.customers.search.sound import reading_of
from server.migrations.tenancy import protect

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = Id()
KEY = sa.String(length=24).with_variant(sa.String(length=24, collation="C"), "postgresql")
SORT_KEY = sa.String(length=240).with_variant(sa.String(length=240, collation="C"), "postgresql")
PROFILE = (
    ("pinyin", sa.String(length=400)),
    ("deal", sa.String(length=40)),
    ("need_level", sa.String(length=40)),
    ("expected_close_on", sa.CHAR(length=10)),
    ("importance", sa.String(length=40)),
    ("hobbies", sa.String(length=2000)),
    ("wishes", sa.String(length=2000)),
    ("industry", sa.String(length=40)),
    ("category", sa.String(length=40)),
    ("expected_amount_minor", sa.BigInteger()),
    ("is_enabled", sa.Boolean()),
)
AT_ONCE = 2000


def upgrade() -> None:
    for name, kind in PROFILE:
        op.add_column("customers", sa.Column(name, kind, nullable=True))
    _contacts()
    with op.batch_alter_table("customer_phones") as batch:
        batch.add_column(sa.Column("contact_id", ID, nullable=True))
        batch.create_foreign_key(
            "fk_customer_phones_org_id_contact_id", "customer_contacts", ["org_id", "contact_id"], ["org_id", "id"]
        )
    op.create_index("ix_customer_phones_contact_id", "customer_phones", ["org_id", "contact_id"])
    op.create_table(
        "customer_keys",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("org_id", "key", "customer_id", name="pk_customer_keys"),
        sqlite_with_rowid=False,
    )
    for org_id in _organisations():
        _fill(org_id)
    op.create_index("ix_customer_keys_customer_id", "customer_keys", ["org_id", "customer_id"])
    op.create_index("ix_customers_id_number", "customers", ["org_id", "id_number"])
    with op.batch_alter_table("customers") as batch:
        batch.alter_column("deal", existing_type=sa.String(length=40), nullable=False)
        batch.alter_column("is_enabled", existing_type=sa.Boolean(), nullable=False)
    protect("customer_keys")


def downgrade() -> None:
    op.drop_table("customer_keys")
    op.drop_index("ix_customer_phones_contact_id", "customer_phones")
    with op.batch_alter_table("customer_phones") as batch:
        batch.drop_constraint("fk_customer_phones_org_id_contact_id", type_="foreignkey")
        batch.drop_column("contact_id")
    op.drop_table("customer_contacts")
    op.drop_index("ix_customers_id_number", "customers")
    with op.batch_alter_table("customers") as batch:
        for name, _ in PROFILE:
            batch.drop_column(name)


def _contacts() -> None:
    op.create_table(
        "customer_contacts",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", SORT_KEY, nullable=False),
        sa.Column("pinyin", sa.String(length=400), nullable=True),
        sa.Column("title", sa.String(length=60), nullable=True),
        sa.Column("mail", sa.String(length=254), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("left_on", sa.CHAR(length=10), nullable=True),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "customer_id"],
            ["customers.org_id", "customers.id"],
            name="fk_customer_contacts_org_id_customer_id",
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_customer_contacts"),
    )
    op.create_index("ix_customer_contacts_customer_id_id", "customer_contacts", ["org_id", "customer_id", "id"])
    protect("customer_contacts")


def _organisations() -> list[str]:
    return list(op.get_bind().execute(sa.select(sa.table("org_directory", sa.column("org_id", ID)).c.org_id)).scalars())


def _fill(org_id: str) -> None:
    """Write deal, reading and keys of one organisation's customers. On PostgreSQL no row is seen without its organisation."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        bind.execute(sa.text("SELECT set_config('app.org', :org, true)"), {"org": org_id})
    names = ("org_id", "id", "name_key", "stage", "pinyin", "deal", "is_enabled")
    customers = sa.table("customers", *(sa.column(name, ID if name in ("org_id", "id") else None) for name in names))
    keys = sa.table(
        "customer_keys", *(sa.column(name, ID if name != "key" else KEY) for name in ("org_id", "key", "customer_id"))
    )
    stages = {"prospect": "potential", "visited": "potential", "negotiating": "negotiating", "won": "won"}
    deal = sa.case(stages, value=customers.c.stage, else_="lost")
    bind.execute(sa.update(customers).where(customers.c.org_id == org_id).values(deal=deal, is_enabled=True))
    change = (
        sa.update(customers)
        .where(customers.c.org_id == org_id, customers.c.id == sa.bindparam("row"))
        .values(pinyin=sa.bindparam("read"))
    )
    for rows in _slices(customers, org_id):
        read = {row.id: reading_of(row.name_key) for row in rows}
        if some := [{"row": row_id, "read": reading} for row_id, reading in read.items() if reading is not None]:
            bind.execute(change, some)
        found = [
            {"org_id": org_id, "key": key, "customer_id": row.id}
            for row in rows
            for key in keys_of(row.name_key, read[row.id])
        ]
        bind.execute(sa.insert(keys), found)


def _slices(customers: Any, org_id: str) -> Iterator[list[Any]]:
    bind, last = op.get_bind(), ""
    while True:
        statement = sa.select(customers.c.id, customers.c.name_key).where(customers.c.org_id == org_id)
        if last:
            statement = statement.where(customers.c.id > last)
        rows = list(bind.execute(statement.order_by(customers.c.id).limit(AT_ONCE)))
        if not rows:
            return
        yield rows
        last = rows[-1].id
