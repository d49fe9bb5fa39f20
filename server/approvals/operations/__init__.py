"""What can be done about approvals. Operations take the unit of work first and never commit; by topic in the modules beside."""

from __future__ import annotations

from server.approvals.operations.asking import (
    Request,
    add_flags,
    ask,
    hash_of,
    lock_cases,
    preload_parts,
    void,
    waiting_people,
    withdraw,
)
from server.approvals.operations.deciding import approve, decide, reject, send_back
from server.approvals.operations.setting import begin_delegation, end_delegation, write_route

__all__ = [
    "Request", "add_flags", "approve", "ask", "begin_delegation", "decide", "end_delegation", "hash_of", "lock_cases", "preload_parts", "reject",
    "send_back", "void", "waiting_people", "withdraw", "write_route",
]  # fmt: skip
