"""Where the bytes of files lie: under BLOB_DIR, one folder an organisation. Knows paths and disks, no rows and no HTTP.

    <org_id>/arriving/<place>       what has come of an upload; its length is the upload's offset
    <org_id>/kept/<pl>/<place>      the file that is kept
    <org_id>/kept/<pl>/<place>.new  the same, being written

A place is random, is never used again, and stands in the database alone. Several processes may work at once: whoever
touches an upload holds a lock of the system (flock) on its file. Several machines may, on a file system that they share
and that keeps such locks between machines (docs/decisions/0024-files-lie-on-a-disk.md).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

from server.core.problems import Refused, problem_type

STORAGE_FULL = problem_type(
    "core.storage-full",
    status=507,
    zh="服务器存储空间不足，请稍后继续上传。",
    en="The server has no room for this; go on with the upload later.",
    doc="What had arrived is kept. The operator has to make room; `doorstep doctor` says where.",
)


class Busy(Exception):
    """Another request holds this upload."""


class Part:
    """The bytes of an upload that have come, held by this request alone. size: how many; durable after `sync`."""

    def __init__(self, file: FileIO) -> None:
        self.file = file
        self.size = os.fstat(file.fileno()).st_size

    def append(self, data: bytes) -> None:
        """Write on at the end. Raises Refused STORAGE_FULL; `size` then says how far it came."""
        left = memoryview(data)
        with room():
            self.file.seek(self.size)
            while left:
                written = self.file.write(left)
                self.size += written
                left = left[written:]

    def cut(self, size: int) -> None:
        """Forget what stands beyond `size`."""
        self.file.truncate(size)
        self.size = size

    def sync(self) -> None:
        """Return when a power cut cannot take it any more. Raises Refused STORAGE_FULL."""
        with room():
            os.fsync(self.file.fileno())

    def sha256(self) -> str:
        """Of all that has come."""
        self.file.seek(0)
        return hashlib.file_digest(self.file, "sha256").hexdigest()


class BlobStore:
    """The files of one installation."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextlib.contextmanager
    def arriving(self, org_id: str, place: str) -> Iterator[Part]:
        """An upload's bytes, for this request alone; none at first. Raises Busy when another request has them.

        Whoever waited for his turn may hold a file that is gone meanwhile: read the upload's row again once inside.
        """
        path = self._root / org_id / "arriving" / place
        with room():
            self._make_folders(path)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy from None
            part = Part(file)
            if not part.size:
                self._sync_names(path)
            yield part

    @contextlib.contextmanager
    def keeping(self, org_id: str, place: str) -> Iterator[FileIO]:
        """A file to write what is kept into: whole, durable and under its name when the block ends, or not there at all."""
        path = self.kept(org_id, place)
        fresh = path.with_name(f"{place}.new")
        with room():
            self._make_folders(path)
            descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "r+b", buffering=0) as file, room():
                yield file
                os.fsync(file.fileno())
            fresh.replace(path)
            self._sync_names(path)
        finally:
            fresh.unlink(missing_ok=True)

    def kept(self, org_id: str, place: str) -> Path:
        """Where a kept file lies."""
        return self._root / org_id / "kept" / place[:2] / place

    def _make_folders(self, path: Path) -> None:
        """The folders a file is to stand in, for nobody else of this machine to look into."""
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in reversed(self._folders_of(path)):
            folder.mkdir(exist_ok=True, mode=0o700)

    def _sync_names(self, path: Path) -> None:
        """Make the name of a new file durable, and those of the folders it stands in."""
        for folder in self._folders_of(path):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def _folders_of(self, path: Path) -> list[Path]:
        """From the one it stands in up to the root of all."""
        above = list(path.parents)
        return above[: above.index(self._root) + 1]

    def forget(self, org_id: str, place: str, *, arriving: bool = True, kept: bool = True) -> None:
        """Remove what has come of an upload, and what was kept or half kept of it that no row names."""
        if arriving:
            (self._root / org_id / "arriving" / place).unlink(missing_ok=True)
        if kept:
            path = self.kept(org_id, place)
            path.unlink(missing_ok=True)
            path.with_name(f"{place}.new").unlink(missing_ok=True)

    def forget_strays(self, org_id: str, older_than: float) -> int:
        """Remove what has lain untouched under `arriving` for so many seconds: its upload ended, or ended long ago."""
        before, gone = time.time() - older_than, 0
        folder = self._root / org_id / "arriving"
        for path in folder.iterdir() if folder.is_dir() else ():
            with contextlib.suppress(FileNotFoundError):  # it came to its end just now
                if path.stat().st_mtime < before:
                    path.unlink()
                    gone += 1
        return gone


def new_place() -> str:
    """A name for bytes that nobody can guess."""
    return secrets.token_hex(16)


@contextlib.contextmanager
def room() -> Iterator[None]:
    """Raises Refused STORAGE_FULL when the disk has no room for what the block writes."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Refused(STORAGE_FULL) from None
        raise
