"""The member club: the owner hears who has come, and is called only while it is of use."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.topics import MEMBER_ARRIVED
from server.customers.models import Customer
from server.membership.events import MemberArrived
from server.membership.models import SalesCentre
from server.membership.operations.arrivals import Coming, check_in
from server.membership.operations.centres import create_centre
from sync_protocol.ids import new_id
from tests.notifications.scene import Desk
from tests.support.push_services import PushServices, token


@pytest.mark.parametrize(("minutes_ago", "calls"), [(0, 1), (240, 0)])
def test_the_owner_hears_of_an_arrival_and_is_not_called_about_one_of_this_morning(
    wired: Desk, push: PushServices, minutes_ago: int, calls: int
) -> None:
    customer_id, centre_id = wired.customer("wang"), new_id()
    wired.subscribe("wang", token("phone"))
    at = wired.company.clock.now() - timedelta(minutes=minutes_ago)
    with wired.services.writing(wired.company.actor("system")) as uow:
        create_centre(uow, centre_id, {"name": "Lakeside", "host_id": wired.company.users["jie"]})
        customer, centre = uow.must(Customer, customer_id), uow.must(SalesCentre, centre_id)
        coming = Coming(kiosk_id=new_id(), name=customer.name, via="card", at=at, is_late=bool(minutes_ago))
        arrival = check_in(uow, centre, customer, coming)
        uow.record(
            MemberArrived(
                customer.id, owner_id=customer.owner_id, arrival_id=arrival.id, sales_centre_id=centre.id,
                arrived_at=at, late=bool(minutes_ago), is_waiting=not minutes_ago,
            )
        )  # fmt: skip
        uow.commit()
    wired.work()
    (notice,) = wired.inbox("wang")
    assert (notice.topic, notice.subject_collection, notice.subject_id) == (MEMBER_ARRIVED, "arrivals", arrival.id)
    assert notice.customer_name == "王小明"
    assert len(push.to("phone")) == calls
    assert wired.inbox("jie") == []
