"""The name of a source in, a Dataset out: CIFAR-10, a folder of pictures, or the embedded photographs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from runs.data import cifar, photographs
from runs.data import folder as folders
from runs.data.dataset import Dataset, make_dataset
from runs.data.fingerprint import are_the_horses
from runs.data.pixels import Pixels
from runs.errors import DataError, UsageError
from runs.specs.request import HORSE, PATCHES, check_category

#: (train, test) pictures at most; None for all.
Limit = tuple[int, int] | None

#: Where CIFAR-10 is also looked for, beside the root: torchvision's examples put it there.
PLACES = ("data", "~/data")


def expand_home(path: str) -> Path:
    """A path, with ``~`` as the user's home; as it stands where nobody can tell that home."""
    return Path(os.path.expanduser(path))  # noqa: PTH111, for pathlib raises RuntimeError there


def ignore(message: str) -> None:
    """Say nothing."""


def load_dataset(
    data: str = "auto",
    category: str = HORSE,
    *,
    root: Path,
    limit: tuple[int, int] | None = None,
    say: Callable[[str], None] = ignore,
    known: Iterable[Mapping[str, Any]] = (),
) -> Dataset:
    """The pictures of one category, with their palette.

    Args:
        data: "cifar10", "photos", a folder, or "auto": CIFAR-10 if it is here or can be downloaded, else photos.
        category: a class of CIFAR-10 or a category of the folder; the photographs have none to choose from.
        root: where CIFAR-10 is kept and downloaded to.
        limit: (train, test) pictures at most; the first ones.
        say: told what the user must know, a sentence at a time.
        known: records of stored data sets, whose palettes need not be fitted again.

    Raises:
        UsageError: no such class of CIFAR-10, one of the photographs, or no source named.
        DataError: the pictures are not there, not readable or not of the right form.
    """
    if not data or "\0" in data:
        raise UsageError(f'Expected "auto", "cifar10", "photos" or a folder, got {data[:100]!r}. Correct --data.')
    check_category(data, category)
    if data == "photos":
        return _load_photographs(limit, known)
    if data == "cifar10":
        return _load_cifar10(category, root, limit, say, known)
    if data == "auto":
        try:
            return _load_cifar10(category, root, limit, say, known)
        except DataError as error:
            left_out = "" if category == HORSE else f", which have no category {category!r}"
            say(
                f"NOT THE WRITE-UP'S DATA: training on the embedded photographs{left_out}. {error} "
                "Ask for --data cifar10 to stop here instead, or for --data photos to skip the search."
            )
            return _load_photographs(limit, known)
    return _load_folder(expand_home(data), category, limit, known)


def _load_cifar10(
    category: str, root: Path, limit: Limit, say: Callable[[str], None], known: Iterable[Mapping[str, Any]]
) -> Dataset:
    train, test = cifar.read_cifar10(category, root, [expand_home(place) for place in PLACES], say)
    origin = f"the {category} pictures of CIFAR-10 (Krizhevsky, 2009), as torchvision reads them"
    return _cut_dataset(
        "cifar10", category, origin, train, test, "same" if category == HORSE else "other", limit, known
    )


def _load_folder(folder: Path, category: str, limit: Limit, known: Iterable[Mapping[str, Any]]) -> Dataset:
    train, test = folders.read_folder(folder, category)
    written = "copies" if are_the_horses(train, test) else "other"
    what = "copies of the CIFAR-10 horses" if written == "copies" else f'pictures of the category "{category}"'
    return _cut_dataset(
        "folder", category, f"{what} (folder {folder.resolve().name})", train, test, written, limit, known
    )


def _load_photographs(limit: Limit, known: Iterable[Mapping[str, Any]]) -> Dataset:
    train, test = photographs.cut_patches()
    origin = (
        "patches of the photographs that scikit-image and scikit-learn ship; test patches come from other "
        "parts of each photograph than training patches"
    )
    return _cut_dataset("photos", PATCHES, origin, train, test, "other", limit, known)


def _cut_dataset(
    source: str,
    category: str,
    origin: str,
    train: Pixels,
    test: Pixels,
    written: str,
    limit: Limit,
    known: Iterable[Mapping[str, Any]],
) -> Dataset:
    """The Dataset of the first pictures: cut before the palette is fitted, so that it is fitted once."""
    if limit is not None:
        train, test = train[: limit[0]], test[: limit[1]]
    return make_dataset(source, category, origin, train, test, written, known)
