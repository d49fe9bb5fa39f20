"""Taking a PDF from outside: looked at by its two ends, and kept byte for byte.

Nothing here reads what it says: that would need a parser in C or one as large, for a file that cannot be written anew as a
picture can. What protects instead: docs/decisions/0042-pdfs-are-kept-as-they-come.md.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from io import FileIO

from server.core.pictures import FILE_UNREADABLE, PDF, Taken
from server.core.problems import Refused

_HEAD = re.compile(rb"%PDF-(1\.[0-7]|2\.0)[\r\n \t]")
_END = re.compile(rb"startxref\s{1,4}(\d{1,9})\s{1,4}%%EOF[\s\0]*\Z")
_TABLE = re.compile(rb"\s{0,4}(xref\s|\d{1,10} \d{1,5} obj)")
_TAIL = 1024
"""Bytes at the end in which the last reference to the table of contents has to stand."""


def is_pdf(head: bytes) -> bool:
    """Whether the first bytes of a file say that it is one."""
    return head.startswith(b"%PDF-")


def keep(original: FileIO, kept: FileIO) -> Taken:
    """Copy the PDF in `original` to `kept`, unless it only begins as one. Both are files; neither is synced.

    It has to begin with its version, to end with where its table of contents stands, and to have one there: so it is whole,
    and nothing hangs on behind it. Reads 2 KiB, whatever its size. Raises Refused FILE_UNREADABLE.
    """
    size = os.fstat(original.fileno()).st_size
    original.seek(0)
    head = original.read(16)
    original.seek(max(0, size - _TAIL))
    end = _END.search(original.read(_TAIL))
    if not _HEAD.match(head) or end is None:
        raise Refused(FILE_UNREADABLE)
    original.seek(min(int(end[1]), size))
    if not _TABLE.match(original.read(32)):
        raise Refused(FILE_UNREADABLE)
    original.seek(0)
    shutil.copyfileobj(original, kept)
    kept.seek(0)
    digest = hashlib.file_digest(kept, "sha256")
    return Taken(PDF, digest.hexdigest(), size)
