"""What a merge and a deletion of customers make of memberships."""

from __future__ import annotations

import pytest

from server.core.problems import Refused
from server.customers.deleting.operations import delete_customers
from server.customers.merging.operations import merge_customers
from server.membership.models import Card, Member
from tests.kiosk.centre import Centre


def test_two_memberships_become_one_with_all_cards_and_a_member_is_not_deleted(centre: Centre) -> None:
    kept, gone, third = (centre.customer(name) for name in ("王小明", "王晓明", "李四"))
    first, second = centre.member(kept), centre.member(gone, tier="silver")
    cards = {centre.card(member_id=each).id for each in (first, second)}
    for into, goes in ((kept, gone), (third, kept)):
        with centre.company.writing("wang") as uow:
            merge_customers(uow, into, goes)
            uow.commit()
        (member,) = centre.all_of(Member)
        assert (member.id, member.customer_id) == (first, into)
        held = {(card.id, card.member_id, card.customer_id) for card in centre.all_of(Card)}
        assert held == {(card, first, into) for card in cards}
    with centre.company.writing("admin") as uow, pytest.raises(Refused, match=r"^customers.protected$") as caught:
        delete_customers(uow, [third])
    assert caught.value.params["reasons"] == ["member"]
