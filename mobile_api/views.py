"""The sync doors for handhelds: exchange, wait, digest, collections. Session and device: session.py, device.py."""

from __future__ import annotations

from typing import Any

import orjson
from flask import current_app, request
from flask.wrappers import Response
from marshmallow import fields
from sqlalchemy import select

from mobile_api.exchange import exchange
from mobile_api.schemas import EXCHANGE_ANSWER, EXCHANGE_REQUEST
from mobile_api.waiting import LONGEST, Waiters
from server.core.api import Blueprint
from server.core.auth import authenticated, reading, services
from server.core.collections import shapes
from server.core.declare import device_only
from server.core.fields import QueryInteger, Schema
from server.core.http import limit, read_json, unhurried
from server.core.limits import PUSH_PER_DEVICE
from server.core.pull import digests
from server.core.sync_problems import SYNC_PROBLEMS
from server.core.tables import ORG_CLOCKS
from sync_protocol.codes import CATALOGUE
from sync_protocol.versions import OLDEST_PROTOCOL, OLDEST_SCHEMA, PROTOCOL, SCHEMA

MAX_EXCHANGE_BYTES = 2 * 1024 * 1024
WAITERS = "doorstep.waiters"

blp = Blueprint("sync", __name__, url_prefix="/mobile/v1", description="Sync for handhelds; see docs/protocol.md.")
BLUEPRINTS = (blp,)

_REQUEST_FAULTS = [SYNC_PROBLEMS[code] for code, each in CATALOGUE.items() if each.level == "request"]


class WaitQuery(Schema):
    """What the device has."""

    head = QueryInteger(0, required=True, metadata={"description": "`head` of the last complete exchange."})


class WaitAnswer(Schema):
    """That there is news, and nothing of it."""

    head = fields.Integer(required=True, metadata={"description": "The organisation's head now.", "example": 1042})
    retry_after = fields.Integer(
        required=True, metadata={"description": "Seconds to leave before asking again; 0 for none.", "example": 0}
    )


class BucketDigest(Schema):
    """What one bucket should hold."""

    rows = fields.Integer(required=True)
    digest = fields.String(
        required=True, metadata={"pattern": "^[0-9a-f]{32}$", "example": "9e107d9d372bb6826bd81d3542a419d6"}
    )


class DigestAnswer(Schema):
    """All buckets of the caller's device, at one head."""

    head = fields.Integer(required=True)
    buckets = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(BucketDigest),
        required=True,
        metadata={"example": {"own:li": {"rows": 12, "digest": "9e107d9d372bb6826bd81d3542a419d6"}}},
    )


class CollectionsAnswer(Schema):
    """The shapes of all collections, for generating a client's types."""

    protocol = fields.Integer(required=True)
    oldest_protocol = fields.Integer(required=True)
    schema = fields.Integer(required=True)
    oldest_schema = fields.Integer(required=True)
    collections = fields.List(
        fields.Dict(),
        required=True,
        metadata={
            "description": "`row`: JSON Schema of a row.",
            "example": [{"collection": "notes", "policy": "append", "since": 1, "row": {"type": "object"}}],
        },
    )


@blp.route("/exchange", methods=["POST"])
@device_only
@blp.refuses(*_REQUEST_FAULTS)
@blp.doc(requestBody=EXCHANGE_REQUEST, responses={"200": EXCHANGE_ANSWER})
def post_exchange() -> Response:
    """Push operations and pull changes, both optional.

    200 whatever became of single operations: each has its verdict. 4xx refuses the request, and nothing of it is stored.
    """
    caller = authenticated()
    limit(PUSH_PER_DEVICE, caller.actor.org_id, str(caller.actor.enrolment_id))
    document = read_json(max_bytes=MAX_EXCHANGE_BYTES, gzip=True, unfit_text=True)
    return Response(exchange(services(), caller, document), content_type="application/json")


@blp.route("/wait", methods=["GET"])
@device_only
@unhurried
@blp.arguments(WaitQuery, location="query")
@blp.response(200, WaitAnswer)
def get_wait(query: dict[str, Any]) -> dict[str, int]:
    """Answer as soon as the organisation's head is not `head`, or after at most 25 s. Says only that there is something."""
    caller = authenticated()
    if caller.feed_head != query["head"]:
        return {"head": caller.feed_head, "retry_after": 0}
    waiters: Waiters = current_app.extensions[WAITERS]
    head = waiters.wait(caller.actor.org_id, query["head"])
    if head is None:  # as many wait as may: this one comes back after the time it would have waited
        return {"head": query["head"], "retry_after": int(LONGEST)}
    return {"head": head, "retry_after": 0}


@blp.route("/digest", methods=["GET"])
@device_only
@blp.response(200, DigestAnswer)
def get_digest() -> dict[str, Any]:
    """Count and digest of each bucket, for comparing after a complete exchange at the same head."""
    actor = authenticated().actor
    with reading() as connection:
        head = connection.execute(
            select(ORG_CLOCKS.c.feed_head).where(ORG_CLOCKS.c.org_id == actor.org_id)
        ).scalar_one()
        found = digests(connection, actor)
    return {"head": head, "buckets": {bucket: digest.to_wire() for bucket, digest in found.items()}}


@blp.route("/collections", methods=["GET"])
@device_only
@blp.doc(responses={"304": {"description": "What `If-None-Match` names is what there is."}})
@blp.response(200, CollectionsAnswer)
def get_collections() -> Response:
    """What can be synced: each collection's columns, wire types, policy and actions, as JSON Schema."""
    body = {
        "protocol": PROTOCOL,
        "oldest_protocol": OLDEST_PROTOCOL,
        "schema": SCHEMA,
        "oldest_schema": OLDEST_SCHEMA,
        "collections": [shape.describe(SCHEMA) for shape in shapes().values()],
    }
    response = Response(orjson.dumps(body), content_type="application/json")
    response.add_etag()
    response.make_conditional(request.environ)
    return response
