"""After the day: what arrived, what merged, what was refused and why, and whether phones and server agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from time import monotonic, sleep
from typing import Any

from server.cli.demo_day.arrivals import reckon_arrivals
from server.cli.demo_day.claims import reckon_claims
from server.cli.demo_day.receipts import reckon_photos, reckon_receipt
from server.cli.demo_day.reminders import reckon_reminders
from server.cli.demo_day.scene import PLANNED, UNPLANNED, Cast, Day, Finding, rows_of


def reckon(cast: Cast, day: Day) -> Iterator[Finding]:
    """All that has to hold, asked of the server through the office API and of the phones."""
    yield from _arrived(cast, day)
    yield from _merged(cast, day)
    yield from _refused(cast, day)
    yield from _handed_over(cast, day)
    yield from reckon_claims(cast, day)
    yield from reckon_receipt(cast, day)
    yield from reckon_photos(cast, day)
    yield from reckon_arrivals(cast, day)
    yield from reckon_reminders(cast, day)
    yield from _agree(cast)
    yield from _board(cast, day)
    yield from _reported(cast, day)


def _arrived(cast: Cast, day: Day) -> Iterator[Finding]:
    """Everything once: each row is there, and there is no other of this run."""
    customers = [row for row in cast.desk.all("/api/v1/customers?limit=200") if row["remark"] == day.mark]
    wanted = sorted(day.portfolio + day.new_customers)
    yield Finding("customers on the server, each once", wanted, sorted(row["id"] for row in customers))
    visits = cast.desk.all(f"/api/v1/visits?from={day.on}&to={day.on}&limit=200")
    mine = Counter(row["id"] for row in visits if row["id"] in set(day.visits) or row["customer_id"] in set(wanted))
    yield Finding("visits on the server, each once", Counter(day.visits), mine)
    done = sum(1 for row in visits if row["id"] in set(day.visits) and row["state"] == "done")
    yield Finding("visits done", len(day.visits), done)
    notes = Counter(
        note["id"] for customer in wanted for note in cast.desk.all(f"/api/v1/customers/{customer}/notes?limit=200")
    )
    yield Finding("notes on the server, each once", Counter(day.notes), notes)
    held = {row["id"] for row in rows_of(cast.jie, "follow_ups", day.follow_ups)}
    yield Finding("follow-ups on the supervisor's phone", set(day.follow_ups), held)
    numbers = {row["id"] for row in rows_of(cast.jie, "customer_phones", day.phones)}
    yield Finding("phone numbers on the supervisor's phone", set(day.phones), numbers)


def _merged(cast: Cast, day: Day) -> Iterator[Finding]:
    """Two hands on one row: different fields merge, the same field keeps the first and both values."""
    merged = cast.desk.get(f"/api/v1/customers/{day.merge}")
    both = (merged["stage"], merged["needs"])
    yield Finding("different fields of one customer: both kept", ("negotiating", "三房 three rooms"), both)
    clashed = cast.desk.get(f"/api/v1/customers/{day.clash}")["grade"]
    yield Finding("same field of one customer: the first one stays", "D", clashed)
    issue = next((each for each in issues_of(cast) if each["verdict"] == "conflict"), None)
    values = (issue["attempted"].get("grade"), issue["kept"].get("grade")) if issue else None
    yield Finding("  and both values are kept in the list of clashes", ("A", "D"), values)
    moved = next((row for row in rows_of(cast.li, "visits", [day.moved])), None)
    kept = (moved["id"], moved["state"]) if moved else None
    yield Finding("the visit that was moved: one row from plan to event", (day.moved, "done"), kept)


def _refused(cast: Cast, day: Day) -> Iterator[Finding]:
    """What was refused is on the phone and in the office's list, with its reason."""
    on_phone = {mend.code: mend.entry.row for mend in cast.li.phone.mend if mend.verdict == "rejected"}
    for code in day.to_be_refused:
        yield Finding(f"refused with {code}: on the phone", True, code in on_phone)
    in_office = {each["code"] for each in issues_of(cast) if each["verdict"] == "rejected"}
    yield Finding("  and in the office's list", set(day.to_be_refused), in_office)


def _handed_over(cast: Cast, day: Day) -> Iterator[Finding]:
    """The customer went, the visit he made stays his and is seen by the new owner."""
    gone = day.handed_over in cast.li.phone.rows("customers")
    yield Finding("the customer handed over left li.wang's phone", False, gone)
    visit = day.planned[day.portfolio.index(day.handed_over)]
    done = [row["state"] for carrier in (cast.li, cast.min) for row in rows_of(carrier, "visits", [visit])]
    yield Finding("  his visit there was taken in his name; both of them see it", ["done", "done"], done)


def _agree(cast: Cast) -> Iterator[Finding]:
    """Digest of every bucket, phone against server; taken again when somebody else wrote in between."""
    until = monotonic() + 30
    for carrier in cast.carriers:
        while (differing := carrier.phone.verify()) is None and monotonic() < until:
            sleep(0.1)
            carrier.sync()
        yield Finding(f"{carrier.username}: nothing waits", 0, len(carrier.phone.queue))
        yield Finding(f"{carrier.username}: phone and server hold the same, bucket by bucket", [], differing)


def _board(cast: Cast, day: Day) -> Iterator[Finding]:
    """The supervisor's board: plan against actual, line by line of this run."""
    lines = cast.desk.get(f"/api/v1/board/{cast.li.user_id}?on={day.on}")["items"]
    mine = [line for line in lines if line["id"] in set(day.visits)]
    planned = sum(1 for line in mine if line["id"] in set(day.planned))
    yield Finding("board: planned and unplanned visits done", (PLANNED, len(day.visits)), (planned, len(mine)))
    outside = [line["id"] for line in mine if line["location_verdict"] == "outside"]
    yield Finding("board: the visit outside its circle is flagged", [day.planned[4]], outside)


def _reported(cast: Cast, day: Day) -> Iterator[Finding]:
    """The report, written before anything was sent, is with the supervisor and knows what came with it."""
    report = next((row for row in rows_of(cast.jie, "work_reports", [day.report])), None)
    told = None if report is None else (report["state"], report["revision"], cast.jie.user_id in report["reader_ids"])
    yield Finding("the day's report is on the supervisor's phone", ("sent", 1, True), told)
    facts = {} if report is None else report["facts"]
    enough = [
        facts.get(name, 0) >= least
        for name, least in (("visits_done", len(day.visits)), ("visits_unplanned", UNPLANNED))
    ]
    yield Finding("  filled in with the visits of the day", [True, True], enough)
    yield Finding("  each of them by its name", set(), set(day.visits) - set(facts.get("visits", ())))


def issues_of(cast: Cast) -> list[dict[str, Any]]:
    """What sync refused or found clashing of this run's operations."""
    enrolment = cast.li.phone.enrolment
    issues = cast.desk.all(f"/api/v1/sync-issues?user={cast.li.user_id}&limit=200")
    return [each for each in issues if each["enrolment_id"] == enrolment]


def board_of(cast: Cast, day: Day) -> list[dict[str, Any]]:
    """The people of the board of that day."""
    people: list[dict[str, Any]] = cast.desk.get(f"/api/v1/board?on={day.on}")["items"]
    return people
