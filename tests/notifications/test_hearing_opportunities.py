"""Who hears what was won or lost."""

from __future__ import annotations

from datetime import date

from notifications.topics import OPPORTUNITY_CLOSED
from server.customers.opportunities import operations as opportunities
from server.customers.opportunities.models import Opportunity
from sync_protocol.ids import new_id
from tests.notifications.scene import Desk


def test_who_leads_the_owner_hears_what_was_won_and_the_owner_what_another_lost_and_nobody_what_was_taken_back(
    desk: Desk,
) -> None:
    users, customer, rows = desk.company.users, desk.customer("wang"), [new_id() for _ in range(3)]
    with desk.services.writing(desk.company.actor("wang")) as uow:
        for row in rows:
            step = {"next_step": "call", "next_step_on": date(2025, 3, 9), "amount_minor": 300}
            opportunities.open_opportunity(uow, row, {"customer_id": customer, "title": "x", **step})
        uow.commit()
    won, lost, back = rows
    desk.do("wang", opportunities.win_opportunity, Opportunity, won)
    desk.do("jie", opportunities.lose_opportunity, Opportunity, lost, reason="price")
    desk.do("wang", opportunities.win_opportunity, Opportunity, back)
    desk.do("wang", opportunities.reopen_opportunity, Opportunity, back)
    desk.work()
    (at_jie,), (at_wang,) = desk.inbox("jie"), desk.inbox("wang")
    assert at_jie.topic == at_wang.topic == OPPORTUNITY_CLOSED
    assert (at_jie.subject_id, at_jie.params["state"], at_jie.params["amount_minor"]) == (won, "won", 300)
    assert (at_wang.subject_id, at_wang.params["state"], at_wang.params["by_id"]) == (lost, "lost", users["jie"])
