"""Many hands on one customer at one moment, on both databases: one outcome, each loser is told which, nothing is lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy.exc import DBAPIError

from server.core.db import Database, try_again
from server.core.events import verify
from server.core.problems import Refused
from server.core.sync_issues import SyncIssue
from server.core.uow import UnitOfWork
from server.customers import operations
from server.customers.deleting.models import DeletedCustomer
from server.customers.deleting.operations import delete_customers, restore_customers
from server.customers.merging.models import MergedCustomer
from server.customers.merging.operations import merge_customers
from server.customers.models import Customer, CustomerPhone, Note
from sync_protocol.ids import new_id
from tests.server.customers.office import Office
from tests.server.expenses.desk import at_once
from tests.support.syncing import pull_all

ROUNDS = 4


def _in_office(office: Office, who: str, act: Callable[[UnitOfWork], Any]) -> str | None:
    """The code of the refusal, if any. A deadlock is answered with 503 and tried again by whoever asked."""
    while True:
        try:
            with office.writing(who) as uow:
                act(uow)
                uow.commit()
            return None
        except Refused as refused:
            return refused.code
        except DBAPIError as error:
            if not try_again(error):
                raise


def _merging(kept: str, gone: str) -> Callable[[UnitOfWork], Any]:
    return lambda uow: merge_customers(uow, kept, gone)


def _pushed(office: Office, device: Any, *sent: Any) -> list[str | None]:
    return [each.code for each in office.push(device, *sent).decisions]


def test_edit_note_merge_handover_and_deletion_of_one_customer_have_one_outcome(office: Office) -> None:
    wang = office.on_device("wang")
    for place in range(ROUNDS):
        kept, one = office.customer("王小明", by="na"), office.customer(f"王晓明 {place}", by="wang")
        note_id = new_id()
        edit = {"collection": "customers", "action": "update", "row": one, "values": {"remark": "爱喝茶"}, "base": 1}
        values = {"customer_id": one, "text": "晚到"}
        note = {"collection": "notes", "action": "create", "row": note_id, "values": values}
        calls: list[Callable[[], Any]] = [
            partial(_pushed, office, wang, edit, note),
            partial(_in_office, office, "yang", lambda uow: merge_customers(uow, kept, one)),  # noqa: B023
            partial(
                _in_office, office, "yang",
                lambda uow: operations.hand_over_customers(uow, [one], office.users["zhao"], "换人"),  # noqa: B023
            ),
            partial(_in_office, office, "yang", lambda uow: delete_customers(uow, [one])),  # noqa: B023
        ]  # fmt: skip
        turn = place % len(calls)
        answers = at_once(*calls[turn:], *calls[:turn])
        (edited, noted), merged, handed, deleted = answers[-turn:] + answers[:-turn] if turn else answers

        assert (merged is None) != (deleted is None), "he went one way"
        assert {merged, deleted} <= {None, "customers.merged", "customers.deleted"}
        gone_as = "customers.merged" if merged is None else "customers.deleted"
        assert handed in (None, gone_as)
        # Whom he was handed over from before he was deleted does not reach him any more.
        stranger = {"core.not-found"} if handed is None and deleted is None else set()
        assert edited in {None, gone_as, "customers.handed-over"} | stranger
        assert noted in ({None} if merged is None else {None, gone_as} | stranger)
        assert [row.id for row in office.rows(Customer) if row.id == one] == []
        issues = {issue.attempted.get("remark") or issue.attempted["text"] for issue in office.rows(SyncIssue)}
        assert ("爱喝茶" in issues) or edited is None
        if merged is None:
            (went,) = office.rows(MergedCustomer, id=one)
            assert went.into_id == kept
            if edited is None:
                assert office.row(Customer, kept).remark == "爱喝茶"
        else:
            assert office.row(DeletedCustomer, one) is not None
            assert _in_office(office, "yang", lambda uow: restore_customers(uow, [one])) is None  # noqa: B023
            if edited is None:
                assert office.row(Customer, one).remark == "爱喝茶"
            assert _in_office(office, "yang", lambda uow: delete_customers(uow, [one])) is None  # noqa: B023
        assert (len(office.rows(Note, id=note_id)) == 1) == (noted is None and merged is None)
    with office.database.read(office.org) as connection:
        assert verify(connection, office.org)[1] is None
    for who in ("wang", "na", "yang"):
        held = pull_all(office.database, office.actor(who))
        reached = office.actor(who).reach("customers.read")
        assert held.ids("customers") == {row.id for row in office.rows(Customer) if reached.holds(row)}


def test_two_who_merge_the_same_two_the_other_way_round_leave_one_customer(office: Office) -> None:
    for _ in range(ROUNDS):
        one, other = office.customer(by="wang"), office.customer(by="na")
        answers = at_once(
            *(
                partial(_in_office, office, "yang", _merging(kept, gone))
                for kept, gone in ((one, other), (other, one), (one, other))
            )
        )
        assert set(answers) <= {None, "customers.merged"}
        assert None in answers
        assert len({one, other} & {row.id for row in office.rows(Customer)}) == 1


def test_two_taps_on_delete_or_restore_are_one(office: Office) -> None:
    customer = office.customer(by="wang")
    for act, code in ((lambda uow: delete_customers(uow, [customer]), "deleted"),
                      (lambda uow: restore_customers(uow, [customer]), "restored")):  # fmt: skip
        assert at_once(*[partial(_in_office, office, "jie", act)] * 4) == [None] * 4
        assert len(office.events(f"customers.customer-{code}")) == 1


def test_a_merge_that_is_killed_before_its_end_has_not_begun(office: Office) -> None:
    """kill -9 when all of it is written and nothing is committed; then it is done once more, as if for the first time."""
    kept, gone = office.customer(by="wang"), office.customer(by="wang", phone="13800138000")
    url = office.database.url
    office.database.close()
    child = os.fork()
    if child == 0:
        try:
            office.database = Database(url)  # connections of its own
            with office.writing("yang") as uow:
                merge_customers(uow, kept, gone)
                uow.flush()
                os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert {row.id for row in office.rows(Customer)} == {kept, gone}
    assert office.rows(MergedCustomer) == office.events("customers.customers-merged") == []
    assert [phone.customer_id for phone in office.rows(CustomerPhone)] == [gone]
    assert _in_office(office, "yang", _merging(kept, gone)) is None
    assert (
        [row.id for row in office.rows(Customer)]
        == [phone.customer_id for phone in office.rows(CustomerPhone)]
        == [kept]
    )
    with office.database.read(office.org) as connection:
        assert verify(connection, office.org)[1] is None
