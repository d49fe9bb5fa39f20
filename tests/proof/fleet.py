"""A fleet of simulated devices over the real application: what its people, its office and its line can do.

What must hold meanwhile is in invariants.py, who does what when in machine.py, known orders of deeds in traces.py.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson

from server.core.collections import shapes
from server.core.db import Database
from sync_protocol.phone import LineBroken, MemoryStorage, Phone, Step
from sync_protocol.phone.answers import Exchanged
from sync_protocol.phone.device import Request
from sync_protocol.phone.ports import Change
from tests.proof import invariants
from tests.proof.invariants import Broken, Invariant
from tests.server.accounts.company import Company, found_company
from tests.server.accounts.company import Phone as Handset
from tests.support.whole_app import whole_app

CREW = ("wang", "zhao", "na", "jie", "boss")
"""Two salespeople of East, one of West, the supervisor of East, the director."""
Fate = Literal["good", "cut", "answer-lost", "twice", "late"]
GRADES = ("A", "B", "C", "D")
NOON = 1_740_967_200_000
"""What the server's clock shows, ms."""
SKEW = {"wang": -2 * 86_400_000, "zhao": 2 * 86_400_000, "jie": 90_000}
"""How wrong the clocks of devices are, ms."""


class Died(Exception):
    """The device lost its power."""


@dataclass
class Device:
    """One simulated device: durable storage apart from what it holds in memory; and what a watcher beside it remembers.

    made: row → collection, of all its person made; taken: those the server took; deleted: those he deleted.
    acknowledged: (enrolment, n) → verdict; refused: (enrolment, n) → values. unseen: rows the server took, by the
    checkpoint that will show them.
    """

    name: str
    handset: Handset
    storage: MemoryStorage
    phone: Phone
    late: list[tuple[Request, int, Mapping[str, str], bytes]] = field(default_factory=list)
    backup: tuple[MemoryStorage, dict[str, str]] | None = None
    enrolments: list[str] = field(default_factory=list)
    head: int = 0
    read: dict[str, int] = field(default_factory=dict)
    versions: dict[tuple[str, str], int] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    acknowledged: dict[tuple[str, int], str] = field(default_factory=dict)
    refused: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    unseen: dict[tuple[str, str], int] = field(default_factory=dict)


class Fleet:
    """The application, its devices, and the deeds of their people."""

    def __init__(self, database: Database, folder: Path, *, page: int = 1500, batch: int = 3) -> None:
        self.company: Company = found_company(database, folder, whole_app)
        self.database = database
        self.page, self.batch = page, batch
        self.devices = {name: self._device(name) for name in CREW}
        self.offices = {name: self.company.office(name) for name in ("jie", "boss", "admin")}
        self.serial = 0
        self.values: dict[tuple[str, str], list[tuple[int, str, str]]] = {}
        """(customer, field) → (version, writer, value) in the order they were taken."""
        self.deeds: Counter[tuple[str, str, str]] = Counter()
        """(user, event, subject) → how often somebody meant it."""
        self.standing: dict[str, dict[str, int]] = {}
        """Collection → row → version, on the server when it was looked at last."""
        self.buried: set[tuple[str, str]] = set()
        self.about: dict[tuple[str, str], str] = {}
        """(collection, row) → the customer it was written about."""
        self.merged: dict[str, str] = {}
        """Who went → who stays."""
        self.away: dict[str, set[tuple[str, str]]] = {}
        """A deleted customer → all rows that went with him."""
        self.laid_by: dict[str, dict[tuple[str, str], list[tuple[int, str, str]]]] = {}
        """A deleted customer → what `values` said of him."""

    def _device(self, name: str) -> Device:
        handset = Handset(self.company).signed_in(name)
        storage = MemoryStorage()
        device = Device(name, handset, storage, self._boot(name, handset, storage))
        self._enrol(device)
        return device

    def _enrol(self, device: Device) -> None:
        device.enrolments.append(device.handset.answer["enrolment"])
        device.phone.reenrol(device.enrolments[-1])

    def _boot(self, name: str, handset: Handset, storage: MemoryStorage) -> Phone:
        return Phone(
            storage,
            _NoLine(),
            lambda: str(handset.answer["access_token"]),
            lambda: NOON + SKEW.get(name, 0),
            shapes=shapes(),
            batch=self.batch,
            max_bytes=self.page,
        )

    # -- what people do --------------------------------------------------------------------------------------------

    def word(self) -> str:
        """A text that occurs once in the whole run."""
        self.serial += 1
        return f"w{self.serial}"

    def create_customer(self, device: Device) -> str:
        """A new customer, with a phone and a note in one local transaction."""
        phone = device.phone
        with phone.transaction():
            customer = phone.create("customers", {"name": self.word(), "grade": "C"})
            number = phone.create("customer_phones", {"customer_id": customer, "number": f"+861380{self.serial:07d}"})
            note = phone.create("notes", {"customer_id": customer, "text": self.word()})
        self._made(device, "customers", customer, "customers.customer-created")
        self._made(device, "customer_phones", number, "customers.phone-added", customer)
        self._made(device, "notes", note, "customers.note-added", customer)
        return customer

    def edit_customer(self, device: Device, customer: str, what: str, value: str) -> None:
        """Set one plain field of a customer on show."""
        device.phone.update("customers", customer, {what: value})
        self.means(device.name, "customers.customer-changed", customer)

    def add_note(self, device: Device, customer: str) -> None:
        """A note on a customer on show."""
        note = device.phone.create("notes", {"customer_id": customer, "text": self.word()})
        self._made(device, "notes", note, "customers.note-added", customer)

    def plan_visit(self, device: Device, customer: str) -> None:
        """A planned visit to a customer on show."""
        values = {"customer_id": customer, "planned_on": "2025-03-03", "purpose": self.word()}
        self._made(device, "visits", device.phone.create("visits", values), "fieldwork.visit-created")

    def finish_visit(self, device: Device, visit: str) -> None:
        """Finish a visit on show, perhaps one that somebody else finished or cancelled already."""
        device.phone.act("visits", "finish", visit, {"ended_at": NOON, "result": self.word()}, effect={"state": "done"})

    def bad_operation(self, device: Device) -> None:
        """A customer whose number cannot be one: refused, and its whole group with it."""
        with device.phone.transaction():
            customer = device.phone.create("customers", {"name": self.word()})
            device.phone.create("customer_phones", {"customer_id": customer, "number": "12"})

    def follow_up(self, device: Device, customer: str) -> None:
        """Something to do next with a customer on show."""
        values = {"customer_id": customer, "due_on": "2025-03-10", "text": self.word()}
        self._made(device, "follow_ups", device.phone.create("follow_ups", values), "fieldwork.follow-up-created")

    def delete_follow_up(self, device: Device, row: str) -> None:
        """Take back a follow-up on show."""
        device.phone.delete("follow_ups", row)
        device.deleted.add(row)
        device.unseen.pop(("follow_ups", row), None)
        self.means(device.name, "fieldwork.follow-up-deleted", row)

    def delete_on(self, device: Device, customer: str) -> None:
        """Delete a customer on show, without asking anybody."""
        device.phone.delete("customers", customer)
        device.unseen.pop(("customers", customer), None)

    def restorable_on(self, device: Device) -> list[str]:
        """Whom its person can restore without asking anybody: whom he deleted, on this device or another."""
        deleting = {
            each.row for each in device.phone.queue if (each.collection, each.action) == ("customers", "delete")
        }
        return sorted(deleting | device.phone.rows("deleted_customers").keys())

    def restore_on(self, device: Device, customer: str) -> None:
        """Take a deletion back, perhaps one that somebody else has taken back already."""
        device.phone.act("customers", "restore", customer, {}, effect={})

    def send_again(self, device: Device) -> None:
        """What was refused because its customer was deleted is sent once more, as it was, now that he is on show again."""
        for mend in device.phone.mend:
            entry = mend.entry
            if (mend.code, entry.action) != ("customers.deleted", "create"):
                continue
            if entry.values["customer_id"] in device.phone.rows("customers"):
                device.phone.forget(mend)
                device.phone.create(entry.collection, entry.values, entry.row)

    def stands_for(self, customer: str) -> str:
        """The customer who stands for him now: himself, or whom he went into."""
        while customer in self.merged:
            customer = self.merged[customer]
        return customer

    def is_away(self, collection: str, row: str) -> bool:
        """Whether it went with a deleted customer."""
        return any((collection, row) in rows for rows in self.away.values())

    def _made(self, device: Device, collection: str, row: str, event: str, subject: str | None = None) -> None:
        device.made[row] = collection
        if (customer := device.phone.rows(collection)[row].get("customer_id")) is not None:
            self.about[collection, row] = customer
        self.means(device.name, event, subject or row)

    def means(self, name: str, event: str, subject: str) -> None:
        """Somebody does this once more: one more effect may follow."""
        self.deeds[self.company.users[name], event, subject] += 1

    # -- what the office does --------------------------------------------------------------------------------------

    def office_edit(self, customer: str, value: str) -> None:
        """The director changes a grade at his desk."""
        answer = self.offices["boss"]("PATCH", f"/customers/{customer}", json={"grade": value})
        assert answer.status_code in (200, 404, 410), answer.get_data()
        self.means("boss", "customers.customer-changed", customer)
        if answer.status_code == 200:
            self.values.setdefault((customer, "grade"), []).append((answer.json["version"], "the office", value))

    def hand_over(self, customer: str, to: str) -> None:
        """A customer goes to another salesperson."""
        answer = self.offices["boss"](
            "POST",
            "/customers/handover",
            json={"customers": [customer], "to": self.company.users[to], "reason": "fleet"},
        )
        assert answer.status_code in (200, 404, 409, 410, 422), answer.get_data()

    def merge(self, kept: str, gone: str) -> None:
        """The director makes one customer of two."""
        boss = self.offices["boss"]
        before = boss("GET", f"/customers/{kept}").json
        answer = boss("POST", f"/customers/{kept}/merge", json={"gone_id": gone})
        assert answer.status_code in (200, 404, 410), answer.get_data()
        if answer.status_code != 200 or gone in self.merged:
            return
        self.merged[gone] = kept
        self.means("boss", "customers.customer-changed", kept)
        for name in invariants.WATCHED:
            self.values.pop((gone, name), None)
            if answer.json[name] != before[name]:
                taken = (answer.json["version"], "the office", answer.json[name])
                self.values.setdefault((kept, name), []).append(taken)

    def delete(self, customer: str) -> None:
        """The director deletes a customer at his desk."""
        answer = self.offices["boss"]("DELETE", f"/customers/{customer}")
        assert answer.status_code in (204, 404, 410), answer.get_data()
        self._see_who_is_away()

    def bring_back(self, customer: str) -> None:
        """He is restored, with all that went with him."""
        answer = self.offices["boss"]("POST", f"/customers/deleted/{customer}/restore")
        assert answer.status_code == 200, answer.get_data()
        self._see_who_is_away()

    def _see_who_is_away(self) -> None:
        """Remember what went with customers who are deleted now, and look whether all is back of those who are restored."""
        now = invariants.laid_aside(self)
        for customer in now.keys() - self.away.keys():
            self.away[customer] = now[customer]
            gone = [key for key in self.values if key[0] == customer]
            self.laid_by[customer] = {key: self.values.pop(key) for key in gone}
        self.standing = invariants.rows_there(self)
        for customer in self.away.keys() - now.keys():
            for key, history in self.laid_by.pop(customer).items():
                self.values[key] = history + self.values.get(key, [])
            invariants.check_back(self, customer, self.away.pop(customer))

    def change_role(self, name: str, role: str) -> None:
        """A person gets one role instead of all he has."""
        roles = {each["code"]: each["id"] for each in self.offices["admin"].ok("GET", "/roles")["items"]}
        self.offices["admin"].ok("PATCH", f"/users/{self.company.users[name]}", json={"role_ids": [roles[role]]})

    def move_team(self, name: str, unit: str) -> None:
        """A person's primary unit becomes another one."""
        self.offices["admin"].ok(
            "PATCH", f"/users/{self.company.users[name]}", json={"unit_id": self.company.units[unit]}
        )

    # -- the line --------------------------------------------------------------------------------------------------

    def exchange(self, device: Device, fate: Fate) -> Step | None:
        """One exchange, with what the line does to it. Returns what the device does next, None when it got no answer."""
        request = device.phone.prepare()
        if fate == "cut":
            return None
        answer = self._ask(device, request)
        if fate == "twice":
            answer = self._ask(device, request)
        if fate == "late":
            device.late.append((request, *answer))
        if fate in ("late", "answer-lost"):
            return None
        taken = self._receive(device, request, answer)
        if taken.step == Step.DONE:
            invariants.check_mirror(self, device)
        return taken.step

    def deliver_late(self, device: Device, which: int) -> None:
        """An answer that was held up arrives, after newer ones, perhaps for the second time."""
        if device.late:
            request, status, headers, body = device.late[which % len(device.late)]
            self._receive(device, request, (status, headers, body))

    def crash(self, device: Device) -> None:
        """The device loses its memory and starts from its storage; late answers never come."""
        device.storage.fuse = None
        device.phone = self._boot(device.name, device.handset, device.storage)
        device.late.clear()

    def back_up(self, device: Device) -> None:
        """A copy of the device is laid aside."""
        device.backup = device.storage.snapshot(), dict(device.made)

    def restore(self, device: Device) -> None:
        """The device is put back to its copy, and signs in as the next incarnation, as it must.

        What was made since and never acknowledged is gone with the old device. What waited in the copy is sent again
        under new numbers, so an edit among it may have a second effect; a row still lives once.
        """
        if device.backup is None:
            return
        storage, made = device.backup
        device.storage = storage.snapshot()
        device.made = {row: each for row, each in device.made.items() if row in made or row in device.taken}
        self.crash(device)
        for entry in device.phone.queue:
            if (entry.collection, entry.action) == ("customers", "update"):
                self.means(device.name, "customers.customer-changed", entry.row)
        device.handset.signed_in(device.name, incarnation=len(device.enrolments) + 1)
        self._enrol(device)
        device.head, device.read = device.phone.head, {}
        device.versions.clear()
        device.unseen.clear()

    def exchange_and_die(self, device: Device, write: int, when: str) -> None:
        """The device loses power before or after one of the durable writes of an exchange, and starts again."""
        device.storage.fuse = _fuse(write, when)
        with contextlib.suppress(Died):
            self.exchange(device, "good")
        self.crash(device)

    def _ask(self, device: Device, request: Request) -> tuple[int, Mapping[str, str], bytes]:
        answer = self.company.call(
            "POST",
            "/mobile/v1/exchange",
            token=device.handset.answer["access_token"],
            data=orjson.dumps(request.body),
            headers={"Content-Type": "application/json"},
        )
        if answer.status_code >= 500:
            raise Broken(Invariant.ALIVE, f"{device.name}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")
        body = answer.get_data()
        if answer.status_code == 200 and "push" in request.body:
            verdicts = orjson.loads(body)["push"]["verdicts"]
            operations = request.body["push"]["operations"]
            invariants.answered(self, device, operations, verdicts)
            if any(each["action"] in ("delete", "restore") for each in operations):
                self._see_who_is_away()
        return answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, body

    def _receive(self, device: Device, request: Request, answer: tuple[int, Mapping[str, str], bytes]) -> Exchanged:
        taken = device.phone.receive(request, *answer)
        invariants.check_device(device)
        return taken

    # -- healing ---------------------------------------------------------------------------------------------------

    def heal(self) -> None:
        """The line is good for everybody until nobody has anything to say; then devices and server must agree."""
        for device in self.devices.values():
            self.crash(device)
        for _ in range(2):
            for device in self.devices.values():
                self._settle(device)
        invariants.check_server(self)
        invariants.check_values(self)
        invariants.check_about(self)
        invariants.check_keys(self)
        for device in self.devices.values():
            invariants.check_mirror(self, device)
            invariants.check_healed(self, device)

    def _settle(self, device: Device) -> None:
        for _ in range(400):
            request = device.phone.prepare()
            taken = self._receive(device, request, self._ask(device, request))
            if taken.step == Step.DONE:
                return
            if taken.step != Step.MORE:
                raise Broken(Invariant.ALIVE, f"{device.name}: stuck at {taken.step} {taken.code} {taken.params}")
        raise Broken(Invariant.ALIVE, f"{device.name}: no end of exchanging")


class _NoLine:
    """The fleet carries the messages itself."""

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Any:
        raise LineBroken


def _fuse(write: int, when: str) -> Callable[[str, Sequence[Change]], None]:
    seen = -1

    def fuse(moment: str, _changes: Sequence[Change]) -> None:
        nonlocal seen
        seen += moment == "before"
        if seen == write and moment == when:
            raise Died

    return fuse
