"""What the device does with each possible answer to an exchange: the table of docs/protocol.md, in code."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from sync_protocol import codes
from sync_protocol.cursors import Cursor
from sync_protocol.envelope import ExchangeAnswer, MalformedAnswer, Notice, parse_answer
from sync_protocol.phone.pulling import goes_back, take
from sync_protocol.phone.pushing import reopen, settle
from sync_protocol.phone.store import Store
from sync_protocol.verdicts import Verdict


class Step(StrEnum):
    """done: nothing to send, a complete checkpoint adopted. more: exchange again at once. later: again after a while,
    at the latest when the line is back. sign-in: a new token is needed. enrol: sign in as a new incarnation, then
    reenrol. upgrade: tell the person to update the app. blocked: the server refuses this device or this client; tell
    the person. Whatever it is, the queue is kept.
    """

    DONE = "done"
    MORE = "more"
    LATER = "later"
    SIGN_IN = "sign-in"
    ENROL = "enrol"
    UPGRADE = "upgrade"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What to do after an exchange, and why. retry_after: seconds the server asked to wait."""

    step: Step
    code: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    retry_after: int | None = None
    notice: Notice | None = None
    remaining: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The outcome for the device's batching. smaller: push less at once. hold_back: push only below this number."""

    exchanged: Exchanged
    smaller: bool = False
    hold_back: int | None = None


class Asked(Protocol):
    """What has to be known of the request to judge its answer."""

    @property
    def enrolment(self) -> str:
        """It was sent under."""

    @property
    def numbers(self) -> tuple[int, ...]:
        """It pushed, in order."""

    @property
    def cursor(self) -> Cursor | None:
        """It asked with."""


def take_answer(store: Store, asked: Asked, status: int, headers: Mapping[str, str], body: bytes) -> Taken:
    """Take an answer in. Writes at most twice: verdicts, then rows; dying between the two costs one repeated answer."""
    document = _json(body)
    if status == 200:
        try:
            return Taken(_take_rows(store, asked, parse_answer(document), document))
        except MalformedAnswer:
            return Taken(Exchanged(Step.LATER, "sync.malformed-answer"))
    problem = document if type(document) is dict else {}
    code, params = problem.get("code"), problem.get("params")
    return _refused(
        store,
        asked,
        status,
        code if type(code) is str else None,
        params if type(params) is dict else {},
        _seconds(headers.get("retry-after")),
    )


def _take_rows(store: Store, asked: Asked, answer: ExchangeAnswer, document: Any) -> Exchanged:
    moved = retry = False
    pull = answer.pull
    if answer.push is not None:
        epoch = pull.cursor.epoch if pull else store.checkpoint.epoch
        moved = settle(store, asked.enrolment, asked.numbers, answer.push.decisions, epoch)
        retry = any(each.verdict == Verdict.RETRY for each in answer.push.decisions)
    if pull is None:
        if store.pending and moved and not retry:
            return Exchanged(Step.MORE, notice=answer.notice)
        return Exchanged(Step.UPGRADE if answer.notice and not store.pending else Step.LATER, notice=answer.notice)
    if store.pull_cursor != asked.cursor:
        # The device has gone on since it asked. Adopting this would put older rows over newer ones.
        return Exchanged(Step.MORE if store.pending or store.staging else Step.DONE, notice=answer.notice)
    if goes_back(store, asked.cursor, answer, pull):
        return Exchanged(Step.LATER, "sync.stale-answer", notice=answer.notice)
    moved = take(store, document["pull"], pull, answer.head) or moved
    if retry:
        return Exchanged(Step.LATER, codes.LATER, notice=answer.notice, remaining=pull.remaining)
    if pull.complete and not store.pending:
        return Exchanged(Step.DONE, notice=answer.notice, remaining=0)
    return Exchanged(Step.MORE if moved else Step.LATER, notice=answer.notice, remaining=pull.remaining)


def _refused(
    store: Store, asked: Asked, status: int, code: str | None, params: dict[str, Any], retry_after: int | None
) -> Taken:
    step = Step.BLOCKED
    if status == 401:
        step = Step.SIGN_IN
    elif status == 413 and len(asked.numbers) > 1:
        return Taken(Exchanged(Step.MORE, code, params), smaller=True)
    elif code == codes.GAP and type(params.get("expected")) is int:
        step = _after_gap(store, asked, params["expected"])
    elif code == codes.REUSED_N and params.get("n") in asked.numbers:
        return Taken(Exchanged(Step.MORE, code, params), hold_back=params["n"])
    elif code == codes.WRONG_ENROLMENT:
        step = Step.ENROL
    elif code == codes.UNKNOWN_PROTOCOL:
        step = Step.UPGRADE
    elif status in (408, 425, 429) or status >= 500 or code is None:
        # Without a code it is not Doorstep that answered: a proxy, a captive portal.
        step = Step.LATER
    return Taken(Exchanged(step, code, params, retry_after))


def _after_gap(store: Store, asked: Asked, expected: int) -> Step:
    if asked.enrolment != store.counters.enrolment:
        return Step.MORE
    if asked.numbers and asked.numbers[0] == expected:
        return Step.BLOCKED
    return Step.MORE if reopen(store, expected) else Step.ENROL


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _seconds(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 7 else None
