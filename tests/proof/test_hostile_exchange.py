"""What devices should never push or ask for: a fault of one operation is its verdict, a fault of the request refuses it whole.

Neither stands in the way of what is sound, and neither is a fault of ours (`core.internal`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import func, select

from server.core.collections import COLLECTIONS, Collection
from server.core.problem_types import CATALOGUE
from sync_protocol.collections import Policy
from sync_protocol.ids import new_id
from tests.proof.test_hostile import EXCHANGE
from tests.support import databases
from tests.support.document import Field, put
from tests.support.hostile import ANY_TYPE, IDS, NUMBERS, TEXTS, is_wrong, nested, share, values_for
from tests.support.hostile_scene import CALLER, Target, open_target
from tests.support.pushing import ACTS, KIND_OF, Pusher, Pushing
from tests.support.rights_table import Asker
from tests.support.scene_rows import KINDS

MOST_BYTES = 1_500_000
ACTIONS = [
    f"{collection}.{action}" for collection, each in sorted(COLLECTIONS.items()) for action in sorted(each.actions)
]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("sqlite", marks=pytest.mark.sqlite),
        pytest.param("postgresql", marks=pytest.mark.pg),
    ],
)
def pusher(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostilePusher]:
    kind: databases.Kind = request.param
    with open_target(kind, tmp_path_factory.mktemp("hostile")) as made:
        yield HostilePusher(made)


class HostilePusher:
    """A handheld of somebody who may do everything, gone wrong."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.asker = Asker(target.scene, target.rows)
        self.pusher = Pusher(self.asker, "administrator")
        self.operation = target.operations[EXCHANGE]

    def good(self, name: str) -> dict[str, Any]:
        """A sound operation, not numbered yet."""
        collection, action = name.split(".")
        act = ACTS[collection, action]
        row = new_id()
        if action != "create":
            kind = act.row or KIND_OF[collection]
            # Nobody rules on what he is a party to.
            whose = "other" if collection == "lead_conflicts" else "own"
            row = self.target.rows.of(kind, whose, CALLER)[KINDS[kind].key]
        values = dict(act.values(Pushing(self.asker, CALLER, "")))
        return {
            "collection": collection,
            "action": action,
            "row": row,
            "base": 0 if action == "create" else 1,
            "values": values,
            "made_at": 1_741_050_000_000,
        }

    def push(self, operations: list[Any]) -> list[dict[str, Any]]:
        """Number and push them, each a transaction of its own; their verdicts."""
        found: list[dict[str, Any]] = []
        batch: list[Any] = []
        size = 0
        for each in operations:
            length = len(json.dumps(each))
            if batch and (size + length > MOST_BYTES or len(batch) == 300):
                found += self._push(batch)
                batch, size = [], 0
            self.pusher.n += 1
            batch.append({"n": self.pusher.n, "group": self.pusher.n, **each})
            size += length
        return found + self._push(batch)

    def _push(self, batch: list[Any]) -> list[dict[str, Any]]:
        answer = self.send({"push": {"operations": batch}})
        assert answer.status == 200, answer.body
        assert answer.body["push"]["acknowledged"] == self.pusher.n
        verdicts: list[dict[str, Any]] = answer.body["push"]["verdicts"]
        assert [each["n"] for each in verdicts] == [each["n"] for each in batch]
        for each in verdicts:
            code = each["code"]
            assert code != "core.internal", (each, batch[each["n"] - batch[0]["n"]])
            if code is not None:
                known = CATALOGUE.get(code)
                assert known is not None, code
                assert "…" not in known.text.fill("zh", each["params"]) + known.text.fill("en", each["params"]), each
        return verdicts

    def send(self, given: Mapping[str, Any], **other: Any) -> Any:
        """Send an exchange and judge its answer."""
        recipe, asking = self.target.asking(self.operation)
        assert recipe.body is not None
        body = {**recipe.body(asking), "pull": None, **given}
        return self.target.send_json(self.operation, asking, recipe, body, **other)

    def count(self, collection: Collection) -> int:
        """Rows of a collection."""
        table = collection.row.__table__
        scene = self.target.scene
        with scene.services.reading(scene.acme.org) as connection:
            statement = select(func.count()).select_from(table).where(table.c.org_id == scene.acme.org)
            return int(connection.execute(statement).scalar_one())


@pytest.mark.parametrize("name", ACTIONS)
def test_no_value_of_any_action_breaks_anything(pusher: HostilePusher, name: str) -> None:
    collection, action = COLLECTIONS[name.split(".")[0]], name.split(".")[1]
    declared = collection.actions[action].values
    takes = declared if declared is not None else collection.writable if action in ("create", "update") else {}
    cases: list[tuple[Field, str, Any]] = []
    for field_name, kind in takes.items():
        field = Field(f"/values/{field_name}", kind.describe(), False)
        cases += [(field, what, value) for what, value in values_for(field)]
    operations = [put(pusher.good(name), field.pointer, value) for field, _, value in cases]
    before = pusher.count(collection)
    verdicts = pusher.push(operations) if operations else []
    wrong = []
    for (field, what, value), verdict in zip(cases, verdicts, strict=True):
        if is_wrong(field, value):
            is_named = verdict["params"].get("field") == field.pointer or verdict["code"] == "sync.operation-too-large"
            if verdict["verdict"] != "rejected" or not verdict["code"].startswith("sync.") or not is_named:
                wrong.append(f"{field.pointer} = {what}: {verdict}")
    assert not wrong, "\n".join(wrong)
    if action == "create":
        applied = sum(each["verdict"] in ("applied", "merged") for each in verdicts)
        assert pusher.count(collection) == before + applied
    pusher.target.rows.spend_all()
    assert pusher.push([pusher.good(name)])[0]["verdict"] == "applied"


@pytest.mark.parametrize("name", ACTIONS)
def test_no_other_member_of_an_operation_breaks_anything(pusher: HostilePusher, name: str) -> None:
    cases: list[tuple[str, Any]] = []
    for member in ("collection", "action", "row", "base", "values", "made_at"):
        odd = (*ANY_TYPE.values(), *NUMBERS.values(), *IDS.values(), *TEXTS.values(), nested(20))
        cases += [(member, value) for value in share(odd, name + member)]
    unknown = [(member, 1) for member in ("", "org_id", "\ud800", "x" * 5000, "a/b~c", "__class__", "enrolment")]
    values = [("values", {**pusher.good(name)["values"], member: 1}) for member, _ in unknown]
    operations = [{**pusher.good(name), member: value} for member, value in (*cases, *unknown, *values)]
    counted = [each for each in COLLECTIONS.values() if each.name not in ("sync_issues", "lead_conflicts")]
    before = {each.name: pusher.count(each) for each in counted}  # one number opens many conflicts
    verdicts = pusher.push(operations)
    for (member, value), verdict in zip((*cases, *unknown, *values), verdicts, strict=True):
        # A made_at or base of the right kind is a claim like any other, and an action without values takes none.
        is_fine = (member in ("base", "made_at") and type(value) is int) or (member == "values" and value == {})
        assert is_fine or verdict["verdict"] == "rejected", (member, value, verdict)
    done = sum(each["verdict"] != "rejected" for each in verdicts)
    after = {each.name: pusher.count(each) for each in counted}
    assert sum(after.values()) - sum(before.values()) <= 3 * done
    pusher.target.rows.spend_all()


def test_numbers_and_groups_that_do_not_follow_refuse_the_request(pusher: HostilePusher) -> None:
    odd = [
        each for each in (*ANY_TYPE.values(), *NUMBERS.values(), 2**53) if type(each) is not int or not 0 < each < 2**53
    ]
    for member in ("n", "group"):
        for value in odd:
            good = {"n": pusher.pusher.n + 1, "group": 1, **pusher.good("customers.create")}
            answer = pusher.send({"push": {"operations": [{**good, member: value}]}})
            assert answer.code == "sync.malformed", (member, value)
    good = pusher.good("customers.create")
    n = pusher.pusher.n
    for batch, code in (
        ([{"n": n + 2, "group": 1}], "sync.gap"),
        ([{"n": n + 1, "group": 1}, {"n": n + 3, "group": 1}], "sync.gap"),
        ([{"n": n + 1, "group": 1}, {"n": n + 1, "group": 1}], "sync.gap"),
        ([{"n": n + 1, "group": 1}, {"n": n + 2, "group": 2}, {"n": n + 3, "group": 1}], "sync.group-split"),
        ([{"n": n + 1 + each, "group": each + 1} for each in range(501)], "sync.too-many-operations"),
        ([{"n": n, "group": 1}], "sync.reused-n"),
    ):
        answer = pusher.send({"push": {"operations": [{**good, "row": new_id(), **each} for each in batch]}})
        assert answer.code == code
    deep = {"n": n + 1, "group": 1, **good, "values": {"name": nested(31)}}
    assert pusher.send({"push": {"operations": [deep]}}).status == 400
    shapeless: tuple[Any, ...] = (None, {}, "x", 1, [[]], [None], ["x"], [1])
    for operations in shapeless:
        assert pusher.send({"push": {"operations": operations}}).code == "sync.malformed"


def test_no_envelope_breaks_anything(pusher: HostilePusher) -> None:
    values = (*ANY_TYPE.values(), *NUMBERS.values(), *IDS.values(), nested(20), "\ud800", "\x00")
    for member in ("protocol", "schema", "enrolment", "sent_at", "push", "pull"):
        for value in values:
            answer = pusher.send({member: value})
            # What is absent or null is not asked for; what a newer client adds is passed over.
            fine = member in ("push", "pull") and (value is None or isinstance(value, dict))
            assert fine or type(value) is int or answer.status in (400, 403, 409, 422), (member, value, answer.status)
    assert pusher.send({"\ud800": 1, "org_id": 1, "later": nested(20)}).status == 200
    documents: tuple[Any, ...] = (None, 1, "x", [], True)
    for whole in documents:
        recipe, asking = pusher.target.asking(pusher.operation)
        assert pusher.target.send_json(pusher.operation, asking, recipe, whole).code == "sync.malformed"


def test_no_cursor_opens_more_than_ones_own_buckets(pusher: HostilePusher) -> None:
    """A salesperson's device may name any bucket: it is given what it would have been given without."""
    scene = pusher.target.scene
    phone = scene.phone("wang")
    token = phone.answer["access_token"]

    def pull(cursor: Any, max_bytes: Any = 1_000_000) -> Any:
        pulled = {"cursor": cursor, "max_bytes": max_bytes}
        body = {"protocol": 1, "schema": 1, "enrolment": phone.answer["enrolment"], "sent_at": 0, "pull": pulled}
        answer = scene.acme.call(
            "POST", "/mobile/v1/exchange", token=token, data=json.dumps(body).encode(), content_type="application/json"
        )
        assert answer.status_code == 200, answer.get_data()
        return answer.json["pull"]

    def rows(pulled: Any) -> set[tuple[str, str]]:
        return {(page["collection"], row) for page in pulled["pages"] for row in page["columns"]["id"]}

    whole = pull(None)
    epoch, all_of_it = whole["cursor"]["epoch"], rows(whole)
    assert whole["complete"]
    strangers = {
        *(f"{realm}:all" for realm in ("customers", "fieldwork")),
        *(f"customers:unit:{unit}" for unit in (*scene.acme.units.values(), *scene.globex.units.values())),
        *(f"customers:own:{user}" for user in (*scene.acme.users.values(), *scene.globex.users.values())),
        *(f"me:{user}" for user in scene.acme.users.values()),
    }
    strangers -= set(whole["cursor"]["buckets"])
    pulled = pull(
        {"epoch": epoch, "buckets": {**dict.fromkeys(strangers, 0), **dict.fromkeys(whole["cursor"]["buckets"], 0)}}
    )
    assert rows(pulled) == all_of_it
    assert set(pulled["left"]) == strangers
    own = set(whole["cursor"]["buckets"])  # of what was deleted, its own buckets tell and no stranger's
    assert {pulled["bucket_names"][each["bucket"]] for each in pulled["removals"]} <= own
    names = whole["cursor"]["buckets"]
    for cursor in (
        *ANY_TYPE.values(),
        *({"epoch": each, "buckets": names} for each in (None, 1, "", "x", new_id(), epoch.upper(), "\ud800")),
        *({"epoch": epoch, "buckets": each} for each in (*ANY_TYPE.values(), dict.fromkeys(map(str, range(3000)), 1))),
        *({"epoch": epoch, "buckets": {next(iter(names)): each}} for each in (*ANY_TYPE.values(), *NUMBERS.values())),
        *({"epoch": epoch, "buckets": {each: 1}} for each in (*TEXTS.values(), "", "a" * 121, "customers:all'--")),
    ):
        again = pull(cursor)
        assert rows(again) <= all_of_it
        if again["reset"]:
            assert rows(again) == all_of_it
    for max_bytes in (1, 2**53 - 1, 1_000_000_000_000):
        assert rows(pull(None, max_bytes)) <= all_of_it


def test_what_was_refused_can_be_read_again_by_device_and_office(pusher: HostilePusher) -> None:
    """The kept operations held NUL, halves of characters and numbers of any size: they come out as JSON all the same."""
    good = pusher.good("customers.create")
    odd = {"name": "\x00\ud800", "\udc00": 10**40, "x": -1e300, "y": [2**70, {"\x00": nested(20)}]}
    assert pusher.push([{**good, "values": odd}])[0]["verdict"] == "rejected"
    scene = pusher.target.scene
    token = scene.token(CALLER)
    cursor: dict[str, str] = {}
    found = []
    while True:
        answer = scene.acme.call("GET", "/api/v1/sync-issues", token=token, query_string={"limit": "500", **cursor})
        assert answer.status_code == 200, answer.get_data()[:500]
        found += answer.json["items"]
        if answer.json["next"] is None:
            break
        cursor = {"cursor": answer.json["next"]}
    assert len({each["id"] for each in found}) == len(found)
    assert any("\ufffd" in str(each["attempted"]) for each in found)
    assert pusher.send({"pull": {"cursor": None}}).status == 200
    read_only = [each for each in COLLECTIONS.values() if each.shape.policy is Policy.SERVER]
    for each in read_only:
        refused = pusher.push([{**good, "collection": each.name, "row": new_id()}])[0]
        assert (refused["verdict"], refused["code"]) == ("rejected", "sync.unknown-action")
