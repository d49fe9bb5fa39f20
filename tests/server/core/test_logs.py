"""Logs: what is not allowed by name does not get out, whoever logs it."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from server.core import logs

PHONE = "13800138000"
Written = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Written]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    logs.unbind_all()
    logs.configure("json", "debug")
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    root.handlers[:], root.level = before
    structlog.reset_defaults()
    logs.unbind_all()


def test_allowed_keys_come_out(written: Written) -> None:
    logs.logger("sync").info("push applied", operations=12, ms=3.5, code=None, verdict=["applied", "merged"])
    (line,) = written()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "push applied", "level": "info", "part": "sync", "operations": 12, "ms": 3.5, "code": None,
        "verdict": ["applied", "merged"],
    }  # fmt: skip


def test_other_keys_are_dropped_and_their_names_kept(written: Written) -> None:
    logs.logger("x").warning("customer added", name="王小明", phone=PHONE, token="t", rows=1, **{"weird key": "王"})
    (line,) = written()
    assert line["dropped"] == ["name", "phone", "token"]
    assert line["rows"] == 1
    assert "王" not in json.dumps(line, ensure_ascii=False)
    assert PHONE not in json.dumps(line)


@pytest.mark.parametrize(
    "event", [f"customer {PHONE}", "王小明 signed in", "Signed In", "user=li", "", "a" * 101, "a\nb"]
)
def test_an_event_is_fixed_words(written: Written, event: str) -> None:
    logs.logger("x").info(event)
    assert written()[0]["event"] == "an event that is not fixed words"


def test_what_is_bound_is_checked_as_well(written: Written) -> None:
    logs.bind(device_id="d1", user_name="li.wang")
    logs.logger("x").info("done")
    logs.unbind_all()
    logs.logger("x").info("done")
    first, second = written()
    assert (first["device_id"], first["dropped"]) == ("d1", ["user_name"])
    assert "device_id" not in second


def test_threads_do_not_share_what_is_bound(written: Written) -> None:
    logs.bind(device_id="d1")
    thread = threading.Thread(target=lambda: logs.logger("x").info("done"))
    thread.start()
    thread.join()
    assert "device_id" not in written()[0]


def test_an_exception_shows_its_class_and_place_only(written: Written) -> None:
    try:
        try:
            int(PHONE + "x")
        except ValueError as inner:
            raise RuntimeError(f"cannot store {PHONE}") from inner
    except RuntimeError:
        logs.logger("x").error("failed", exc_info=True)
    (line,) = written()
    assert line["error"] == "RuntimeError < ValueError"
    assert line["at"][-1].startswith("server/core/test_logs.py:")
    assert line["at"][-1].endswith(" test_an_exception_shows_its_class_and_place_only")
    assert PHONE not in json.dumps(line)


def test_an_exception_may_be_passed_itself(written: Written) -> None:
    logs.logger("x").error("failed", exc_info=json.JSONDecodeError(PHONE, PHONE, 0))
    (line,) = written()
    assert line["error"] == "json.decoder.JSONDecodeError"
    assert PHONE not in json.dumps(line)


def test_a_context_that_was_cut_off_stays_out(written: Written) -> None:
    try:
        try:
            raise KeyError
        except KeyError:
            raise OSError from None
    except OSError:
        logs.logger("x").error("failed", exc_info=True)
    assert written()[0]["error"] == "OSError"


def test_a_library_shows_its_template_without_the_values(written: Written) -> None:
    logging.getLogger("flask-limiter").warning("limit of %s exceeded by %s", "login", PHONE)
    logging.getLogger("app").error(f"Exception on /customers/{PHONE} [GET]\nmore")  # noqa: G004 (as Flask does it)
    try:
        int(PHONE + "x")
    except ValueError:
        logging.getLogger("app").exception("it failed with %s", PHONE)
    first, second, third = written()
    assert (first["event"], first["logger"]) == ("limit of %s exceeded by %s", "flask-limiter")
    assert second["event"] == "Exception on /customers/# [GET]"
    assert (third["event"], third["error"]) == ("it failed with %s", "ValueError")
    assert PHONE not in json.dumps([first, second, third])


def test_what_is_about_the_installation_only_is_shown_whole(written: Written) -> None:
    logging.getLogger("gunicorn.error").info("Listening at: %s", "http://127.0.0.1:8080")
    logging.getLogger("gunicorn.error").warning("Invalid request: %s", PHONE)
    first, second = written()
    assert first["event"] == "Listening at: http://127.0.0.1:8080"
    assert second["event"] == "Invalid request: %s"


def test_the_access_log_of_the_development_server_is_silent(written: Written) -> None:
    logging.getLogger("werkzeug").info('"GET /customers?name=%s"', "x")
    assert written() == []


def test_the_level_is_kept(capsys: pytest.CaptureFixture[str], written: Written) -> None:
    logs.configure("json", "warning")
    logs.logger("x").info("quiet")
    logging.getLogger("lib").info("quiet")
    logs.logger("x").warning("loud")
    assert [line["event"] for line in written()] == ["loud"]


def test_the_console_shows_the_same_and_no_more(capsys: pytest.CaptureFixture[str], written: Written) -> None:
    logs.configure("console", "info")
    try:
        int(PHONE + "x")
    except ValueError:
        logs.logger("x").error("failed", exc_info=True, phone=PHONE)
    shown = capsys.readouterr().err
    assert "failed" in shown
    assert "ValueError" in shown
    assert PHONE not in shown
    assert "Traceback" not in shown


def test_a_long_value_is_cut(written: Written) -> None:
    logs.logger("x").info("done", code="x" * 10_000)
    assert len(written()[0]["code"]) == 200


def test_a_log_that_cannot_be_written_fails_nothing(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(28, "No space left on device")

    closed = io.StringIO()
    closed.close()
    for stream in (Full(), closed):
        monkeypatch.setattr(sys, "stderr", stream)
        logs.logger("x").info("done")
        logging.getLogger("lib").warning("done")
