"""How Alembic runs here: the URL comes from `server.core.db`, batch mode on SQLite, one transaction."""

from alembic import context
from sqlalchemy import text

from server.core.db import commit, open_engine
from server.registry import metadata

url = context.config.attributes["url"]
engine = open_engine(url, pool_size=2)
try:
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")  # batch mode rebuilds tables
        connection.exec_driver_sql("BEGIN IMMEDIATE" if sqlite else "BEGIN")
        if not sqlite:
            # Requests are cut off after half a minute; a million rows that are brought up to date take longer.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(7226573311)"))  # one migration at a time
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=sqlite,
            transactional_ddl=False,
            compare_type=True,
        )
        context.run_migrations()
        commit(connection)
finally:
    engine.dispose()  # a template database cannot be copied while anybody is connected
