"""Pictures that come by tus 1.0: begun, gone on with, ended; whose they are. Both databases."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from mobile_api.files import UPLOADS_PER_PERSON
from server.core import arrivals, blob_store, http, pictures
from server.core.arrivals import FILE_HASH
from server.core.blobs import File, Upload
from server.core.limits import Limits
from server.core.uploads import (
    MAX_BYTES,
    UPLOAD_ARRIVED,
    UPLOAD_BUSY,
    UPLOAD_OFFSET,
)
from sync_protocol.ids import new_id
from tests.mobile_api.sender import FILES, PHOTO, Sender, code, on_disk, refused, rows
from tests.server.accounts.company import Company
from tests.support.pictures import photo, sha256

# -- the way of a picture ----------------------------------------------------------------------------------------------


def test_what_is_spoken_is_told_to_everybody(company: Company) -> None:
    answer = company.call("OPTIONS", FILES)
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,creation-with-upload,checksum,expiration,termination"
    assert answer.headers["Tus-Max-Size"] == str(MAX_BYTES)
    assert "sha1" in answer.headers["Tus-Checksum-Algorithm"]


def test_a_picture_arrives_in_parts(company: Company, wang: Sender) -> None:
    answer = wang.begin(PHOTO, filetype="image/jpeg", filename="午餐.jpg")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "0")
    assert answer.headers["Upload-Expires"] == "Mon, 10 Mar 2025 02:00:00 GMT"
    place = answer.headers["Location"]
    half = len(PHOTO) // 2
    answer = wang.add(place, 0, PHOTO[:half])
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(half))
    head = wang("HEAD", place)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Upload-Offset"] == str(half)
    assert head.headers["Upload-Length"] == str(len(PHOTO))
    assert head.headers["Cache-Control"] == "no-store"
    assert wang("GET", place).json["state"] == "arriving"
    assert wang.add(place, half, PHOTO[half:]).status_code == 204
    seen = wang("GET", place).json
    assert {**seen, "id": ""} == {
        "id": "", "sha256": sha256(PHOTO), "size": len(PHOTO), "offset": len(PHOTO), "state": "arrived",
    }  # fmt: skip
    assert on_disk(company) == ["kept"]
    (event,) = company.events("core.file-arrived")
    assert (event.actor_id, event.subject_id) == (company.users["wang"], seen["id"])


def test_a_picture_may_come_with_its_creation(company: Company, wang: Sender) -> None:
    answer = wang.begin(PHOTO, body=PHOTO[:100])
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "100")
    assert wang.add(answer.headers["Location"], 100, PHOTO[100:]).status_code == 204
    whole = photo(2)
    answer = wang.begin(whole, body=whole)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(len(whole)))
    assert on_disk(company) == ["kept", "kept"]


def test_a_creation_whose_answer_was_lost_leads_to_the_same_upload(company: Company, wang: Sender) -> None:
    place = wang.begun(PHOTO)
    wang.add(place, 0, PHOTO[:500])
    answer = wang.begin(PHOTO)
    assert (answer.headers["Location"], answer.headers["Upload-Offset"]) == (place, "500")
    answer = wang.begin(PHOTO, body=PHOTO)  # a body is for an upload at its beginning
    assert answer.headers["Upload-Offset"] == "500"
    assert rows(company, Upload) == 1


def test_a_double_tap_begins_one_upload(company: Company, wang: Sender) -> None:
    answers: list[Any] = []
    taps = [threading.Thread(target=lambda: answers.append(wang.begin(PHOTO))) for _ in range(8)]
    for tap in taps:
        tap.start()
    for tap in taps:
        tap.join()
    assert {answer.status_code for answer in answers} <= {201, 423}
    assert len({answer.headers["Location"] for answer in answers if answer.status_code == 201}) == 1
    assert rows(company, Upload) == 1


# -- known by its hash -------------------------------------------------------------------------------------------------


def test_a_file_one_has_sent_before_has_arrived(company: Company, wang: Sender) -> None:
    place = wang.sent(PHOTO)
    answer = wang.begin(PHOTO)
    assert (answer.status_code, answer.headers["Location"]) == (201, place)
    assert answer.headers["Upload-Offset"] == str(len(PHOTO))
    assert code(wang.add(place, 0, PHOTO)) == refused(UPLOAD_OFFSET)
    assert len(company.events("core.file-arrived")) == 1


def test_a_hash_that_somebody_else_sent_gives_nothing(company: Company, wang: Sender) -> None:
    """Neither arrived without its bytes, nor read, nor told apart from one that nobody sent."""
    wang.sent(PHOTO)
    zhao = Sender(company, "zhao")
    for hashed in (sha256(PHOTO), sha256(b"nobody's")):
        answer = zhao.begin(PHOTO, hashed=hashed)
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "0")
        assert zhao.read(hashed).json["code"] == "core.not-found"
    wrong = photo(2)
    place = zhao.begun(wrong, hashed=sha256(PHOTO), size=len(wrong))
    assert code(zhao.add(place, 0, wrong)) == refused(FILE_HASH)
    assert zhao.read(sha256(PHOTO)).status_code == 404


def test_the_same_file_of_two_people_is_kept_once(company: Company, wang: Sender) -> None:
    wang.sent(PHOTO)
    zhao = Sender(company, "zhao")
    zhao.sent(PHOTO)
    assert on_disk(company) == ["kept"]
    assert (rows(company, Upload), rows(company, File)) == (2, 1)
    assert wang.read(sha256(PHOTO)).data == zhao.read(sha256(PHOTO)).data
    assert len(company.events("core.file-arrived")) == 2


def test_two_people_who_send_the_same_at_once_have_both_sent_it(
    company: Company, wang: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    zhao = Sender(company, "zhao")
    places = {sender: sender.begun(PHOTO) for sender in (wang, zhao)}
    together = threading.Barrier(2)
    rewrite = pictures.rewrite

    def slow(original: Any, kept: Any) -> Any:
        together.wait(10)  # both have looked and found that the organisation has no such file
        return rewrite(original, kept)

    monkeypatch.setattr(pictures, "rewrite", slow)
    answers: list[int] = []
    sending = [
        threading.Thread(
            target=lambda sender=sender, place=place: answers.append(sender.add(place, 0, PHOTO).status_code)
        )
        for sender, place in places.items()
    ]
    for each in sending:
        each.start()
    for each in sending:
        each.join()
    assert answers == [204, 204]
    assert on_disk(company) == ["kept"]
    assert (rows(company, File), len(company.events("core.file-arrived"))) == (1, 2)
    assert wang.read(sha256(PHOTO)).status_code == zhao.read(sha256(PHOTO)).status_code == 200


def test_areas_hear_of_an_arrival_in_its_transaction(
    company: Company, wang: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, str, str]] = []
    monkeypatch.setattr(arrivals, "_ARRIVALS", [])
    arrivals.on_arrival(lambda uow, upload: heard.append((uow.actor.user_id, upload.sha256, upload.state)))
    wang.sent(PHOTO)
    assert heard == [(company.users["wang"], sha256(PHOTO), "arrived")]

    def fails(*_given: Any) -> None:
        raise RuntimeError("the area was wrong")

    arrivals.on_arrival(fails)
    second = photo(2)
    place = wang.begun(second)
    company.app.config["PROPAGATE_EXCEPTIONS"] = False
    assert wang.add(place, 0, second).status_code == 500
    assert rows(company, File) == 1
    monkeypatch.setattr(arrivals, "_ARRIVALS", [])
    assert wang("GET", place).json["state"] == "arrived"  # nothing was lost: the next who looks settles it
    assert wang.read(sha256(second)).status_code == 200


# -- whose it is -------------------------------------------------------------------------------------------------------


def test_another_persons_upload_is_none_at_all(company: Company, wang: Sender) -> None:
    place = wang.begun(PHOTO)
    zhao, spy = Sender(company, "zhao"), Sender(company, "boss")
    for other in (zhao, spy):
        for nowhere in (place, f"{FILES}/{new_id()}"):
            assert code(other("GET", nowhere)) == (404, "core.not-found")
            assert other("HEAD", nowhere).status_code == 404
            assert code(other.add(nowhere, 0, PHOTO)) == (404, "core.not-found")
            assert code(other("DELETE", nowhere)) == (404, "core.not-found")
    assert wang.offset(place) == 0


def test_the_same_person_goes_on_with_another_device(company: Company, wang: Sender) -> None:
    place = wang.begun(PHOTO)
    wang.add(place, 0, PHOTO[:100])
    assert Sender(company, "wang").add(place, 100, PHOTO[100:]).status_code == 204


def test_an_upload_is_given_up_until_it_has_arrived(company: Company, wang: Sender) -> None:
    place = wang.begun(PHOTO)
    wang.add(place, 0, PHOTO[:100])
    assert wang("DELETE", place).status_code == 204
    assert on_disk(company) == []
    assert wang("HEAD", place).status_code == 404
    place = wang.sent(PHOTO)
    assert code(wang("DELETE", place)) == refused(UPLOAD_ARRIVED)
    assert wang.read(sha256(PHOTO)).status_code == 200


def test_one_request_at_a_time_has_an_upload(company: Company, wang: Sender) -> None:
    place = wang.begun(PHOTO)
    upload = company.row(Upload, place.rpartition("/")[2])
    store = blob_store.BlobStore(company.services.settings.blob_dir)
    with store.arriving(company.org, upload.place):
        for answer in (wang.add(place, 0, PHOTO), wang("GET", place), wang("DELETE", place), wang.begin(PHOTO)):
            assert code(answer) == refused(UPLOAD_BUSY)
            assert int(answer.headers["Retry-After"]) > 0
        assert wang("HEAD", place).status_code == 423
    assert wang.add(place, 0, PHOTO).status_code == 204


def test_many_threads_that_send_the_same_part_send_it_once(company: Company, wang: Sender) -> None:
    place, half = wang.begun(PHOTO), len(PHOTO) // 2
    for offset, part in ((0, PHOTO[:half]), (half, PHOTO[half:])):
        answers: list[int] = []

        def send(offset: int = offset, part: bytes = part, answers: list[int] = answers) -> None:
            answers.append(wang.add(place, offset, part).status_code)

        taps = [threading.Thread(target=send) for _ in range(8)]
        for tap in taps:
            tap.start()
        for tap in taps:
            tap.join()
        assert answers.count(204) == 1
        assert set(answers) <= {204, 409, 423}
    assert wang("GET", place).json["state"] == "arrived"
    assert len(company.events("core.file-arrived")) == 1
    assert on_disk(company) == ["kept"]


def test_who_begins_too_many_has_to_wait(company: Company, wang: Sender) -> None:
    state = http.of(company.app)
    unlimited, state.limits = state.limits, Limits()
    try:
        for _ in range(UPLOADS_PER_PERSON.amount):
            state.limits.hit(UPLOADS_PER_PERSON, company.org, company.users["wang"])
        assert code(wang.begin(PHOTO)) == (429, "core.rate-limited")
    finally:
        state.limits = unlimited
