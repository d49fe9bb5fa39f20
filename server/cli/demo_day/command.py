"""The command line of the day: plays it, prints it, and ends with the verdict."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path

import click

import server.registry  # noqa: F401 - makes the collections known
from server.cli.demo_day.people import NotPlayable
from server.cli.demo_day.play import assemble, play
from server.cli.demo_day.reckoning import board_of, issues_of, reckon
from server.cli.demo_day.scene import PHOTOS, Cast, Day
from server.core.collections import shapes
from sync_protocol.phone import LineBroken, SignInRefused

_COLUMNS = ("planned", "done", "unplanned", "late", "outside", "cancelled", "missed")


@click.command("day")
@click.option("--url", default=None, help="The running server; DOORSTEP_URL, else http://127.0.0.1:8080.")
@click.option("--photos", default=PHOTOS, show_default=True, type=click.IntRange(2, 40), help="Pictures of receipts.")
def demo_day(url: str | None, photos: int) -> None:
    """Live a day without a network with three simulated phones against a running server.

    Plays the latest business day that is over. Each run has its own number and customers, changes only what it made, and
    can be repeated. The last line is the verdict; the exit code is 1 when anything is lost, doubled or different.
    """
    address = url or os.environ.get("DOORSTEP_URL") or "http://127.0.0.1:8080"
    try:
        with tempfile.TemporaryDirectory(prefix="doorstep-day-") as folder:
            _play(address, Path(folder), photos)
    except NotPlayable as error:
        raise click.ClickException(str(error)) from None
    except LineBroken:
        raise click.ClickException(f"nothing answers at {address}; start it with `make run`") from None
    except SignInRefused as error:
        raise click.ClickException(
            f"the server refused the sign-in ({error.code}); it needs the demo organisation: DOORSTEP_DEMO=1 and "
            "`doorstep demo load`"
        ) from None


def _play(address: str, folder: Path, photos: int) -> None:
    cast, day = assemble(address, folder, shapes(), photos=photos)
    click.secho(f"Demo day {day.number}, {day.on:%A %d %B %Y}, organisation demo, zone {day.zone}", bold=True)
    play(cast, day, lambda at, what: click.echo(f"  {at}  {what}"))
    failed = _print_reckoning(cast, day)
    _print_issues(cast)
    _print_board(cast, day)
    if failed:
        click.secho(f"DIFFERENT: {failed} of the checks above failed.", fg="red", bold=True)
        raise SystemExit(1)
    click.secho("Nothing lost, nothing doubled; all three phones and the server agree.", fg="green", bold=True)


def _print_reckoning(cast: Cast, day: Day) -> int:
    click.secho("\nWhat arrived", bold=True)
    failed = 0
    for finding in reckon(cast, day):
        mark = click.style("ok ", fg="green") if finding.ok else click.style("NOT", fg="red", bold=True)
        counted = isinstance(finding.expected, list | set | Counter) and len(finding.expected) > 1
        click.echo(f"  {mark} {finding.what}" + (f": {len(finding.expected)}" if finding.ok and counted else ""))
        if not finding.ok:
            failed += 1
            click.echo(f"        expected {_short(finding.expected)}\n        found    {_short(finding.found)}")
    return failed


def _print_issues(cast: Cast) -> None:
    click.secho("\nWhat was not taken as it was meant, and why (GET /api/v1/sync-issues)", bold=True)
    for issue in issues_of(cast):
        values = (
            f"{issue['attempted']} / {issue['kept']}" if issue["verdict"] == "conflict" else str(issue["params"] or "")
        )
        click.echo(f"  {issue['verdict']:9} {issue['collection']}.{issue['action']:7} {issue['code']}  {values}")


def _print_board(cast: Cast, day: Day) -> None:
    click.secho(f"\nThe supervisor's board of {day.on} (GET /api/v1/board)", bold=True)
    click.echo("  " + f"{'':22}" + "".join(f"{name:>11}" for name in _COLUMNS))
    for person in board_of(cast, day):
        numbers = "".join(f"{person['counts'][name]:>11}" for name in _COLUMNS)
        click.echo(f"  {person['name'][:20]:22}{numbers}")
    click.echo()


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 300 else text[:300] + " …"
