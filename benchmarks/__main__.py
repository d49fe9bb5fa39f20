"""`python -m benchmarks`: measures, prints ratios and writes them to benchmarks/results/. Exit 1 when a limit is broken."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import click
from sqlalchemy import make_url

from benchmarks import asking, crowd, first_sync, imports, push, sizes, statements
from benchmarks.kept import Kept
from benchmarks.measuring import Figure, Told, lines
from benchmarks.place import Place
from benchmarks.serving import ROOT, Running, running
from server.config import Settings
from server.core import logs
from server.core.services import Services, open_services
from tests.support.databases import Database, Kind, NoPostgres, begin_run, database, end_run

RESULTS = ROOT / "benchmarks" / "results"
KINDS: tuple[Kind, ...] = ("sqlite", "postgresql")
USUAL = ("first-sync", "push", "asking", "memory", "sizes")
PARTS = (*USUAL, "imports")
SYNC = frozenset(USUAL[:4])


@contextlib.contextmanager
def durable(kind: Kind) -> Iterator[Database]:
    """A fresh migrated database. SQLite's is on the disk of this folder, where a commit waits for it, as in life."""
    with database(kind) as made:
        if kind != "sqlite":
            yield made
            return
        RESULTS.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=RESULTS) as folder:
            url = f"sqlite:///{folder}/doorstep.db"
            shutil.copyfile(str(make_url(made.app_url).database), f"{folder}/doorstep.db")
            yield Database(kind, url, url)


@contextlib.contextmanager
def opened(made: Database, more: Mapping[str, str] | None = None) -> Iterator[tuple[Services, Running]]:
    """The real server on that database, and services of our own beside it. more: of its environment."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
        environment = {
            "DOORSTEP_DATABASE_URL": made.app_url,
            "DOORSTEP_KEYS_DIR": f"{folder}/keys",
            "DOORSTEP_BLOB_DIR": f"{folder}/blobs",
            "DOORSTEP_PUBLIC_URL": "http://127.0.0.1",
            "DOORSTEP_RATE_LIMITS": "0",
            "DOORSTEP_LOG_FORMAT": "json",
            **(more or {}),
        }
        for name in [name for name in os.environ if name.startswith("DOORSTEP_") and "TEST" not in name]:
            del os.environ[name]
        services = open_services(Settings.from_environment(environment))
        try:
            with running(environment, Path(folder) / "server.log") as server:
                yield services, server
        finally:
            services.close()


def measure(
    kind: Kind, parts: tuple[str, ...], keep: Path | None, *, quick: bool, only: tuple[str, ...]
) -> list[Figure | Told]:
    """All figures of one database."""
    rows, more, rounds, requests = (5_000, 20_000, 3, 200) if quick else (50_000, 200_000, 5, 600)
    found: list[Figure | Told] = []
    if "sizes" in parts:
        found += measure_sizes(kind, keep, quick=quick, only=only)
    if "imports" in parts:
        found += measure_imports(kind, quick=quick)
    if not SYNC.intersection(parts):
        return found
    with durable(kind) as made, opened(made) as (services, server):
        place = Place.found(services)
        if "push" in parts:
            with durable(kind) as copy:
                found += push.compare(place, place.hire("pushing"), server, copy.app_url, rounds)
        seller = place.hire("reading")
        place.fill(seller, rows)
        settle(made)
        if "first-sync" in parts:
            found += first_sync.compare(place, seller, server, rows, rounds)
        if "asking" in parts:
            found += asking.compare(place, seller, server, requests, rounds)
        found += statements.count(place, seller)
        if "memory" in parts:
            reader = place.hire("more")
            place.fill(reader, more)
            settle(made)
            found += first_sync.memory(place, server, {rows: seller, more: reader})
    return found


def measure_sizes(kind: Kind, keep: Path | None, *, quick: bool, only: tuple[str, ...]) -> list[Figure | Told]:
    """What grows with the organisation: two of them, each in a database and behind a server of its own."""
    totals, rounds = ((1_000, 20_000), 3) if quick else ((crowd.OWN, 1_000_000), 5)
    found: list[Figure | Told] = []
    with contextlib.ExitStack() as stack:
        sides = []
        for total in totals:
            kept = Kept(keep, kind, total) if keep else None
            made = stack.enter_context(kept.database() if kept else durable(kind))
            services, server = stack.enter_context(opened(made, kept.environment if kept else None))
            begun = time.perf_counter()
            gathered = kept.read(services) if kept else None
            is_new = gathered is None
            gathered = gathered or crowd.gather(Place.found(services), made.owner_url, total)
            settle(made, "")
            services.database.optimize()
            if is_new:
                seconds = time.perf_counter() - begun
                found.append(Told(f"rows put in for {total:,} customers", "rows", gathered.rows))
                found.append(Told("of them", "rows/s", gathered.rows / seconds))
                if kept:
                    kept.write(gathered)
            sides.append((gathered, server))
        found += sizes.compare(sides[0], sides[1], rounds, only)
    return found


def measure_imports(kind: Kind, *, quick: bool) -> list[Figure | Told]:
    """Lists taken in. The workbook knows no database, so it is read once."""
    rows, less, large = (10_000, 1_000, 30_000) if quick else (100_000, 10_000, 300_000)
    with durable(kind) as made, opened(made) as (services, server):
        place = Place.found(services)
        with durable(kind) as copy:
            found = imports.compare(place, server, copy.app_url, lambda: settle(made, ""), rows=rows, less=less)
        return found + (imports.workbook(place, server, large) if kind == "sqlite" else [])


def settle(made: Database, tables: str = "customers, feed") -> None:
    """What autovacuum would have done by the time anybody syncs; it is off on the tests' PostgreSQL. tables: all when empty."""
    if made.kind == "postgresql":
        import psycopg

        from benchmarks.raw import connect

        owner = cast(psycopg.Connection[Any], connect(made.owner_url))
        owner.execute(f"VACUUM ANALYZE {tables}")
        owner.close()


@click.command()
@click.option("--quick", is_flag=True, help="A tenth of the size and fewer rounds: whether it runs, not how fast.")
@click.option("--database", "kinds", type=click.Choice(KINDS), multiple=True, help="Only this one; may be repeated.")
@click.option("--only", "parts", type=click.Choice(PARTS), multiple=True, help="Only this part; may be repeated.")
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Of sizes, a folder where the organisations stay: built by the first run, brought to the newest schema by later ones.",
)
@click.option("--about", "only", multiple=True, help="Of sizes, only questions with this in their name.")
def main(
    quick: bool, kinds: tuple[Kind, ...], parts: tuple[str, ...], keep: Path | None, only: tuple[str, ...]
) -> None:
    """Measure and print. SQLite is on a disk; PostgreSQL is the tests' own, with fsync off, for both sides alike."""
    keep = keep and keep.resolve()
    logs.configure("console", "warning")
    RESULTS.mkdir(parents=True, exist_ok=True)
    begun = datetime.now(UTC)
    results: dict[str, list[Figure | Told]] = {}
    begin_run(RESULTS if "sizes" in (parts or USUAL) and not quick else None)  # a million do not fit into memory
    try:
        for kind in kinds or KINDS:
            try:
                results[kind] = measure(kind, parts or USUAL, keep, quick=quick, only=only)
            except NoPostgres as error:
                print(f"{kind}: left out, {error}", file=sys.stderr)
                continue
            print(f"{kind}{', quick' if quick else ''}", *lines(results[kind]), sep="\n  ", end="\n\n", flush=True)
    finally:
        end_run()
    RESULTS.mkdir(parents=True, exist_ok=True)
    written = RESULTS / f"{begun:%Y%m%dT%H%M%SZ}.json"
    written.write_text(
        json.dumps(
            {
                "begun": begun.isoformat(),
                "machine": {"cpus": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
                "quick": quick,
                "figures": {kind: [each.to_json() for each in found] for kind, found in results.items()},
            },
            ensure_ascii=False,
            indent=1,
        )
    )
    print(written.relative_to(ROOT))
    if not all(each.is_kept for found in results.values() for each in found):
        sys.exit(1)


if __name__ == "__main__":
    main()
