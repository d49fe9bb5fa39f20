"""The day's money: a claim made without a network, one that lacks its evidence, a decision in the hand, and paying it back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from server.cli.demo_day.people import Desk, NotPlayable
from server.cli.demo_day.receipts import photographed, sha256
from server.cli.demo_day.scene import Cast, Day, Finding, Say, rows_of
from sync_protocol.ids import new_id

TAXI_MINOR, HOTEL_MINOR, TRIP_MINOR = 4_600, 38_000, 1_200
TOLD = {"progress": "预留两套 two units reserved", "key_value": "320 万 3.2 million"}


def claim_offline(cast: Cast, day: Day, say: Say) -> None:
    """li.wang claims a taxi, with its receipt's picture, and a hotel for two of his visits, and a taxi that names none."""
    first, second = ({"visit_id": visit} for visit in day.planned[:2])
    day.receipt = photographed(day.on, TAXI_MINOR)
    pictured = {**first, "receipt_sha256": sha256(day.receipt)}
    day.claim = _claim(cast, day, "拜访费用 visits", [("taxi", TAXI_MINOR, pictured), ("hotel", HOTEL_MINOR, second)])
    day.bare_claim = _claim(cast, day, "打车 taxi", [("taxi", TAXI_MINOR, {})])
    day.to_be_refused["expenses.event-missing"] = day.bare_claim
    trips = [
        {"visit_id": day.visits[place % len(day.visits)], "receipt_sha256": sha256(photo)}
        for place, photo in enumerate(day.photos)
    ]
    day.trips = _claim(
        cast, day, "当天车费 trips", [("taxi", TRIP_MINOR + place, trip) for place, trip in enumerate(trips)]
    )
    say(
        "18:42",
        f"He claims a taxi, whose receipt he photographs, and a hotel for his visits, a taxi without any visit, and "
        f"{len(trips)} trips with a photo each. All wait to be sent.",
    )


def approve_too_early(cast: Cast, day: Day, say: Say) -> None:
    """jie.chen's phone has the claim before the picture has left his: an approval counts for nothing yet."""
    cast.jie.clock.set(day.at(19, 6))
    _decide(cast, day, "approve")
    cast.jie.sync()
    say("19:06", "jie.chen approves his claim at once; it is not taken, because the receipt's picture has not arrived.")


def decide_in_the_hand(cast: Cast, day: Day, say: Say) -> None:
    """She approves without a network, which counts once it has arrived. Then she taps again, too late, and finance pays it
    back."""
    jie = cast.jie
    jie.sync()
    jie.clock.set(day.at(19, 10))
    for deed in ("approve", "reject"):
        _decide(cast, day, deed)
    waits = len(jie.phone.queue)
    jie.sync()
    cast.li.sync()
    say(
        "19:10",
        f"She approves it on her phone again, then rejects it ({waits} operations waited to be confirmed).",
    )
    finance = Desk(jie.line.url("").rstrip("/"), "fang.zhou")
    batch = {"id": new_id(), "claim_ids": [day.claim], "total_minor": TAXI_MINOR + HOTEL_MINOR, "reference": day.mark}
    for _ in range(2):  # a double click pays once
        day.batches.append(finance.post("/api/v1/expenses/batches", batch)["id"])
    cast.li.sync()
    say("19:15", "fang.zhou pays the claim back in a batch; she clicks twice.")


def reckon_claims(cast: Cast, day: Day) -> Iterator[Finding]:
    """One claim, approved once by her; the other refused with its reason, and still there to be mended."""
    listed = cast.desk.all(f"/api/v1/expenses/claims?owner_id={cast.li.user_id}&limit=200")
    mine = sorted(row["id"] for row in listed if row["note"] == day.mark)
    yield Finding("expense claims on the server, each once", sorted([day.claim, day.bare_claim, day.trips]), mine)
    found = next((row for row in listed if row["id"] == day.claim), None)
    told = None if found is None else (found["state"], found["total_minor"], found["decided_by"])
    yield Finding(
        "  approved by whom it was put before, and paid back",
        ("reimbursed", TAXI_MINOR + HOTEL_MINOR, cast.jie.user_id),
        told,
    )
    yield Finding("  paid in one batch", 1, len(set(day.batches)))
    states = [row["state"] for row in rows_of(cast.li, "expense_claims", [day.claim, day.bare_claim])]
    yield Finding(
        "  and on li.wang's phone; the one without a visit waits to be mended", ["reimbursed", "draft"], states
    )
    part = _part(cast, day)
    yield Finding("  and on her phone", "approved", None if part is None else part["state"])
    late = [mend.code for mend in cast.jie.phone.mend]
    codes = ["expenses.receipt-on-its-way", "approvals.no-longer-waiting"]
    yield Finding("  what she tapped too early and too late is on her phone to see", codes, late)


def _claim(cast: Cast, day: Day, title: str, lines: list[tuple[str, int, dict[str, str]]]) -> str:
    phone = cast.li.phone
    with phone.transaction():
        claim = phone.create("expense_claims", {"title": title, "note": day.mark})
        for kind, amount_minor, about in lines:
            values: dict[str, Any] = {
                "claim_id": claim,
                "kind": kind,
                "amount_minor": amount_minor,
                "spent_on": day.on.isoformat(),
            }
            phone.create("expense_lines", values | TOLD | about)
    phone.act("expense_claims", "submit", claim)
    return claim


def _decide(cast: Cast, day: Day, deed: str) -> None:
    part = _part(cast, day)
    if part is None:
        raise NotPlayable("the claim did not reach jie.chen; routes are loaded with `doorstep demo load`")
    seen = {"revision": part["revision"], "content_hash": part["content_hash"], "comment": "同意 fine"}
    cast.jie.phone.act("approvals", deed, part["id"], seen)


def _part(cast: Cast, day: Day) -> dict[str, Any] | None:
    parts = cast.jie.phone.rows("approvals").values()
    return next((dict(row) for row in parts if row["case_id"] == day.claim), None)
