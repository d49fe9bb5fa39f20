"""Scenario 1 of the domain: a day without a network, through the real server, and again, two at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.databases import Database
from tests.support.server import server

VERDICT = "Nothing lost, nothing doubled; all three phones and the server agree."


@pytest.mark.timeout(600)
def test_everything_arrives_once_and_phones_and_server_agree(database: Database, tmp_path: Path) -> None:
    with server(database, tmp_path) as running:
        loaded = running.run("demo", "load", "--customers", "20")
        assert loaded.returncode == 0, loaded.stderr
        running.start()
        running.start_worker()
        first = [running.run("demo", "day", "--photos", "20")] if database.kind == "sqlite" else []
        with ThreadPoolExecutor() as pool:  # each on phones of its own, and of one number
            again = pool.map(lambda _: running.run("demo", "day"), range(2))
            for played in (*first, *again):
                assert played.returncode == 0, played.stdout + played.stderr
                assert played.stdout.startswith("Demo day ")
                assert played.stdout.strip().splitlines()[-1] == VERDICT
        audited = running.run("sync", "audit")
        assert audited.returncode == 0, audited.stdout + audited.stderr
        verified = running.run("audit", "verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.deep
@pytest.mark.timeout(600)
def test_the_verdict_is_bad_when_something_is_different(database: Database, tmp_path: Path) -> None:
    """The command can fail: without a server, and without the demo organisation."""
    with server(database, tmp_path) as running:
        nobody = running.run("demo", "day")
        assert nobody.returncode != 0
        assert "nothing answers" in nobody.stderr
        running.start()
        empty = running.run("demo", "day")
        assert empty.returncode != 0
        assert VERDICT not in empty.stdout
