"""Firebase Cloud Messaging through firebase-admin: a data message that says that there is something."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import firebase_admin
from firebase_admin import credentials, exceptions, messaging
from google.auth.exceptions import GoogleAuthError

from notifications.channels import SEND_TIMEOUT, SENT, End, Message, Result, gone, later, refused, seconds, unknown
from notifications.rules import TargetKind
from server.core import logs

log = logs.logger("notifications")

HTTP_TIMEOUT = 10
MOST_WAITING = 8
"""Sendings that may still hang in the library after we have stopped waiting for them."""


class Fcm:
    """Sends as one service account. The library obeys Retry-After asleep, for minutes: each sending has a thread of its own.

    What is not answered within `patience` seconds counts as unknown and is sent again under the same collapse key.
    """

    def __init__(self, account: Path, *, patience: float = SEND_TIMEOUT.total_seconds()) -> None:
        self._account = account
        self._patience = patience
        self._app: firebase_admin.App | None = None
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(MOST_WAITING)

    def send(self, end: End, message: Message) -> Result:
        """As Sender.send."""
        if not self._room.acquire(blocking=False):
            return later("fcm.away")
        results: list[Result] = []
        thread = threading.Thread(target=self._send, args=(end, message, results), daemon=True, name="fcm")
        thread.start()
        thread.join(self._patience)
        return results[0] if results else unknown("fcm.no-answer")

    def _send(self, end: End, message: Message, results: list[Result]) -> None:
        try:
            results.append(self._judged(end, message))
        except Exception:  # often one that nobody waits for any more: what became of it is unknown, and stays so
            log.exception("fcm failed")
        finally:
            self._room.release()

    def _judged(self, end: End, message: Message) -> Result:
        try:
            messaging.send(_form(end, message), app=self._warm())
        except messaging.UnregisteredError:
            return gone("fcm.unregistered")
        except messaging.SenderIdMismatchError:
            return gone("fcm.sender-mismatch")
        except exceptions.InvalidArgumentError as error:
            # The token is the only part of the message that is not ours.
            return gone("fcm.bad-token") if "token" in str(error).lower() else refused("fcm.invalid", is_ours=True)
        except messaging.QuotaExceededError as error:
            return later("fcm.too-many", _asked_for(error))
        except (messaging.ThirdPartyAuthError, exceptions.UnauthenticatedError, exceptions.PermissionDeniedError):
            return refused("fcm.credentials", is_ours=True)
        except exceptions.DeadlineExceededError:
            return unknown("fcm.no-answer")
        except exceptions.FirebaseError as error:
            # Without an answer the line broke, and nobody knows whether it had arrived.
            return unknown("fcm.no-answer") if error.http_response is None else later("fcm.away", _asked_for(error))
        except (GoogleAuthError, ValueError, OSError):  # the account's file, or the token it should have been given
            return later("fcm.credentials", is_ours=True)
        return SENT

    def _warm(self) -> firebase_admin.App:
        """The app with a token already fetched: else each thread of a burst would fetch one of its own."""
        with self._lock:
            if self._app is None:
                account = credentials.Certificate(str(self._account))
                account.get_access_token()
                name = f"doorstep-{id(self)}"
                self._app = firebase_admin.initialize_app(account, {"httpTimeout": HTTP_TIMEOUT}, name=name)
            return self._app


def _form(end: End, message: Message) -> messaging.Message:
    headers = {"apns-collapse-id": message.id, "apns-priority": "5", "apns-push-type": "background"}
    to = {"fid": end.address} if end.kind == TargetKind.FCM_FID else {"token": end.address}
    return messaging.Message(
        data={"v": "1", "id": message.id, "kind": "news"},
        android=messaging.AndroidConfig(collapse_key=message.id, priority="high", ttl=message.useful_for),
        apns=messaging.APNSConfig(headers, messaging.APNSPayload(messaging.Aps(content_available=True))),
        **to,
    )


def _asked_for(error: exceptions.FirebaseError) -> timedelta | None:
    answer = error.http_response
    return None if answer is None else seconds(answer.headers.get("Retry-After"))
