"""POST /mobile/v1/exchange: operations up; verdicts, changes and a cursor down. One request, two short transactions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from server.core import ledger
from server.core.apply import apply_push, clock_behind
from server.core.auth import Authenticated
from server.core.collections import shapes, subscriptions
from server.core.db import Database, commit, try_again
from server.core.pull import pull
from server.core.services import Services
from server.core.sync_problems import refused
from server.core.tables import ORG_CLOCKS
from server.core.types import to_ms
from sync_protocol import codes
from sync_protocol.codes import ProtocolError
from sync_protocol.cursors import Cursor
from sync_protocol.envelope import ExchangeRequest, PushAnswer, build_answer, build_pull, parse_exchange
from sync_protocol.versions import served_schema

_NOTED_EVERY = timedelta(minutes=5)


def exchange(services: Services, caller: Authenticated, document: object) -> bytes:
    """Answer a device's exchange; returns the JSON body of the 200.

    Raises Refused when the request itself is wrong (nothing is stored then).
    """
    try:
        request = parse_exchange(document, shapes())
        if request.enrolment != caller.actor.enrolment_id:
            raise ProtocolError(codes.WRONG_ENROLMENT)
        pushed = _push(services, caller, request)
        if not request.operations:
            _note(services, caller, request)
    except ProtocolError as error:
        raise refused(error) from None
    head, pulled = _pull(services.database, caller, request, pushed)
    answer = build_answer(
        server_time=to_ms(services.clock.now()), head=head, push=pushed, pull=pulled, notice=request.notice
    )
    return orjson.dumps(answer)


def _push(services: Services, caller: Authenticated, request: ExchangeRequest) -> PushAnswer | None:
    if request.operations is None:
        return None
    if not request.operations:  # a device that has lost count asks where it stands
        with services.reading(caller.actor.org_id) as connection:
            return PushAnswer(ledger.highest(connection, caller.actor.org_id, request.enrolment), ())
    applied = apply_push(
        services.database,
        caller.actor,
        request.operations,
        clock=services.clock,
        commitment_secret=services.commitment,
        sent_at=request.sent_at,
    )
    return PushAnswer(applied.acknowledged, applied.decisions)


def _note(services: Services, caller: Authenticated, request: ExchangeRequest) -> None:
    """Keep that the device was heard without pushing, and what its clock says; once in a while, it is no news."""
    now = services.clock.now()
    behind = clock_behind(request.sent_at, now)
    if behind is None or (caller.exchanged_at is not None and now - caller.exchanged_at < _NOTED_EVERY):
        return
    org_id, user_id = caller.actor.org_id, caller.actor.user_id
    try:
        with services.database.write(org_id) as connection:
            ledger.note_exchange(connection, org_id, request.enrolment, user_id, now=now, behind=behind)
            commit(connection)
    except DBAPIError as error:
        if not try_again(error):
            raise  # else somebody else writes: the next exchange will do


def _pull(
    database: Database, caller: Authenticated, request: ExchangeRequest, pushed: PushAnswer | None
) -> tuple[int, Any]:
    if request.pull is None or request.notice is not None:
        return caller.feed_head, None
    cursor = request.pull.cursor
    if pushed is None and cursor is not None and _is_idle(caller, cursor):
        return caller.feed_head, build_pull(cursor, complete=True)
    with database.read(caller.actor.org_id) as connection:
        clock = ORG_CLOCKS.c
        head, epoch = connection.execute(
            select(clock.feed_head, clock.epoch).where(clock.org_id == caller.actor.org_id)
        ).one()
        pulled = pull(
            connection,
            caller.actor,
            cursor,
            head=head,
            epoch=epoch,
            schema=served_schema(request.schema),
            max_bytes=request.pull.max_bytes,
        )
    return head, orjson.Fragment(pulled.body)


def _is_idle(caller: Authenticated, cursor: Cursor) -> bool:
    """Whether the device has all there was when the caller's clock row was read. That row is all an idle call costs."""
    return cursor.epoch == caller.epoch and dict(cursor.buckets) == dict.fromkeys(
        subscriptions(caller.actor), caller.feed_head
    )
