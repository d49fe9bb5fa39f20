"""The door through which pictures and PDFs come: tus 1.0 under /mobile/v1/files. How they are read: server/core/file_views.py."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.wrappers import Response
from werkzeug.exceptions import ClientDisconnected

from mobile_api import tus
from server.core import arrivals, blob_store, pictures, uploads
from server.core.api import Blueprint
from server.core.auth import current_actor, services
from server.core.declare import device_only, public
from server.core.fields import CodeField, IdField, IntegerField, Schema, TextField
from server.core.http import limit
from server.core.limits import rate
from server.core.problems import BAD_REQUEST, TOO_LARGE, Refused
from server.core.uploads import MAX_BYTES, Standing, Uploads, Vanished

UPLOADS_PER_PERSON = rate("upload-person", 500, 86400, per="user: uploads begun or gone on with by their hash")
PARTS_PER_PERSON = rate("upload-part", 600, 60, per="user: parts of uploads, and questions where they stand")
READ_AT_ONCE = 64 * 1024
"""Bytes of a body read before they are written; what is lost when a connection is reset."""

blp = Blueprint(
    "mobile_files",
    __name__,
    url_prefix="/mobile/v1/files",
    description="Pictures and PDFs, sent resumably by tus 1.0 (https://tus.io); see docs/protocol.md, section 18.",
)
BLUEPRINTS = (blp,)

_SETTLING = (
    arrivals.FILE_HASH,
    pictures.FILE_TYPE,
    pictures.FILE_PIXELS,
    pictures.FILE_UNREADABLE,
    uploads.UPLOAD_BUSY,
    uploads.UPLOAD_EXPIRED,
    blob_store.STORAGE_FULL,
)


def _header(name: str, description: str, *, required: bool = True, **schema: Any) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "required": required,
        "description": description,
        "schema": {"type": "string", **schema},
    }


_NUMBER: dict[str, Any] = {"pattern": "^[0-9]{1,15}$"}
_SPOKEN = _header("Tus-Resumable", "The version of the protocol.", enum=[tus.VERSION])
_CHECKSUM = _header(
    "Upload-Checksum",
    "`sha1` or `sha256` and the sum of this body in base64; nothing of a body that differs is kept.",
    required=False,
)
_OFFSET = _header("Upload-Offset", "Where the body begins.", **_NUMBER)
_BODY: dict[str, Any] = {"content": {tus.BODY_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
_STANDS: dict[str, Any] = {
    "Tus-Resumable": {"schema": {"type": "string", "const": tus.VERSION}, "required": True},
    "Upload-Offset": {
        "schema": {"type": "integer", "minimum": 0, "maximum": MAX_BYTES},
        "required": True,
        "description": "Bytes that are durable; the next part begins here.",
    },
    "Upload-Expires": {
        "schema": {"type": "string"},
        "description": "Until when an unfinished upload is kept.",
    },
}
_LOCATION: dict[str, Any] = {"Location": {"schema": {"type": "string", "format": "uri-reference"}, "required": True}}


class UploadSchema(Schema):
    """An upload of the caller's own. What refuses a file is answered in its place, again each time it is asked for."""

    id = IdField(required=True)
    sha256 = TextField(64, required=True, metadata={"example": "9f86d081884c7d659a2feaa0c55ad015" * 2})
    size = IntegerField(required=True, metadata={"description": "Bytes of the file."})
    offset = IntegerField(required=True, metadata={"description": "Bytes that are durable."})
    state = CodeField(("arriving", "arrived"), required=True)


@blp.after_request
def _say_version(response: Response) -> Response:
    if request.method != "OPTIONS":
        response.headers["Tus-Resumable"] = tus.VERSION
    if response.status_code in (412, 413):
        response.headers.update({name: tus.spoken()[name] for name in ("Tus-Version", "Tus-Max-Size")})
    return response


@blp.route("", methods=["OPTIONS"])
@public("says which version and extensions of a public protocol are spoken, and nothing else")
@blp.doc(
    responses={"204": {"description": "`Tus-Version`, `Tus-Extension`, `Tus-Max-Size`, `Tus-Checksum-Algorithm`."}}
)
def options() -> Response:
    """What of tus is spoken here."""
    return Response(status=204, headers=tus.spoken())


@blp.route("", methods=["POST"])
@device_only
@blp.doc(
    parameters=[
        _SPOKEN,
        _header("Upload-Length", "Bytes of the whole file.", **_NUMBER),
        _header(
            "Upload-Metadata",
            "`sha256` of the whole file, in hexadecimal digits, and optionally `filetype`; values in base64.",
        ),
        _CHECKSUM,
    ],
    requestBody=_BODY,
    responses={"201": {"description": "There is such an upload now.", "headers": {**_LOCATION, **_STANDS}}},
)
@blp.refuses(tus.TUS_VERSION, tus.TUS_HEADER, uploads.UPLOAD_CHECKSUM, *_SETTLING)
def create() -> Response:
    """Begin to send a file, or go on: the same file of the same person is the same upload, and `Upload-Offset` says where.

    A file that he has sent before has arrived. One that only somebody else has sent has to be sent in full: knowing a hash is
    not having the file. A body is taken when the upload is at its beginning.
    """
    tus.must_be_spoken(request.headers)
    actor = current_actor()
    limit(UPLOADS_PER_PERSON, actor.org_id, actor.user_id)
    told, checksum = tus.announced(request.headers), tus.checksum(request.headers)
    has_body = bool(request.content_length) or "chunked" in request.headers.get("Transfer-Encoding", "")
    if has_body:
        tus.must_be_bytes(request.headers, request.mimetype)
    mine = Uploads(services(), actor)
    standing = mine.open(told.sha256, told.size, told.media_type)
    if has_body and not standing.offset and standing.upload.size:
        standing = _receive(mine, standing.upload.id, 0, checksum)
    place = url_for("mobile_files.see", upload_id=standing.upload.id)
    return Response(status=201, headers={"Location": place, **tus.told(standing)})


@blp.route("/<id:upload_id>", methods=["GET"])
@device_only
@blp.doc(parameters=[_SPOKEN])
@blp.response(200, UploadSchema, headers=_STANDS)
@blp.refuses(tus.TUS_VERSION, *_SETTLING)
def see(upload_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Where an upload stands. HEAD, as tus asks it, answers the same without a body."""
    tus.must_be_spoken(request.headers)
    standing = _mine().standing(upload_id)
    upload = standing.upload
    shown = {"id": upload.id, "sha256": upload.sha256, "size": upload.size, "state": upload.state}
    return {**shown, "offset": standing.offset}, 200, tus.told(standing)


@blp.route("/<id:upload_id>", methods=["PATCH"])
@device_only
@blp.doc(
    parameters=[_SPOKEN, _OFFSET, _CHECKSUM],
    requestBody={**_BODY, "required": True},
    responses={"204": {"description": "The part is durable.", "headers": _STANDS}},
)
@blp.refuses(tus.TUS_VERSION, tus.TUS_HEADER, uploads.UPLOAD_OFFSET, uploads.UPLOAD_CHECKSUM, *_SETTLING)
def add(upload_id: str) -> Response:
    """Send the next part. 204 for the last one says that the whole has arrived and is the file that was announced.

    What had come when a connection was cut is kept. A client that sends nothing for 10 s, or keeps sending less than 4 KiB
    a second, is cut off.
    """
    tus.must_be_spoken(request.headers)
    mine = _mine()
    tus.must_be_bytes(request.headers, request.mimetype)
    offset, checksum = tus.number(request.headers, "Upload-Offset"), tus.checksum(request.headers)
    return Response(status=204, headers=tus.told(_receive(mine, upload_id, offset, checksum)))


@blp.route("/<id:upload_id>", methods=["DELETE"])
@device_only
@blp.doc(parameters=[_SPOKEN])
@blp.response(204)
@blp.refuses(tus.TUS_VERSION, uploads.UPLOAD_ARRIVED, uploads.UPLOAD_BUSY)
def end(upload_id: str) -> None:
    """Give an upload up. One that has arrived stays: rows may cite it."""
    tus.must_be_spoken(request.headers)
    _mine().give_up(upload_id)


def _mine() -> Uploads:
    actor = current_actor()
    limit(PARTS_PER_PERSON, actor.org_id, actor.user_id)
    return Uploads(services(), actor)


def _receive(mine: Uploads, upload_id: str, offset: int, checksum: uploads.Checksum | None) -> Standing:
    """Take the body of this request. Raises Refused BAD_REQUEST to a sender that is not there any more to hear it."""
    # One byte more than allowed: at its maximum werkzeug's stream just ends, and a body of unsaid length would be cut off.
    request.max_content_length = MAX_BYTES + 1
    length = request.content_length
    if length is not None and length > MAX_BYTES:
        raise Refused(TOO_LARGE, max_bytes=MAX_BYTES)

    def read() -> bytes:
        try:
            return request.stream.read(READ_AT_ONCE)
        except (ClientDisconnected, OSError):
            raise Vanished from None

    try:
        return mine.receive(upload_id, offset, read, length=length, checksum=checksum)
    except Vanished:
        raise Refused(BAD_REQUEST) from None
