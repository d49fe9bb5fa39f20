"""By which indexes the first pages of long lists are read, on SQLite as it plans before it has looked at any table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from server.core.access import Actor
from server.customers import narrowing, queries
from server.customers.deleting.queries import deleted_page
from server.customers.lead_conflicts.queries import conflict_page
from server.customers.narrowing import Filters
from server.customers.opportunities.queries import OpportunityFilters, opportunity_page
from server.customers.profile.queries import pivot
from server.customers.trail import EntryFilters
from server.fieldwork.activities.queries import ActivityFilters, activity_page
from server.fieldwork.calendar.queries import CalendarFilters, calendar_page
from server.fieldwork.queries import (
    FollowUpFilters,
    PlanFilters,
    VisitFilters,
    follow_up_page,
    plan_page,
    visit_page,
)
from server.fieldwork.questions.queries import QuestionFilters, question_page
from server.fieldwork.reports.queries import Box, ReportFilters, report_page
from server.fieldwork.rules import LineStatus
from server.fieldwork.task_queries import TaskFilters, task_page
from server.insight.queries import board
from server.insight.team_feed.queries import feed_page
from tests.server.fieldwork.office import Office, statements

NOW = datetime(2026, 6, 1, tzinfo=UTC)
Read = Callable[[Connection, Actor], Any]


def customers(on: Connection, actor: Actor) -> Any:
    return queries.page(on, actor, Filters(), order="updated", after=None, limit=50)


def rare(on: Connection, actor: Actor) -> Any:
    return queries.page(on, actor, Filters(industry="finance"), order="name", after=None, limit=50)


def common(on: Connection, actor: Actor) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(narrowing, "FEW", -1)
        return queries.page(
            on, actor, Filters(stage="visited", amount_to_minor=1), order="updated", after=None, limit=50
        )


def by_name(on: Connection, actor: Actor) -> Any:
    return queries.page(on, actor, Filters(), order="name", after=None, limit=50)


def of_owner(on: Connection, actor: Actor) -> Any:
    return queries.page(on, actor, Filters(owner_id=actor.org_id), order="updated", after=None, limit=50)


def of_team(on: Connection, actor: Actor) -> Any:
    return queries.page(on, actor, Filters(unit_id=actor.org_id), order="name", after=None, limit=50)


def search(on: Connection, actor: Actor) -> Any:
    return queries.page(on, actor, Filters(text="8000"), order="name", after=None, limit=50)


def search_of_one(on: Connection, actor: Actor) -> Any:
    return queries.page(on, actor, Filters(text="8000", owner_id=actor.user_id), order="name", after=None, limit=50)


def stages(on: Connection, actor: Actor) -> Any:
    return queries.count_by_stage(on, actor, Filters())


def grades(on: Connection, actor: Actor) -> Any:
    return pivot(on, actor, Filters(), "grade")


def opportunities(on: Connection, actor: Actor) -> Any:
    return opportunity_page(on, actor, OpportunityFilters(), after=None, limit=50)


def visits(on: Connection, actor: Actor) -> Any:
    return visit_page(on, actor, VisitFilters(), now=NOW, limit=50)


def missed(on: Connection, actor: Actor) -> Any:
    return visit_page(on, actor, VisitFilters(status=LineStatus.MISSED), now=NOW, limit=50)


def activities(on: Connection, actor: Actor) -> Any:
    return activity_page(on, actor, ActivityFilters(), after=None, limit=50)


KEYS = ("customer_keys_customer_id_key",)


def mailed(on: Connection, actor: Actor) -> Any:
    return activity_page(on, actor, ActivityFilters(channel="mail"), after=None, limit=50)


def signed(on: Connection, actor: Actor) -> Any:
    return opportunity_page(on, actor, OpportunityFilters(stage_code="sign"), after=None, limit=50)


def plans(on: Connection, actor: Actor) -> Any:
    return plan_page(on, actor, PlanFilters(), limit=50)


def tasks(on: Connection, actor: Actor) -> Any:
    return task_page(on, actor, TaskFilters(), after=None, limit=50)


def open_tasks(on: Connection, actor: Actor) -> Any:
    return task_page(on, actor, TaskFilters(state="open"), after=None, limit=50)


def of_one(on: Connection, actor: Actor) -> Any:
    return task_page(on, actor, TaskFilters(customer_id=actor.user_id, state="open"), after=None, limit=50)


def called(on: Connection, actor: Actor) -> Any:
    return activity_page(on, actor, ActivityFilters(customer_id=actor.user_id), after=None, limit=50)


def visited(on: Connection, actor: Actor) -> Any:
    return visit_page(on, actor, VisitFilters(customer_id=actor.user_id, status=LineStatus.MISSED), now=NOW, limit=50)


def asked(on: Connection, actor: Actor) -> Any:
    found = QuestionFilters(customer_id=actor.user_id, state="open")
    return question_page(on, actor, found, today=NOW.date(), after=None, limit=50)


def schedule(on: Connection, actor: Actor) -> Any:
    return calendar_page(on, actor, CalendarFilters(customer_id=actor.user_id), after=None, limit=50, latest_first=True)


def follow_ups(on: Connection, actor: Actor) -> Any:
    return follow_up_page(on, actor, FollowUpFilters(), limit=50)


def calendar(on: Connection, actor: Actor) -> Any:
    return calendar_page(on, actor, CalendarFilters(first_on=NOW.date()), after=None, limit=50)


def questions(on: Connection, actor: Actor) -> Any:
    return question_page(on, actor, QuestionFilters(), today=NOW.date(), after=None, limit=50)


def reports(on: Connection, actor: Actor) -> Any:
    return report_page(on, actor, ReportFilters(box=Box.REACH), after=None, limit=50)


def received(on: Connection, actor: Actor) -> Any:
    return report_page(on, actor, ReportFilters(), after=None, limit=50)


def conflicts(on: Connection, actor: Actor) -> Any:
    return conflict_page(on, actor, None, after=None, limit=50)


def deleted(on: Connection, actor: Actor) -> Any:
    return deleted_page(on, actor, after=None, limit=50)


def feed(on: Connection, actor: Actor) -> Any:
    return feed_page(on, actor, EntryFilters(), after=None, limit=50)


def day(on: Connection, actor: Actor) -> Any:
    return board(on, actor, on=NOW.date(), now=NOW)


def _ways(table: str, order: str, *more: str) -> tuple[str, ...]:
    return tuple(f"{table}_{way}_{order}" for way in ("owner_id", "unit_id", *more))


CASES: tuple[tuple[Read, str, tuple[str, ...]], ...] = (
    (customers, "wang", ("customers_owner_id_updated_at_id", "customer_phones_customer_id_id")),
    (customers, "jie", ("customers_owner_id_updated_at_id", "customers_unit_id_updated_at_id")),
    (customers, "boss", ("customers_updated_at_id",)),
    (rare, "boss", ("customers_industry_updated_at_id",)),
    (rare, "wang", ("customers_industry_updated_at_id",)),
    (common, "boss", ("customers_stage_updated_at_id",)),
    (common, "jie", ("customers_owner_id_updated_at_id", "customers_unit_id_updated_at_id")),
    (by_name, "boss", ("customers_name_key_id",)),
    (by_name, "wang", ("customers_owner_id_name_key_id",)),
    (by_name, "jie", ("customers_owner_id_name_key_id", "customers_unit_id_name_key_id")),
    *((of_owner, who, ("customers_owner_id_updated_at_id",)) for who in ("boss", "jie")),
    *((of_team, who, ("customers_unit_id_name_key_id",)) for who in ("boss", "jie")),
    (search, "wang", (*KEYS, "customer_keys_owner_id_key", "customer_phones_owner_id_tail_customer_id")),
    (search, "jie", (*KEYS, "customer_keys_unit_id_key", "customer_phones_unit_id_tail_customer_id")),
    (search_of_one, "boss", ("customer_keys_owner_id_key", "customer_phones_owner_id_tail_customer_id")),
    (search, "boss", (*KEYS, "customer_phones_tail_customer_id")),
    (stages, "boss", ("customers_stage_updated_at_id",)),
    *((each, "wang", ("customers_owner_id_updated_at_id",)) for each in (stages, grades)),
    (opportunities, "wang", ("opportunities_owner_id_state_weighted_minor_id",)),
    (opportunities, "jie", tuple(f"opportunities_{each}_state_weighted_minor_id" for each in ("owner_id", "unit_id"))),
    (visits, "wang", tuple(f"visits_{each}_day_on" for each in ("owner_id", "author_id"))),
    (visits, "jie", tuple(f"visits_{each}_day_on" for each in ("owner_id", "unit_id", "author_id"))),
    (missed, "boss", ("visits_state_day_on_id",)),
    (mailed, "boss", ("activities_channel_day_on_id",)),
    (mailed, "jie", _ways("activities", "day_on_id", "author_id")),
    (signed, "boss", ("opportunities_state_stage_code_weighted_minor_id",)),
    (signed, "jie", _ways("opportunities", "state_weighted_minor_id")),
    (plans, "boss", ("day_plans_plan_on_id",)),
    (plans, "jie", _ways("day_plans", "plan_on_id")),
    (tasks, "boss", ("tasks_due_on_id",)),
    (open_tasks, "boss", ("tasks_state_due_on_id",)),
    *((of_one, who, ("tasks_customer_id_due_on_id",)) for who in ("boss", "jie")),
    *((called, who, ("activities_customer_id_day_on_id",)) for who in ("boss", "jie")),
    *((visited, who, ("visits_customer_id_day_on",)) for who in ("boss", "jie")),
    *((asked, who, ("questions_customer_id_created_at_id",)) for who in ("boss", "jie")),
    *((schedule, who, ("follow_ups_customer_id_due_on_id", "visits_customer_id_day_on")) for who in ("boss", "jie")),
    *((each, "jie", _ways("tasks", "state_due_on_id", "author_id")) for each in (tasks, open_tasks, calendar)),
    *((each, "jie", _ways("follow_ups", "state_due_on_id", "author_id")) for each in (follow_ups, calendar)),
    (calendar, "jie", _ways("visits", "day_on", "author_id") + _ways("activities", "day_on_id", "author_id")),
    (
        calendar,
        "boss",
        ("visits_day_on_assignee_id", "activities_day_on_id", "follow_ups_due_on_id", "tasks_due_on_id"),
    ),
    (questions, "boss", ("questions_created_at_id",)),
    (questions, "jie", _ways("questions", "state_created_at_id", "author_id", "department_id")),
    (reports, "boss", ("work_reports_period_on_id",)),
    (reports, "jie", _ways("work_reports", "period_on_id")),
    (received, "jie", ("work_report_readers_reader_id_report_id",)),
    (conflicts, "boss", ("lead_conflicts_created_at_id",)),
    (feed, "boss", ("customer_timeline_deed_day_on_id",)),
    (feed, "jie", _ways("customer_timeline", "deed_day_on_id")),
    (day, "boss", ("visits_planned_on_assignee_id", "visits_day_on_assignee_id")),
    (deleted, "jie", _ways("deleted_customers", "created_at_id")),
    (activities, "jie", tuple(f"activities_{each}_day_on_id" for each in ("owner_id", "unit_id", "author_id"))),
)


@pytest.mark.sqlite
@pytest.mark.parametrize("database_kind", ["sqlite"])  # PostgreSQL plans by what is in a table, and these are empty
def test_each_way_of_reaching_a_row_is_a_range_in_the_order_of_the_list(office: Office) -> None:
    office.customer(by="wang", phone="13800138000")
    with office.database.read(office.org) as connection:
        for read, who, indexes in CASES:
            with statements(office.database) as seen:
                read(connection, office.actor(who))
            rows = [
                row[3]
                for each in list(seen)
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", ("",) * each.count("?"))
            ]
            plan = "\n".join(rows)
            if who != "boss":
                assert [row for row in rows if row.endswith("(org_id=?)")] == [], f"{read.__name__} of {who}: {plan}"
            assert [each for each in indexes if f"ix_{each} " not in plan] == [], f"{read.__name__} of {who}: {plan}"
