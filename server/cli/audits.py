"""`doorstep sync audit` and `doorstep audit verify`: does what is stored agree with itself?"""

from __future__ import annotations

import time
from typing import Any

import click

from server.cli.terminal import Sorry, Tell, chosen, operator, org_option, progress, services, table
from server.core.job_requests import get_job
from server.core.services import Services


@click.group()
def sync() -> None:
    """Look after what devices are told."""


@sync.command(name="audit")
@org_option(required=False)
@click.option("--show", default=50, metavar="N", help="How many findings to print.", show_default=True)
def sync_audit(org: str | None, show: int) -> None:
    """Check that feed, rows and ledger agree. Reads only; exits with 1 when they do not."""
    from server.core.audit import REASONS, audit

    wrong = 0
    with services() as opened:
        for code, org_id in chosen(opened, org).items():
            with progress(f"{code}: rows and entries") as tell:
                report = audit(opened.database, org_id, progress=tell)
            click.echo(
                f"{code}: {report.rows:,} rows, {report.entries:,} feed entries, {report.enrolments:,} ledgers: "
                + ("all agree" if not report.total else f"{report.total:,} findings")
            )
            shown = [(each.table, each.row_id, each.reason, each.bucket) for each in report.findings[:show]]
            if shown:
                click.echo(table([("TABLE", "ROW", "REASON", "BUCKET"), *shown], indent="  "))
                for reason in sorted({each.reason for each in report.findings}):
                    click.echo(f"  {reason}: {REASONS[reason]}")
            wrong += report.total
    if wrong:
        raise Sorry(f"{wrong:,} findings. Nothing was changed.")


@click.group()
def audit() -> None:
    """Look after the audit log."""


@audit.command()
@org_option(required=False)
@click.option("--job", "as_job", is_flag=True, help="Leave it to a worker, and wait for what it finds.")
@click.option("--wait", default=600, metavar="SECONDS", help="How long to wait for the worker.", show_default=True)
def verify(org: str | None, as_job: bool, wait: int) -> None:
    """Walk the hash chain of the audit log. Exits with 1 and names the first place where it does not hold."""
    from server.core.verify import verify_chain

    broken = []
    with services() as opened:
        for code, org_id in chosen(opened, org).items():
            with progress(f"{code}: events") as tell:
                if as_job:
                    found = _by_worker(opened, code, wait, tell)
                else:
                    found = verify_chain(opened.database, org_id, progress=tell).to_result()
            place = found["broken"]
            if place is None:
                click.echo(f"{code}: {found['events']:,} events, the chain holds; head {found['head'][:16]}…")
            else:
                click.echo(f"{code}: {found['events']:,} events hold; broken at {place['n']} ({place['reason']})")
                broken.append(code)
    if broken:
        raise Sorry(f"the audit log was changed behind the product's back in: {', '.join(broken)}.")


def _by_worker(opened: Services, code: str, wait: int, tell: Tell) -> dict[str, Any]:
    """Leave the check as a job and look at it until it ends. Raises Sorry when it does not end well or in time."""
    from server.core.verify import KIND

    actor = operator(opened, code)
    with opened.writing(actor) as uow:
        job_id = uow.enqueue(KIND, {}, max_attempts=3)
        uow.commit()
    until = time.monotonic() + wait
    while True:
        with opened.reading(actor.org_id) as connection:
            job = get_job(connection, actor, job_id)
        tell(job.progress_done, job.progress_total)
        if job.state == "done":
            result: dict[str, Any] = job.result
            return result
        if job.state not in ("waiting", "leased"):
            raise Sorry(f"{code}: the job {job_id} ended as {job.state}: {job.problem}")
        if time.monotonic() > until:
            raise Sorry(
                f"{code}: the job {job_id} is still {job.state} after {wait} s. Is a worker running (`doorstep worker`)? "
                "Its result will be at /api/v1/jobs."
            )
        time.sleep(0.2)
