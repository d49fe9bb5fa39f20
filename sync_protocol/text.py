"""Cleaning of text that is not plainly printable and normal: what is mended silently and what is refused."""

import re
from unicodedata import combining, normalize

from sync_protocol.codes import FORBIDDEN_CHARACTER, TEXT_TOO_LONG, WireError

# Direction overrides, embeddings and isolates (and the byte order mark) are taken out, not refused: phone numbers copied
# from address books come wrapped in them, the person can not see what to mend, and kept they would let a stored name
# turn the text around it. The harmless direction marks U+200E, U+200F, U+061C stay.
_INVISIBLE = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
_NEWLINES = re.compile("\r\n|[\r\u2028\u2029]")

# Control characters (a NUL can not be stored in PostgreSQL, an escape rewrites a terminal's log), lone surrogates (not
# encodable) and noncharacters (not allowed in XML, so no spreadsheet could be exported).
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_BAD_IN_NOTE = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{_NONCHARACTERS}]")
_BAD_IN_LINE = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff{_NONCHARACTERS}]")

# UAX #15 "stream-safe text": no language needs more marks on one letter, and sorting long runs of them is quadratic.
_LONGEST_RUN_OF_MARKS = 30
# Decomposed text (macOS file names, Vietnamese, Hangul) shrinks to a third at most.
_DECOMPOSED = 4


def clean_text(text: str, max_length: int, *, multiline: bool) -> str:
    """Return the text to store: NFC, newlines as \\n, invisible direction controls gone. Idempotent.

    max_length: in code points, counted in the result. Raises WireError TEXT_TOO_LONG or FORBIDDEN_CHARACTER.
    """
    if len(text) > _DECOMPOSED * max_length:
        raise WireError(TEXT_TOO_LONG, max=max_length)
    text = _NEWLINES.sub("\n", _INVISIBLE.sub("", text))
    found = (_BAD_IN_NOTE if multiline else _BAD_IN_LINE).search(text)
    if found:
        raise WireError(FORBIDDEN_CHARACTER, character=f"U+{ord(found.group()):04X}")
    if not text.isascii():
        _refuse_piled_marks(text)
        text = normalize("NFC", text)
    if len(text) > max_length:
        raise WireError(TEXT_TOO_LONG, max=max_length)
    return text


def _refuse_piled_marks(text: str) -> None:
    run = 0
    for character in text:
        run = run + 1 if combining(character) else 0
        if run > _LONGEST_RUN_OF_MARKS:
            raise WireError(FORBIDDEN_CHARACTER, character=f"U+{ord(character):04X}")
