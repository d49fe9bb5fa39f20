"""Web Push (RFC 8030, 8188, 8291, 8292): an encrypted body that says that there is something, signed with VAPID."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from py_vapid import Vapid02
from pywebpush import WebPusher, WebPushException

from notifications.channels import SENT, End, Message, Result, gone, later, refused, seconds, unknown
from notifications.channels.outbound import Answer, Forbidden, NoAnswer, Outbound

TOKEN_SECONDS = 12 * 3600
"""How long a VAPID token is good; push services take up to 24 hours."""


def body_of(message: Message) -> bytes:
    """What a service worker is given: that there is news, and the id under which it is shown once."""
    return orjson.dumps({"v": 1, "id": message.id, "kind": "news"})


class WebPush:
    """Sends to the push services of browsers. subject: whom they write to about us."""

    def __init__(self, outbound: Outbound, key: EllipticCurvePrivateKey, subject: str) -> None:
        self._outbound = outbound
        self._vapid = Vapid02(key)
        self._subject = subject

    def send(self, end: End, message: Message) -> Result:
        """As Sender.send."""
        try:
            body = WebPusher({"endpoint": end.address, "keys": dict(end.keys)}).encode(body_of(message))["body"]
        except (WebPushException, ValueError, TypeError):
            return gone("webpush.bad-keys")  # a subscription nobody can be reached by
        try:
            return _judged(self._outbound.post(end.address, body, self._headers(end.address, message)))
        except Forbidden:
            return gone("webpush.forbidden")
        except NoAnswer as failed:
            return unknown("webpush.no-answer") if failed.was_sent else later("webpush.away")

    def _headers(self, url: str, message: Message) -> Mapping[str, str]:
        parts = urlsplit(url)
        claims: dict[str, Any] = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(time.time()) + TOKEN_SECONDS,
            "sub": self._subject,
        }
        return {
            **self._vapid.sign(claims),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(message.useful_for.total_seconds())),
            "Urgency": "high",
            "Topic": message.id,
        }


def _judged(answer: Answer) -> Result:
    match answer.status:
        case 200 | 201 | 202:
            return SENT
        case 404 | 410:
            return gone("webpush.expired")
        case 429:
            return later("webpush.too-many", seconds(answer.headers.get("retry-after")))
        case 401 | 403:
            return refused("webpush.key-refused", is_ours=True)
        case status if status >= 500:
            return later("webpush.away", seconds(answer.headers.get("retry-after")))
        case _:
            return refused("webpush.refused")
