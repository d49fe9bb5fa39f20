"""The office's door to the member club: translate, call one operation or query, answer."""

from __future__ import annotations

from server.membership.views.arrivals import ARRIVALS
from server.membership.views.cards import CARDS
from server.membership.views.centres import CENTRES
from server.membership.views.members import MEMBERS

BLUEPRINTS = (CENTRES, MEMBERS, CARDS, ARRIVALS)

__all__ = ["BLUEPRINTS"]
