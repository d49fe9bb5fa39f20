"""Which target stands for one that a device set while the same one was set already; who set an amount that nobody changed."""

import sqlalchemy as sa
from alembic import op

from server.core.types import Id
from server.migrations.tenancy import protect

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ID = Id()
TABLE = "target_aliases"


def upgrade() -> None:
    op.create_table(
        TABLE,
        *(sa.Column(name, ID, nullable=False) for name in ("org_id", "id")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("version", "created_at", "updated_at")),
        sa.Column("target_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=f"pk_{TABLE}"),
    )
    protect(TABLE)
    bind = op.get_bind()
    directory = sa.table("org_directory", sa.column("org_id", ID))
    marked = sa.text(
        """UPDATE targets SET marks = '{"amount":[1,""]}' WHERE org_id = :org AND marks = '{}'"""
    ).bindparams(sa.bindparam("org", type_=ID))
    for org_id in list(bind.execute(sa.select(directory.c.org_id)).scalars()):
        if bind.dialect.name == "postgresql":  # where no row is seen without its organisation
            bind.execute(sa.text("SELECT set_config('app.org', :org, true)"), {"org": org_id})
        bind.execute(marked, {"org": org_id})


def downgrade() -> None:
    op.drop_table(TABLE)
