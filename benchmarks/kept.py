"""Organisations that stay: built once in a folder (`--keep DIR`), and only brought to the newest schema by later runs.

In DIR lie, for each database and size, a JSON that says who asks, and SQLite's file or PostgreSQL's whole cluster. A copy of DIR
made while nothing runs is as good as DIR: so a change of the schema is tried on a copy.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks.crowd import Crowd
from benchmarks.place import Place, Seller
from server.accounts.queries.actors import load_actor
from server.core.db import migrate
from server.core.services import Services
from tests.support.databases import Database, Kind, kept_postgres, sqlite_url

_WHO = ("seller", "supervisor", "director")


class Kept:
    """One organisation in DIR."""

    def __init__(self, folder: Path, kind: Kind, total: int) -> None:
        self.kind, self.total, self.home = kind, total, folder / kind
        self.told = self.home / f"{total}.json"
        self.environment = {"DOORSTEP_KEYS_DIR": f"{self.home}/keys-{total}"}

    @contextlib.contextmanager
    def database(self) -> Iterator[Database]:
        """Its database at the newest schema: the one that is there, or an empty one, also when building it was broken off."""
        self.home.mkdir(parents=True, exist_ok=True)
        if self.kind == "postgresql":
            with kept_postgres(self.home, f"doorstep_{self.total}", fresh=not self.told.exists()) as made:
                migrate(made.owner_url)
                yield made
            return
        file = self.home / f"{self.total}.db"
        if not self.told.exists():
            for left in self.home.glob(f"{file.name}*"):
                left.unlink()
        migrate(sqlite_url(file))
        yield Database("sqlite", sqlite_url(file), sqlite_url(file))

    def write(self, crowd: Crowd) -> None:
        """Remember that it is whole, and who asks."""
        place = crowd.place
        told = {
            "place": {"org_id": place.org_id, "root": place.root, "team": place.team, "customers": place.customers},
            "crowd": {"block": crowd.block, "busy": crowd.busy, "rows": crowd.rows},
            **{who: _told(getattr(crowd, who)) for who in _WHO},
        }
        self.told.write_text(json.dumps(told, indent=1))

    def read(self, services: Services) -> Crowd | None:
        """The organisation that is there; None when it has to be built."""
        if not self.told.exists():
            return None
        told = json.loads(self.told.read_text())
        place = Place(services, **told["place"])
        seller, supervisor, director = (_seller(place, told[who]) for who in _WHO)
        return Crowd(place, seller, supervisor, director, **told["crowd"])


def _told(seller: Seller) -> dict[str, str]:
    return {
        "user_id": seller.actor.user_id,
        **{name: value for name, value in asdict(seller).items() if name != "actor"},
    }


def _seller(place: Place, told: dict[str, str]) -> Seller:
    with place.services.reading(place.org_id) as connection:
        actor = load_actor(connection, place.org_id, told.pop("user_id"))
    assert actor is not None  # noqa: S101 (written by us)
    return Seller(actor.on_device(told["enrolment"]), **told)
