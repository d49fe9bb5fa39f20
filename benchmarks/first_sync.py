"""A phone's first sync, against the same columns read raw and written to a socket; and what it weighs."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass

from benchmarks import raw
from benchmarks.client import Client, request, unpacked
from benchmarks.measuring import Figure, Told, Watch, in_turn, milliseconds
from benchmarks.place import Place, Seller, exchange
from benchmarks.serving import Running
from server.core.collections import COLLECTIONS

EXCHANGE = "/mobile/v1/exchange"
GZIP_BYTES_A_ROW = 95.0
"""Of a customer row of 12 columns: promise 11."""
GROWTH_MB = 24.0
_HEAD = 65_536
"""Of an answer; the cursor stands at its beginning."""
_CURSOR = re.compile(rb'"cursor":(\{"epoch":"[^"]*","buckets":\{[^}]*\}[^}]*\}),"complete":(true|false)')


@dataclass(frozen=True, slots=True)
class Synced:
    """What a whole sync amounted to. size: bytes of all answers, as they came."""

    pages: int
    size: int


def sync(client: Client, seller: Seller, token: str, packing: str = "gzip") -> Synced:
    """Page as a phone does until complete. Of each answer only the cursor is read."""
    cursor, pages, size = None, 0, 0
    while True:
        body = exchange(seller, pull={"cursor": cursor, "max_bytes": 1_048_576})
        answer = client.ask(request("POST", EXCHANGE, token=token, body=body, packing=packing))
        document = unpacked(answer, packing, most=_HEAD)
        pages, size = pages + 1, size + len(answer)
        found = _CURSOR.search(document)
        if found is None:
            raise ValueError("an answer without a cursor")
        if found[2] == b"true":
            return Synced(pages, size)
        cursor = json.loads(found[1])


def compare(place: Place, seller: Seller, server: Running, rows: int, rounds: int) -> list[Figure | Told]:
    """The ratio with gzip, and what other packings would take."""
    url, token = place.services.settings.database_url, place.token(seller)
    found: dict[str, Synced] = {}
    with raw.reading(url, place.org_id, _raw_sql(place, seller)) as port, Client(server.port) as client:

        def product(packing: str) -> float:
            def work() -> None:
                found[packing] = sync(client, seller, token, packing)

            return milliseconds(work)

        taken, peer, zstd, plain = in_turn(
            rounds,
            lambda: product("gzip"),
            lambda: milliseconds(lambda: raw.drain(port)),
            lambda: product("zstd"),
            lambda: product("identity"),
        )
    what = f"first sync of {rows:,} rows"
    return [
        Figure(f"{what}, gzip", "ms", taken, peer),
        Figure(f"{what}, zstd", "ms", zstd, peer, limit=None),
        Figure(f"{what}, not packed", "ms", plain, peer, limit=None),
        Told("pages of it", "pages", found["gzip"].pages),
        Told("bytes a row, gzip", "bytes", found["gzip"].size / rows, limit=GZIP_BYTES_A_ROW),
        Told("bytes a row, zstd", "bytes", found["zstd"].size / rows),
        Told("bytes a row, not packed", "bytes", found["identity"].size / rows),
    ]


def _raw_sql(place: Place, seller: Seller) -> str:
    """The customers' wire columns. Both ids are our own."""
    columns = COLLECTIONS["customers"].shape.columns(1)
    if not place.services.database.is_sqlite:
        columns = tuple(f"{each}::text" if each in ("id", "owner_id") else each for each in columns)
    return (
        f"SELECT {', '.join(columns)} FROM customers "  # noqa: S608
        f"WHERE org_id = '{place.org_id}' AND owner_id = '{seller.actor.user_id}'"
    )


def memory(place: Place, server: Running, sizes: dict[int, Seller]) -> list[Figure | Told]:
    """How much the web process grows while syncs of several sizes stream, after a first one of the smallest size."""
    with Client(server.port) as client:
        smallest = sizes[min(sizes)]
        sync(client, smallest, place.token(smallest))
        time.sleep(0.2)
        told: list[Figure | Told] = []
        base = server.worker.memory_info().rss
        told.append(Told("web process after the warm-up", "MB", base / 1e6))
        for rows, seller in sorted(sizes.items()):
            with Watch(server.worker) as watch:
                sync(client, seller, place.token(seller))
            told.append(Told(f"growth while {rows:,} rows stream", "MB", (watch.highest - base) / 1e6, limit=GROWTH_MB))
        return told
