"""Who hears that customers were merged or deleted: whose they were, unless he did it himself, and who had something open with
them. And that a list was taken in."""

from __future__ import annotations

from datetime import date
from typing import Any

from notifications.topics import CUSTOMERS_DELETED, CUSTOMERS_MERGED, IMPORT_ENDED, IMPORT_STOPPED, WORK_DELETED
from server.accounts.operations import staff
from server.core.job_requests import JobCancelled
from server.core.jobs import JobGivenUp
from server.customers.deleting.operations import delete_customers, restore_customers
from server.customers.imports.events import ImportEnded
from server.customers.imports.models import CustomerImport
from server.customers.imports.operations import KIND
from server.customers.merging.operations import merge_customers
from server.fieldwork import operations as fieldwork
from sync_protocol.ids import new_id
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


def test_who_had_something_open_with_who_was_deleted_hears_of_it_once(desk: Desk) -> None:
    users, by_jie = desk.company.users, {"by_id": desk.company.users["jie"]}
    one, two, jies = desk.customer("wang", "王小明"), desk.customer("wang", "李四"), desk.customer("jie", "赵六")
    day = {"text": "回访", "due_on": date(2025, 3, 5)}
    with desk.services.writing(desk.company.actor("wang")) as uow:
        shared = {"planned_on": date(2025, 3, 5), "people": f"{users['na']} {users['fang']}"}
        fieldwork.create_visit(uow, new_id(), {"customer_id": one, **shared})
        uow.commit()
    with desk.services.writing(desk.company.actor("boss")) as uow:
        for customer, who in ((one, "zhao"), (two, "zhao"), (two, "jie"), (jies, "wang")):
            fieldwork.create_task(uow, new_id(), {**day, "customer_id": customer, "assignee_id": users[who]})
        uow.commit()
    with desk.company.writing() as uow:
        staff.disable_user(uow, users["fang"])
        uow.commit()
    with desk.services.writing(desk.company.actor("jie")) as uow:
        delete_customers(uow, [one, two, jies])
        uow.commit()
    with desk.services.writing(desk.company.actor("jie")) as uow:
        restore_customers(uow, [one, two, jies])
        uow.commit()
    desk.work()

    def told(who: str) -> list[tuple[str, Any, Any]]:
        of = (CUSTOMERS_DELETED, WORK_DELETED)
        return [(each.topic, each.params, each.subject_id) for each in desk.inbox(who) if each.topic in of]

    assert {who: told(who) for who in ("wang", "na", "zhao", "boss", "jie", "fang", "hong")} == {
        "wang": [
            (CUSTOMERS_DELETED, {"count": 2, **by_jie}, None),
            (WORK_DELETED, {"count": 1, **by_jie}, None),
        ],
        "na": [(WORK_DELETED, {"count": 1, **by_jie}, None)],
        "zhao": [(WORK_DELETED, {"count": 2, **by_jie}, None)],
        "boss": [(WORK_DELETED, {"count": 3, **by_jie}, None)],
        "jie": [],
        "fang": [],
        "hong": [],
    }


def test_whoever_handed_a_list_in_hears_that_it_was_taken_in_and_not_of_a_trial(desk: Desk) -> None:
    taken_in = new_id()
    with desk.services.writing(desk.company.actor("jie")) as uow:
        uow.record(ImportEnded(new_id(), True, 3, 0, 1))
        uow.record(ImportEnded(taken_in, False, 3, 2, 1))
        uow.commit()
    desk.work()
    (told,) = desk.inbox("jie")
    assert (told.topic, told.subject_id) == (IMPORT_ENDED, None)
    assert told.params == {"import_id": taken_in, "created": 3, "duplicates": 2, "refused": 1}


def test_and_that_it_was_given_up_or_that_somebody_else_has_stopped_it(desk: Desk) -> None:
    users = desk.company.users
    jobs = [new_id() for _ in range(6)]
    with desk.services.writing(desk.company.actor("admin")) as uow:
        for place, job_id in enumerate(jobs):
            owner, trial, over = users["admin" if place == 0 else "wang"], place == 1, place == 2
            values: dict[str, Any] = {
                "owner_id": owner,
                "name": "x",
                "size": 1,
                "place": None,
                "is_trial": trial,
                "is_finished": over,
            }
            uow.add(CustomerImport(id=job_id, job_id=job_id, **values))
            uow.record(JobCancelled(job_id, KIND, "leased") if place < 4 else JobGivenUp(job_id, KIND, owner, "x.y"))
            uow.record(JobGivenUp(new_id(), "core.verify-audit", owner, "core.job-failed"))
        uow.commit()
    desk.work()
    assert [(each.topic, each.params) for each in desk.inbox("wang")] == [
        (IMPORT_STOPPED, {"import_id": jobs[3], "by_id": users["admin"]}),
        *((IMPORT_STOPPED, {"import_id": each, "code": "x.y"}) for each in jobs[4:]),
    ]
    assert desk.inbox("admin") == [], "he stopped his own"
