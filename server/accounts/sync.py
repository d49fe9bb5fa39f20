"""What devices see of accounts: names to show beside what they hold. Read only."""

from __future__ import annotations

from server.accounts import events, functions
from server.accounts.models import OrgUnit, Project, User
from server.core.collections import Collection, Column, SharedScope
from sync_protocol import wire

COLLECTIONS: tuple[Collection, ...] = (
    Collection(
        name="units",
        row=OrgUnit,
        scope=SharedScope(),
        policy="server",
        columns=(
            Column("parent_id", wire.ID.or_null()),
            Column("kind", wire.CODE(("organisation", "department", "team"))),
            Column("name", wire.TEXT(60)),
        ),
    ),
    Collection(
        name="projects",
        row=Project,
        scope=SharedScope(),
        policy="server",
        columns=(Column("code", wire.TEXT(32)), Column("name", wire.TEXT(60))),
    ),
    # A deleted person stays, for the names in history; his state tells pickers to leave him out.
    Collection(
        name="staff",
        row=User,
        scope=SharedScope(),
        policy="server",
        columns=(
            Column("name", wire.TEXT(60)),
            Column("unit_id", wire.ID),
            Column("title", wire.TEXT(60).or_null()),
            Column("state", wire.CODE(("active", "disabled", "deleted"))),
        ),
    ),
)

# Importing this room makes the area's functions and events known, as server/registry.py says of all areas.
__all__ = ["COLLECTIONS", "events", "functions"]
