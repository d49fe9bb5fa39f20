"""PDFs and attachments over HTTP: what is taken, how it is given out, and who may read it. Both databases."""

from __future__ import annotations

import pytest

from server.core.pictures import FILE_TYPE, FILE_UNREADABLE
from tests.mobile_api.sender import PHOTO, Sender, code, on_disk, refused
from tests.server.accounts.company import Company
from tests.support.pictures import pdf, sha256

CONTRACT = pdf()


def test_a_pdf_is_given_out_as_it_came_to_be_saved_and_never_shown_as_a_page(company: Company, wang: Sender) -> None:
    wang.sent(CONTRACT, step=64)
    answer = wang.read(sha256(CONTRACT))
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/pdf", CONTRACT)
    assert answer.headers["Content-Disposition"] == f"attachment; filename={sha256(CONTRACT)[:12]}.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert on_disk(company) == ["kept"]


@pytest.mark.parametrize(
    ("raw", "told", "problem"),
    [
        (CONTRACT[:-9], "application/pdf", FILE_UNREADABLE),
        (b"<html><script>alert(1)</script></html>", "application/pdf", FILE_TYPE),
        (CONTRACT + b"<script>alert(1)</script>", "image/jpeg", FILE_UNREADABLE),
    ],
)
def test_what_it_is_decides_its_content_and_not_what_is_said(
    company: Company, wang: Sender, raw: bytes, told: str, problem: object
) -> None:
    place = wang.begun(raw, filetype=told)
    assert code(wang.add(place, 0, raw)) == refused(problem)
    assert on_disk(company) == []
    assert wang.read(sha256(raw)).status_code == 404


def test_an_attachment_opens_its_file_to_whoever_sees_the_customer_while_it_hangs_there(
    company: Company, wang: Sender
) -> None:
    hashed = sha256(CONTRACT)
    offices = {name: company.office(name) for name in ("wang", "jie", "boss", "zhao", "hong", "fang")}

    def readers() -> set[str]:
        asked = {name: each("GET", f"/files/{hashed}", buffered=True) for name, each in offices.items()}
        return {name for name, answer in asked.items() if answer.status_code == 200}

    customer = offices["wang"].ok("POST", "/customers", json={"name": "王小明"})["id"]
    path, file = f"/customers/{customer}/attachments", {"name": "c.pdf", "form": "pdf", "size": 9, "sha256": hashed}
    row = offices["wang"].ok("POST", path, json=file)
    assert (row["has_arrived"], readers()) == (False, set())
    wang.sent(CONTRACT)  # it may follow its row
    assert offices["jie"].ok("GET", path)["items"][0]["has_arrived"]
    assert readers() == {"wang", "jie", "boss"}
    # Who learnt the hash and hangs it on a customer of his own opens nothing by that, neither to himself nor to others.
    theirs = offices["zhao"].ok("POST", "/customers", json={"name": "李娜"})["id"]
    offices["zhao"].ok("POST", f"/customers/{theirs}/attachments", json=file)
    assert readers() == {"wang", "jie", "boss"}
    assert offices["jie"]("DELETE", f"{path}/{row['id']}").status_code == 204
    assert readers() == {"wang"}, "who sent it"
    offices["jie"].ok("POST", f"{path}/{row['id']}/restore")
    offices["boss"].ok(
        "POST", "/customers/handover", json={"customers": [customer], "to": company.users["hong"], "reason": "x"}
    )
    assert readers() == {"wang", "hong", "boss"}


def test_the_same_pdf_of_two_people_is_kept_once(company: Company, wang: Sender) -> None:
    wang.sent(CONTRACT)
    Sender(company, "zhao").sent(CONTRACT)
    wang.sent(PHOTO)
    assert on_disk(company) == ["kept", "kept"]
