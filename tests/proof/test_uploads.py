"""Pictures over a bad line and a server that dies: a cut costs at most one part, nothing acknowledged is lost, nothing is left."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.conftest import made_database
from tests.support.databases import Kind
from tests.support.pictures import heavy, sha256
from tests.support.server import Server, server
from tests.support.tus_client import CHUNK, TusClient, cutting_line

CUTS = 20


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("sqlite", marks=pytest.mark.sqlite),
        pytest.param("postgresql", marks=pytest.mark.pg),
    ],
)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the demo organisation; two web processes on PostgreSQL."""
    kind: Kind = request.param
    with (
        made_database(kind, migrated=True) as database,
        server(database, tmp_path_factory.mktemp("uploads")) as made,
    ):
        assert made.run("demo", "load", "--customers", "1", "--staff", "3").returncode == 0
        if kind == "postgresql":
            made.environment["DOORSTEP_WEB_PROCESSES"] = "2"
        made.start()
        yield made


def on_disk(running: Server) -> Counter[str]:
    """How many files lie in which folder of BLOB_DIR."""
    root = Path(running.environment["DOORSTEP_BLOB_DIR"])
    return Counter(path.relative_to(root).parts[1] for path in root.rglob("*") if path.is_file())


def read(client: TusClient, raw: bytes) -> requests.Response:
    headers = {"Authorization": f"Bearer {client.token}"}
    return requests.get(f"{client.home}/api/v1/files/{sha256(raw)}", headers=headers, timeout=30)


@pytest.mark.deep
def test_a_line_that_is_cut_twenty_times_costs_at_most_a_part_each(running: Server) -> None:
    before = on_disk(running)
    raw = heavy(1, 8_000_000)
    with cutting_line(running.port, CUTS) as line:
        client = TusClient(running.url, line.url)
        client.sign_in()
        place = client.send(raw)
        assert line.done == CUTS
    heads = 1_000 * (len(raw) // CHUNK + 3 * CUTS)
    assert line.carried <= len(raw) + CUTS * CHUNK + heads
    assert any(client.resumed), "of a part that is cut, what came is kept"
    client.at = running.url
    assert client.ask("GET", place).json()["state"] == "arrived"  # which it is only if its hash is the announced one
    assert read(client, raw).content.startswith(b"\xff\xd8\xff")
    assert on_disk(running) - before == {"kept": 1}


@pytest.mark.timeout(300)
def test_a_server_that_is_killed_in_mid_part_goes_on_where_it_stood(running: Server) -> None:
    """kill -9 while a part arrives, and at the end, while the picture is judged."""
    before = on_disk(running)
    raw, chance = heavy(2, 3_000_000), random.Random(2)
    client = TusClient(running.url, running.url, chunk=1_000_000)
    client.sign_in()
    sending = threading.Thread(target=client.send, args=(raw,))

    def slowly(data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), 64 * 1024):
            time.sleep(0.03)
            yield data[start : start + 64 * 1024]

    add = client.add
    client.add = lambda place, offset, data: add(place, offset, slowly(data))  # type: ignore[method-assign]
    sending.start()
    for _ in range(3):
        time.sleep(chance.uniform(0.3, 0.9))
        running.kill()
        running.start()
    sending.join(200)
    assert not sending.is_alive()
    assert client.cuts
    place = client.begin(raw).headers["Location"]
    assert client.ask("GET", place).json()["state"] == "arrived"
    assert read(client, raw).status_code == 200
    assert on_disk(running) - before == {"kept": 1}


@pytest.mark.deep
@pytest.mark.timeout(300)
def test_a_server_that_is_killed_while_it_judges_a_picture_judges_it_again(running: Server) -> None:
    before = on_disk(running)
    client = TusClient(running.url, running.url, chunk=4_000_000)
    client.sign_in()
    for turn in range(3):
        raw = heavy(10 + turn, 300_000)
        place = client.begin(raw).headers["Location"]

        def last(place: str = place, raw: bytes = raw) -> None:
            try:
                client.add(place, 0, raw)
            except requests.RequestException:
                return

        ending = threading.Thread(target=last)
        ending.start()
        time.sleep(0.02 + 0.04 * turn)
        running.kill()
        ending.join()
        running.start()
        client.send(raw)
        assert client.ask("GET", place).json()["state"] == "arrived"
        assert read(client, raw).status_code == 200
    assert on_disk(running) - before == {"kept": 3}


def test_one_request_of_all_processes_has_an_upload(running: Server) -> None:
    before = on_disk(running)
    client = TusClient(running.url, running.url)
    client.sign_in()
    raw = heavy(3, 600_000)
    place = client.begin(raw).headers["Location"]
    answers: list[int] = []
    taps = [threading.Thread(target=lambda: answers.append(client.add(place, 0, raw).status_code)) for _ in range(12)]
    for tap in taps:
        tap.start()
    for tap in taps:
        tap.join()
    assert answers.count(204) == 1
    assert set(answers) <= {204, 409, 423}
    assert on_disk(running) - before == {"kept": 1}


def test_what_a_sender_that_fell_silent_had_sent_is_kept(running: Server) -> None:
    client = TusClient(running.url, running.url)
    client.sign_in()
    raw = heavy(4, 100_000)
    place = client.begin(raw).headers["Location"]
    head = (
        f"PATCH {place} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.token}\r\nTus-Resumable: 1.0.0\r\n"
        f"Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {len(raw)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", urlsplit(running.url).port or 0)) as line:
        line.sendall(head.encode() + raw[:70_000])
        time.sleep(0.5)
        assert client.ask("HEAD", place).status_code == 423  # the server still waits for the rest
        line.settimeout(20)
        line.recv(1000)  # until it does not any more
    offset = int(client.ask("HEAD", place).headers["Upload-Offset"])
    assert 64 * 1024 <= offset <= 70_000
    assert client.add(place, offset, raw[offset:]).status_code == 204
