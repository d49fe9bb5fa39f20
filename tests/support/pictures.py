"""Pictures for tests: made here, of any format and size, the same each time; and slips of paper as people photograph them."""

from __future__ import annotations

import hashlib
import io
import random
from typing import Any

from PIL import Image, ImageDraw, ImageEnhance


def encoded(picture: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    """As a file."""
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def noise(width: int, height: int, seed: int = 1, mode: str = "RGB") -> Image.Image:
    """A picture of coarse random spots, which no codec makes very small."""
    across, down = max(1, width // 8), max(1, height // 8)
    raw = random.Random(seed).randbytes(across * down * 3)
    return Image.frombytes("RGB", (across, down), raw).resize((width, height), Image.Resampling.BICUBIC).convert(mode)


def photo(seed: int = 1, width: int = 320, height: int = 240) -> bytes:
    """A small JPEG."""
    return encoded(noise(width, height, seed), quality=85)


def heavy(seed: int = 1, size: int = 2_000_000) -> bytes:
    """A JPEG of about that many bytes that is quick to read: most of them stand behind its end."""
    raw = photo(seed)
    return raw + random.Random(seed).randbytes(size - len(raw))


def slip(seed: int, width: int = 900, height: int = 1400) -> Image.Image:
    """A photographed slip: a sheet of its own size and place on a table, with lines of its own lengths."""
    draw_from = random.Random(seed)
    table = tuple(draw_from.randint(40, 160) for _ in range(3))
    picture = Image.new("RGB", (width, height), table)
    draw = ImageDraw.Draw(picture)
    left, top = draw_from.randint(20, 220), draw_from.randint(20, 260)
    right, bottom = width - draw_from.randint(20, 220), height - draw_from.randint(20, 400)
    draw.rectangle((left, top, right, bottom), fill=(245, 243, 238))
    y = top + 40
    while y < bottom - 60:
        length = draw_from.randint(80, max(90, right - left - 60))
        tall = draw_from.choice((12, 12, 18, 34))
        draw.rectangle((left + 30, y, left + 30 + length, y + tall), fill=(30, 30, 34))
        y += tall + draw_from.randint(14, 60)
    return picture


def seen_again(picture: Image.Image) -> Image.Image:
    """The same as a messenger passes it on: smaller, lighter, packed again."""
    smaller = picture.resize((picture.width * 3 // 5, picture.height * 3 // 5))
    lighter = ImageEnhance.Brightness(smaller).enhance(1.1)
    return Image.open(io.BytesIO(encoded(lighter, quality=60)))


def sha256(raw: bytes) -> str:
    """As files are named."""
    return hashlib.sha256(raw).hexdigest()


def pdf(text: bytes = b"contract", table: bytes = b"xref") -> bytes:
    """A small PDF. table: what stands where its table of contents should."""
    body = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\n" + text + b"\nendobj\n"
    rest = table + b"\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R >>\n"
    return body + rest + b"startxref\n%d\n%%%%EOF\n" % len(body)
