"""The whole application for one test, without making all its routes each time."""

from __future__ import annotations

import copy
import tempfile
from functools import cache
from pathlib import Path

from flask import Flask

from kiosk.authentication import KioskAuthenticator
from mobile_api.views import WAITERS
from mobile_api.waiting import Waiters
from server.accounts.authentication import CREDENTIALS, Authenticator, Credentials
from server.app import create_app
from server.config import Settings
from server.core import auth, http
from server.core.db import Database
from server.core.http import Http
from server.core.keys import load_keys
from server.core.limits import Limits
from server.core.metrics import Metrics
from server.core.services import Services
from tests.server.accounts.company import CHEAP


def whole_app(services: Services) -> Flask:
    """As create_app makes it for these services. It has its own state and shares the routes, which take 0.3 s to make.

    What asks for readiness, other settings or the making itself calls create_app.
    """
    pattern = _pattern()
    app = copy.copy(pattern)
    app.config, app.extensions = copy.copy(pattern.config), dict(pattern.extensions)
    credentials, known = Credentials.of(services, cost=CHEAP), http.of(pattern)
    admits = auth.admits(Authenticator(credentials), KioskAuthenticator(credentials))
    limits = Limits.from_settings(services.settings)
    app.extensions["doorstep"] = Http(services.settings, limits, Metrics(), admits, known.translate, known.checks)
    app.extensions[CREDENTIALS] = credentials
    app.extensions[WAITERS] = Waiters(services.database, max(1, services.settings.web_threads // 2))
    auth.install(app, services)
    return app


@cache
def _pattern() -> Flask:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            database_url=f"sqlite:///{folder}/none.db", keys_dir=Path(folder), rate_limits=False, language="en"
        )
        services = Services(settings, Database(settings.database_url), load_keys(settings))
        app = create_app(services, cost=CHEAP)
        services.close()
    return app
