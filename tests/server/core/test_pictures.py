"""A picture from outside: what is taken, what is kept of it, and what a hostile one can do."""

from __future__ import annotations

import io
import os
import struct
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from server.core import looks, pictures
from server.core.pictures import FILE_PIXELS, FILE_TYPE, FILE_UNREADABLE, Taken, media_type_of, rewrite
from server.core.problems import BUSY, Refused
from tests.support.pictures import encoded, noise, photo, seen_again, slip


def kept(folder: Path, raw: bytes) -> tuple[Taken, Image.Image]:
    """What is told and what is kept of a picture."""
    (folder / "original").write_bytes(raw)
    with (folder / "original").open("rb", buffering=0) as original, (folder / "kept").open("w+b", buffering=0) as out:
        told = rewrite(original, out)
    picture = Image.open(io.BytesIO((folder / "kept").read_bytes()))
    picture.load()
    return told, picture


def refusal(folder: Path, raw: bytes) -> str:
    with pytest.raises(Refused) as raised:
        kept(folder, raw)
    return raised.value.code


@pytest.mark.parametrize(
    ("form", "mode", "options"),
    [
        ("JPEG", "RGB", {}),
        ("JPEG", "L", {}),
        ("JPEG", "CMYK", {}),
        ("JPEG", "RGB", {"progressive": True}),
        ("MPO", "RGB", {"save_all": True, "append_images": [noise(64, 48, 2)]}),
        ("PNG", "RGB", {}),
        ("PNG", "RGBA", {}),
        ("PNG", "LA", {}),
        ("PNG", "P", {}),
        ("PNG", "P", {"transparency": 0}),
        ("PNG", "1", {}),
        ("PNG", "RGB", {"save_all": True, "append_images": [noise(64, 48, 2)]}),
        ("WEBP", "RGB", {}),
        ("WEBP", "RGBA", {"lossless": True}),
        ("WEBP", "RGB", {"save_all": True, "append_images": [noise(64, 48, 2)]}),
    ],
)
def test_each_form_of_the_three_formats_is_taken(tmp_path: Path, form: str, mode: str, options: dict[str, Any]) -> None:
    told, picture = kept(tmp_path, encoded(noise(64, 48, mode="RGB").convert(mode), form, **options))
    assert told.media_type == {"MPO": "image/jpeg"}.get(form, f"image/{form.lower()}")
    assert (picture.format, picture.size) == ("JPEG", (64, 48))
    assert (told.width, told.height) == (64, 48)
    assert told.size == (tmp_path / "kept").stat().st_size


def test_sixteen_bits_of_grey_do_not_become_white(tmp_path: Path) -> None:
    raw = encoded(Image.new("I;16", (40, 40), 0x4000), "PNG")
    _, picture = kept(tmp_path, raw)
    level = picture.convert("L").getpixel((20, 20))
    assert level in range(0x3E, 0x43)


def test_what_lets_through_stands_on_white(tmp_path: Path) -> None:
    _, picture = kept(tmp_path, encoded(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "PNG"))
    assert picture.convert("L").getpixel((20, 20)) == 255


def test_nothing_is_kept_but_pixels(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x0112] = 6  # held upright: width and height change places
    original = noise(64, 48)
    raw = encoded(original, exif=exif, comment=b"SecretComment", icc_profile=b"SecretProfile" * 20) + b"<script>Secret"
    assert b"SecretCamera" in raw
    _, picture = kept(tmp_path, raw)
    rest = (tmp_path / "kept").read_bytes()
    assert b"Secret" not in rest
    assert b"script" not in rest
    assert picture.size == (48, 64)
    assert dict(picture.getexif()) == {}
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_broken_notes_of_a_camera_do_not_cost_the_picture(tmp_path: Path) -> None:
    _, picture = kept(tmp_path, encoded(noise(64, 48), exif=b"Exif\0\0II*\0\xff\xff\xff\x7f" + os.urandom(60)))
    assert picture.size == (64, 48)


def test_a_large_picture_is_made_smaller(tmp_path: Path) -> None:
    told, picture = kept(tmp_path, encoded(Image.new("RGB", (6000, 3000)), quality=50))
    assert picture.size == (told.width, told.height) == (4096, 2048)


# -- refused -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b"GIF89a" + bytes(40),
        b"\0\0\0\x18ftypheic" + bytes(40),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"RIFF\x10\0\0\0WAVE" + bytes(20),
    ],
)
def test_anything_else_is_refused_by_its_first_bytes(tmp_path: Path, raw: bytes) -> None:
    assert media_type_of(raw[:12]) is None
    assert refusal(tmp_path, raw) == FILE_TYPE.code


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG by hand, whose head says what one likes."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), *chunks, (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


@pytest.mark.parametrize(
    "raw",
    [
        photo()[:-400],
        photo()[:40],
        b"\xff\xd8\xff" + os.urandom(500),
        png(10, 10),
        png(10, 10, (b"IDAT", b"not zlib")),
        png(10, 10, (b"iCCP", b"x\0\0" + zlib.compress(bytes(200_000_000))), (b"IDAT", zlib.compress(bytes(110)))),
        encoded(noise(64, 48), "WEBP")[:-30],
        b"RIFF\xff\xff\xff\xffWEBPVP8 " + bytes(30),
    ],
    ids=["cut", "head only", "noise", "no pixels", "no zlib", "profile bomb", "cut webp", "empty webp"],
)
def test_what_only_begins_as_a_picture_is_refused(tmp_path: Path, raw: bytes) -> None:
    assert refusal(tmp_path, raw) == FILE_UNREADABLE.code


@pytest.mark.parametrize("side", [6400, 9000, 60_000])
def test_a_small_file_of_too_many_pixels_is_refused_at_once(tmp_path: Path, side: int) -> None:
    begun = time.monotonic()
    assert refusal(tmp_path, png(side, side, (b"IDAT", zlib.compress(bytes(1000))))) == FILE_PIXELS.code
    assert time.monotonic() - begun < 5


def test_a_picture_that_takes_too_much_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MEMORY_MIB", 160)
    assert refusal(tmp_path, encoded(Image.new("RGB", (6000, 6000)), "PNG", compress_level=1)) == FILE_UNREADABLE.code
    kept(tmp_path, photo())


def in_place_of_reading(patch: pytest.MonkeyPatch, folder: Path, deed: str) -> None:
    """Let the process do something else first, as one would whose decoder was taken over."""
    source = pictures._PROCESS.read_text("utf-8")
    changed = source.replace("with Image.open(sys.stdin.buffer", f"{deed}\n        with Image.open(sys.stdin.buffer")
    assert changed != source
    (folder / "process.py").write_text(changed, "utf-8")
    patch.setattr(pictures, "_PROCESS", folder / "process.py")


def test_a_picture_that_takes_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "CPU_SECONDS", 1)
    in_place_of_reading(monkeypatch, tmp_path, "while True: pass")
    assert refusal(tmp_path, photo()) == FILE_UNREADABLE.code


def test_a_process_that_the_machine_ends_is_not_the_pictures_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "WALL_SECONDS", 0.001)
    assert refusal(tmp_path, photo()) == BUSY.code


def test_a_picture_waits_for_the_one_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "WAIT_SECONDS", 0.01)
    with pictures._ONE_AT_A_TIME:
        assert refusal(tmp_path, photo()) == BUSY.code


@pytest.mark.parametrize(
    "deed",
    [
        "open('/etc/hostname')",
        "__import__('socket').socket()",
        pytest.param(
            "__import__('os').fork()",
            marks=pytest.mark.skipif(os.geteuid() == 0, reason="the system lets root have any number of children"),
        ),
        "sys.stdout.buffer.write(bytes(25 * MIB))",
        "bytearray(800 * MIB)",
    ],
)
def test_a_decoder_that_was_taken_over_gets_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: str) -> None:
    in_place_of_reading(monkeypatch, tmp_path, deed)
    assert refusal(tmp_path, photo()) == FILE_UNREADABLE.code


# -- looks -------------------------------------------------------------------------------------------------------------


def test_a_slip_passed_on_looks_like_itself_and_other_slips_do_not(tmp_path: Path) -> None:
    found = []
    for seed in range(10):
        picture = slip(seed)
        first, _ = kept(tmp_path, encoded(picture, quality=88))
        again, _ = kept(tmp_path, encoded(seen_again(picture), "PNG"))
        assert first.look is not None
        assert again.look is not None
        assert looks.distance(first.look, again.look) <= looks.ALIKE, seed
        found.append(first.look)
    near = [
        (one, other)
        for one in range(10)
        for other in range(one)
        if looks.distance(found[one], found[other]) <= looks.ALIKE
    ]
    assert near == []


@pytest.mark.parametrize("colour", ["white", "black", "grey"])
def test_a_plain_picture_is_like_nothing(tmp_path: Path, colour: str) -> None:
    told, _ = kept(tmp_path, encoded(Image.new("RGB", (300, 200), colour)))
    assert told.look is None


def test_the_same_picture_held_otherwise_looks_the_same(tmp_path: Path) -> None:
    """The look is of the picture as it is seen."""
    picture = slip(3)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = picture.transpose(Image.Transpose.ROTATE_90)
    first, _ = kept(tmp_path, encoded(picture, quality=90))
    again, _ = kept(tmp_path, encoded(turned, exif=exif, quality=90))
    assert first.look is not None
    assert again.look is not None
    assert looks.distance(first.look, again.look) <= 2


def test_hostile_bytes_of_every_kind_leave_the_parent_unharmed(tmp_path: Path) -> None:
    """A picture with one byte changed is a picture or it is refused; nothing else comes of it."""
    raw, outcomes = bytearray(encoded(noise(48, 48))), set()
    for place in range(0, len(raw), max(1, len(raw) // 12)):
        broken = bytes(raw[:place]) + bytes([raw[place] ^ 0xFF]) + bytes(raw[place + 1 :])
        try:
            told, _ = kept(tmp_path, broken)
            outcomes.add("kept" if told.width * told.height <= 40_000_000 else "too large")
        except Refused as refused:
            outcomes.add(refused.code)
    assert outcomes <= {"kept", FILE_TYPE.code, FILE_UNREADABLE.code, FILE_PIXELS.code}
    assert "kept" in outcomes
