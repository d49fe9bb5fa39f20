"""Rows of field work, and of files that hang on a visit, as somebody in a scene would make them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

from server.core.uow import UnitOfWork
from server.customers.attachments.operations import add_attachment
from server.fieldwork import operations as fieldwork
from server.fieldwork.activities.operations import create_type, log_activity
from server.fieldwork.models import Visit
from server.fieldwork.places.operations import set_place
from server.fieldwork.questions.operations import ask_question
from server.fieldwork.reports import operations as reports
from server.fieldwork.reports.models import WorkReportReader
from server.fieldwork.targets.operations import set_target
from sync_protocol.ids import new_id
from tests.server.accounts.company import Company
from tests.support.pictures import sha256
from tests.support.scene import COLLEAGUES, DAY, Ids, Scene
from tests.support.scene_customers import make_customer


def make_plan(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    return {"plan_id": fieldwork.create_plan(uow, new_id(), {"plan_on": DAY, "note": scene.word()}).id}


def make_visit(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_customer(scene, company, owner, uow)
    visit = fieldwork.create_visit(uow, new_id(), {**ids, "planned_on": DAY, "purpose": scene.word()})
    return {**ids, "visit_id": visit.id}


def make_comment(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_visit(scene, company, owner, uow)
    about = {"visit_id": ids["visit_id"], "text": scene.word()}
    return {**ids, "comment_id": fieldwork.add_comment(uow, new_id(), about).id}


def make_line(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = {**make_customer(scene, company, owner, uow), **make_plan(scene, company, owner, uow)}
    return {**ids, "visit_id": fieldwork.create_visit(uow, new_id(), ids).id}


def make_cancelled_visit(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_visit(scene, company, owner, uow)
    fieldwork.cancel_visit(uow, uow.must(Visit, ids["visit_id"]), {"reason": "rain"})
    return ids


def make_follow_up(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_customer(scene, company, owner, uow)
    made = fieldwork.create_follow_up(uow, new_id(), {**ids, "due_on": DAY, "text": scene.word()})
    return {**ids, "follow_up_id": made.id}


def make_task(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_customer(scene, company, owner, uow)
    made = fieldwork.create_task(uow, new_id(), {**ids, "due_on": DAY, "text": scene.word()})
    return {**ids, "task_id": made.id}


def make_activity(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_customer(scene, company, owner, uow)
    said = {**ids, "kind": "presales", "channel": "call_out", "text": scene.word()}
    return {**ids, "activity_id": log_activity(uow, new_id(), said).id}


def make_activity_type(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    word = scene.word()
    return {"type_id": create_type(uow, new_id(), {"name_zh": word, "name_en": word}).id}


def make_place(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_customer(scene, company, owner, uow)
    where = {**ids, "latitude_e7": 312_304_000, "longitude_e7": 1_214_737_000}
    return {**ids, "place_id": set_place(uow, new_id(), where).id}


def make_copy(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_customer(scene, company, owner, uow)
    visit = fieldwork.create_visit(uow, new_id(), {**ids, "planned_on": DAY, "people": company.users[owner]})
    return {**ids, "visit_id": visit.id}


def make_question(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    ids = make_visit(scene, company, owner, uow)
    asked = {**ids, "text": scene.word(), "cannot_answer": True}
    return {**ids, "question_id": ask_question(uow, new_id(), asked).id}


def make_report(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    """One that is sent to his colleague, with what the colleague is to read."""
    report = reports.begin_report(uow, new_id(), {"kind": "daily", "period_on": DAY, "summary": scene.word()})
    reports.address_report(uow, report, {"reader_id": company.users[COLLEAGUES.get(owner, "boss")]})
    reports.send_report(uow, report)
    about = {"report_id": report.id, "text": scene.word()}
    return {"report_id": report.id, "remark_id": reports.comment_on_report(uow, new_id(), about).id}


def make_received(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    """One of his colleague's that is sent to him."""
    actor, uow.actor = uow.actor, replace(uow.actor, user_id=company.users[COLLEAGUES.get(owner, "boss")])
    report = reports.begin_report(uow, new_id(), {"kind": "daily", "period_on": DAY, "summary": scene.word()})
    reports.address_report(uow, report, {"reader_id": actor.user_id})
    reports.send_report(uow, report)
    uow.actor = actor
    (reader,) = uow.among(WorkReportReader, lambda each: each.report_id == report.id)
    return {"report_id": report.id, "reader_row_id": reader.id}


def make_target(scene: Scene, company: Company, owner: str, uow: UnitOfWork, *, month: date = DAY) -> Ids:
    """Set by the administrator."""
    actor, uow.actor = uow.actor, scene.hand(company, "admin")
    set_ = {"owner_id": company.users[owner], "month_on": month, "measure": "visits", "amount": 40}
    target = set_target(uow, new_id(), set_)
    uow.actor = actor
    return {"target_id": target.id}


def make_target_to_come(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    return make_target(scene, company, owner, uow, month=DAY + timedelta(days=31))


def make_target_anew(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    """Of a month of which there was none, so that it is at its first version."""
    return make_target(scene, company, owner, uow, month=DAY + timedelta(days=31 * next(_MONTHS)))


_MONTHS = itertools.cycle(range(20, 800))


def make_attachment(scene: Scene, company: Company, owner: str, uow: UnitOfWork) -> Ids:
    """Of a visit."""
    ids = make_visit(scene, company, owner, uow)
    about = {"customer_id": ids["customer_id"], "about": "visits", "about_id": ids["visit_id"]}
    file = {"name": scene.word(), "form": "pdf", "size": 90, "sha256": sha256(scene.word().encode())}
    return {**ids, "attachment_id": add_attachment(uow, new_id(), {**about, **file}).id}
