"""Taking a picture from outside: what it is by its first bytes, then read and written anew by a confined process.

Nothing of the original is kept but its pixels: no place, no camera, no comment, nothing that stands behind its end.
Decision record: docs/decisions/0023-pictures-are-written-anew.md.
"""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

import orjson

from server.core import logs
from server.core.problems import BUSY, Refused, problem_type

MAX_MEGAPIXELS = 40
LONGEST_SIDE = 4096
"""Pixels of the longer side of what is kept; a larger picture is made smaller."""
MEMORY_MIB = 768
CPU_SECONDS = 20
WALL_SECONDS = 40
WRITTEN_MIB = 24
WAIT_SECONDS = 20
"""How long a picture waits for the one before it."""

PDF = "application/pdf"
ACCEPTED = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WebP", PDF: "PDF"}
"""Every type of file that is taken → what people call it. What becomes of a PDF: documents.py."""
KEPT_TYPE = "image/jpeg"

FILE_TYPE = problem_type(
    "core.file-type",
    status=422,
    zh="只接受 {accepted} 格式的文件。",
    en="Only files in these formats are taken: {accepted}.",
    doc="By the announced type, or by the first bytes of what arrived. HEIC is not taken: an app has its camera or its "
    "picture library give it JPEG.",
)
FILE_UNREADABLE = problem_type(
    "core.file-unreadable",
    status=422,
    zh="文件已损坏，无法读取。",
    en="The file is damaged and cannot be read.",
    doc="It begins as a picture and does not go on as one, or takes more memory or time to read than any honest one; or as a "
    "PDF and does not end as one. Nothing of it was kept.",
)
FILE_PIXELS = problem_type(
    "core.file-pixels",
    status=422,
    zh="图片超过 {megapixels} 百万像素。",
    en="The picture has more than {megapixels} million pixels.",
    doc="Nothing of it was kept. Make it smaller and send it as the new file it then is.",
)

log = logs.logger("pictures")
_PROCESS = Path(__file__).with_name("picture_process.py")
_ONE_AT_A_TIME = threading.Lock()
"""In each web process, so that pictures never take more memory than one of them does."""
_ITS_OWN_FAULT = {-signal.SIGXCPU, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT, -signal.SIGILL, -signal.SIGFPE}
"""How a process ends that such a picture ends again each time. Any other end may be the machine's: out of memory, stopped."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was taken. media_type: of the original. sha256, size: of what is kept. look: unsigned, looks.py.

    width, height: in pixels; 0 of a PDF.
    """

    media_type: str
    sha256: str
    size: int
    width: int = 0
    height: int = 0
    look: int | None = None


def media_type_of(head: bytes) -> str | None:
    """What the first 12 bytes of a file say that it is, of the pictures that are taken."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return None


def wrong_type() -> Refused:
    """Of something that is nothing that is taken."""
    return Refused(FILE_TYPE, accepted=", ".join(ACCEPTED.values()))


def rewrite(original: FileIO, kept: FileIO) -> Taken:
    """Judge the picture in `original` and write what is kept of it to `kept`. Both are files; neither is synced.

    Raises Refused FILE_TYPE, FILE_PIXELS, FILE_UNREADABLE; BUSY when the pictures before it take too long.
    """
    original.seek(0)
    media_type = media_type_of(original.read(12))
    if media_type is None:
        raise wrong_type()
    original.seek(0)
    if not _ONE_AT_A_TIME.acquire(timeout=WAIT_SECONDS):
        raise Refused(BUSY, retry_after=5)
    try:
        report = _run(original, kept)
    finally:
        _ONE_AT_A_TIME.release()
    if report.get("refused") == "pixels":
        raise Refused(FILE_PIXELS, megapixels=MAX_MEGAPIXELS)
    if "refused" in report:
        raise Refused(FILE_UNREADABLE)
    kept.seek(0)
    digest = hashlib.file_digest(kept, "sha256")
    return Taken(media_type, digest.hexdigest(), kept.tell(), report["width"], report["height"], report["look"])


def _run(original: FileIO, kept: FileIO) -> dict[str, Any]:
    """What the process says. Raises Refused BUSY when it did not come to an end for reasons of this machine."""
    numbers = (MAX_MEGAPIXELS * 1_000_000, LONGEST_SIDE, MEMORY_MIB, CPU_SECONDS, WRITTEN_MIB)
    command = [sys.executable, "-I", "-B", str(_PROCESS), *map(str, numbers)]
    with tempfile.TemporaryFile() as said:
        try:
            status = subprocess.run(  # noqa: S603 (our own program, by its full path)
                command, stdin=original, stdout=kept, stderr=said, cwd="/", env={}, timeout=WALL_SECONDS, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            status = -signal.SIGKILL
        said.seek(0)
        raw = said.read(4096)
    if status == 0:
        found: dict[str, Any] = orjson.loads(raw)
        return found
    log.warning("picture process ended", status=status)
    if status in _ITS_OWN_FAULT:
        return {"refused": "unreadable"}
    raise Refused(BUSY, retry_after=10)
