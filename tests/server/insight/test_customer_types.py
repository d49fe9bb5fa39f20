"""Customers by type: one person is counted once, whatever he bought and joined."""

from __future__ import annotations

from tests.kiosk.centre import Centre


def test_an_owner_who_joins_is_counted_once_in_the_total_and_in_both(centre: Centre) -> None:
    office = centre.company.office("wang")

    def types() -> dict[str, int]:
        return dict(office.ok("GET", "/customer-types"))

    before = types()
    made = {stage: centre.customer() for stage in ("prospect", "visited", "negotiating", "lost", "won")}
    for stage, customer_id in made.items():
        if stage != "prospect":
            why = {"lost_reason": "price"} if stage == "lost" else {}
            office.ok("PATCH", f"/customers/{customer_id}", json={"stage": stage, **why})
    for stage in ("won", "prospect"):
        office.ok("POST", "/members", json={"customer_id": made[stage]})
    after = types()
    assert {name: after[name] - before[name] for name in after} == {
        "total": 5,
        "prospects": 1,
        "visitors": 2,
        "owners": 1,
        "closed": 1,
        "members": 2,
        "member_owners": 1,
    }
    assert after["total"] == sum(after[name] for name in ("prospects", "visitors", "owners", "closed"))
    assert office.ok("GET", f"/customers/{made['won']}")["id"] == made["won"]
