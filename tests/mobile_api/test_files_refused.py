"""Pictures and parts of them that are refused: by which code, and that nothing of them is left. Both databases."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
from typing import Any

import pytest
from PIL import Image

from mobile_api.tus import TUS_HEADER, TUS_VERSION
from server.core.arrivals import FILE_HASH
from server.core.blob_store import STORAGE_FULL
from server.core.blobs import File, Upload
from server.core.pictures import FILE_PIXELS, FILE_TYPE, FILE_UNREADABLE
from server.core.uploads import (
    MAX_BYTES,
    UPLOAD_CHECKSUM,
    UPLOAD_OFFSET,
)
from tests.mobile_api.sender import BYTES, FILES, PHOTO, TUS, Sender, code, on_disk, refused, rows
from tests.server.accounts.company import Company
from tests.support.pictures import encoded, sha256

# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"hello, I am no picture", FILE_TYPE),
        (PHOTO[:-300], FILE_UNREADABLE),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), FILE_UNREADABLE),
        (b"", FILE_TYPE),
    ],
)
def test_what_is_no_picture_leaves_nothing_and_says_so_again(
    company: Company, wang: Sender, raw: bytes, problem: Any
) -> None:
    if not raw:  # has come as soon as it is begun
        assert code(wang.begin(raw)) == refused(problem)
        return
    place = wang.begun(raw)
    for answer in (wang.add(place, 0, raw), wang("GET", place), wang.add(place, 0, raw)):
        assert code(answer) == refused(problem)
    assert wang("HEAD", place).status_code == 422
    assert on_disk(company) == []
    assert rows(company, File) == 0
    again = wang.begin(raw)  # from its beginning
    assert (again.status_code, again.headers["Upload-Offset"]) == (201, "0")


def test_a_bomb_is_refused(company: Company, wang: Sender) -> None:
    raw = encoded(Image.new("1", (8000, 8000)), "PNG")
    assert code(wang.add(wang.begun(raw), 0, raw)) == refused(FILE_PIXELS)
    assert on_disk(company) == []


def test_bytes_of_another_file_are_refused_and_can_be_sent_right(company: Company, wang: Sender) -> None:
    damaged = PHOTO[:-1] + b"x"
    place = wang.begun(PHOTO)
    assert code(wang.add(place, 0, damaged)) == refused(FILE_HASH)
    assert on_disk(company) == []
    wang.sent(PHOTO)
    assert wang.read(sha256(PHOTO)).status_code == 200


def test_a_type_that_is_not_taken_is_refused_before_its_bytes_come(company: Company, wang: Sender) -> None:
    answer = wang.begin(PHOTO, filetype="image/heic")
    assert code(answer) == refused(FILE_TYPE)
    assert answer.json["params"] == {"accepted": "JPEG, PNG, WebP, PDF"}
    assert rows(company, Upload) == 0


def test_too_large_is_refused_at_every_door(company: Company, wang: Sender) -> None:
    answer = wang.begin(PHOTO, size=MAX_BYTES + 1)
    assert code(answer) == (413, "core.too-large")
    assert answer.headers["Tus-Max-Size"] == str(MAX_BYTES)
    place = wang.begun(PHOTO)
    wang.add(place, 0, PHOTO[:10])
    assert code(wang.add(place, 10, PHOTO)) == (413, "core.too-large")
    assert wang.offset(place) == 10


def test_more_than_was_announced_is_refused_though_its_length_was_not_said(wang: Sender) -> None:
    place = wang.begun(PHOTO)
    wang.add(place, 0, PHOTO[:10])
    answer = wang(
        "PATCH",
        place,
        {**BYTES, "Upload-Offset": "10", "Transfer-Encoding": "chunked"},
        input_stream=io.BytesIO(PHOTO),
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert code(answer) == (413, "core.too-large")
    assert wang.offset(place) == 10


def test_parts_go_on_where_the_upload_stands_and_nowhere_else(wang: Sender) -> None:
    place = wang.begun(PHOTO)
    wang.add(place, 0, PHOTO[:100])
    for offset in (0, 99, 101):
        answer = wang.add(place, offset, b"x")
        assert code(answer) == refused(UPLOAD_OFFSET)
        assert answer.json["params"] == {"offset": 100}
    assert wang.offset(place) == 100


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_damaged_part_is_not_kept(wang: Sender, algorithm: str) -> None:
    place = wang.begun(PHOTO)
    wang.add(place, 0, PHOTO[:100])
    part = PHOTO[100:200]
    told = {"Upload-Checksum": f"{algorithm} {base64.b64encode(hashlib.new(algorithm, part).digest()).decode()}"}
    assert code(wang.add(place, 100, part[:-1] + b"?", **told)) == refused(UPLOAD_CHECKSUM)
    assert wang.offset(place) == 100
    assert wang.add(place, 100, part, **told).headers["Upload-Offset"] == "200"


SHA = "sha256 " + base64.b64encode(sha256(PHOTO).encode()).decode()
GOOD = {**TUS, "Upload-Length": "10", "Upload-Metadata": SHA}


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Upload-Length", ""),
        ("Upload-Length", "-1"),
        ("Upload-Length", "1.0"),
        ("Upload-Length", "١٢"),
        ("Upload-Length", "9" * 30),
        ("Upload-Metadata", ""),
        ("Upload-Metadata", "sha256"),
        ("Upload-Metadata", "sha256 !!!!"),
        ("Upload-Metadata", f"{SHA},{SHA}"),
        ("Upload-Metadata", f"{SHA},name /w=="),
        ("Upload-Metadata", "sha256 " + base64.b64encode(sha256(PHOTO).upper().encode()).decode()),
        ("Upload-Metadata", "sha256 " + base64.b64encode(b"../../etc/passwd").decode()),
        ("Upload-Metadata", f",{SHA}"),
        ("Upload-Checksum", "md5 1B2M2Y8AsgTpgAmY7PhCfg=="),
        ("Upload-Checksum", "sha1 AAAA"),
        ("Upload-Checksum", "sha1"),
    ],
)
def test_a_header_that_says_nothing_is_named(company: Company, wang: Sender, header: str, value: str) -> None:
    answer = wang("POST", FILES, {**GOOD, header: value.encode().decode("latin-1")})
    assert code(answer) == refused(TUS_HEADER)
    assert answer.json["params"] == {"header": header}
    assert rows(company, Upload) == 0


@pytest.mark.parametrize("method", ["POST", "HEAD", "GET", "PATCH", "DELETE"])
def test_another_version_of_the_protocol_is_not_spoken(wang: Sender, method: str) -> None:
    place = FILES if method == "POST" else wang.begun(PHOTO)
    for headers in ({}, {"Tus-Resumable": "0.2.2"}):
        answer = wang(method, place, headers)
        assert answer.status_code == 412
        assert answer.headers["Tus-Version"] == "1.0.0"
        if method != "HEAD":
            assert answer.json["code"] == TUS_VERSION.code


def test_a_body_says_that_it_is_part_of_an_upload(wang: Sender) -> None:
    place = wang.begun(PHOTO)
    answer = wang("PATCH", place, {**TUS, "Upload-Offset": "0", "Content-Type": "image/jpeg"}, data=PHOTO)
    assert code(answer) == (415, "core.unsupported-media-type")
    answer = wang("POST", FILES, {**GOOD, "Content-Type": "text/plain"}, data=PHOTO)
    assert code(answer) == (415, "core.unsupported-media-type")
    packed = wang.add(place, 0, gzip.compress(PHOTO), **{"Content-Encoding": "gzip"})  # would be taken as it is
    assert (code(packed), wang.offset(place)) == ((415, "core.unsupported-media-type"), 0)


def test_a_full_disk_keeps_what_had_come(company: Company, wang: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    place = wang.begun(PHOTO)
    wang.add(place, 0, PHOTO[:100])
    full = OSError(28, "No space left on device")

    def fails(*_given: Any) -> None:
        raise full

    monkeypatch.setattr("server.core.blob_store.os.fsync", fails)
    assert code(wang.add(place, 100, PHOTO[100:])) == refused(STORAGE_FULL)
    monkeypatch.undo()
    assert wang("GET", place).json["state"] == "arrived"
