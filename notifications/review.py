"""Messages with an unknown fate: a person looks whether they arrived, and decides (rule N6)."""

from __future__ import annotations

from notifications import events
from notifications.models import Delivery, Notice
from notifications.rules import DeliveryState
from notifications.telling import DELIVER
from server.core.access import SYSTEM_USER
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.types import to_ms
from server.core.uow import UnitOfWork

NOT_DOUBTFUL = problem_type(
    "notifications.not-doubtful",
    409,
    zh="该消息的发送结果已确定。",
    en="What became of this message is known already.",
    doc="Only a delivery in the state `unknown` is decided about, and once.",
)


def settle_delivery(uow: UnitOfWork, delivery_id: str, *, resend: bool) -> Delivery:
    """Decide about a message nobody knows about. Sent once more only while it is still news. Records DeliverySettled.

    Raises Refused NOT_FOUND, NOT_DOUBTFUL.
    """
    delivery = uow.get(Delivery, delivery_id)
    if delivery is None:
        raise Refused(NOT_FOUND)
    if delivery.state != DeliveryState.UNKNOWN:
        raise Refused(NOT_DOUBTFUL)
    notice = None if delivery.notice_id is None else uow.get(Notice, delivery.notice_id)
    again = resend and notice is not None
    state = DeliveryState.LATER if again else DeliveryState.SENT
    uow.change(delivery, state=state.value, settled_by=uow.actor.user_id)
    if again:
        payload = {"notice_id": delivery.notice_id, "message": delivery.message, "since": to_ms(uow.now)}
        uow.enqueue(DELIVER, payload, owner_id=SYSTEM_USER, max_attempts=12)
    uow.record(events.DeliverySettled(delivery.id, delivery.channel, again))
    return delivery
