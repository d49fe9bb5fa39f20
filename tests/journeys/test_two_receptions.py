"""Scenario 2 of the domain: two receptions, one buyer. Simulated phones over HTTP, the worker, and a supervisor who rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from server.core.db import Database
from server.core.events import verify
from server.core.tables import EVENTS
from server.core.types import to_ms
from sync_protocol.ids import new_id
from tests.notifications.scene import Desk
from tests.server.accounts.company import Phone, found_company
from tests.support.syncing import Wire
from tests.support.whole_app import whole_app

MORNING = datetime(2025, 3, 3, 0, 0, tzinfo=UTC)
"""Eight o'clock in Shanghai."""
BUYER = "13800138000"


def _at(hour: int, minute: int = 0) -> datetime:
    """That time of the day in Shanghai."""
    return MORNING + timedelta(hours=hour - 8, minutes=minute)


@dataclass
class Handheld:
    """A phone with a queue of its own and a clock that is so much fast."""

    desk: Desk
    phone: Phone
    fast: timedelta = timedelta(0)
    queue: list[Wire] = field(default_factory=list)
    rows: dict[str, dict[str, Wire]] = field(default_factory=dict)
    cursor: Any = None
    sent: int = 0

    def now(self) -> int:
        return to_ms(self.desk.company.clock.now() + self.fast)

    def act(self, *acts: tuple[str, str, str, Wire]) -> None:
        """One local transaction: collection, action, row, values."""
        group = self.sent + len(self.queue) + 1
        for place, (collection, action, row, values) in enumerate(acts):
            self.queue.append(
                {"n": group + place, "group": group, "collection": collection, "action": action, "row": row, "values": values,
                 "base": 0 if action == "create" else self.version(collection, row), "made_at": self.now()}
            )  # fmt: skip

    def version(self, collection: str, row: str) -> int:
        """What was seen of a row."""
        return int(self.rows.get(collection, {}).get(row, {}).get("version", 1))

    def receive(self, name: str) -> str:
        """Fill in the contact sheet of somebody who has come."""
        customer = new_id()
        reception = {"customer_id": customer, "channel": "visit", "received_at": self.now(), "interest_location": True}
        self.act(
            ("customers", "create", customer, {"name": name}),
            ("customer_phones", "create", new_id(), {"customer_id": customer, "number": BUYER}),
            ("receptions", "create", new_id(), reception),
        )
        return customer

    def sync(self) -> list[str | None]:
        """Push and pull all there is; the codes of the verdicts."""
        answer = self._exchange(push={"operations": self.queue}) if self.queue else {}
        self.sent += len(self.queue)
        self.queue = []
        self.rows, self.cursor = {}, None
        while True:
            pull = self._exchange(pull={"cursor": self.cursor})["pull"]
            for page in pull["pages"]:
                names = list(page["columns"])
                for values in zip(*page["columns"].values(), strict=True):
                    row = dict(zip(names, values, strict=True))
                    self.rows.setdefault(page["collection"], {})[row["id"]] = row
            self.cursor = pull["cursor"]
            if pull["complete"]:
                return [each["code"] for each in answer["push"]["verdicts"]] if answer else []

    def _exchange(self, **members: Any) -> Any:
        body = {
            "protocol": 1,
            "schema": 1,
            "enrolment": self.phone.answer["enrolment"],
            "sent_at": self.now(),
            **members,
        }
        answer = self.desk.company.call(
            "POST", "/mobile/v1/exchange", token=self.token, data=orjson.dumps(body), content_type="application/json"
        )
        assert answer.status_code == 200, answer.get_data()
        return answer.json

    @property
    def token(self) -> str:
        """A fresh one: a day is longer than a token lives."""
        refreshed = self.phone.refresh()
        assert refreshed.status_code == 200, refreshed.json
        self.phone.answer = {**self.phone.answer, **refreshed.json}
        return str(self.phone.answer["access_token"])


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    database = Database(database_url)
    company = found_company(database, tmp_path, whole_app)
    company.clock.at = MORNING
    yield Desk(company, company.services)
    database.close()


def test_the_earliest_reception_wins_however_late_it_is_synced(desk: Desk) -> None:
    company = desk.company

    def handheld(who: str, fast: timedelta = timedelta(0)) -> Handheld:
        made = Handheld(desk, Phone(company).signed_in(who), fast)
        made.sync()
        return made

    # Wang's clock is seven minutes fast, and he goes down to the basement; Na stays in the network.
    wang, na, boss = handheld("wang", timedelta(minutes=7)), handheld("na"), handheld("boss")
    desk.at(_at(10, 5))
    his = wang.receive("王小明")
    desk.at(_at(10, 40))
    hers = na.receive("王小明")
    assert na.sync() == [None] * 3
    desk.work()
    assert desk.inbox("na") == []
    desk.at(_at(18))
    assert wang.sync() == [None] * 3
    desk.work()

    # A conflict opens; the raw times and the corrected ones are on both phones, and the first receiver is proposed.
    na.sync()
    for phone, mine, other in ((wang, his, hers), (na, hers, his)):
        (conflict,) = phone.rows["lead_conflicts"].values()
        assert (conflict["first_id"], conflict["second_id"]) == (hers, his)  # in the order of arrival
        assert (conflict["proposed"], conflict["because"], conflict["state"]) == ("second", "earlier", "open")
        times = [conflict[f"second_{name}"] for name in ("received_at", "fixed_at", "arrived_at")]
        assert times == [to_ms(each) for each in (_at(10, 12), _at(10, 5), _at(18))]
        times = [conflict[f"first_{name}"] for name in ("received_at", "fixed_at", "arrived_at")]
        assert times == [to_ms(_at(10, 40))] * 3
        assert mine in phone.rows["customers"]
        assert other not in phone.rows["customers"]
        assert phone.rows["customers"][mine]["stage"] == "visited"
    told = {who: [each.topic for each in desk.inbox(who)] for who in ("wang", "na", "jie", "hong")}
    assert told == {who: ["customers.lead-conflict"] for who in told}

    # Neither of the two rules for himself, and who leads one of them does not lead the other: the director rules.
    (conflict_id,) = wang.rows["lead_conflicts"]
    ruling = {"owner": "second", "other_percent": 30, "reason": "先接待"}
    wang.act(("lead_conflicts", "rule", conflict_id, ruling))
    assert wang.sync() == ["core.function-missing"]
    boss.sync()
    boss.act(("lead_conflicts", "rule", conflict_id, ruling))
    assert boss.sync() == [None]
    desk.work()
    wang.sync()
    na.sync()
    assert wang.rows["customers"].keys() >= {his, hers}
    assert hers not in na.rows.get("customers", {})
    for phone in (wang, na):
        (conflict,) = phone.rows["lead_conflicts"].values()
        assert (conflict["state"], conflict["chosen"], conflict["other_percent"]) == ("ruled", "second", 30)
    for who in ("wang", "na"):
        assert "customers.lead-conflict-ruled" in [each.topic for each in desk.inbox(who)]
    shares = company.office("wang").ok("GET", f"/customers/{hers}/shares")["items"]
    assert {each["user_id"]: each["percent"] for each in shares} == {company.users["wang"]: 70, company.users["na"]: 30}
    lines = [each["kind"] for each in company.office("wang").ok("GET", f"/customers/{hers}/timeline")["items"]]
    assert {"reception", "handover", "lead-conflict-ruled"} <= set(lines)

    # Every step is in the audit log, in one unbroken chain.
    with company.database.read(company.org) as connection:
        t = EVENTS.c
        statement = t.org_id == company.org, t.name.like("customers.%")
        names = [row.name for row in connection.execute(EVENTS.select().where(*statement).order_by(t.n))]
        assert verify(connection, company.org)[1] is None
    steps = ["reception-added"] * 2 + ["lead-conflict-opened", "lead-conflict-ruled", "customer-handed-over"]
    assert sorted(each for each in names if each.removeprefix("customers.") in steps) == sorted(
        f"customers.{each}" for each in steps
    )
