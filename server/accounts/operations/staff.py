"""Staff: their record, their way in, where they belong and what they may do.

Who manages whom: a person within the manager's reach of accounts.users.write; out of reach answers like nobody. What he
may do and where he belongs is changed only where he has, before and after, nothing that the manager lacks himself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from server.accounts import rules
from server.accounts.events import (
    SensitiveRead,
    UserChanged,
    UserCreated,
    UserDeleted,
    UserDisabled,
    UserEnabled,
)
from server.accounts.functions import CHANGE_USERS, REVEAL_USERS
from server.accounts.models import Role, User, UserProject, UserRole, UserUnit
from server.accounts.operations.assignments import assign, must_reach_unit
from server.accounts.operations.devices import revoke_devices_of
from server.accounts.operations.roles import check_not_upward
from server.accounts.operations.sessions import end_sessions
from server.accounts.queries.staff import is_within
from server.accounts.rules import Education, Gender, StaffValues
from server.core.problems import NOT_FOUND, STALE, Refused, problem_type
from server.core.rows import c
from server.core.uow import UnitOfWork

USERNAME_TAKEN = problem_type(
    "accounts.username-taken",
    status=409,
    zh="用户名“{username}”已被使用。",
    en="The user name “{username}” is taken.",
)
STAFF_NUMBER_TAKEN = problem_type(
    "accounts.staff-number-taken",
    status=409,
    zh="员工编号“{number}”已被使用。",
    en="The staff number “{number}” is taken.",
)
USER_STILL_ACTIVE = problem_type(
    "accounts.user-still-active",
    status=409,
    zh="请先禁用该用户，再删除。",
    en="Disable the user before deleting him.",
    doc="Disabling ends his sessions, empties his devices and lets his customers be handed over; only then is he deleted.",
)
USER_SELF = problem_type(
    "accounts.user-self", status=409, zh="不能禁用或删除自己。", en="You cannot disable or delete yourself."
)
NOT_SENSITIVE = problem_type(
    "accounts.not-sensitive",
    status=422,
    zh="“{name}”不是受保护的字段。",
    en="“{name}” is not a protected field.",
)

SENSITIVE = frozenset({"phone"})
"""Fields of User that lists mask and `reveal` shows."""

Leaving = Callable[[UnitOfWork, User, str | None, str | None], None]
_LEAVING: list[Leaving] = []

_STAFF = ("number", "name", "gender", "birth_year", "education", "title", "phone")
_SECRET = frozenset({"password_hash"})


@dataclass(frozen=True, slots=True)
class NewUser:
    """What a new member of staff is made from. password_hash: None until he chooses a password with a reset code."""

    staff: StaffValues
    username: str
    unit_id: str
    role_ids: tuple[str, ...] = ()
    further_unit_ids: tuple[str, ...] = ()
    project_ids: tuple[str, ...] = ()
    password_hash: str | None = None
    sender_code: str | None = None
    messages_reviewed: bool = False
    locale: str | None = None
    timezone: str | None = None


def create_user(uow: UnitOfWork, new: NewUser, *, is_default: bool = False) -> User:
    """Add a member of staff. Raises the problems of rules.check_staff and check_username, and USERNAME_TAKEN,
    STAFF_NUMBER_TAKEN, UNKNOWN_ASSIGNMENT, BEYOND_OWN_RIGHTS.
    """
    uow.actor.must(CHANGE_USERS)
    staff = rules.check_staff(new.staff, today=uow.today())
    username = rules.check_username(new.username)
    user = User(
        **_staff_fields(staff),
        username=username,
        unit_id=new.unit_id,
        password_hash=new.password_hash,
        sender_code=rules.check_sender_code(new.sender_code),
        messages_reviewed=new.messages_reviewed,
        locale=new.locale,
        timezone=new.timezone,
        is_default=is_default,
    )
    _check_free(uow, user.id, username=username, number=staff.number)
    must_reach_unit(uow, new.unit_id, "/unit_id")
    uow.add(user)
    roles = assign(uow, user, "roles", new.role_ids)
    assign(uow, user, "units", new.further_unit_ids)
    assign(uow, user, "projects", new.project_ids)
    check_not_upward(uow, [user.id])
    uow.record(
        UserCreated(
            user.id,
            name=user.name,
            number=user.number,
            username=username,
            unit_id=user.unit_id,
            role_codes=sorted(role.code for role in roles if isinstance(role, Role)),
        )
    )
    return user


def change_user(uow: UnitOfWork, user_id: str, values: Mapping[str, Any], *, version: int | None = None) -> User:
    """Change a person's record. values: columns of User, and `role_ids`, `further_unit_ids`, `project_ids` as whole lists.

    Raises what create_user does, and NOT_FOUND, STALE, USER_DEFAULT.
    """
    user = manage(uow, user_id)
    if version is not None and version != user.version:
        raise Refused(STALE, version=user.version)
    new = dict(values)
    lists = {
        what: new.pop(name)
        for what, name in (("roles", "role_ids"), ("units", "further_unit_ids"), ("projects", "project_ids"))
        if name in new
    }
    staff = {name: new[name] for name in _STAFF if name in new}
    if staff:
        checked = _staff_fields(rules.check_staff(_with(user, staff), today=uow.today()))
        new.update({name: checked[name] for name in staff})
    if "username" in new:
        new["username"] = rules.check_username(new["username"])
    if "sender_code" in new:
        new["sender_code"] = rules.check_sender_code(new["sender_code"])
    _check_free(uow, user.id, username=new.get("username"), number=new.get("number"))
    moves = new.get("unit_id", user.unit_id) != user.unit_id
    if moves:
        must_reach_unit(uow, new["unit_id"], "/unit_id")
    if moves or lists:
        check_not_upward(uow, [user.id])
    uow.change(user, **new)
    changes = kept_changes(uow, user)
    if changes:
        uow.record(UserChanged(user.id, changes=changes))
    for what, ids in lists.items():
        assign(uow, user, what, ids)
    if lists or changes.keys() & {"unit_id", "name", "locale"}:  # what an actor carries
        uow.access_changed()
    if moves or lists:
        check_not_upward(uow, [user.id])
    return user


def on_leaving(reaction: Leaving) -> Leaving:
    """Register what becomes of what a person leaves behind, in the unit of work that disables him.

    Given the person, whom the caller named as his heir (None: nobody), and the reason he gave.
    """
    if reaction not in _LEAVING:
        _LEAVING.append(reaction)
    return reaction


def disable_user(uow: UnitOfWork, user_id: str, *, heir_id: str | None = None, reason: str | None = None) -> User:
    """Take a person's way in: his sessions end now, his devices are emptied at their next contact, and what he had to do is
    somebody else's (`on_leaving`). heir_id: whose; else that of who leads him.

    Raises Refused NOT_FOUND, USER_DEFAULT, USER_SELF, and what the reactions do for an heir.
    """
    user = manage(uow, user_id)
    rules.check_user_removal(is_default=user.is_default)
    if user_id == uow.actor.user_id:
        raise Refused(USER_SELF)
    if user.state != "active":
        return user
    uow.change(user, state="disabled")
    devices, ended = revoke_devices_of(uow, user_id)
    uow.record(UserDisabled(user.id, sessions=ended + end_sessions(uow, user_id), devices=devices))
    for react in _LEAVING:
        react(uow, user, heir_id, reason)
    return user


def enable_user(uow: UnitOfWork, user_id: str) -> User:
    """Let a disabled person in again. His devices stay as they are; he signs in on a fresh one."""
    user = manage(uow, user_id)
    if user.state == "disabled":
        uow.change(user, state="active")
        uow.record(UserEnabled(user.id))
    return user


def delete_user(uow: UnitOfWork, user_id: str) -> None:
    """Remove a disabled person from the lists; the row stays for the names in history, without phone or way in.

    Raises Refused NOT_FOUND, USER_DEFAULT, USER_SELF, USER_STILL_ACTIVE.
    """
    user = manage(uow, user_id)
    rules.check_user_removal(is_default=user.is_default)
    if user_id == uow.actor.user_id:
        raise Refused(USER_SELF)
    if user.state != "disabled":
        raise Refused(USER_STILL_ACTIVE)
    uow.record(UserDeleted(user.id, name=user.name, username=user.username))
    gone = f"deleted-{user.id}"
    uow.change(user, state="deleted", username=gone, number=gone, password_hash=None, phone=None)
    for link in (UserRole, UserUnit, UserProject):
        for row in uow.find(link, c(link).user_id == user_id):
            uow.remove(row)
    uow.access_changed()


def reveal(uow: UnitOfWork, user_id: str, field: str, reason: str) -> str | None:
    """A protected field of a person in full. Who read it, when and why is recorded with it.

    Raises Refused NOT_FOUND, NOT_SENSITIVE.
    """
    if field not in SENSITIVE:
        raise Refused(NOT_SENSITIVE, field="/field", name=field)
    user = _within(uow, REVEAL_USERS, user_id)
    uow.record(SensitiveRead(user.id, table="users", field=field, reason=reason))
    value: str | None = getattr(user, field)
    return value


def manage(uow: UnitOfWork, user_id: str) -> User:
    """The person, when the actor may manage him. Raises Refused NOT_FOUND."""
    return _within(uow, CHANGE_USERS, user_id)


def kept_changes(uow: UnitOfWork, user: User) -> dict[str, list[Any]]:
    """What an event may keep of a change to a person."""
    return {name: change for name, change in uow.changes(user).items() if name not in _SECRET}


def _within(uow: UnitOfWork, function: str, user_id: str) -> User:
    reach = uow.actor.must(function)
    user = uow.get(User, user_id)
    if user is None or user.state == "deleted" or not is_within(uow.connection, uow.org_id, reach, user_id):
        raise Refused(NOT_FOUND)
    return user


def _check_free(uow: UnitOfWork, user_id: str, *, username: str | None, number: str | None) -> None:
    columns = c(User)
    if username is not None and _other(uow.find(User, columns.username == username), user_id):
        raise Refused(USERNAME_TAKEN, field="/username", username=username)
    if number is not None and _other(uow.find(User, columns.number == number), user_id):
        raise Refused(STAFF_NUMBER_TAKEN, field="/number", number=number)


def _other(users: Collection[User], user_id: str) -> bool:
    return any(user.id != user_id for user in users)


def _with(user: User, new: Mapping[str, Any]) -> StaffValues:
    values = StaffValues(
        number=user.number,
        name=user.name,
        gender=None if user.gender is None else Gender(user.gender),
        birth_year=user.birth_year,
        education=None if user.education is None else Education(user.education),
        title=user.title,
        phone=user.phone,
    )
    return replace(values, **new)


def _staff_fields(staff: StaffValues) -> dict[str, Any]:
    """As columns: enums become their plain text, which is what drivers and orjson know."""
    return {
        "number": staff.number,
        "name": staff.name,
        "gender": None if staff.gender is None else str(staff.gender),
        "birth_year": staff.birth_year,
        "education": None if staff.education is None else str(staff.education),
        "title": staff.title,
        "phone": staff.phone,
    }
