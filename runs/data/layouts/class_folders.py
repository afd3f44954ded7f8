"""Folders ``train/<category>/`` and ``test/<category>/`` of small pictures, which fastai keeps CIFAR-10 as, too."""

from __future__ import annotations

import re
from collections.abc import Sequence

from runs.data.layouts.layout import CLASSES, Layout, join_names, make_cifar10
from runs.data.pictures import SUFFIXES, Gathering, is_picture
from runs.data.selection import HORSE, Pictures, Selection
from runs.data.trees import Listing, Tree, is_foreign
from runs.errors import DataError

#: What the half for training, and what that for testing may be called, the first that is there is taken.
TRAIN, TEST = ("train",), ("test", "val", "valid")
ENDINGS = "|".join(suffix.removeprefix(".") for suffix in SUFFIXES)
LAYOUT = f"train/<category>/*.{ENDINGS} and {'|'.join(TEST)}/<category>/…, 32×32 pixels, RGB"
NUMBER = re.compile(r"([0-9]+)")


def choose_half(listing: Listing, names: Sequence[str]) -> str:
    """The folder of one half; "" where there is none."""
    return next((name for name in names if name in listing.folders), "")


def fits_folders(listing: Listing) -> bool:
    """Whether a folder has both halves."""
    return bool(choose_half(listing, TRAIN) and choose_half(listing, TEST))


def read_folders(tree: Tree, folder: str, wanted: Selection) -> Pictures:
    """One category, in the order of the names, in which a number counts as such: fastai's names begin with the rank of
    a picture in CIFAR-10.

    Raises:
        DataError: a half or the category is missing or empty, or pictures are of another size, mode or format,
            unreadable, or links that lead out of the folder. The text names them. Or reading takes too long.
    """
    listing = tree.list_folder(folder)
    halves = [join_names(folder, choose_half(listing, names)) for names in (TRAIN, TEST)]
    known = [_list_categories(tree, half) for half in halves]
    category = _choose_category(tree, halves, known, wanted)
    passed_over: list[str] = []
    gathering = Gathering(tree.locate(folder), wanted.resize)
    train, test = (
        gathering.read_files(tree, _list_pictures(tree, join_names(half, category), passed_over)) for half in halves
    )
    gathering.check()
    if wanted.resize and gathering.resized:
        wanted.say(
            f"RESIZED: {gathering.resized} of {gathering.seen} pictures in {tree.locate(folder)} were cut to their "
            "central square and brought to 32×32 pixels. These are other pictures than the files hold, and their "
            "results are kept apart."
        )
    if all(set(names) == set(CLASSES) for names in known) and not gathering.resized:
        found = make_cifar10(wanted, train, test, f"the folders of its classes in {tree.path.resolve().name}")
    else:
        origin = f'pictures of the category "{category}" (folder {tree.path.resolve().name})'
        if gathering.resized:
            origin += f", {gathering.resized} of {gathering.seen} of them brought to 32×32 pixels"
        found = Pictures("folder-resized" if gathering.resized else "folder", category, origin, train, test)
    return found.with_passed_over(passed_over)


def _list_categories(tree: Tree, half: str) -> list[str]:
    return [name for name in tree.list_folder(half).folders if not is_foreign(name)]


def _choose_category(tree: Tree, halves: Sequence[str], known: Sequence[Sequence[str]], wanted: Selection) -> str:
    """The category that is wanted; where nobody chose one, and both halves have the same only one, that."""
    alone = known[0][0] if len(known[0]) == 1 and known[0] == known[1] else None
    if alone is not None and wanted.category == HORSE != alone:
        wanted.say(f"The pictures are those of {alone!r}, the only category in {tree.path}.")
        return alone
    for half, names in zip(halves, known, strict=True):
        if wanted.category not in names:
            there = ", ".join(names[:20]) or "none"
            raise DataError(
                f'Expected a category "{wanted.category}" in {tree.locate(half)}, found: {there}. Name one of them '
                "with --category."
            )
    return wanted.category


def _list_pictures(tree: Tree, place: str, passed_over: list[str]) -> list[str]:
    """The pictures of one category and half; what else lies there is added to ``passed_over``."""
    listing = tree.list_folder(place)
    names = [name for name in (*listing.files, *listing.folders) if is_picture(name)]
    passed_over += [join_names(place, name) for name in (*listing.files, *listing.folders) if not is_picture(name)]
    if not names:
        raise DataError(
            f"Expected pictures ({', '.join(SUFFIXES)}) in {tree.locate(place)}, found none among "
            f"{len(listing.files)} files. Put some there, or name another category with --category."
        )
    return [join_names(place, name) for name in sorted(names, key=rank_name)]


def rank_name(name: str) -> tuple[list[str | int], str]:
    """What puts names in order, a number in a name by its size: "9.png" before "10.png"."""
    parts = NUMBER.split(name)
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], name


FOLDERS = Layout("folders of pictures", fits_folders, read_folders)
