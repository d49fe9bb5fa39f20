"""The keys that a name is found by: each of its ends, as written, as read, and by the first letters of what is read. Pure.

A search text is found when a key begins with it, so "part of a name" is a range of an index. The handheld makes the same keys
(handheld/src/app/customers/directory.ts; cases: tests/server/customers/cases/sounds.json). Source: docs/rules/customers.md, C32.
"""

from __future__ import annotations

from collections.abc import Iterator

KEY_LONG = 24
"""Characters of a key; of a search text no more are compared."""
READINGS_MOST = 8
"""Readings of one name that are kept, when several of its characters have more than one."""


def keys_of(name: str, reading: str | None) -> set[str]:
    """All keys of a name. name: as `rules.name_key` makes it. reading: as `sound.reading_of` does."""
    return {key[:KEY_LONG] for key in _ends(_plain(name))} | {
        key[:KEY_LONG] for read in readings(reading) for key in _sounds(read)
    }


def sought_key(name: str) -> str:
    """What a search text has to be the beginning of a key as. Empty when nothing is left of it."""
    return _plain(name)[:KEY_LONG]


def readings(reading: str | None) -> list[list[str]]:
    """The ways in which a name is read, READINGS_MOST at most, each as its syllables."""
    found: list[list[str]] = [[]]
    for syllable in reading.split(" ") if reading else ():
        choices = syllable.split("/")
        if len(found) * len(choices) > READINGS_MOST:
            choices = choices[:1]
        found = [[*before, choice] for before in found for choice in choices]
    return found if reading else []


def _plain(name: str) -> str:
    """Without spaces; ü is v, as pinyin is typed."""
    return name.replace(" ", "").replace("ü", "v")


def _ends(text: str) -> Iterator[str]:
    return (text[start:] for start in range(len(text)))


def _sounds(syllables: list[str]) -> Iterator[str]:
    for start in range(len(syllables)):
        yield "".join(syllables[start:])
        if start + 1 < len(syllables):  # one letter begins the syllable itself
            yield "".join(each[0] for each in syllables[start:])
