"""A person's password: changed by himself, or chosen anew with a code that a manager gave him.

Hashing takes its time and memory, so callers hash before they open a writing transaction.
"""

from __future__ import annotations

import secrets

from sqlalchemy import text

from server.accounts import rules
from server.accounts.codes import (
    CODE_REFUSED,
    ENTROPY_BYTES,
    CodeAccepted,
    CodePurpose,
    CodeState,
    code_from,
    code_hash,
    judge_code,
    spell_code,
)
from server.accounts.events import PasswordChanged, PasswordReset, ResetCodeIssued
from server.accounts.models import ResetCode, User
from server.accounts.operations.sessions import end_sessions
from server.accounts.operations.staff import manage
from server.accounts.queries.actors import extents_of, extents_of_actor
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.rows import c
from server.core.types import to_ms
from server.core.uow import UnitOfWork

PASSWORD_WRONG = problem_type(
    "accounts.password-wrong",
    status=422,
    zh="原密码不正确。",
    en="The old password is not correct.",
)

# One statement, so that tries made side by side are each counted before any of them is compared.
_COUNT_TRY = text(
    "UPDATE reset_codes SET tries = tries + 1, updated_at = :now "
    "WHERE org_id = :org_id AND user_id = :user_id AND used_at IS NULL RETURNING tries"
)


def change_password(uow: UnitOfWork, *, checked_against: str, new_hash: str) -> None:
    """Store a new password of the actor; all his other sessions end.

    checked_against: the stored hash that the old password was found to match. new_hash: of choose_password's result.
    Raises Refused PASSWORD_WRONG when the password was changed meanwhile.
    """
    user = uow.get(User, uow.actor.user_id)
    if user is None:
        raise Refused(NOT_FOUND)
    if user.password_hash != checked_against:
        raise Refused(PASSWORD_WRONG, field="/old_password")
    uow.change(user, password_hash=new_hash)
    ended = end_sessions(uow, user.id, but=uow.actor.session_id)
    uow.record(PasswordChanged(user.id, sessions=ended))


def issue_reset_code(uow: UnitOfWork, user_id: str, *, key: bytes) -> str:
    """A code with which a person chooses a new password within ten minutes. Earlier ones are void. Shown once, never stored.

    key: of code hashes. Raises Refused NOT_FOUND, RESET_OWN, BEYOND_OWN_RIGHTS.
    """
    user = manage(uow, user_id)
    if not uow.actor.is_system:
        extents = extents_of(uow.connection, uow.org_id, [user_id])[user_id]
        rules.check_reset(uow.actor.user_id, extents_of_actor(uow.actor), user_id, extents)
    for earlier in uow.find(ResetCode, c(ResetCode).user_id == user_id):
        uow.remove(earlier)
    code = code_from(secrets.token_bytes(ENTROPY_BYTES))
    uow.add(ResetCode(user_id=user_id, hash=code_hash(key, CodePurpose.RESET, uow.org_id, user_id, code)))
    uow.record(ResetCodeIssued(user.id))
    return code


def count_reset_try(uow: UnitOfWork, user_id: str) -> int | None:
    """Count one try on a person's open code; the caller commits before anything is compared.

    Returns how many were made before this one, or None when nothing is open to be tried.
    """
    tries = uow.connection.execute(
        _COUNT_TRY, {"org_id": uow.org_id, "user_id": user_id, "now": to_ms(uow.now)}
    ).scalar()
    return None if tries is None else int(tries) - 1


def use_reset_code(
    uow: UnitOfWork, user_id: str, typed: str, *, tries_before: int | None, key: bytes, new_hash: str
) -> None:
    """Choose a new password with a code; all sessions of the person end.

    tries_before: of count_reset_try. Raises Refused CODE_REFUSED: wrong, used, expired, tried too often, or there is none.
    """
    user = uow.get(User, user_id)
    code = next(iter(uow.find(ResetCode, c(ResetCode).user_id == user_id)), None)
    spelled = spell_code(typed)
    presented = None if spelled is None else code_hash(key, CodePurpose.RESET, uow.org_id, user_id, spelled)
    if user is None or user.state != "active" or code is None or tries_before is None:
        raise Refused(CODE_REFUSED)
    state = CodeState(code.hash, code.created_at, tries_before, code.used_at is not None)
    if not isinstance(judge_code(state, presented, uow.now), CodeAccepted):
        raise Refused(CODE_REFUSED)
    uow.change(code, used_at=uow.now)
    uow.change(user, password_hash=new_hash)
    uow.record(PasswordReset(user.id, sessions=end_sessions(uow, user.id)))
