"""What becomes of an upload whose bytes have all come: a file that has arrived, or a refusal; and of one that never ends."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import timedelta
from io import FileIO

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from server.core import documents, looks, pictures
from server.core.access import Actor
from server.core.blob_store import BlobStore, Busy, Part
from server.core.blobs import File, Upload
from server.core.events import Event, event
from server.core.jobs import RunningJob, handler
from server.core.problems import BUSY, Refused, problem_type
from server.core.rows import c
from server.core.services import Services
from server.core.uow import UnitOfWork

FILE_HASH = problem_type(
    "core.file-hash",
    status=422,
    zh="收到的内容与声明的 SHA-256 不符。",
    en="What arrived is not what its SHA-256 announced.",
    doc="All bytes came and are another file's; nothing of it was kept. Create the upload anew and send the file from its "
    "beginning.",
)

STRAY_AFTER = timedelta(days=8)
"""A day more than an upload is kept: what nobody has written to for so long belongs to none."""


@event("core.file-arrived")
class FileArrived(Event):
    """All bytes of a file have come from one person and match their hash. Subject: his upload."""

    sha256: str
    size: int


Arrival = Callable[[UnitOfWork, Upload], None]
"""Told in the unit of work in which an upload becomes arrived, whose file may be there already through somebody else."""

_ARRIVALS: list[Arrival] = []


def on_arrival(reaction: Arrival) -> Arrival:
    """Let an area act on a file that has arrived, in the same unit of work. Said once, in the composition root."""
    _ARRIVALS.append(reaction)
    return reaction


def settle(services: Services, actor: Actor, store: BlobStore, upload: Upload, part: Part) -> Upload:
    """Take the file in, or keep why it is refused; its bytes go either way. The caller holds the upload.

    Raises Refused FILE_HASH, FILE_TYPE, FILE_PIXELS, FILE_UNREADABLE, which are final; BUSY and STORAGE_FULL, which leave
    everything as it was.
    """
    try:
        arrived = _arrive(services, actor, store, upload, part)
    except Refused as refused:
        if refused.status >= 500:
            raise
        with services.writing(actor) as uow:
            held = _still(uow, upload)
            uow.change(held, state="refused", refusal={"code": refused.code, "params": refused.params})
            uow.commit()
        store.forget(upload.org_id, upload.place)
        raise
    store.forget(upload.org_id, upload.place, kept=False)
    return arrived


def _arrive(services: Services, actor: Actor, store: BlobStore, upload: Upload, part: Part) -> Upload:
    if part.sha256() != upload.sha256:
        raise Refused(FILE_HASH)
    f = c(File)
    with services.reading(upload.org_id) as connection:
        statement = select(f.id).where(f.org_id == upload.org_id, f.sha256 == upload.sha256)
        is_known = connection.execute(statement).first() is not None
    if not is_known:
        with store.keeping(upload.org_id, upload.place) as kept:
            taken = _take(part, kept)
        with contextlib.suppress(IntegrityError):
            return _keep(services, actor, upload, taken)
        # Somebody else sent the same file at the same time, and was first.
    store.forget(upload.org_id, upload.place, arriving=False)
    return _keep(services, actor, upload, None)


def _take(part: Part, kept: FileIO) -> pictures.Taken:
    """What it is decides its content, never what was said of it: a PDF is kept as it is, anything else is a picture."""
    part.file.seek(0)
    is_pdf = documents.is_pdf(part.file.read(8))
    return documents.keep(part.file, kept) if is_pdf else pictures.rewrite(part.file, kept)


def _keep(services: Services, actor: Actor, upload: Upload, taken: pictures.Taken | None) -> Upload:
    """Say that it has arrived. taken: what is kept of it; None when the organisation has that file already."""
    with services.writing(actor) as uow:
        held = _still(uow, upload)
        uow.change(held, state="arrived", arrived_at=uow.now)
        if taken is not None:
            uow.add(_file(upload, taken))
        elif not uow.find(File, c(File).sha256 == upload.sha256):
            raise Refused(BUSY, retry_after=1)
        uow.record(FileArrived(held.id, sha256=held.sha256, size=held.size))
        for reaction in _ARRIVALS:
            reaction(uow, held)
        uow.commit()
        return held


def _still(uow: UnitOfWork, upload: Upload) -> Upload:
    """The upload's row, in this unit of work. Raises Refused BUSY when its owner began it anew meanwhile."""
    held = uow.get(Upload, upload.id)
    if held is None or held.place != upload.place:
        raise Refused(BUSY, retry_after=1)
    return held


def _file(upload: Upload, taken: pictures.Taken) -> File:
    look = taken.look
    a, b, third, d = (None, None, None, None) if look is None else looks.bands(look)
    return File(
        sha256=upload.sha256, size=upload.size, media_type=taken.media_type, place=upload.place,
        kept_sha256=taken.sha256, kept_size=taken.size, width=taken.width, height=taken.height,
        look=None if look is None else looks.signed(look), look_a=a, look_b=b, look_c=third, look_d=d,
    )  # fmt: skip


@handler("core.forget-uploads", nightly=True)
def forget_uploads(job: RunningJob) -> dict[str, int]:
    """Remove uploads that were not finished in time, with their bytes, and refusals that their senders know by now."""
    store = BlobStore(job.services.settings.blob_dir)
    u, now = c(Upload), job.services.clock.now()
    late = select(u.id, u.place).where(
        u.org_id == job.org_id, u.state.in_(("arriving", "refused")), u.expires_at <= now
    )
    forgotten, after = 0, ""
    while True:
        with job.services.reading(job.org_id) as connection:
            page = connection.execute((late.where(u.id > after) if after else late).order_by(u.id).limit(200)).all()
        for upload_id, place in page:
            with contextlib.suppress(Busy), store.arriving(job.org_id, place), job.writing() as uow:
                held = uow.get(Upload, upload_id)
                if held is None or held.place != place or held.state == "arrived":
                    continue
                store.forget(job.org_id, place)
                uow.remove(held)
                uow.commit()
                forgotten += 1
            job.progress(forgotten)
        if not page:
            return {"forgotten": forgotten, "strays": store.forget_strays(job.org_id, STRAY_AFTER.total_seconds())}
        after = page[-1].id
