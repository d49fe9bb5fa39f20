"""The address an NTAG 424 DNA writes anew at each tap (SUN, “secure unique NFC”): is it the chip's own? Pure.

Sources: NXP AN12196 §3.3 and §3.4 (PICC data, session keys, MAC, file data); AN10922 §2.2.1 (a key for each card from one
master); RFC 4493 (CMAC). AES mode; a chip in LRP mode mirrors 24 bytes of PICC data and fits no layout here.

It proves that the chip made this message, not that it is here now: docs/rules/cards.md, K4.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from server.membership.cards.reading import Reading, Unreadable

UID_BYTES = 7

_BLOCK = 16
_ZEROS = bytes(_BLOCK)
_PICC_TAG = 0xC7
"""UID and counter both mirrored, a UID of 7 bytes. Without one of them a tap names no card or could be taken twice."""
_MARKS = {
    "<picc>": "(?P<picc>[0-9A-F]{32})",
    "<uid>": "(?P<uid>[0-9A-F]{14})",
    "<ctr>": "(?P<ctr>[0-9A-F]{6})",
    "<mac>": "(?P<mac>)",
    "<cmac>": "(?P<cmac>[0-9A-F]{16})",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """How a batch of cards was set up: the query of its address, with marks where the chip writes.

    `<picc>` or else `<uid>` and `<ctr>`; `<enc>` for encrypted file data; `<mac>` where the MAC's input begins
    (SDMMACInputOffset), `<cmac>` where it ends and the MAC stands. With `<enc>` the input has to begin before it, or the
    file data would be unproved.

    query: as in "picc_data=<picc>&enc=<mac><enc>&cmac=<cmac>", without the question mark. enc_bytes: a multiple of 16.
    """

    query: str
    enc_bytes: int = 0
    pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        marks = re.findall("<[a-z]+>", self.query)
        inside = marks[marks.index("<mac>") :] if "<mac>" in marks else []
        if (
            sorted(set(marks) - {"<enc>"}) not in (["<cmac>", "<mac>", "<picc>"], ["<cmac>", "<ctr>", "<mac>", "<uid>"])
            or len(set(marks)) != len(marks)
            or inside[-1] != "<cmac>"
            or ("<enc>" in marks) != ("<enc>" in inside)
            or ("<enc>" in marks) != (self.enc_bytes > 0)
            or self.enc_bytes % _BLOCK
        ):
            raise ValueError("no layout of an NTAG 424 address")
        pattern = re.escape(self.query)
        for mark, group in {**_MARKS, "<enc>": f"(?P<enc>[0-9A-F]{{{2 * self.enc_bytes}}})"}.items():
            pattern = pattern.replace(mark, group)
        object.__setattr__(self, "pattern", re.compile(pattern))


@dataclass(frozen=True, slots=True)
class SessionKeys:
    """What the chip's file key becomes for one tap. Source: AN12196 §3.3, SV1 and SV2."""

    enc: bytes
    mac: bytes


def verify(query: str, *, layout: Layout, meta_key: bytes, file_key: Callable[[bytes], bytes]) -> Reading:
    """Judge the query of a tapped address. The caller takes each (card, counter) once and lets counters only rise.

    query: as it came, not decoded or put in order again: the MAC is over its characters.
    meta_key: 16 bytes, the organisation's (SDMMetaRead). Not used by layouts with a plain UID.
    file_key: the key of a UID (SDMFileRead): `diversified` with the organisation's master. Also asked for UIDs that no card
        has, which then costs the same.
    Raises Unreadable.
    """
    found = layout.pattern.fullmatch(query)
    if found is None:
        raise Unreadable("shape")
    said = found.groupdict()
    if "picc" in said:
        plain = _decrypt(meta_key, _ZEROS, bytes.fromhex(said["picc"]))
        is_card, uid, counter = plain[0] == _PICC_TAG, plain[1:8], plain[8:11]
    else:
        is_card, uid, counter = True, bytes.fromhex(said["uid"]), bytes.fromhex(said["ctr"])[::-1]
    session = session_keys(file_key(uid), uid, counter)
    covered = query[found.start("mac") : found.start("cmac")].encode()
    genuine = hmac.compare_digest(tag(session.mac, covered), bytes.fromhex(said["cmac"]))
    if not is_card:
        raise Unreadable("tag")
    if not genuine:
        raise Unreadable("mac")
    file = _file_data(session.enc, counter, bytes.fromhex(said["enc"])) if "enc" in said else None
    return Reading("ntag424", uid, counter=int.from_bytes(counter, "little"), file=file)


def diversified(master: bytes, uid: bytes, *, application: bytes, system: bytes) -> bytes:
    """The key of one card from a master of 16 bytes. Source: AN10922 §2.2.1 (AES-128).

    application: the AID. system: the organisation's system identifier. Both together 9 to 24 bytes, where the note's
    padding and plain CMAC are the same; shorter ones are refused instead of being padded differently.
    """
    message = b"\x01" + uid + application + system
    if len(uid) != UID_BYTES or not _BLOCK < len(message) <= 2 * _BLOCK:
        raise ValueError("uid, application or system has the wrong length")
    return cmac(master, message)


def session_keys(file_key: bytes, uid: bytes, counter: bytes) -> SessionKeys:
    """counter: 3 bytes, least significant first."""
    card = bytes.fromhex("00010080") + uid + counter
    return SessionKeys(enc=cmac(file_key, b"\xc3\x3c" + card), mac=cmac(file_key, b"\x3c\xc3" + card))


def tag(mac_key: bytes, covered: bytes) -> bytes:
    """The 8 bytes a chip shows of a MAC: every second one, from the second on. Source: AN12196 §3.4."""
    return cmac(mac_key, covered)[1::2]


def cmac(key: bytes, message: bytes) -> bytes:
    mac = CMAC(algorithms.AES128(key))
    mac.update(message)
    return mac.finalize()


def _file_data(enc_key: bytes, counter: bytes, encrypted: bytes) -> bytes:
    # One block of CBC from a zero vector is the single AES block the note asks for.
    encryptor = Cipher(algorithms.AES128(enc_key), modes.CBC(_ZEROS)).encryptor()
    start = encryptor.update(counter + bytes(_BLOCK - len(counter))) + encryptor.finalize()
    return _decrypt(enc_key, start, encrypted)


def _decrypt(key: bytes, start: bytes, encrypted: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES128(key), modes.CBC(start)).decryptor()
    return decryptor.update(encrypted) + decryptor.finalize()
