"""A server small enough to be believed: one organisation in memory, one bucket per owner and one for all. Test double."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync_protocol import codes, wire
from sync_protocol.codes import ProtocolError
from sync_protocol.collections import CollectionShape, Field, Policy
from sync_protocol.cursors import Cursor, plan_read
from sync_protocol.digests import Digest
from sync_protocol.envelope import ExchangeRequest, PushAnswer, build_answer, build_pull, parse_exchange
from sync_protocol.ids import new_id
from sync_protocol.merge import Mark, merge_fields
from sync_protocol.operations import Operation, check_gap, check_resent, groups_of
from sync_protocol.pages import RowKey, encode_page
from sync_protocol.verdicts import Decision, Verdict

NOW = 1_760_000_000_000

CUSTOMERS = CollectionShape(
    name="customers",
    fields={
        "name": Field(wire.TEXT(120), writable=True, required=True),
        "grade": Field(wire.CODE("ABC").or_null(), writable=True),
        "remark": Field(wire.TEXT(500, multiline=True).or_null(), writable=True),
        "owner": Field(wire.TEXT(20)),
    },
    actions={"create": None, "update": None, "delete": None},
)
NOTES = CollectionShape(
    name="notes",
    fields={
        "customer": Field(wire.ID, writable=True, required=True),
        "text": Field(wire.TEXT(2000, multiline=True), writable=True, required=True),
        "owner": Field(wire.TEXT(20)),
    },
    policy=Policy.APPEND,
    actions={"create": None},
)
SHAPES = {shape.name: shape for shape in (CUSTOMERS, NOTES)}
REFUSED_NAME = "nobody"


@dataclass
class ModelRow:
    """A live row. Its owner decides its buckets."""

    values: dict[str, Any]
    version: int = 1
    marks: dict[str, Mark] = field(default_factory=dict)

    def buckets(self) -> set[str]:
        return {f"own:{self.values['owner']}", "all"}


class ModelServer:
    """page: feed entries per pull answer. people: enrolment → owner name. subscribed: enrolment → buckets."""

    def __init__(self, *, page: int = 1000) -> None:
        self.page = page
        self.epoch = new_id()
        self.head = 0
        self.rows: dict[RowKey, ModelRow] = {}
        self.feed: dict[tuple[str, str, str], tuple[int, bool]] = {}
        self.ledger: dict[str, dict[int, tuple[str, Decision]]] = {}
        self.people: dict[str, str] = {}
        self.subscribed: dict[str, list[str]] = {}
        self.deleted: set[RowKey] = set()
        self.effects = 0
        self.busy_from: int | None = None

    # -- people and office -----------------------------------------------------------------------------------------

    def enrol(self, owner: str, *buckets: str) -> str:
        """A new enrolment of this person, who sees his own bucket unless told."""
        enrolment = new_id()
        self.people[enrolment] = owner
        self.subscribed[enrolment] = list(buckets or (f"own:{owner}",))
        return enrolment

    def put(self, collection: str, owner: str, row: str | None = None, **values: Any) -> str:
        """The office makes or edits a row."""
        key = (collection, row or new_id())
        held = self.rows.get(key)
        before = held.buckets() if held else set()
        if held is None:
            blank = dict.fromkeys(SHAPES[collection].fields)
            held = self.rows[key] = ModelRow({**blank, **values, "owner": owner})
        else:
            held.version += 1
            changed = {**values, "owner": owner}
            held.marks.update(
                dict.fromkeys((n for n in changed if held.values[n] != changed[n]), (held.version, "office"))
            )
            held.values.update(changed)
        self._touch(key, before, held.buckets())
        return key[1]

    def remove(self, collection: str, row: str) -> None:
        """The office deletes a row."""
        key = (collection, row)
        self._touch(key, self.rows.pop(key).buckets(), set())
        self.deleted.add(key)

    def backup(self) -> dict[str, Any]:
        """The whole state."""
        return copy.deepcopy(self.__dict__)

    def restore(self, backup: Mapping[str, Any]) -> None:
        """Go back to a backup, as an operator does: under a new epoch."""
        self.__dict__.update(copy.deepcopy(dict(backup)))
        self.epoch = new_id()

    def visible(self, enrolment: str, collection: str) -> dict[str, dict[str, Any]]:
        """The oracle: what a device of this enrolment has to hold."""
        wanted = set(self.subscribed[enrolment])
        return {
            row: {"id": row, "version": held.version, **held.values}
            for (name, row), held in sorted(self.rows.items())
            if name == collection and held.buckets() & wanted
        }

    def _touch(self, key: RowKey, before: set[str], after: set[str]) -> None:
        self.head += 1
        for bucket in before | after:
            self.feed[(bucket, *key)] = (self.head, bucket in after)

    # -- HTTP ------------------------------------------------------------------------------------------------------

    def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """As Transport.send; the bearer token is the enrolment."""
        enrolment = headers["authorization"].removeprefix("Bearer ")
        try:
            answer = self._answer(method, path, enrolment, body)
        except ProtocolError as error:
            problem = {"code": error.code, "params": error.params, "status": error.status}
            return error.status, {"content-type": "application/problem+json"}, json.dumps(problem).encode()
        return 200, {"content-type": "application/json"}, json.dumps(answer).encode()

    def _answer(self, method: str, path: str, enrolment: str, body: bytes | None) -> dict[str, Any]:
        if method == "POST" and path == "/mobile/v1/exchange":
            return self.exchange(parse_exchange(json.loads(body or b""), SHAPES))
        if path.startswith("/mobile/v1/wait?head="):
            return {"head": self.head}
        if path == "/mobile/v1/digest":
            return {"head": self.head, "buckets": self.digests(enrolment)}
        raise AssertionError(f"{method} {path}")

    def digests(self, enrolment: str) -> dict[str, Any]:
        """As GET /mobile/v1/digest."""
        found = {bucket: Digest() for bucket in self.subscribed[enrolment]}
        for (collection, row), held in self.rows.items():
            for bucket in held.buckets() & found.keys():
                found[bucket] = found[bucket].add(collection, row, held.version)
        return {bucket: digest.to_wire() for bucket, digest in found.items()}

    def exchange(self, request: ExchangeRequest) -> dict[str, Any]:
        """One exchange: push commits first, then the pull is read in one snapshot."""
        push = None
        if request.operations is not None:
            push = self._push(request.enrolment, request.operations)
        pull = None
        if request.pull is not None:
            pull = self._pull(request.enrolment, request.pull.cursor)
        return build_answer(server_time=NOW, head=self.head, push=push, pull=pull, notice=request.notice)

    # -- push ------------------------------------------------------------------------------------------------------

    def acknowledged(self, enrolment: str) -> int:
        """The highest n in the ledger."""
        return max(self.ledger.get(enrolment, {}), default=0)

    def _push(self, enrolment: str, operations: tuple[Operation, ...]) -> PushAnswer:
        ledger = self.ledger.setdefault(enrolment, {})
        check_gap(operations, self.acknowledged(enrolment))
        for operation in operations:
            if operation.n in ledger:
                check_resent(operation, ledger[operation.n][0])
        decisions: list[Decision] = []
        busy = False
        for group in groups_of(operations):
            if group[0].n in ledger:
                decisions += [ledger[operation.n][1] for operation in group]
                continue
            busy = busy or (self.busy_from is not None and group[0].n >= self.busy_from)
            if busy:
                decisions += [Decision(each.n, Verdict.RETRY, code=codes.LATER) for each in group]
                continue
            for operation, decision in zip(group, self._decide(enrolment, group), strict=True):
                ledger[operation.n] = (operation.content_hash, decision)
                decisions.append(decision)
        return PushAnswer(self.acknowledged(enrolment), tuple(decisions))

    def _decide(self, enrolment: str, group: tuple[Operation, ...]) -> list[Decision]:
        saved = (copy.deepcopy(self.rows), dict(self.feed), self.head, set(self.deleted), self.effects)
        decisions = [self._apply(enrolment, operation) for operation in group]
        bad = next((each for each in decisions if each.verdict.refused), None)
        if bad is None:
            return decisions
        self.rows, self.feed, self.head, self.deleted, self.effects = saved
        return [
            each if each is bad else Decision(each.n, Verdict.SKIPPED, code=codes.GROUP_FAILED, params={"n": bad.n})
            for each in decisions
        ]

    def _apply(self, enrolment: str, operation: Operation) -> Decision:
        key = (operation.collection, operation.row)
        if operation.fault:
            return Decision(operation.n, Verdict.REJECTED, code=operation.fault.code, params=operation.fault.params)
        if operation.values.get("name") == REFUSED_NAME:
            return Decision(operation.n, Verdict.REJECTED, code="test.nobody")
        held = self.rows.get(key)
        if operation.action == "create":
            return self._create(operation, key, held, self.people[enrolment])
        if held is None:
            return Decision(operation.n, Verdict.REJECTED, code="test.gone")
        if operation.action == "delete":
            self.remove(*key)
            self.effects += 1
            return Decision(operation.n, Verdict.APPLIED, visible_at=self.head)
        merged = merge_fields(
            held.values, operation.values, held.marks, base=operation.base, version=held.version, writer=enrolment
        )
        verdict = Verdict.MERGED if held.version > operation.base else Verdict.APPLIED
        if merged.accepted:
            self.effects += 1
            held.values.update(merged.accepted)
            held.marks = dict(merged.marks)
            held.version += 1
            self._touch(key, held.buckets(), held.buckets())
        if merged.clashes:
            row = {clash.field: clash.theirs for clash in merged.clashes}
            return Decision(operation.n, Verdict.CONFLICT, held.version, self.head, row=row)
        return Decision(operation.n, verdict, held.version, self.head)

    def _create(self, operation: Operation, key: RowKey, held: ModelRow | None, owner: str) -> Decision:
        if held is not None or key in self.deleted:
            same = held is not None and all(held.values[name] == value for name, value in operation.values.items())
            if held is None or not same:
                return Decision(operation.n, Verdict.REJECTED, code=codes.REUSED_ROW_ID)
            return Decision(operation.n, Verdict.DUPLICATE, held.version, self.head)
        self.put(key[0], owner, key[1], **operation.values)
        self.effects += 1
        return Decision(operation.n, Verdict.APPLIED, 1, self.head)

    # -- pull ------------------------------------------------------------------------------------------------------

    def _pull(self, enrolment: str, cursor: Cursor | None) -> dict[str, Any]:
        plan = plan_read(cursor, self.subscribed[enrolment], self.head, epoch=self.epoch)
        names = list(plan.buckets)
        positions: dict[str, int] = dict(plan.buckets)
        room = self.page
        waiting = 0
        puts: dict[RowKey, list[int]] = {}
        removals: list[dict[str, Any]] = []
        for place, (bucket, after) in enumerate(plan.buckets.items()):
            entries = sorted(
                (seq, c, r, put) for (b, c, r), (seq, put) in self.feed.items() if b == bucket and seq > after
            )
            for seq, collection, row, put in entries[:room]:
                positions[bucket] = seq
                if put:
                    puts.setdefault((collection, row), []).append(place)
                else:
                    removals.append({"collection": collection, "row": row, "bucket": place})
            waiting += max(0, len(entries) - room)
            if len(entries) <= room:
                positions[bucket] = self.head
            room = max(0, room - len(entries))
        return build_pull(
            Cursor(self.epoch, positions),
            complete=waiting == 0,
            reset=plan.reset,
            left=plan.left,
            pages=[self._page(name, puts) for name in SHAPES if any(key[0] == name for key in puts)],
            bucket_names=names,
            removals=removals,
            remaining=waiting,
        )

    def _page(self, collection: str, puts: Mapping[RowKey, list[int]]) -> dict[str, Any]:
        keys = [key for key in puts if key[0] == collection]
        rows = [self.rows[key] for key in keys]
        columns: dict[str, list[Any]] = {"id": [key[1] for key in keys], "version": [row.version for row in rows]}
        for name in SHAPES[collection].fields:
            columns[name] = [row.values[name] for row in rows]
        return encode_page(collection, columns, [puts[key] for key in keys])
