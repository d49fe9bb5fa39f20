"""Comments on visits: what is said about one, by its supervisor above all. They go wherever their visit goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers.mentions import mentioned, told_of
from server.fieldwork import events, functions
from server.fieldwork.models import Visit, VisitComment
from server.fieldwork.settling import settle_comment

_LOADED = "fieldwork.comments"
_AT_ONCE = 1000
"""Visits whose comments are looked up with one statement."""


def add_comment(uow: UnitOfWork, comment_id: str, values: Mapping[str, Any]) -> VisitComment:
    """Say something about a visit. values: visit_id, text, mentions?, written_at? (now unless told). Records VisitCommented.

    By whoever reaches the visit. Raises Refused NOT_FOUND at /visit_id, TEXT_REQUIRED, MENTION_UNSEEN (office). Source: rule F11.
    """
    settled = settle_comment(values)
    visit = uow.get(Visit, settled["visit_id"])
    if visit is None or not uow.actor.must(functions.READ).covers(visit):
        raise Refused(NOT_FOUND, field="/visit_id")
    comment = uow.add(
        VisitComment(
            id=comment_id,
            visit_id=visit.id,
            written_by=uow.actor.user_id,
            written_at=settled.get("written_at") or uow.now,
            text=settled["text"],
            **mentioned(uow, functions.READ, visit, settled.get("mentions")),
            **_place(visit),
        )
    )
    uow.record(events.VisitCommented(visit.id, comment.id, comment.written_by, told_of(comment)))
    return comment


def preload_comments(uow: UnitOfWork, visit_ids: Iterable[str]) -> None:
    """Load at once all comments of these visits that are not there yet."""
    loaded: set[str] = uow.once(_LOADED, set)
    missing = sorted(set(visit_ids) - loaded)
    for start in range(0, len(missing), _AT_ONCE):
        uow.find(VisitComment, c(VisitComment).visit_id.in_(missing[start : start + _AT_ONCE]))
    loaded.update(missing)


def follow_visits(uow: UnitOfWork, visits: Sequence[Visit]) -> None:
    """Let comments be seen by whoever sees their visit now: owner, unit, project and author are the visit's."""
    moved = [visit for visit in visits if _has_moved(uow, visit)]
    if moved:
        preload_comments(uow, (visit.id for visit in moved if not uow.is_new(visit)))
        places = {visit.id: _place(visit) for visit in moved}
        for comment in uow.among(VisitComment, lambda each: each.visit_id in places):
            uow.change(comment, **places[comment.visit_id])


def _place(visit: Visit) -> dict[str, Any]:
    return {
        "owner_id": visit.owner_id,
        "unit_id": visit.unit_id,
        "project_id": visit.project_id,
        "author_id": visit.author_id,
    }


def _has_moved(uow: UnitOfWork, visit: Visit) -> bool:
    return not _place(visit).keys().isdisjoint(uow.changes(visit))
