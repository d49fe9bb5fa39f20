"""`doorstep serve`: the web server. gunicorn with threads, set up from our settings alone."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from server.cli.terminal import declare_everything, services, settings, stop_with_parent
from server.cli.web_worker import PatientWorker, QuietLog, adapt_gunicorn
from server.config import Settings
from server.core.db import wait_until_reachable

GRACEFUL_SECONDS = 40
"""How long a stopping server waits for requests under way; waiting devices are answered at once."""


_METRICS = "doorstep-metrics-"


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn without its command line, its configuration files and its environment variables."""

    def __init__(self, found: Settings) -> None:
        self.settings = found
        super().__init__()

    def load_config(self) -> None:
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        options: dict[str, Any] = {
            "bind": f"{host}:{self.settings.port}",
            "workers": self.settings.web_processes,
            "threads": self.settings.web_threads,
            "worker_class": PatientWorker,
            "worker_connections": 1000,
            "timeout": 60,
            "graceful_timeout": GRACEFUL_SECONDS,
            "keepalive": 20,
            "sendfile": False,  # past PacedSocket it would be
            "limit_request_line": 8190,
            "limit_request_fields": 100,
            "limit_request_field_size": 16_384,
            "logger_class": QuietLog,
            "loglevel": "warning",
            "control_socket_disable": True,
            "forwarded_allow_ips": "",  # PROXY_HOPS decides what is believed, in the application
            "proc_name": "doorstep",
            "child_exit": _forget_metrics,
            "on_exit": _remove_metrics,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application of one web process, made after the fork: connections are not shared between processes."""
        declare_everything()
        from mobile_api.views import WAITERS
        from server.app import create_app
        from server.core.services import open_services

        app = create_app(open_services(self.settings))
        PatientWorker.when_stopping = app.extensions[WAITERS].release
        # What is loaded by now stays; looking through it again and again for garbage took a tenth of a push.
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)
        return app


def here(found: Settings) -> Settings:
    """In development, where nobody said what the public address is, it is where this machine listens."""
    if found.is_production or os.environ.get("DOORSTEP_PUBLIC_URL"):
        return found
    host = "127.0.0.1" if found.host in ("0.0.0.0", "::") else found.host  # noqa: S104 (compared, not bound)
    return replace(found, public_url=f"http://{host}:{found.port}")


def _forget_metrics(_server: Any, worker: Any) -> None:
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def _remove_metrics(_server: Any) -> None:
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
    if Path(folder).name.startswith(_METRICS):  # ours; one that was given stays
        shutil.rmtree(folder, ignore_errors=True)


@click.command()
@click.option("--with-parent", is_flag=True, hidden=True)
@click.option("--host", help="Address to listen on; else DOORSTEP_HOST.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; else DOORSTEP_PORT.")
def serve(host: str | None, port: int | None, with_parent: bool) -> None:
    """Run the web server. SIGTERM or Ctrl-C: answers what is under way, then stops."""
    for name, value in (("DOORSTEP_HOST", host), ("DOORSTEP_PORT", port)):
        if value is not None:
            os.environ[name] = str(value)
    found = here(settings())
    if found.web_processes > 1 and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        # Has to be there before anything imports prometheus_client.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix=_METRICS)
    with services(migrated=False) as opened:
        wait_until_reachable(opened.database, 30)
    with services():
        pass  # refuses an old schema here, in words, and not in each web process by a traceback
    adapt_gunicorn()
    if with_parent:
        stop_with_parent()
    Server(found).run()
