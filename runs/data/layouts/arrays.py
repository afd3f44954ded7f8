"""Arrays of numpy named as Keras names them: ``x_train``, ``y_train``, ``x_test``, ``y_test``, in one ``.npz``."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

from runs.data.layouts.layout import Layout, find_label, join_names, make_cifar10
from runs.data.pixels import Pixels
from runs.data.selection import Pictures, Selection
from runs.data.trees import Tree
from runs.errors import DataError

NAMES = ("x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy")


def read_arrays(tree: Tree, folder: str, wanted: Selection) -> Pictures:
    """One class, in the order of the arrays. Pictures are (N, 32, 32, 3) uint8, labels any shape of N whole numbers.

    Raises:
        UsageError: no such class.
        DataError: an array has another type or shape, or holds objects, which are never read.
    """
    label = find_label(wanted.category)
    x_train, y_train, x_test, y_test = (_read_array(tree, join_names(folder, name)) for name in NAMES)
    return make_cifar10(
        wanted,
        _pick_class(tree, x_train, y_train, label),
        _pick_class(tree, x_test, y_test, label),
        "an archive of numpy's",
    )


def _read_array(tree: Tree, name: str) -> NDArray[np.generic]:
    try:
        found: NDArray[np.generic] = np.lib.format.read_array(io.BytesIO(tree.read_file(name)))
    except (ValueError, EOFError, OSError, MemoryError) as error:
        raise DataError(
            f"Expected an array of plain numbers in {tree.locate(name)}, got: {error}. Save it again with numpy.savez."
        ) from None
    return found


def _pick_class(tree: Tree, pictures: NDArray[np.generic], labels: NDArray[np.generic], label: int) -> Pixels:
    """(N, 32, 32, 3): the pictures of one class."""
    if pictures.dtype != np.uint8 or pictures.shape[1:] != (32, 32, 3) or labels.size != len(pictures):
        raise DataError(
            f"Expected pictures as (N, 32, 32, 3) uint8 and N labels in {tree.path}, got {pictures.dtype} of shape "
            f"{pictures.shape} and {labels.size} labels. Save them so with numpy.savez."
        )
    return np.ascontiguousarray(pictures[labels.reshape(-1) == label])


ARRAYS = Layout("arrays of numpy", lambda listing: set(NAMES) <= set(listing.files), read_arrays)
