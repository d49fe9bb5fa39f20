"""The demo's money: routes, somebody who stands in, and claims in every state. Of the named people, as those they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from server.approvals.models import Approval, ApprovalCase, ApprovalRoute, Delegation
from server.approvals.operations import begin_delegation, decide, write_route
from server.approvals.transitions import Answer
from server.cli.demo_load.inventing import demo_id
from server.core.access import Actor, system_actor
from server.core.rows import c
from server.core.services import Services
from server.core.uow import UnitOfWork
from server.expenses.models import ExpenseClaim, ReimbursementBatch
from server.expenses.operations import add_line, create_claim, pay_batch, submit_claim
from server.expenses.operations.claims import TOPIC
from server.fieldwork.models import Visit
from server.fieldwork.transitions import VisitState

HIGHER, PASSWORD, DAY_LIMIT = 100_000, 500_000, 5_000_000
"""In fen: from here on a second level is asked; above here a password is; what one person may approve in a day."""


@dataclass(frozen=True, slots=True)
class _Line:
    kind: str
    amount_minor: int
    says: str
    progress: str | None = None
    key_value: str | None = None


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claim as it is told. by: who decides it, and what he says; nobody yet when None."""

    title: str
    lines: tuple[_Line, ...]
    is_sent: bool = True
    answer: Answer | None = None
    comment: str | None = None
    is_paid: bool = False


_TAXI = _Line("taxi", 4_600, "去客户现场看房")
_DINNER = _Line("meal", 28_600, "与客户一家用餐", "客户确认 110 平米户型", "预计成交 320 万")
_HOTEL = _Line("hotel", 38_000, "外地客户接待", "已交诚意金", "预计成交 180 万")
_CLAIMS = (
    _Claim("上周拜访交通费", (_TAXI, _Line("parking", 1_500, "停车两小时")), answer=Answer.APPROVED, is_paid=True),
    _Claim("周末带看", (_Line("fuel", 21_000, "往返湖畔花园"), _DINNER), answer=Answer.APPROVED),
    _Claim("接待外地客户", (_HOTEL, _Line("travel", 52_500, "高铁往返")), answer=None),
    _Claim("节日礼品", (_Line("gift", 126_000, "茶叶六份", "老客户回访六家", "转介绍两组"), _TAXI), answer=None),
    _Claim("打车", (_Line("taxi", 9_800, "夜间返程"),), answer=Answer.RETURNED, comment="请补充拜访结果和票据照片"),
    _Claim(
        "个人通讯费", (_Line("communication", 9_900, "手机套餐"), _TAXI), answer=Answer.REJECTED, comment="不在报销范围"
    ),
    _Claim("本周拜访", (_TAXI,), is_sent=False),
)


def load_claims(services: Services, org_id: str, people: Mapping[str, Actor], seed: int) -> int:
    """Set routes, let somebody stand in, and make the claims of salespeople who have none yet. How many claims were made.

    people: the demo's named ones by username.
    """
    _set_routes(services, org_id, people, seed)
    sellers = [(number, people[name]) for number, name in enumerate(("li.wang", "min.zhao", "na.sun"))]
    made = 0
    for number, seller in sellers:
        boss = people["hong.wu" if number == 2 else "jie.chen"]
        made += _load_for(services, seller, boss, people["fang.zhou"], number, seed)
    return made


def _set_routes(services: Services, org_id: str, people: Mapping[str, Actor], seed: int) -> None:
    with services.writing(system_actor(org_id, zone=people["jie.chen"].zone)) as uow:
        if uow.find(ApprovalRoute, limit=1):
            return
        shared = {"topic": TOPIC, "step_up_minor": PASSWORD, "day_limit_minor": DAY_LIMIT}
        one, two = {"by": "up", "level": 1}, {"by": "up", "level": 2}
        write_route(uow, demo_id(seed, "route", 0), {**shared, "name": "费用报销 Expenses", "steps": [one]})
        write_route(
            uow,
            demo_id(seed, "route", 1),
            {**shared, "name": "大额费用 Larger expenses", "from_minor": HIGHER, "steps": [one, two]},
        )
        uow.commit()
    with services.writing(people["hong.wu"]) as uow:
        days = {"starts_on": uow.today(), "ends_on": uow.today() + timedelta(days=14)}
        if not uow.find(Delegation, limit=1):
            begin_delegation(uow, demo_id(seed, "delegation", 0), {"to_id": people["jie.chen"].user_id, **days})
        uow.commit()


def _load_for(services: Services, seller: Actor, boss: Actor, finance: Actor, number: int, seed: int) -> int:
    with services.writing(seller) as uow:
        mine = c(Visit)
        visits = uow.find(Visit, mine.author_id == seller.user_id, mine.state == VisitState.DONE.value, limit=20)
        if not visits or uow.find(ExpenseClaim, c(ExpenseClaim).owner_id == seller.user_id, limit=1):
            return 0
        ids = [demo_id(seed, "claim", number * 10 + place) for place in range(len(_CLAIMS))]
        for place, (claim_id, told) in enumerate(zip(ids, _CLAIMS, strict=True)):
            _make(uow, claim_id, told, visits, (number * 10 + place) * 10, seed)
        uow.commit()
    with services.writing(boss) as uow:
        for claim_id, told in zip(ids, _CLAIMS, strict=True):
            if told.answer is not None:
                _decide(uow, claim_id, told)
        uow.commit()
    paid = [claim_id for claim_id, told in zip(ids, _CLAIMS, strict=True) if told.is_paid]
    with services.writing(finance) as uow:
        total = sum(line.amount_minor for told in _CLAIMS if told.is_paid for line in told.lines)
        batch_id = demo_id(seed, "batch", number)
        if uow.get(ReimbursementBatch, batch_id) is None:
            pay_batch(uow, batch_id, paid, total_minor=total, reference=f"demo-{number + 1}")
        uow.commit()
    return len(ids)


def _make(uow: UnitOfWork, claim_id: str, told: _Claim, visits: Sequence[Visit], number: int, seed: int) -> None:
    claim = create_claim(uow, claim_id, {"title": told.title})
    for place, line in enumerate(told.lines):
        visit = visits[(number + place) % len(visits)]
        values: dict[str, Any] = {
            "claim_id": claim.id, "kind": line.kind, "amount_minor": line.amount_minor, "visit_id": visit.id,
            "spent_on": min(visit.day_on, uow.today()), "description": line.says, "progress": line.progress,
            "key_value": line.key_value,
        }  # fmt: skip
        add_line(uow, demo_id(seed, "claim line", number + place), values)
    if told.is_sent:
        submit_claim(uow, claim)


def _decide(uow: UnitOfWork, claim_id: str, told: _Claim) -> None:
    case = uow.must(ApprovalCase, claim_id)
    parts = [part for each in case.waiting if (part := uow.get(Approval, each)) is not None]
    mine = next(part for part in parts if part.owner_id == uow.actor.user_id)
    assert told.answer is not None  # noqa: S101 (asked by the caller)
    seen = {"revision": case.revision, "content_hash": case.content_hash, "comment": told.comment}
    decide(uow, mine, seen, told.answer)
