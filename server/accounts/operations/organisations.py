"""How a tenant begins, and its own data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select

from server.accounts import rules
from server.accounts.events import OrganisationChanged, OrganisationCreated, UnitCreated
from server.accounts.functions import CHANGE_ORGANISATION
from server.accounts.models import Organisation, OrgUnit, User
from server.accounts.operations.furnishing import furnish
from server.accounts.operations.roles import role_ids
from server.accounts.operations.staff import NewUser, create_user
from server.accounts.rules import ADMINISTRATOR, StaffValues
from server.accounts.scope import UnitKind
from server.core import tables
from server.core.events import GENESIS
from server.core.problems import NOT_FOUND, STALE, Refused, problem_type
from server.core.uow import UnitOfWork
from sync_protocol.ids import new_id

ORG_CODE_TAKEN = problem_type(
    "accounts.org-code-taken",
    status=409,
    zh="企业代码“{code}”已被使用。",
    en="The organisation code “{code}” is taken.",
)


def create_organisation(
    uow: UnitOfWork,
    *,
    code: str,
    name: str,
    admin_password_hash: str | None,
    admin_username: str = "admin",
    admin_name: str = "",
    admin_number: str = "0001",
) -> tuple[Organisation, User]:
    """Begin a tenant: its clock, its entry in the directory, the root unit, what every organisation has, the default
    administrator.

    uow: of `system_actor(new_id(), zone=…, currency=…, locale=…)`; the organisation takes its id, zone, currency and
    language from there. admin_password_hash: of `PasswordHashes.hash(choose_password(…))`; with None somebody at the command
    line issues a reset code.

    Raises Refused ORG_CODE_FORM, ORG_CODE_TAKEN, TEXT_FORM, USERNAME_FORM.
    """
    code, name = rules.check_org_code(code), rules.check_name(name)
    directory = tables.ORG_DIRECTORY
    if uow.connection.execute(select(directory.c.org_id).where(directory.c.code == code)).first() is not None:
        raise Refused(ORG_CODE_TAKEN, field="/code", code=code)
    uow.connection.execute(insert(directory).values(org_id=uow.org_id, code=code))
    uow.connection.execute(
        insert(tables.ORG_CLOCKS).values(
            org_id=uow.org_id, feed_head=0, event_n=0, event_hash=GENESIS, access_version=1, epoch=new_id()
        )
    )
    actor = uow.actor
    organisation = uow.add(
        Organisation(
            id=uow.org_id, code=code, name=name, timezone=actor.zone, currency=actor.currency, locale=actor.locale
        )
    )
    uow.record(
        OrganisationCreated(
            organisation.id, organisation_code=code, name=name, timezone=actor.zone, currency=actor.currency
        )
    )
    root = uow.add(OrgUnit(kind=UnitKind.ORGANISATION, name=name))
    uow.record(UnitCreated(root.id, name=name, kind=root.kind, parent_id=None))
    furnish(uow)
    uow.flush()
    administrator = create_user(
        uow,
        NewUser(
            staff=StaffValues(
                number=admin_number, name=admin_name or ("管理员" if actor.locale == "zh" else "Administrator")
            ),
            username=admin_username,
            unit_id=root.id,
            role_ids=tuple(role_ids(uow, ADMINISTRATOR)),
            password_hash=admin_password_hash,
        ),
        is_default=True,
    )
    return organisation, administrator


def change_organisation(uow: UnitOfWork, values: Mapping[str, Any], *, version: int | None = None) -> Organisation:
    """Change name, timezone, currency or locale. The code stays: it is what people type to sign in.

    A new zone holds for business days from now on; days already written stay. Raises Refused STALE, TEXT_FORM.
    """
    uow.actor.must(CHANGE_ORGANISATION)
    organisation = uow.get(Organisation, uow.org_id)
    if organisation is None:
        raise Refused(NOT_FOUND)
    if version is not None and version != organisation.version:
        raise Refused(STALE, version=organisation.version)
    new = dict(values)
    if "name" in new:
        new["name"] = rules.check_name(new["name"])
    uow.change(organisation, **new)
    changes = uow.changes(organisation)
    if changes:
        uow.record(OrganisationChanged(organisation.id, changes=changes))
        uow.access_changed()  # actors carry zone, currency and language
    return organisation
