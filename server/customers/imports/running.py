"""The work of an import, by the worker: some hundred rows a transaction, each row answered in the transaction that took it.

A worker that is killed, a cancelled job and a server that restarts leave whole batches; whoever goes on begins behind them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import select

from server.accounts.models import User
from server.core.blob_store import BlobStore
from server.core.jobs import RunningJob, handler
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.customers.functions import IMPORT
from server.customers.imports.columns import Field
from server.customers.imports.events import ImportEnded
from server.customers.imports.models import CustomerImport, ImportedRow
from server.customers.imports.operations import KIND
from server.customers.imports.reading import OWNER_UNKNOWN, Fault, Reading, read_line
from server.customers.imports.sheets import Line, count_lines, read_lines
from server.customers.models import Customer, CustomerPhone
from server.customers.rules import name_key, tail_of
from server.customers.timeline import Deed
from sync_protocol.ids import new_id

BATCH = 500
_SIGN_OF_LIFE = 1000
KEPT_FOR = timedelta(days=30)
"""How long the bytes of a list are kept, and what its rows were refused for."""


@dataclass(slots=True)
class _Known:
    """Who is there already: number, identity number and fingerprint → customer. A batch adds whom it makes."""

    numbers: dict[str, str] = field(default_factory=dict)
    id_numbers: dict[str, str] = field(default_factory=dict)
    fingerprints: dict[str, str] = field(default_factory=dict)

    def who(self, reading: Reading, fingerprint: str) -> str | None:
        """The customer whom the row is about, when he is there."""
        found = self.fingerprints.get(fingerprint) or self.id_numbers.get(reading.values.get("id_number") or "")
        return found or next((self.numbers[each] for each in reading.numbers if each in self.numbers), None)

    def add(self, reading: Reading, fingerprint: str, customer_id: str) -> None:
        """Remember whom a row has made."""
        self.fingerprints[fingerprint] = customer_id
        if id_number := reading.values.get("id_number"):
            self.id_numbers[id_number] = customer_id
        self.numbers.update(dict.fromkeys(reading.numbers, customer_id))


@handler(KIND, lease=timedelta(minutes=3))
def run_import(job: RunningJob) -> dict[str, int]:
    """Answer all rows that have no answer yet. Returns the counts. Records ImportEnded.

    Raises Refused NOT_FOUND, FILE_UNREADABLE.
    """
    actor = job.owner()
    actor.must(IMPORT)
    with job.writing(actor) as uow:
        found = uow.get(CustomerImport, job.payload["import_id"])
    if found is None or found.place is None:
        raise Refused(NOT_FOUND)
    path = BlobStore(job.services.settings.blob_dir).kept(job.org_id, found.place)
    total = max(0, count_lines(path) - found.title_number)
    mapping = {int(column): Field(known) for column, known in found.mapping.items()}
    secret = job.services.keys.secret("import")
    tried = _Known()  # whom a trial would have made so far: the database never hears of them
    for lines in _batches(
        job, read_lines(path), max(found.next_number, found.title_number + 1), found.title_number, total
    ):
        readings = [read_line(line, mapping) for line in lines if not line.is_blank]
        with job.writing(actor) as uow:
            answers = _take(uow, found, readings, secret, tried if found.is_trial else _Known())
            if not found.is_trial:
                _keep(uow, found.id, answers, lines[-1].number + 1, total)
                job.commit(uow)
        if found.is_trial:
            with job.writing(actor) as uow:
                _keep(uow, found.id, answers, lines[-1].number + 1, total)
                job.commit(uow)
        job.progress(lines[-1].number - found.title_number, total)
    with job.writing(actor) as uow:
        ended = uow.must(CustomerImport, found.id)
        uow.change(ended, is_finished=True, total=total)
        counts = {"created": ended.created, "duplicates": ended.duplicates, "refused": ended.refused}
        uow.record(ImportEnded(ended.id, ended.is_trial, **counts))
        job.finish_in(uow, counts)
    return counts


def _batches(job: RunningJob, lines: Iterable[Line], first: int, titles: int, total: int) -> Iterator[list[Line]]:
    """The rows from number `first` on, some hundred at a time. What was answered before is only passed over."""
    batch: list[Line] = []
    for line in lines:
        if line.number < first:
            if line.number % _SIGN_OF_LIFE == 0:
                job.progress(max(0, line.number - titles), total)
            continue
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _take(
    uow: UnitOfWork, found: CustomerImport, readings: Sequence[Reading], secret: bytes, tried: _Known
) -> list[ImportedRow]:
    """Make customers of rows that are about nobody who is there. The answers, in order. Some statements for all."""
    prints = {each.number: _fingerprint(each, secret) for each in readings}
    known = _look_up(uow, readings, prints)
    owners = uow.once("import-owners", lambda: _owners(uow))
    answers = []
    for reading in readings:
        answer = ImportedRow(import_id=found.id, number=reading.number, outcome="refused")
        answers.append(answer)
        faults = [*reading.faults]
        owner_id = found.new_owner_id
        if reading.owner is not None and (owner_id := owners.get(name_key(reading.owner))) is None:
            faults.append(Fault(OWNER_UNKNOWN.code, reading.owner_column, {"text": reading.owner[:40]}))
        if faults:
            answer.faults = [each.as_json() for each in faults]
            continue
        fingerprint = prints[reading.number]
        there = known.who(reading, fingerprint) or tried.who(reading, fingerprint)
        if there is not None:
            answer.outcome, answer.made_id = "duplicate", there
            continue
        try:
            made = _make(uow, reading, owner_id, found.source)
        except Refused as refused:
            column = next((each for each, name in found.mapping.items() if f"/{name}" == refused.field), None)
            place = reading.owner_column if refused.field == "/owner_id" else None
            answer.faults = [Fault(refused.code, place if column is None else int(column), refused.params).as_json()]
            continue
        answer.outcome, answer.made_id, answer.fingerprint = "created", made.id, fingerprint
        (tried if found.is_trial else known).add(reading, fingerprint, made.id)
        if found.is_trial:
            answer.made_id = answer.fingerprint = None
    return answers


def _make(uow: UnitOfWork, reading: Reading, owner_id: str | None, source: str | None) -> Customer:
    """The customer that a row describes. Nothing is made when it is refused."""
    values = {"source": source, **reading.values} if source is not None else dict(reading.values)
    if owner_id is not None:
        values["owner_id"] = owner_id
    customer = customers.create_customer(uow, new_id(), values, deed=Deed.OTHER)
    for number in reading.numbers:
        customers.add_phone(uow, new_id(), {"customer_id": customer.id, "number": number})
    return customer


def _keep(uow: UnitOfWork, import_id: str, answers: Sequence[ImportedRow], next_number: int, total: int) -> None:
    """Write the answers, and how far it has come."""
    found = uow.must(CustomerImport, import_id)
    counts = dict.fromkeys(("created", "duplicate", "refused"), 0)
    for answer in answers:
        counts[answer.outcome] += 1
        uow.add(replace(answer))
    uow.change(
        found,
        next_number=next_number,
        total=total,
        created=found.created + counts["created"],
        duplicates=found.duplicates + counts["duplicate"],
        refused=found.refused + counts["refused"],
    )


def _look_up(uow: UnitOfWork, readings: Sequence[Reading], prints: Mapping[int, str]) -> _Known:
    """Whom these rows could be about. Three statements, whoever may see those customers: they are there."""
    p, k, r = c(CustomerPhone), c(Customer), c(ImportedRow)
    known = _Known()
    numbers = sorted({number for each in readings for number in each.numbers})
    if numbers:
        tails = sorted({tail_of(each) for each in numbers})
        found = select(p.number, p.customer_id).where(p.org_id == uow.org_id, p.tail.in_(tails), p.number.in_(numbers))
        known.numbers = {row.number: row.customer_id for row in uow.connection.execute(found.order_by(p.id.desc()))}
    id_numbers = sorted({number for each in readings if (number := each.values.get("id_number"))})
    if id_numbers:
        named = select(k.id_number, k.id).where(k.org_id == uow.org_id, k.id_number.in_(id_numbers))
        known.id_numbers = {row.id_number: row.id for row in uow.connection.execute(named.order_by(k.id.desc()))}
    made = select(r.fingerprint, r.made_id).where(
        r.org_id == uow.org_id, r.fingerprint.in_(sorted(set(prints.values())))
    )
    known.fingerprints = {row.fingerprint: row.made_id for row in uow.connection.execute(made)}
    return known


def _owners(uow: UnitOfWork) -> dict[str, str]:
    """What people write for an owner → his id: his user name, and his name when only one is called so."""
    u = c(User)
    found = uow.connection.execute(select(u.id, u.username, u.name).where(u.org_id == uow.org_id, u.state == "active"))
    staff = [(row.id, row.username, name_key(row.name)) for row in found]
    names = [name for _, _, name in staff]
    by_name = {name: user_id for user_id, _, name in staff if names.count(name) == 1}
    return by_name | {name_key(username): user_id for user_id, username, _ in staff}


def _fingerprint(reading: Reading, secret: bytes) -> str:
    """What a row says, so that the same row of another file is known again, and nobody can try out whom it was about."""
    said = {**{name: str(value) for name, value in reading.values.items()}, "numbers": sorted(reading.numbers)}
    return hmac.new(secret, json.dumps(said, sort_keys=True).encode(), hashlib.sha256).hexdigest()


@handler("customers.forget-imports", nightly=True)
def forget_imports(job: RunningJob) -> dict[str, int]:
    """Remove the bytes of lists that were handed in long ago: they hold personal data that is in customers by now."""
    with job.writing() as uow:
        i = c(CustomerImport)
        old = uow.find(CustomerImport, i.place.is_not(None), i.created_at < uow.now - KEPT_FOR)
        store = BlobStore(job.services.settings.blob_dir)
        for each in old:
            store.forget(job.org_id, each.place or "")
            uow.change(each, place=None, samples=[])
        counts = {"forgotten": len(old)}
        job.finish_in(uow, counts)
    return counts
