"""A customer is merged or deleted: visits, follow-ups and tasks go along, and what was done stays with who did it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.customers.deleting.operations import delete_customers, restore_customers
from server.customers.functions import DELETE, MERGE
from server.customers.merging.operations import merge_customers
from server.fieldwork import operations
from server.fieldwork.models import FollowUp, Task, Visit, VisitComment
from sync_protocol.ids import new_id
from tests.server.fieldwork.office import Office, shanghai, statements
from tests.support.syncing import pull_all

WEDNESDAY = date(2025, 3, 5)


@pytest.fixture(autouse=True)
def _may_merge(office: Office) -> None:
    for actor in office.people.values():
        if actor.may("customers.handover"):
            actor.reaches[MERGE] = actor.reaches[DELETE] = actor.reach("customers.handover")  # type: ignore[index]


def _merge(office: Office, kept: str, gone: str) -> None:
    with office.writing("yang") as uow:
        merge_customers(uow, kept, gone)
        uow.commit()


def test_what_was_done_and_is_to_do_for_who_goes_is_for_who_stays(office: Office) -> None:
    kept, gone = office.customer("王小明", by="na"), office.customer("王晓明", by="wang")
    planned, done = office.visit(customer_id=gone, planned_on=WEDNESDAY), office.visit(customer_id=gone)
    office.start("wang", done, shanghai("09:00"))
    office.finish("wang", done, shanghai("09:30"))
    comment = office.make("yang", operations.add_comment, visit_id=done, text="好")
    follow_up = office.follow_up(customer_id=gone, text="回访", due_on=WEDNESDAY)
    task = office.make(
        "yang",
        operations.create_task,
        text="回访",
        due_on=WEDNESDAY,
        assignee_id=office.users["zhao"],
        customer_id=gone,
    )
    _merge(office, kept, gone)
    na, wang = pull_all(office.database, office.actor("na")), pull_all(office.database, office.actor("wang"))
    assert na.ids("visits") == {planned, done}
    assert {row["customer_id"] for row in na.of("visits").values()} == {kept}
    assert (na.ids("follow_ups"), na.ids("visit_comments")) == ({follow_up}, {comment})
    assert office.visit_row(planned).assignee_id == office.row(FollowUp, follow_up).assignee_id == office.users["na"]
    assert (office.visit_row(done).author_id, office.visit_row(done).customer_name) == (office.users["wang"], "王晓明")
    assert wang.ids("visits") == {planned, done}, "what he did stays his author's"
    row = office.row(Task, task)
    assert (row.customer_id, row.owner_id) == (kept, office.users["zhao"])
    assert office.row(VisitComment, comment).unit_id == office.units["west"]


def test_a_thousand_visits_cost_what_one_costs(office: Office) -> None:
    def cost(size: int) -> int:
        kept, gone = office.customer(by="na"), office.customer(by="wang")
        with office.writing("wang") as uow:
            for _ in range(size):
                operations.create_visit(uow, new_id(), {"customer_id": gone, "planned_on": WEDNESDAY})
            uow.commit()
        with statements(office.database) as seen:
            _merge(office, kept, gone)
        assert {each.customer_id for each in office.rows(Visit)} >= {kept}
        return len(seen)

    cost(1)
    assert cost(1) == cost(1000)


def test_a_deleted_customer_takes_visits_comments_follow_ups_and_tasks_along_and_back(office: Office) -> None:
    kinds = (Visit, VisitComment, FollowUp, Task)
    customer = office.customer("王小明", by="wang")
    visit = office.visit(customer_id=customer, plan_id=office.plan(plan_on=WEDNESDAY))
    office.make("yang", operations.add_comment, visit_id=visit, text="好")
    office.follow_up(customer_id=customer, visit_id=visit, text="回访", due_on=WEDNESDAY)
    given = {"due_on": WEDNESDAY, "assignee_id": office.users["zhao"], "customer_id": customer}
    office.make("yang", operations.create_task, text="回访", **given)

    def stored() -> list[Any]:
        changing = ("version", "updated_at")
        return [
            {k: v for k, v in row._mapping.items() if k not in changing} for kind in kinds for row in office.rows(kind)
        ]

    before = stored()
    with office.writing("yang") as uow:
        delete_customers(uow, [customer])
        uow.commit()
    assert stored() == []
    for who in ("wang", "zhao", "yang"):
        held = pull_all(office.database, office.actor(who))
        assert [held.ids(name) for name in ("visits", "visit_comments", "follow_ups", "tasks")] == [set()] * 4, who
    with office.writing("yang") as uow:
        restore_customers(uow, [customer])
        uow.commit()
    assert stored() == before
    assert pull_all(office.database, office.actor("wang")).ids("visits") == {visit}
    assert len(pull_all(office.database, office.actor("zhao")).ids("tasks")) == 1
