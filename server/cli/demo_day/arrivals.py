"""The day's visitors: cards read at a kiosk of the sales centre, some of them while its cable is pulled."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from server.cli.demo_day.line import BadLine
from server.cli.demo_day.people import ORGANISATION
from server.cli.demo_day.scene import Cast, Day, Finding, Say
from server.cli.simulated_kiosk import SimulatedKiosk

ONLINE, OFFLINE, LOST = (0, 1), (5, 7), 6
"""Whose cards are read, by their place in the portfolio: with a network, without one, and the one reported lost."""
ON_THE_PHONE = frozenset({1, 7})


def at_the_kiosk(cast: Cast, day: Day, say: Say) -> None:
    """Issue cards, enrol a kiosk, read with and without a network, hand in what was queued, twice."""
    desk = cast.desk
    centre = next(iter(desk.get("/api/v1/sales-centres")["items"]), None) or desk.post(
        "/api/v1/sales-centres", {"name": f"{day.mark} centre"}
    )
    made = desk.post("/api/v1/kiosks", {"name": f"{day.mark} kiosk", "sales_centre_id": centre["id"]})
    code = desk.post(f"/api/v1/kiosks/{made['id']}/code", {})["code"]
    cards = {place: _card(cast, day, place) for place in (*ONLINE, *OFFLINE, LOST)}
    kiosk = SimulatedKiosk(cast.li.line.url("").rstrip("/"), _line(cast), lambda: datetime.now(UTC))
    kiosk.enrol(ORGANISATION, made["number"], code)
    day.kiosk = made["id"]

    printed, shown = (_text(cast, cards[place]) for place in ONLINE)
    for text in (printed, shown, shown):  # the code on a phone opens once
        day.greeted.append(_outcome(kiosk.read(text)))
    say("10:30", f"At the kiosk of {centre['name']} two members are greeted; a phone's code is not taken twice.")

    lost = _text(cast, cards[LOST])
    desk.post(f"/api/v1/cards/{cards[LOST]}/lose", {})
    genuine = [_text(cast, cards[place]) for place in OFFLINE]
    forged = printed[:-1] + ("A" if printed[-1] != "A" else "B")
    for text in (*genuine, lost, forged, printed):
        kiosk.read(text, offline=True)
    queue = list(kiosk.queue)
    day.queued = [each["outcome"] for each in kiosk.hand_in()]
    kiosk.queue = list(queue)  # the answer was lost: the very same readings go again
    day.queued_again = [each["outcome"] for each in kiosk.hand_in()]
    day.arrived = [day.portfolio[place] for place in (*ONLINE, *OFFLINE)]
    day.read = kiosk.n
    say(
        "10:50",
        f"The cable was pulled: {len(queue)} readings, numbered and signed, waited; a lost card and a forged one among them.",
    )


def reckon_arrivals(cast: Cast, day: Day) -> Iterator[Finding]:
    """Each member arrived once, on the timeline too; what opened nothing was told apart by the office alone."""
    yield Finding("kiosk: greeted with a network", ["welcome", "welcome", "refused"], day.greeted)
    expected = ["welcome", "welcome", "refused", "refused", "welcome"]
    yield Finding("kiosk: what waited without a network, judged on arrival", expected, day.queued)
    yield Finding("  and when it was sent again", expected, day.queued_again)
    readings = cast.desk.all(f"/api/v1/kiosks/{day.kiosk}/readings?limit=200")
    yield Finding("  readings on the server, each number once", list(range(1, day.read + 1)), _numbers(readings))
    reasons = Counter(each["reason"] for each in readings if each["outcome"] == "refused")
    yield Finding(
        "  three opened nothing, each for a reason that only the office sees", [1, 1, 1], sorted(reasons.values())
    )
    arrivals = cast.desk.all("/api/v1/arrivals?limit=200")
    came = Counter(each["customer_id"] for each in arrivals if each["customer_id"] in set(day.portfolio))
    yield Finding("arrivals at the sales centre, each once", Counter(day.arrived), came)
    lines = {
        customer: sum(1 for each in cast.desk.all(f"/api/v1/customers/{customer}/timeline?limit=200")
                      if each["kind"] == "checked-in")
        for customer in day.arrived
    }  # fmt: skip
    yield Finding("  and on their timelines", dict.fromkeys(day.arrived, 1), lines)


def _card(cast: Cast, day: Day, place: int) -> str:
    member = cast.desk.post("/api/v1/members", {"customer_id": day.portfolio[place]})
    kind = "phone" if place in ON_THE_PHONE else "printed"
    card: dict[str, Any] = cast.desk.post("/api/v1/cards", {"member_id": member["id"], "kind": kind})
    return str(card["id"])


def _text(cast: Cast, card: str) -> str:
    return str(cast.desk.post(f"/api/v1/cards/{card}/code", {})["text"])


def _outcome(answer: Mapping[str, Any] | None) -> str | None:
    return None if answer is None else str(answer["outcome"])


def _numbers(readings: list[Any]) -> list[int]:
    return sorted(each["n"] for each in readings)


def _line(cast: Cast) -> Any:
    line = BadLine(cast.li.line.url("").rstrip("/"))

    def send(method: str, path: str, body: Any, headers: Mapping[str, str]) -> tuple[int, Any]:
        content = None if body is None else json.dumps(body).encode()
        typed = {} if content is None else {"content-type": "application/json"}
        status, _, answer = line.send(method, path, {**headers, **typed}, content)
        return status, json.loads(answer) if answer else None

    return send
