"""Kiosks from the office: made at a sales centre, given a one-time code, taken out of service."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from kiosk.events import KioskCodeIssued, KioskCreated, KioskRevoked
from kiosk.functions import MANAGE
from kiosk.models import NAME_MOST, Kiosk, KioskCode
from server.accounts.codes import ENTROPY_BYTES, CodePurpose, code_from, code_hash
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.membership.models import SalesCentre
from server.membership.operations.centres import centre_in_reach

KIOSK_NAME_REQUIRED = problem_type("kiosk.name-required", 422, zh="请填写终端名称。", en="Give the kiosk a name.")


def create_kiosk(uow: UnitOfWork, kiosk_id: str, values: Mapping[str, Any]) -> Kiosk:
    """Make a kiosk at a sales centre; it opens nothing before it is enrolled. values: name, sales_centre_id.

    Records KioskCreated. Raises Refused NOT_FOUND, KIOSK_NAME_REQUIRED. Source: rule Q1.
    """
    centre = centre_in_reach(uow, values["sales_centre_id"], MANAGE, field="/sales_centre_id")
    name = settled_name(values["name"])
    k = c(Kiosk)
    highest = uow.connection.execute(select(func.max(k.number)).where(k.org_id == uow.org_id)).scalar()
    kiosk = uow.add(Kiosk(id=kiosk_id, number=(highest or 0) + 1, name=name, sales_centre_id=centre.id))
    uow.record(KioskCreated(kiosk.id, kiosk.number, centre.id))
    return kiosk


def issue_code(uow: UnitOfWork, kiosk_id: str, *, key: bytes) -> tuple[Kiosk, str]:
    """A code with which this kiosk can be enrolled within ten minutes. Earlier ones are void. Shown once, never stored.

    key: of code hashes. Records KioskCodeIssued. Raises Refused NOT_FOUND. Source: rule Q1.
    """
    kiosk = kiosk_in_reach(uow, kiosk_id, MANAGE)
    for earlier in uow.find(KioskCode, c(KioskCode).kiosk_id == kiosk.id):
        uow.remove(earlier)
    code = code_from(secrets.token_bytes(ENTROPY_BYTES))
    uow.add(KioskCode(kiosk_id=kiosk.id, hash=code_hash(key, CodePurpose.KIOSK, uow.org_id, kiosk.id, code)))
    uow.record(KioskCodeIssued(kiosk.id))
    return kiosk, code


def revoke_kiosk(uow: UnitOfWork, kiosk_id: str) -> Kiosk:
    """Take a kiosk out of service at once: its tokens, its key and its open codes. Another code brings it back with
    another key. Again is once. Records KioskRevoked. Raises Refused NOT_FOUND.
    """
    kiosk = kiosk_in_reach(uow, kiosk_id, MANAGE)
    for code in uow.find(KioskCode, c(KioskCode).kiosk_id == kiosk.id):
        uow.remove(code)
    if kiosk.state != "revoked":
        uow.change(kiosk, state="revoked")
        uow.record(KioskRevoked(kiosk.id))
    return kiosk


def kiosk_in_reach(uow: UnitOfWork, kiosk_id: str, function: str) -> Kiosk:
    """A kiosk whose sales centre is within reach of the actor's function. Raises Refused NOT_FOUND."""
    kiosk = uow.get(Kiosk, kiosk_id)
    centre = None if kiosk is None else uow.get(SalesCentre, kiosk.sales_centre_id)
    if kiosk is None or centre is None or not uow.actor.must(function).holds(centre):
        raise Refused(NOT_FOUND)
    return kiosk


def settled_name(name: str) -> str:
    """A kiosk's name as stored. Raises Refused KIOSK_NAME_REQUIRED."""
    text = " ".join(name.split())[:NAME_MOST]
    if not any(each.isalnum() for each in text):
        raise Refused(KIOSK_NAME_REQUIRED, field="/name")
    return text
