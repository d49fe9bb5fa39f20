"""What a role can be allowed to do with notifications. One's own inbox, settings and devices need no permission."""

from __future__ import annotations

from server.core.access import function

READ_DELIVERIES = function(
    "notifications.deliveries",
    zh="查看和处理消息发送记录",
    en="See messages that were sent, and decide about doubtful ones",
    roles=("administrator",),
)
