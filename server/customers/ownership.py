"""Who owns a customer: assigning, handing over, and what a former owner may still bring in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

from server.accounts.models import User
from server.core.access import Reach
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers import rules
from server.customers.absent import customer_there
from server.customers.attachments.models import Attachment
from server.customers.contacts.models import Contact
from server.customers.events import CustomerHandedOver, HandoverDone
from server.customers.functions import HAND_OVER, WRITE
from server.customers.lead_conflicts.finding import Entered, look_for_conflicts
from server.customers.lead_conflicts.following import follow_owners
from server.customers.models import Customer, CustomerPhone, FormerOwner, Note, TimelineEntry, former_owner_id
from server.customers.receptions.models import Reception
from server.customers.search.index import move_keys
from server.customers.timeline import HANDED_OVER, add_to_timeline

CUSTOMER_HANDED_OVER = problem_type(
    "customers.handed-over",
    409,
    zh="该客户已交接给同事，您的修改没有生效。",
    en="This customer was handed over to a colleague; your change was not made.",
    doc="For an edit by a former owner. `owner_id` is the present owner. Visits, follow-ups and notes are still accepted.",
    extra=["owner_id"],
)
NEW_OWNER_UNFIT = problem_type(
    "customers.new-owner-unfit",
    422,
    zh="该员工不存在、已停用或不在您的管理范围内。",
    en="There is no such member of staff, or the account is disabled or not within your reach.",
)
OWNER_CHANGED = problem_type(
    "customers.owner-changed",
    409,
    zh="有 {count} 个客户的归属人已变更，请刷新后重试。",
    en="{count} of the customers have another owner by now; look again and decide again.",
    doc="Somebody else handed them over meanwhile. Nothing was changed.",
)
PORTFOLIO_BEYOND_REACH = problem_type(
    "customers.portfolio-beyond-reach",
    409,
    zh="其中 {count} 个客户不在您的管理范围内，须由上级交接。",
    en="{count} of the customers are not within your reach; someone with a wider scope has to hand them over.",
    doc="Nothing was changed: a leaver's customers go over in one batch or not at all.",
)

HandoverReaction = Callable[[UnitOfWork, Sequence[Customer], User], None]
_REACTIONS: list[HandoverReaction] = []
_FOLLOWING: tuple[type[Contact | CustomerPhone | Note | TimelineEntry | Reception | Attachment], ...] = (
    Contact,
    CustomerPhone,
    Note,
    TimelineEntry,
    Reception,
    Attachment,
)
_AT_ONCE = 5000
"""Customers whose rows are looked up with one statement."""


def on_handover(reaction: HandoverReaction) -> HandoverReaction:
    """Register what else moves with customers, in the same unit of work; the composition root does it once for each area.

    Called with customers that already have their new owner and unit, and with that owner.
    """
    if reaction not in _REACTIONS:
        _REACTIONS.append(reaction)
    return reaction


Inherits = Callable[[UnitOfWork, User, User], None]
_INHERITING: list[Inherits] = []


def on_inheriting(reaction: Inherits) -> Inherits:
    """Register what else of a leaver goes to his heir, after his customers. Given the leaver and the heir."""
    if reaction not in _INHERITING:
        _INHERITING.append(reaction)
    return reaction


def inherit(uow: UnitOfWork, leaver: User, heir: User) -> None:
    """Give what a leaver had to do without a customer of his to his heir."""
    for react in _INHERITING:
        react(uow, leaver, heir)


# -- the owner of a new customer --------------------------------------------------------------------------------------


def unit_of_owner(uow: UnitOfWork, owner_id: str) -> str:
    """The primary unit of whom a customer is given to. Without a statement for the actor himself.

    Raises Refused FORBIDDEN_FUNCTION or NEW_OWNER_UNFIT when the actor may not give it to that person. Source: rule C8.
    """
    if owner_id == uow.actor.user_id:
        return uow.actor.unit_id
    return new_owner(uow, owner_id, field="/owner_id").unit_id


def new_owner(uow: UnitOfWork, user_id: str, *, field: str) -> User:
    """Whom the actor may give customers to. Raises Refused FORBIDDEN_FUNCTION, NEW_OWNER_UNFIT."""
    reach = uow.actor.must(HAND_OVER)  # first: whoever may not assign learns nothing about who is there
    user = uow.get(User, user_id)
    if user is None or user.state != "active" or not _reaches_person(reach, user):
        raise Refused(NEW_OWNER_UNFIT, field=field)
    return user


def _reaches_person(reach: Reach, user: User) -> bool:
    return reach.everything or user.unit_id in reach.units or (reach.own and user.id == reach.user_id)


# -- former owners ----------------------------------------------------------------------------------------------------


def preload_for_batch(uow: UnitOfWork, customer_ids: Iterable[str]) -> None:
    """Load, with one statement at most, whether the actor owned those customers before that he does not reach now.

    For `Collection.prepare`: the customers themselves are loaded already.
    """
    reach = uow.actor.reach(WRITE)
    strange = [each for each in customer_ids if (row := uow.get(Customer, each)) is not None and not reach.holds(row)]
    uow.preload(FormerOwner, [former_owner_id(each, uow.actor.user_id) for each in strange])


def was_mine(uow: UnitOfWork, customer_id: str) -> bool:
    """Whether the actor owned this customer once. Only asked of devices: in the office one sees what one has."""
    if uow.actor.enrolment_id is None:
        return False
    return uow.get(FormerOwner, former_owner_id(customer_id, uow.actor.user_id)) is not None


def accept_fact_for(
    uow: UnitOfWork, customer_id: str, function: str = WRITE, *, field: str = "/customer_id"
) -> Customer:
    """The customer that a fact (note, visit, result of a follow-up) is about.

    Within reach of the actor's `function`, or out of it by now but his own once: what he gathered before he could know of
    the handover is taken in his name, under the present owner. Raises Refused NOT_FOUND otherwise. Source: rule C10.
    """
    customer = uow.get(Customer, customer_id)
    if customer is not None and (uow.actor.reach(function).holds(customer) or was_mine(uow, customer_id)):
        return customer
    raise Refused(NOT_FOUND, field=field)


def customer_for_edit(uow: UnitOfWork, customer_id: str, *, field: str | None = None) -> Customer:
    """The customer whose card is to be changed. Raises Refused CUSTOMER_HANDED_OVER to a former owner, else NOT_FOUND."""
    customer = uow.get(Customer, customer_id)
    if customer is None:
        raise Refused(NOT_FOUND, field=field)
    if not uow.actor.must(WRITE).holds(customer):
        refuse_edit(uow, customer, field=field)
    return customer


def refuse_edit(uow: UnitOfWork, row: Customer | CustomerPhone | Contact, *, field: str | None = None) -> NoReturn:
    """Say why a row that is out of reach cannot be changed: CUSTOMER_HANDED_OVER or NOT_FOUND. Source: rule C10."""
    customer_id = row.id if isinstance(row, Customer) else row.customer_id
    if was_mine(uow, customer_id):
        raise Refused(CUSTOMER_HANDED_OVER, owner_id=row.owner_id)
    raise Refused(NOT_FOUND, field=field)


# -- handover ---------------------------------------------------------------------------------------------------------


def hand_over_customers(
    uow: UnitOfWork,
    customer_ids: Iterable[str],
    to_user_id: str,
    reason: str,
    *,
    seen: Mapping[str, str | None] | None = None,
    field: str | None = "/customers",
) -> int:
    """Give customers, with all that hangs on them, to another owner; all or none. Returns how many changed hands.

    seen: customer → whom the caller saw as his owner; when one of them is another's by now, and not `to`'s, nothing is done.
    Records CustomerHandedOver for each and HandoverDone for all. Raises Refused NOT_FOUND when one of them is out of
    reach, MERGED or DELETED when he is gone, NEW_OWNER_UNFIT, OWNER_CHANGED, REASON_REQUIRED. Source: rules C8, C9.
    """
    why = rules.check_reason(reason)
    owner = new_owner(uow, to_user_id, field="/to" if field else "/to_id")
    ids = sorted(set(customer_ids))
    uow.preload(Customer, ids)
    found = [customer_there(uow, each, HAND_OVER, field=field) for each in ids]
    elsewhere = [
        each.id
        for each in found
        if each.owner_id != owner.id and (seen or {}).get(each.id) not in (None, each.owner_id)
    ]
    if elsewhere:
        raise Refused(OWNER_CHANGED, count=len(elsewhere)).of(elsewhere[0])
    return move(uow, found, owner, why)


def hand_over_from_device(uow: UnitOfWork, asked: Mapping[str, Mapping[str, Any]]) -> None:
    """As hand_over_customers. asked: customer → values: to_id, reason, from_id? (whom his phone showed as the owner)."""
    seen = {each: values.get("from_id") for each, values in asked.items()}
    for to_id, reason in sorted({(values["to_id"], values["reason"]) for values in asked.values()}):
        ids = [each for each, values in asked.items() if (values["to_id"], values["reason"]) == (to_id, reason)]
        hand_over_customers(uow, ids, to_id, reason, seen=seen, field=None)


def hand_over_portfolio(
    uow: UnitOfWork, from_user_id: str, to_user_id: str, reason: str, *, include_closed: bool = False
) -> int:
    """Give all open customers of one person to another, as when he leaves; all or none. Returns how many changed hands.

    include_closed: lost and dead ones too; else they stay under his name, visible to his unit. Of one who is disabled already
    all else that he had to do goes too (`on_inheriting`).
    Raises Refused NOT_FOUND, NEW_OWNER_UNFIT, PORTFOLIO_BEYOND_REACH, REASON_REQUIRED. Source: rule C9.
    """
    why = rules.check_reason(reason)
    reach = uow.actor.must(HAND_OVER)
    uow.preload(User, (from_user_id, to_user_id))  # both at once: two people swapping portfolios lock in one order
    leaver = uow.get(User, from_user_id)
    if leaver is None or not _reaches_person(reach, leaver):
        raise Refused(NOT_FOUND)
    owner = new_owner(uow, to_user_id, field="/to")
    columns = c(Customer)
    stages = rules.STAGES if include_closed else rules.OPEN_STAGES
    found = uow.find(Customer, columns.owner_id == from_user_id, columns.stage.in_(stages))
    beyond = sum(not reach.holds(customer) for customer in found)
    if beyond:
        raise Refused(PORTFOLIO_BEYOND_REACH, count=beyond)
    count = move(uow, found, owner, why)
    if leaver.state != "active":
        inherit(uow, leaver, owner)
    return count


def move(uow: UnitOfWork, customers: Sequence[Customer], owner: User, reason: str) -> int:
    """Give these customers to that owner, whoever acts. Returns how many were not his yet."""
    # What is his already but belongs to his unit of before follows him to the present one.
    moving = [customer for customer in customers if customer.owner_id != owner.id or customer.unit_id != owner.unit_id]
    from_ids = {customer.id: customer.owner_id for customer in moving}
    _remember_former(uow, [customer for customer in moving if customer.owner_id != owner.id])
    for customer in moving:
        uow.change(customer, owner_id=owner.id, unit_id=owner.unit_id, owned_since=uow.now)
        uow.in_turn(follow_owners, customer.id)
        uow.in_turn(move_keys, customer.id)
        uow.in_turn(look_for_conflicts, Entered(customer.id))
    if moving:
        _follow(uow, moving, owner)
        uow.record(HandoverDone(owner.id, sorted(set(from_ids.values())), len(moving), reason))
    for customer in moving:
        before = from_ids[customer.id]
        uow.record(CustomerHandedOver(customer.id, before, owner.id, reason))
        add_to_timeline(uow, customer, HANDED_OVER, params={"from": before, "to": owner.id, "reason": reason})
    return len(moving)


def follow(uow: UnitOfWork, customers: Sequence[Customer]) -> None:
    """Let all that hangs on customers go to where they are: to the one owner whom they have by now."""
    _follow(uow, customers, uow.must(User, customers[0].owner_id))


def _follow(uow: UnitOfWork, customers: Sequence[Customer], owner: User) -> None:
    places = {
        each.id: {"owner_id": each.owner_id, "unit_id": each.unit_id, "project_id": each.project_id}
        for each in customers
    }
    ids = sorted(places)
    for start in range(0, len(ids), _AT_ONCE):
        for kind in _FOLLOWING:
            for row in uow.find(kind, c(kind).customer_id.in_(ids[start : start + _AT_ONCE])):
                uow.change(row, **places[row.customer_id])
    for react in _REACTIONS:
        react(uow, customers, owner)


def remember_owner(uow: UnitOfWork, customer: Customer, owner_id: str, *, since: datetime) -> None:
    """Keep that somebody had this customer until now, under another id: what he gathered is still taken (rule C10)."""
    row_id = former_owner_id(customer.id, owner_id)
    known = uow.get(FormerOwner, row_id)
    if known is None:
        uow.add(FormerOwner(id=row_id, customer_id=customer.id, owner_id=owner_id, since=since, until=uow.now))
    else:
        uow.change(known, since=min(known.since, since), until=uow.now)


def _remember_former(uow: UnitOfWork, customers: Sequence[Customer]) -> None:
    """Keep who owned them until now."""
    uow.preload(FormerOwner, [former_owner_id(customer.id, customer.owner_id) for customer in customers])
    for customer in customers:
        row_id = former_owner_id(customer.id, customer.owner_id)
        known = uow.get(FormerOwner, row_id)
        if known is not None:
            uow.change(known, until=uow.now)
        else:
            uow.add(
                FormerOwner(
                    id=row_id,
                    customer_id=customer.id,
                    owner_id=customer.owner_id,
                    since=customer.owned_since,
                    until=uow.now,
                )
            )
