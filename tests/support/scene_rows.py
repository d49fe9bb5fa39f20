"""Rows of every kind that an address or a body can name, made for anybody in a scene (scene.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from server.core.uow import UnitOfWork
from sync_protocol.ids import new_id
from tests.server.accounts.company import Company
from tests.support.pictures import sha256
from tests.support.scene import COLLEAGUES, OWNERS, STRANGER, Ids, Scene
from tests.support.scene_customers import (
    make_conflict,
    make_contact,
    make_contested,
    make_customer,
    make_deleted,
    make_funnel_stage,
    make_import,
    make_lost_opportunity,
    make_note,
    make_opportunity,
    make_opportunity_contact,
    make_phone,
    make_reception,
    make_stopped_import,
)
from tests.support.scene_fieldwork import (
    make_activity,
    make_activity_type,
    make_attachment,
    make_cancelled_visit,
    make_comment,
    make_copy,
    make_follow_up,
    make_line,
    make_place,
    make_plan,
    make_question,
    make_received,
    make_report,
    make_target,
    make_target_anew,
    make_target_to_come,
    make_task,
    make_visit,
)
from tests.support.scene_office import (
    make_approval,
    make_approval_route,
    make_approved_claim,
    make_arrival,
    make_batch,
    make_card,
    make_centre,
    make_claim,
    make_delegation,
    make_delivery,
    make_device,
    make_enrolment,
    make_file,
    make_home,
    make_issue,
    make_job,
    make_kiosk,
    make_leaver,
    make_member,
    make_notice,
    make_person,
    make_project,
    make_queue,
    make_recruit,
    make_role,
    make_submitted_claim,
    make_unit,
    make_upload,
)

Maker = Callable[[Scene, Company, str, UnitOfWork], Ids]

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


KINDS: Mapping[str, Kind] = {
    "customer": Kind("customer_id", make_customer),
    "phone": Kind("phone_id", make_phone),
    "contact": Kind("contact_id", make_contact),
    "contested customer": Kind("customer_id", make_contested),
    "deleted customer": Kind("customer_id", make_deleted),
    "note": Kind("note_id", make_note),
    "attachment": Kind("attachment_id", make_attachment),
    "opportunity": Kind("opportunity_id", make_opportunity),
    "lost opportunity": Kind("opportunity_id", make_lost_opportunity),
    "opportunity contact": Kind("spoken_id", make_opportunity_contact),
    "funnel stage": Kind("stage_id", make_funnel_stage, OF_THE_ORGANISATION),
    "reception": Kind("reception_id", make_reception),
    "conflict": Kind("conflict_id", make_conflict),
    "plan": Kind("plan_id", make_plan),
    "visit": Kind("visit_id", make_visit),
    "line": Kind("visit_id", make_line),
    "cancelled visit": Kind("visit_id", make_cancelled_visit),
    "comment": Kind("comment_id", make_comment),
    "follow-up": Kind("follow_up_id", make_follow_up),
    "task": Kind("task_id", make_task),
    "import": Kind("import_id", make_import),
    "stopped import": Kind("import_id", make_stopped_import),
    "activity": Kind("activity_id", make_activity),
    "activity type": Kind("type_id", make_activity_type, OF_THE_ORGANISATION),
    "customer place": Kind("place_id", make_place),
    "copy": Kind("visit_id", make_copy),
    "question": Kind("question_id", make_question),
    "report": Kind("report_id", make_report),
    "remark": Kind("remark_id", make_report),
    "received report": Kind("reader_row_id", make_received),
    "target": Kind("target_id", make_target),
    "target to come": Kind("target_id", make_target_to_come),
    "target anew": Kind("target_id", make_target_anew),
    "person": Kind("user_id", make_person),
    "home": Kind("unit_id", make_home, OF_UNITS),
    "recruit": Kind("user_id", make_recruit),
    "leaver": Kind("user_id", make_leaver),
    "unit": Kind("unit_id", make_unit, OF_UNITS),
    "role": Kind("role_id", make_role, OF_THE_ORGANISATION),
    "project": Kind("project_id", make_project, OF_THE_ORGANISATION),
    "device": Kind("device_id", make_device),
    "enrolment": Kind("enrolment_id", make_enrolment),
    "queue": Kind("queue_id", make_queue),
    "job": Kind("job_id", make_job),
    "issue": Kind("issue_id", make_issue),
    "upload": Kind("upload_id", make_upload),
    "file": Kind("sha256", make_file),
    "notice": Kind("notice_id", make_notice),
    "claim": Kind("claim_id", make_claim),
    "claim line": Kind("line_id", make_claim),
    "submitted claim": Kind("claim_id", make_submitted_claim),
    "approved claim": Kind("claim_id", make_approved_claim),
    "batch": Kind("batch_id", make_batch),
    "approval": Kind("approval_id", make_approval),
    "approval route": Kind("route_id", make_approval_route, OF_THE_ORGANISATION),
    "delegation": Kind("delegation_id", make_delegation),
    "delivery": Kind("delivery_id", make_delivery, OF_THE_ORGANISATION),
    "centre": Kind("sales_centre_id", make_centre),
    "member": Kind("member_id", make_member),
    "card": Kind("card_id", make_card),
    "arrival": Kind("arrival_id", make_arrival),
    "kiosk": Kind("kiosk_id", make_kiosk),
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
