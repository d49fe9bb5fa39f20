"""The office's door to customers: translate, call one operation or query, answer."""

from server.customers.attachments import views as attachments
from server.customers.contacts import views as contacts
from server.customers.deleting import views as deleting
from server.customers.duplicates import views as duplicates
from server.customers.history import views as history
from server.customers.imports.views import IMPORTS
from server.customers.lead_conflicts import views as lead_conflicts
from server.customers.merging import views as merging
from server.customers.opportunities.views import BLUEPRINTS as OPPORTUNITIES
from server.customers.profile import views as profile
from server.customers.receptions import views as receptions
from server.customers.views import cards, details, handover
from server.customers.views.blueprint import CUSTOMERS

BLUEPRINTS = (CUSTOMERS, handover.USERS, lead_conflicts.LEAD_CONFLICTS, *OPPORTUNITIES, IMPORTS)

__all__ = [
    "BLUEPRINTS",
    "attachments",
    "cards",
    "contacts",
    "deleting",
    "details",
    "duplicates",
    "handover",
    "history",
    "lead_conflicts",
    "merging",
    "profile",
    "receptions",
]
