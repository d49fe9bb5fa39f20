"""Files by what they are: a picture or a PDF is named by (organisation, SHA-256 of its original bytes), whoever sent it.

Knowing a hash proves nothing. Whoever did not send all the bytes himself has not sent the file, and reads it only through
a row within his reach that cites it and whose author did send it. How bytes arrive: uploads.py; where they lie:
blob_store.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, Connection, String, select, tuple_, union_all

from server.core import looks
from server.core.access import Actor
from server.core.rows import Code, Row, c, index, table, unique
from server.core.types import Id, Json

SHA256 = "^[0-9a-f]{64}$"
"""How a file is named in rows and on the wire."""
MAX_ALIKE = 200
"""Rows one band may answer with for one picture. Beyond it pictures are so common that likeness says nothing."""

Hash = String(64)


@table(
    "uploads",
    unique("owner_id", "sha256"),
    index("state", "expires_at"),
    CheckConstraint("state IN ('arriving','arrived','refused')", name="state"),
)
class Upload(Row):
    """One person's sending of one file; the same file of another person is an upload of its own.

    owner_id: who sends. size: bytes of the original, as announced. place: the name under which its bytes lie, not to be
    guessed. refusal: code and params of why it was refused. expires_at: until when an unfinished one is kept. arrived_at:
    when all bytes had come and been found to be what they were announced as.
    """

    owner_id: Annotated[str, Id()]
    sha256: Annotated[str, Hash]
    size: int
    state: Annotated[str, Code] = "arriving"
    place: Annotated[str, String(32)]
    expires_at: datetime
    arrived_at: datetime | None = None
    refusal: Annotated[dict[str, Any] | None, Json()] = None


@table("files", unique("sha256"), *(index(f"look_{letter}") for letter in "abcd"))
class File(Row):
    """A file that has arrived, once in an organisation.

    sha256, size, media_type: of the original. The picture that is kept and shown is another file, written by us:
    place, kept_sha256, kept_size; width and height are its pixels. A PDF is kept as it came, and has none. look: its difference hash (looks.py), signed, with the
    four bands it is found by; null when the picture is too plain to be compared.
    """

    sha256: Annotated[str, Hash]
    size: int
    media_type: Annotated[str, Code]
    place: Annotated[str, String(32)]
    kept_sha256: Annotated[str, Hash]
    kept_size: int
    width: int
    height: int
    look: int | None = None
    look_a: int | None = None
    look_b: int | None = None
    look_c: int | None = None
    look_d: int | None = None


# -- for areas ---------------------------------------------------------------------------------------------------------


def arrived_from(connection: Connection, org_id: str, sent: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of these (sender, SHA-256) which have arrived whole and match their hash. One statement.

    An area that lets a row vouch for a file names the row's author as sender: a hash that he only knows is no file of his.
    """
    wanted = sorted(set(sent))
    if not wanted:
        return set()
    u = c(Upload)
    pair = tuple_(u.owner_id, u.sha256)
    statement = select(u.owner_id, u.sha256).where(u.org_id == org_id, u.state == "arrived", pair.in_(wanted))
    return {(sender_id, sha256) for sender_id, sha256 in connection.execute(statement)}


@dataclass(frozen=True, slots=True)
class Alike:
    """Another file that looks like the one that was asked about. distance: in bits, 0 to looks.ALIKE."""

    sha256: str
    distance: int


def look_alikes(
    connection: Connection, org_id: str, sha256s: Iterable[str], *, within: int = looks.ALIKE
) -> dict[str, list[Alike]]:
    """For each of these files that has arrived, the others that look like it, nearest first. Two statements for all.

    Says nothing of who sent them: an area asks which of its own rows cite them. within: at most looks.MOST.
    """
    f = c(File)
    wanted = sorted(set(sha256s))
    asked = select(f.sha256, f.look).where(f.org_id == org_id, f.sha256.in_(wanted), f.look.is_not(None))
    known: dict[str, int] = {each.sha256: each.look for each in connection.execute(asked)} if wanted else {}
    if not known:
        return {}
    parts = []
    for place, column in enumerate((f.look_a, f.look_b, f.look_c, f.look_d)):
        near = sorted({value for look in known.values() for value in looks.beside(looks.bands(look)[place])})
        found = select(f.sha256, f.look).where(f.org_id == org_id, column.in_(near)).limit(MAX_ALIKE * len(known))
        parts.append(select(found.subquery()))
    others: dict[str, int] = {each.sha256: each.look for each in connection.execute(union_all(*parts))}
    return {sha256: _alike(sha256, look, others, min(within, looks.MOST)) for sha256, look in known.items()}


def _alike(sha256: str, look: int, others: dict[str, int], within: int) -> list[Alike]:
    compared = [Alike(other, looks.distance(look, its)) for other, its in others.items() if other != sha256]
    return sorted((each for each in compared if each.distance <= within), key=lambda each: (each.distance, each.sha256))


Citing = Callable[[Connection, Actor, str], Collection[str]]
"""The authors of the rows within the actor's reach that cite the file of that SHA-256; empty when there are none."""

_CITING: list[Citing] = []


def readable_through(citing: Citing) -> Citing:
    """Let rows of an area open the files they cite to whoever reaches them. Said once, in the composition root."""
    _CITING.append(citing)
    return citing


def readable(connection: Connection, actor: Actor, sha256: str) -> File | None:
    """The file of that hash, when this person may read it; None alike for one that is not there.

    He may when he sent it himself, or when a row within his reach cites it whose author sent it.
    """
    f = c(File)
    found = connection.execute(select(File.__table__).where(f.org_id == actor.org_id, f.sha256 == sha256)).one_or_none()
    if found is None:
        return None
    authors = {actor.user_id}
    if not _is_sent_by(connection, actor.org_id, sha256, authors):
        authors = {author for citing in _CITING for author in citing(connection, actor, sha256)}
        if not authors or not _is_sent_by(connection, actor.org_id, sha256, authors):
            return None
    return File(**found._mapping)


def _is_sent_by(connection: Connection, org_id: str, sha256: str, people: Collection[str]) -> bool:
    u = c(Upload)
    statement = select(u.id).where(
        u.org_id == org_id, u.owner_id.in_(sorted(people)), u.sha256 == sha256, u.state == "arrived"
    )
    return connection.execute(statement.limit(1)).first() is not None
