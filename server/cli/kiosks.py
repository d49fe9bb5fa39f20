"""`doorstep kiosk`: which kiosks there are, the code that enrols one, taking one out of service."""

from __future__ import annotations

import click
from sqlalchemy import and_, select

from kiosk.models import Kiosk
from kiosk.operations.stations import issue_code, revoke_kiosk
from server.cli.terminal import Sorry, operator, org_option, services, table
from server.core.clock import to_text
from server.core.rows import c
from server.core.services import Services
from server.membership.models import SalesCentre


@click.group()
def kiosk() -> None:
    """Look after the kiosks of sales centres."""


@kiosk.command(name="list")
@org_option()
def list_kiosks(org: str) -> None:
    """List kiosks by number."""
    k, s = c(Kiosk), c(SalesCentre)
    with services() as opened:
        actor = operator(opened, org)
        statement = (
            select(k.number, k.name, s.name.label("centre"), k.state, k.last_seen_at)
            .join(SalesCentre.__table__, and_(s.org_id == k.org_id, s.id == k.sales_centre_id))
            .where(k.org_id == actor.org_id)
            .order_by(k.number)
        )
        with opened.reading(actor.org_id) as connection:
            rows = connection.execute(statement).all()
    if not rows:
        click.echo("no kiosks")
        return
    shown = [
        (
            str(row.number),
            row.name,
            row.centre,
            row.state,
            "never" if row.last_seen_at is None else to_text(row.last_seen_at),
        )
        for row in rows
    ]
    click.echo(table([("NUMBER", "NAME", "SALES CENTRE", "STATE", "LAST SEEN"), *shown]))


@kiosk.command()
@org_option()
@click.argument("number", type=int)
def code(org: str, number: int) -> None:
    """Issue the one-time code that enrols a kiosk: ten minutes, five tries, one use. Earlier codes of it are void."""
    with services() as opened, opened.writing(operator(opened, org)) as uow:
        _, issued = issue_code(uow, _numbered(opened, uow.org_id, number), key=opened.keys.secret("codes"))
        uow.commit()
    click.echo(f"organisation {org}, kiosk {number}, code {issued[:4]}-{issued[4:]}   (ten minutes, once)")


@kiosk.command()
@org_option()
@click.argument("number", type=int)
def revoke(org: str, number: int) -> None:
    """Take a kiosk out of service at once. Another code brings it back, with another key."""
    with services() as opened, opened.writing(operator(opened, org)) as uow:
        revoked = revoke_kiosk(uow, _numbered(opened, uow.org_id, number))
        uow.commit()
        click.echo(f"{revoked.name}: {revoked.state}")


def _numbered(opened: Services, org_id: str, number: int) -> str:
    k = c(Kiosk)
    with opened.reading(org_id) as connection:
        found = connection.execute(select(k.id).where(k.org_id == org_id, k.number == number)).scalar()
    if found is None:
        raise Sorry(f"there is no kiosk {number}; `doorstep kiosk list` shows them.")
    return str(found)
