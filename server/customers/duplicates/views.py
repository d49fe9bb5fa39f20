"""/api/v1/customers/duplicates: who is there already. Asked in a body, never in an address."""

from __future__ import annotations

from typing import Any

from server.core.auth import current_actor, reading, writing
from server.core.declare import requires
from server.core.http import limit
from server.core.limits import rate
from server.customers.duplicates.events import DuplicateTold
from server.customers.duplicates.queries import beyond, find_duplicates
from server.customers.duplicates.rules import whole_id_number, whole_name, whole_phone
from server.customers.duplicates.schemas import DuplicatesIn, DuplicatesOut
from server.customers.functions import WRITE
from server.customers.views.blueprint import CUSTOMERS

DUPLICATES_PER_PERSON = rate("duplicates-person", 120, 3600, per="user")


@CUSTOMERS.route("/duplicates", methods=["POST"])
@requires(WRITE)
@CUSTOMERS.arguments(DuplicatesIn)
@CUSTOMERS.response(200, DuplicatesOut)
def find(values: dict[str, Any]) -> dict[str, Any]:
    """Who has this phone, identity number or name already. Who looks after somebody beyond reach is told, and recorded."""
    actor = current_actor()
    limit(DUPLICATES_PER_PERSON, actor.org_id, actor.user_id)
    sought: dict[str, Any] = {
        "numbers": [number for each in values["phones"] if (number := whole_phone(each)) is not None],
        "id_number": whole_id_number(values.get("id_number")),
        "name": whole_name(values.get("name")),
    }
    with reading() as connection:
        found = find_duplicates(connection, actor, **sought)
    if told := list(beyond(found)):
        with writing() as uow:
            for each in told:
                uow.record(DuplicateTold(each.subject_id, each.why))
            uow.commit()
    return {"items": found}
