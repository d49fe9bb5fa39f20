"""The doors: /kiosk/v1 for kiosks themselves, /api/v1/kiosks for the office."""

from __future__ import annotations

from kiosk.views import door, office

BLUEPRINTS = (door.blp, office.blp)

__all__ = ["BLUEPRINTS", "door", "office"]
