"""The office's door to customers: translate, call one operation or query, answer."""

from server.customers.views import cards, details, handover
from server.customers.views.blueprint import CUSTOMERS

BLUEPRINTS = (CUSTOMERS, handover.USERS)

__all__ = ["BLUEPRINTS", "cards", "details", "handover"]
