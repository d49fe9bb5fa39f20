"""Somebody who sends pictures from a handheld, and what the tests of that look at."""

from __future__ import annotations

import base64
from typing import Any

from sqlalchemy import func, select

from server.core.blobs import File, Upload
from server.core.rows import c
from tests.server.accounts.company import Company, Phone
from tests.support.pictures import photo, sha256

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}
FILES = "/mobile/v1/files"
PHOTO = photo()


class Sender:
    """Somebody's handheld that sends pictures."""

    def __init__(self, company: Company, name: str) -> None:
        self.company = company
        self.token = Phone(company).signed_in(name).answer["access_token"]

    def __call__(self, method: str, path: str, headers: dict[str, str] = TUS, **given: Any) -> Any:
        return self.company.call(method, path, token=self.token, headers=headers, **given)

    def begin(
        self, raw: bytes, *, hashed: str | None = None, size: int | None = None, body: bytes = b"", **told: str
    ) -> Any:
        """told: further metadata."""
        values = {"sha256": hashed or sha256(raw), **told}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())
        size = len(raw) if size is None else size
        headers = {**(BYTES if body else TUS), "Upload-Length": str(size), "Upload-Metadata": metadata}
        return self("POST", FILES, headers, data=body)

    def begun(self, raw: bytes, **told: Any) -> str:
        answer = self.begin(raw, **told)
        assert answer.status_code == 201, answer.get_data()
        return str(answer.headers["Location"])

    def add(self, place: str, offset: int, data: bytes, **headers: str) -> Any:
        return self("PATCH", place, {**BYTES, "Upload-Offset": str(offset), **headers}, data=data)

    def sent(self, raw: bytes, step: int = 1 << 20) -> str:
        """Send it all."""
        place = self.begun(raw)
        for offset in range(0, len(raw), step):
            answer = self.add(place, offset, raw[offset : offset + step])
            assert answer.status_code == 204, answer.get_data()
        return place

    def offset(self, place: str) -> int:
        return int(self("HEAD", place).headers["Upload-Offset"])

    def read(self, hashed: str, **headers: str) -> Any:
        return self.company.call("GET", f"/api/v1/files/{hashed}", token=self.token, headers=headers, buffered=True)


def code(answer: Any) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json", answer.get_data()
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    return answer.status_code, answer.json["code"]


def refused(problem: Any) -> tuple[int, str]:
    return problem.status, problem.code


def on_disk(company: Company) -> list[str]:
    """All files, by the folder they lie in."""
    root = company.services.settings.blob_dir
    return sorted(path.relative_to(root).parts[1] for path in root.rglob("*") if path.is_file())


def rows(company: Company, row: type[Upload] | type[File]) -> int:
    with company.database.read(company.org) as connection:
        statement = select(func.count()).where(c(row).org_id == company.org)
        return int(connection.execute(statement).scalar_one())
