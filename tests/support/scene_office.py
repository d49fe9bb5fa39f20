"""Rows of people, devices, the member club, money and files, as somebody in a scene would make them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from kiosk.operations import stations
from notifications.models import Delivery, Notice
from server.accounts.models import Device, QuarantinedQueue
from server.accounts.operations import roles, staff, units
from server.accounts.operations.staff import NewUser
from server.accounts.rules import StaffValues
from server.accounts.scope import Scope, UnitKind
from server.approvals import operations as approvals
from server.approvals.models import Approval, ApprovalCase, ApprovalRoute
from server.core import tables
from server.core.blob_store import BlobStore, new_place
from server.core.blobs import File, Upload
from server.core.rows import c
from server.core.sync_issues import SyncIssue
from server.core.uow import UnitOfWork
from server.customers.models import Customer
from server.expenses import operations as expenses
from server.expenses.models import ExpenseClaim
from server.membership.models import SalesCentre
from server.membership.operations import cards, centres, members
from server.membership.operations.arrivals import Coming, check_in
from sync_protocol.ids import new_id
from tests.server.accounts.company import Company
from tests.support.approving import set_route, waiting
from tests.support.pictures import sha256
from tests.support.scene import COLLEAGUES, DAY, Ids, Scene
from tests.support.scene_customers import make_customer


def make_person(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    return {"user_id": company.users[owner]}


def make_home(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    return {"unit_id": company.units[scene.homes[owner]]}


def make_recruit(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    word = scene.word()
    new = NewUser(
        staff=StaffValues(number=word, name=word, phone="13912345678"),
        username=f"new-{word}",
        unit_id=company.units[scene.homes[owner]],
        role_ids=tuple(roles.role_ids(uow, "salesperson")),
    )
    return {"user_id": staff.create_user(uow, new).id}


def make_leaver(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_recruit(scene, company, owner, uow)
    uow.flush()
    staff.disable_user(uow, ids["user_id"])
    return ids


def make_unit(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    parent = company.units[scene.homes[owner]]
    return {"unit_id": units.create_unit(uow, parent_id=parent, kind=UnitKind.TEAM, name=scene.word()).id}


def make_role(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    return {"role_id": roles.create_role(uow, name=scene.word(), scope=Scope.OWN, functions=["customers.read"]).id}


def make_project(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    return {"project_id": units.create_project(uow, code=f"p-{scene.word()}", name="Harbour View").id}


def make_device(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    word = scene.word()
    device = uow.add(
        Device(
            installation=word,
            user_id=company.users[owner],
            name="Pixel 9",
            platform="web",
            key_thumbprint=f"{word:0>43}",
            public_jwk={},
            last_seen_at=uow.now,
            app_version="1.0",
            schema_number=1,
        )
    )
    return {"device_id": device.id}


def make_enrolment(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = {**make_device(scene, company, owner, uow), "enrolment_id": new_id()}
    uow.flush()
    values = {"id": ids["enrolment_id"], "device_id": ids["device_id"], "incarnation": 1, "last_n": 0}
    uow.connection.execute(
        insert(tables.ENROLMENTS).values(org_id=company.org, user_id=company.users[owner], created_at=uow.now, **values)
    )
    return ids


def make_queue(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_enrolment(scene, company, owner, uow)
    queue = uow.add(
        QuarantinedQueue(
            device_id=ids["device_id"],
            user_id=company.users[owner],
            enrolment_id=ids["enrolment_id"],
            received_at=uow.now,
            operations=[{"n": 1, "action": "create"}],
        )
    )
    return {**ids, "queue_id": queue.id}


def make_job(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    return {"job_id": uow.enqueue("tests.nothing", {})}


def make_centre(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    centre = centres.create_centre(uow, new_id(), {"name": f"Centre {scene.word()}"})
    return {"sales_centre_id": centre.id}


def make_member(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_customer(scene, company, owner, uow)
    return {**ids, "member_id": members.join(uow, new_id(), ids).id}


def make_card(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_member(scene, company, owner, uow)
    card = cards.issue_card(uow, new_id(), {"member_id": ids["member_id"], "kind": "printed"})
    return {**ids, "card_id": card.id}


def make_arrival(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = {**make_customer(scene, company, owner, uow), **make_centre(scene, company, owner, uow)}
    coming = Coming(kiosk_id=new_id(), name=owner, via="registration", at=uow.now)
    centre, customer = uow.must(SalesCentre, ids["sales_centre_id"]), uow.must(Customer, ids["customer_id"])
    return {**ids, "arrival_id": check_in(uow, centre, customer, coming).id}


def make_kiosk(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_centre(scene, company, owner, uow)
    uow.flush()
    return {**ids, "kiosk_id": stations.create_kiosk(uow, new_id(), {**ids, "name": scene.word()}).id}


def make_issue(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    issue = uow.add(
        SyncIssue(
            owner_id=company.users[owner],
            unit_id=company.units[scene.homes[owner]],
            enrolment_id=new_id(),
            n=1,
            verdict="rejected",
            collection="customers",
            action="create",
            row_id=new_id(),
            code="customers.name-required",
            params={},
            attempted={"name": ""},
            kept={},
            made_at=uow.now,
        )
    )
    return {"issue_id": issue.id}


def make_notice(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    notice = uow.add(Notice(user_id=company.users[owner], topic="fieldwork.follow-up-due", dedupe_key=scene.word()))
    return {"notice_id": notice.id}


def make_claim(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_customer(scene, company, owner, uow)
    if not uow.find(ApprovalRoute, c(ApprovalRoute).from_minor == 0):
        set_route(uow)
    claim = expenses.create_claim(uow, new_id(), {"title": scene.word()})
    told = {"progress": "signed", "key_value": "large", "customer_id": ids["customer_id"]}
    spent = {"kind": "meal", "amount_minor": 8800, "spent_on": DAY - timedelta(days=1)}
    line = expenses.add_line(uow, new_id(), {"claim_id": claim.id, **told, **spent})
    return {"claim_id": claim.id, "line_id": line.id}


def make_submitted_claim(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_claim(scene, company, owner, uow)
    expenses.submit_claim(uow, uow.must(ExpenseClaim, ids["claim_id"]))
    return ids


def make_approved_claim(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_submitted_claim(scene, company, owner, uow)
    case = uow.get(ApprovalCase, ids["claim_id"])
    part = None if case is None else uow.get(Approval, case.waiting[0])
    assert case is not None
    assert part is not None
    actor, uow.actor = uow.actor, replace(uow.actor, user_id=part.owner_id)
    approvals.approve(uow, part, {"revision": case.revision, "content_hash": case.content_hash})
    uow.actor = actor
    return ids


def make_batch(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_approved_claim(scene, company, owner, uow)
    actor, uow.actor = uow.actor, replace(uow.actor, user_id=company.users["admin" if owner != "admin" else "boss"])
    batch = expenses.pay_batch(uow, new_id(), [ids["claim_id"]], total_minor=8800)
    uow.actor = actor
    return {"batch_id": batch.id, "claim_id": ids["claim_id"]}


def make_approval_route(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    return {"route_id": set_route(uow, from_minor=10**12)}


def make_delegation(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    values = {"to_id": company.users[COLLEAGUES.get(owner, "boss")], "starts_on": DAY, "ends_on": DAY}
    return {"delegation_id": approvals.begin_delegation(uow, new_id(), values).id}


def make_approval(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    scene.serial += 1
    colleague = COLLEAGUES.get(owner, "boss")
    unit_id = company.units[scene.homes[colleague]]
    part = waiting(uow, company.users[owner], company.users[colleague], unit_id, serial=scene.serial)
    return {"approval_id": part.id}


def make_delivery(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    user_id = company.users[owner]
    delivery = Delivery(user_id=user_id, message=scene.word(), channel="sms", target="sms", state="unknown")
    return {"delivery_id": uow.add(delivery).id}


def make_upload(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    hashed, until = sha256(scene.word().encode()), datetime(2099, 1, 1, tzinfo=UTC)
    made = uow.add(Upload(owner_id=company.users[owner], sha256=hashed, size=10, place=new_place(), expires_at=until))
    return {"upload_id": made.id}


def make_file(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    upload = uow.get(Upload, make_upload(scene, company, owner, uow)["upload_id"])
    assert upload is not None
    uow.change(upload, state="arrived", arrived_at=uow.now)
    with BlobStore(scene.services.settings.blob_dir).keeping(company.org, upload.place) as kept:
        kept.write(b"a picture")
    uow.add(
        File(
            sha256=upload.sha256,
            size=upload.size,
            media_type="image/jpeg",
            place=upload.place,
            kept_sha256=sha256(b"a picture"),
            kept_size=9,
            width=1,
            height=1,
        )
    )
    return {"sha256": upload.sha256}
