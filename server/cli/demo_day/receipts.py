"""The day's receipts: photographed where there is no network, named by their hashes on claims, sent when there is a line again."""

from __future__ import annotations

import hashlib
import io
import json
import random
from collections.abc import Iterator
from datetime import date

from PIL import Image, ImageDraw

from server.cli.demo_day.line import Fate
from server.cli.demo_day.people import Carrier
from server.cli.demo_day.scene import Cast, Day, Finding, Say
from server.cli.demo_day.uploading import PART, send_picture

WIDTH, HEIGHT = 1200, 1800
_CUTS: tuple[Fate, ...] = ("answer-lost", "good", "broken-off", "cut", "twice", "answer-lost", "broken-off")
"""What befalls the beginning of the upload and its parts; after them the line is good."""


def photographed(on: date, amount_minor: int) -> bytes:
    """A slip of paper on a table as a camera sees it, another each time: a JPEG of about a megabyte."""
    noise = Image.effect_noise((WIDTH, HEIGHT), 60).convert("RGB")
    picture = Image.new("RGB", (WIDTH, HEIGHT), (90, 80, 70))
    draw = ImageDraw.Draw(picture)
    left, top = random.randint(40, 200), random.randint(40, 240)  # noqa: S311 (no secret)
    right, bottom = WIDTH - random.randint(40, 200), HEIGHT - random.randint(40, 300)  # noqa: S311
    draw.rectangle((left, top, right, bottom), fill=(245, 243, 238))
    draw.text((left + 40, top + 40), f"TAXI  {on}\nCNY {amount_minor / 100:.2f}", fill="black", font_size=44)
    for y in range(top + 200, bottom - 60, 60):
        draw.rectangle((left + 40, y, random.randint(left + 120, right - 40), y + 18), fill=(30, 30, 34))  # noqa: S311
    buffer = io.BytesIO()
    Image.blend(picture, noise, 0.4).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def snapped() -> bytes:
    """A small picture, another each time."""
    buffer = io.BytesIO()
    Image.effect_noise((320, 480), random.uniform(40, 60)).convert("RGB").save(buffer, "JPEG")  # noqa: S311 (no secret)
    return buffer.getvalue()


def sha256(raw: bytes) -> str:
    """As rows name a picture."""
    return hashlib.sha256(raw).hexdigest()


def send_receipt(cast: Cast, day: Day, say: Say) -> None:
    """The picture goes up after the data, over a line that breaks in the middle of its parts."""
    line = cast.li.line
    line.counted.clear()
    day.upload, day.resumed = send_picture(cast.li, day.receipt, iter(_CUTS))
    line.mend()
    say(
        "19:08",
        f"The receipt's picture goes up ({len(day.receipt) // 1024} KB, {sum(line.counted.values())} requests); "
        f"{line.counted['broken-off']} parts are cut off in the middle, and it goes on from there.",
    )
    for place, photo in enumerate(day.photos):
        fates: tuple[Fate, ...] = (("good", "answer-lost"), ("cut", "good"), ("good", "good"))[place % 3]
        day.uploads.append(send_picture(cast.li, photo, iter(fates))[0])
    line.mend()
    say("19:09", f"And {len(day.photos)} more, one after the other, with lost requests and lost answers.")


def reckon_receipt(cast: Cast, day: Day) -> Iterator[Finding]:
    """The picture that arrived is the one that the claim's line names, and opens to whoever decides about it."""
    hashed = sha256(day.receipt)
    _, _, answer = cast.li.send("GET", day.upload, {"tus-resumable": "1.0.0"})
    there = json.loads(answer)
    found = tuple(there.get(name) for name in ("state", "size", "sha256"))
    yield Finding("receipt: the picture arrived whole, byte for byte", ("arrived", len(day.receipt), hashed), found)
    halves = [each for each in day.resumed if each <= PART // 2]
    yield Finding("  what had come of a part that was cut off was kept", True, bool(halves))
    parts = (row for row in cast.jie.phone.rows("approvals").values() if row["case_id"] == day.claim)
    named = [line["receipt_sha256"] for part in parts for line in part["content"]["lines"]]
    yield Finding("  and is the one that was decided about", {None, hashed}, set(named))
    opened = [_opened(carrier, hashed) for carrier in (cast.jie, cast.min)]
    yield Finding("  jie.chen opens it; min.zhao, whom it does not concern, does not", [(WIDTH, HEIGHT), None], opened)


def reckon_photos(cast: Cast, day: Day) -> Iterator[Finding]:
    """Each photo arrived once, and is the one that its line of the claim names."""
    answers = [json.loads(cast.li.send("GET", each, {"tus-resumable": "1.0.0"})[2]) for each in day.uploads]
    hashes = sorted(sha256(each) for each in day.photos)
    yield Finding(
        "photos that arrived, each once",
        hashes,
        sorted(each["sha256"] for each in answers if each["state"] == "arrived"),
    )
    claim = cast.desk.get(f"/api/v1/expenses/claims/{day.trips}")
    named = sorted(line["receipt_sha256"] for line in claim["lines"])
    yield Finding(
        "  and named by the claim, which is before whoever decides", ("submitted", hashes), (claim["state"], named)
    )


def _opened(carrier: Carrier, hashed: str) -> tuple[int, int] | None:
    """The size of the picture that this phone is shown; None when there is none for it."""
    status, _, answer = carrier.send("GET", f"/api/v1/files/{hashed}")
    if status != 200:
        return None
    with Image.open(io.BytesIO(answer)) as picture:
        return picture.size
