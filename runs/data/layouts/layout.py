"""What a layout of pictures is: how its folder is recognized, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runs.data.pixels import Pixels
from runs.data.selection import Pictures, Selection
from runs.data.trees import Listing, Tree
from runs.errors import DataError, UsageError

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
#: Most pictures of one half, with room to spare.
MOST_PICTURES = 100_000


@dataclass(frozen=True)
class Layout:
    """A way in which people keep pictures.

    Attributes:
        name: in a phrase, as in "the binary version of CIFAR-10".
        fits: whether a folder's content is of this layout, by the names in it.
        read: the wanted pictures of such a folder.
    """

    name: str
    fits: Callable[[Listing], bool]
    read: Callable[[Tree, str, Selection], Pictures]


def find_label(category: str) -> int:
    """The number of a class of CIFAR-10.

    Raises:
        UsageError: no such class.
    """
    if category not in CLASSES:
        raise UsageError(
            f"Expected a class of CIFAR-10 ({', '.join(CLASSES)}), got {category!r}. Name one of them with --category."
        )
    return CLASSES.index(category)


def make_cifar10(wanted: Selection, train: Pixels, test: Pixels, read_as: str, vouched: bool = False) -> Pictures:
    """One class of CIFAR-10, however it was kept.

    Raises:
        DataError: one half has no picture of the class.
    """
    for half, found in (("training", train), ("test", test)):
        if not len(found):
            raise DataError(
                f"Expected {half} pictures of the class {wanted.category!r} in {wanted.data}, found none. Name another "
                "class with --category, or get the data again."
            )
    origin = f"the {wanted.category} pictures of CIFAR-10 (Krizhevsky, 2009), from {read_as}"
    return Pictures("cifar10", wanted.category, origin, train, test, vouched)


def unfold_planes(rows: NDArray[np.uint8]) -> Pixels:
    """(N, 3072) rows of red, green and blue planes -> (N, 32, 32, 3)."""
    return np.ascontiguousarray(rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))


def join_names(folder: str, name: str) -> str:
    """The name of a file in a folder of a tree."""
    return f"{folder}/{name}" if folder else name
