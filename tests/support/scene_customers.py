"""Rows of customers, and of what hangs on them, as somebody in a scene would make them."""

from __future__ import annotations

from server.core.blob_store import new_place
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.customers.contacts import operations as contacts
from server.customers.deleting.operations import delete_customers
from server.customers.imports import operations as imports
from server.customers.imports.models import ImportedRow
from server.customers.imports.sheets import Line
from server.customers.lead_conflicts.models import conflict_id
from server.customers.opportunities import funnel
from server.customers.opportunities import operations as opportunities
from server.customers.opportunities.models import Opportunity
from server.customers.receptions import operations as receptions
from sync_protocol.ids import new_id
from tests.server.accounts.company import Company
from tests.support.scene import COLLEAGUES, DAY, STRANGER, Ids, Scene


def make_customer(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    customer = customers.create_customer(
        uow, new_id(), {"name": f"{owner} {scene.word()}", "address": "Nanjing Road 1"}
    )
    return {"customer_id": customer.id}


def make_phone(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_customer(scene, company, owner, uow)
    scene.serial += 1
    phone = customers.add_phone(uow, new_id(), {**ids, "number": f"+861390{scene.serial:07d}"})
    return {**ids, "phone_id": phone.id}


def make_contact(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_customer(scene, company, owner, uow)
    return {**ids, "contact_id": contacts.add_contact(uow, new_id(), {**ids, "name": scene.word()}).id}


def make_contested(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    """A customer whose number all who have one of these share."""
    ids = make_customer(scene, company, owner, uow)
    customers.add_phone(uow, new_id(), {**ids, "number": "+8613912345678"})
    return ids


def make_deleted(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    """A customer who was deleted since."""
    ids = make_customer(scene, company, owner, uow)
    uow.flush()
    delete_customers(uow, ids.values())
    return ids


def make_import(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    made = imports.hand_in(uow, new_id(), f"{scene.word()}.csv", new_place())
    imports.look_at(uow, made.id, 30, "utf-8", [Line(1, ("name", "phone")), Line(2, (scene.word(), "13912345678"))])
    uow.add(ImportedRow(import_id=made.id, number=2, outcome="refused"))
    return {"import_id": made.id}


def make_stopped_import(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_import(scene, company, owner, uow)
    uow.change(imports.mine(uow, ids["import_id"]), job_id=new_id())  # of a job that was forgotten long ago
    return ids


def make_note(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_customer(scene, company, owner, uow)
    return {**ids, "note_id": customers.add_note(uow, new_id(), {**ids, "text": scene.word()}).id}


def make_opportunity(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_customer(scene, company, owner, uow)
    values = {**ids, "title": scene.word(), "amount_minor": 100_000_000, "next_step": "call", "next_step_on": DAY}
    return {**ids, "opportunity_id": opportunities.open_opportunity(uow, new_id(), values).id}


def make_opportunity_contact(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_opportunity(scene, company, owner, uow)
    about = {"opportunity_id": ids["opportunity_id"], "text": scene.word(), "next_step": "call", "next_step_on": DAY}
    return {**ids, "spoken_id": opportunities.add_contact(uow, new_id(), about).id}


def make_lost_opportunity(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_opportunity(scene, company, owner, uow)
    opportunities.lose_opportunity(uow, uow.must(Opportunity, ids["opportunity_id"]), {"reason": "price"})
    return ids


def make_funnel_stage(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    word = scene.word()
    values = {"code": f"s_{word}", "name_zh": word, "name_en": word, "probability": 40, "position": 9}
    return {"stage_id": funnel.add_stage(uow, new_id(), values).id}


def make_reception(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_customer(scene, company, owner, uow)
    sheet = {**ids, "channel": "visit", "impression": scene.word()}
    return {**ids, "reception_id": receptions.add_reception(uow, new_id(), sheet).id}


def make_conflict(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    """Of a customer of his with one of a colleague's; of the stranger's with one in another team."""
    scene.serial += 1
    number = f"+861380{scene.serial:07d}"
    ids, actor = [make_customer(scene, company, owner, uow)["customer_id"]], uow.actor
    customers.add_phone(uow, new_id(), {"customer_id": ids[0], "number": number})
    uow.actor = scene.hand(company, {"zhao": "wang", STRANGER: "lan"}.get(owner) or COLLEAGUES[owner])
    ids += [make_customer(scene, company, owner, uow)["customer_id"]]
    customers.add_phone(uow, new_id(), {"customer_id": ids[1], "number": number})
    uow.actor = actor
    return {"conflict_id": conflict_id(*ids)}
