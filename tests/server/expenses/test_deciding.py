"""A decision from the phone of whoever is asked: made offline, judged on arrival, once; refused in plain sight when too late."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from server.accounts.models import User
from server.approvals import operations as approvals
from server.approvals.models import Approval, ApprovalDay, ApprovalRoute, Delegation
from server.approvals.operations.setting import ask_all_anew
from server.core import blobs, looks
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.expenses import operations
from sync_protocol.ids import new_id
from tests.server.expenses.desk import HIGHER, PASSWORD, TOLD, Desk
from tests.server.fieldwork.office import statements
from tests.support.approving import set_route


def test_a_claim_below_the_amount_has_one_level_and_above_it_two(desk: Desk) -> None:
    small, large = desk.submitted(amount=HIGHER - 1), desk.submitted(amount=HIGHER)
    assert desk.decide("sue", small) == ("applied", None)
    assert desk.states(small) == ("approved", "approved")
    assert desk.decide("sue", large) == ("applied", None)
    assert desk.states(large) == ("submitted", "open")
    assert desk.waits_for(large) == {"dora", "admin"}
    assert desk.books(large) == []
    assert desk.decide("dora", large) == ("applied", None)
    assert desk.states(large) == ("approved", "approved")
    assert desk.part("admin", large)["state"] == "lapsed"
    assert (desk.books(large), desk.payables(large)) == (["approved"], ["open"])


def test_whoever_is_asked_holds_all_that_he_decides_about(desk: Desk) -> None:
    """finn sees no customer and no visit; on his phone the request stands by itself."""
    with desk.world.working() as uow:
        set_route(uow, {"by": "role", "role": "finance"}, from_minor=1)
        uow.commit()
    customer = desk.queue("anna").create("customers", name="Li Lei")
    claim = desk.submitted("anna", 38_000, kind="hotel", customer_id=customer, receipt_sha256="b" * 64, **TOLD)
    part = desk.part("finn", claim)
    (line,) = part["content"]["lines"]
    assert (part["amount_minor"], part["currency"], part["requester_name"]) == (38_000, "CNY", "anna")
    assert (line["customer_name"], line["progress"], line["receipt_sha256"]) == ("Li Lei", TOLD["progress"], "b" * 64)
    assert approvals.hash_of(part["content"]) == part["content_hash"]
    assert not desk.world.pull_all("finn").ids("customers")


def test_nobody_decides_about_his_own_claim_and_not_as_a_stand_in(desk: Desk) -> None:
    claim = desk.submitted("sue")
    assert desk.waits_for(claim) == {"dora", "admin"}
    with desk.world.working("dora") as uow:
        _stand_in(uow, desk, "sue")
        _stand_in(uow, desk, "ben")
        uow.commit()
    assert desk.waits_for(claim) == {"dora", "admin", "ben"}
    with desk.world.working() as uow:  # a row that should not be there helps nobody
        part = uow.find(Approval, c(Approval).case_id == claim)[0]
        uow.change(part, owner_id=desk.world.users["sue"])
        uow.commit()
    assert desk.decide("sue", claim) == ("rejected", "approvals.own-request")
    assert desk.decide("ben", claim) == ("applied", None)
    assert desk.row(claim).decided_by == desk.world.users["ben"]
    assert desk.part("ben", claim)["for_id"] == desk.world.users["dora"]


def _stand_in(uow: UnitOfWork, desk: Desk, who: str, *, days: int = 0) -> str:
    today = uow.today()
    values = {"to_id": desk.world.users[who], "starts_on": today, "ends_on": today + timedelta(days=days)}
    return approvals.begin_delegation(uow, new_id(), values).id


def test_a_stand_in_whose_days_are_over_is_refused_on_arrival(desk: Desk) -> None:
    claim = desk.submitted()
    with desk.world.working("sue") as uow:
        delegation = _stand_in(uow, desk, "ben")
        uow.commit()
    desk.deciding("ben", claim)  # in his queue, without a network
    with desk.world.working("sue") as uow:
        found = uow.get(Delegation, delegation)
        assert found is not None
        uow.change(found, starts_on=date(2025, 1, 1), ends_on=date(2025, 1, 2))
        uow.commit()
    assert desk.told("ben") == [("rejected", "approvals.not-asked")]
    assert desk.row(claim).state == "submitted"
    with desk.world.working() as uow:
        assert ask_all_anew(uow) == 1
        uow.commit()
    assert desk.part("ben", claim)["state"] == "lapsed"
    assert desk.waits_for(claim) == {"sue"}


def test_a_decision_that_came_too_late_is_refused_and_stays_in_sight(desk: Desk) -> None:
    claim = desk.submitted(amount=HIGHER)
    desk.decide("sue", claim)
    desk.deciding("admin", claim, "reject")
    assert desk.decide("dora", claim) == ("applied", None)
    (late,) = desk.push("admin")
    assert (late.code, dict(late.params)) == ("approvals.no-longer-waiting", {"state": "approved"})
    held = desk.world.pull_all("admin")
    (issue,) = held.of("sync_issues").values()
    assert (issue["code"], issue["collection"], issue["action"]) == (late.code, "approvals", "reject")
    assert held.of("approvals")[issue["row_id"]]["state"] == "lapsed"
    assert desk.states(claim) == ("approved", "approved")


def test_a_decision_on_what_was_withdrawn_or_sent_again_is_refused(desk: Desk) -> None:
    claim = desk.submitted()
    (line,) = desk.lines(claim)
    desk.deciding("sue", claim)
    stale = desk.queue("sue").take()
    desk.queue("anna").act("expense_claims", "withdraw", claim)
    desk.push("anna")
    (refused,) = desk.push("sue", stale)
    assert (refused.code, refused.params["state"]) == ("approvals.no-longer-waiting", "withdrawn")
    desk.queue("anna").update("expense_lines", line.id, amount_minor=99)
    desk.queue("anna").act("expense_claims", "submit", claim)
    assert {code for _, code in desk.told("anna")} == {None}
    assert desk.decide("sue", claim, revision=1) == ("rejected", "approvals.changed-meanwhile")
    assert desk.decide("sue", claim, content_hash="0" * 64) == ("rejected", "approvals.changed-meanwhile")
    assert desk.decide("sue", claim) == ("applied", None)


def test_the_same_decision_twice_is_one_and_another_is_refused(desk: Desk) -> None:
    claim = desk.submitted()
    part = desk.part("sue", claim)
    seen = {"revision": part["revision"], "content_hash": part["content_hash"], "comment": "fine"}
    for action in ("approve", "approve", "reject"):
        desk.queue("sue").act("approvals", action, part["id"], **seen)
    refusal = ("rejected", "approvals.no-longer-waiting")
    assert desk.told("sue") == [("applied", None), ("applied", None), refusal]
    assert len(desk.payables(claim)) == 1


def test_a_refusal_needs_its_reason(desk: Desk) -> None:
    claim = desk.submitted()
    for action in ("return", "reject"):
        assert desk.decide("sue", claim, action, comment=" ") == ("rejected", "approvals.comment-required")
    assert desk.states(claim) == ("submitted", "open")


def test_above_the_limit_a_decision_does_not_come_by_sync(desk: Desk) -> None:
    claim = desk.submitted(amount=PASSWORD + 1)
    assert desk.part("sue", claim)["needs_password"]
    for action in ("approve", "return", "reject"):
        assert desk.decide("sue", claim, action) == ("rejected", "approvals.password-needed")
    below = desk.submitted(amount=PASSWORD)
    assert not desk.part("sue", below)["needs_password"]
    assert desk.decide("sue", below) == ("applied", None)


def test_what_one_person_may_approve_in_a_day_has_an_end(desk: Desk) -> None:
    with desk.world.working() as uow:
        for route in uow.find(ApprovalRoute):
            uow.change(route, day_limit_minor=10_000)
        uow.commit()
    first, second, third = (desk.submitted(amount=amount) for amount in (6_000, 4_001, 4_000))
    for claim in (first, second, third):
        desk.deciding("sue", claim)
    assert desk.told("sue") == [("applied", None), ("rejected", "approvals.day-limit"), ("applied", None)]
    (day,) = desk.rows(ApprovalDay)
    assert day.total_minor == 10_000
    assert desk.decide("sue", second, "return", comment="tomorrow") == ("applied", None)  # only a yes counts


def test_who_lost_the_role_is_not_asked_any_more(desk: Desk) -> None:
    claim = desk.submitted()
    desk.deciding("sue", claim)
    desk.world.give_roles("sue", "salesperson")
    assert desk.told("sue") == [("rejected", "approvals.not-asked")]
    with desk.world.working() as uow:
        ask_all_anew(uow)
        uow.commit()
    assert desk.waits_for(claim) == {"dora", "admin"}  # the next level upwards


def test_a_changed_route_asks_anew_at_once(desk: Desk) -> None:
    claim = desk.submitted()
    desk.deciding("sue", claim)
    with desk.world.working() as uow:
        set_route(uow, {"by": "person", "user_id": desk.world.users["finn"]}, from_minor=1)
        uow.commit()
    assert desk.waits_for(claim) == {"finn"}
    (refused,) = desk.push("sue")
    assert (refused.code, refused.params["state"]) == ("approvals.no-longer-waiting", "moved-on")
    assert desk.decide("finn", claim) == ("applied", None)


def test_a_claim_is_not_approved_before_its_receipts_have_arrived(desk: Desk) -> None:
    receipt = "c" * 64
    claim = desk.submitted(receipt_sha256=receipt)
    assert desk.decide("sue", claim) == ("rejected", "expenses.receipt-on-its-way")
    _arrive(desk, "ben", receipt)  # a colleague's bytes vouch for nothing
    assert desk.decide("sue", claim) == ("rejected", "expenses.receipt-on-its-way")
    _arrive(desk, "anna", receipt)
    assert desk.decide("sue", claim) == ("applied", None)
    returned = desk.submitted(receipt_sha256="d" * 64)
    assert desk.decide("sue", returned, "return", comment="no picture") == ("applied", None)


def _arrive(desk: Desk, who: str, sha256: str, look: int | None = None) -> None:
    """As core takes a file in: the upload, the file when it is new, and whoever wants to know."""
    with desk.world.working() as uow:
        upload = uow.add(
            blobs.Upload(
                owner_id=desk.world.users[who], sha256=sha256, size=1, state="arrived", place=new_id()[:32],
                expires_at=uow.now, arrived_at=uow.now,
            )
        )  # fmt: skip
        if not uow.find(blobs.File, c(blobs.File).sha256 == sha256):
            bands: Any = (None,) * 4 if look is None else looks.bands(look)
            uow.add(
                blobs.File(
                    sha256=sha256, size=1, media_type="image/jpeg", place=new_id()[:32], kept_sha256=sha256, kept_size=1,
                    width=1, height=1, look=None if look is None else looks.signed(look),
                    look_a=bands[0], look_b=bands[1], look_c=bands[2], look_d=bands[3],
                )
            )  # fmt: skip
        operations.flag_arrived(uow, upload)
        uow.commit()


def test_a_picture_that_looks_like_a_colleagues_is_flagged_when_it_arrives(desk: Desk) -> None:
    _arrive(desk, "carl", "1" * 64, look=0x00FF_1234_5678_9ABC)
    before = desk.submitted("carl", receipt_sha256="1" * 64)
    (his,) = desk.lines(before)
    claim = desk.submitted("anna", 777, receipt_sha256="2" * 64)
    assert desk.part("sue", claim)["flags"] == []
    _arrive(desk, "anna", "2" * 64, look=0x00FF_1234_5678_9ABD)
    (line,) = desk.lines(claim)
    assert (line.flags, desk.row(claim).flag_count) == (["similar_receipt"], 1)
    (flag,) = desk.part("sue", claim)["flags"]
    assert (flag["kind"], flag["by_other"], flag["line_id"]) == ("similar_receipt", True, line.id)
    assert (flag["claim_id"], flag["other_line_id"]) == (before, his.id)
    assert desk.decide("sue", claim) == ("applied", None)  # a flag never blocks
    later = desk.submitted("anna", 778, receipt_sha256="2" * 64)  # what has arrived is looked at when it is submitted
    kinds = {each["kind"] for each in desk.part("sue", later)["flags"]}
    assert kinds == {"same_receipt", "similar_receipt"}


def test_a_batch_of_decisions_costs_the_same_however_many_there_are(desk: Desk) -> None:
    def cost(count: int) -> int:
        claims = [desk.submitted(who, receipt_sha256=f"{n:064x}") for n in range(count) for who in ("anna", "ben")]
        for n in range(count):
            for who in ("anna", "ben"):
                _arrive_once(desk, who, f"{n:064x}")
        for claim in claims:
            desk.deciding("sue", claim)
        with statements(desk.world.database) as seen:
            assert {code for _, code in desk.told("sue")} == {None}
        return len(seen)

    assert cost(1) <= (later := cost(1)) + 2  # the first of a day begins its sum
    assert cost(6) == later


def _arrive_once(desk: Desk, who: str, sha256: str) -> None:
    with desk.world.working() as uow:
        u = c(blobs.Upload)
        known = uow.find(blobs.Upload, u.owner_id == desk.world.users[who], u.sha256 == sha256)
    if not known:
        _arrive(desk, who, sha256)


@pytest.mark.parametrize("state", ["disabled", "deleted"])
def test_who_left_is_not_asked(desk: Desk, state: str) -> None:
    with desk.world.working() as uow:
        uow.change(uow.must(User, desk.world.users["sue"]), state=state)
        uow.commit()
    claim = desk.submitted()
    assert desk.waits_for(claim) == {"dora", "admin"}


def test_a_receipt_opens_to_whoever_decides_about_it(desk: Desk) -> None:
    receipt = "e" * 64
    claim = desk.submitted(receipt_sha256=receipt)
    _arrive(desk, "anna", receipt)

    def readers() -> set[str]:
        with desk.world.database.read(desk.world.org_id) as connection:
            return {who for who in desk.world.users if blobs.readable(connection, desk.world.actor(who), receipt)}

    reach = {"anna", "sue", "dora", "finn", "admin", "lee"}
    assert readers() == reach
    with desk.world.working("sue") as uow:
        delegation = _stand_in(uow, desk, "carl")
        uow.commit()
    assert desk.waits_for(claim) == {"sue", "carl"}
    assert readers() == reach | {"carl"}
    with desk.world.working("sue") as uow:
        approvals.end_delegation(uow, uow.must(Delegation, delegation))
        uow.commit()
    assert readers() == reach
