"""The settings: every environment variable the product reads, declared once. docs/settings.md is generated from here.

Reads the environment it is given and nothing else: no files, no database.
"""

# ruff: noqa: RUF009  (`setting` returns a dataclass field, also for a Path)

from __future__ import annotations

import dataclasses
import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any, Literal, TypeVar

from server.core.setting_values import (
    Parse,
    address,
    flag,
    hosts,
    hours,
    number,
    one_of,
    origin,
    path,
    text,
    time_of_day,
    zone,
)  # fmt: skip

PREFIX = "DOORSTEP_"
TEST_PREFIX = "DOORSTEP_TEST_"
"""Read by the tests alone; no settings of the product."""

VAR = Path("var")

T = TypeVar("T")

_MIN_SECRET = 32
_WEAK = (
    "changeme",
    "change-me",
    "secret",
    "default",
    "password",
    "example",
    "doorstep",
    "insecure",
    "development",
    "replace",
)


class BadSettings(Exception):
    """Settings the product cannot start with. `complaints` has one plain sentence each, none with a secret in it."""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = complaints


@dataclass(frozen=True, slots=True)
class Declared:
    """What is said of a setting beside its type. doc: English. secret: never shown. required: in production."""

    doc: str
    parse: Parse[Any]
    shown_default: str
    secret: bool = False
    required: bool = False


def setting(
    parse: Parse[T], default: T, doc: str, *, shown: str | None = None, secret: bool = False, required: bool = False
) -> T:
    """Declare a setting as a dataclass field. shown: how the page prints the default."""
    declared = Declared(
        doc, parse, str(default if default is not None else "") if shown is None else shown, secret, required
    )
    return dataclasses.field(default=default, metadata={"declared": declared}, repr=not secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What this process was told by its environment. Secrets are kept out of its repr."""

    env: Literal["development", "production"] = setting(
        one_of("development", "production"),
        "development",
        "In `production` nothing is made up: keys must be given, unknown settings are refused, /metrics needs its token.",
    )
    database_url: str = setting(
        address("sqlite", "postgresql"),
        "sqlite:///var/doorstep.sqlite3",
        "The database: SQLite for one machine, PostgreSQL for more. With PostgreSQL, log in as a role that neither owns the "
        "tables nor bypasses row level security; the start refuses another.",
        secret=True,
    )
    migration_database_url: str | None = setting(
        address("sqlite", "postgresql"),
        None,
        "The same database as its owner, for `doorstep db …`. Empty: DATABASE_URL.",
        secret=True,
    )
    redis_url: str | None = setting(
        address("redis", "rediss"),
        None,
        "Optional. Shares rate limits between web processes; without it each process counts for itself, so that N processes "
        "let through up to N times as much.",
        secret=True,
    )
    secret_key: str | None = setting(
        text,
        None,
        "At least 32 random characters, from which the secrets for refresh tokens, cursors and commitments are derived. Made "
        "on the first run in development. `python3 -c 'import secrets; print(secrets.token_urlsafe(48))'` makes one.",
        secret=True,
        required=True,
    )
    keys_dir: Path = setting(
        path,
        VAR / "keys",
        "Directory of the keys that sign access tokens (`access-*.pem`, mode 0600). Made on the first run in development.",
        required=True,
    )
    public_url: str = setting(
        origin,
        "http://127.0.0.1:8080",
        "The address people and devices reach this server at. With https, browsers are told to insist on it (HSTS).",
        required=True,
    )
    host: str = setting(str, "127.0.0.1", "Address to listen on.")
    port: int = setting(number(1, 65535), 8080, "Port to listen on.")
    url: str = setting(origin, "http://127.0.0.1:8080", "The server that commands such as `doorstep demo day` talk to.")
    timezone: str = setting(
        zone, "Asia/Shanghai", "Time zone of a new organisation. An organisation's own zone is kept in the database."
    )
    language: Literal["zh", "en"] = setting(
        one_of("zh", "en"), "zh", "Language of answers to a caller who names neither zh nor en and is not signed in."
    )
    proxy_hops: int = setting(
        number(0, 10),
        0,
        "How many proxies stand in front, exactly. Too few, and all callers share one address; too many, and callers can "
        "forge theirs.",
    )
    web_processes: int = setting(number(1, 64), 1, "Web processes; 1 on SQLite.")
    web_threads: int = setting(
        number(2, 256), 16, "Threads of a web process. At most half of them wait for news for devices."
    )
    rate_limits: bool = setting(flag, True, "Whether sign-in, refresh, push and export are limited.", shown="1")
    worker_threads: int = setting(number(1, 64), 2, "Jobs a worker runs at a time.")
    worker_poll_seconds: int = setting(number(1, 300), 2, "How often an idle worker looks for due jobs.")
    worker_lease_seconds: int = setting(
        number(10, 3600), 120, "How long a job is a worker's own before another may take it."
    )
    blob_dir: Path = setting(
        path,
        VAR / "blobs",
        "Directory of uploaded pictures; made when it is missing. Web processes and workers share it; on several machines it "
        "is on a file system that all of them see and that keeps file locks between them. `doorstep backup` does not hold it.",
    )
    metrics_token: str | None = setting(
        text, None, "Bearer token of /metrics. Empty: open in development, closed in production.", secret=True
    )
    log_format: Literal["console", "json"] = setting(one_of("console", "json"), "console", "`json`: one object a line.")
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        one_of("debug", "info", "warning", "error"), "info", "The least of what is logged."
    )
    demo: bool = setting(flag, False, "Allows the demo organisation, whose password is public.", shown="0")
    fcm_credentials: Path | None = setting(
        path,
        None,
        "File with the service account of Firebase Cloud Messaging.",
    )
    notify: bool = setting(
        flag,
        True,
        "Whether pushes, mail and text messages leave the house. 0 holds all of them; inboxes go on, and when it is 1 again "
        "each person gets one message for what was held.",
        shown="1",
    )
    notify_org_per_hour: int = setting(
        number(1, 1_000_000), 2000, "Messages an organisation sends an hour; more than that is held for a while."
    )
    quiet_hours: tuple[time, time] = setting(
        hours,
        (time(22), time(7)),
        "When people who did not choose for themselves are not called, by their own clock. Equal times: never quiet.",
        shown="22:00-07:00",
    )
    remind_at: time = setting(
        time_of_day, time(9), "When people who did not choose are reminded of what is due on a day.", shown="09:00"
    )
    push_hosts: frozenset[str] = setting(
        hosts,
        frozenset(),
        "Further hosts that Web Push may be sent to, beside those of the browsers' makers: names, or *.name.",
        shown="",
    )
    vapid_private_key: str | None = setting(
        text,
        None,
        "Key of Web Push: base64url of the P-256 scalar. Without it, `vapid.pem` of KEYS_DIR, which is made on the first run "
        "in development; with neither there is no Web Push.",
        secret=True,
    )
    vapid_subject: str | None = setting(
        address("mailto", "https"), None, "Whom a push service writes to: mailto: or https: address."
    )
    smtp_url: str | None = setting(
        address("smtp", "smtps"), None, "Mail server: smtp://user:password@host:587.", secret=True
    )
    mail_from: str | None = setting(text, None, "Sender of mail.")
    sms_url: str | None = setting(address("http", "https"), None, "Gateway for text messages.", secret=True)
    sms_token: str | None = setting(text, None, "Bearer token of that gateway.", secret=True)

    @property
    def is_production(self) -> bool:
        """Whether this installation holds real data."""
        return self.env == "production"

    @property
    def is_https(self) -> bool:
        """Whether the public address is an https one."""
        return self.public_url.startswith("https:")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read all settings. Raises BadSettings with every complaint at once."""
        environ = os.environ if environ is None else environ
        complaints: list[str] = []
        values: dict[str, Any] = {}
        for name, declared in declarations().items():
            given = environ.get(PREFIX + name.upper(), "")
            if not given.strip():
                continue  # set to nothing is not set
            try:
                values[name] = declared.parse(given)
            except ValueError as error:
                complaints.append(f"{PREFIX}{name.upper()} {error}.")
        if complaints:
            raise BadSettings(complaints)
        settings = cls(**values)
        complaints = list(_complaints(settings, values, unknown_names(environ)))
        if complaints:
            raise BadSettings(complaints)
        return settings


def declarations() -> dict[str, Declared]:
    """All settings by field name, in the order of the page."""
    return {field.name: field.metadata["declared"] for field in dataclasses.fields(Settings)}


def unknown_names(environ: Mapping[str, str]) -> list[str]:
    """Variables with our prefix that are no setting: misspelt, or of another version."""
    known = {PREFIX + name.upper() for name in declarations()}
    return sorted(
        name for name in environ if name.startswith(PREFIX) and name not in known and not name.startswith(TEST_PREFIX)
    )


def _complaints(settings: Settings, given: Mapping[str, Any], unknown: list[str]) -> list[str]:
    found = []
    if settings.secret_key is not None and _is_weak(settings.secret_key):
        found.append(
            f"{PREFIX}SECRET_KEY is a sample or too easy to guess; it needs at least {_MIN_SECRET} random characters."
        )
    if settings.is_production:
        for name, declared in declarations().items():
            if declared.required and not given.get(name):
                found.append(f"{PREFIX}{name.upper()} is required in production.")
        for name in unknown:
            near = difflib.get_close_matches(name.removeprefix(PREFIX), [each.upper() for each in declarations()], n=1)
            found.append(f"{name} is no setting" + (f"; did you mean {PREFIX}{near[0]}?" if near else "."))
    if settings.database_url.startswith("sqlite") and settings.web_processes > 1:
        found.append(f"{PREFIX}WEB_PROCESSES is 1 on SQLite.")
    return found


def _is_weak(secret: str) -> bool:
    plain = secret.lower()
    return len(secret) < _MIN_SECRET or len(set(secret)) < 12 or any(plain.startswith(each) for each in _WEAK)
