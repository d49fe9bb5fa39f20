"""Coming in, staying and leaving in a browser; one's own password; a new one with a reset code.

An office session has no refresh token: its access token is renewed while the session lives
(docs/decisions/0015-office-sessions-without-refresh-tokens.md).
"""

from __future__ import annotations

from typing import Any

from server.accounts import rules
from server.accounts.authentication import SESSION_ENDED
from server.accounts.codes import CODE_REFUSED
from server.accounts.models import Organisation, User
from server.accounts.operations.passwords import PASSWORD_WRONG, change_password, count_reset_try, use_reset_code
from server.accounts.operations.sessions import sign_out
from server.accounts.operations.sign_in import (
    SIGN_IN_REFUSED,
    acting,
    check_three_parts,
    confirm_session,
    sign_in_office,
)
from server.accounts.passwords import (
    PASSWORD_CHARACTERS,
    PASSWORD_COMMON,
    PASSWORD_HAS_NAME,
    PASSWORD_TOO_LONG,
    PASSWORD_TOO_SHORT,
    choose_password,
)
from server.accounts.queries import structure
from server.accounts.queries.actors import session_row
from server.accounts.queries.staff import password_context, user_by_username
from server.accounts.schemas.access import (
    ConfirmIn,
    OfficeSessionOut,
    PasswordIn,
    PasswordResetIn,
    SignInIn,
    TokenOut,
    WhoAmIOut,
)
from server.accounts.views.installed import credentials, shown_organisation
from server.core.access import Actor, system_actor
from server.core.api import Blueprint
from server.core.auth import current_actor, reading, services, writing
from server.core.db import NO_ORG
from server.core.declare import public, signed_in
from server.core.http import limit
from server.core.limits import LOGIN_PER_ACCOUNT, LOGIN_PER_ADDRESS
from server.core.problems import Refused
from sync_protocol.ids import new_id

blp = Blueprint(
    "office_sessions", __name__, url_prefix="/api/v1/session", description="Signing in with a browser or a program."
)
reset_blp = Blueprint(
    "password_reset", __name__, url_prefix="/api/v1/password-reset", description="A new password with a reset code."
)

PASSWORD_FAULTS = (
    PASSWORD_TOO_SHORT,
    PASSWORD_TOO_LONG,
    PASSWORD_CHARACTERS,
    PASSWORD_COMMON,
    PASSWORD_HAS_NAME,
)


def limit_sign_in(organisation: str, username: str) -> None:
    """Count a try to come in, by address and by account whether or not there is one. Raises Refused RATE_LIMITED."""
    limit(LOGIN_PER_ADDRESS)
    limit(LOGIN_PER_ACCOUNT, rules.spell_sign_in(organisation), rules.spell_sign_in(username))


@blp.route("", methods=["POST"])
@public("this is where one signs in")
@blp.arguments(SignInIn)
@blp.response(201, OfficeSessionOut)
@blp.refuses(SIGN_IN_REFUSED)
def sign_in(values: dict[str, Any]) -> dict[str, Any]:
    """Sign in with the three parts. The session ends after 8 hours; its access token is renewed meanwhile."""
    limit_sign_in(values["organisation"], values["username"])
    shared = services()
    candidate = check_three_parts(shared.database, credentials().hashes, **values)
    with shared.writing(acting(candidate)) as uow:
        session, user, organisation = sign_in_office(uow, candidate)
        uow.commit()
        now = uow.now
    token, seconds = credentials().access_token(
        org_id=session.org_id, user_id=user.id, session_id=session.id, device_id=None, now=now, until=session.expires_at
    )
    return {
        "access_token": token,
        "expires_in": seconds,
        "session": session.id,
        "session_expires_at": session.expires_at,
        "organisation": shown_organisation(organisation),
        "user": shown_user(user, organisation),
    }


@blp.route("", methods=["GET"])
@signed_in
@blp.response(200, WhoAmIOut)
def who_am_i() -> dict[str, Any]:
    """The caller, his functions and how far each reaches."""
    actor = current_actor()
    with reading() as connection:
        organisation = structure.organisation(connection, actor.org_id)
    return {
        "session": actor.session_id,
        "organisation": shown_organisation(organisation),
        "user": {"id": actor.user_id, "name": actor.name, "locale": actor.locale, "unit_id": actor.unit_id},
        "functions": [
            {
                "code": code,
                "own": reach.own,
                "unit_ids": sorted(reach.units),
                "project_ids": sorted(reach.projects),
                "everything": reach.everything,
            }
            for code, reach in sorted(actor.reaches.items())
        ],
    }


@blp.route("", methods=["DELETE"])
@signed_in
@blp.response(204)
def leave() -> None:
    """Sign out."""
    with writing() as uow:
        sign_out(uow, str(uow.actor.session_id))
        uow.commit()


@blp.route("/renew", methods=["POST"])
@signed_in
@blp.response(200, TokenOut)
@blp.refuses(SESSION_ENDED)
def renew() -> dict[str, Any]:
    """Another access token for an office session, as long as the session lives. Devices refresh instead."""
    actor, now = current_actor(), services().clock.now()
    with reading() as connection:
        session = session_row(connection, actor.org_id, str(actor.session_id))
    if session is None or session.kind != "office" or not session.is_open(now):
        raise Refused(SESSION_ENDED)
    token, seconds = credentials().access_token(
        org_id=actor.org_id,
        user_id=actor.user_id,
        session_id=str(actor.session_id),
        device_id=None,
        now=now,
        until=session.expires_at,
    )
    return {"access_token": token, "expires_in": seconds}


@blp.route("/confirm", methods=["POST"])
@signed_in
@blp.arguments(ConfirmIn)
@blp.response(204)
@blp.refuses(SIGN_IN_REFUSED)
def confirm(values: dict[str, Any]) -> None:
    """Give the password again, when an action answers `core.confirmation-needed`. Counts for five minutes and this session;
    on a device it needs no proof. Limited and refused as signing in is.
    """
    actor, hashes = current_actor(), credentials().hashes
    with reading() as connection:
        username, org_code, stored = password_context(connection, actor.org_id, actor.user_id) or ("", "", None)
    limit_sign_in(org_code, username)
    if not hashes.check(stored, values["password"]).matches or stored is None:
        raise Refused(SIGN_IN_REFUSED)
    with writing() as uow:
        confirm_session(uow, checked_against=stored)
        uow.commit()


@blp.route("/password", methods=["POST"])
@signed_in
@blp.arguments(PasswordIn)
@blp.response(204)
@blp.refuses(PASSWORD_WRONG, *PASSWORD_FAULTS)
def change_own_password(values: dict[str, Any]) -> None:
    """Change one's own password; all other sessions of the person end."""
    actor, hashes = current_actor(), credentials().hashes
    limit(LOGIN_PER_ACCOUNT, actor.org_id, actor.user_id)
    with reading() as connection:
        username, org_code, stored = password_context(connection, actor.org_id, actor.user_id) or ("", "", None)
    chosen = choose_password(values["new_password"], username=username, org_code=org_code, field="/new_password")
    if stored is None or not hashes.check(stored, values["old_password"]).matches:
        raise Refused(PASSWORD_WRONG, field="/old_password")
    new_hash = hashes.hash(chosen)
    with writing() as uow:
        change_password(uow, checked_against=stored, new_hash=new_hash)
        uow.commit()


@reset_blp.route("", methods=["POST"])
@public("whoever lost his password cannot sign in")
@reset_blp.arguments(PasswordResetIn)
@reset_blp.response(204)
@reset_blp.refuses(CODE_REFUSED, *PASSWORD_FAULTS)
def reset_password(values: dict[str, Any]) -> None:
    """Set a new password with a code that a manager issued. One answer for every reason why a code does not open."""
    limit_sign_in(values["organisation"], values["username"])
    org_code, username = rules.spell_sign_in(values["organisation"]), rules.spell_sign_in(values["username"])
    chosen = choose_password(values["password"], username=username, org_code=org_code)
    shared, keys = services(), credentials()
    new_hash = keys.hashes.hash(chosen)
    org_id = structure.organisation_id(shared.database, org_code) or NO_ORG
    with shared.reading(org_id) as connection:
        user = user_by_username(connection, org_id, username)
    user_id = user.id if user is not None else new_id()
    # Nobody's tries are counted too, where they change nothing: both answers cost the same.
    with shared.writing(system_actor(org_id)) as uow:
        tries_before = count_reset_try(uow, user_id)
        uow.commit()
    with shared.writing(Actor(org_id=org_id, user_id=user_id, name="", unit_id=user_id)) as uow:
        use_reset_code(uow, user_id, values["code"], tries_before=tries_before, key=keys.code_key, new_hash=new_hash)
        uow.commit()


def shown_user(user: User, organisation: Organisation) -> dict[str, Any]:
    """A person as he stands in the answer of his sign-in, here and on devices."""
    return {
        "id": user.id,
        "name": user.name,
        "locale": user.locale or organisation.locale,
        "unit_id": user.unit_id,
    }
