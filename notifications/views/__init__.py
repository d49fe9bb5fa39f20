"""The doors of notifications: a device's subscription, a person's settings, the list of what was sent."""

from __future__ import annotations

from notifications.views.deliveries import DELIVERIES
from notifications.views.push import PUSH
from notifications.views.settings import SETTINGS

BLUEPRINTS = (PUSH, SETTINGS, DELIVERIES)
