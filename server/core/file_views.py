"""The door through which files are read: what is kept, to whoever may see it. How they come: mobile_api/files.py."""

from __future__ import annotations

from typing import Any

from flask import send_file
from flask.wrappers import Response

from server.core import logs
from server.core.api import Blueprint
from server.core.auth import current_actor, reading, services
from server.core.blob_store import BlobStore
from server.core.blobs import readable
from server.core.declare import signed_in
from server.core.http import limit
from server.core.limits import rate
from server.core.pictures import KEPT_TYPE, PDF
from server.core.problems import NOT_FOUND, RANGE_NOT_SATISFIABLE, Refused

READS_PER_PERSON = rate("file-read", 600, 60, per="user")
CSP = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

log = logs.logger("files")

FILES = Blueprint(
    "files", __name__, url_prefix="/api/v1/files", description="Pictures and PDFs that rows cite by their SHA-256."
)
BLUEPRINTS = (FILES,)

_BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_KEPT: dict[str, Any] = {KEPT_TYPE: _BYTES, PDF: _BYTES}


@FILES.route("/<sha256:sha256>", methods=["GET"])
@signed_in
@FILES.doc(
    responses={
        "200": {"description": "The file.", "content": _KEPT},
        "206": {"description": "The part of it that `Range` asks for.", "content": _KEPT},
        "304": {"description": "What `If-None-Match` names is what there is."},
    }
)
@FILES.refuses(RANGE_NOT_SATISFIABLE)
def get_file(sha256: str) -> Response:
    """The file whose original has that SHA-256: a picture upright and without what a camera writes beside its pixels, a PDF as it is.

    For whoever sent it, and whoever reaches a row that cites it and whose author sent it. A browser may keep it and asks
    each time whether the caller still may see it.
    """
    actor = current_actor()
    limit(READS_PER_PERSON, actor.org_id, actor.user_id)
    with reading() as connection:
        found = readable(connection, actor, sha256)
    if found is None:
        raise Refused(NOT_FOUND)
    path = BlobStore(services().settings.blob_dir).kept(actor.org_id, found.place)
    kind, ending = (PDF, "pdf") if found.media_type == PDF else (KEPT_TYPE, "jpg")
    try:
        response = send_file(
            path, kind, as_attachment=True, download_name=f"{sha256[:12]}.{ending}", etag=found.kept_sha256
        )
    except FileNotFoundError:
        log.exception("a file that has arrived is not on the disk")
        raise Refused(NOT_FOUND) from None
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Cache-Control"] = "private, no-cache"
    return response
