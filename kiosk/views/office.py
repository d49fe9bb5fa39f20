"""/api/v1/kiosks: make a kiosk, give it a code, take it out of service, see what it read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from kiosk import queries
from kiosk.functions import MANAGE, READ
from kiosk.models import Kiosk
from kiosk.operations import stations
from kiosk.queries import KioskLine
from kiosk.schemas import KioskCodeOut, KioskIn, KioskOut, ReadingOut
from server.accounts.codes import CODE_LIFE
from server.accounts.views.installed import credentials, cursors
from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import STEP_UP, requires
from server.core.page_schemas import PageQuery, page_of
from server.core.problems import BAD_CURSOR, NOT_FOUND, Refused
from server.core.sync_problems import SYNC_PROBLEMS
from server.membership.models import SalesCentre
from sync_protocol.ids import new_id

REUSED_ID = SYNC_PROBLEMS["sync.reused-row-id"]

blp = Blueprint("kiosks", __name__, url_prefix="/api/v1/kiosks", description="Kiosks, from the office.")
V = TypeVar("V", bound=Callable[..., Any])


def _repeated(view: V) -> V:
    """Document the 200 of a create that was sent again; its first answer is 201."""
    description = "It was made before, by the same request."
    made: V = blp.alt_response(200, schema=KioskOut, description=description)(view)
    return made


@blp.route("", methods=["GET"])
@requires(READ)
@blp.response(200, page_of(KioskOut))
def list_kiosks() -> dict[str, Any]:
    """Kiosks at sales centres within reach, by number."""
    with reading() as connection:
        return {"items": queries.list_kiosks(connection, current_actor()), "next": None}


@blp.route("", methods=["POST"])
@requires(MANAGE)
@blp.arguments(KioskIn)
@blp.response(201, KioskOut)
@_repeated
@blp.refuses(NOT_FOUND, stations.KIOSK_NAME_REQUIRED, REUSED_ID)
def create_kiosk(values: dict[str, Any]) -> tuple[KioskLine, int]:
    """Make a kiosk at a sales centre. With an `id`, sending the same again changes nothing."""
    kiosk_id = values.pop("id", None) or new_id()
    with writing() as uow:
        known = uow.get(Kiosk, kiosk_id)
        if known is None:
            stations.create_kiosk(uow, kiosk_id, values)
            uow.commit()
        else:
            centre = uow.must(SalesCentre, known.sales_centre_id)
            same = (known.name, centre.id) == (stations.settled_name(values["name"]), values["sales_centre_id"])
            if not same or not uow.actor.must(MANAGE).holds(centre):
                raise Refused(REUSED_ID)
    return _line(kiosk_id), 201 if known is None else 200


@blp.route("/<id:kiosk_id>/code", methods=["POST"])
@requires(MANAGE, recent=STEP_UP)
@blp.response(201, KioskCodeOut)
def issue_code(kiosk_id: str) -> dict[str, Any]:
    """A code with which this kiosk is enrolled within ten minutes. Earlier ones are void. Shown this once."""
    with writing() as uow:
        _, code = stations.issue_code(uow, kiosk_id, key=credentials().code_key)
        uow.commit()
        expires_at = uow.now + CODE_LIFE
    return {"code": code, "expires_at": expires_at}


@blp.route("/<id:kiosk_id>/revoke", methods=["POST"])
@requires(MANAGE)
@blp.response(200, KioskOut)
def revoke(kiosk_id: str) -> KioskLine:
    """Take it out of service at once. Another code brings it back, with another key."""
    with writing() as uow:
        stations.revoke_kiosk(uow, kiosk_id)
        uow.commit()
    return _line(kiosk_id)


@blp.route("/<id:kiosk_id>/readings", methods=["GET"])
@requires(READ)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(ReadingOut))
@blp.refuses(BAD_CURSOR)
def list_readings(query: dict[str, Any], kiosk_id: str) -> dict[str, Any]:
    """What it read, newest first, with the reasons that visitors are not told."""
    actor = current_actor()
    scope = ["kiosk-readings", actor.org_id, kiosk_id]
    after = cursors().decode(scope, query.get("cursor"), int, str)
    with reading() as connection:
        lines, key = queries.reading_page(connection, actor, kiosk_id, after=after, limit=query["limit"])
    return {"items": lines, "next": None if key is None else cursors().encode(scope, key)}


def _line(kiosk_id: str) -> KioskLine:
    with reading() as connection:
        return queries.get_kiosk(connection, current_actor().org_id, kiosk_id)
