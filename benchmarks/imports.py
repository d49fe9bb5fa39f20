"""A list of customers taken in as people do it: handed in over HTTP, taken in by a worker, cancelled, gone on with, taken in twice.

Its peer is the raw insert of every row that taking it in wrote. `python -m benchmarks.imports FILE` reads a file and says how
many rows it has, how long that took and how far the process grew.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psutil
from openpyxl import Workbook
from sqlalchemy import Table

from benchmarks import raw
from benchmarks.measuring import LIMIT, Figure, Told, Watch, milliseconds
from benchmarks.place import TODAY, Place, Seller
from benchmarks.push import Contents, contents, in_order, keys_of, rows_of
from benchmarks.serving import ROOT, Running
from server.cli.demo_load.inventing import invent_customer
from server.core.rows import metadata
from server.core.services import Services
from server.customers.imports.running import BATCH
from server.customers.imports.sheets import count_lines, read_lines

PATH = "/api/v1/customer-imports"
GROWTH_MB = 24.0
WORKER_GROWTH_MB = 48.0
"""From 10,000 rows to 100,000: the caches of its connections are not full after 10,000."""
_FIELDS = (
    "name", "kind", "stage", "lost_reason", "grade", "source", "first_contact_on", "needs", "remark", "address", "born_on",
)  # fmt: skip
_TITLES = (
    "姓名",
    "类型",
    "阶段",
    "流失原因",
    "等级",
    "来源",
    "首次接触",
    "需求",
    "备注",
    "地址",
    "生日",
    "手机",
    "归属人",
)
_WRONG = (
    {"姓名": ""},
    {"首次接触": "03/04/2025"},
    {"等级": "Z"},
    {"手机": "1.54E+10"},
    {"备注": "=1+1"},
    {"归属人": "nobody"},
)
_COUNTED = {
    "customers": "count(*), sum(version)",
    "customer_phones": "count(*), sum(version)",
    "customer_keys": "count(*)",
    "customer_timeline": "count(*)",
}
"""What a list that is taken in twice leaves as it is. Not the feed: whoever handed a list in gets a message."""


# -- lists -------------------------------------------------------------------------------------------------------------


def write_list(path: Path, first: int, rows: int) -> tuple[int, int]:
    """A CSV of that many rows: two of a hundred are wrong, in turn each in another way, three have a number of a row above them.

    Returns how many are which.
    """
    wrong = duplicates = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(_TITLES)
        for number in range(rows):
            values = invent_customer(3, first + number, TODAY).values
            cells = {title: values.get(name) for title, name in zip(_TITLES, _FIELDS, strict=False)}
            cells["手机"] = f"154{first + number:08d}"
            if number % 50 == 7:
                cells |= _WRONG[wrong % len(_WRONG)]
                wrong += 1
            elif number % 100 in (31, 64, 97):
                cells["手机"] = f"154{first + number - 30:08d}"
                duplicates += 1
            lines.writerow([cells.get(title) for title in _TITLES])
    return wrong, duplicates


def write_workbook(path: Path, rows: int) -> None:
    """An XLSX of that many rows and three columns, written as it goes."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["姓名", "手机", "备注"])
    for number in range(rows):
        sheet.append([f"客户{number}", f"154{number:08d}", "喜欢喝茶，周末下午方便接电话"])
    book.save(path)


# -- the door and the worker -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def working(services: Services) -> Iterator[psutil.Process]:
    """`doorstep worker` as a process of its own, on the database of `services`."""
    settings = services.settings
    environment = {
        "DOORSTEP_DATABASE_URL": settings.database_url,
        "DOORSTEP_KEYS_DIR": str(settings.keys_dir),
        "DOORSTEP_BLOB_DIR": str(settings.blob_dir),
        "DOORSTEP_LOG_FORMAT": "json",
    }
    with (Path(settings.blob_dir).parent / "worker.log").open("w") as lines:
        process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "worker"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=lines,
            stderr=lines,
        )
        try:
            yield psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


class Desk:
    """Somebody who takes lists in, over HTTP."""

    def __init__(self, place: Place, who: Seller, port: int) -> None:
        self._place, self._who, self._port = place, who, port

    def ask(self, method: str, path: str, data: Any = None) -> Any:
        """The answer. data: a document, or a file that is the body."""
        headers = {"Authorization": f"Bearer {self._place.token(self._who)}"}
        if isinstance(data, Path):
            headers |= {"Content-Type": "application/octet-stream", "Content-Length": str(data.stat().st_size)}
            with data.open("rb") as file:
                return self._answer(Request(f"http://127.0.0.1:{self._port}{path}", file, headers, method=method))
        body = None if data is None else json.dumps(data).encode()
        headers |= {} if data is None else {"Content-Type": "application/json"}
        return self._answer(Request(f"http://127.0.0.1:{self._port}{path}", body, headers, method=method))

    def hand_in(self, path: Path) -> dict[str, Any]:
        """Hand a file in; what was found in it."""
        found: dict[str, Any] = self.ask("POST", f"{PATH}?name={path.name}", path)
        return found

    def start(self, given: dict[str, Any]) -> None:
        """Have it taken in, with the columns that were found."""
        columns = [{"place": each["place"], "field": each["field"]} for each in given["columns"] if each["field"]]
        self.ask("POST", f"{PATH}/{given['id']}/start", {"columns": columns, "is_trial": False})

    def wait(self, given: dict[str, Any], is_there: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Look again until it is as wished. Raises ValueError when the work fails."""
        while True:
            card: dict[str, Any] = self.ask("GET", f"{PATH}/{given['id']}")
            if is_there(card):
                return card
            if card["state"] == "failed":
                raise ValueError(card)
            time.sleep(0.1)

    def take_in(self, given: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Seconds from the start until all its rows are answered, and the answer."""
        begun = time.perf_counter()
        self.start(given)
        card = self.wait(given, lambda card: card["state"] == "done")
        return time.perf_counter() - begun, card

    @staticmethod
    def _answer(request: Request) -> Any:
        with urlopen(request, timeout=600) as answer:  # noqa: S310 (ourselves)
            return json.loads(answer.read() or b"null")


# -- what is measured --------------------------------------------------------------------------------------------------


def compare(
    place: Place, server: Running, copy_url: str, settle: Callable[[], None], *, rows: int, less: int
) -> list[Figure | Told]:
    """Take in a list of `less` rows, then one of `rows`, then the same once more. settle: what autovacuum would do between.

    copy_url: of an empty database for the raw side.
    """
    desk = Desk(place, place.hire("importing", "supervisor"), server.port)
    found: list[Figure | Told] = []
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder, working(place.services) as worker:
        small, large = Path(folder) / "small.csv", Path(folder) / "large.csv"
        write_list(small, 0, less)
        wrong, duplicates = write_list(large, less, rows)
        first = desk.hand_in(small)
        with Watch(worker) as watch:
            seconds, _ = desk.take_in(first)
        base, web = watch.highest, server.worker.memory_info().rss
        found.append(Told(f"list of {less:,}", "rows/s", less / seconds))
        found.append(Told(f"worker while {less:,} are taken in, at most", "MB", base / 1e6))
        settle()

        writer = raw.Writer(copy_url, place.org_id)
        try:
            before = contents(place.services.database, place.org_id)
            _insert(place, writer, {name: set() for name in before}, 1)
            with Watch(server.worker) as watch:
                given = desk.hand_in(large)
            found.append(
                Told(f"growth of the web process by handing {rows:,} in", "MB", (watch.highest - web) / 1e6, GROWTH_MB)
            )
            with Watch(worker) as watch:
                seconds, card = desk.take_in(given)
            found.append(
                Told(f"growth of the worker by {rows:,}", "MB", (watch.highest - base) / 1e6, limit=WORKER_GROWTH_MB)
            )
            if (card["duplicates"], card["refused"]) != (duplicates, wrong) or card["answered"] != rows:
                raise ValueError(f"not answered as written: {card}")
            inserted, written = _insert(place, writer, before, -(-rows // BATCH))
        finally:
            writer.close()
        found.append(Figure(f"list of {rows:,}", "ms", seconds * 1000, inserted, LIMIT))
        found.append(Told("of them", "rows/s", rows / seconds))
        found.append(Told("rows written for them", "rows", written))
        settle()
        found += _again(place, desk, large, rows, wrong)
    return found


def _again(place: Place, desk: Desk, path: Path, rows: int, wrong: int) -> list[Figure | Told]:
    """The same list once more, cancelled in the middle: nothing is written but answers."""
    before = _counts(place)
    given = desk.hand_in(path)
    begun = time.perf_counter()
    desk.start(given)
    card = desk.wait(given, lambda card: card["answered"] >= rows // 2)
    stopping = time.perf_counter()
    desk.ask("POST", f"/api/v1/jobs/{card['job_id']}/cancel")
    stopped = desk.wait(given, lambda card: card["state"] != "running")
    going_on = time.perf_counter()
    desk.ask("POST", f"{PATH}/{given['id']}/continue")
    desk.wait(given, lambda card: bool(card["answered"] > stopped["answered"]))
    goes_on = time.perf_counter()
    card = desk.wait(given, lambda card: card["state"] == "done")
    seconds = time.perf_counter() - begun
    if (card["created"], card["duplicates"], card["refused"]) != (0, rows - wrong, wrong):
        raise ValueError(f"taken in twice: {card}")
    if stopped["state"] != "stopped" or _counts(place) != before:
        raise ValueError(f"{stopped['state']}; rows before: {before}, after: {_counts(place)}")
    return [
        Told("until it was cancelled in the middle", "ms", (going_on - stopping) * 1000),
        Told("until it went on in the middle", "ms", (goes_on - going_on) * 1000),
        Told("the same list again, with cancelling and going on", "rows/s", rows / seconds),
    ]


def _counts(place: Place) -> dict[str, tuple[Any, ...]]:
    with place.services.reading(place.org_id) as connection:
        return {
            name: tuple(connection.exec_driver_sql(f"SELECT {what} FROM {name}").one())  # noqa: S608
            for name, what in _COUNTED.items()
        }


def _insert(place: Place, writer: raw.Writer, before: Contents, commits: int) -> tuple[float, int]:
    """Insert what is there beyond `before`, parents first: milliseconds, and how many rows. commits: about so many."""
    fresh: list[tuple[Table, list[tuple[Any, ...]]]] = []
    with place.services.database.read(place.org_id) as connection:
        for table in metadata.sorted_tables:
            there = rows_of(connection, table, place.org_id)
            fresh.append((table, in_order(table, there - before[table.name])))
    total = sum(len(rows) for _, rows in fresh)
    at_once, taken = -(-total // commits), 0.0
    for table, rows in fresh:
        known = keys_of(table, before[table.name])
        for start in range(0, len(rows), at_once):
            part = rows[start : start + at_once]
            statement = writer.statement(raw.Insert(table, part, known.isdisjoint(keys_of(table, part))))
            taken += milliseconds(lambda statement=statement: writer.write([statement]))  # type: ignore[misc]
    return taken, total


# -- a workbook --------------------------------------------------------------------------------------------------------


def workbook(place: Place, server: Running, rows: int) -> list[Figure | Told]:
    """A workbook of that many rows: handed in, begun by the worker and cancelled, and read to its end by a process of its own."""
    desk = Desk(place, place.hire("workbooks", "supervisor"), server.port)
    what = f"XLSX of {rows:,}"
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder, working(place.services) as worker:
        path = Path(folder) / "large.xlsx"
        writing = milliseconds(lambda: write_workbook(path, rows))
        web, idle = server.worker.memory_info().rss, worker.memory_info().rss
        begun = time.perf_counter()
        with Watch(server.worker) as handing:
            given = desk.hand_in(path)
        handed = time.perf_counter()
        with Watch(worker) as taking:
            desk.start(given)
            card = desk.wait(given, lambda card: bool(card["answered"]))
            begins = time.perf_counter()
            desk.ask("POST", f"/api/v1/jobs/{card['job_id']}/cancel")
            desk.wait(given, lambda card: card["state"] == "stopped")
        told = json.loads(
            subprocess.run(  # noqa: S603 (ourselves)
                [sys.executable, "-m", "benchmarks.imports", str(path)], cwd=ROOT, check=True, capture_output=True
            ).stdout
        )
        if told["rows"] != rows + 1 or card["total"] != rows:
            raise ValueError(f"{told}; {card}")
        return [
            Told(f"{what}: its size", "MB", path.stat().st_size / 1e6),
            Told(f"{what}: writing it", "ms", writing),
            Told(f"{what}: until it is handed in", "ms", (handed - begun) * 1000),
            Told(f"{what}: until its first rows are answered", "ms", (begins - handed) * 1000),
            Told(f"{what}: growth of the web process", "MB", (handing.highest - web) / 1e6, limit=GROWTH_MB),
            Told(f"{what}: growth of the worker from idle", "MB", (taking.highest - idle) / 1e6),
            Told(f"{what}: read to its end", "rows/s", rows / told["seconds"]),
            Told(f"{what}: growth by reading it to its end", "MB", told["grown_mb"], limit=GROWTH_MB),
        ]


def read(path: Path) -> None:
    """Read a file as the worker does and print what it took."""
    process = psutil.Process()
    before = process.memory_info().rss
    begun = time.perf_counter()
    with Watch(process) as watch:
        counted = count_lines(path)
        rows = sum(1 for _ in read_lines(path))
    seconds = time.perf_counter() - begun
    print(
        json.dumps({"counted": counted, "rows": rows, "seconds": seconds, "grown_mb": (watch.highest - before) / 1e6})
    )


if __name__ == "__main__":
    read(Path(sys.argv[1]))
