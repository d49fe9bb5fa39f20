"""Small exchanges, against an authenticated constant answer of the same server: a delta of 20, and nothing new."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

import orjson

from benchmarks.client import Client, request, unpacked
from benchmarks.first_sync import EXCHANGE
from benchmarks.measuring import Figure, Told, in_turn, milliseconds
from benchmarks.place import Place, Seller, exchange
from benchmarks.serving import CONSTANT, Running

DELTA = 20


def compare(place: Place, seller: Seller, server: Running, requests: int, rounds: int) -> list[Figure | Told]:
    """Milliseconds a request, one client after another and four at once."""
    token, found = place.token(seller), list[Figure | Told]()
    sent = {
        "constant": request("GET", CONSTANT, token=token),
        "delta": _pull(place, seller, token, behind=DELTA),
        "idle": _pull(place, seller, token, behind=0),
    }
    with Client(server.port) as client:
        _check(client.ask(sent["delta"]), DELTA)
        _check(client.ask(sent["idle"]), 0)
    for clients in (1, 4):
        constant, delta, idle = in_turn(
            rounds, *(_asking(server.port, sent[name], requests, clients) for name in ("constant", "delta", "idle"))
        )
        who = "one client" if clients == 1 else f"{clients} clients"
        found += [
            Figure(f"delta of {DELTA} among {place.customers:,}, {who}", "ms", delta, constant),
            Figure(f"idle exchange, {who}", "ms", idle, constant),
            Told(f"constant, {who}", "requests/s", 1000 / constant),
            Told(f"delta, {who}", "requests/s", 1000 / delta),
            Told(f"idle, {who}", "requests/s", 1000 / idle),
        ]
    return found


def _pull(place: Place, seller: Seller, token: str, *, behind: int) -> bytes:
    document = exchange(seller, pull={"cursor": place.cursor(seller, behind=behind), "max_bytes": 1_048_576})
    return request("POST", EXCHANGE, token=token, body=document)


def _check(answer: bytes, rows: int) -> None:
    pulled = orjson.loads(unpacked(answer, "gzip"))["pull"]
    there = sum(len(page["columns"]["id"]) for page in pulled["pages"])
    if there != rows or not pulled["complete"]:
        raise ValueError(f"{there} rows instead of {rows}")


def _asking(port: int, sent: bytes, requests: int, clients: int) -> Callable[[], float]:
    """Milliseconds a request when so many clients share that many requests."""

    def ask(client: Client) -> None:
        for _ in range(requests // clients):
            client.ask(sent)

    def side() -> float:
        made = [Client(port) for _ in range(clients)]
        threads = [Thread(target=ask, args=(client,)) for client in made]

        def work() -> None:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        taken = milliseconds(work)
        for client in made:
            client.__exit__()
        return taken / (requests // clients * clients)

    return side
