"""Recipes of members, cards and kiosks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kiosk.operations.stations import issue_code
from kiosk.texts import CONSENT_VERSION
from server.core.access import system_actor
from sync_protocol.ids import new_id
from tests.support.recipes.asking import ELSEWHERE, Asking, Recipe, body_of, named, own


def _enrol_kiosk(asking: Asking) -> dict[str, Any]:
    company = asking.scene.acme
    made = asking.rows.made("kiosk", company, "wang")
    with asking.scene.services.writing(system_actor(company.org)) as uow:
        kiosk, code = issue_code(uow, made["kiosk_id"], key=company.credentials.code_key)
        uow.commit()
    key = asking.scene.newcomer.key.jwk()
    return {"organisation": company.code, "kiosk": kiosk.number, "code": code, "app_version": "1.0", "key": key}


def _enrolling_kiosk(asking: Asking) -> dict[str, str]:
    return asking.scene.newcomer.proof("POST", "/kiosk/v1/enrolment")


def _kiosk_session(asking: Asking) -> dict[str, Any]:
    kiosk = asking.scene.kiosk()
    return {"organisation": kiosk.organisation, "kiosk": kiosk.kiosk}


def _opening_kiosk(asking: Asking) -> dict[str, str]:
    kiosk = asking.scene.kiosk()
    return {"DPoP": kiosk.key.sign_proof("POST", f"{kiosk.url}/kiosk/v1/session", kiosk.now())}


RECIPES: Mapping[str, Recipe] = {
    # member club
    "GET /api/v1/sales-centres": Recipe(),
    "POST /api/v1/sales-centres": Recipe(
        body=named(),
        references={"/id": "centre", "/host_id": "person", "/unit_id": "home", "/project_id": "project"},
    ),
    "PATCH /api/v1/sales-centres/{sales_centre_id}": Recipe(
        row="centre", body=named(), references={"/host_id": "person"}
    ),
    "GET /api/v1/members": Recipe(references={"?customer_id": "member:customer_id"}),
    "POST /api/v1/members": Recipe(
        body=own("customer", "customer_id"),
        references={"/id": "member", "/customer_id": "customer"},
        disturbs=True,
    ),
    "GET /api/v1/members/{member_id}": Recipe(row="member"),
    "PATCH /api/v1/members/{member_id}": Recipe(row="member", body=body_of(tier="silver")),
    "POST /api/v1/members/{member_id}/leave": Recipe(row="member"),
    "GET /api/v1/cards": Recipe(references={"?member_id": "card:member_id", "?customer_id": "card:customer_id"}),
    "POST /api/v1/cards": Recipe(
        body=own("member", "member_id", kind="printed"), references={"/id": "card", "/member_id": "member"}
    ),
    "POST /api/v1/cards/{card_id}/replace": Recipe(row="card", body=body_of(), references={"/id": "card"}),
    "POST /api/v1/cards/{card_id}/lose": Recipe(row="card"),
    "POST /api/v1/cards/{card_id}/block": Recipe(row="card"),
    "POST /api/v1/cards/{card_id}/unblock": Recipe(row="card"),
    "POST /api/v1/cards/{card_id}/code": Recipe(row="card"),
    "GET /api/v1/arrivals": Recipe(
        references={"?sales_centre_id": "arrival:sales_centre_id", "?customer_id": "arrival:customer_id"}
    ),
    "POST /api/v1/arrivals/{arrival_id}/serve": Recipe(row="arrival"),
    "POST /api/v1/arrivals/{arrival_id}/leave": Recipe(row="arrival"),
    # kiosks
    "GET /api/v1/kiosks": Recipe(),
    "POST /api/v1/kiosks": Recipe(
        body=lambda asking: {"name": asking.scene.word(), **asking.own("centre")},
        references={"/id": "kiosk", "/sales_centre_id": "centre"},
    ),
    "POST /api/v1/kiosks/{kiosk_id}/code": Recipe(row="kiosk"),
    "POST /api/v1/kiosks/{kiosk_id}/revoke": Recipe(row="kiosk"),
    "GET /api/v1/kiosks/{kiosk_id}/readings": Recipe(row="kiosk"),
    "POST /kiosk/v1/enrolment": Recipe(body=_enrol_kiosk, headers=_enrolling_kiosk),
    "POST /kiosk/v1/session": Recipe(
        body=_kiosk_session, headers=_opening_kiosk, references={"/organisation": ELSEWHERE, "/kiosk": ELSEWHERE}
    ),
    "GET /kiosk/v1/station": Recipe(),
    "POST /kiosk/v1/readings": Recipe(body=body_of(readings=["x.y.z"])),
    "POST /kiosk/v1/visitors": Recipe(
        body=lambda _: {"id": new_id(), "name": "Wang", "phone": "13912345678", "consent": CONSENT_VERSION},
        references={"/id": ELSEWHERE},
    ),
}
