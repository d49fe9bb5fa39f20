"""What a leaver had to do becomes somebody else's: his open customers, and what is his without one.

One batch, in the unit of work that disables him; history keeps his name. Source: docs/rules/customers.md, C9.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from server.accounts.models import User
from server.accounts.queries.leaders import leaders_of
from server.core.i18n import Text
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers import rules
from server.customers.functions import HAND_OVER
from server.customers.models import Customer
from server.customers.ownership import inherit, move, new_owner

LEFT = Text("离职", "left")
"""The reason that stands in the histories when nobody gave one."""


def hand_over_leaver(uow: UnitOfWork, leaver: User, heir_id: str | None, reason: str | None) -> None:
    """Give what he had to do to the named heir, else to who leads him; without either it stays until somebody hands it over.

    Whoever names an heir needs `customers.handover` with that person in reach; the way to who leads him is the rule's, not
    the actor's, so that a way in can be taken at once. Raises Refused FORBIDDEN_FUNCTION, NEW_OWNER_UNFIT, REASON_REQUIRED.
    """
    why = rules.check_reason(reason if reason is not None else reason_left(uow))
    heir = new_owner(uow, heir_id, field="/to") if heir_id is not None else _leader(uow, leaver)
    if heir is None:
        return
    columns = c(Customer)
    customers = uow.find(Customer, columns.owner_id == leaver.id, columns.stage.in_(rules.OPEN_STAGES))
    move(uow, customers, heir, why)
    inherit(uow, leaver, heir)


def hand_on_restored(uow: UnitOfWork, customers: Sequence[Customer], people: Iterable[str]) -> None:
    """Give what comes back to people who have left meanwhile to who leads them, as it would have gone then (rule C18).

    people: whose the customers, and what is to be done about them, are. One statement when nobody of them has left.
    """
    ids = sorted(set(people))
    uow.preload(User, ids)
    for leaver in [user for each in ids if (user := uow.get(User, each)) is not None and user.state != "active"]:
        heir = _leader(uow, leaver)
        if heir is not None:
            his = [each for each in customers if each.owner_id == leaver.id and each.stage in rules.OPEN_STAGES]
            move(uow, his, heir, reason_left(uow))
            inherit(uow, leaver, heir)


def reason_left(uow: UnitOfWork) -> str:
    """What histories say of a handover from somebody who has left."""
    return LEFT.fill("en" if uow.actor.locale == "en" else "zh", {})


def _leader(uow: UnitOfWork, leaver: User) -> User | None:
    """Who leads him nearest with `customers.handover`; of several the first by id."""
    ((_, leaders),) = leaders_of(uow.connection, uow.org_id, [(leaver.id, leaver.unit_id)], HAND_OVER).items()
    return uow.get(User, min(leaders)) if leaders else None
