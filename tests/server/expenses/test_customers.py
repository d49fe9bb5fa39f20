"""What a merge and a deletion of customers make of claims: whom the money was for follows, and whom the books name stays."""

from __future__ import annotations

import pytest

from server.core.problems import Refused
from server.customers.deleting.operations import delete_customers
from server.customers.merging.operations import merge_customers
from server.expenses.models import ExpenseLine
from tests.server.expenses.desk import Desk
from tests.support.syncing import MADE_AT


def test_what_was_spent_follows_a_merge_and_keeps_its_customer_from_being_deleted(desk: Desk) -> None:
    queue = desk.queue("anna")
    kept, gone, free = (queue.create("customers", name=name) for name in ("王小明", "王晓明", "李四"))
    visit = queue.create("visits", customer_id=gone)
    queue.act("visits", "finish", visit, ended_at=MADE_AT)
    desk.draft(visit=visit)
    desk.draft(kind="office", customer_id=gone)
    assert {each.code for each in desk.push("anna")} == {None}
    for gone_id in (gone, free):
        with desk.world.working() as uow, pytest.raises(Refused, match=r"^customers.protected$") as caught:
            delete_customers(uow, [kept, gone_id])
        if gone_id == gone:
            assert caught.value.params["reasons"] == ["spent-for"]
            with desk.world.working() as uow:
                merge_customers(uow, kept, gone)
                uow.commit()
            named = {(line.spent_for_id, line.customer_id) for line in desk.rows(ExpenseLine)}
            assert named == {(kept, None), (kept, kept)}
        else:
            assert caught.value.params["customers"] == [kept]
