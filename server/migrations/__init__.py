"""The schema's history, for Alembic. Expand, deploy, backfill, contract; see docs/architecture.md."""
