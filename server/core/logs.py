"""Logging: one line of fixed words and allowed keys for each thing that happened. Never names, phones, tokens, addresses.

What is not on the list does not get out, whoever logs it: keys outside ALLOWED are dropped (their names are kept in
`dropped`), an event must be fixed lower-case words, exceptions show their class and place but not their text, and what
libraries log shows its template without the values.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, Literal

import structlog

ALLOWED = frozenset(
    {
        # what structlog sets
        "event", "level", "timestamp", "part", "logger",
        # who and where, by id only
        "request_id", "org_id", "user_id", "device_id", "session_id", "enrolment_id", "job_id", "run",
        # what
        "method", "route", "status", "operation", "operations", "collection", "action", "code", "verdict", "kind", "topic",
        "function", "state", "setting", "limit", "version", "revision", "purpose", "check", "checks", "reason_code",
        # how much and how long
        "ms", "bytes", "count", "rows", "attempt", "attempts", "head", "seq", "lag", "done", "total", "port", "pid", "workers",
        # what went wrong
        "error", "at", "dropped",
    }
)  # fmt: skip
"""Keys that may appear in a log line. A new one is added here, with the question whether it can ever hold a name or number."""

_EVENT = re.compile(r"[a-z][a-z0-9 ,.:_-]{0,99}")
_NUMBER_RUN = re.compile(r"\d{5,}")
_MAX_VALUE = 200
_FRAMES = 12

_OUTSPOKEN = ("gunicorn.error", "alembic.runtime.migration")
"""Loggers whose INFO lines are about the installation only and are shown filled in."""


def _write(line: str) -> None:
    """Put a line on stderr as it is now. A disk or pipe that is gone must not fail the request that is logged."""
    with contextlib.suppress(OSError, ValueError):
        print(line, file=sys.stderr, flush=True)  # noqa: T201


class _Lines:
    """What structlog hands finished lines to."""

    def msg(self, line: str) -> None:
        _write(line)

    log = debug = info = warning = warn = error = critical = fatal = failure = exception = msg


class _Handler(logging.Handler):
    """What the standard module hands records to."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            _write(self.format(record))
        except Exception:  # noqa: BLE001 (what the standard module's own handlers do)
            self.handleError(record)


EventDict = MutableMapping[str, Any]
Level = Literal["debug", "info", "warning", "error"]


def configure(log_format: Literal["json", "console"], level: Level = "info") -> None:
    """Set up logging for this process; the last call counts. Lines go to stderr."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        safe_exception,
        only_allowed,
    ]
    renderer: structlog.typing.Processor
    if log_format == "json":
        renderer = structlog.processors.JSONRenderer(sort_keys=True)
    else:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=_no_exception)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_Lines,
        cache_logger_on_first_use=False,
    )
    handler = _Handler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_from_library, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.getLevelNamesMapping()[level.upper()], logging.INFO))
    for name in ("werkzeug", "sqlalchemy", "urllib3", "google", "firebase_admin"):
        logging.getLogger(name).setLevel(logging.WARNING)


def logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger. Call it with fixed words and allowed keys: `log.info("push applied", operations=12, ms=34)`."""
    bound: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=name)  # noqa: TID251 - here and nowhere else
    return bound


def bind(**context: object) -> None:
    """Add to every line of this request or job: `bind(device_id=…, operation=…)`. Keys as in ALLOWED."""
    structlog.contextvars.bind_contextvars(**context)


def unbind_all() -> None:
    """Forget what was bound. Called at the start of each request and job: threads are used again."""
    structlog.contextvars.clear_contextvars()


def only_allowed(_logger: object, _method: str, line: EventDict) -> EventDict:
    """Keep what may get out. The names of what was dropped stay: they are ours, and missing data should be noticed."""
    allowed = {
        key: _plain(value) for key, value in line.items() if key in ALLOWED or key in ("_record", "_from_structlog")
    }
    dropped = sorted(key for key in line.keys() - allowed.keys() if key.isidentifier())
    if dropped:
        allowed["dropped"] = dropped
    event = str(line.get("event", ""))
    if not line.get("_record") and (not _EVENT.fullmatch(event) or _NUMBER_RUN.search(event)):
        allowed["event"] = "an event that is not fixed words"
    return allowed


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | logging.LogRecord):
        return value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value)[:_MAX_VALUE]


def safe_exception(_logger: object, _method: str, line: EventDict) -> EventDict:
    """Turn an exception into its class and where it was raised. Its text may quote a row, a header or a parameter."""
    given = line.pop("exc_info", None)
    line.pop("exception", None)
    line.pop("stack_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        line["error"] = " < ".join(_class_name(each) for each in _chain(error))
        line["at"] = places(error.__traceback__)
    return line


def places(trace: TracebackType | None) -> list[str]:
    """Where a traceback went through, innermost last: `server/core/uow.py:88 commit`. No source lines, no values."""
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    return [
        f"{'/'.join(frame.filename.replace(chr(92), '/').split('/')[-3:])}:{frame.lineno} {frame.name}"
        for frame in frames
    ]


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain and len(chain) < 5:
        chain.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return chain


def _class_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _from_library(_logger: object, _method: str, line: EventDict) -> EventDict:
    """What a library logged through the standard module: the template without its values, except from _OUTSPOKEN."""
    record = line.get("_record")
    if isinstance(record, logging.LogRecord):
        line["logger"] = record.name
        if record.name not in _OUTSPOKEN or record.levelno > logging.INFO:
            # Some fill in their values before they log: of those at least long numbers are taken out.
            line["event"] = _NUMBER_RUN.sub("#", str(record.msg).partition("\n")[0][:_MAX_VALUE])
    return line


def _no_exception(_stream: object, _info: object) -> None:
    """The console shows `error` and `at` like any other key: what is safe is decided once, above."""


def bound_context() -> Mapping[str, Any]:
    """What is bound now; for tests."""
    return structlog.contextvars.get_contextvars()
