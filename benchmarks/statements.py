"""How many statements each exchange costs, BEGIN and ROLLBACK among them."""

from __future__ import annotations

from typing import Any

from benchmarks.first_sync import EXCHANGE
from benchmarks.measuring import Figure, Told
from benchmarks.place import Place, Seller, exchange
from server.app import create_app
from tests.support.syncing import count_statements


def count(place: Place, seller: Seller) -> list[Figure | Told]:
    """Of a first page, a delta and an idle exchange, counted in this process."""
    client = create_app(place.services).test_client()
    headers = {"Authorization": f"Bearer {place.token(seller)}"}

    def told(name: str, cursor: Any) -> Told:
        document = exchange(seller, pull={"cursor": cursor, "max_bytes": 1_048_576})
        client.post(EXCHANGE, json=document, headers=headers)  # the first one also loads what he reaches
        with count_statements(place.services.database) as seen:
            answer = client.post(EXCHANGE, json=document, headers=headers)
        if answer.status_code != 200:
            raise ValueError(answer.text)
        return Told(f"statements of {name}", "statements", len(seen))

    return [
        told("a first page", None),
        told("a delta of 20", place.cursor(seller, behind=20)),
        told("an idle exchange", place.cursor(seller)),
    ]
