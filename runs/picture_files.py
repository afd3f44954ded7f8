"""Picture files of the user's own: reading one of whatever kind it is, and writing a PNG."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from runs.data.decoding import decode_strictly
from runs.data.pixels import Pixels
from runs.disk import write_whole
from runs.errors import DataError, StoreError, UsageError
from runs.storage.output_paths import RESULT
from runs.text import count_words

#: The most that is taken on, in pixels: the largest sensors of phones have as many.
MOST_PIXELS = 200_000_000
#: The most bytes that are read from a pipe.
MOST_BYTES = 1 << 30
#: Formats that Pillow decodes by itself; others would start other programs.
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
#: Endings of the files that are taken from a folder.
ENDINGS = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".gif", ".tif", ".tiff")
#: Brands of the ISO base media file format (ISO/IEC 23008-12) -> format of the picture, and what converts it.
BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), ("AVIF", "avifdec PHOTO.avif PHOTO.png")),
    **dict.fromkeys(
        (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"),
        (
            "HEIC",
            "heif-convert PICTURE.heic PICTURE.jpg, or on macOS: sips -s format png PICTURE.heic --out PICTURE.png",
        ),
    ),
}
SVG = ("SVG", "rsvg-convert -o DRAWING.png DRAWING.svg, or: inkscape --export-type=png DRAWING.svg")


@dataclass(frozen=True)
class Picture:
    """A picture as it is to be seen.

    Attributes:
        pixels: (H, W, 3) uint8, upright.
        notes: what of the file was left out or changed, a sentence each.
    """

    pixels: Pixels
    notes: tuple[str, ...] = ()


def read_picture(source: Path | BinaryIO) -> Picture:
    """Read a picture file, or one that comes through a pipe, as it is to be seen: turned upright by its EXIF
    orientation, on white where it is transparent, with eight bits a channel, and the first of several frames.

    Raises:
        UsageError: there is no such file.
        DataError: it is not a picture, of a format that is not taken, or too large.
    """
    name = str(source) if isinstance(source, Path) else "the standard input"
    if isinstance(source, Path):
        check_picture_is_there(source)
    content = source if isinstance(source, Path) else _read_pipe(source)
    try:
        with warnings.catch_warnings(), decode_strictly(), _allow_any_size():
            warnings.simplefilter("ignore")  # of damaged tags that nothing is taken from
            with Image.open(content, formats=FORMATS) as image:
                check_size(image.width, image.height, name)
                return _decode(image, name)
    except DataError:
        raise
    except Exception as error:  # a hostile picture raises whatever its decoder happens to meet
        raise DataError(_describe_failure(error, content, name)) from error


def check_picture_is_there(path: Path) -> None:
    """Refuse the name of a picture where there is no file.

    Raises:
        UsageError: there is none, or a folder or device.
    """
    if not path.is_file():
        raise UsageError(f"Expected a picture at {path}, but there is no plain file. Name a PNG or JPEG file.")


def _decode(image: Image.Image, name: str) -> Picture:
    """The first frame of an opened picture; ``name`` is for messages."""
    notes = []
    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        notes.append(f"{name} holds {count_words(frames, 'picture')}: the first one is taken.")
    upright = _turn_upright(image)
    if upright.mode.startswith("I;16") or (upright.mode == "I" and image.format == "PNG"):
        levels = np.asarray(upright).astype(np.int64) >> 8  # the upper eight bits, as Pillow takes of 16-bit colour
        return Picture(np.repeat(levels.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2), tuple(notes))
    if upright.mode.startswith(("I", "F")):
        raise DataError(
            f"Expected at most 16 bits a channel in {name}, got more (mode {upright.mode}). Convert it and try again."
        )
    if upright.has_transparency_data:
        colours = upright.convert("RGBA")
        lowest = colours.getchannel("A").getextrema()[0]
        if lowest != 255:
            notes.append(f"{name} is transparent in places: these are taken as white.")
            white = Image.new("RGBA", colours.size, "white")
            white.alpha_composite(colours)
            upright = white
    return Picture(np.asarray(upright.convert("RGB")), tuple(notes))


def _turn_upright(image: Image.Image) -> Image.Image:
    """The picture as its EXIF orientation says; as it is stored where its EXIF data are damaged."""
    image.load()
    with suppress(Exception):  # whatever damaged tags raise; the pixels are decoded already
        return ImageOps.exif_transpose(image)
    return image


def check_size(width: int, height: int, name: str) -> None:
    """Refuse a picture that is too large.

    Raises:
        DataError: it has more than :data:`MOST_PIXELS`.
    """
    if width * height > MOST_PIXELS:
        raise DataError(
            f"Expected a picture of at most {MOST_PIXELS // 10**6} million pixels, got {width}×{height} in {name}. "
            "Make it smaller and try again."
        )


@contextmanager
def _allow_any_size() -> Iterator[None]:
    """Pillow warns of pictures above a bound of its own, which is below ours."""
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _read_pipe(stream: BinaryIO) -> BinaryIO:
    """All that comes through a pipe.

    Raises:
        DataError: it is more than a picture of ours can be.
    """
    content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise DataError(f"Expected a picture of at most {MOST_BYTES} bytes from the standard input, got more.")
    return io.BytesIO(content)


def _describe_failure(error: Exception, content: Path | BinaryIO, name: str) -> str:
    """Why a file cannot be read as a picture: a format that is not taken is named, with what converts it."""
    if isinstance(content, Path):
        with suppress(OSError), content.open("rb") as file:
            known = recognize_format(file.read(1024))
    else:
        content.seek(0)
        known = recognize_format(content.read(1024))
    if known:
        return f"Expected a PNG, JPEG, WebP, BMP, GIF or TIFF file, but {name} is {known[0]}. Convert it: {known[1]}"
    reason = "not a picture, or damaged" if isinstance(error, UnidentifiedImageError) else str(error).rstrip(".")
    return f"Expected a picture at {name}, but: {reason}. Name a PNG or JPEG file."


def recognize_format(head: bytes) -> tuple[str, str] | None:
    """The name of a format that is not taken and the command that converts it, by the first bytes of a file."""
    if head[4:8] == b"ftyp":
        brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(int.from_bytes(head[:4]), 256), 4))]
        return next((BRANDS[brand] for brand in BRANDS if brand in brands), None)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return SVG if text.startswith((b"<svg", b"<?xml", b"<!doctype svg")) and b"<svg" in text else None


def list_pictures(named: Iterable[Path]) -> list[Path]:
    """The pictures that were named; of a folder those that lie straight in it, in the order of their names, without
    what this program made of them.

    Raises:
        UsageError: there is no such file, or a folder holds no picture.
    """
    found: list[Path] = []
    for path in named:
        if not path.is_dir():
            check_picture_is_there(path)
            found.append(path)
            continue
        inside = sorted(
            file for file in path.iterdir() if file.suffix.lower() in ENDINGS and not file.name.endswith(RESULT)
        )
        if not inside:
            raise UsageError(
                f"Expected pictures in the folder {path}, found none that ends in {', '.join(ENDINGS)}. Name another "
                "folder, or the pictures themselves."
            )
        found += inside
    return found


def encode_png(picture: Pixels) -> bytes:
    """A picture (H, W, 3) uint8 as the bytes of a PNG file."""
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG")
    return content.getvalue()


def save_png(picture: Pixels, path: Path) -> None:
    """Write a picture (H, W, 3) uint8 as a PNG file: whole or not at all.

    Raises:
        UsageError: something else than a file has that name: a folder, or a device, which would be gone.
        StoreError: it cannot be written.
    """
    content = encode_png(picture)
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"Expected to write a file, but {path} is no plain file. Name another one with --out.")
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        raise StoreError(
            f"Expected to write {path}, but: {error.strerror or error}. Free space or allow writing there, or "
            "name another file with --out."
        ) from error
