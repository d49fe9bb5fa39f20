"""Staff: list, add, change, let in and out, reset codes, and reading a protected field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from server.accounts import rules
from server.accounts.codes import CODE_LIFE
from server.accounts.functions import CHANGE_USERS, READ_USERS, REVEAL_USERS
from server.accounts.models import User
from server.accounts.operations import staff
from server.accounts.operations.assignments import UNKNOWN_ASSIGNMENT
from server.accounts.operations.passwords import issue_reset_code
from server.accounts.operations.staff import NewUser
from server.accounts.passwords import choose_password
from server.accounts.queries import structure
from server.accounts.queries.staff import Assignments, assignments_of, get_user, list_users
from server.accounts.rules import StaffValues
from server.accounts.schemas.staff import (
    ResetCodeOut,
    UserIn,
    UserOut,
    UserPatch,
    UserQuery,
    UserRevealIn,
    UserRevealOut,
)
from server.accounts.views.installed import credentials, cursors
from server.accounts.views.sessions import PASSWORD_FAULTS
from server.core.api import Blueprint
from server.core.auth import current_actor, must_be_recent, reading, services, writing
from server.core.declare import STEP_UP, requires
from server.core.http import limit
from server.core.limits import rate
from server.core.page_schemas import page_of
from server.core.problems import CONFIRMATION_NEEDED, STALE
from server.core.types import PhoneNumber

REVEAL_STAFF_PER_PERSON = rate("reveal-staff-person", 60, 3600, per="user")

blp = Blueprint("users", __name__, url_prefix="/api/v1/users", description="Staff and their way in.")

_STAFF = ("number", "name", "gender", "birth_year", "education", "title", "phone")
_LISTS = ("role_ids", "further_unit_ids", "project_ids")
_FIELD_PROBLEMS = (
    rules.TEXT_FORM,
    rules.STAFF_NUMBER_FORM,
    rules.BIRTH_YEAR_RANGE,
    rules.PHONE_FORM,
    rules.SENDER_CODE_FORM,
    rules.USERNAME_FORM,
    staff.USERNAME_TAKEN,
    staff.STAFF_NUMBER_TAKEN,
    UNKNOWN_ASSIGNMENT,
    rules.BEYOND_OWN_RIGHTS,
    CONFIRMATION_NEEDED,
)


@blp.route("", methods=["GET"])
@requires(READ_USERS)
@blp.arguments(UserQuery, location="query")
@blp.response(200, page_of(UserOut))
def list_staff(query: dict[str, Any]) -> dict[str, Any]:
    """Staff within reach, by name, by pages."""
    limit_rows, cursor = query.pop("limit"), query.pop("cursor", None)
    actor = current_actor()
    scope = ["users", actor.org_id, query.get("text") or "", query["state"], query.get("unit_id") or ""]
    after = cursors().decode(scope, cursor, str, str)
    with reading() as connection:
        users = list_users(connection, actor, **query, after=after, limit=limit_rows + 1)
        page = users[:limit_rows]
        of = assignments_of(connection, actor.org_id, [user.id for user in page])
    more = len(users) > limit_rows
    return {
        "items": _shown(page, of),
        "next": cursors().encode(scope, [page[-1].name, page[-1].id]) if more else None,
    }


@blp.route("", methods=["POST"])
@requires(CHANGE_USERS)
@blp.arguments(UserIn)
@blp.response(201, UserOut)
@blp.refuses(*_FIELD_PROBLEMS, *PASSWORD_FAULTS)
def create_user(values: dict[str, Any]) -> dict[str, Any]:
    """Add a member of staff. Giving him roles asks for a password given in the last five minutes."""
    if values.get("role_ids"):
        must_be_recent(STEP_UP)
    password = values.pop("password", None)
    if password is not None:
        with reading() as connection:
            org_code = structure.organisation(connection, current_actor().org_id).code
        chosen = choose_password(password, username=rules.spell_sign_in(values["username"]), org_code=org_code)
        values["password_hash"] = credentials().hashes.hash(chosen)
    record = StaffValues(**{name: values.pop(name) for name in _STAFF if name in values})
    values.update({name: tuple(values[name]) for name in _LISTS if name in values})
    with writing() as uow:
        user = staff.create_user(uow, NewUser(staff=record, **values))
        uow.commit()
    return _one(user.id, CHANGE_USERS)


@blp.route("/<id:user_id>", methods=["GET"])
@requires(READ_USERS)
@blp.response(200, UserOut)
def get_staff(user_id: str) -> dict[str, Any]:
    """One member of staff."""
    return _one(user_id, READ_USERS)


@blp.route("/<id:user_id>", methods=["PATCH"])
@requires(CHANGE_USERS)
@blp.arguments(UserPatch)
@blp.response(200, UserOut)
@blp.refuses(*_FIELD_PROBLEMS, rules.USER_DEFAULT, STALE)
def change_user(values: dict[str, Any], user_id: str) -> dict[str, Any]:
    """Change a member of staff; new roles and units count with his next request.

    Changing roles asks for a password given in the last five minutes.
    """
    if "role_ids" in values:
        must_be_recent(STEP_UP)
    version = values.pop("version", None)
    with writing() as uow:
        staff.change_user(uow, user_id, values, version=version)
        uow.commit()
    return _one(user_id, CHANGE_USERS)


@blp.route("/<id:user_id>", methods=["DELETE"])
@requires(CHANGE_USERS)
@blp.response(204)
@blp.refuses(rules.USER_DEFAULT, staff.USER_SELF, staff.USER_STILL_ACTIVE)
def delete_user(user_id: str) -> None:
    """Delete a disabled member of staff. History keeps his name; nobody signs in as him again."""
    with writing() as uow:
        staff.delete_user(uow, user_id)
        uow.commit()


@blp.route("/<id:user_id>/disable", methods=["POST"])
@requires(CHANGE_USERS)
@blp.response(200, UserOut)
@blp.refuses(rules.USER_DEFAULT, staff.USER_SELF)
def disable_user(user_id: str) -> dict[str, Any]:
    """Take his way in: sessions end now, devices are emptied at their next contact, what they had not sent is kept.

    His open customers, and what else he had to do, go to who leads him, in one batch.
    """
    with writing() as uow:
        staff.disable_user(uow, user_id)
        uow.commit()
    return _one(user_id, CHANGE_USERS)


@blp.route("/<id:user_id>/enable", methods=["POST"])
@requires(CHANGE_USERS)
@blp.response(200, UserOut)
def enable_user(user_id: str) -> dict[str, Any]:
    """Let him in again."""
    with writing() as uow:
        staff.enable_user(uow, user_id)
        uow.commit()
    return _one(user_id, CHANGE_USERS)


@blp.route("/<id:user_id>/reset-code", methods=["POST"])
@requires(CHANGE_USERS, recent=STEP_UP)
@blp.response(201, ResetCodeOut)
@blp.refuses(rules.RESET_OWN, rules.BEYOND_OWN_RIGHTS)
def make_reset_code(user_id: str) -> dict[str, Any]:
    """A code with which he chooses a new password within ten minutes, at POST /api/v1/password-reset. Shown this once."""
    with writing() as uow:
        code = issue_reset_code(uow, user_id, key=credentials().code_key)
        uow.commit()
        expires_at = uow.now + CODE_LIFE
    return {"code": code, "expires_at": expires_at}


@blp.route("/<id:user_id>/reveal", methods=["POST"])
@requires(REVEAL_USERS)
@blp.arguments(UserRevealIn)
@blp.response(200, UserRevealOut)
def reveal(values: dict[str, Any], user_id: str) -> dict[str, Any]:
    """A protected field in full. The audit log keeps who read it, when and why."""
    actor = current_actor()
    limit(REVEAL_STAFF_PER_PERSON, actor.org_id, actor.user_id)
    with writing() as uow:
        value = staff.reveal(uow, user_id, values["field"], values["reason"])
        uow.commit()
    return {"value": value}


def _one(user_id: str, function: str) -> dict[str, Any]:
    with reading() as connection:
        user = get_user(connection, current_actor(), user_id, function)
        of = assignments_of(connection, user.org_id, [user.id])
    return _shown([user], of)[0]


def _shown(users: Iterable[User], of: Mapping[str, Assignments]) -> list[dict[str, Any]]:
    today = services().clock.now().astimezone(current_actor().timezone).date()
    return [_shown_user(user, of[user.id], today) for user in users]


def _shown_user(user: User, assignments: Assignments, today: date) -> dict[str, Any]:
    return {
        **asdict(user),
        **asdict(assignments),
        "age": None if user.birth_year is None else rules.age_by_year(user.birth_year, today),
        "phone": None if user.phone is None else PhoneNumber().mask(user.phone),
    }
