"""A folder ``train/<category>/``, ``test/<category>/`` of small pictures in, uint8 arrays out.

Pictures come from anywhere, so each is held to size, mode and format before its pixels are decoded, and
nothing outside the folder is read.
"""

from __future__ import annotations

import io
import os
import time
import warnings
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from runs.data.decoding import decode_strictly
from runs.data.pixels import Pixels
from runs.errors import DataError

SUFFIXES = (".png", ".jpg", ".jpeg")
FORMATS = ("PNG", "JPEG")
SIDE = 32  # pixels
#: Most entries of one part's folder.
MOST_FILES = 200_000
#: Most entries of a part that are looked through for the category.
MOST_CATEGORIES = 10_000
#: Largest file. A 32×32 picture takes some kilobytes, with a colour profile some hundred.
MOST_BYTES = 4 << 20

#: Seconds that reading all pictures may take: more than a full folder takes on a slow disk.
MOST_SECONDS = 300.0

LAYOUT = "train/<category>/*.png|jpg|jpeg and test/<category>/*.png|jpg|jpeg, 32×32 pixels, RGB"


def read_folder(folder: Path, category: str) -> tuple[Pixels, Pixels]:
    """Training and test pictures of one category, (N, 32, 32, 3) and (M, 32, 32, 3) uint8, sorted by name.

    Raises:
        DataError: the folder, a part or the category is missing or empty, or a picture is of another size,
            mode or format, unreadable, or a link that leads out of the folder. The text names the file. Or reading
            them all takes longer than ``MOST_SECONDS``; memory is bounded by ``MOST_FILES`` of 3 kB each.
    """
    begun = time.monotonic()
    if not folder.is_dir():
        came = "that is no folder" if folder.exists() else "there is no such folder"
        raise DataError(f"Expected a folder of pictures at {folder}, but {came}. Give one with {LAYOUT}.")
    try:
        train_files, test_files = (_list_pictures(folder, part, category) for part in ("train", "test"))
    except OSError as error:
        raise DataError(f"Expected to look through {folder}, got: {error}. Make it readable to you.") from None
    return _read_all_pixels(train_files, folder, begun), _read_all_pixels(test_files, folder, begun)


def _read_all_pixels(files: list[Path], folder: Path, begun: float) -> Pixels:
    """(N, 32, 32, 3) uint8, in the order of the files; one picture at a time is held beside them."""
    pictures = np.empty((len(files), SIDE, SIDE, 3), np.uint8)
    for number, file in enumerate(files):
        pictures[number] = _read_pixels(file)
        if time.monotonic() - begun > MOST_SECONDS:
            raise DataError(
                f"Expected to read {folder} within {MOST_SECONDS:g} s, got as far as {file}, number {number + 1} of "
                f"{len(files)}. Copy the folder to a faster disk, or give one with a part of the pictures."
            )
    return pictures


def _list_pictures(folder: Path, part: str, category: str) -> list[Path]:
    """The files of one category and part, sorted by name, none of them outside the folder."""
    home = folder.resolve()
    if not (home / part).is_dir():
        raise DataError(
            f'Expected a folder "{part}" in {folder}, found {_list_names(home) or "nothing"}. Arrange it as {LAYOUT}.'
        )
    _list_inside(home / part, home)
    categories = [entry.name for entry in sorted(islice((home / part).iterdir(), MOST_CATEGORIES)) if entry.is_dir()]
    if category not in categories:
        there = ", ".join(categories[:20]) or "none"
        raise DataError(
            f'Expected a category "{category}" in {folder / part}, found: {there}. Name one of them with --category.'
        )
    place = home / part / category
    _list_inside(place, home)
    with os.scandir(place) as entries:
        found = list(islice(entries, MOST_FILES + 1))
    if len(found) > MOST_FILES:
        raise DataError(
            f"Expected at most {MOST_FILES:,} files in {place}, found more. Give a folder with a part of them."
        )
    files = []
    for entry in found:
        if not entry.name.lower().endswith(SUFFIXES) or entry.name.startswith("."):
            continue
        if entry.is_symlink():
            _list_inside(Path(entry.path), home)
        if not entry.is_file():
            raise DataError(f"Expected a picture, found something that is no plain file: {entry.path}. Remove it.")
        files.append(Path(entry.path))
    if not files:
        raise DataError(
            f"Expected pictures ({', '.join(SUFFIXES)}) in {place}, found none among {len(found)} files. "
            f"Put some there, or name another category with --category."
        )
    return sorted(files)


def _list_inside(path: Path, home: Path) -> None:
    """Refuse a path whose links lead out of the folder, or nowhere."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        raise DataError(f"Expected {path} to lead to a file, but it is a broken link. Remove it.") from None
    if not target.is_relative_to(home):
        raise DataError(
            f"Expected only files inside {home}, but {path} is a link that leads out of it, to {target}. "
            "Links are not followed out of the folder: copy what it points to, or remove the link."
        )


def _read_pixels(file: Path) -> Pixels:
    """(32, 32, 3) uint8 of one picture, checked before it is decoded."""
    mend = f"Replace or remove it, or convert it to {SIDE}×{SIDE} RGB as PNG or JPEG."
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise DataError(f"Expected a picture of {SIDE}×{SIDE} pixels in {file}, got a file of megabytes. {mend}")
        with warnings.catch_warnings(), decode_strictly():
            warnings.simplefilter("ignore")  # a picture is either refused below or whole
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                if picture.size != (SIDE, SIDE):
                    came = "{}×{}".format(*picture.size)
                    raise DataError(f"Expected {SIDE}×{SIDE} pixels in {file}, got {came}. {mend}")
                if picture.mode != "RGB":
                    raise DataError(f"Expected colour mode RGB in {file}, got {picture.mode}. {mend}")
                frames = getattr(picture, "n_frames", 1)
                if frames > 1:
                    raise DataError(f"Expected one picture in {file}, got {frames} that move. {mend}")
                return np.asarray(picture)
    except DataError:
        raise
    except Exception as error:  # a damaged picture raises whatever its decoder happens to meet
        reason = "not PNG or JPEG, or damaged" if isinstance(error, UnidentifiedImageError) else error
        raise DataError(f"Expected a readable picture in {file}, got: {reason}. {mend}") from None


def _list_names(folder: Path) -> str:
    """What a folder holds, for a message."""
    return ", ".join(sorted(entry.name for entry in islice(folder.iterdir(), 20)))
