"""By which indexes the first pages of long lists are read, on SQLite as it plans before it has looked at any table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from server.core import narrowing
from server.core.access import Actor
from server.core.db import Database
from server.customers import queries
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
from server.insight.months import queries as months
from server.insight.queries import board
from server.insight.team_feed.queries import feed_page
from tests.server.fieldwork.office import Office, statements

NOW = datetime(2026, 6, 1, tzinfo=UTC)
Read = Callable[[Connection, Actor], Any]


def customers(on: Connection, actor: Actor) -> Any:
    return queries.page(on, actor, Filters(), order="updated", after=None, limit=50)


def rare(on: Connection, actor: Actor) -> Any:
    return queries.page(on, actor, Filters(industry="finance"), order="name", after=None, limit=50)


def rare_last_changed(on: Connection, actor: Actor) -> Any:
    return queries.page(on, actor, Filters(grade="A", industry="finance"), order="updated", after=None, limit=50)


def common(on: Connection, actor: Actor) -> Any:
    with many():
        return queries.page(
            on, actor, Filters(stage="visited", amount_to_minor=1), order="updated", after=None, limit=50
        )


@contextmanager
def many() -> Iterator[None]:
    """Nothing counts as few."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(narrowing, "FEW", -1)
        yield


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


def called_by_many(on: Connection, actor: Actor) -> Any:
    with many():
        return activity_page(on, actor, ActivityFilters(channel="call_out"), after=None, limit=50)


def signed(on: Connection, actor: Actor) -> Any:
    return opportunity_page(on, actor, OpportunityFilters(stage_code="sign"), after=None, limit=50)


def large(on: Connection, actor: Actor) -> Any:
    return opportunity_page(on, actor, OpportunityFilters(from_minor=1), after=None, limit=50)


def signed_by_many(on: Connection, actor: Actor) -> Any:
    with many():
        return opportunity_page(on, actor, OpportunityFilters(stage_code="sign", from_minor=1), after=None, limit=50)


def visits_of_one(on: Connection, actor: Actor) -> Any:
    return visit_page(on, actor, VisitFilters(assignee_id=actor.user_id), now=NOW, limit=50)


def plans_of_one(on: Connection, actor: Actor) -> Any:
    return plan_page(on, actor, PlanFilters(owner_id=actor.user_id), limit=50)


def tasks_of_one(on: Connection, actor: Actor) -> Any:
    return task_page(on, actor, TaskFilters(assignee_id=actor.user_id), after=None, limit=50)


def follow_ups_of_one(on: Connection, actor: Actor) -> Any:
    return follow_up_page(on, actor, FollowUpFilters(assignee_id=actor.user_id), limit=50)


def questions_of_one(on: Connection, actor: Actor) -> Any:
    return question_page(on, actor, QuestionFilters(author_id=actor.user_id), today=NOW.date(), after=None, limit=50)


def activities_of_one(on: Connection, actor: Actor) -> Any:
    return activity_page(on, actor, ActivityFilters(author_id=actor.user_id), after=None, limit=50)


def calendar_of_one(on: Connection, actor: Actor) -> Any:
    return calendar_page(on, actor, CalendarFilters(person_id=actor.user_id), after=None, limit=50)


def calendar_of_team(on: Connection, actor: Actor) -> Any:
    filters = CalendarFilters(units=frozenset([actor.org_id, actor.user_id]))
    return calendar_page(on, actor, filters, after=None, limit=50)


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


def open_conflicts(on: Connection, actor: Actor) -> Any:
    return conflict_page(on, actor, "open", after=None, limit=50)


def deleted(on: Connection, actor: Actor) -> Any:
    return deleted_page(on, actor, after=None, limit=50)


def feed(on: Connection, actor: Actor) -> Any:
    return feed_page(on, actor, EntryFilters(), after=None, limit=50)


def day(on: Connection, actor: Actor) -> Any:
    return board(on, actor, on=NOW.date(), now=NOW)


def days(on: Connection, actor: Actor) -> Any:
    return months.days(on, actor, NOW.date(), NOW.date())


def _ways(table: str, order: str, *more: str) -> tuple[str, ...]:
    return tuple(f"{table}_{way}_{order}" for way in ("owner_id", "unit_id", *more))


_EITHER_SIDE = tuple(
    f"lead_conflicts_{side}_{whose}_created_at_id" for side in ("first", "second") for whose in ("owner_id", "unit_id")
)
CASES: tuple[tuple[Read, str, tuple[str, ...]], ...] = (
    (customers, "wang", ("customers_owner_id_updated_at_id", "customer_phones_customer_id_id")),
    (customers, "jie", ("customers_owner_id_updated_at_id", "customers_unit_id_updated_at_id")),
    (customers, "boss", ("customers_updated_at_id",)),
    (rare, "boss", ("customers_industry_updated_at_id",)),
    (rare, "wang", ("customers_industry_updated_at_id",)),
    *((rare_last_changed, who, ("customers_grade_updated_at_id",)) for who in ("boss", "jie", "wang")),
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
    *((each, "wang", ()) for each in (stages, grades)),
    (opportunities, "wang", ("opportunities_owner_id_state_weighted_minor_id",)),
    (opportunities, "jie", tuple(f"opportunities_{each}_state_weighted_minor_id" for each in ("owner_id", "unit_id"))),
    (visits, "wang", tuple(f"visits_{each}_day_on" for each in ("owner_id", "author_id"))),
    (visits, "jie", tuple(f"visits_{each}_day_on" for each in ("owner_id", "unit_id", "author_id"))),
    (missed, "boss", ("visits_state_day_on_id",)),
    (mailed, "boss", ("activities_channel_day_on_id",)),
    *((mailed, who, ("activities_channel_day_on_id",)) for who in ("wang", "jie")),
    (called_by_many, "jie", _ways("activities", "day_on_id", "author_id")),
    (signed, "boss", ("opportunities_state_stage_code_weighted_minor_id",)),
    *((signed, who, ("opportunities_state_stage_code_weighted_minor_id",)) for who in ("wang", "jie")),
    *((large, who, ("opportunities_state_amount_minor_id",)) for who in ("boss", "jie")),
    (signed_by_many, "boss", ("opportunities_state_stage_code_weighted_minor_id",)),
    (signed_by_many, "jie", _ways("opportunities", "state_weighted_minor_id")),
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
    (open_conflicts, "boss", ("lead_conflicts_state_created_at_id",)),
    *((each, "jie", _EITHER_SIDE) for each in (conflicts, open_conflicts)),
    *((visits_of_one, who, ("visits_assignee_id_day_on",)) for who in ("boss", "jie")),
    *((plans_of_one, who, ("day_plans_owner_id_plan_on_id",)) for who in ("boss", "jie")),
    *((tasks_of_one, who, ("tasks_assignee_id_state_due_on_id",)) for who in ("boss", "jie")),
    *((follow_ups_of_one, who, ("follow_ups_assignee_id_state_due_on_id",)) for who in ("boss", "jie")),
    *((questions_of_one, who, ("questions_author_id_state_created_at_id",)) for who in ("boss", "jie")),
    *((activities_of_one, who, ("activities_author_id_day_on_id",)) for who in ("boss", "jie")),
    *(
        (
            calendar_of_one,
            who,
            ("visits_assignee_id_day_on", "activities_author_id_day_on_id", "tasks_assignee_id_state_due_on_id"),
        )
        for who in ("boss", "jie")
    ),
    *(
        (calendar_of_team, who, tuple(f"{each}_unit_id_state_due_on_id" for each in ("tasks", "follow_ups")))
        for who in ("boss", "jie")
    ),
    (days, "jie", ("customer_timeline_done_by_day_on_id_deed", "activities_author_id_day_on_id")),
    (feed, "boss", ("customer_timeline_deed_day_on_id",)),
    (feed, "jie", _ways("customer_timeline", "deed_day_on_id")),
    (day, "boss", ("visits_planned_on_assignee_id", "visits_day_on_assignee_id")),
    (deleted, "jie", _ways("deleted_customers", "created_at_id")),
    (activities, "jie", tuple(f"activities_{each}_day_on_id" for each in ("owner_id", "unit_id", "author_id"))),
)

STAFF = ("users", "user_units", "user_roles", "roles", "units", "organisations")
"""Tables of hundreds, which may be gone through."""
OF_STAFF = tuple(f"SEARCH {each} " for each in STAFF)
JUDGED_BY_INDEX = (rare, rare_last_changed, mailed, signed, large)


@pytest.mark.sqlite
@pytest.mark.parametrize("database_kind", ["sqlite"])  # PostgreSQL plans by what is in a table, and these are empty
def test_each_way_of_reaching_a_row_is_a_range_in_the_order_of_the_list(office: Office) -> None:
    """Before SQLite has looked at its tables, and when it believes that they are large."""
    office.customer(by="wang", phone="13800138000")
    for is_large in (False, True):
        if is_large:
            believe_large(office.database)
        for read, who, indexes in CASES:
            with office.database.read(office.org) as connection:
                with statements(office.database) as seen:
                    read(connection, office.actor(who))
                rows = [
                    row[3]
                    for each in list(seen)
                    for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", ("",) * each.count("?"))
                ]
            plan = "\n".join((f"{read.__name__} of {who}{', large' if is_large else ''}:", *rows))
            if who != "boss":
                walked = [row for row in rows if row.endswith("(org_id=?)") and not row.startswith(OF_STAFF)]
                assert walked == [], plan
            assert [each for each in indexes if f"ix_{each} " not in plan] == [], plan
            if read.__name__.endswith("s_of_one"):
                assert "_unit_id_" not in plan, plan  # of somebody who has none, all of the team's would be asked
            if read is rare_last_changed:  # come upon in the index of the filter; what is sorted is the page
                assert sum("TEMP B-TREE FOR ORDER BY" in row for row in rows) == 1, plan
            if read in JUDGED_BY_INDEX and who != "boss":
                found = [row for row in rows for each in indexes if f"INDEX ix_{each} " in row]
                assert [row for row in found if "COVERING" not in row] == [], plan


def believe_large(database: Database) -> None:
    """Statistics as `Database.optimize` leaves them: a million rows of one organisation, 201 at most of all else."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.exec_driver_sql("DELETE FROM sqlite_stat1")
        for table, index in connection.exec_driver_sql("SELECT tbl_name, name FROM sqlite_master WHERE type = 'index'"):
            columns = connection.exec_driver_sql("SELECT name FROM pragma_index_info(?)", (index,)).scalars().all()
            rows = "200" if table in STAFF else "1000000"
            found = [rows if columns[0] == "org_id" else "201"]
            found += ["1" if "id" in columns[: place + 1] else "201" for place in range(1, len(columns))]
            connection.exec_driver_sql(
                "INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", (table, index, " ".join((rows, *found)))
            )
    database.engine.dispose()
