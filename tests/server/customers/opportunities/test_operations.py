"""Opportunities done and undone, in the office and from devices: log, customer's stage, handover, two at once."""

from __future__ import annotations

import json
import threading
from datetime import date
from typing import Any

import pytest

from server.core.problems import Refused
from server.customers import operations as customers
from server.customers.deleting.operations import delete_customers, restore_customers
from server.customers.merging.operations import merge_customers
from server.customers.models import Customer, TimelineEntry
from server.customers.opportunities import operations
from server.customers.opportunities.funnel import add_stage, change_stage, seed_funnel
from server.customers.opportunities.models import FunnelStage, Opportunity, OpportunityContact
from sync_protocol.ids import new_id
from tests.server.customers.office import Office, statements
from tests.server.customers.opportunities.sales import MONDAY, TUESDAY, WIRE_STEP, do, opened, told
from tests.support.syncing import pull_all


def _push(office: Office, who: Any, *sent: tuple[str, str, str, dict[str, Any]]) -> list[tuple[str, str | None]]:
    actor = office.on_device(who) if isinstance(who, str) else who
    documents = [
        {
            "collection": collection,
            "action": action,
            "row": row,
            "values": values,
            "base": 0 if action == "create" else 1,
        }
        for collection, action, row, values in sent
    ]
    return told(office.push(actor, *documents))


def _log(office: Office, row_id: str) -> list[tuple[str, dict[str, Any]]]:
    entries = sorted(office.rows(TimelineEntry, subject_id=row_id), key=lambda each: (each.created_at, each.id))
    return [(each.kind.removeprefix("opportunity-"), {**each.params}) for each in entries]


def test_from_first_talk_to_signature_without_a_network_each_step_stands_in_the_log(office: Office) -> None:
    customer, row, contact = office.customer(by="wang"), new_id(), new_id()
    assert _push(
        office,
        "wang",
        ("opportunities", "create", row, {"customer_id": customer, "title": " 两居室 ", **WIRE_STEP}),
        ("opportunities", "update", row, {"amount_minor": 200_000_000}),
        ("opportunities", "move", row, {"stage_code": "proposal"}),
        ("opportunity_contacts", "create", contact, {"opportunity_id": row, "text": "看过方案", **WIRE_STEP, "next_step": "谈价"}),
        ("opportunities", "win", row, {"closed_on": "2025-03-03"}),
    ) == [("applied", None)] * 5  # fmt: skip
    found = office.row(Opportunity, row)
    assert (found.title, found.stage_code, found.probability, found.weighted_minor) == ("两居室", "proposal", 50, 10**8)
    assert (found.state, found.closed_on, found.closed_by) == ("won", MONDAY, office.users["wang"])
    assert (found.next_step, found.next_step_on) == ("谈价", TUESDAY)
    assert office.row(Customer, customer).stage == "won"
    title = {"title": "两居室"}
    assert _log(office, row) == [
        ("opened", {**title, "to": "lead", "probability": 10}),
        ("changed", {**title, "fields": ["amount_minor"]}),
        ("moved", {**title, "from": "lead", "to": "proposal", "probability": 50}),
        ("contact", {**title, "text": "看过方案", "contact_id": contact}),
        ("won", title),
    ]
    assert {each.done_by for each in office.rows(TimelineEntry, customer_id=customer)} == {office.users["wang"]}
    ((subject, body),) = office.events("customers.opportunity-closed")
    assert (subject, json.loads(body)["state"]) == (row, "won")
    held = {
        who: set(pull_all(office.database, office.actor(who)).ids("opportunities"))
        for who in ("wang", "jie", "zhao", "na")
    }
    assert held == {"wang": {row}, "jie": {row}, "zhao": set(), "na": set()}


def test_a_create_that_comes_again_is_known_however_it_was_spelt(office: Office) -> None:
    customer, row = office.customer(by="wang"), new_id()
    create = (
        "opportunities",
        "create",
        row,
        {"customer_id": customer, "title": "两居室", "stage_code": "bid", **WIRE_STEP},
    )
    untidy = (*create[:3], {**create[3], "title": " 两居室 "})
    assert _push(office, "wang", create) == [("applied", None)]
    assert _push(office, "wang", untidy) == [("duplicate", None)]
    assert len(office.rows(Opportunity)) == 1


@pytest.mark.parametrize("close", ["win", "lose"])
def test_what_is_closed_stays_as_it_is_until_it_is_reopened(office: Office, close: str) -> None:
    row = opened(office, amount_minor=100)
    closing = {"win": operations.win_opportunity, "lose": operations.lose_opportunity}
    do(office, "wang", closing[close], row, **({"reason": "price"} if close == "lose" else {}))
    again: dict[Any, dict[str, Any]] = {
        operations.win_opportunity: {},
        operations.lose_opportunity: {"reason": "other"},
        operations.move_opportunity: {"stage_code": "bid"},
        operations.change_opportunity: {"title": "x"},
    }
    for operation, values in again.items():
        with pytest.raises(Refused, match=r"^customers.opportunity-closed$"):
            do(office, "wang", operation, row, **values)
    for _ in range(2):
        do(office, "wang", operations.reopen_opportunity, row)
    found = office.row(Opportunity, row)
    assert (found.state, found.reason, found.closed_on, found.closed_by) == ("open", None, None, None)
    assert len(office.events("customers.opportunity-reopened")) == 1
    do(office, "wang", operations.move_opportunity, row, stage_code="bid")


def test_a_loss_says_why_and_leaves_the_customer_where_he_is(office: Office) -> None:
    row = opened(office)
    do(
        office,
        "jie",
        operations.lose_opportunity,
        row,
        reason="competitor",
        competitor=" 江景 ",
        closing_note=" ",
        closed_on=MONDAY,
    )
    found = office.row(Opportunity, row)
    assert (found.reason, found.competitor, found.closing_note) == ("competitor", "江景", None)
    assert (found.closed_by, office.row(Customer, found.customer_id).stage) == (office.users["jie"], "prospect")
    assert _log(office, row)[-1] == ("lost", {"title": "两居室", "reason": "competitor"})
    (lost,) = office.rows(TimelineEntry, subject_id=row, kind="opportunity-lost")
    assert (lost.done_by, lost.owner_id) == (office.users["jie"], office.users["wang"]), "who did it, not whose he is"


def test_the_day_it_was_closed_lies_not_ahead_and_a_fast_clock_is_not_punished(office: Office) -> None:
    with pytest.raises(Refused, match=r"^customers.day-in-future$"):
        do(office, "wang", operations.win_opportunity, opened(office), closed_on=TUESDAY)
    row = opened(office)
    assert _push(office, "wang", ("opportunities", "win", row, {"closed_on": "2025-03-09"})) == [("applied", None)]
    assert office.row(Opportunity, row).closed_on == MONDAY


def test_a_customer_is_won_while_one_of_his_is(office: Office) -> None:
    customer = office.customer(by="wang", stage="dead")
    first, second = opened(office, customer=customer), opened(office, customer=customer)
    for each in (first, second):
        do(office, "wang", operations.win_opportunity, each)
    assert office.row(Customer, customer).stage == "won"
    do(office, "wang", operations.reopen_opportunity, first)
    assert office.row(Customer, customer).stage == "won"
    assert _push(office, "wang", ("opportunities", "reopen", second, {})) == [("applied", None)]
    assert office.row(Customer, customer).stage == "negotiating"


def test_to_another_stage_it_takes_that_stages_percent_for_good(office: Office) -> None:
    first = opened(office, amount_minor=1000, stage_code="bid")
    (bid,) = office.rows(FunnelStage, code="bid")
    with office.writing("boss") as uow:
        change_stage(uow, bid.id, {"probability": 75})
        uow.commit()
    second = opened(office, amount_minor=1000, stage_code="bid")
    assert [office.row(Opportunity, each).weighted_minor for each in (first, second)] == [700, 750]
    with pytest.raises(Refused, match=r"^customers.funnel-stage-unknown$"):
        do(office, "wang", operations.move_opportunity, first, stage_code="nowhere")


def test_a_stage_out_of_use_is_still_taken_from_a_device(office: Office) -> None:
    row, (bid,) = opened(office), office.rows(FunnelStage, code="bid")
    with office.writing("boss") as uow:
        change_stage(uow, bid.id, {"is_active": False})
        uow.commit()
    with pytest.raises(Refused, match=r"^customers.funnel-stage-unknown$"):
        do(office, "wang", operations.move_opportunity, row, stage_code="bid")
    assert _push(office, "wang", ("opportunities", "move", row, {"stage_code": "bid"})) == [("applied", None)]


def test_the_funnel_is_set_by_who_may_and_never_empty(office: Office) -> None:
    with office.writing("boss") as uow:
        assert seed_funnel(uow) == 0
    new = {"code": "deposit", "name_zh": "定金", "name_en": "Deposit {0}", "probability": 95, "position": 8}
    with office.writing("jie") as uow, pytest.raises(Refused, match=r"^core.function-missing$"):
        add_stage(uow, new_id(), new)
    with office.writing("boss") as uow:
        add_stage(uow, new_id(), new)
        uow.commit()
    with office.writing("boss") as uow, pytest.raises(Refused, match=r"^customers.funnel-stage-taken$"):
        add_stage(uow, new_id(), new)
    held = pull_all(office.database, office.actor("nobody")).of("funnel_stages")
    assert {each["code"] for each in held.values()} >= {"lead", "deposit"}
    ids = [each.id for each in office.rows(FunnelStage)]
    with office.writing("boss") as uow:
        for each in ids[1:]:
            change_stage(uow, each, {"is_active": False})
        with pytest.raises(Refused, match=r"^customers.funnel-last-stage$"):
            change_stage(uow, ids[0], {"is_active": False})
        with pytest.raises(Refused, match=r"^core.not-found$"):
            change_stage(uow, new_id(), {"position": 1})


def test_with_its_customer_it_goes_to_the_new_owner_and_keeps_who_closed_it(office: Office) -> None:
    customer = office.customer(by="wang")
    going, done = opened(office, customer=customer), opened(office, customer=customer)
    do(office, "wang", operations.lose_opportunity, done, reason="price")
    contact = new_id()
    about = {"opportunity_id": going, "text": "电话", **WIRE_STEP}
    assert _push(office, "wang", ("opportunity_contacts", "create", contact, about)) == [("applied", None)]
    late = office.on_device("wang")
    with office.writing("yang") as uow:
        customers.hand_over_customers(uow, [customer], office.users["na"], "调岗")
        uow.commit()
    for row in (going, done):
        found = office.row(Opportunity, row)
        assert (found.owner_id, found.unit_id) == (office.users["na"], office.units["west"])
        assert found.opened_by == office.users["wang"]
    assert office.row(Opportunity, done).closed_by == office.users["wang"]
    assert office.row(OpportunityContact, contact).owner_id == office.users["na"]
    na, wang = (pull_all(office.database, office.actor(each)) for each in ("na", "wang"))
    assert na.ids("opportunities") == {going, done}
    assert na.ids("opportunity_contacts") == {contact}
    assert wang.ids("opportunities") == wang.ids("opportunity_contacts") == set()
    # What he did before he could know is taken in his name; edits are not.
    made, new = new_id(), {"customer_id": customer, "title": "车位", **WIRE_STEP}
    assert _push(
        office,
        late,
        ("opportunities", "create", made, new),
        ("opportunity_contacts", "create", new_id(), {**about, "next_step": "签约"}),
        ("opportunities", "win", going, {}),
        ("opportunities", "update", going, {"title": "x"}),
    ) == [
        ("applied", None),
        ("applied", None),
        ("rejected", "customers.handed-over"),
        ("rejected", "customers.handed-over"),
    ]
    found = office.row(Opportunity, made)
    assert (found.owner_id, found.opened_by) == (office.users["na"], office.users["wang"])
    assert office.row(Opportunity, going).next_step == "签约"


def test_with_its_customer_it_is_merged_deleted_and_restored(office: Office) -> None:
    kept, gone = office.customer(by="wang"), office.customer(by="na")
    row, contact = opened(office, by="na", customer=gone), new_id()
    about = {"opportunity_id": row, "text": "电话", **WIRE_STEP}
    assert _push(office, "na", ("opportunity_contacts", "create", contact, about)) == [("applied", None)]

    def held() -> tuple[set[str], set[str]]:
        pulled = pull_all(office.database, office.actor("wang"))
        return pulled.ids("opportunities"), pulled.ids("opportunity_contacts")

    with office.writing("yang") as uow:
        merge_customers(uow, kept, gone)
        uow.commit()
    assert held() == ({row}, {contact})
    assert {office.row(each, at).customer_id for each, at in ((Opportunity, row), (OpportunityContact, contact))} == {
        kept
    }
    with office.writing("boss") as uow:
        delete_customers(uow, [kept])
        uow.commit()
    assert held() == (set(), set())
    with office.writing("boss") as uow:
        restore_customers(uow, [kept])
        uow.commit()
    assert held() == ({row}, {contact})


@pytest.mark.parametrize("who", ["zhao", "na", "hong", "spy"])
def test_who_does_not_reach_the_customer_does_nothing_with_it(office: Office, who: str) -> None:
    row = opened(office, by="wang")
    customer = office.row(Opportunity, row).customer_id
    if who != "spy":
        with office.writing(who) as uow, pytest.raises(Refused, match=r"^core.not-found$"):
            operations.open_opportunity(
                uow, new_id(), {"customer_id": customer, "title": "x", "next_step": "x", "next_step_on": MONDAY}
            )
        assert (
            _push(
                office,
                who,
                ("opportunities", "move", row, {"stage_code": "bid"}),
                ("opportunities", "win", row, {}),
                ("opportunity_contacts", "create", new_id(), {"opportunity_id": row, "text": "x", **WIRE_STEP}),
                ("opportunities", "create", new_id(), {"customer_id": customer, "title": "x", **WIRE_STEP}),
            )
            == [("rejected", "core.not-found")] * 4
        )
    assert pull_all(office.database, office.actor(who)).ids("opportunities") == set()


def test_two_who_close_it_at_once_have_one_outcome(office: Office) -> None:
    row = opened(office)
    start, told_them = threading.Barrier(2), list[str]()

    def close(operation: Any, **values: Any) -> None:
        start.wait()
        try:
            do(office, "wang", operation, row, **values)
            told_them.append("done")
        except Refused as refused:
            told_them.append(refused.problem.code)

    both = [
        threading.Thread(target=close, args=(operations.win_opportunity,)),
        threading.Thread(target=close, args=(operations.lose_opportunity,), kwargs={"reason": "price"}),
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(told_them) == ["customers.opportunity-closed", "done"]
    found = office.row(Opportunity, row)
    assert (found.state == "lost") == (found.reason == "price")
    assert (office.row(Customer, found.customer_id).stage == "won") == (found.state == "won")
    assert len(office.events("customers.opportunity-closed")) == 1


def test_a_batch_reads_no_row_by_itself(office: Office) -> None:
    def cost(size: int) -> int:
        sent: list[tuple[str, str, str, dict[str, Any]]] = []
        for customer in [office.customer(by="wang") for _ in range(size)]:
            row, other = opened(office, customer=customer), new_id()
            do(office, "wang", operations.win_opportunity, row)
            sent += [
                ("opportunities", "reopen", row, {}),
                ("opportunities", "create", other, {"customer_id": customer, "title": "x", **WIRE_STEP}),
                ("opportunities", "move", other, {"stage_code": "bid"}),
                ("opportunity_contacts", "create", new_id(), {"opportunity_id": other, "text": "x", **WIRE_STEP}),
                ("opportunities", "lose", other, {"reason": "price"}),
            ]
        device = office.on_device("wang")
        with statements(office.database) as seen:
            assert set(_push(office, device, *sent)) == {("applied", None)}
        return len(seen)

    cost(1)
    assert cost(2) == cost(12)


def test_a_handover_costs_the_same_however_many_opportunities(office: Office) -> None:
    def cost(size: int) -> int:
        ids = [office.customer(by="wang") for _ in range(size)]
        for customer in ids:
            opened(office, customer=customer)
        with statements(office.database) as seen, office.writing("yang") as uow:
            customers.hand_over_customers(uow, ids, office.users["na"], "调岗")
            uow.commit()
        return len(seen)

    cost(1)
    assert cost(2) == cost(9)


def test_days_are_days(office: Office) -> None:
    row = opened(office, expected_close_on=date(2025, 6, 30))
    do(office, "wang", operations.change_opportunity, row, expected_close_on=None, next_step=" 再约 ")
    found = office.row(Opportunity, row)
    assert (found.expected_close_on, found.next_step) == (None, "再约")
    ((_, body),) = office.events("customers.opportunity-changed")
    assert json.loads(body)["changes"]["expected_close_on"] == ["2025-06-30", None]
