"""The people who are told: where they are, how they want to be told, who leads them. SELECTs only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, exists, select

from notifications.models import NoticeSettings, PushTarget
from notifications.rules import Channel
from server.accounts.models import Organisation, User
from server.accounts.queries import leaders
from server.core.rows import c
from server.fieldwork.functions import ASSIGN

DEFAULT_FALLBACK = (Channel.EMAIL, Channel.SMS)
"""What is tried, in this order, for whoever has not said otherwise."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with how he wants to be told. zone: his own, else the organisation's. has_device: one may be pushed to."""

    id: str
    is_active: bool
    zone: ZoneInfo
    locale: str
    phone: str | None
    has_device: bool
    settings: NoticeSettings

    def wants_push(self, topic: str) -> bool:
        """Whether his devices are to be pushed to about a topic."""
        return "push" not in self.settings.muted.get(topic, ())

    def fallback(self, topic: str) -> list[tuple[Channel, str]]:
        """The channels that take the place of a push, in his order, with where they lead."""
        wished, muted = self.settings.fallback, self.settings.muted.get(topic, ())
        channels = DEFAULT_FALLBACK if wished is None else [Channel(each) for each in wished]
        ends = {Channel.EMAIL: self.settings.email, Channel.SMS: self.phone}
        return [(each, end) for each in channels if (end := ends[each]) is not None and each.value not in muted]


def load_people(connection: Connection, org_id: str, user_ids: Iterable[str]) -> dict[str, Person]:
    """These people by id, with one statement; ids that nobody has are left out."""
    u, o, s, t = c(User), c(Organisation), c(NoticeSettings), c(PushTarget)
    wanted = sorted(set(user_ids))
    if not wanted:
        return {}
    has_device = exists().where(t.org_id == u.org_id, t.user_id == u.id)
    names = NoticeSettings.__names__
    statement = (
        select(
            u.id, u.state, u.timezone, u.locale, u.phone, o.timezone.label("zone"), o.locale.label("language"),
            has_device.label("has_device"), *(s[name].label(f"s_{name}") for name in names),
        )
        .select_from(User.__table__)
        .join(Organisation.__table__, and_(o.org_id == u.org_id, o.id == u.org_id))
        .outerjoin(NoticeSettings.__table__, and_(s.org_id == u.org_id, s.id == u.id))
        .where(u.org_id == org_id, u.id.in_(wanted))
    )  # fmt: skip
    found = {}
    for row in connection.execute(statement):
        kept = row._mapping
        own = NoticeSettings(id=row.id)
        if kept["s_id"] is not None:
            own = NoticeSettings(**{name: kept[f"s_{name}"] for name in names})
        found[row.id] = Person(
            row.id, row.state == "active", ZoneInfo(row.timezone or row.zone), row.locale or row.language, row.phone,
            row.has_device, own,
        )  # fmt: skip
    return found


def leaders_of(
    connection: Connection, org_id: str, people: Iterable[tuple[str, str]], function: str = ASSIGN
) -> dict[tuple[str, str], frozenset[str]]:
    """(user, unit) → who leads him there, as accounts say it: those who may assign, unless another function is named."""
    return leaders.leaders_of(connection, org_id, people, function)
