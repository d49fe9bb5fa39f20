"""A process of its own that judges one picture and writes it anew. Run by path; nothing of the product is imported.

Standard input: the original, a file. Standard output: a file for the picture that is kept, a JPEG without anything but its
pixels. Standard error: a file for one JSON object, `{"width", "height", "look"}` or `{"refused": "pixels" | "unreadable"}`.
Arguments: most pixels, longest side of what is kept, megabytes of memory, seconds of processor time, megabytes to write.

What reads hostile bytes has little to misuse: no files beyond these three, no children, bounded memory, time and output.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import warnings

from PIL import Image, ImageOps

# Brought in now: later nothing can be opened any more.
from PIL import JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin  # isort: skip # noqa: F401

Image.preinit()

FORMATS = ("JPEG", "PNG", "WEBP")
ORIENTATION = 0x0112
PLAIN = 16
"""Levels of grey between the lightest and the darkest part of a picture too plain to be compared with others."""
MIB = 1024 * 1024


def confine(memory: int, seconds: int, written: int) -> None:
    """Give up what reading a picture does not need. memory, written: megabytes."""
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # so that it ends by a signal of its own: SIGXCPU
    limits = [
        (resource.RLIMIT_FSIZE, written * MIB),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 3),
        (resource.RLIMIT_NPROC, 0),
    ]
    if sys.platform == "linux":  # elsewhere the system knows this limit and does not keep it
        limits.append((resource.RLIMIT_AS, memory * MIB))
    for kind, most in limits:
        resource.setrlimit(kind, (most, most))


def opaque(picture: Image.Image) -> Image.Image:
    """In grey or colour, with white behind what lets through."""
    if picture.mode.startswith("I"):  # 16 bits a pixel: the upper eight, where `convert` would cut at 255
        return picture.point(lambda level: level * (1 / 256)).convert("L")
    if picture.mode in ("L", "RGB"):
        return picture
    if picture.mode not in ("LA", "La", "PA", "RGBA", "RGBa") and "transparency" not in picture.info:
        return picture.convert("RGB")
    front = picture.convert("RGBA")
    back = Image.new("RGB", front.size, "white")
    back.paste(front, mask=front.getchannel("A"))
    return back


def upright(picture: Image.Image) -> Image.Image:
    """Turned as its camera says it was held; what cannot be read about that counts as nothing said."""
    with contextlib.suppress(Exception):
        return ImageOps.exif_transpose(picture)
    return picture


def look_of(picture: Image.Image) -> int | None:
    """The difference hash: for each of 8 × 8 places, whether it is lighter than the one below it.

    Below and not beside it: slips differ in their lines. Of 780 pairs of made slips the nearest two differ in 11 bits this
    way and in 3 the other, and a slip that was made smaller, lighter and packed again from itself in at most 3.
    """
    grey = picture.convert("L").resize((8, 9), Image.Resampling.LANCZOS)
    levels = grey.tobytes()
    if max(levels) - min(levels) < PLAIN:
        return None
    look = 0
    for place in range(64):
        look = look << 1 | (levels[place] > levels[place + 8])
    return look


def rewrite(most_pixels: int, longest_side: int) -> dict[str, object]:
    """Judge what stands on standard input and write it anew to standard output."""
    Image.MAX_IMAGE_PIXELS = most_pixels
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(sys.stdin.buffer, formats=FORMATS) as original:
            original.thumbnail((longest_side, longest_side))
            original.load()  # damage shows here; later it might be taken for something that may be passed over
            kept = opaque(upright(original))
        kept.info.clear()  # a comment in it would be written again
        kept.save(sys.stdout.buffer, "JPEG", quality=85)
        sys.stdout.buffer.flush()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return {"refused": "pixels"}
    except Exception:  # noqa: BLE001 (whatever a decoder makes of hostile bytes)
        return {"refused": "unreadable"}
    return {"width": kept.width, "height": kept.height, "look": look_of(kept)}


if __name__ == "__main__":
    pixels, side, *bounds = (int(each) for each in sys.argv[1:])
    confine(*bounds)
    sys.stderr.write(json.dumps(rewrite(pixels, side)))
