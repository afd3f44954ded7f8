"""A place that a user named for what a command writes in; a refusal where what is stored, or a file of the user's,
would be lost there.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from runs.errors import StoreError, UsageError
from runs.specs.request import quote_whole, spell_option
from runs.storage import arrays
from runs.storage.find_store import NAME_OF_STORE

#: Where among the results downloaded pictures are kept.
DOWNLOADS = "downloads"
#: How the file ends that is made of a picture.
RESULT = "-coloured.png"


def refuse_inside_stores(path: Path, option: str) -> None:
    """Refuses a place in a store, of whichever results folder: only the runs themselves are written there.

    Args:
        path: where something is to be written, there already or not; links on the way are followed.
        option: what names the place, e.g. "--out".

    Raises:
        UsageError: it lies in a store.
    """
    store = _find_store_around(path)
    if store:
        raise UsageError(
            f"{option}: expected a place outside of stored results, got {path} in {store}. Nothing was changed. Name "
            f"another one with {option}."
        )


def refuse_among_pictures(results: Path, data: str) -> None:
    """Refuses results in the folder of the pictures, and pictures in the results, where each would be taken for the
    other; what this program downloads lies among the results, and may be named.

    Args:
        results: the results folder, there already or not; links on the way are followed.
        data: the name of a source or a path, as the user typed it.

    Raises:
        UsageError: one of them lies in the other.
    """
    if not quote_whole(data):
        return
    pictures, place = Path(quote_whole(data)), Path(os.path.realpath(results))
    if place.is_relative_to(pictures):
        beside = spell_option({"results": pictures.parent / "results"})
        raise UsageError(
            f"--results: expected a folder outside of the pictures, got {results}, which lies in {pictures}. Nothing "
            f"was written. Name one beside them: {beside}"
        )
    if pictures.is_relative_to(place) and not pictures.is_relative_to(place / DOWNLOADS):
        raise UsageError(
            f"--data: expected pictures outside of the results, got {data}, which lies in {place}. Nothing was "
            "written. Move the pictures out, or name another folder with --results."
        )


def choose_picture_path(image: Path, out: Path | None, out_dir: Path | None, force: bool) -> Path:
    """The PNG file that is made of a picture: the one named, else one beside the picture or in a folder.

    Args:
        image: the picture.
        out: what was named.
        out_dir: the folder for it; None for the picture's own.
        force: whether another file in its place may be replaced.

    Raises:
        UsageError: it is no PNG file, the picture itself, in a store, or there and not to be replaced.
    """
    option = "--out-dir" if out_dir else "--out"
    target = out or (out_dir or image.parent) / f"{image.stem}{RESULT}"
    if target.suffix.lower() != ".png":
        raise UsageError(f"--out: expected the name of a PNG file, got {target}. Name one that ends in .png.")
    refuse_inside_stores(target, option)
    if os.path.lexists(target):
        if target.exists() and image.exists() and target.samefile(image):
            raise UsageError(f"{option}: expected another file than the picture, got {target}. Name another one.")
        if not force:
            raise UsageError(
                f"Expected no file at {target}, but there is one. Name another one with {option}, or replace it with "
                "--force."
            )
    return target


def choose_picture_paths(images: Sequence[Path], out_dir: Path | None, force: bool) -> list[Path]:
    """The PNG file that is made of each of several pictures; see :func:`choose_picture_path`.

    Raises:
        UsageError: besides, two of them would be made into the same file.
    """
    targets: dict[Path, Path] = {}
    for image in images:
        target = choose_picture_path(image, None, out_dir, force)
        if target in targets:
            raise UsageError(
                f"Expected a file of its own for each picture, but {targets[target]} and {image} would both become "
                f"{target}. Nothing was written. Colour them one after another, each with --out."
            )
        targets[target] = image
    return list(targets)


def _find_store_around(path: Path) -> Path | None:
    """The folder of the store that a path lies in, or is; None where there is none."""
    place = Path(os.path.realpath(path))
    return next((folder for folder in (place, *place.parents) if _is_store(folder)), None)


def _is_store(folder: Path) -> bool:
    """Whether a folder holds a store, if only a damaged one: other programs keep a data.json, too."""
    record = folder / "data.json"
    if not os.path.lexists(record):
        return False
    try:
        return bool(NAME_OF_STORE.fullmatch(folder.name) or arrays.read_json(record))
    except (StoreError, FileNotFoundError):  # the latter where a link leads nowhere
        return False
