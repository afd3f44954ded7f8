"""The binary version of CIFAR-10, which MXNet takes too: a byte of label and 3,072 of pixels a record."""

from __future__ import annotations

import numpy as np

from runs.data.layouts.layout import CLASSES, Layout, find_label, join_names, make_cifar10, unfold_planes
from runs.data.pixels import Pixels
from runs.data.selection import Pictures, Selection
from runs.data.trees import Tree
from runs.errors import DataError

TRAIN, TEST = tuple(f"data_batch_{number}.bin" for number in range(1, 6)), ("test_batch.bin",)
RECORD = 1 + 3 * 32 * 32  # bytes


def read_binary(tree: Tree, folder: str, wanted: Selection) -> Pictures:
    """One class, in CIFAR-10's own order.

    Raises:
        UsageError: no such class.
        DataError: a file is no list of such records.
    """
    label = find_label(wanted.category)
    train, test = (
        np.concatenate([_pick_class(tree, join_names(folder, name), label) for name in names])
        for names in (TRAIN, TEST)
    )
    return make_cifar10(wanted, train, test, "its binary version")


def _pick_class(tree: Tree, name: str, label: int) -> Pixels:
    """(N, 32, 32, 3): the pictures of one class in a file."""
    content = np.frombuffer(tree.read_file(name), np.uint8)
    records = content[: len(content) // RECORD * RECORD].reshape(-1, RECORD)
    if len(records) * RECORD != len(content) or (records[:, 0] >= len(CLASSES)).any():
        raise DataError(
            f"Expected records of {RECORD} bytes with a label below {len(CLASSES)} in {tree.locate(name)}, got "
            f"{len(content)} bytes of another form. Get cifar-10-binary.tar.gz again."
        )
    return unfold_planes(records[records[:, 0] == label, 1:])


BINARY = Layout("the binary version of CIFAR-10", lambda listing: {*TRAIN, *TEST} <= set(listing.files), read_binary)
