"""The composition root of the web process: one Flask application out of areas, doors and core."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy.exc import DBAPIError, IntegrityError

import kiosk.views
import mobile_api.device
import mobile_api.files
import mobile_api.issue_views
import mobile_api.session
import mobile_api.views
import notifications.views
import server.accounts.views
import server.approvals.views
import server.core.file_views
import server.core.job_views
import server.customers.views
import server.expenses.views
import server.fieldwork.views
import server.insight.views
import server.membership.views
import server.registry
from kiosk.authentication import KioskAuthenticator
from mobile_api.waiting import Waiters
from server import handheld, home
from server.accounts.authentication import CREDENTIALS, Authenticator, Credentials
from server.accounts.passwords import HashCost
from server.core import auth, http, openapi
from server.core.api import Api
from server.core.db import revisions, try_again
from server.core.declare import refuse_undeclared
from server.core.problems import BUSY, CONFLICT, Refused
from server.core.services import Services

DOORS = (
    mobile_api.session,
    mobile_api.device,
    mobile_api.views,
    mobile_api.issue_views,
    mobile_api.files,
    kiosk.views,
    notifications.views,
)
AREAS = (
    server.accounts.views, server.approvals.views, server.customers.views, server.fieldwork.views,
    server.membership.views, server.expenses.views, server.insight.views,
)  # fmt: skip


def create_app(services: Services, *, cost: HashCost = HashCost()) -> Flask:
    """The application of one web process. cost: of password hashes; tests inject a cheap one.

    Raises declare.Undeclared when a route does not say who may call it.
    """
    app = Flask("server", template_folder=str(Path(__file__).parent / "templates"), static_folder=None)
    credentials = Credentials.of(services, cost=cost)
    http.install(
        app,
        services.settings,
        authenticate=auth.admits(Authenticator(credentials), KioskAuthenticator(credentials)),
        translate=(_database_refusal,),
        checks=(("database", lambda: _check_reachable(services)), ("migrations", lambda: _check_migrated(services))),
    )
    auth.install(app, services)
    app.extensions[CREDENTIALS] = credentials
    app.extensions[mobile_api.views.WAITERS] = Waiters(services.database, max(1, services.settings.web_threads // 2))
    api = Api.of(app)
    for room in (*DOORS, *AREAS, server.core.job_views, server.core.file_views):
        for blueprint in room.BLUEPRINTS:
            api.register_blueprint(blueprint)
    openapi.serve(app)
    home.install(app)
    handheld.install(app)
    refuse_undeclared(app)
    return app


def _database_refusal(error: Exception) -> Refused | None:
    """A database that is locked, away or overtaken is busy; a broken rule of it is a conflict. Its words stay inside."""
    if isinstance(error, IntegrityError):
        return Refused(CONFLICT)
    if isinstance(error, DBAPIError) and (try_again(error) or error.connection_invalidated or _is_away(error)):
        return Refused(BUSY, retry_after=2)
    return None


def _is_away(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return type(error).__name__ == "OperationalError" and (state is None or state[:2] in ("08", "53", "57"))


def _check_reachable(services: Services) -> None:
    with services.database.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")


def _check_migrated(services: Services) -> None:
    current, newest = revisions(services.database)
    if current != newest:
        raise RuntimeError(f"the schema is at {current}, the code needs {newest}")
