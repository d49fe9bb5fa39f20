"""What sync refused: its author takes it off his list, on any of his devices, and nobody else does."""

from __future__ import annotations

from server.core.rows import c
from server.core.sync_issues import SyncIssue
from server.core.tables import EVENTS
from sync_protocol.verdicts import Verdict
from tests.support.toys import Town


def test_its_author_dismisses_it_and_all_his_devices_hear_of_it(town: Town) -> None:
    town.queues["anna"].create("toy_things", name="refuse")
    town.push("anna")
    with town.working("dirk") as uow:
        (issue,) = uow.find(SyncIssue)
    phone = town.phone("anna")
    phone.sync()
    assert {row["state"] for row in phone.rows("sync_issues").values()} == {"open"}

    town.queues["ben"].add("sync_issues", "dismiss", issue.id, {}, base=1)
    assert [each.code for each in town.push("ben").decisions] == ["core.not-found"]
    town.queues["anna"].add("sync_issues", "dismiss", issue.id, {}, base=1)
    town.queues["anna"].add("sync_issues", "dismiss", issue.id, {}, base=1)
    assert [each.verdict for each in town.push("anna").decisions] == [Verdict.APPLIED, Verdict.APPLIED]

    phone.sync()
    assert phone.rows("sync_issues")[issue.id]["state"] == "dismissed"
    with town.database.read(town.org_id) as connection:
        told = connection.execute(
            EVENTS.select().where(EVENTS.c.org_id == town.org_id, EVENTS.c.name == "sync.issue-dismissed")
        ).all()
        kept = connection.execute(
            SyncIssue.__table__.select().where(c(SyncIssue).org_id == town.org_id, c(SyncIssue).id == issue.id)
        ).one()
    assert [(each.subject_id, each.actor_id) for each in told] == [(issue.id, town.users["anna"])]
    assert kept.attempted == {"name": "refuse"}
