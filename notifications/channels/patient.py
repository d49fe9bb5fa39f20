"""Waiting for a channel no longer than SEND_TIMEOUT, whatever the other side does, so that no job outlives its lease.

A library may sleep for minutes (firebase-admin obeys Retry-After), and a server that sends a byte now and then never runs
into the timeout of a step. Each sending has a thread of its own; what is not answered in time counts as unknown.
"""

from __future__ import annotations

import threading

from notifications.channels import SEND_TIMEOUT, End, Message, Result, Sender, later, unknown
from notifications.rules import Channel
from server.core import logs

log = logs.logger("notifications")

MOST_WAITING = 8
"""Sendings that may go on hanging after we have stopped waiting for them; beyond that the channel counts as away."""


class Patient:
    """A channel with an end to its sendings. patience: seconds."""

    def __init__(self, sender: Sender, channel: Channel, *, patience: float = SEND_TIMEOUT.total_seconds()) -> None:
        self._sender = sender
        self._channel = channel.value
        self._patience = patience
        self._room = threading.BoundedSemaphore(MOST_WAITING)

    def send(self, end: End, message: Message) -> Result:
        """As Sender.send."""
        if not self._room.acquire(blocking=False):
            return later(f"{self._channel}.away")
        results: list[Result] = []
        thread = threading.Thread(
            target=self._send, args=(end, message, results), daemon=True, name=f"send-{self._channel}"
        )
        thread.start()
        thread.join(self._patience)
        return results[0] if results else unknown(f"{self._channel}.no-answer")

    def _send(self, end: End, message: Message, results: list[Result]) -> None:
        try:
            results.append(self._sender.send(end, message))
        except Exception:  # often one that nobody waits for any more: what became of it is unknown, and stays so
            log.exception("sending failed", kind=self._channel)
        finally:
            self._room.release()
