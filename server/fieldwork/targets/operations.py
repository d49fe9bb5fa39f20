"""What can be done with targets. Never commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from server.accounts.models import User
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.fieldwork.targets.events import TargetRemoved, TargetSet
from server.fieldwork.targets.functions import WRITE
from server.fieldwork.targets.models import Target, TargetAlias
from server.fieldwork.targets.rules import days_of


def set_target(uow: UnitOfWork, target_id: str, values: Mapping[str, Any]) -> Target:
    """Say what somebody in reach is to reach in a month. values: owner_id, month_on (any day of it), measure, amount.

    One for each person, month and measure: one that is there keeps its id and gets the new amount. Records TargetSet, unless
    it is so already. Raises Refused NOT_FOUND for a person who is not there, not active or not in reach.
    """
    user = _person(uow, values["owner_id"])
    month_on, measure, amount = days_of(values["month_on"])[0], values["measure"], values["amount"]
    target = _standing(uow, user.id, month_on, measure)
    if target is not None:
        before = (target.amount, target.unit_id)
        uow.change(target, amount=amount, unit_id=user.unit_id)
        if (target.amount, target.unit_id) == before:
            return target
    else:
        target = uow.add(
            Target(
                id=target_id,
                owner_id=user.id,
                unit_id=user.unit_id,
                month_on=month_on,
                measure=measure,
                amount=amount,
                # Whoever sets the same one before he has seen this one changes it unseen.
                marks={"amount": [1, uow.actor.writer]},
            )
        )
    uow.record(TargetSet(target.id, user.id, month_on, measure, amount))
    return target


def change_target(uow: UnitOfWork, target: Target, values: Mapping[str, Any]) -> Target:
    """As set_target, of one that is there. values: amount."""
    same = {name: getattr(target, name) for name in ("owner_id", "month_on", "measure", "amount")}
    return set_target(uow, target.id, {**same, **values})


def take_up_target(uow: UnitOfWork, target_id: str, values: Mapping[str, Any]) -> Target | None:
    """The target that stands already for one that a device sets under an id of its own; None where there is none.

    values: as set_target. It comes to the unit that its person is in by now, so that whoever sets it sees it, and is found under
    the device's id from now on. Raises Refused as set_target.
    """
    user = _person(uow, values["owner_id"])
    target = _standing(uow, user.id, days_of(values["month_on"])[0], values["measure"])
    if target is not None:
        uow.change(target, unit_id=user.unit_id)
        if (alias := uow.get(TargetAlias, target_id)) is None:
            uow.add(TargetAlias(id=target_id, target_id=target.id))
        else:
            uow.change(alias, target_id=target.id)
    return target


def remove_target(uow: UnitOfWork, target: Target, _values: Mapping[str, Any] | None = None) -> Target:
    """Take a target away. Records TargetRemoved."""
    uow.remove(target)
    uow.record(TargetRemoved(target.id, target.owner_id, target.month_on, target.measure))
    return target


def standing_target(uow: UnitOfWork, target_id: str) -> Target | None:
    """The target of that id, or the one that stands for it."""
    target = uow.get(Target, target_id)
    if target is None and (alias := uow.get(TargetAlias, target_id)) is not None:
        target = uow.get(Target, alias.target_id)
    return target


def preload_aliases(uow: UnitOfWork, ids: Iterable[str]) -> None:
    """Load at once what stands for those of these targets that are not there."""
    missing = [each for each in ids if uow.get(Target, each) is None]
    uow.preload(TargetAlias, missing)
    uow.preload(Target, (alias.target_id for each in missing if (alias := uow.get(TargetAlias, each)) is not None))


def preload_targets(uow: UnitOfWork, wanted: Iterable[tuple[str, date]]) -> None:
    """Load at once the people whose targets a batch sets, and what is set. wanted: person and a day of the month."""
    t, months = c(Target), {(owner_id, days_of(day)[0]) for owner_id, day in wanted}
    if not months:
        return
    people = sorted({owner_id for owner_id, _ in months})
    uow.preload(User, people)
    uow.find(Target, t.owner_id.in_(people), t.month_on.in_(sorted({month_on for _, month_on in months})))
    for each in months:
        uow.once((Target, *each), lambda: True)


def _person(uow: UnitOfWork, owner_id: str) -> User:
    """Whose target may be set; locked, so that two who set it at one moment set one."""
    reach, user = uow.actor.must(WRITE), uow.get(User, owner_id)
    mine = user is not None and (reach.everything or user.id == reach.user_id or user.unit_id in reach.units)
    if user is None or not mine or user.state != "active":
        raise Refused(NOT_FOUND)
    return user


def _standing(uow: UnitOfWork, owner_id: str, month_on: date, measure: str) -> Target | None:
    return next((each for each in _of_month(uow, owner_id, month_on) if each.measure == measure), None)


def _of_month(uow: UnitOfWork, owner_id: str, month_on: date) -> list[Target]:
    """Somebody's targets of a month, also those that were set in this unit of work."""
    t = c(Target)
    uow.once(
        (Target, owner_id, month_on),
        lambda: bool(uow.find(Target, t.owner_id == owner_id, t.month_on == month_on)) or True,
    )
    return uow.among(Target, lambda each: (each.owner_id, each.month_on) == (owner_id, month_on))
