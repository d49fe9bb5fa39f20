"""Office and kiosk at the same card in the same moment, on the real database: whoever is first, the end is one that may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.core.db import Database
from server.membership.models import Card, Member
from sync_protocol.ids import new_id
from tests.kiosk.centre import Centre, found_centre
from tests.kiosk.test_side_by_side import at_once, reads


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Iterator[Centre]:
    database = Database(database_url)
    yield found_centre(database, tmp_path)
    database.close()


def asks(centre: Centre, path: str, body: Any = None) -> Any:
    office = centre.company.office("jie")
    return lambda: office("POST", path, json=body or {}).status_code


def test_a_card_that_is_replaced_at_once_by_many_has_one_successor(centre: Centre) -> None:
    card = centre.card()
    answers = Counter(at_once([asks(centre, f"/cards/{card.id}/replace", {"id": new_id()}) for _ in range(6)]))
    assert answers == {201: 1, 409: 5}
    assert Counter(each.state for each in centre.all_of(Card)) == {"replaced": 1, "active": 1}


def test_a_card_is_lost_while_it_is_read_and_is_lost_for_good(centre: Centre) -> None:
    card, kiosk = centre.card("phone"), centre.another_kiosk()
    signed = kiosk.sign(centre.text(card))
    acts = [asks(centre, f"/cards/{card.id}/lose"), reads(kiosk, signed), asks(centre, f"/cards/{card.id}/block")]
    lost, outcome, blocked = at_once(acts)
    assert (lost, blocked in (200, 409)) == (200, True)
    assert centre.company.row(Card, card.id).state == "lost"
    assert reads(kiosk, signed)() == outcome
    assert len(centre.arrivals()) == (outcome == "welcome")


@pytest.mark.parametrize("round_", range(2))
def test_who_leaves_while_cards_are_issued_replaced_and_unblocked_has_none_that_opens(
    centre: Centre, round_: int
) -> None:
    member_id = centre.member()
    first, second, third = (centre.card(member_id=member_id) for _ in range(3))
    centre.company.office("jie").ok("POST", f"/cards/{third.id}/block")
    kiosk = centre.another_kiosk()
    answers = at_once(
        [
            asks(centre, f"/members/{member_id}/leave"),
            asks(centre, "/cards", {"member_id": member_id, "kind": "phone"}),
            asks(centre, f"/cards/{first.id}/replace"),
            asks(centre, f"/cards/{third.id}/unblock"),
            reads(kiosk, kiosk.sign(centre.text(second))),
        ]
    )
    while centre.company.row(Member, member_id).state != "left":  # the database may have chosen it to give way: 503
        assert 503 in answers
        centre.company.office("jie")("POST", f"/members/{member_id}/leave")
    assert set(answers[:-1]) <= {200, 201, 409, 503}
    assert "active" not in {each.state for each in centre.all_of(Card)}
