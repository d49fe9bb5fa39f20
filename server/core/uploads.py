"""The uploads of one person: opened, gone on with, looked at, given up. What becomes of a whole one: arrivals.py.

Each method is a request's whole work: what goes to the disk cannot be part of a transaction, so the order of the two is
chosen such that a process may die anywhere. Bytes are durable before they are acknowledged; what is kept is durable before
the row says so; a row that still says `arriving` is settled by whoever looks at it next.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from server.core import arrivals, pictures
from server.core.access import Actor
from server.core.blob_store import BlobStore, Busy, Part, new_place
from server.core.blobs import Upload
from server.core.problems import CATALOGUE, NOT_FOUND, TOO_LARGE, Refused, problem_type
from server.core.rows import c
from server.core.services import Services

MAX_BYTES = 12 * 1024 * 1024
KEPT_FOR = timedelta(days=7)
"""How long an unfinished upload may be gone on with."""

UPLOAD_OFFSET = problem_type(
    "core.upload-offset",
    status=409,
    zh="上传位置不符，应从第 {offset} 字节继续。",
    en="The upload goes on at byte {offset}.",
    doc="`Upload-Offset` is not where the upload stands. Ask for it with HEAD and go on from there.",
)
UPLOAD_BUSY = problem_type(
    "core.upload-busy",
    status=423,
    zh="另一个请求正在上传此文件，请在 {retry_after} 秒后重试。",
    en="Another request is sending this file; try again in {retry_after} s.",
    doc="Often one's own, whose connection was cut and which the server has not noticed yet: after 10 s without a byte it "
    "has.",
)
UPLOAD_EXPIRED = problem_type(
    "core.upload-expired",
    status=410,
    zh="上传已过期，请重新开始。",
    en="This upload has expired; begin it again.",
    doc="It was not finished within seven days. Create it anew; bytes that had come are gone.",
)
UPLOAD_CHECKSUM = problem_type(
    "core.upload-checksum",
    status=460,
    zh="这一段在传输中损坏，请重新发送。",
    en="This part was damaged on its way; send it again.",
    doc="Nothing of the part was kept: the upload stands where it stood.",
)
UPLOAD_ARRIVED = problem_type(
    "core.upload-arrived",
    status=409,
    zh="文件已经送达，不能再取消上传。",
    en="The file has arrived; its upload cannot be taken back.",
    doc="Rows may cite it by now.",
)


class Vanished(Exception):
    """Raised by a reader of bytes whose sender went away or was cut off."""


class Digest(Protocol):
    """A hash object as hashlib makes them."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes in."""

    def digest(self) -> bytes:
        """The sum so far."""
        ...


@dataclass(frozen=True, slots=True)
class Checksum:
    """The sum that a part must have, with the hash object that finds it."""

    digest: Digest
    wanted: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an upload stands. offset: how many bytes are durable; all of them once it has arrived."""

    upload: Upload
    offset: int


Read = Callable[[], bytes]
"""The next bytes of a request's body, b"" at its end. Raises Vanished."""


class Uploads:
    """What one person may do with his own uploads. Another person's is none at all: NOT_FOUND."""

    def __init__(self, services: Services, actor: Actor) -> None:
        self.services = services
        self.actor = actor
        self.store = BlobStore(services.settings.blob_dir)

    def open(self, sha256: str, size: int, media_type: str | None) -> Standing:
        """Begin to send a file, or go on with it: one upload a person and file, however often it is asked for.

        One that has arrived stays as it is, at its end. Raises Refused TOO_LARGE, FILE_TYPE and what `standing` raises.
        """
        if size > MAX_BYTES:
            raise Refused(TOO_LARGE, max_bytes=MAX_BYTES)
        if media_type is not None and media_type not in pictures.ACCEPTED:
            raise pictures.wrong_type()
        try:
            upload_id = self._opened(sha256, size)
        except IntegrityError:  # a double tap: the other one made it
            upload_id = self._opened(sha256, size)
        return self.standing(upload_id)

    def _opened(self, sha256: str, size: int) -> str:
        with self.services.writing(self.actor) as uow:
            u, until = c(Upload), uow.now + KEPT_FOR
            found = uow.find(Upload, u.owner_id == self.actor.user_id, u.sha256 == sha256)
            if not found:
                owner = self.actor.user_id
                fresh = Upload(owner_id=owner, sha256=sha256, size=size, place=new_place(), expires_at=until)
                uow.add(fresh)
                uow.commit()
                return fresh.id
            (upload,) = found
            goes_on = upload.state == "arriving" and upload.size == size and upload.expires_at > uow.now
            if upload.state != "arrived" and not goes_on:
                left = upload.place
                uow.change(upload, state="arriving", size=size, refusal=None, expires_at=until, place=new_place())
                uow.commit()
                self.store.forget(upload.org_id, left)
            return upload.id

    def standing(self, upload_id: str) -> Standing:
        """How far an upload is; one whose bytes have all come is settled first.

        Raises Refused UPLOAD_EXPIRED, UPLOAD_BUSY, STORAGE_FULL, and what it was refused for, the same each time.
        """
        upload = self._row(upload_id)
        if upload.state == "arrived":
            return Standing(upload, upload.size)
        with self._holding(upload) as (held, part):
            part.sync()  # what a killed process had written may not be durable yet
            return self._settled(held, part)

    def receive(
        self, upload_id: str, offset: int, read: Read, *, length: int | None, checksum: Checksum | None
    ) -> Standing:
        """Add a part that begins at `offset`. Returns when it is durable, and the file settled if that was its end.

        length: the part's, where it is known beforehand. What had come when the sender vanished, or when the disk was full,
        is kept, unless it was to be checked as a whole. Raises Refused UPLOAD_OFFSET, UPLOAD_CHECKSUM, TOO_LARGE,
        and what `standing` raises; Vanished.
        """
        with self._holding(self._row(upload_id)) as (upload, part):
            if offset != part.size:
                raise Refused(UPLOAD_OFFSET, offset=part.size)
            if length is not None and offset + length > upload.size:
                raise Refused(TOO_LARGE, max_bytes=upload.size - offset)
            whole = checksum is None
            try:
                _take(part, read, upload.size, checksum)
                whole = True
            finally:
                if not whole:
                    part.cut(offset)
                part.sync()
            return self._settled(upload, part)

    def give_up(self, upload_id: str) -> None:
        """Forget an upload and its bytes. Raises Refused UPLOAD_ARRIVED, UPLOAD_BUSY."""
        upload = self._row(upload_id)
        if upload.state == "arrived":
            raise Refused(UPLOAD_ARRIVED)
        with self._locked(upload.place), self.services.writing(self.actor) as uow:
            held = uow.must(Upload, upload_id)
            if held.place != upload.place or held.state == "arrived":
                raise Refused(UPLOAD_BUSY, retry_after=1)
            # Bytes first: a row without them is an upload at its beginning, bytes without a row are nobody's.
            self.store.forget(held.org_id, held.place)
            uow.remove(held)
            uow.commit()

    def _settled(self, upload: Upload, part: Part) -> Standing:
        if part.size < upload.size:
            return Standing(upload, part.size)
        arrived = arrivals.settle(self.services, self.actor, self.store, upload, part)
        return Standing(arrived, arrived.size)

    # -- holding one ---------------------------------------------------------------------------------------------------

    def _row(self, upload_id: str) -> Upload:
        u = c(Upload)
        statement = select(Upload.__table__).where(
            u.org_id == self.actor.org_id, u.id == upload_id, u.owner_id == self.actor.user_id
        )
        with self.services.reading(self.actor.org_id) as connection:
            found = connection.execute(statement).one_or_none()
        if found is None:
            raise Refused(NOT_FOUND)
        return Upload(**found._mapping)

    @contextlib.contextmanager
    def _locked(self, place: str) -> Iterator[Part]:
        try:
            with self.store.arriving(self.actor.org_id, place) as part:
                yield part
        except Busy:
            raise Refused(UPLOAD_BUSY, retry_after=2) from None

    @contextlib.contextmanager
    def _holding(self, upload: Upload) -> Iterator[tuple[Upload, Part]]:
        """An upload that is arriving, held by this request alone, as it stands once it is held."""
        self._must_go_on(upload)
        with self._locked(upload.place) as part:
            try:
                held = self._row(upload.id)
                self._must_go_on(held)
                if held.place != upload.place:
                    raise Refused(UPLOAD_BUSY, retry_after=1)
            except Refused:  # it came to its end since the row was read, and this file was made anew by looking for it
                self.store.forget(upload.org_id, upload.place, kept=False)
                raise
            yield held, part

    def _must_go_on(self, upload: Upload) -> None:
        if upload.refusal is not None:
            known = CATALOGUE.get(upload.refusal["code"])
            raise Refused(known, **upload.refusal["params"]) if known else Refused(pictures.FILE_UNREADABLE)
        if upload.state == "arrived":
            raise Refused(UPLOAD_OFFSET, offset=upload.size)
        if upload.expires_at <= self.services.clock.now():
            raise Refused(UPLOAD_EXPIRED)


def _take(part: Part, read: Read, most: int, checksum: Checksum | None) -> None:
    """Write what is read to the part, which may become `most` bytes long."""
    begun = part.size
    while data := read():
        if part.size + len(data) > most:
            part.cut(begun)
            raise Refused(TOO_LARGE, max_bytes=most - begun)
        part.append(data)
        if checksum is not None:
            checksum.digest.update(data)
    if checksum is not None and checksum.digest.digest() != checksum.wanted:
        raise Refused(UPLOAD_CHECKSUM)
