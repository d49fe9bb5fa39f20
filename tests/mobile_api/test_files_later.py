"""What becomes of pictures afterwards: forgotten when they never end, read by who may. Both databases."""

from __future__ import annotations

import os

import orjson
import pytest
from sqlalchemy import select

from server.core import blob_store
from server.core.arrivals import forget_uploads
from server.core.blobs import Upload
from server.core.jobs import HANDLERS
from server.core.pictures import FILE_TYPE
from server.core.tables import JOBS
from server.core.uploads import (
    UPLOAD_EXPIRED,
)
from server.worker import Worker
from tests.mobile_api.sender import FILES, PHOTO, TUS, Sender, code, on_disk, refused, rows
from tests.server.accounts.company import Company, Office
from tests.support.pictures import heavy, photo, sha256

# -- what never ends ---------------------------------------------------------------------------------------------------


def test_what_is_not_finished_in_time_is_gone(company: Company, wang: Sender) -> None:
    place, arrived = wang.begun(PHOTO), wang.sent(photo(2))
    wang.add(place, 0, PHOTO[:100])
    bad = wang.begun(b"no picture")
    assert code(wang.add(bad, 0, b"no picture")) == refused(FILE_TYPE)
    company.clock.advance(days=7)
    wang = Sender(company, "wang")
    for answer in (wang("GET", place), wang.add(place, 100, PHOTO[100:])):
        assert code(answer) == refused(UPLOAD_EXPIRED)
    assert wang("HEAD", place).status_code == 410
    night(company)
    assert on_disk(company) == ["kept"]
    assert wang("HEAD", place).status_code == wang("HEAD", bad).status_code == 404
    assert wang.offset(arrived) == len(photo(2))


def test_what_has_expired_can_be_begun_again(company: Company, wang: Sender) -> None:
    wang.add(wang.begun(PHOTO), 0, PHOTO[:100])
    company.clock.advance(days=8)
    wang = Sender(company, "wang")
    assert wang.begin(PHOTO).headers["Upload-Offset"] == "0"
    wang.sent(PHOTO)
    assert on_disk(company) == ["kept"]


def night(company: Company) -> dict[str, int]:
    """The nightly work, as a worker does it."""
    with company.writing("system") as uow:
        job_id = uow.enqueue("core.forget-uploads", {})
        uow.commit()
    worker = Worker(company.services, handlers={"core.forget-uploads": HANDLERS["core.forget-uploads"]})
    assert worker.work_one()
    with company.database.read(company.org) as connection:
        found = connection.execute(select(JOBS).where(JOBS.c.org_id == company.org, JOBS.c.id == job_id)).one()
    assert found.state == "done", found
    result: dict[str, int] = orjson.loads(found.result)
    return result


def test_the_night_takes_strays_and_spares_what_is_held(company: Company, wang: Sender) -> None:
    place, held = wang.begun(PHOTO), wang.begun(photo(2))
    for each in (place, held):
        wang.add(each, 0, PHOTO[:100])
    folder = company.services.settings.blob_dir / company.org / "arriving"
    stray = folder / ("f" * 32)
    stray.write_bytes(b"x")
    os.utime(stray, (0, 0))
    company.clock.advance(days=8)
    upload = company.row(Upload, held.rpartition("/")[2])
    with blob_store.BlobStore(company.services.settings.blob_dir).arriving(company.org, upload.place):
        assert night(company) == {"forgotten": 1, "strays": 1}
    assert night(company) == {"forgotten": 1, "strays": 0}
    assert on_disk(company) == []
    assert rows(company, Upload) == 0


def test_it_is_the_work_of_every_night() -> None:
    assert HANDLERS["core.forget-uploads"].nightly
    assert HANDLERS["core.forget-uploads"].run is forget_uploads


# -- reading -----------------------------------------------------------------------------------------------------------


def test_what_is_read_is_the_picture_that_is_kept(company: Company, wang: Sender) -> None:
    raw = heavy(3, 50_000)
    wang.sent(raw)
    answer = wang.read(sha256(raw))
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.data.startswith(b"\xff\xd8\xff")
    assert answer.data.endswith(b"\xff\xd9")
    assert answer.headers["Content-Disposition"] == f"attachment; filename={sha256(raw)[:12]}.jpg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_part_is_read_and_what_one_has_is_not_sent_again(company: Company, wang: Sender) -> None:
    wang.sent(PHOTO)
    whole = wang.read(sha256(PHOTO))
    part = wang.read(sha256(PHOTO), Range="bytes=10-19")
    assert (part.status_code, part.data) == (206, whole.data[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.data)}"
    assert wang.read(sha256(PHOTO), Range="bytes=999999999-").status_code == 416
    again = wang.read(sha256(PHOTO), **{"If-None-Match": whole.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("hashed", ["0" * 63, "A" * 64, "0" * 65, "..%2f..%2fetc%2fpasswd"])
def test_what_is_no_hash_is_no_address(wang: Sender, hashed: str) -> None:
    assert wang.read(hashed).status_code == 404


def test_the_office_reads_and_does_not_send(company: Company, wang: Sender) -> None:
    wang.sent(PHOTO)
    office = company.office("wang")
    assert office("GET", f"/files/{sha256(PHOTO)}", buffered=True).status_code == 200
    answer = company.call("POST", FILES, token=office.token, headers=TUS)
    assert code(answer) == (403, "core.forbidden")


def test_a_picture_that_is_not_on_the_disk_is_not_there(company: Company, wang: Sender) -> None:
    wang.sent(PHOTO)
    for path in company.services.settings.blob_dir.rglob("*"):
        if path.is_file():
            path.unlink()
    assert wang.read(sha256(PHOTO)).json["code"] == "core.not-found"


def test_bytes_lie_where_nobody_else_of_the_machine_reads_them(company: Company, wang: Sender) -> None:
    wang.add(wang.begun(PHOTO), 0, PHOTO[:100])
    wang.sent(photo(2))
    root = company.services.settings.blob_dir
    for path in root.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
        assert sha256(PHOTO)[:8] not in str(path)


def test_a_claim_shows_its_receipt_to_whoever_reaches_it(company: Company, wang: Sender) -> None:
    """And to nobody else: a colleague who learnt the hash opens nothing by citing it, neither to himself nor to his superiors."""
    hashed = sha256(PHOTO)
    wang.sent(PHOTO)
    line = {"kind": "other", "amount_minor": 900, "spent_on": "2025-03-03", "receipt_sha256": hashed}
    zhao, jie, hong = company.office("zhao"), company.office("jie"), company.office("hong")

    def reads(office: Office) -> int:
        return int(office("GET", f"/files/{hashed}", buffered=True).status_code)

    zhao.ok("POST", "/expenses/claims", json={"title": "not mine", "lines": [line]})
    assert [reads(each) for each in (zhao, jie, hong)] == [404, 404, 404]
    company.office("wang").ok("POST", "/expenses/claims", json={"title": "lunch", "lines": [line]})
    assert [reads(each) for each in (zhao, jie, hong)] == [404, 200, 404]
