"""The command `doorstep demo load`."""

from __future__ import annotations

import time

import click

from server.cli.demo_load.loading import Size, load_demo
from server.cli.terminal import Sorry, progress, services


@click.command()
@click.option(
    "--customers", type=click.IntRange(1, 1_000_000), default=300, show_default=True, help="Customers in all."
)
@click.option(
    "--staff",
    type=click.IntRange(3, 2000),
    default=3,
    show_default=True,
    help="Salespeople, the three named ones included.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed gives other people.")
def load(customers: int, staff: int, seed: int) -> None:
    """Load the demo organisation, and the rival one. Needs DOORSTEP_DEMO=1: its passwords are public.

    The first 300 customers are entered today; those beyond them have come over a year, with all that was done for them.
    What is there already stays as it is, so that loading again changes nothing.
    """
    with services() as opened:
        if not opened.settings.demo:
            raise Sorry("the demo's passwords are public. Set DOORSTEP_DEMO=1 to allow it, never beside real data.")
        begun = time.monotonic()
        with progress("customers") as tell:
            loaded = load_demo(opened, Size(customers, staff, seed), tell)
    if loaded.customers == loaded.days == loaded.staff == loaded.claims == 0:
        click.echo("the demo is there already; nothing was changed")
        return
    click.echo(
        f"loaded {loaded.customers:,} customers, {loaded.days:,} days of field work, {loaded.claims} expense claims and {loaded.staff} "
        f"further salespeople in {time.monotonic() - begun:.1f} s"
    )
