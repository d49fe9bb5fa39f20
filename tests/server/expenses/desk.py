"""Harbour with routes, and people in it who claim and decide on their devices."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from server.approvals.models import Approval, ApprovalCase
from server.core.rows import Row, c
from server.expenses.models import ExpenseClaim, ExpenseLine, JournalEntry, JournalLine, Payable
from sync_protocol.verdicts import Decision
from tests.support.approving import set_route
from tests.support.syncing import MADE_AT, Queue, Wire
from tests.support.world import World

TOLD: dict[str, Any] = {"progress": "two units reserved", "key_value": "3.2 million"}
HIGHER, PASSWORD = 100_000, 500_000
"""From the first amount on a second level is asked; above the second a password is needed."""


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What these answer when they begin at one moment, in their order."""
    ready = threading.Barrier(len(calls))

    def start(call: Callable[[], Any]) -> Any:
        ready.wait(20)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(start, calls))


@dataclass
class Desk:
    """anna, ben: East, led by sue; carl: West, led by wei; dora, admin: above both; finn: finance."""

    world: World

    def furnish(self) -> None:
        """One level, two from HIGHER on."""
        with self.world.working() as uow:
            set_route(uow, {"by": "up"}, step_up_minor=PASSWORD)
            two = ({"by": "up", "level": 1}, {"by": "up", "level": 2})
            set_route(uow, *two, from_minor=HIGHER, step_up_minor=PASSWORD)
            uow.commit()

    # -- at work on a device ---------------------------------------------------------------------------------------

    def queue(self, who: str) -> Queue:
        return self.world.queues[who]

    def push(self, who: str, operations: Sequence[Wire] | None = None) -> list[Decision]:
        return list(self.world.push(who, operations).decisions)

    def told(self, who: str) -> list[tuple[str, str | None]]:
        """Push what is in his queue; verdict and code of each."""
        return [(each.verdict.value, each.code) for each in self.push(who)]

    def visit(self, who: str) -> str:
        """A visit of his that is done; queued."""
        made = self.queue(who).create("visits", place="the site")
        self.queue(who).act("visits", "finish", made, ended_at=MADE_AT)
        return made

    def line(self, who: str, claim: str, amount: int = 4_600, *, visit: str | None = None, **values: Any) -> str:
        """A taxi to a visit unless told; queued."""
        if "kind" not in values:
            values |= {"kind": "taxi", "visit_id": visit or self.visit(who)}
        return self.queue(who).create(
            "expense_lines", claim_id=claim, amount_minor=amount, **{"spent_on": "2025-10-08", **values}
        )

    def draft(self, who: str = "anna", amount: int = 4_600, **values: Any) -> str:
        """A claim with one line, not submitted; queued."""
        claim = self.queue(who).create("expense_claims", title="trip")
        self.line(who, claim, amount, **values)
        return claim

    def submitted(self, who: str = "anna", amount: int = 4_600, **values: Any) -> str:
        """A claim that waits."""
        claim = self.draft(who, amount, **values)
        self.queue(who).act("expense_claims", "submit", claim)
        assert {each.code for each in self.push(who)} == {None}
        return claim

    def approved(self, who: str = "anna", by: str = "sue", amount: int = 4_600, **values: Any) -> str:
        claim = self.submitted(who, amount, **values)
        assert self.decide(by, claim) == ("applied", None)
        return claim

    def deciding(self, who: str, claim: str, action: str = "approve", **values: Any) -> None:
        """Queue a decision as his phone makes it: on what it holds."""
        part = self.part(who, claim)
        seen = {"revision": part["revision"], "content_hash": part["content_hash"], "comment": "seen", **values}
        self.queue(who).act("approvals", action, part["id"], base=part["version"], **seen)

    def decide(self, who: str, claim: str, action: str = "approve", **values: Any) -> tuple[str, str | None]:
        """Decide at once."""
        self.deciding(who, claim, action, **values)
        return self.told(who)[-1]

    # -- looking ---------------------------------------------------------------------------------------------------

    def parts(self, who: str) -> dict[str, Wire]:
        """What his device holds of approvals: claim → its newest part."""
        held = sorted(self.world.pull_all(who).of("approvals").values(), key=lambda part: part["id"])
        return {part["case_id"]: part for part in held}

    def part(self, who: str, claim: str) -> Wire:
        return self.parts(who)[claim]

    def rows(self, row: type[Row]) -> list[Any]:
        columns = c(row)
        with self.world.database.read(self.world.org_id) as connection:
            found = connection.execute(
                select(row.__table__).where(columns.org_id == self.world.org_id).order_by(columns.id)
            )
            return [row(**each._mapping) for each in found]

    def row(self, claim: str) -> ExpenseClaim:
        with self.world.working() as uow:
            return uow.must(ExpenseClaim, claim)

    def case(self, claim: str) -> ApprovalCase:
        with self.world.working() as uow:
            return uow.must(ApprovalCase, claim)

    def waits_for(self, claim: str) -> set[str]:
        """Names of those for whom a claim waits."""
        names = {user_id: name for name, user_id in self.world.users.items()}
        waiting = [part for part in self.rows(Approval) if part.case_id == claim and part.state == "waiting"]
        return {names[part.owner_id] for part in waiting}

    def states(self, claim: str) -> tuple[str, str]:
        """Of the claim, and of its case."""
        return self.row(claim).state, self.case(claim).state

    def books(self, claim: str) -> list[str]:
        """The effects that are booked for a claim, and that the books are even."""
        a = c(JournalLine)
        with self.world.database.read(self.world.org_id) as connection:
            sums = connection.execute(
                select(func.sum(a.amount_minor)).where(a.org_id == self.world.org_id).group_by(a.entry_id)
            ).scalars()
            assert set(map(int, sums)) <= {0}
        return [each.effect for each in self.rows(JournalEntry) if each.claim_id == claim]

    def payables(self, claim: str) -> list[str]:
        return [each.state for each in self.rows(Payable) if each.claim_id == claim]

    def lines(self, claim: str) -> list[ExpenseLine]:
        return [each for each in self.rows(ExpenseLine) if each.claim_id == claim]
