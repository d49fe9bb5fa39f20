"""An opportunity from a visit (domain row 57): the visit has to be one of that customer, and seen by who opens it."""

from __future__ import annotations

from typing import Any

import pytest

from server.customers.opportunities.models import Opportunity
from sync_protocol.ids import new_id
from tests.server.customers.opportunities.sales import WIRE_STEP, with_funnel
from tests.server.fieldwork.office import Office, shanghai, statements
from tests.support.syncing import Queue, push, told


@pytest.fixture(autouse=True)
def funnel(office: Office) -> None:
    with_funnel(office)


def _push(office: Office, who: str, queue: Queue) -> list[tuple[str, str | None]]:
    applied = push(office.database, office.on_device(who), queue.take(), clock=office.clock)
    return [told(each) for each in applied.decisions]


def _visited(office: Office, customer: str, who: str = "wang") -> str:
    visit = office.visit(who, customer_id=customer)
    office.finish(who, visit, shanghai("09:30"), result="看中三楼")
    return visit


def test_a_visit_becomes_an_opportunity_in_one_go_without_a_network(office: Office) -> None:
    customer, queue = office.customer(by="wang"), Queue()
    visit = queue.create("visits", customer_id=customer)
    queue.act("visits", "finish", visit, ended_at=1_740_967_500_000, result="看中三楼")
    row = queue.create("opportunities", customer_id=customer, visit_id=visit, title="三楼", **WIRE_STEP)
    assert _push(office, "wang", queue) == [("applied", None)] * 3
    assert office.row(Opportunity, row).visit_id == visit


@pytest.mark.parametrize("of", ["another customer's", "out of reach", "nobody's"])
def test_no_other_visit_is_named(office: Office, of: str) -> None:
    customer = office.customer(by="wang")
    visits: dict[str, Any] = {
        "another customer's": lambda: _visited(office, office.customer(by="wang")),
        "out of reach": lambda: _visited(office, office.customer(by="na"), "na"),
        "nobody's": new_id,
    }
    queue = Queue()
    queue.create("opportunities", customer_id=customer, visit_id=visits[of](), title="x", **WIRE_STEP)
    assert _push(office, "wang", queue) == [("rejected", "core.not-found")]


def test_a_batch_reads_no_visit_by_itself(office: Office) -> None:
    def cost(size: int) -> int:
        queue = Queue()
        for customer in [office.customer(by="wang") for _ in range(size)]:
            visit = _visited(office, customer)
            queue.create("opportunities", customer_id=customer, visit_id=visit, title="x", **WIRE_STEP)
        with statements(office.database) as seen:
            assert set(_push(office, "wang", queue)) == {("applied", None)}
        return len(seen)

    cost(1)
    assert cost(2) == cost(9)
