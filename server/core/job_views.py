"""The office's door to background jobs: see them, cancel them, have them tried again, and have the audit log checked."""

from __future__ import annotations

import dataclasses
from typing import Any

from marshmallow import fields

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, services, writing
from server.core.declare import requires, signed_in
from server.core.fields import CodeField, IdField, InstantField, Schema, TextField
from server.core.http import language
from server.core.job_requests import (
    JOB_NOT_DEAD,
    JOB_SETTLED,
    Job,
    cancel_job,
    get_job,
    list_jobs,
    open_job,
    retry_job,
)
from server.core.page_schemas import PageQuery, page_of
from server.core.paging import Cursors
from server.core.problems import BAD_CURSOR, CATALOGUE
from server.core.types import from_ms, to_ms
from server.core.verify import AUDIT, KIND

STATES = ("waiting", "leased", "done", "failed", "cancelled", "dead")

JOBS = Blueprint("jobs", __name__, url_prefix="/api/v1/jobs", description="Work that goes on in the background.")
AUDIT_VERIFY = Blueprint(
    "audit_verify", __name__, url_prefix="/api/v1/audit/verify", description="Whether the audit log is whole."
)
BLUEPRINTS = (JOBS, AUDIT_VERIFY)


class JobProblem(Schema):
    """Why a job did not succeed."""

    code = fields.String(required=True, metadata={"description": "Stable; see the catalogue of problems."})
    params = fields.Dict(keys=fields.String(), required=True)
    detail = fields.String(required=True, metadata={"description": "For people, in the caller's language."})


class JobSchema(Schema):
    """A job. `waiting` also between two attempts; `dead`: all its attempts are used up."""

    id = IdField(required=True)
    kind = fields.String(required=True, metadata={"example": "customers.import"})
    state = CodeField(STATES, required=True)
    owner_id = IdField(required=True, metadata={"description": "Who asked for it."})
    due_at = InstantField(required=True)
    valid_until = InstantField(required=True, allow_none=True)
    attempts = fields.Integer(required=True)
    max_attempts = fields.Integer(required=True)
    progress_done = fields.Integer(required=True)
    progress_total = fields.Integer(required=True, allow_none=True)
    cancel_requested = fields.Boolean(required=True)
    result = fields.Raw(
        required=True,
        allow_none=True,
        metadata={"description": "What the kind of job says it gives.", "example": {"rows": 12}},
    )
    problem = fields.Nested(JobProblem, required=True, allow_none=True, metadata={"example": None})
    created_at = InstantField(required=True)
    settled_at = InstantField(required=True, allow_none=True)


class JobQuery(PageQuery):
    """Which jobs."""

    kind = TextField(80, metadata={"description": "Only jobs of this kind."})
    state = CodeField(STATES, metadata={"description": "Only jobs in this state."})


@JOBS.route("", methods=["GET"])
@signed_in
@JOBS.arguments(JobQuery, location="query")
@JOBS.response(200, page_of(JobSchema))
@JOBS.refuses(BAD_CURSOR)
def jobs(query: dict[str, Any]) -> dict[str, Any]:
    """The caller's jobs, newest first; all of the organisation with the permission `core.jobs`."""
    actor, size = current_actor(), query["limit"]
    kind, state = query.get("kind"), query.get("state")
    cursors = Cursors(services().keys.secret("cursor"))
    scope = ["jobs", actor.org_id, kind or "", state or ""]
    after = cursors.decode(scope, query.get("cursor"), int, str)
    before = None if after is None else (from_ms(after[0]), after[1])
    with reading() as connection:
        found = list_jobs(connection, actor, kind=kind, state=state, before=before, limit=size + 1)
    shown = found[:size]
    last = shown[-1] if len(found) > size else None
    following = None if last is None else cursors.encode(scope, [to_ms(last.created_at), last.id])
    return {"items": [_told(job) for job in shown], "next": following}


@JOBS.route("/<id:job_id>", methods=["GET"])
@signed_in
@JOBS.response(200, JobSchema)
def job(job_id: str) -> dict[str, Any]:
    """One job: how far it is, and what came of it."""
    return _read(job_id)


@JOBS.route("/<id:job_id>/cancel", methods=["POST"])
@signed_in
@JOBS.response(202, JobSchema)
@JOBS.refuses(JOB_SETTLED)
def cancel(job_id: str) -> dict[str, Any]:
    """End a job: one that waits at once, one that runs at its next step (`cancel_requested`)."""
    with writing() as uow:
        cancel_job(uow, job_id)
        uow.commit()
    return _read(job_id)


@JOBS.route("/<id:job_id>/retry", methods=["POST"])
@signed_in
@JOBS.response(202, JobSchema)
@JOBS.refuses(JOB_NOT_DEAD)
def retry(job_id: str) -> dict[str, Any]:
    """Try a job again that was laid aside (`dead`), once what kept it is mended."""
    with writing() as uow:
        retry_job(uow, job_id)
        uow.commit()
    return _read(job_id)


@AUDIT_VERIFY.route("", methods=["POST"])
@requires(AUDIT)
@AUDIT_VERIFY.response(202, JobSchema)
def verify_audit() -> dict[str, Any]:
    """Check the whole audit log in the background; `result` is `{events, head, broken: {n, reason} | null}`.

    Asking again while the caller's check is under way answers with that one.
    """
    with writing() as uow:
        job_id = open_job(uow.connection, uow.actor, KIND)
        if job_id is None:
            job_id = uow.enqueue(KIND, {}, max_attempts=3)
            uow.commit()
    return _read(job_id)


def _read(job_id: str) -> dict[str, Any]:
    with reading() as connection:
        return _told(get_job(connection, current_actor(), job_id))


def _told(found: Job) -> dict[str, Any]:
    """A job with its problem's text in the caller's language."""
    told = dataclasses.asdict(found)
    problem = found.problem
    if problem is not None:
        known = CATALOGUE.get(problem["code"])
        detail = "" if known is None else known.text.fill(language(), problem["params"])
        told["problem"] = {**problem, "detail": detail}
    return told
