"""When two pictures look alike: 64-bit difference hashes, compared by the bits in which they differ. Pure.

A look is found again without reading all others: it is cut into four bands of 16 bits. Two looks that differ in at most 7
bits share a band that differs in at most one, so asking each band for its value and the 16 values beside it misses none.
"""

from __future__ import annotations

BITS = 16
ALIKE = 6
"""Two pictures are called alike up to this many different bits: the same slip photographed, packed or scaled again."""
MOST = 7
"""Bands find all looks up to this distance, and not all beyond it."""


def distance(one: int, other: int) -> int:
    """In how many of 64 bits two looks differ; 0 to 64."""
    return ((one ^ other) & 0xFFFF_FFFF_FFFF_FFFF).bit_count()


def bands(look: int) -> tuple[int, int, int, int]:
    """The four bands of a look, each from 0 to 65535."""
    whole = look & 0xFFFF_FFFF_FFFF_FFFF
    return whole >> 48, whole >> 32 & 0xFFFF, whole >> 16 & 0xFFFF, whole & 0xFFFF


def beside(band: int) -> tuple[int, ...]:
    """The band itself and all that differ from it in one bit."""
    return (band, *(band ^ 1 << place for place in range(BITS)))


def signed(look: int) -> int:
    """As databases keep it: a whole number of 64 bits with its sign."""
    return look - (1 << 64) if look >= 1 << 63 else look
