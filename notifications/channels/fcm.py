"""Firebase Cloud Messaging through firebase-admin: a data message that says that there is something."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import firebase_admin
from firebase_admin import credentials, exceptions, messaging
from google.auth.exceptions import GoogleAuthError

from notifications.channels import SENT, End, Message, Result, gone, later, refused, seconds, unknown
from notifications.rules import TargetKind
from sync_protocol.ids import new_id

HTTP_TIMEOUT = 10


class Fcm:
    """Sends as one service account. The library obeys Retry-After asleep, for minutes: `Patient` waits no longer than a job may."""

    def __init__(self, account: Path) -> None:
        self._account = account
        self._app: firebase_admin.App | None = None
        self._lock = threading.Lock()

    def send(self, end: End, message: Message) -> Result:
        """As Sender.send, but for how long it takes."""
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
                name = f"doorstep-{new_id()}"  # the library keeps an app by its name for as long as the process lives
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
