"""Text messages through an HTTP gateway: one JSON object a message. The format is ours, for the operator's adapter.

POST <SMS_URL> {"id": …, "to": "+86…", "text": …} with `Authorization: Bearer <SMS_TOKEN>` and `Idempotency-Key: <id>`.
"""

from __future__ import annotations

import requests

from notifications.channels import SENT, End, Message, Result, later, refused, seconds, unknown

TIMEOUT = (5.0, 10.0)


class Sms:
    """Sends through one gateway. A text message cannot be called back, so nothing is sent again that may have been taken."""

    def __init__(self, url: str, token: str | None) -> None:
        self._url = url
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def send(self, end: End, message: Message) -> Result:
        """As Sender.send."""
        try:
            answer = requests.post(
                self._url,
                json={"id": message.id, "to": end.address, "text": f"{message.text} {message.link}"},
                headers={**self._headers, "Idempotency-Key": message.id},
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            )
        except (requests.ConnectTimeout, requests.exceptions.ProxyError, requests.exceptions.SSLError):
            return later("sms.away")
        except requests.ConnectionError as error:
            return later("sms.away") if _never_left(error) else unknown("sms.no-answer")
        except requests.RequestException:
            return unknown("sms.no-answer")
        with answer:
            return _judged(answer)


def _never_left(error: requests.ConnectionError) -> bool:
    """Whether there was no connection to send anything over."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")


def _judged(answer: requests.Response) -> Result:
    match answer.status_code:
        case status if 200 <= status < 300:
            return SENT
        case 400 | 404 | 410 | 422:
            return refused("sms.refused")
        case 401 | 403:
            return later("sms.credentials", is_ours=True)
        case 429 | 503:
            return later("sms.away", seconds(answer.headers.get("Retry-After")))
        case status if status >= 500:
            return unknown("sms.no-answer")  # it failed while it had the message
        case _:
            return refused("sms.refused", is_ours=True)
