"""What a role can be allowed to do with approvals. Declarations only."""

from __future__ import annotations

from server.core.access import function

DECIDE = function(
    "approvals.decide",
    zh="审批送给自己的申请",
    en="Decide what one is asked to decide",
    roles=("salesperson", "supervisor", "director", "finance"),
)
"""Who is asked is another question, and routes answer it: a peer may be, and whoever stands in for somebody."""
LEAD = function(
    "approvals.lead",
    zh="作为上级审批",
    en="Be asked as the superior of one's units",
    roles=("supervisor", "director"),
)
MANAGE = function(
    "approvals.manage", zh="设置审批流程和代理", en="Set approval routes and stand-ins", roles=("administrator",)
)
