"""A PDF from outside: taken when its two ends say that it is whole, kept byte for byte, and nothing else passes for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.core.documents import is_pdf, keep
from server.core.pictures import FILE_UNREADABLE, PDF
from server.core.problems import Refused
from tests.support.pictures import encoded, noise, pdf, sha256

WHOLE = pdf()
HTML = b"<html><script>alert(1)</script>"


def kept(folder: Path, raw: bytes) -> bytes:
    (folder / "original").write_bytes(raw)
    with (folder / "original").open("rb", buffering=0) as original, (folder / "kept").open("w+b", buffering=0) as out:
        told = keep(original, out)
    found = (folder / "kept").read_bytes()
    assert (told.media_type, told.sha256, told.size, told.look) == (PDF, sha256(found), len(found), None)
    return found


@pytest.mark.parametrize(
    "raw",
    [
        WHOLE,
        WHOLE + b"\r\n\0\0",
        WHOLE.replace(b"%PDF-1.4\n", b"%PDF-2.0\n"),
        pdf(b"x" * 3_000_000),
        pdf(table=b"7 0 obj"),
        encoded(noise(64, 48), "PDF"),
    ],
    ids=["plain", "blanks behind", "2.0", "large", "table in a stream", "of another maker"],
)
def test_a_whole_one_is_kept_as_it_came(tmp_path: Path, raw: bytes) -> None:
    assert is_pdf(raw[:8])
    assert kept(tmp_path, raw) == raw


@pytest.mark.parametrize(
    "raw",
    [
        WHOLE[:-8],
        WHOLE[: len(WHOLE) // 2],
        b"%PDF-",
        b"%PDF-1.7\n" + HTML,
        b"%PDF-9.9\n" + WHOLE[9:],
        b"%PDF-1.4<" + WHOLE[9:],
        WHOLE + HTML,
        WHOLE + b"PK\x03\x04" + bytes(40),
        WHOLE + b" " * 2000,
        pdf(table=b"<script>"),
        WHOLE.replace(b"startxref\n", b"startxref\n9999"),
        WHOLE.replace(b"startxref\n", b"startxref\n-"),
    ],
    ids=[
        "end missing", "half", "head only", "page in its clothes", "no such version", "no line after it", "page behind",
        "archive behind", "far too many blanks", "no table where it says", "table beyond its end", "table before it",
    ],
)  # fmt: skip
def test_what_only_begins_as_one_is_refused(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(Refused, match=f"^{FILE_UNREADABLE.code}$"):
        kept(tmp_path, raw)


@pytest.mark.parametrize("head", [b"", b" %PDF-1.", b"%pdf-1.7", b"<html>\n%", b"\xef\xbb\xbf%PDF"])
def test_it_is_one_from_its_first_byte_on_or_none(head: bytes) -> None:
    assert not is_pdf(head)
