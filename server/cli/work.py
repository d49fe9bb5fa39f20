"""`doorstep worker`: runs background jobs until it is told to stop."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

import click

from server import worker as jobs
from server.cli.terminal import services, stop_with_parent
from server.core.db import wait_until_reachable


@click.command()
@click.option("--with-parent", is_flag=True, hidden=True)
@click.option("--threads", type=click.IntRange(1, 64), help="Jobs at a time; else DOORSTEP_WORKER_THREADS.")
def worker(threads: int | None, with_parent: bool) -> None:
    """Run background jobs. Any number of workers may run at once.

    SIGTERM or Ctrl-C: finishes what it holds, for 45 s at most, and leaves the rest to lapse. A second one: ends at once.
    """
    from server.accounts.queries.actors import load_actor

    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(1)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    if with_parent:
        stop_with_parent()
    with services() as opened:
        wait_until_reachable(opened.database, 30)
        finished = jobs.run(opened, stop, load_actor=load_actor, threads=threads)
    sys.stdout.flush()
    if not finished:
        os._exit(0)  # what still runs is a thread that hangs: its lease lapses, and nothing here may wait for it
