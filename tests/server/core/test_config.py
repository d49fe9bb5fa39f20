"""Settings: read once, all complaints at once, no secret shown; the page that lists them is true."""

from __future__ import annotations

import dataclasses
from importlib import import_module
from pathlib import Path

import pytest

from server.config import BadSettings, Settings, declarations, unknown_names
from server.core.catalogue_docs import out_of_date, problems_page, settings_page
from server.core.limits import RATES
from server.core.problem_types import Catalogue, problem_type

SECRET = "pV4x-9sLqWz0aT7mKc2eYb8RuJd5HnGf"
DOCS = Path(__file__).parents[3] / "docs"
PRODUCTION = {
    "DOORSTEP_ENV": "production",
    "DOORSTEP_SECRET_KEY": SECRET,
    "DOORSTEP_KEYS_DIR": "/keys",
    "DOORSTEP_PUBLIC_URL": "https://crm.example.com",
}


def complaints(environ: dict[str, str]) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        Settings.from_environment(environ)
    assert str(caught.value) == "\n".join(caught.value.complaints)
    return caught.value.complaints


def test_nothing_set_is_a_development_machine() -> None:
    settings = Settings.from_environment({})
    assert settings == Settings()
    assert not settings.is_production
    assert not settings.demo
    assert settings.rate_limits
    assert settings.database_url == "sqlite:///var/doorstep.sqlite3"


def test_what_is_set_is_read() -> None:
    settings = Settings.from_environment(
        PRODUCTION
        | {
            "DOORSTEP_DATABASE_URL": "postgresql+psycopg://app@db/doorstep",
            "DOORSTEP_TIMEZONE": "Europe/Berlin",
            "DOORSTEP_WEB_THREADS": " 32 ",
            "DOORSTEP_DEMO": "on",
            "DOORSTEP_RATE_LIMITS": "0",
            "DOORSTEP_SMTP_URL": "",
            "DOORSTEP_LOG_FORMAT": "json",
            "PATH": "/bin",
        }
    )
    assert settings.is_production
    assert settings.is_https
    assert settings.database_url.startswith("postgresql")
    assert (settings.timezone, settings.web_threads, settings.demo, settings.rate_limits) == (
        "Europe/Berlin",
        32,
        True,
        False,
    )
    assert (settings.keys_dir, settings.smtp_url, settings.log_format) == (Path("/keys"), None, "json")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ENV", "prod", "is one of development, production."),
        ("DATABASE_URL", "mysql://x", "begins with sqlite:, postgresql:."),
        ("REDIS_URL", "http://x", "begins with redis:, rediss:."),
        ("PUBLIC_URL", "crm.example.com", "is an address such as https://crm.example.com, without a path."),
        (
            "PUBLIC_URL",
            "https://crm.example.com/path",
            "is an address such as https://crm.example.com, without a path.",
        ),
        ("PUBLIC_URL", "ftp://crm.example.com", "is an address such as https://crm.example.com, without a path."),
        ("TIMEZONE", "Beijing", "is an IANA time zone such as Asia/Shanghai."),
        ("TIMEZONE", "../etc/passwd", "is an IANA time zone such as Asia/Shanghai."),
        ("PORT", "0", "is a whole number from 1 to 65535."),
        ("PORT", "http", "is a whole number from 1 to 65535."),
        ("PROXY_HOPS", "-1", "is a whole number from 0 to 10."),
        ("DEMO", "maybe", "is 1 or 0."),
        ("LOG_FORMAT", "xml", "is one of console, json."),
        ("LANGUAGE", "de", "is one of zh, en."),
        ("VAPID_SUBJECT", "me", "begins with mailto:, https:."),
    ],
)
def test_a_wrong_value_is_said_in_a_sentence(name: str, value: str, sentence: str) -> None:
    assert complaints({f"DOORSTEP_{name}": value}) == [f"DOORSTEP_{name} {sentence}"]


def test_all_complaints_come_at_once() -> None:
    assert len(complaints({"DOORSTEP_PORT": "x", "DOORSTEP_DEMO": "x", "DOORSTEP_TIMEZONE": "x"})) == 3


def test_production_makes_nothing_up() -> None:
    assert complaints({"DOORSTEP_ENV": "production"}) == [
        "DOORSTEP_SECRET_KEY is required in production.",
        "DOORSTEP_KEYS_DIR is required in production.",
        "DOORSTEP_PUBLIC_URL is required in production.",
    ]
    assert Settings.from_environment(PRODUCTION).is_production


def test_production_refuses_what_is_no_setting() -> None:
    assert complaints(
        PRODUCTION | {"DOORSTEP_SECRET_KEYS": "x", "DOORSTEP_XYZZY": "x", "DOORSTEP_TEST_PG_URL": "x"}
    ) == [
        "DOORSTEP_SECRET_KEYS is no setting; did you mean DOORSTEP_SECRET_KEY?",
        "DOORSTEP_XYZZY is no setting.",
    ]
    assert Settings.from_environment({"DOORSTEP_XYZZY": "x"}) == Settings()
    assert unknown_names({"DOORSTEP_XYZZY": "x", "DOORSTEP_TEST_PG_URL": "x", "PATH": "x"}) == ["DOORSTEP_XYZZY"]


@pytest.mark.parametrize(
    "secret",
    [
        "short", "changeme-changeme-changeme-changeme", "secret0123456789abcdefghijklmnopqrstuv", "a" * 64, "ab" * 32,
        "development-0123456789abcdefghijklmn", "Doorstep-0123456789abcdefghijklmnopq", "0123456789a0123456789a0123456789a",
    ],
)  # fmt: skip
def test_a_secret_that_can_be_guessed_is_refused_everywhere(secret: str) -> None:
    for environ in ({}, PRODUCTION):
        (found,) = complaints(environ | {"DOORSTEP_SECRET_KEY": secret})
        assert found.startswith("DOORSTEP_SECRET_KEY is a sample or too easy to guess")
        assert secret not in found


def test_sqlite_has_one_web_process() -> None:
    assert complaints({"DOORSTEP_WEB_PROCESSES": "2"}) == ["DOORSTEP_WEB_PROCESSES is 1 on SQLite."]
    Settings.from_environment({"DOORSTEP_WEB_PROCESSES": "2", "DOORSTEP_DATABASE_URL": "postgresql://x"})


def test_secrets_are_not_shown() -> None:
    secrets = {name for name, declared in declarations().items() if declared.secret}
    assert secrets >= {
        "secret_key",
        "database_url",
        "redis_url",
        "smtp_url",
        "sms_token",
        "metrics_token",
        "vapid_private_key",
    }
    shown = repr(Settings(secret_key=SECRET, database_url="postgresql://app:hidden@db/x", metrics_token="hidden"))
    assert SECRET not in shown
    assert "hidden" not in shown
    assert "port=8080" in shown


def test_settings_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]


def test_every_setting_says_what_it_is_for() -> None:
    for name, declared in declarations().items():
        assert len(declared.doc) > 10, name
        assert declared.doc[-1] in ".!", name


def test_the_page_of_settings_lists_each_with_its_default() -> None:
    page = settings_page()
    for name in declarations():
        assert page.count(f"| `DOORSTEP_{name.upper()}` |") == 1
    for each in RATES.values():
        assert f"| `{each.name}` |" in page
    assert "| `push-device` | 120 in 1 min |" in page


@pytest.mark.parametrize("name", ["settings.md", "problems.md"])
def test_the_pages_are_up_to_date(name: str) -> None:
    # The whole application, so that every area has declared its limits and problems.
    import_module("server.app")
    assert out_of_date([(name, (DOCS / name).read_text("utf-8"))]) == [], "run `make docs`"


def test_a_page_that_lags_behind_is_named() -> None:
    assert out_of_date([("settings.md", settings_page()), ("problems.md", "old")]) == ["problems.md"]


def test_the_page_of_problems_lists_them_by_area() -> None:
    catalogue = Catalogue()
    problem_type("b.second", 422, zh="二", en="Two | three.", doc="When.", catalogue=catalogue)
    problem_type("a.first", 404, zh="一", en="One.", catalogue=catalogue)
    page = problems_page(catalogue)
    assert page.index("## a") < page.index("`a.first`") < page.index("## b") < page.index("`b.second`")
    assert '| <a id="b.second"></a>`b.second` | 422 | 二 | Two \\| three. | When. |' in page
