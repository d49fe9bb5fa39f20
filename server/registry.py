"""The list of areas, and what one area does when another changes. Part of the composition root.

Importing this module makes all tables, functions, problems, events and collections known.
"""

from __future__ import annotations

import kiosk.events
import kiosk.functions
import kiosk.jobs
import kiosk.models
from notifications import calling, hearing, reminders
from notifications import functions as notifications_functions
from notifications import sync as notifications_sync
from notifications.hearers import accounts as accounts_hearers
from notifications.hearers import approvals as approvals_hearers
from notifications.hearers import copies as copies_hearers
from notifications.hearers import customers as customers_hearers
from notifications.hearers import fieldwork as fieldwork_hearers
from notifications.hearers import membership as membership_hearers
from notifications.hearers import opportunities as opportunities_hearers
from notifications.hearers import questions as questions_hearers
from notifications.hearers import reports as reports_hearers
from notifications.models import Notice
from server.accounts import functions as accounts_functions
from server.accounts import purge
from server.accounts import sync as accounts_sync
from server.accounts.operations import furnishing
from server.accounts.operations.staff import on_leaving
from server.approvals import subjects
from server.approvals import sync as approvals_sync
from server.core import arrivals, blobs, collections, events, job_requests, nightly, sync_issues, tables, verify
from server.core.rows import metadata
from server.customers import operations as customers_operations
from server.customers import sync as customers_sync
from server.customers.attachments import parents as attachment_parents
from server.customers.attachments import queries as attachment_queries
from server.customers.deleting import purge as deleting_purge
from server.customers.hanging import guards_customers, on_merge, on_open_work, on_taken
from server.customers.imports import running as imports_running
from server.customers.leaving import hand_over_leaver
from server.customers.opportunities import origins
from server.customers.opportunities.funnel import seed_funnel
from server.customers.ownership import on_inheriting
from server.expenses import operations as expenses_operations
from server.expenses import queries as expenses_queries
from server.expenses import sync as expenses_sync
from server.expenses.models import ExpenseLine
from server.fieldwork import functions as fieldwork_functions
from server.fieldwork import operations as fieldwork_operations
from server.fieldwork import sync as fieldwork_sync
from server.fieldwork.activities.models import Activity
from server.fieldwork.copies.sharing import share_taken
from server.fieldwork.models import Visit
from server.fieldwork.open_work import whose_open_work
from server.fieldwork.operations.handover import follow_leaver
from server.fieldwork.operations.origins import VISITS
from server.fieldwork.questions import operations as questions_operations
from server.insight import functions as insight_functions
from server.membership import sync as membership_sync
from server.membership.models import Card, Member
from server.membership.operations.handover import follow_customers, members_among, merge_members

AREAS = (
    accounts_sync, approvals_sync, customers_sync, fieldwork_sync, membership_sync, expenses_sync, notifications_sync,
)  # fmt: skip
"""The `sync` rooms in tier order: parents of a collection stand in the same area or in one before it."""

collections.register((sync_issues.SYNC_ISSUES,))
for area in AREAS:
    collections.register(area.COLLECTIONS)

# In the same unit of work: plans, visits, follow-ups, questions, memberships, cards and arrivals go with their customer.
customers_operations.on_handover(fieldwork_operations.follow_customers)
customers_operations.on_handover(questions_operations.follow_customers)
customers_operations.on_handover(follow_customers)

# In the same unit of work: what somebody had to do when he is disabled goes to an heir.
on_leaving(hand_over_leaver)
on_inheriting(follow_leaver)

# In the same unit of work: what is not plain when two customers become one (server/customers/hanging.py).
on_merge(Card)
on_merge(Member, how=merge_members)
on_merge(Notice, "subject_id")
on_merge(ExpenseLine, "customer_id", lambda *_: None)
on_merge(ExpenseLine, "spent_for_id", expenses_operations.merge_lines)
# In the same unit of work: an opportunity names the visit it came from, which has to be one of that customer.
origins.register(VISITS)

# What of the areas above an attachment may hang on, and whoever reaches an attachment may open the file that it cites.
attachment_parents.register("visits", Visit, fieldwork_functions.READ)
attachment_parents.register("activities", Activity, fieldwork_functions.READ)
blobs.readable_through(attachment_queries.citing)

# When an organisation begins, and at `db upgrade` for those that were there before.
furnishing.on_furnishing(seed_funnel)

# Whom the books name, and who is a member, is not deleted.
guards_customers(expenses_operations.spent_for, ExpenseLine)
guards_customers(members_among, Member)
on_taken(share_taken)
# Whose open work goes with a deleted customer: his event names them, and they are told.
on_open_work(whose_open_work)

# In the same unit of work: a decision about a claim changes it and books what is owed.
subjects.register(expenses_operations.CLAIMS)
# Whoever reaches a line, or is asked about its claim, may open the receipt that it cites.
blobs.readable_through(expenses_queries.citing)
# In the same unit of work: a receipt that has arrived is compared with those that were claimed.
arrivals.on_arrival(expenses_operations.flag_arrived)

# Later, by the worker: people are told. What nobody hears of costs its commit nothing.
HEARERS = (
    accounts_hearers,
    approvals_hearers,
    fieldwork_hearers,
    copies_hearers,
    customers_hearers,
    membership_hearers,
    opportunities_hearers,
    questions_hearers,
    reports_hearers,
)
events.hear_later(hearing.HEAR, hearing.HEARERS)

# What is declared by being imported: permissions, jobs, tables. A role loses what nobody has declared.
DECLARED = (
    kiosk.events,
    kiosk.functions,
    kiosk.jobs,
    kiosk.models,
    calling,
    deleting_purge,
    reminders,
    accounts_functions,
    imports_running,
    insight_functions,
    notifications_functions,
    arrivals,
    blobs,
    job_requests,
    nightly,
    purge,
    verify,
    tables,
)

__all__ = ["AREAS", "DECLARED", "HEARERS", "metadata"]
