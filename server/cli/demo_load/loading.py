"""Loads the demo through the areas' operations, as the people it belongs to. What is there already is left as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select

from server.accounts.models import OrgUnit, Project, User
from server.accounts.operations.organisations import create_organisation
from server.accounts.operations.roles import role_ids
from server.accounts.operations.staff import NewUser, create_user
from server.accounts.operations.units import create_project, create_unit
from server.accounts.passwords import PasswordHashes
from server.accounts.queries.actors import load_actor
from server.accounts.rules import StaffValues
from server.accounts.scope import UnitKind
from server.cli.demo_load import cast
from server.cli.demo_load.claims import load_claims
from server.cli.demo_load.club import load_club
from server.cli.demo_load.days import FIRST, load_days
from server.cli.demo_load.inventing import InventedCustomer, demo_id, draw_for, invent_customer, invent_name
from server.cli.demo_load.sales import load_sales, load_targets
from server.cli.demo_load.year import load_year
from server.cli.terminal import organisations
from server.core.access import Actor, system_actor
from server.core.rows import c
from server.core.services import Services
from server.core.uow import UnitOfWork
from server.customers.models import Customer
from server.customers.operations import add_note, add_phone, create_customer
from sync_protocol.ids import new_id

BATCH = 250
"""Customers in one unit of work."""
AT_ONCE = 300
"""So many customers are entered today; those beyond them have come over a year."""
Tell = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How much to load. staff: salespeople in all, the three named ones included."""

    customers: int = 300
    staff: int = 3
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was added; all of it 0 when the demo was there."""

    customers: int = 0
    days: int = 0
    staff: int = 0
    claims: int = 0


def load_demo(services: Services, size: Size, tell: Tell = lambda _done, _total: None) -> Loaded:
    """Make the organisations demo and rival what a load of that size makes them; what is there already stays.

    tell: (customers done, all). A load that was cut off goes on where it was.
    """
    known = organisations(services)
    hashed = "" if known.keys() >= {cast.DEMO, cast.RIVAL} else PasswordHashes().hash(cast.PASSWORD)
    if cast.DEMO not in known:
        known[cast.DEMO] = _begin_demo(services, hashed)
    if cast.RIVAL not in known:
        known[cast.RIVAL] = _begin_rival(services, hashed)
    org_id = known[cast.DEMO]
    staff = _hire(services, org_id, size)
    sellers = _sellers(services, org_id, size)
    customers = _load_customers(services, sellers, size, tell)
    last = services.clock.now().astimezone(sellers[0].timezone).date() + timedelta(days=FIRST - 1)
    in_a_year, last_of_year = load_year(
        services, sellers, range(AT_ONCE, size.customers), size.seed, last=last, tell=tell
    )
    days = sum(load_days(services, seller, number, size.seed, last_of_year) for number, seller in enumerate(sellers))
    named = sellers[: len(_named_sellers())]
    load_sales(services, named, size.seed)
    load_targets(services, _named(services, org_id)[cast.DIRECTOR], named, size.seed)
    load_club(services, sellers[0], named, size.seed)
    claims = load_claims(services, org_id, _named(services, org_id), size.seed)
    return Loaded(customers + in_a_year, days, staff, claims)


# -- organisations and staff ------------------------------------------------------------------------------------------


def _begin_demo(services: Services, hashed: str) -> str:
    actor = system_actor(new_id(), zone=services.settings.timezone)
    with services.writing(actor) as uow:
        create_organisation(
            uow, code=cast.DEMO, name=cast.DEMO_NAME, admin_password_hash=hashed, admin_username=cast.ADMIN,
            admin_name=cast.ADMIN_NAME,
        )  # fmt: skip
        (root,) = uow.find(OrgUnit)
        sales = create_unit(uow, parent_id=root.id, kind=UnitKind.DEPARTMENT, name=cast.SALES)
        units = {
            cast.SALES: sales.id,
            cast.EAST: create_unit(uow, parent_id=sales.id, kind=UnitKind.TEAM, name=cast.EAST).id,
            cast.WEST: create_unit(uow, parent_id=sales.id, kind=UnitKind.TEAM, name=cast.WEST, position=1).id,
            cast.FINANCE: create_unit(
                uow, parent_id=root.id, kind=UnitKind.DEPARTMENT, name=cast.FINANCE, position=1
            ).id,
        }
        projects = {code: create_project(uow, code=code, name=name).id for code, name in cast.PROJECTS}
        for person in cast.PEOPLE:
            create_user(
                uow,
                NewUser(
                    staff=StaffValues(number=person.number, name=person.name, title=person.title),
                    username=person.username,
                    unit_id=units[person.unit],
                    role_ids=tuple(role_ids(uow, person.role)),
                    project_ids=tuple(projects[code] for code in person.projects),
                    password_hash=hashed,
                ),
            )
        uow.commit()
    return actor.org_id


def _begin_rival(services: Services, hashed: str) -> str:
    actor = system_actor(new_id(), zone=services.settings.timezone)
    with services.writing(actor) as uow:
        _, spy = create_organisation(
            uow, code=cast.RIVAL, name=cast.RIVAL_NAME, admin_password_hash=hashed, admin_username=cast.SPY,
            admin_name=cast.SPY_NAME,
        )  # fmt: skip
        uow.commit()
    with services.writing(_actor(services, actor.org_id, spy.id)) as uow:
        for number, name in enumerate(("隔壁老王", "Nosy Neighbour")):
            customer_id = demo_id(0, "rival customer", number)
            create_customer(uow, customer_id, {"name": name, "source": "walk_in"})
            add_phone(uow, new_id(), {"customer_id": customer_id, "number": f"+861549999000{number}"})
        uow.commit()
    return actor.org_id


def _hire(services: Services, org_id: str, size: Size) -> int:
    """Add salespeople in teams of their own until there are as many as asked for. How many were added."""
    wanted = range(len(_named_sellers()), size.staff)
    with services.writing(system_actor(org_id)) as uow:
        users, units = uow.find(User), uow.find(OrgUnit)
        there = {user.username for user in users}
        missing = [number for number in wanted if _further_username(number) not in there]
        if not missing:
            return 0
        hashed = next(user.password_hash for user in users if user.username == cast.ADMIN)
        by_name = {unit.name: unit.id for unit in units}
        roles = tuple(role_ids(uow, "salesperson"))
        for number in missing:
            team = f"{number // cast.TEAM_OF_MORE + 3} 区 Team {number // cast.TEAM_OF_MORE + 3}"
            if team not in by_name:
                by_name[team] = create_unit(uow, parent_id=by_name[cast.SALES], kind=UnitKind.TEAM, name=team).id
            create_user(
                uow,
                NewUser(
                    staff=StaffValues(number=f"S{number:04d}", name=invent_name(draw_for(size.seed, "staff", number))),
                    username=_further_username(number),
                    unit_id=by_name[team],
                    role_ids=roles,
                    password_hash=hashed,
                ),
            )
        uow.commit()
    return len(missing)


def _named_sellers() -> list[str]:
    return [person.username for person in cast.PEOPLE if person.role == "salesperson"]


def _further_username(number: int) -> str:
    return f"seller{number:03d}"


def _sellers(services: Services, org_id: str, size: Size) -> list[Actor]:
    """The salespeople as actors, named ones first."""
    usernames = [*_named_sellers(), *(_further_username(n) for n in range(len(_named_sellers()), size.staff))]
    u = c(User)
    with services.reading(org_id) as connection:
        rows = connection.execute(select(u.username, u.id).where(u.org_id == org_id, u.username.in_(usernames)))
        ids = {row.username: row.id for row in rows}
    return [_actor(services, org_id, ids[each]) for each in usernames if each in ids]


def _named(services: Services, org_id: str) -> dict[str, Actor]:
    """The demo's named people as actors, by username."""
    u = c(User)
    with services.reading(org_id) as connection:
        names = [person.username for person in cast.PEOPLE]
        rows = connection.execute(select(u.username, u.id).where(u.org_id == org_id, u.username.in_(names))).all()
    return {row.username: _actor(services, org_id, row.id) for row in rows}


def _actor(services: Services, org_id: str, user_id: str) -> Actor:
    with services.reading(org_id) as connection:
        actor = load_actor(connection, org_id, user_id)
    assert actor is not None  # noqa: S101 (was made or read just before)
    return actor


# -- customers --------------------------------------------------------------------------------------------------------


def _load_customers(services: Services, sellers: Sequence[Actor], size: Size, tell: Tell) -> int:
    """Enter the customers that are not there yet, each as his salesperson. How many were entered."""
    org_id = sellers[0].org_id
    with services.reading(org_id) as connection:
        there = connection.execute(
            select(func.count()).select_from(Customer.__table__).where(c(Customer).org_id == org_id)
        ).scalar_one()
    few = min(size.customers, AT_ONCE)
    if there >= few:
        return 0
    entered = done = 0
    for place, seller in enumerate(sellers):
        numbers = range(place, few, len(sellers))
        for start in range(0, len(numbers), BATCH):
            batch = numbers[start : start + BATCH]
            with services.writing(seller) as uow:
                entered += _enter(uow, batch, size.seed)
                uow.commit()
            done += len(batch)
            tell(done, size.customers)
    return entered


def _enter(uow: UnitOfWork, numbers: Sequence[int], seed: int) -> int:
    ids = {number: demo_id(seed, "customer", number) for number in numbers}
    uow.preload(Customer, ids.values())
    missing = [number for number in numbers if uow.get(Customer, ids[number]) is None]
    projects = [project.id for project in uow.find(Project)] if missing else []
    mine = sorted(project for project in projects if project in uow.actor.reach("customers.read").projects) or projects
    for number in missing:
        invented = invent_customer(seed, number, uow.today())
        project = draw_for(seed, "project", number).choice([None, *mine, *mine])
        create_customer(uow, ids[number], {**invented.values, "project_id": project})
        _describe(uow, ids[number], number, seed, invented)
    return len(missing)


def _describe(uow: UnitOfWork, customer_id: str, number: int, seed: int, invented: InventedCustomer) -> None:
    """His phones and notes."""
    for place, (phone, label, is_current) in enumerate(invented.phones):
        values: dict[str, Any] = {"customer_id": customer_id, "number": phone, "label": label, "is_current": is_current}
        add_phone(uow, demo_id(seed, "phone", number * 10 + place), values)
    before: str | None = None
    for place, note in enumerate(invented.notes):
        note_id = demo_id(seed, "note", number * 10 + place)
        day = datetime.combine(uow.today() - timedelta(days=note.days_ago), time.min, tzinfo=uow.actor.timezone)
        written_at = min((day + timedelta(minutes=note.minute)).astimezone(UTC), uow.now)
        values = {"customer_id": customer_id, "text": note.text, "written_at": written_at}
        if note.reply:
            values["reply_to"] = before
        add_note(uow, note_id, values)
        before = note_id
