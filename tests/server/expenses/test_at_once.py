"""Many hands on one claim at the same time, on both databases: one decision, one payable, one entry."""

from __future__ import annotations

from collections import Counter
from functools import partial

from server.approvals.models import Approval
from server.core.events import verify
from server.core.problems import Refused
from server.core.tables import EVENTS
from server.core.uow import UnitOfWork
from server.expenses import operations
from sync_protocol.ids import new_id
from sync_protocol.verdicts import Decision
from tests.server.expenses.desk import Desk, at_once
from tests.support.syncing import Wire

MANAGERS = 20


def first_of(desk: Desk, who: str, operations: list[Wire]) -> Decision:
    return desk.push(who, operations)[0]


def _hire(desk: Desk, uow: UnitOfWork) -> list[str]:
    names = [f"manager{number}" for number in range(MANAGERS)]
    for name in names:
        desk.world.hire(uow, name, "east", ("supervisor",))
    return names


def test_twenty_managers_at_once_make_one_decision(desk: Desk) -> None:
    with desk.world.working() as uow:
        managers = _hire(desk, uow)
        uow.commit()
    desk.world._enrol(*managers)
    claim = desk.submitted()
    assert len(desk.waits_for(claim)) == MANAGERS + 1  # sue too
    for place, name in enumerate(managers):
        desk.deciding(name, claim, ("approve", "reject", "return", "approve")[place % 4])
    queued = {name: desk.queue(name).take() for name in managers}
    verdicts = at_once(*(partial(first_of, desk, name, queued[name]) for name in managers))
    assert Counter(each.verdict.value for each in verdicts) == {"applied": 1, "rejected": MANAGERS - 1}
    assert {each.code for each in verdicts} == {None, "approvals.no-longer-waiting"}

    winner = managers[[each.code for each in verdicts].index(None)]
    row, is_yes = desk.row(claim), desk.row(claim).state == "approved"
    assert row.decided_by == desk.world.users[winner]
    assert (desk.payables(claim), desk.books(claim)) == ((["open"], ["approved"]) if is_yes else ([], []))
    parts = [part for part in desk.rows(Approval) if part.case_id == claim]
    assert Counter(part.state == "lapsed" for part in parts) == {True: MANAGERS, False: 1}
    t, world = EVENTS.c, desk.world
    with world.database.read(world.org_id) as connection:
        decided = connection.execute(
            EVENTS.select().where(t.org_id == world.org_id, t.subject_id == claim, t.name == "approvals.decided")
        ).all()
        assert verify(connection, world.org_id)[1] is None
    assert len(decided) == 1
    again = at_once(*(partial(first_of, desk, name, queued[name]) for name in managers))
    assert again == verdicts  # an answer that was lost: the same verdicts, and nothing more happens
    assert len(desk.payables(claim)) <= 1


def test_taking_back_and_approving_at_the_same_time_is_one_of_both(desk: Desk) -> None:
    outcomes = set()
    for _ in range(8):
        claim = desk.submitted()
        desk.deciding("sue", claim)
        desk.queue("anna").act("expense_claims", "withdraw", claim)
        mine, hers = desk.queue("anna").take(), desk.queue("sue").take()
        first, second = at_once(partial(first_of, desk, "anna", mine), partial(first_of, desk, "sue", hers))
        assert sorted([first.verdict.value, second.verdict.value]) == ["applied", "rejected"]
        state = desk.row(claim).state
        assert state == ("withdrawn" if first.code is None else "approved")
        assert desk.books(claim) == ([] if state == "withdrawn" else ["approved"])
        outcomes.add(state)
    assert outcomes <= {"withdrawn", "approved"}


def test_changing_and_paying_at_the_same_time_is_one_of_both(desk: Desk) -> None:
    def pay(claim: str) -> str | None:
        with desk.world.working("finn") as uow:
            try:
                operations.pay_batch(uow, claim, [claim], total_minor=4_600)
            except Refused as refused:
                return refused.code
            uow.commit()
            return None

    for _ in range(6):
        claim = desk.approved()
        (line,) = desk.lines(claim)
        desk.queue("anna").update("expense_lines", line.id, amount_minor=1)
        queued = desk.queue("anna").take()
        changed, paid = at_once(partial(first_of, desk, "anna", queued), partial(pay, claim))
        state = desk.row(claim).state
        if state == "void":
            assert (changed.code, paid, desk.payables(claim)) == (None, "expenses.claim-not-submitted", ["void"])
        else:
            assert (changed.code, paid, desk.payables(claim)) == ("expenses.claim-already-reimbursed", None, ["paid"])
        assert len(desk.books(claim)) == 2


def test_two_batches_of_one_claim_at_the_same_time_pay_it_once(desk: Desk) -> None:
    claim = desk.approved()

    def pay() -> str | None:
        with desk.world.working("finn") as uow:
            try:
                operations.pay_batch(uow, new_id(), [claim], total_minor=4_600)
            except Refused as refused:
                return refused.code
            uow.commit()
            return None

    assert sorted(map(str, at_once(*[pay] * 6))) == ["None", *["expenses.claim-already-reimbursed"] * 5]
    assert (desk.payables(claim), desk.books(claim)) == (["paid"], ["approved", "reimbursed"])
