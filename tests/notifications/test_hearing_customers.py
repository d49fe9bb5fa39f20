"""Who hears that customers were merged or deleted: whose they were, unless he did it himself."""

from __future__ import annotations

from notifications.topics import CUSTOMERS_DELETED, CUSTOMERS_MERGED
from server.customers.deleting.operations import delete_customers
from server.customers.merging.operations import merge_customers
from tests.notifications.scene import Desk


def test_both_owners_hear_of_a_merge_and_who_did_it_does_not(desk: Desk) -> None:
    users = desk.company.users
    kept, gone, his = desk.customer("zhao", "王小明"), desk.customer("wang", "王晓明"), desk.customer("wang", "李四")
    own, more = desk.customer("zhao"), [desk.customer("wang"), desk.customer("jie")]
    with desk.services.writing(desk.company.actor("jie")) as uow:
        merge_customers(uow, kept, gone)
        uow.commit()
    with desk.services.writing(desk.company.actor("zhao")) as uow:
        merge_customers(uow, kept, own)
        uow.commit()
    desk.work()
    (at_zhao,), (at_wang,) = desk.inbox("zhao"), desk.inbox("wang")
    assert at_zhao.topic == at_wang.topic == CUSTOMERS_MERGED
    assert (at_zhao.subject_id, at_wang.subject_id) == (kept, None), "who lost his has nothing to open"
    assert (at_wang.customer_name, at_wang.params) == ("王晓明", {"by_id": users["jie"]})
    with desk.services.writing(desk.company.actor("jie")) as uow:
        delete_customers(uow, [his, *more])
        uow.commit()
    desk.work()
    (told,) = [each for each in desk.inbox("wang") if each.topic == CUSTOMERS_DELETED]
    assert told.params == {"count": 2, "by_id": users["jie"]}
    assert desk.inbox("jie") == []
