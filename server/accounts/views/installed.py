"""What the composition root gave these views, and what they share: credentials, cursors, the body of a list."""

from __future__ import annotations

from typing import Any, cast

from flask import current_app

from server.accounts.authentication import CREDENTIALS, Credentials
from server.accounts.models import Organisation
from server.core.auth import services
from server.core.paging import Cursors


def credentials() -> Credentials:
    """The keys of this installation."""
    return cast(Credentials, current_app.extensions[CREDENTIALS])


def cursors() -> Cursors:
    """What makes and reads the cursors of lists."""
    return Cursors(services().keys.secret("cursor"))


def whole(items: list[Any]) -> dict[str, Any]:
    """A list that is short enough to be one page."""
    return {"items": items, "next": None}


def shown_organisation(organisation: Organisation) -> dict[str, Any]:
    """An organisation as it stands in the answer of a sign-in, here and on devices."""
    return {
        "id": organisation.id,
        "code": organisation.code,
        "name": organisation.name,
        "timezone": organisation.timezone,
        "currency": organisation.currency,
        "locale": organisation.locale,
    }
