"""Rows of every kind that an address or a body can name, made for anybody in a scene (scene.py)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

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
from server.customers import operations as customers
from server.customers.attachments.operations import add_attachment
from server.customers.contacts import operations as contacts
from server.customers.deleting.operations import delete_customers
from server.customers.imports import operations as imports
from server.customers.imports.models import ImportedRow
from server.customers.imports.sheets import Line
from server.customers.lead_conflicts.models import conflict_id
from server.customers.models import Customer
from server.customers.opportunities import funnel
from server.customers.opportunities import operations as opportunities
from server.customers.opportunities.models import Opportunity
from server.customers.receptions import operations as receptions
from server.expenses import operations as expenses
from server.expenses.models import ExpenseClaim
from server.fieldwork import operations as fieldwork
from server.fieldwork.activities.operations import create_type, log_activity
from server.fieldwork.models import Visit
from server.fieldwork.places.operations import set_place
from server.fieldwork.questions.operations import ask_question
from server.fieldwork.reports import operations as reports
from server.fieldwork.reports.models import WorkReportReader
from server.fieldwork.targets.operations import set_target
from server.membership.models import SalesCentre
from server.membership.operations import cards, centres, members
from server.membership.operations.arrivals import Coming, check_in
from sync_protocol.ids import new_id
from tests.server.accounts.company import Company
from tests.support.approving import set_route, waiting
from tests.support.pictures import sha256
from tests.support.scene import COLLEAGUES, OWNERS, STRANGER, Scene

Ids = dict[str, str]
"""Name of a path parameter → id."""
Maker = Callable[[Scene, Company, str, UnitOfWork], Ids]

DAY = date(2025, 3, 4)
"""The day after the scene's clock begins: what is planned for it is still to come."""
RELATIONS = ("own", "team", "other", "foreign", "random")
"""Whose a row is, seen from the caller: his, his unit's colleague's, another team's, the other organisation's, nobody's."""
OWNED = RELATIONS
OF_THE_ORGANISATION = ("own", "foreign", "random")
OF_UNITS = ("own", "other", "foreign", "random")


@dataclass(frozen=True)
class Kind:
    """How a kind of row is made. key: the member of the made ids that names the row itself."""

    key: str
    make: Maker
    relations: tuple[str, ...] = OWNED


def _customer(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    customer = customers.create_customer(
        uow, new_id(), {"name": f"{owner} {scene.word()}", "address": "Nanjing Road 1"}
    )
    return {"customer_id": customer.id}


def _phone(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _customer(scene, company, owner, uow)
    scene.serial += 1
    phone = customers.add_phone(uow, new_id(), {**ids, "number": f"+861390{scene.serial:07d}"})
    return {**ids, "phone_id": phone.id}


def _contact(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _customer(scene, company, owner, uow)
    return {**ids, "contact_id": contacts.add_contact(uow, new_id(), {**ids, "name": scene.word()}).id}


def _contested(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    """A customer whose number all who have one of these share."""
    ids = _customer(scene, company, owner, uow)
    customers.add_phone(uow, new_id(), {**ids, "number": "+8613912345678"})
    return ids


def _deleted(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    """A customer who was deleted since."""
    ids = _customer(scene, company, owner, uow)
    uow.flush()
    delete_customers(uow, ids.values())
    return ids


def _import(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    made = imports.hand_in(uow, new_id(), f"{scene.word()}.csv", new_place())
    imports.look_at(uow, made.id, 30, "utf-8", [Line(1, ("name", "phone")), Line(2, (scene.word(), "13912345678"))])
    uow.add(ImportedRow(import_id=made.id, number=2, outcome="refused"))
    return {"import_id": made.id}


def _stopped_import(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _import(scene, company, owner, uow)
    uow.change(imports.mine(uow, ids["import_id"]), job_id=new_id())  # of a job that was forgotten long ago
    return ids


def _note(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _customer(scene, company, owner, uow)
    return {**ids, "note_id": customers.add_note(uow, new_id(), {**ids, "text": scene.word()}).id}


def _attachment(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    """Of a visit."""
    ids = _visit(scene, company, owner, uow)
    about = {"customer_id": ids["customer_id"], "about": "visits", "about_id": ids["visit_id"]}
    file = {"name": scene.word(), "form": "pdf", "size": 90, "sha256": sha256(scene.word().encode())}
    return {**ids, "attachment_id": add_attachment(uow, new_id(), {**about, **file}).id}


def _opportunity(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _customer(scene, company, owner, uow)
    values = {**ids, "title": scene.word(), "amount_minor": 100_000_000, "next_step": "call", "next_step_on": DAY}
    return {**ids, "opportunity_id": opportunities.open_opportunity(uow, new_id(), values).id}


def _opportunity_contact(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _opportunity(scene, company, owner, uow)
    about = {"opportunity_id": ids["opportunity_id"], "text": scene.word(), "next_step": "call", "next_step_on": DAY}
    return {**ids, "spoken_id": opportunities.add_contact(uow, new_id(), about).id}


def _lost_opportunity(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _opportunity(scene, company, owner, uow)
    opportunities.lose_opportunity(uow, uow.must(Opportunity, ids["opportunity_id"]), {"reason": "price"})
    return ids


def _funnel_stage(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    word = scene.word()
    values = {"code": f"s_{word}", "name_zh": word, "name_en": word, "probability": 40, "position": 9}
    return {"stage_id": funnel.add_stage(uow, new_id(), values).id}


def _reception(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _customer(scene, company, owner, uow)
    sheet = {**ids, "channel": "visit", "impression": scene.word()}
    return {**ids, "reception_id": receptions.add_reception(uow, new_id(), sheet).id}


def _conflict(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    """Of a customer of his with one of a colleague's; of the stranger's with one in another team."""
    scene.serial += 1
    number = f"+861380{scene.serial:07d}"
    ids, actor = [_customer(scene, company, owner, uow)["customer_id"]], uow.actor
    customers.add_phone(uow, new_id(), {"customer_id": ids[0], "number": number})
    uow.actor = scene.hand(company, {"zhao": "wang", STRANGER: "lan"}.get(owner) or COLLEAGUES[owner])
    ids += [_customer(scene, company, owner, uow)["customer_id"]]
    customers.add_phone(uow, new_id(), {"customer_id": ids[1], "number": number})
    uow.actor = actor
    return {"conflict_id": conflict_id(*ids)}


def _plan(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    return {"plan_id": fieldwork.create_plan(uow, new_id(), {"plan_on": DAY, "note": scene.word()}).id}


def _visit(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _customer(scene, company, owner, uow)
    visit = fieldwork.create_visit(uow, new_id(), {**ids, "planned_on": DAY, "purpose": scene.word()})
    return {**ids, "visit_id": visit.id}


def _comment(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _visit(scene, company, owner, uow)
    about = {"visit_id": ids["visit_id"], "text": scene.word()}
    return {**ids, "comment_id": fieldwork.add_comment(uow, new_id(), about).id}


def _line(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = {**_customer(scene, company, owner, uow), **_plan(scene, company, owner, uow)}
    return {**ids, "visit_id": fieldwork.create_visit(uow, new_id(), ids).id}


def _cancelled_visit(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _visit(scene, company, owner, uow)
    fieldwork.cancel_visit(uow, uow.must(Visit, ids["visit_id"]), {"reason": "rain"})
    return ids


def _follow_up(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _customer(scene, company, owner, uow)
    made = fieldwork.create_follow_up(uow, new_id(), {**ids, "due_on": DAY, "text": scene.word()})
    return {**ids, "follow_up_id": made.id}


def _task(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _customer(scene, company, owner, uow)
    made = fieldwork.create_task(uow, new_id(), {**ids, "due_on": DAY, "text": scene.word()})
    return {**ids, "task_id": made.id}


def _activity(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _customer(scene, company, owner, uow)
    said = {**ids, "kind": "presales", "channel": "call_out", "text": scene.word()}
    return {**ids, "activity_id": log_activity(uow, new_id(), said).id}


def _activity_type(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    word = scene.word()
    return {"type_id": create_type(uow, new_id(), {"name_zh": word, "name_en": word}).id}


def _place(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _customer(scene, company, owner, uow)
    where = {**ids, "latitude_e7": 312_304_000, "longitude_e7": 1_214_737_000}
    return {**ids, "place_id": set_place(uow, new_id(), where).id}


def _copy(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _customer(scene, company, owner, uow)
    visit = fieldwork.create_visit(uow, new_id(), {**ids, "planned_on": DAY, "people": company.users[owner]})
    return {**ids, "visit_id": visit.id}


def _question(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _visit(scene, company, owner, uow)
    asked = {**ids, "text": scene.word(), "cannot_answer": True}
    return {**ids, "question_id": ask_question(uow, new_id(), asked).id}


def _report(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    """One that is sent to his colleague, with what the colleague is to read."""
    report = reports.begin_report(uow, new_id(), {"kind": "daily", "period_on": DAY, "summary": scene.word()})
    reports.address_report(uow, report, {"reader_id": company.users[COLLEAGUES.get(owner, "boss")]})
    reports.send_report(uow, report)
    about = {"report_id": report.id, "text": scene.word()}
    return {"report_id": report.id, "remark_id": reports.comment_on_report(uow, new_id(), about).id}


def _received(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    """One of his colleague's that is sent to him."""
    actor, uow.actor = uow.actor, replace(uow.actor, user_id=company.users[COLLEAGUES.get(owner, "boss")])
    report = reports.begin_report(uow, new_id(), {"kind": "daily", "period_on": DAY, "summary": scene.word()})
    reports.address_report(uow, report, {"reader_id": actor.user_id})
    reports.send_report(uow, report)
    uow.actor = actor
    (reader,) = uow.among(WorkReportReader, lambda each: each.report_id == report.id)
    return {"report_id": report.id, "reader_row_id": reader.id}


def _target(scene: Scene, company: Company, owner: str, uow: UnitOfWork, *, month: date = DAY) -> Ids:
    """Set by the administrator."""
    actor, uow.actor = uow.actor, scene.hand(company, "admin")
    set_ = {"owner_id": company.users[owner], "month_on": month, "measure": "visits", "amount": 40}
    target = set_target(uow, new_id(), set_)
    uow.actor = actor
    return {"target_id": target.id}


def _target_to_come(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    return _target(scene, company, owner, uow, month=DAY + timedelta(days=31))


def _target_anew(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    """Of a month of which there was none, so that it is at its first version."""
    return _target(scene, company, owner, uow, month=DAY + timedelta(days=31 * next(_MONTHS)))


_MONTHS = itertools.cycle(range(20, 800))


def _person(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    return {"user_id": company.users[owner]}


def _home(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    return {"unit_id": company.units[scene.homes[owner]]}


def _recruit(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    word = scene.word()
    new = NewUser(
        staff=StaffValues(number=word, name=word, phone="13912345678"),
        username=f"new-{word}",
        unit_id=company.units[scene.homes[owner]],
        role_ids=tuple(roles.role_ids(uow, "salesperson")),
    )
    return {"user_id": staff.create_user(uow, new).id}


def _leaver(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _recruit(scene, company, owner, uow)
    uow.flush()
    staff.disable_user(uow, ids["user_id"])
    return ids


def _unit(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    parent = company.units[scene.homes[owner]]
    return {"unit_id": units.create_unit(uow, parent_id=parent, kind=UnitKind.TEAM, name=scene.word()).id}


def _role(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    return {"role_id": roles.create_role(uow, name=scene.word(), scope=Scope.OWN, functions=["customers.read"]).id}


def _project(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    return {"project_id": units.create_project(uow, code=f"p-{scene.word()}", name="Harbour View").id}


def _device(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
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


def _enrolment(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = {**_device(scene, company, owner, uow), "enrolment_id": new_id()}
    uow.flush()
    values = {"id": ids["enrolment_id"], "device_id": ids["device_id"], "incarnation": 1, "last_n": 0}
    uow.connection.execute(
        insert(tables.ENROLMENTS).values(org_id=company.org, user_id=company.users[owner], created_at=uow.now, **values)
    )
    return ids


def _queue(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _enrolment(scene, company, owner, uow)
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


def _job(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    return {"job_id": uow.enqueue("tests.nothing", {})}


def _centre(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    centre = centres.create_centre(uow, new_id(), {"name": f"Centre {scene.word()}"})
    return {"sales_centre_id": centre.id}


def _member(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _customer(scene, company, owner, uow)
    return {**ids, "member_id": members.join(uow, new_id(), ids).id}


def _card(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _member(scene, company, owner, uow)
    card = cards.issue_card(uow, new_id(), {"member_id": ids["member_id"], "kind": "printed"})
    return {**ids, "card_id": card.id}


def _arrival(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = {**_customer(scene, company, owner, uow), **_centre(scene, company, owner, uow)}
    coming = Coming(kiosk_id=new_id(), name=owner, via="registration", at=uow.now)
    centre, customer = uow.must(SalesCentre, ids["sales_centre_id"]), uow.must(Customer, ids["customer_id"])
    return {**ids, "arrival_id": check_in(uow, centre, customer, coming).id}


def _kiosk(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _centre(scene, company, owner, uow)
    uow.flush()
    return {**ids, "kiosk_id": stations.create_kiosk(uow, new_id(), {**ids, "name": scene.word()}).id}


def _issue(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
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


def _notice(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    notice = uow.add(Notice(user_id=company.users[owner], topic="fieldwork.follow-up-due", dedupe_key=scene.word()))
    return {"notice_id": notice.id}


def _claim(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _customer(scene, company, owner, uow)
    if not uow.find(ApprovalRoute, c(ApprovalRoute).from_minor == 0):
        set_route(uow)
    claim = expenses.create_claim(uow, new_id(), {"title": scene.word()})
    told = {"progress": "signed", "key_value": "large", "customer_id": ids["customer_id"]}
    spent = {"kind": "meal", "amount_minor": 8800, "spent_on": DAY - timedelta(days=1)}
    line = expenses.add_line(uow, new_id(), {"claim_id": claim.id, **told, **spent})
    return {"claim_id": claim.id, "line_id": line.id}


def _submitted_claim(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _claim(scene, company, owner, uow)
    expenses.submit_claim(uow, uow.must(ExpenseClaim, ids["claim_id"]))
    return ids


def _approved_claim(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _submitted_claim(scene, company, owner, uow)
    case = uow.get(ApprovalCase, ids["claim_id"])
    part = None if case is None else uow.get(Approval, case.waiting[0])
    assert case is not None
    assert part is not None
    actor, uow.actor = uow.actor, replace(uow.actor, user_id=part.owner_id)
    approvals.approve(uow, part, {"revision": case.revision, "content_hash": case.content_hash})
    uow.actor = actor
    return ids


def _batch(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = _approved_claim(scene, company, owner, uow)
    actor, uow.actor = uow.actor, replace(uow.actor, user_id=company.users["admin" if owner != "admin" else "boss"])
    batch = expenses.pay_batch(uow, new_id(), [ids["claim_id"]], total_minor=8800)
    uow.actor = actor
    return {"batch_id": batch.id, "claim_id": ids["claim_id"]}


def _approval_route(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    return {"route_id": set_route(uow, from_minor=10**12)}


def _delegation(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    values = {"to_id": company.users[COLLEAGUES.get(owner, "boss")], "starts_on": DAY, "ends_on": DAY}
    return {"delegation_id": approvals.begin_delegation(uow, new_id(), values).id}


def _approval(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    scene.serial += 1
    colleague = COLLEAGUES.get(owner, "boss")
    unit_id = company.units[scene.homes[colleague]]
    part = waiting(uow, company.users[owner], company.users[colleague], unit_id, serial=scene.serial)
    return {"approval_id": part.id}


def _delivery(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    user_id = company.users[owner]
    delivery = Delivery(user_id=user_id, message=scene.word(), channel="sms", target="sms", state="unknown")
    return {"delivery_id": uow.add(delivery).id}


def _upload(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    hashed, until = sha256(scene.word().encode()), datetime(2099, 1, 1, tzinfo=UTC)
    made = uow.add(Upload(owner_id=company.users[owner], sha256=hashed, size=10, place=new_place(), expires_at=until))
    return {"upload_id": made.id}


def _file(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    upload = uow.get(Upload, _upload(scene, company, owner, uow)["upload_id"])
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


KINDS: Mapping[str, Kind] = {
    "customer": Kind("customer_id", _customer),
    "phone": Kind("phone_id", _phone),
    "contact": Kind("contact_id", _contact),
    "contested customer": Kind("customer_id", _contested),
    "deleted customer": Kind("customer_id", _deleted),
    "note": Kind("note_id", _note),
    "attachment": Kind("attachment_id", _attachment),
    "opportunity": Kind("opportunity_id", _opportunity),
    "lost opportunity": Kind("opportunity_id", _lost_opportunity),
    "opportunity contact": Kind("spoken_id", _opportunity_contact),
    "funnel stage": Kind("stage_id", _funnel_stage, OF_THE_ORGANISATION),
    "reception": Kind("reception_id", _reception),
    "conflict": Kind("conflict_id", _conflict),
    "plan": Kind("plan_id", _plan),
    "visit": Kind("visit_id", _visit),
    "line": Kind("visit_id", _line),
    "cancelled visit": Kind("visit_id", _cancelled_visit),
    "comment": Kind("comment_id", _comment),
    "follow-up": Kind("follow_up_id", _follow_up),
    "task": Kind("task_id", _task),
    "import": Kind("import_id", _import),
    "stopped import": Kind("import_id", _stopped_import),
    "activity": Kind("activity_id", _activity),
    "activity type": Kind("type_id", _activity_type, OF_THE_ORGANISATION),
    "customer place": Kind("place_id", _place),
    "copy": Kind("visit_id", _copy),
    "question": Kind("question_id", _question),
    "report": Kind("report_id", _report),
    "remark": Kind("remark_id", _report),
    "received report": Kind("reader_row_id", _received),
    "target": Kind("target_id", _target),
    "target to come": Kind("target_id", _target_to_come),
    "target anew": Kind("target_id", _target_anew),
    "person": Kind("user_id", _person),
    "home": Kind("unit_id", _home, OF_UNITS),
    "recruit": Kind("user_id", _recruit),
    "leaver": Kind("user_id", _leaver),
    "unit": Kind("unit_id", _unit, OF_UNITS),
    "role": Kind("role_id", _role, OF_THE_ORGANISATION),
    "project": Kind("project_id", _project, OF_THE_ORGANISATION),
    "device": Kind("device_id", _device),
    "enrolment": Kind("enrolment_id", _enrolment),
    "queue": Kind("queue_id", _queue),
    "job": Kind("job_id", _job),
    "issue": Kind("issue_id", _issue),
    "upload": Kind("upload_id", _upload),
    "file": Kind("sha256", _file),
    "notice": Kind("notice_id", _notice),
    "claim": Kind("claim_id", _claim),
    "claim line": Kind("line_id", _claim),
    "submitted claim": Kind("claim_id", _submitted_claim),
    "approved claim": Kind("claim_id", _approved_claim),
    "batch": Kind("batch_id", _batch),
    "approval": Kind("approval_id", _approval),
    "approval route": Kind("route_id", _approval_route, OF_THE_ORGANISATION),
    "delegation": Kind("delegation_id", _delegation),
    "delivery": Kind("delivery_id", _delivery, OF_THE_ORGANISATION),
    "centre": Kind("sales_centre_id", _centre),
    "member": Kind("member_id", _member),
    "card": Kind("card_id", _card),
    "arrival": Kind("arrival_id", _arrival),
    "kiosk": Kind("kiosk_id", _kiosk),
}
"""line: a visit in a day plan. person, home: who and what is there already; recruit, leaver: somebody new in the same unit, who may be changed."""


def nobodys(*names: str) -> Ids:
    """Ids under which there is no row, for these parameters of an address."""
    return {name: sha256(new_id().encode()) if name == "sha256" else new_id() for name in names}


@dataclass
class Rows:
    """The rows of a scene that can be asked for: made when they are first needed, and again once one was changed."""

    scene: Scene
    _ready: dict[tuple[str, str, str], Ids] = field(default_factory=dict)

    def of(self, kind: str, relation: str, caller: str) -> Ids:
        """A row that stands in that relation to the caller."""
        if relation == "random":
            return nobodys(*self.of(kind, "own", caller))
        company = self.scene.globex if relation == "foreign" else self.scene.acme
        owner = {"team": COLLEAGUES[caller], "other": STRANGER}.get(relation, caller)
        if kind in ("recruit", "leaver") and relation == "own":
            kind = "person"  # one's own record is the one row of a person that is one's own
        return self.made(kind, company, owner)

    def made(self, kind: str, company: Company, owner: str) -> Ids:
        """A row of that kind that is somebody's."""
        key = (kind, company.code, owner)
        if key not in self._ready:
            with self.scene.services.writing(self.scene.hand(company, owner)) as uow:
                self._ready[key] = KINDS[kind].make(self.scene, company, owner, uow)
                uow.commit()
        return dict(self._ready[key])

    def spend(self, *ids: str) -> None:
        """Forget the rows that one of these ids is part of: something has changed them."""
        gone = set(ids)
        for key, known in list(self._ready.items()):
            if gone & set(known.values()) and key[0] not in ("person", "home"):
                del self._ready[key]

    def spend_all(self) -> None:
        """Forget all of them."""
        self._ready.clear()


FURNITURE = (
    "phone", "contact", "contested customer", "deleted customer", "note", "attachment", "reception",
    "opportunity contact", "lost opportunity", "plan", "visit", "cancelled visit",
    "follow-up", "task", "activity", "activity type", "customer place", "copy", "question", "report", "received report",
    "target",
    "import", "queue", "job",
    "issue", "notice", "submitted claim", "approval", "batch", "delegation", "delivery", "card", "arrival", "kiosk",
)  # fmt: skip
"""What lists show, and sync sends."""


def furnish(scene: Scene) -> None:
    """Give everybody in both organisations some rows of each kind that lists show."""
    for company in (scene.acme, scene.globex):
        for owner in OWNERS:
            with scene.services.writing(scene.hand(company, owner)) as uow:
                for kind in FURNITURE:
                    KINDS[kind].make(scene, company, owner, uow)
                uow.commit()
