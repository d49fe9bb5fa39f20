"""`doorstep run`: the whole product in one go: migrate, load the demo, web server and worker as children."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from types import FrameType

import click

from server.cli.databases import bring_up
from server.cli.terminal import Sorry, box, organisations, services, settings
from server.config import Settings

PATIENCE = 55.0
"""Seconds that stopping children get: the server waits 40, the worker 45."""


@click.command()
def run() -> None:
    """Run everything: bring the database up, load the demo when it is empty (DOORSTEP_DEMO=1), then web server and worker.

    Ctrl-C or SIGTERM stops both and waits for them. When one of them ends by itself, the other is stopped and the exit code
    is 1.
    """
    found = settings()
    _refuse_taken(found)
    before, after = bring_up(found)
    if before != after:
        click.echo(f"database: {after}")
    if found.demo:
        _load_demo()
    crew = _Crew()
    crew.start("serve")
    crew.start("worker")
    if crew.wait_until_answering(found):
        click.echo(box(_welcome(found)))
    if not crew.watch():
        raise SystemExit(1)


class _Crew:
    """The children. Signals to the parent are handed on; Ctrl-C reaches only the parent, children have their own group."""

    def __init__(self) -> None:
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)

    def start(self, command: str) -> None:
        """Start `doorstep COMMAND` with the environment as it is."""
        self._children[command] = subprocess.Popen(  # noqa: S603 (this very program)
            [sys.executable, "-m", "server.cli", command, "--with-parent"],
            start_new_session=True,
            stdin=subprocess.PIPE,
        )

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._stopping:  # the second Ctrl-C
            for child in self._children.values():
                child.kill()
        self._stopping = True

    def wait_until_answering(self, found: Settings) -> bool:
        """Whether the web server came up; False when a child ended or a signal came first."""
        while not self._stopping and all(child.poll() is None for child in self._children.values()):
            if _answers(found):
                return True
            time.sleep(0.1)
        return False

    def watch(self) -> bool:
        """Wait until told to stop or a child ends; then stop all. Whether all ended as they should."""
        while not self._stopping and all(child.poll() is None for child in self._children.values()):
            time.sleep(0.1)
        ended = [name for name, child in self._children.items() if child.poll() is not None]
        if not self._stopping:
            for name in ended:
                click.echo(f"doorstep {name} ended with {self._children[name].returncode}; stopping the rest", err=True)
        else:
            click.echo("stopping …", err=True)
        asked = self._stopping
        self._stop()
        return asked and all(child.returncode in (0, -signal.SIGTERM) for child in self._children.values())

    def _stop(self) -> None:
        for child in self._children.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        for child in self._children.values():
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _refuse_taken(found: Settings) -> None:
    """Raise Sorry when something listens at our address already: found out before anything is started."""
    try:
        with socket.create_server((found.host, found.port), reuse_port=False):
            pass
    except OSError as error:
        raise Sorry(
            f"cannot listen on {found.host}:{found.port}: {error.strerror}. Choose another port: "
            "`make run PORT=8081`, or DOORSTEP_PORT=8081."
        ) from None


def _answers(found: Settings) -> bool:
    try:
        with socket.create_connection((_reached(found), found.port), timeout=2) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(15).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _reached(found: Settings) -> str:
    return "127.0.0.1" if found.host in ("0.0.0.0", "::") else found.host  # noqa: S104 (compared, not bound)


def _load_demo() -> None:
    with services() as opened:
        if organisations(opened):
            return
        from server.cli.demo_load import Size, load_demo

        click.echo("empty database: loading the demo organisation …")
        load_demo(opened, Size())


def _welcome(found: Settings) -> list[str]:
    here = f"http://{_reached(found)}:{found.port}"
    lines = [
        "Doorstep is running. Ctrl-C stops it.",
        "",
        f"  start page     {here}/",
        f"  API            {here}/api/v1/docs",
    ]
    if found.demo:
        from server.cli.demo_load import LOGINS, PASSWORD

        lines += ["", f"  organisation demo, password of all: {PASSWORD}"]
        lines += [f"    {username:<12} {says}" for username, says in LOGINS]
        lines += ["  organisation rival, user spy: sees nothing of the above"]
        lines += ["  a code for kiosk 1:  .venv/bin/doorstep kiosk code --org demo 1"]
    return lines
