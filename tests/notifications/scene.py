"""The small company of the tests of accounts with the whole application, its worker by its own clock, and people's inboxes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from notifications.models import Delivery, Notice, NoticeSettings, Pacing, PushTarget
from notifications.targets import Subscription, put_target
from server.accounts.operations import staff
from server.core.job_queue import Queue
from server.core.rows import c
from server.core.services import Services
from server.core.tables import JOBS
from server.customers import operations as customers
from server.fieldwork import operations as fieldwork
from server.fieldwork.models import FollowUp
from server.worker import Worker
from sync_protocol.ids import new_id
from tests.server.accounts.company import Company, Phone

MONDAY = datetime(2025, 3, 3, tzinfo=UTC)


def shanghai(clock: str, day: int = 3) -> datetime:
    """`09:30` of a day of March 2025 in Shanghai."""
    hours, minutes = map(int, clock.split(":"))
    return datetime(2025, 3, day, tzinfo=UTC) + timedelta(hours=hours - 8, minutes=minutes)


@dataclass
class Desk:
    """The company with what these tests do over and over. services: with the settings of the channels that are there."""

    company: Company
    services: Services

    def set_up(self, **settings: Any) -> None:
        """Change settings of the worker, as a restart with others would."""
        changed = dataclasses.replace(self.services.settings, **settings)
        self.services = dataclasses.replace(self.services, settings=changed)

    # -- time and work ---------------------------------------------------------------------------------------------

    def at(self, instant: datetime) -> None:
        """It is that time now."""
        self.company.clock.at = instant

    def worker(self) -> Worker:
        """A worker of its own, whose queue goes by the company's clock."""
        worker = Worker(self.services)
        worker._queue = Queue(self.services.database, clock=self.company.clock)
        return worker

    def work(self) -> None:
        """Do all that is due now."""
        worker = self.worker()
        while worker.work_one():
            pass

    def work_until(self, instant: datetime, step: timedelta = timedelta(minutes=1)) -> None:
        """Let time pass, a worker at work."""
        while self.company.clock.at < instant:
            self.work()
            self.at(min(instant, self.company.clock.at + step))
        self.work()

    def jobs(self, kind: str, *states: str) -> list[Any]:
        """Jobs of that kind in these states, by due instant."""
        t = JOBS.c
        with self.services.reading(self.company.org) as connection:
            rows = connection.execute(
                select(JOBS).where(t.org_id == self.company.org, t.kind == kind).order_by(t.due_at)
            ).all()
        return [row for row in rows if not states or row.state in states]

    # -- people ----------------------------------------------------------------------------------------------------

    def rows(self, kind: type[Any], **where: Any) -> list[Any]:
        """Rows of the company, in the order of their making."""
        columns = c(kind)
        with self.services.reading(self.company.org) as connection:
            found = connection.execute(select(*columns).where(columns.org_id == self.company.org).order_by(columns.id))
            rows = [kind(**each._mapping) for each in found]
        return [row for row in rows if all(getattr(row, name) == value for name, value in where.items())]

    def inbox(self, who: str) -> list[Notice]:
        """Somebody's notices."""
        return self.rows(Notice, user_id=self.company.users[who])

    def deliveries(self, who: str) -> list[tuple[str, str, str | None]]:
        """Channel, state and code of what was sent to somebody."""
        rows = self.rows(Delivery, user_id=self.company.users[who])
        return sorted((row.channel, row.state, row.code) for row in rows)

    def pacing(self, who: str) -> Pacing | None:
        """What is held for somebody."""
        found: Pacing | None = self.company.row(Pacing, self.company.users[who])
        return found

    def wish(self, who: str, **values: Any) -> None:
        """Somebody's settings, put there at once."""
        with self.services.writing(self.company.actor("system")) as uow:
            row = uow.get(NoticeSettings, self.company.users[who])
            if row is None:
                uow.add(NoticeSettings(id=self.company.users[who], **values))
            else:
                uow.change(row, **values)
            uow.commit()

    def move(self, who: str, zone: str) -> None:
        """From now on somebody's clock is that zone's."""
        with self.company.writing() as uow:
            staff.change_user(uow, self.company.users[who], {"timezone": zone})
            uow.commit()

    def subscribe(self, who: str, subscription: Subscription) -> Phone:
        """A phone of somebody, signed in, that is pushed to."""
        phone = Phone(self.company).signed_in(who)
        with self.services.writing(self.company.actor("system")) as uow:
            user = self.company.users[who]
            put_target(uow, user_id=user, device_id=phone.answer["device"], subscription=subscription)
            uow.commit()
        return phone

    def targets(self, who: str) -> list[PushTarget]:
        """Where somebody's devices are pushed to."""
        return self.rows(PushTarget, user_id=self.company.users[who])

    # -- what happens in the field ---------------------------------------------------------------------------------

    def customer(self, who: str = "wang", name: str = "王小明") -> str:
        """A customer of somebody."""
        customer_id = new_id()
        with self.services.writing(self.company.actor(who)) as uow:
            customers.create_customer(uow, customer_id, {"name": name})
            uow.commit()
        return customer_id

    def follow_up(self, who: str = "wang", customer_id: str | None = None, **values: Any) -> str:
        """Something to do for a customer."""
        follow_up_id, customer_id = new_id(), customer_id or self.customer(who)
        with self.services.writing(self.company.actor(who)) as uow:
            fieldwork.create_follow_up(uow, follow_up_id, {"customer_id": customer_id, "text": "回电", **values})
            uow.commit()
        return follow_up_id

    def change(self, follow_up_id: str, operation: Any, who: str = "wang", **values: Any) -> None:
        """Do something to a follow-up."""
        with self.services.writing(self.company.actor(who)) as uow:
            operation(uow, uow.must(FollowUp, follow_up_id), values)
            uow.commit()

    def do(self, who: str, operation: Any, row: type[Any], row_id: str, **values: Any) -> None:
        """Do something to any row."""
        with self.services.writing(self.company.actor(who)) as uow:
            operation(uow, uow.must(row, row_id), values)
            uow.commit()
