"""Who is mentioned in a note or a comment: told once if he sees the customer, and who does not is no secret to the writer."""

from __future__ import annotations

import json
from typing import Any

from notifications.topics import MENTIONED, VISIT_MENTIONED
from server.accounts.operations import staff
from server.customers.models import Note
from server.customers.operations import add_note
from server.fieldwork.models import VisitComment
from sync_protocol.ids import new_id
from tests.notifications.scene import Desk
from tests.server.accounts.company import Phone, heard


def _ids(desk: Desk, *names: str) -> str:
    return " ".join(sorted(desk.company.users[name] for name in names))


def _noted(desk: Desk, customer: str, *names: str) -> dict[str, Any]:
    values = {"customer_id": customer, "text": "请看 @jie", "mentions": _ids(desk, *names)}
    return {"collection": "notes", "action": "create", "row": new_id(), "values": values}


def _push(desk: Desk, phone: Phone, *sent: dict[str, Any], first: int = 1) -> list[str]:
    operations = [
        {"n": n, "group": n, "base": 0, "made_at": 1_740_967_200_000, **each} for n, each in enumerate(sent, first)
    ]
    body = {
        "protocol": 1, "schema": 1, "enrolment": phone.answer["enrolment"], "sent_at": 0,
        "push": {"operations": operations},
    }  # fmt: skip
    answer = desk.company.call("POST", "/mobile/v1/exchange", token=phone.answer["access_token"], json=body)
    return [each["verdict"] for each in answer.json["push"]["verdicts"]]


def test_from_a_device_the_note_is_kept_and_only_who_sees_the_customer_is_told(desk: Desk) -> None:
    customer, phone = desk.customer("wang"), Phone(desk.company).signed_in("wang")
    sent = _noted(desk, customer, "jie", "hong", "wang", "boss")
    assert _push(desk, phone, sent) == ["applied"]
    (note,) = desk.rows(Note)
    assert (note.mentions, note.untold) == (_ids(desk, "jie", "hong", "wang", "boss"), _ids(desk, "hong"))
    desk.work()
    for who in ("jie", "boss"):
        (told,) = desk.inbox(who)
        assert (told.topic, told.subject_collection, told.subject_id) == (MENTIONED, "customers", customer)
        assert told.params == {"customer_id": customer, "note_id": note.id, "by_id": desk.company.users["wang"]}
    assert desk.inbox("hong") == desk.inbox("wang") == []
    assert _push(desk, phone, sent, first=2) == ["duplicate"], "from a store that was restored"
    desk.work()
    assert len(desk.inbox("jie")) == 1


def test_the_office_is_refused_whom_the_customer_is_hidden_from(desk: Desk) -> None:
    customer, wang = desk.customer("wang"), desk.company.office("wang")
    path, users = f"/customers/{customer}/notes", desk.company.users
    with desk.company.writing() as uow:
        staff.disable_user(uow, users["zhao"])
        uow.commit()
    for strange in (users["hong"], users["zhao"], users["fang"], new_id()):
        answer = wang("POST", path, json={"text": "x", "mentions": [users["jie"], strange]})
        assert (answer.status_code, answer.json["code"]) == (422, "customers.mention-unseen")
        assert answer.json["errors"][0]["pointer"] == "/mentions"
    body = {"id": new_id(), "text": "请看", "mentions": [users["jie"]]}
    first, again = (wang("POST", path, json=body) for _ in range(2))
    assert (first.status_code, again.status_code, first.json["mentions"]) == (201, 200, [users["jie"]])
    reply = {"text": "好的", "reply_to": body["id"], "mentions": [users["wang"]]}
    desk.company.office("jie").ok("POST", path, json=reply)
    desk.work()
    assert [each.topic for who in ("jie", "wang") for each in desk.inbox(who)] == [MENTIONED] * 2
    assert wang.ok("GET", path)["items"][0]["untold"] == []


def test_the_discussion_stays_after_its_author_has_left(desk: Desk) -> None:
    """And what he wrote still says who it was and whom he meant."""
    customer, users = desk.customer("wang"), desk.company.users
    with desk.services.writing(desk.company.actor("wang")) as uow:
        note = add_note(uow, new_id(), {"customer_id": customer, "text": "首付难", "mentions": users["jie"]}).id
        uow.commit()
    admin, jie = desk.company.office("admin"), desk.company.office("jie")
    assert admin("POST", f"/users/{users['wang']}/disable").status_code == 200
    jie.ok(
        "POST", f"/customers/{customer}/notes", json={"text": "我来谈", "reply_to": note, "mentions": [users["boss"]]}
    )
    items = desk.company.office("boss").ok("GET", f"/customers/{customer}/notes")["items"]
    assert [(each["written_by"], each["reply_to"], each["mentions"]) for each in items] == [
        (users["jie"], note, [users["boss"]]), (users["wang"], None, [users["jie"]]),
    ]  # fmt: skip


def test_notes_without_mentions_leave_no_work_and_mentions_cost_the_same_in_any_number(desk: Desk) -> None:
    customer, phone = desk.customer("wang"), Phone(desk.company).signed_in("wang")
    before = len(desk.jobs("notifications.hear-events"))
    plain = _noted(desk, customer)
    assert _push(desk, phone, plain) == ["applied"]
    assert len(desk.jobs("notifications.hear-events")) == before
    costs, first = [], 2
    for size in (2, 200):
        sent = [_noted(desk, customer, "jie", "hong") for _ in range(size)]
        with heard(desk.company.database.engine) as statements:
            assert set(_push(desk, phone, *sent, first=first)) == {"applied"}
        costs.append(len(statements.texts))
        first += size
    assert costs[0] == costs[1]
    bodies = [json.loads(each.body) for each in desk.company.events("customers.people-mentioned")]
    assert {tuple(each["person_ids"]) for each in bodies} == {(desk.company.users["jie"],)}


def test_in_a_comment_on_a_visit_too_who_sees_the_visit_is_told_once_and_of_his_own_not_twice(desk: Desk) -> None:
    """The assignee who is named hears that he is, and not besides that his visit was commented."""
    company, users = desk.company, desk.company.users
    visit = company.office("wang").ok("POST", "/visits", json={"place": "展厅"})["id"]
    phone = Phone(company).signed_in("jie")
    values = {"visit_id": visit, "text": "请看 @boss", "mentions": _ids(desk, "boss", "hong", "wang", "jie")}
    assert _push(
        desk, phone, {"collection": "visit_comments", "action": "create", "row": new_id(), "values": values}
    ) == ["applied"]
    (comment,) = desk.rows(VisitComment)
    assert (comment.mentions, comment.untold) == (_ids(desk, "boss", "hong", "wang", "jie"), _ids(desk, "hong"))
    desk.work()
    for who in ("boss", "wang"):
        (told,) = desk.inbox(who)
        assert (told.topic, told.subject_collection, told.subject_id) == (VISIT_MENTIONED, "visits", visit)
    assert desk.inbox("hong") == desk.inbox("jie") == []
    path, wang = f"/visits/{visit}/comments", company.office("wang")
    refused = wang("POST", path, json={"text": "x", "mentions": [users["hong"]]})
    assert (refused.status_code, refused.json["code"], refused.json["errors"][0]["pointer"]) == (
        422, "customers.mention-unseen", "/mentions",
    )  # fmt: skip
    assert wang.ok("POST", path, json={"text": "好", "mentions": [users["jie"]]})["mentions"] == [users["jie"]]
    assert wang.ok("GET", path)["items"][-1]["untold"] == [users["hong"]]
