"""`doorstep device`: which devices there are, and taking one's way in."""

from __future__ import annotations

import click
from sqlalchemy import and_, select

from server.accounts.models import Device, User
from server.accounts.operations.devices import revoke_device
from server.cli.terminal import Sorry, operator, org_option, services, table
from server.core.clock import to_text
from server.core.rows import c
from sync_protocol.ids import is_id


@click.group()
def device() -> None:
    """Look after the devices of staff."""


@device.command(name="list")
@org_option()
@click.option("--user", "username", help="Only those of one person.")
@click.option(
    "--state", type=click.Choice(["active", "revoked", "wipe_pending", "wiped"]), help="Only those in this state."
)
def list_devices(org: str, username: str | None, state: str | None) -> None:
    """List devices, last seen first."""
    d, u = c(Device), c(User)
    with services() as opened:
        actor = operator(opened, org)
        statement = (
            select(d.id, u.username, d.name, d.platform, d.app_version, d.state, d.last_seen_at)
            .join(User.__table__, and_(u.org_id == d.org_id, u.id == d.user_id))
            .where(d.org_id == actor.org_id)
            .order_by(d.last_seen_at.desc())
        )
        if username is not None:
            statement = statement.where(u.username == username)
        if state is not None:
            statement = statement.where(d.state == state)
        with opened.reading(actor.org_id) as connection:
            rows = connection.execute(statement).all()
    if not rows:
        click.echo("no devices")
        return
    shown = [(*(str(each) for each in row[:-1]), to_text(row[-1])) for row in rows]
    click.echo(table([("ID", "USER", "NAME", "PLATFORM", "APP", "STATE", "LAST SEEN"), *shown]))


@device.command()
@org_option()
@click.argument("device_id")
@click.option("--wipe", is_flag=True, help="Tell it to empty itself at its next contact.")
def revoke(org: str, device_id: str, wipe: bool) -> None:
    """Take a device's way in at once. What it had not sent yet goes to quarantine when it comes back."""
    if not is_id(device_id):
        raise Sorry(f"{device_id} is no device's id; `doorstep device list` shows them.")
    with services() as opened, opened.writing(operator(opened, org)) as uow:
        revoked = revoke_device(uow, device_id, wipe=wipe)
        uow.commit()
        click.echo(f"{revoked.name}: {revoked.state}")
