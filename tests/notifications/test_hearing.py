"""From events to inboxes: who hears of what, once, and what a commit pays for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from notifications.hearing import HEAR, HEARERS, hears
from notifications.models import Notice
from notifications.operations import read_notice
from notifications.people import leaders_of
from notifications.topics import (
    HANDED_OVER,
    LEAD_CONFLICT,
    PLAN_CHANGED,
    PLAN_SENT,
    TASK_ASSIGNED,
    TOPICS,
    VISIT_ARRANGED,
    VISIT_COMMENTED,
)
from server.accounts.operations import staff
from server.core.db import commit
from server.core.events import EVENTS, HEARD, hear_later
from server.core.tables import JOBS
from server.customers import operations as customers
from server.customers.events import HandoverDone
from server.customers.lead_conflicts.models import conflict_id
from server.fieldwork import operations as fieldwork
from server.fieldwork.models import DayPlan, Task, Visit
from sync_protocol.ids import new_id
from tests.mobile_api.test_exchange import MADE_AT, exchange
from tests.notifications.scene import Desk, shanghai
from tests.server.accounts.company import Phone, heard

DAY = shanghai("12:00", 4).date()


def make(desk: Desk, who: str, operation: Any, **values: Any) -> str:
    row_id = new_id()
    with desk.services.writing(desk.company.actor(who)) as uow:
        operation(uow, row_id, values)
        uow.commit()
    return row_id


def topics(desk: Desk, who: str) -> list[str]:
    return [each.topic for each in desk.inbox(who)]


def test_a_plan_that_is_sent_is_told_to_whoever_leads_the_planner_and_to_nobody_else(desk: Desk) -> None:
    plan = make(desk, "wang", fieldwork.create_plan, plan_on=DAY)
    make(desk, "wang", fieldwork.create_visit, place="展厅", plan_id=plan)
    desk.work()
    assert topics(desk, "jie") == []
    desk.do("wang", fieldwork.send_plan, DayPlan, plan)
    desk.do("wang", fieldwork.send_plan, DayPlan, plan)
    desk.work()
    (notice,) = desk.inbox("jie")
    assert (notice.topic, notice.subject_collection, notice.subject_id) == (PLAN_SENT, "day_plans", plan)
    assert notice.params == {"owner_id": desk.company.users["wang"], "plan_on": DAY.isoformat()}
    assert not any(topics(desk, who) for who in ("wang", "zhao", "boss", "hong", "na"))


def test_a_change_of_what_was_sent_is_told_once_until_it_is_read(desk: Desk) -> None:
    plan = make(desk, "wang", fieldwork.create_plan, plan_on=DAY)
    line = make(desk, "wang", fieldwork.create_visit, place="展厅", plan_id=plan)
    desk.do("wang", fieldwork.send_plan, DayPlan, plan)
    desk.work()
    desk.at(shanghai("10:30"))
    desk.do("wang", fieldwork.change_visit, Visit, line, purpose="tea")
    desk.do("wang", fieldwork.change_plan, DayPlan, plan, note="north first")
    desk.work()
    other = make(desk, "wang", fieldwork.create_visit, place="工地", plan_id=plan)
    desk.work()
    assert topics(desk, "jie") == [PLAN_SENT, PLAN_CHANGED]
    desk.do("jie", read_notice, Notice, desk.inbox("jie")[1].id)
    desk.do("wang", fieldwork.cancel_visit, Visit, line)
    desk.work()
    assert topics(desk, "jie") == [PLAN_SENT, PLAN_CHANGED, PLAN_CHANGED]
    desk.do("jie", read_notice, Notice, desk.inbox("jie")[2].id)
    desk.do("wang", fieldwork.change_visit, Visit, other, planned_on=DAY + timedelta(days=1))  # and so out of the plan
    desk.work()
    assert topics(desk, "jie") == [PLAN_SENT, PLAN_CHANGED, PLAN_CHANGED, PLAN_CHANGED]
    desk.do("jie", read_notice, Notice, desk.inbox("jie")[3].id)
    desk.do("wang", fieldwork.cancel_plan, DayPlan, plan)
    desk.work()
    assert topics(desk, "jie") == [PLAN_SENT, *[PLAN_CHANGED] * 4]


def test_lines_that_come_with_the_sending_are_part_of_it_and_doing_a_visit_is_no_change(desk: Desk) -> None:
    """As when a phone comes back to the network: plan, lines and sending in one push."""
    with desk.services.writing(desk.company.actor("wang")) as uow:
        plan = fieldwork.create_plan(uow, new_id(), {"plan_on": DAY})
        line = fieldwork.create_visit(uow, new_id(), {"place": "展厅", "plan_id": plan.id})
        for _ in range(8):
            fieldwork.create_visit(uow, new_id(), {"place": "展厅", "plan_id": plan.id})
        fieldwork.send_plan(uow, plan)
        uow.commit()
    desk.work()
    desk.at(shanghai("11:00"))
    desk.do("wang", fieldwork.start_visit, Visit, line.id, started_at=shanghai("11:00"))
    desk.work()
    assert topics(desk, "jie") == [PLAN_SENT]


def test_a_visit_that_another_arranges_is_told_to_its_assignee(desk: Desk) -> None:
    visit = make(
        desk, "jie", fieldwork.create_visit, place="展厅", assignee_id=desk.company.users["wang"], planned_on=DAY
    )
    desk.work()
    (notice,) = desk.inbox("wang")
    assert (notice.topic, notice.subject_id) == (VISIT_ARRANGED, visit)
    assert notice.params["by_id"] == desk.company.users["jie"]
    desk.do("jie", fieldwork.change_visit, Visit, visit, assignee_id=desk.company.users["zhao"])
    desk.work()
    assert topics(desk, "zhao") == [VISIT_ARRANGED]
    assert topics(desk, "jie") == []


def test_a_comment_on_a_visit_is_told_to_whose_visit_it_is_and_not_to_who_wrote_it(desk: Desk) -> None:
    customer = desk.customer("wang")
    visit = make(desk, "wang", fieldwork.create_visit, customer_id=customer, planned_on=DAY)
    make(desk, "wang", fieldwork.add_comment, visit_id=visit, text="for myself")
    desk.work()
    assert topics(desk, "wang") == topics(desk, "jie") == []
    make(desk, "jie", fieldwork.add_comment, visit_id=visit, text="take the plan along")
    make(desk, "jie", fieldwork.add_comment, visit_id=visit, text="and a pen")
    desk.work()
    (notice,) = desk.inbox("wang")
    assert (notice.topic, notice.subject_collection, notice.subject_id) == (VISIT_COMMENTED, "visits", visit)
    assert notice.params == {"customer_id": customer, "day_on": DAY.isoformat(), "by_id": desk.company.users["jie"]}
    assert topics(desk, "jie") == []


def test_a_comment_after_a_handover_reaches_who_did_the_visit_and_who_has_it_now(desk: Desk) -> None:
    customer = desk.customer("wang")
    visit = make(desk, "wang", fieldwork.create_visit, customer_id=customer, planned_on=DAY)
    with desk.services.writing(desk.company.actor("boss")) as uow:
        customers.hand_over_customers(uow, [customer], desk.company.users["zhao"], "leaves")
        uow.commit()
    make(desk, "boss", fieldwork.add_comment, visit_id=visit, text="take the plan along")
    desk.work()
    assert topics(desk, "wang") == [VISIT_COMMENTED]
    assert topics(desk, "zhao") == [HANDED_OVER, VISIT_COMMENTED]


def test_a_task_is_told_to_whoever_is_to_do_it_unless_he_asks_it_of_himself(desk: Desk) -> None:
    users = desk.company.users
    make(desk, "wang", fieldwork.create_task, text="x", due_on=DAY)
    task = make(desk, "jie", fieldwork.create_task, text="x", due_on=DAY, assignee_id=users["wang"])
    moot = make(desk, "jie", fieldwork.create_task, text="x", due_on=DAY, assignee_id=users["wang"])
    desk.do("jie", fieldwork.cancel_task, Task, moot)
    desk.work()
    (notice,) = desk.inbox("wang")
    assert (notice.topic, notice.subject_collection, notice.subject_id) == (TASK_ASSIGNED, "tasks", task)
    assert notice.params == {"customer_id": None, "due_on": DAY.isoformat(), "by_id": users["jie"]}
    desk.do("jie", fieldwork.change_task, Task, task, text="y")
    desk.do("jie", fieldwork.change_task, Task, task, assignee_id=users["zhao"])
    desk.work()
    assert topics(desk, "wang") == topics(desk, "zhao") == [TASK_ASSIGNED]
    assert topics(desk, "jie") == []


def test_a_handover_is_one_piece_of_news_however_many_customers(desk: Desk) -> None:
    ids = [desk.customer("wang", f"客户{n}") for n in range(30)]
    for each in ids[:5]:
        make(desk, "wang", fieldwork.create_visit, customer_id=each, planned_on=DAY)
    with desk.services.writing(desk.company.actor("boss")) as uow:
        customers.hand_over_customers(uow, ids, desk.company.users["zhao"], "leaves")
        uow.commit()
    desk.work()
    (notice,) = desk.inbox("zhao")
    assert (notice.topic, notice.params["count"]) == (HANDED_OVER, 30)
    assert "客户" not in str(notice.params)


def test_who_took_them_himself_knows_it(desk: Desk) -> None:
    customer = desk.customer("wang")
    with desk.services.writing(desk.company.actor("boss")) as uow:
        customers.hand_over_customers(uow, [customer], desk.company.users["boss"], "mine")
        uow.commit()
    desk.work()
    assert desk.inbox("boss") == []


def contest(desk: Desk, who: str, name: str = "王小明") -> str:
    """A customer of somebody with the number that they all enter."""
    customer_id = desk.customer(who, name)
    make(desk, who, customers.add_phone, customer_id=customer_id, number="13800138000")
    return customer_id


def test_a_lead_conflict_is_told_to_both_owners_and_who_leads_them_each_of_his_own_side(desk: Desk) -> None:
    his, hers = contest(desk, "wang", "王小明"), contest(desk, "na", "李娜")
    desk.work()
    for who, customer, name in (
        ("wang", his, "王小明"),
        ("jie", his, "王小明"),
        ("na", hers, "李娜"),
        ("hong", hers, "李娜"),
    ):
        (notice,) = desk.inbox(who)
        assert (notice.topic, notice.subject_collection, notice.subject_id) == (LEAD_CONFLICT, "customers", customer)
        assert notice.customer_name == name
        assert notice.params == {"customer_id": customer, "conflict_id": conflict_id(his, hers)}
        assert {his: hers, hers: his}[customer] not in repr(notice)
    assert not any(topics(desk, who) for who in ("zhao", "boss", "admin", "fang"))


def test_a_lead_conflict_made_on_a_phone_comes_into_the_supervisors_inbox_and_list(desk: Desk) -> None:
    company, number = desk.company, {"number": "13800138000"}
    hers = company.office("na").ok("POST", "/customers", json={"name": "李娜", "phones": [number]})["id"]
    his, create = new_id(), {"action": "create", "base": 0, "made_at": MADE_AT}
    sent = [
        {**create, "n": 1, "group": 1, "collection": "customers", "row": his, "values": {"name": "王小明"}},
        {**create, "n": 2, "group": 1, "collection": "customer_phones", "row": new_id()},
    ]
    sent[1]["values"] = {"customer_id": his, **number}
    phone = Phone(company).signed_in("wang")
    for _ in range(2):  # the first answer was lost
        verdicts = exchange(phone, push={"operations": sent})["push"]["verdicts"]
        assert [each["verdict"] for each in verdicts] == ["applied"] * 2
        desk.work()
    pages = exchange(Phone(company).signed_in("jie"), pull={"cursor": None})["pull"]["pages"]
    (notices,) = [dict(page["columns"]) for page in pages if page["collection"] == "notices"]
    assert (notices["topic"], notices["subject_id"]) == ([LEAD_CONFLICT], [his])
    (listed,) = company.office("jie").ok("GET", "/lead-conflicts?state=open")["items"]
    assert (listed["first"]["customer_id"], listed["second"]["customer_id"]) == (None, his)
    assert hers not in repr(listed)


def test_who_leads_both_sides_of_a_lead_conflict_hears_of_it_once(desk: Desk) -> None:
    first, second = contest(desk, "wang"), contest(desk, "zhao")
    third = contest(desk, "zhao")
    desk.work()
    assert [each.subject_id for each in desk.inbox("jie")] == [first]
    assert [each.subject_id for each in desk.inbox("wang")] == [first]
    assert sorted(str(each.subject_id) for each in desk.inbox("zhao")) == [second, third]


def test_a_lead_conflict_that_a_handover_closed_meanwhile_is_no_news(desk: Desk) -> None:
    contest(desk, "wang")
    hers = contest(desk, "na")
    with desk.services.writing(desk.company.actor("boss")) as uow:
        customers.hand_over_customers(uow, [hers], desk.company.users["wang"], "撞单")
        uow.commit()
    desk.work()
    assert topics(desk, "wang") == [HANDED_OVER]
    assert not any(topics(desk, who) for who in ("na", "jie", "hong"))


def test_who_leads_is_the_nearest_above_who_may_assign(desk: Desk) -> None:
    def leaders(who: str, unit: str) -> set[str]:
        with desk.services.reading(desk.company.org) as connection:
            pair = (desk.company.users[who], desk.company.units[unit])
            (found,) = leaders_of(connection, desk.company.org, [pair]).values()
        names = {user: name for name, user in desk.company.users.items()}
        return {names[each] for each in found}

    assert leaders("wang", "east") == {"jie"}
    assert leaders("jie", "east") == {"admin", "boss"}
    assert leaders("na", "west") == {"hong"}
    wang, units = desk.company.users["wang"], desk.company.units
    both = {(wang, units["east"]), (wang, units["west"])}  # he moved west, and what he left is the east's
    with desk.services.reading(desk.company.org) as connection:
        found = leaders_of(connection, desk.company.org, both)
    assert {unit: set(led) for (_, unit), led in found.items()} == {
        units["east"]: {desk.company.users["jie"]},
        units["west"]: {desk.company.users["hong"]},
    }
    with desk.company.writing() as uow:
        staff.disable_user(uow, desk.company.users["jie"])
        uow.commit()
    assert leaders("wang", "east") == {"admin", "boss"}


# -- the mechanism ----------------------------------------------------------------------------------------------------


def test_a_commit_pays_one_statement_for_all_it_tells_and_nothing_for_the_rest(desk: Desk) -> None:
    customer = desk.customer("wang")

    def cost(count: int) -> list[str]:
        with (
            heard(desk.company.database.engine) as statements,
            desk.services.writing(desk.company.actor("wang")) as uow,
        ):
            for _ in range(count):
                fieldwork.create_follow_up(
                    uow, new_id(), {"customer_id": customer, "text": "x", "due_at": shanghai("15:00")}
                )
            uow.commit()
        return [each for each in statements.texts if "jobs" in each]

    assert (len(cost(1)), len(cost(200))) == (1, 1)
    with heard(desk.company.database.engine) as statements:
        desk.customer("wang", "nobody hears of it")
    assert not [each for each in statements.texts if "jobs" in each]


def test_hearing_asks_as_much_for_two_hundred_events_as_for_two(desk: Desk) -> None:
    customer = desk.customer("wang")

    def cost(count: int) -> int:
        with desk.services.writing(desk.company.actor("wang")) as uow:
            for _ in range(count):
                values = {"customer_id": customer, "text": "x", "due_at": shanghai("15:00")}
                fieldwork.create_follow_up(uow, new_id(), values)
            uow.commit()
        worker = desk.worker()
        with heard(desk.company.database.engine) as statements:
            assert worker.work_one()
        return len(statements.texts)

    assert cost(2) == cost(200) <= 12


def test_a_transaction_that_is_rolled_back_tells_nobody(desk: Desk) -> None:
    plan = make(desk, "wang", fieldwork.create_plan, plan_on=DAY)
    with desk.services.writing(desk.company.actor("wang")) as uow:
        fieldwork.send_plan(uow, uow.must(DayPlan, plan))
        uow.flush()
    desk.work()
    assert (topics(desk, "jie"), desk.jobs(HEAR)) == ([], [])


def test_a_job_that_is_run_again_tells_nobody_twice(desk: Desk) -> None:
    plan = make(desk, "wang", fieldwork.create_plan, plan_on=DAY)
    desk.do("wang", fieldwork.send_plan, DayPlan, plan)
    for _ in range(3):
        desk.work()
        with desk.services.database.write(desk.company.org) as connection:
            connection.execute(update(JOBS).where(JOBS.c.org_id == desk.company.org).values(state="waiting"))
            commit(connection)
    assert topics(desk, "jie") == [PLAN_SENT]


def test_hearers_are_declared_once_and_every_topic_says_nothing_of_anybody() -> None:
    with pytest.raises(ValueError, match=r"two hearers of customers\.handover-done"):
        hears(HandoverDone)(lambda _hearing, _heard: None)
    before = dict(HEARD)
    hear_later(HEAR, HEARERS)
    assert before == HEARD
    assert HEARD.keys() <= EVENTS.keys()
    assert all(not topic.text.names for topic in TOPICS.values())


def test_the_inbox_reaches_the_phone_and_what_is_done_there_reaches_the_server(desk: Desk) -> None:
    desk.follow_up("wang", due_at=shanghai("11:00"))
    desk.work_until(shanghai("11:00"), timedelta(minutes=30))
    phone = Phone(desk.company).signed_in("wang")
    pages = exchange(phone, pull={"cursor": None})["pull"]["pages"]
    (columns,) = [each["columns"] for each in pages if each["collection"] == "notices"]
    assert columns["state"] == ["unread"]
    assert columns["customer_name"] == ["王小明"]
    (row,) = columns["id"]
    operation = {"n": 1, "group": 1, "collection": "notices", "action": "done", "row": row, "base": 1, "values": {}}
    push = exchange(phone, push={"operations": [{**operation, "made_at": 1_741_000_000_000}]})["push"]
    assert [each["verdict"] for each in push["verdicts"]] == ["applied"]
    assert [each.state for each in desk.inbox("wang")] == ["done"]
