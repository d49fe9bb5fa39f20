"""Row-level security and grants of a tenant table on PostgreSQL; a migration calls it for each table it makes."""

from __future__ import annotations

from alembic import op

APP_ROLE = "doorstep_app"
"""The role the server logs in as; it owns nothing and bypasses nothing. Made by the operator (deploy/README.md)."""
OWN_ORG = "org_id = nullif(current_setting('app.org', true), '')::uuid"
"""After a commit the setting reads '' and not NULL; without nullif the cast would raise."""


def protect(table: str, *, append_only: bool = False) -> None:
    """Let only rows of the transaction's organisation be seen or written; grant the server what it needs."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_org ON {table} USING ({OWN_ORG}) WITH CHECK ({OWN_ORG})")
    grant(table, "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE")


def grant(table: str, rights: str) -> None:
    """Grant rights to the server's role where that role exists; a single-role database needs no grant."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') "
        f"THEN GRANT {rights} ON {table} TO {APP_ROLE}; END IF; END $$"
    )
