"""A year of the demo's organisation: what its salespeople did for the customers who came over it, through the operations.

One salesperson after another, four weeks in one unit of work, each thing at its own time. A load that was cut off goes on with
the weeks that are missing, of the same year. Nobody is told of what is long past.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from server.accounts.models import Project
from server.cli.demo_load.courses import CLOSES, NOBODY, OPENS, Deed, Year, dated, in_days, invent_course
from server.cli.demo_load.inventing import CANCELLED, InventedCustomer, demo_id, draw_for, invent_customer
from server.core.access import Actor
from server.core.rows import Row
from server.core.services import Services
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.customers.models import Customer
from server.customers.opportunities import operations as opportunities
from server.customers.opportunities.models import Opportunity
from server.customers.receptions.operations import add_reception
from server.fieldwork import operations as fieldwork
from server.fieldwork.activities.operations import log_activity
from server.fieldwork.models import DayPlan, FollowUp, Task, Visit

SLICE, SLICES = timedelta(days=28), 13
YEAR = SLICE * SLICES
_CENTRE_E7 = (302_500_000, 1_201_600_000)
_METRES_PER_E7 = 0.0111  # along a meridian
Tell = Callable[[int, int | None], None]


class Retelling(UnitOfWork):
    """A unit of work in which time passes; jobs for whoever hears of an event are not left."""

    def at(self, moment: datetime) -> None:
        """Go on at that moment, with another operation."""
        self.now, self._today = moment, None
        self.begin_operation()

    def _leave_to_hearers(self, first_n: int) -> None:
        pass


def load_year(
    services: Services, sellers: Sequence[Actor], numbers: range, seed: int, *, last: date, tell: Tell
) -> tuple[int, date | None]:
    """Enter the customers of these numbers with their year, each as his salesperson. How many, and the year's last day.

    last: the day with which the year ends, unless a part of it is there already.
    """
    if not numbers:
        return 0, None
    begun = _begun(services, sellers[0], seed)
    year = Year.ending(last if begun is None else begun + YEAR - timedelta(days=1), YEAR.days)
    entered = 0
    for place, seller in enumerate(sellers):
        mine = [number for number in numbers if number % len(sellers) == place]
        entered += _Portfolio(services, seller, place, mine, seed, year).load()
        tell(numbers.start + (place + 1) * len(numbers) // len(sellers), numbers.stop)
    return entered, year.days[-1]


def _begun(services: Services, seller: Actor, seed: int) -> date | None:
    """The first day of the year, when a part of it is there."""
    with services.writing(seller) as uow:
        mark = uow.get(Task, _mark(seed, 0, 0))
    return None if mark is None else mark.due_on


def _mark(seed: int, place: int, number: int) -> str:
    """The id of the first row that a salesperson's four weeks make: it tells that they are there."""
    return demo_id(seed, "year task", place * 100 + number)


@contextlib.contextmanager
def _retelling(services: Services, actor: Actor, begin: datetime) -> Iterator[Retelling]:
    with services.database.write(actor.org_id) as connection:
        yield Retelling(connection, actor, now=begin, commitment_secret=services.commitment)


class _Portfolio:
    """The year of one salesperson."""

    def __init__(
        self, services: Services, seller: Actor, place: int, numbers: Sequence[int], seed: int, year: Year
    ) -> None:
        self._services, self._seller, self._place, self._seed, self._year = services, seller, place, seed, year
        self._people = {number: invent_customer(seed, number, year.days[-1]) for number in numbers}
        self._deeds = in_days(
            deed
            for number, person in self._people.items()
            for deed in invent_course(seed, number, person, year, off=place % 5)
        )

    def load(self) -> int:
        """Retell what is not there yet. How many customers were entered."""
        entered = 0
        for number in range(SLICES):
            first = self._year.days[0] + SLICE * number
            deeds = [each for each in self._deeds if first <= each.day < first + SLICE]
            with _retelling(self._services, self._seller, self._moment(first, 0)) as uow:
                if uow.get(Task, _mark(self._seed, self._place, number)) is None:
                    self._load_weeks(uow, number, first, deeds)
                    uow.commit()
                    entered += sum(each.what == "enter" for each in deeds)
        return entered

    def _load_weeks(self, uow: Retelling, number: int, first: date, deeds: Sequence[Deed]) -> None:
        self._preload(uow, deeds)
        uow.at(self._moment(first, OPENS))
        task = fieldwork.create_task(
            uow, _mark(self._seed, self._place, number), {"text": "整理客户名册，更新分级", "due_on": first}
        )
        uow.at(self._moment(first, CLOSES))
        fieldwork.complete_task(uow, task, {})
        for each in deeds:
            uow.at(self._moment(each.day, each.minute))
            getattr(self, f"_{each.what}")(uow, each)

    def _preload(self, uow: Retelling, deeds: Sequence[Deed]) -> None:
        """Load at once what these deeds go on with."""
        _projects(uow)
        wanted: dict[type[Row], set[str]] = {Customer: set(), Opportunity: set(), FollowUp: set()}
        for each in deeds:
            if each.number != NOBODY:
                wanted[Customer].add(self._id("customer", each.number))
            if each.what in ("contact", "move", "win", "lose"):
                wanted[Opportunity].add(self._id("year opportunity", each.number))
            if each.what == "finish":
                wanted[FollowUp].add(self._row("follow", each))
        for kind, ids in wanted.items():
            uow.preload(kind, ids)

    def _id(self, kind: str, number: int) -> str:
        return demo_id(self._seed, kind, number)

    def _row(self, what: str, deed: Deed) -> str:
        return demo_id(self._seed, f"year {what}", deed.number * 64 + deed.serial)

    def _moment(self, day: date, minute: int) -> datetime:
        begin = datetime.combine(day, time.min, tzinfo=self._seller.timezone) + timedelta(minutes=minute)
        return begin.astimezone(UTC)

    # -- what is done with a customer ----------------------------------------------------------------------------------

    def _enter(self, uow: Retelling, deed: Deed) -> None:
        invented = self._people[deed.number]
        values = {key: value for key, value in invented.values.items() if key not in ("stage", "lost_reason", "grade")}
        need = deed.values["need_level"]
        values |= {"first_contact_on": deed.day, "need_level": need}
        if need == "clear":
            values["expected_close_on"] = deed.day + timedelta(days=deed.values["closes_in"])
        project = draw_for(self._seed, "project", deed.number).choice([None, *_projects(uow)])
        customers.create_customer(uow, self._id("customer", deed.number), {**values, "project_id": project})
        self._add_phones(uow, deed, invented)

    def _add_phones(self, uow: Retelling, deed: Deed, invented: InventedCustomer) -> None:
        for place, (phone, label, is_current) in enumerate(invented.phones):
            values = {"number": phone, "label": label, "is_current": is_current}
            customers.add_phone(uow, self._id("phone", deed.number * 10 + place), {**self._about(deed), **values})

    def _about(self, deed: Deed) -> dict[str, Any]:
        return {"customer_id": self._id("customer", deed.number)}

    def _receive(self, uow: Retelling, deed: Deed) -> None:
        add_reception(uow, self._row("reception", deed), {**self._about(deed), **deed.values})

    def _note(self, uow: Retelling, deed: Deed) -> None:
        customers.add_note(uow, self._row("note", deed), {**self._about(deed), **deed.values})

    def _act(self, uow: Retelling, deed: Deed) -> None:
        log_activity(uow, self._row("activity", deed), {**self._about(deed), **deed.values})

    def _stage(self, uow: Retelling, deed: Deed) -> None:
        customers.change_customer(uow, uow.must(Customer, self._id("customer", deed.number)), deed.values)

    def _follow(self, uow: Retelling, deed: Deed) -> None:
        due_on = deed.day + timedelta(days=deed.values["due_in"])
        values = {**self._about(deed), "text": deed.values["text"], "due_on": due_on}
        fieldwork.create_follow_up(uow, self._row("follow", deed), values)

    def _finish(self, uow: Retelling, deed: Deed) -> None:
        follow_up = uow.must(FollowUp, self._row("follow", deed))
        fieldwork.complete_follow_up(uow, follow_up, {"done_note": "已联系"})

    # -- his opportunity -----------------------------------------------------------------------------------------------

    def _open(self, uow: Retelling, deed: Deed) -> None:
        values = {**self._about(deed), **dated(deed.values, deed.day)}
        opportunities.open_opportunity(uow, self._id("year opportunity", deed.number), values)

    def _opportunity(self, uow: Retelling, deed: Deed) -> Opportunity:
        return uow.must(Opportunity, self._id("year opportunity", deed.number))

    def _contact(self, uow: Retelling, deed: Deed) -> None:
        values = {"opportunity_id": self._id("year opportunity", deed.number), **dated(deed.values, deed.day)}
        opportunities.add_contact(uow, self._row("contact", deed), values)

    def _move(self, uow: Retelling, deed: Deed) -> None:
        opportunities.move_opportunity(uow, self._opportunity(uow, deed), deed.values)

    def _win(self, uow: Retelling, deed: Deed) -> None:
        opportunities.win_opportunity(uow, self._opportunity(uow, deed), deed.values)

    def _lose(self, uow: Retelling, deed: Deed) -> None:
        opportunities.lose_opportunity(uow, self._opportunity(uow, deed), deed.values)

    # -- his visits ----------------------------------------------------------------------------------------------------

    def _plan(self, uow: Retelling, deed: Deed) -> None:
        """Plan a day with its visits, and send it."""
        plan = fieldwork.create_plan(uow, self._plan_id(deed.day), {"plan_on": deed.day})
        for visit in deed.values["visits"]:
            self._create_visit(uow, visit, plan_id=plan.id)
        uow.at(uow.now)
        fieldwork.send_plan(uow, plan)

    def _close(self, uow: Retelling, deed: Deed) -> None:
        """Close a day."""
        fieldwork.finish_plan(uow, uow.must(DayPlan, self._plan_id(deed.day)))

    def _plan_id(self, day: date) -> str:
        return demo_id(self._seed, "year plan", self._place * 1000 + (day - self._year.days[0]).days)

    def _create_visit(self, uow: Retelling, deed: Deed, *, plan_id: str | None) -> Any:
        told, place = deed.values, _site(deed)
        values = {
            **self._about(deed), "plan_id": plan_id, "purpose": told["purpose"], "importance": told["importance"],
            "urgency": told["urgency"], "site_latitude_e7": place[0], "site_longitude_e7": place[1], "site_radius_m": 200,
        }  # fmt: skip
        if plan_id is not None:
            begin = self._moment(deed.day, deed.minute)
            values |= {"planned_start_at": begin, "planned_end_at": begin + timedelta(minutes=told["length"])}
        return fieldwork.create_visit(uow, self._row("visit", deed), values)

    def _visit(self, uow: Retelling, deed: Deed) -> None:
        """What became of a visit."""
        told = deed.values
        visit = uow.get(Visit, self._row("visit", deed)) if told["is_planned"] else None
        if visit is None:
            visit = self._create_visit(uow, deed, plan_id=None)
            uow.at(uow.now)
        if told["fate"] == "silent":
            return
        if told["fate"] == "cancelled":
            fieldwork.cancel_visit(uow, visit, {"reason": CANCELLED[deed.number % len(CANCELLED)]})
            return
        place, late = _site(deed), timedelta(minutes=told["late"])
        turned = told["metres"] / _METRES_PER_E7
        fix = {
            "latitude_e7": place[0] + int(turned * math.cos(deed.number)),
            "longitude_e7": place[1] + int(turned * math.sin(deed.number)),
            "accuracy_m": 12,
            "fix_age_s": 5,
        }
        uow.at(uow.now + late)
        fieldwork.start_visit(uow, visit, {"started_at": uow.now, **fix})
        uow.at(uow.now + timedelta(minutes=told["length"]))
        outcome = "not_met" if told["fate"] == "missed" else "met"
        fieldwork.finish_visit(uow, visit, {"ended_at": uow.now, "result": told["result"], "outcome": outcome})


def _site(deed: Deed) -> tuple[int, int]:
    north, east = deed.values["place"]
    return _CENTRE_E7[0] + north, _CENTRE_E7[1] + east


def _projects(uow: UnitOfWork) -> Sequence[str]:
    """The projects that a salesperson sells, else all of the organisation; each twice, as most customers have one."""

    def read() -> Sequence[str]:
        ids = [project.id for project in sorted(uow.find(Project), key=lambda each: each.code)]
        mine = [each for each in ids if each in uow.actor.reach("customers.read").projects] or ids
        return [*mine, *mine]

    return uow.once("demo.projects", read)
