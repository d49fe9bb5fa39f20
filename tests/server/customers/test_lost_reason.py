"""Why a customer was lost (rule C39, domain row 20): nobody becomes lost without a reason, by whichever door, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from server.core.problems import Refused
from server.customers import operations, rules
from server.customers.merging.operations import merge_customers
from server.customers.merging.rules import values_taken
from server.customers.models import Customer, TimelineEntry
from server.customers.narrowing import Filters
from server.customers.profile.queries import pivot
from sync_protocol.ids import new_id
from tests.server.customers.office import Office, refused

REQUIRED = "customers.lost-reason-required"
LOST = {"stage": "lost", "lost_reason": "price"}


@pytest.mark.parametrize(
    ("values", "before", "follows"),
    [
        (LOST, {"stage": "prospect"}, {}),
        ({"lost_reason": "layout"}, LOST, {}),
        ({"stage": "lost"}, {"stage": "won", "lost_reason": "price"}, {}),
        ({"remark": "x"}, {"stage": "lost", "lost_reason": None}, {}),
        ({"lost_reason": "price"}, {"stage": "won", "lost_reason": None}, {}),
        ({"stage": "visited"}, LOST, {"lost_reason": None}),
        ({"stage": "visited", "lost_reason": "price"}, LOST, {"lost_reason": None}),
        ({"stage": "lost"}, {"kind": "person"}, None),
        ({"stage": "lost"}, {"stage": "prospect", "lost_reason": None}, None),
        ({"stage": "lost", "lost_reason": None}, {"stage": "prospect", "lost_reason": "price"}, None),
        ({"lost_reason": None}, LOST, None),
    ],
)
def test_what_a_change_makes_of_the_reason(
    values: dict[str, Any], before: dict[str, Any], follows: dict[str, Any] | None
) -> None:
    if follows is not None:
        assert rules.check_lost_reason(values, before) == follows
        return
    with pytest.raises(Refused, match=refused(REQUIRED)) as raised:
        rules.check_lost_reason(values, before)
    assert raised.value.field == "/lost_reason"


def _change(office: Office, customer_id: str, **values: Any) -> tuple[str, str | None]:
    with office.writing() as uow:
        operations.change_customer(uow, uow.must(Customer, customer_id), values)
        uow.commit()
    return _stands(office, customer_id)


def _stands(office: Office, customer_id: str) -> tuple[str, str | None]:
    row = office.row(Customer, customer_id)
    return row.stage, row.lost_reason


def test_in_the_office_he_is_lost_with_a_reason_that_goes_when_he_comes_back(office: Office) -> None:
    customer = office.customer()
    with pytest.raises(Refused, match=refused(REQUIRED)):
        _change(office, customer, stage="lost")
    with pytest.raises(Refused, match=refused(REQUIRED)):
        office.customer(stage="lost")
    assert _change(office, customer, **LOST) == ("lost", "price")
    assert _change(office, customer, lost_reason="location") == ("lost", "location")
    assert _change(office, customer, stage="negotiating") == ("negotiating", None)
    with pytest.raises(Refused, match=refused(REQUIRED)):
        _change(office, customer, stage="lost")
    told = [each.params for each in office.rows(TimelineEntry, kind="stage-changed")]
    assert told == [
        {"before": "prospect", "after": "lost", "reason": "price"},
        {"before": "lost", "after": "negotiating"},
    ]


def test_who_was_lost_before_reasons_were_asked_for_can_be_changed_in_all_else(office: Office) -> None:
    customer = office.customer(**LOST)
    with office.writing("boss") as uow:
        uow.change(uow.must(Customer, customer), lost_reason=None)
        uow.commit()
    assert _change(office, customer, remark="x") == ("lost", None)
    assert _change(office, customer, lost_reason="other") == ("lost", "other")


def _update(customer: str, base: int, **values: Any) -> dict[str, Any]:
    return {"collection": "customers", "action": "update", "row": customer, "base": base, "values": values}


def test_a_device_that_gives_no_reason_is_told_and_a_create_with_one_is_known_again(office: Office) -> None:
    wang, customer = office.on_device("wang"), office.customer()
    (decision,) = office.push(wang, _update(customer, 1, stage="lost")).decisions
    assert (decision.verdict.value, decision.code, decision.params) == (
        "rejected",
        REQUIRED,
        {"field": "/values/lost_reason"},
    )
    assert _stands(office, customer) == ("prospect", None)
    create = {"collection": "customers", "action": "create", "row": new_id(), "values": {"name": "李雷", **LOST}}
    for device, verdict in ((wang, "applied"), (office.on_device("wang"), "duplicate")):
        assert [each.verdict.value for each in office.push(device, create).decisions] == [verdict]


@pytest.mark.parametrize("lost_first", [True, False])
def test_two_hands_at_once_of_which_one_wins_and_one_loses_him(office: Office, lost_first: bool) -> None:
    """Whose change comes second is listed with what he said; when he takes his own, the stage brings no new question."""
    customer = office.customer()
    wang, jie = office.on_device("wang"), office.on_device("jie")
    hands = [(wang, {"stage": "won"}), (jie, LOST)]
    (first, said), (second, meant) = reversed(hands) if lost_first else hands
    office.push(first, _update(customer, 1, **said))
    (decision,) = office.push(second, _update(customer, 1, **meant)).decisions
    fields = ["lost_reason", "stage"] if lost_first and "lost_reason" in meant else ["stage"]
    assert (decision.verdict.value, decision.params) == ("conflict", {"fields": fields})
    assert _stands(office, customer) == (("lost", "price") if lost_first else ("won", "price"))
    version = office.row(Customer, customer).version
    taken = {"stage": meant["stage"]}
    (decision,) = office.push(second, _update(customer, version, **taken)).decisions
    assert decision.verdict.value == "applied"
    assert _stands(office, customer) == (("won", None) if lost_first else ("lost", "price"))


def test_two_who_correct_the_reason_at_once_clash_on_it_alone(office: Office) -> None:
    customer = office.customer(**LOST)
    office.push(office.on_device("wang"), _update(customer, 1, lost_reason="layout"))
    (decision,) = office.push(
        office.on_device("jie"), _update(customer, 1, stage="lost", lost_reason="other")
    ).decisions
    assert (decision.verdict.value, decision.params) == ("conflict", {"fields": ["lost_reason"]})
    assert _stands(office, customer) == ("lost", "layout")


@pytest.mark.parametrize("comes_back_first", [True, False])
def test_a_corrected_reason_and_a_return_end_with_a_customer_who_is_there(
    office: Office, comes_back_first: bool
) -> None:
    customer = office.customer(**LOST)
    hands = [("jie", {"stage": "visited"}), ("wang", {"lost_reason": "layout"})]
    for who, values in hands if comes_back_first else reversed(hands):
        office.push(office.on_device(who), _update(customer, 1, **values))
    assert _stands(office, customer) == ("visited", None)


def test_a_manager_counts_why_customers_were_lost(office: Office) -> None:
    for reason in ("price", "price", "layout"):
        office.customer(stage="lost", lost_reason=reason)
    office.customer(lost_reason="price")  # waits for a stage: nobody was lost for it
    with office.database.read(office.org) as connection:
        counts = pivot(connection, office.actor("jie"), Filters(), "lost_reason")
    assert [(each.key, each.count) for each in counts] == [("price", 2), (None, 1), ("layout", 1)]


def _card(stage: str, lost_reason: str | None) -> dict[str, Any]:
    return {"kind": "person", "stage": stage, "lost_reason": lost_reason}


@pytest.mark.parametrize(
    ("kept", "gone", "take", "taken"),
    [
        (_card("won", None), LOST, (), {}),
        (_card("won", None), LOST, ("lost_reason",), {}),
        (_card("won", None), LOST, ("stage",), LOST),
        (LOST, _card("won", None), ("stage",), {"stage": "won", "lost_reason": None}),
        (_card("lost", None), LOST, (), {"lost_reason": "price"}),
        (_card("lost", "layout"), LOST, (), {}),
        (_card("lost", "layout"), LOST, ("lost_reason",), {"lost_reason": "price"}),
    ],
)
def test_a_merge_takes_the_reason_along_with_the_stage(
    kept: dict[str, Any], gone: dict[str, Any], take: tuple[str, ...], taken: dict[str, Any]
) -> None:
    assert values_taken({"kind": "person", **kept}, {"kind": "person", **gone}, take) == taken


def test_a_merge_makes_him_lost_for_the_others_reason(office: Office) -> None:
    kept, gone = office.customer(), office.customer(**LOST)
    with office.writing() as uow:
        merge_customers(uow, kept, gone, take=("stage",))
        uow.commit()
    assert _stands(office, kept) == ("lost", "price")
