"""`doorstep org` and `doorstep user`: begin an organisation, let people in and out, hand over what they leave."""

from __future__ import annotations

import re
import sys
from dataclasses import replace

import click
from sqlalchemy import select

from server.accounts.authentication import Credentials
from server.accounts.models import OrgUnit, User
from server.accounts.operations.organisations import create_organisation
from server.accounts.operations.passwords import issue_reset_code
from server.accounts.operations.roles import SYSTEM_ROLES, role_ids
from server.accounts.operations.staff import NewUser, create_user, disable_user, enable_user
from server.accounts.passwords import choose_password
from server.accounts.queries.staff import user_by_username
from server.accounts.rules import StaffValues, spell_sign_in
from server.cli.terminal import Sorry, operator, org_option, services
from server.core.access import Actor, system_actor
from server.core.rows import c
from server.core.services import Services
from server.customers.ownership import hand_over_portfolio
from sync_protocol.ids import new_id

_PASSWORD = click.option(
    "--password-stdin", is_flag=True, help="Read the first password from standard input, else a one-time code is shown."
)


@click.group()
def org() -> None:
    """Begin organisations."""


@org.command(name="create")
@click.argument("code")
@click.option("--name", required=True, help="As people read it.")
@click.option("--timezone", help="IANA zone of its business days; else DOORSTEP_TIMEZONE.")
@click.option("--currency", default="CNY", show_default=True, help="ISO 4217.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Else DOORSTEP_LANGUAGE.")
@click.option("--admin", default="admin", show_default=True, help="User name of its administrator.")
@_PASSWORD
def create_org(
    code: str, name: str, timezone: str | None, currency: str, language: str | None, admin: str, password_stdin: bool
) -> None:
    """Begin the organisation CODE with an administrator."""
    from server.core.clock import zone_named
    from server.core.money import CURRENCIES

    if currency not in CURRENCIES:
        raise Sorry(f"{currency} is no currency code of ISO 4217.")
    with services() as opened:
        try:
            zone = zone_named(timezone or opened.settings.timezone).key
        except ValueError:
            raise Sorry(f"{timezone} is no IANA time zone such as Asia/Shanghai.") from None
        hashed = _first_password(opened, admin, code) if password_stdin else None
        actor = replace(
            system_actor(new_id(), zone=zone, currency=currency), locale=language or opened.settings.language
        )
        with opened.writing(actor) as uow:
            made, administrator = create_organisation(
                uow, code=code, name=name, admin_password_hash=hashed, admin_username=admin
            )
            uow.commit()
        click.echo(f"organisation {made.code} ({made.id}), administrator {administrator.username}")
        if hashed is None:
            _show_code(opened, system_actor(made.id, zone=zone), administrator.id, administrator.username)


@click.group()
def user() -> None:
    """Let people in and out."""


@user.command(name="create")
@org_option()
@click.argument("username")
@click.option("--name", required=True, help="As people read it.")
@click.option("--number", help="Staff number; else made from the user name.")
@click.option("--unit", help="Name or id of the department or team; else the organisation itself.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    default=["salesperson"],
    show_default=True,
    type=click.Choice(sorted(SYSTEM_ROLES)),
    help="May be given several times.",
)
@_PASSWORD
def create(
    org: str,
    username: str,
    name: str,
    number: str | None,
    unit: str | None,
    roles: tuple[str, ...],
    password_stdin: bool,
) -> None:
    """Add a member of staff."""
    with services() as opened:
        actor = operator(opened, org)
        hashed = _first_password(opened, username, org) if password_stdin else None
        unit_id = _unit(opened, actor, unit)
        with opened.writing(actor) as uow:
            made = create_user(
                uow,
                NewUser(
                    staff=StaffValues(number=number or re.sub(r"[^0-9A-Za-z]+", "-", username), name=name),
                    username=username,
                    unit_id=unit_id,
                    role_ids=tuple(role_ids(uow, *roles)),
                    password_hash=hashed,
                ),
            )
            uow.commit()
        click.echo(f"{made.username} ({made.id}): {', '.join(roles)}")
        if hashed is None:
            _show_code(opened, actor, made.id, made.username)


@user.command()
@org_option()
@click.argument("username")
@click.option(
    "--undo", is_flag=True, help="Let him in again; his devices stay as they are, and so does what was handed over."
)
@click.option("--to", help="Who gets his customers and what he had to do; else who leads him.")
def disable(org: str, username: str, undo: bool, to: str | None) -> None:
    """Take a person's way in: sessions end now, devices are emptied at their next contact, open customers get a new owner."""
    with services() as opened:
        actor = operator(opened, org)
        found = _user(opened, actor, username)
        heir_id = None if to is None else _user(opened, actor, to).id
        with opened.writing(actor) as uow:
            changed = enable_user(uow, found.id) if undo else disable_user(uow, found.id, heir_id=heir_id)
            uow.commit()
    click.echo(f"{changed.username}: {changed.state}")


@user.command()
@org_option()
@click.argument("username")
def code(org: str, username: str) -> None:
    """Show a one-time code with which a person chooses a new password."""
    with services() as opened:
        actor = operator(opened, org)
        _show_code(opened, actor, _user(opened, actor, username).id, username)


@user.command()
@org_option()
@click.argument("from_", metavar="FROM")
@click.argument("to", metavar="TO")
@click.option("--reason", required=True, help="Kept in the customers' histories.")
@click.option("--closed", is_flag=True, help="Also customers that are lost or dead.")
def handover(org: str, from_: str, to: str, reason: str, closed: bool) -> None:
    """Give all customers of FROM to TO, with plans, visits and follow-ups; devices hear of it at their next contact."""
    with services() as opened:
        actor = operator(opened, org)
        leaver, heir = _user(opened, actor, from_), _user(opened, actor, to)
        with opened.writing(actor) as uow:
            count = hand_over_portfolio(uow, leaver.id, heir.id, reason, include_closed=closed)
            uow.commit()
    click.echo(f"{count} customers of {leaver.username} now belong to {heir.username}")


def _user(opened: Services, actor: Actor, username: str) -> User:
    with opened.reading(actor.org_id) as connection:
        found = user_by_username(connection, actor.org_id, spell_sign_in(username))
    if found is None:
        raise Sorry(f"there is no user “{username}” in this organisation.")
    return found


def _unit(opened: Services, actor: Actor, wanted: str | None) -> str:
    n = c(OrgUnit)
    with opened.reading(actor.org_id) as connection:
        units = connection.execute(select(n.id, n.name, n.parent_id).where(n.org_id == actor.org_id)).all()
    if wanted is None:
        return str(next(unit_id for unit_id, _, parent in units if parent is None))
    found = [unit_id for unit_id, name, _ in units if wanted in (unit_id, name)]
    if len(found) != 1:
        known = ", ".join(sorted(name for _, name, _ in units))
        raise Sorry(f"{'no' if not found else 'more than one'} unit “{wanted}”. Units: {known}.")
    return str(found[0])


def _first_password(opened: Services, username: str, org_code: str) -> str:
    typed = sys.stdin.readline().rstrip("\r\n")
    return Credentials.of(opened).hashes.hash(choose_password(typed, username=username, org_code=org_code))


def _show_code(opened: Services, actor: Actor, user_id: str, username: str) -> None:
    with opened.writing(actor) as uow:
        shown = issue_reset_code(uow, user_id, key=Credentials.of(opened).code_key)
        uow.commit()
    click.echo(
        f"one-time code for {username}, good for ten minutes, to choose a password with: {shown[:4]}-{shown[4:]}"
    )
