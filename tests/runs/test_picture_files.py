"""Picture files of the user's own: hostile ones, turned ones, transparent ones, and those of other formats."""

from __future__ import annotations

import errno
import io
import os
import struct
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFile

from runs.disk import use_disk
from runs.errors import DataError, StoreError, UsageError
from runs.picture_files import list_pictures, read_picture, save_png
from tests.runs.disks import Failing


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, more: bytes = b"", last: bytes = b"") -> bytes:
    """A PNG of black pixels, eight rows at most, with further chunks before and after its pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes((3 * 8 + 1) * 8))
    parts = (chunk(b"IHDR", head), more, chunk(b"IDAT", rows), last, chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


TEXT_BOMB = chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(64 << 20)))
PROFILE_BOMB = chunk(b"iCCP", b"k\0\0" + zlib.compress(bytes(64 << 20)))


def saved(mode: str, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 10, 10)).convert(mode).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        png(60_000, 60_000), png(2**31 - 1, 1), png(2**32 - 1, 2**32 - 1), png(0, 0), png(3400, 3400), png(4000, 4000),
        png(8, 8, TEXT_BOMB), png(8, 8, last=TEXT_BOMB), png(8, 8, PROFILE_BOMB), b"", b"no picture",
        saved("RGB")[:50], saved("RGB", "JPEG")[:400], saved("I", "TIFF"), saved("F", "TIFF"),
    ],
    ids=[
        "wide and high", "wide", "largest", "none", "cut short", "too many pixels", "text", "text at the end",
        "profile", "empty", "no picture", "half PNG", "half JPEG", "16 bits", "floats",
    ],
)  # fmt: skip
def test_hostile_picture_is_refused_with_its_name_and_within_bounds(
    tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint does
    path = tmp_path / "hostile.png"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"hostile\.png.*\. \w") as caught:
            read_picture(path)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.exit_code == 1
    assert most < 64 << 20


@pytest.mark.parametrize("mode", ["RGB", "L", "LA", "P", "1", "RGBA"])
def test_picture_of_any_mode_of_eight_bits_is_read(tmp_path: Path, mode: str) -> None:
    (tmp_path / "picture.png").write_bytes(saved(mode))
    assert read_picture(tmp_path / "picture.png").pixels.shape == (8, 8, 3)


def test_first_picture_of_a_moving_one_and_one_for_print_are_read(tmp_path: Path) -> None:
    more = [Image.new("RGB", (8, 8))] * 3
    for kind in ("GIF", "PNG", "WEBP"):
        (tmp_path / "moving").write_bytes(saved("RGB", kind, save_all=True, append_images=more))
        assert read_picture(tmp_path / "moving").pixels[0, 0, 0] > 150
    (tmp_path / "print").write_bytes(saved("CMYK", "JPEG"))
    assert read_picture(tmp_path / "print").pixels.shape == (8, 8, 3)


def test_only_files_are_written_and_nothing_else_is_replaced(tmp_path: Path) -> None:
    picture = np.zeros((2, 2, 3), np.uint8)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe", ".", ""):
        with pytest.raises(UsageError, match="--out"):
            save_png(picture, tmp_path / name)
    (tmp_path / "file").write_text("x")
    for name in ("file/below.png", "n" * 300):
        with pytest.raises(StoreError, match="--out"):
            save_png(picture, tmp_path / name)
    for number in (errno.ENOSPC, errno.EIO, errno.EACCES):
        for at in range(6):  # create, two halves, sync, close, rename
            with pytest.raises(StoreError, match=r"--out"), use_disk(Failing(at, number)):
                save_png(picture, tmp_path / "file")
            assert (tmp_path / "file").read_text() == "x"
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "pipe", "file"}
    save_png(picture, tmp_path / "new" / "picture.png")
    assert read_picture(tmp_path / "new" / "picture.png").pixels.shape == (2, 2, 3)


#: A picture whose four corners differ, by (row, column).
CORNERS = np.zeros((16, 32, 3), np.uint8)
CORNERS[:8, :16], CORNERS[:8, 16:], CORNERS[8:, :16], CORNERS[8:, 16:] = 40, 100, 160, 220
#: EXIF orientation -> how the stored picture is made of the upright one (TIFF 6.0, tag 274).
STORED = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, 1),
    7: lambda a: a.transpose(1, 0, 2)[::-1, ::-1],
    8: lambda a: np.rot90(a, -1),
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", STORED)
def test_picture_is_upright_whatever_its_orientation_says(tmp_path: Path, orientation: int, kind: str) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](CORNERS)))
    stored.save(tmp_path / "turned", kind, exif=exif)
    pixels = read_picture(tmp_path / "turned").pixels
    assert pixels.shape == CORNERS.shape
    assert np.abs(pixels[4::8, 8::16].astype(int) - CORNERS[4::8, 8::16]).max() < 12


def test_damaged_exif_leaves_the_picture_as_it_is_stored(tmp_path: Path) -> None:
    Image.fromarray(CORNERS).save(tmp_path / "a.jpg", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + bytes(40))
    assert read_picture(tmp_path / "a.jpg").pixels.shape == CORNERS.shape


def test_transparency_is_white_and_told(tmp_path: Path) -> None:
    drawn = np.zeros((4, 4, 4), np.uint8)
    drawn[:2, :, 3] = 255
    Image.fromarray(drawn, "RGBA").save(tmp_path / "clear.png")
    read = read_picture(tmp_path / "clear.png")
    assert (read.pixels[0, 0].tolist(), read.pixels[3, 3].tolist()) == ([0, 0, 0], [255, 255, 255])
    assert any("transparent in places" in note for note in read.notes)
    drawn[..., 3] = 255
    Image.fromarray(drawn, "RGBA").save(tmp_path / "opaque.png")
    assert read_picture(tmp_path / "opaque.png").notes == ()


def test_later_frames_are_told(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), (shade, 0, 0)) for shade in (200, 90)]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    read = read_picture(tmp_path / "moving.gif")
    assert read.pixels[0, 0, 0] > 150
    assert any("holds 2 pictures: the first one is taken" in note for note in read.notes)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_grey_of_16_bits_is_taken_as_colour_of_16_bits_is(tmp_path: Path, kind: str) -> None:
    levels = np.array([[0, 255, 256, 32768, 65535]], np.uint16)
    Image.fromarray(levels).save(tmp_path / "deep", kind)
    pixels = read_picture(tmp_path / "deep").pixels
    assert pixels[0].tolist() == [[level >> 8] * 3 for level in levels[0].tolist()]


@pytest.mark.parametrize(
    ("content", "named", "mend"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64), "HEIC", "heif-convert"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif" + bytes(64), "AVIF", "avifdec"),
        (b"\0\0\0\x20ftypavif\0\0\0\0avifmif1" + bytes(64), "AVIF", "avifdec"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG", "rsvg-convert"),
        (b"\xef\xbb\xbf<svg/>", "SVG", "inkscape"),
    ],
)
def test_format_that_is_not_taken_is_named_with_what_converts_it(
    tmp_path: Path, content: bytes, named: str, mend: str
) -> None:
    (tmp_path / "picture.jpg").write_bytes(content)
    for source in (tmp_path / "picture.jpg", io.BytesIO(content)):
        with pytest.raises(DataError, match=f"is {named}. Convert it: .*{mend}"):
            read_picture(source)


def test_folder_gives_its_pictures_without_what_was_made_of_them(tmp_path: Path) -> None:
    for name in ("b.PNG", "a.jpg", "a-coloured.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in list_pictures([tmp_path])] == ["a.jpg", "b.PNG"]
    with pytest.raises(UsageError, match="no plain file"):
        list_pictures([tmp_path / "missing.png"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="Expected pictures in the folder"):
        list_pictures([tmp_path / "empty"])
