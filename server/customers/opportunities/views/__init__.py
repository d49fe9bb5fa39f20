"""The office's door to opportunities: translate, call one operation or query, answer."""

from server.customers.opportunities.views import closing, funnel
from server.customers.opportunities.views.opportunities import OPPORTUNITIES

BLUEPRINTS = (OPPORTUNITIES, funnel.FUNNEL_STAGES)

__all__ = ["BLUEPRINTS", "closing", "funnel"]
