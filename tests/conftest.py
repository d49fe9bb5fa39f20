"""Fixtures every test may ask for. Databases: tests/support/databases.py. Network guard: tests/support/network.py."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import hypothesis
import pytest

from tests.support import databases
from tests.support.databases import Database, Kind
from tests.support.network import stay_home

# The guard of tenancy is on in every test.
pytest_plugins = ("tests.support.tenancy",)

KINDS = ("sqlite", "postgresql")
NO_POSTGRES = "no PostgreSQL for the tests"

# No deadline: a case that is slow on a busy machine is not a wrong one. CI draws the same cases in every run, so that a
# red run can be repeated; `deep` draws many.
hypothesis.settings.register_profile("default", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.register_profile("deep", deadline=None, print_blob=True, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default"))


def _is_xdist_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    if not _is_xdist_worker(config):
        databases.begin_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not _is_xdist_worker(config):
        databases.end_run()


IN_TURN = (
    "tests/kiosk/", "tests/mobile_api/", "tests/notifications/", "tests/contracts/test_rights", "tests/contracts/test_collections.py",
    "tests/proof/test_hostile",
    "tests/proof/test_fleet.py", "tests/proof/test_kill.py", "tests/proof/test_power.py", "tests/proof/test_schemathesis.py",
    "tests/proof/test_uploads.py", "tests/journeys/test_stranger.py", "tests/server/accounts/",
    "tests/server/approvals/", "tests/server/cli/", "tests/server/customers/", "tests/server/expenses/",
    "tests/server/core/", "tests/server/fieldwork/", "tests/server/insight/", "tests/server/membership/", "tests/server/test_worker.py",
)  # fmt: skip
"""What is tried on one of the two databases, case by case in turn, and on both in `make test-deep`: CI has twenty minutes. What
the databases could do differently below all areas is always tried on both: schema and tenancy."""
IN_ONE_PIECE = ("tests/contracts/test_rights.py", "tests/journeys/test_blackout_day.py")
"""On SQLite, and on both in `make test-deep`. Whoever asks in the table of rights finds what those before him left behind."""

SHARED_OUT = tuple(f"tests/proof/test_hostile{which}.py" for which in ("", "_requests", "_exchange"))
PARTS = 3
"""Of these, each test meets one route or action in so many in CI, each test others; all meet all in `make test-deep`."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Make `deep` what CI leaves out: every second case of IN_TURN on SQLite and the others on PostgreSQL, two of three SHARED_OUT."""
    pairs: dict[str, dict[str, pytest.Item]] = {}
    for item in items:
        named = item.nodeid.replace(kind, "") if (kind := _database_of(item)) is not None else item.nodeid
        if named.startswith(SHARED_OUT) and re.search(r"\[.+\]$", named) and zlib.crc32(named.encode()) % PARTS:
            item.add_marker(pytest.mark.deep)
        if item.nodeid.startswith((*IN_TURN, *IN_ONE_PIECE)) and kind is not None:
            pairs.setdefault(named, {})[kind] = item
    both = [(nodeid, pair) for nodeid, pair in pairs.items() if len(pair) == len(KINDS)]
    for number, (nodeid, pair) in enumerate(both):
        left_out = "postgresql" if nodeid.startswith(IN_ONE_PIECE) else KINDS[number % len(KINDS)]
        pair[left_out].add_marker(pytest.mark.deep)


def _database_of(item: pytest.Item) -> str | None:
    """The database that a case runs on, where it runs once for each."""
    callspec = getattr(item, "callspec", None)
    return next((each for each in callspec.params.values() if each in KINDS), None) if callspec is not None else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if NO_POSTGRES in str(report.longrepr)]
    if skipped:
        terminalreporter.section("PostgreSQL", red=True, bold=True)
        terminalreporter.line(f"{len(skipped)} tests did NOT run: {NO_POSTGRES}. See docs/testing.md.", red=True)


@contextmanager
def made_database(kind: Kind, *, migrated: bool) -> Iterator[Database]:
    """databases.database, with a missing PostgreSQL told: skipped and counted here, a failure in CI."""
    with ExitStack() as stack:
        try:
            made = stack.enter_context(databases.database(kind, migrated=migrated))
        except databases.NoPostgres as reason:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{NO_POSTGRES}: {reason}")
        yield made


@pytest.fixture(scope="session", autouse=True)
def _network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        stay_home(patch)
        yield


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.sqlite),
        pytest.param("postgresql", marks=pytest.mark.pg),
    ]
)
def database_kind(request: pytest.FixtureRequest) -> Kind:
    """Runs the test once for each database the product knows."""
    kind: Kind = request.param
    return kind


@pytest.fixture
def database(database_kind: Kind) -> Iterator[Database]:
    """A fresh migrated database, with the addresses of both its roles."""
    with made_database(database_kind, migrated=True) as made:
        yield made


@pytest.fixture
def database_url(database: Database) -> str:
    """A fresh migrated database, as the application sees it."""
    return database.app_url


@pytest.fixture
def owner_url(database: Database) -> str:
    """The database of `database_url`, under the role that owns its tables."""
    return database.owner_url


@pytest.fixture
def empty_database_url(database_kind: Kind) -> Iterator[str]:
    """A fresh database without tables, under the owner's role: for the tests of migrations."""
    with made_database(database_kind, migrated=False) as made:
        yield made.owner_url
