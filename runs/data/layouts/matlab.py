"""The MATLAB version of CIFAR-10: files of level 5 with the variables ``data`` and ``labels``."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np

from runs.data.layouts.layout import Layout, find_label, join_names, make_cifar10, unfold_planes
from runs.data.pixels import Pixels
from runs.data.selection import Pictures, Selection
from runs.data.trees import Tree, show_size
from runs.errors import DataError

TRAIN, TEST = tuple(f"data_batch_{number}.mat" for number in range(1, 6)), ("test_batch.mat",)
#: Bytes that one file may unpack to; each has 31 MB.
MOST_UNPACKED = 64 << 20
HEADER, COMPRESSED = 128, 15


def read_matlab(tree: Tree, folder: str, wanted: Selection) -> Pictures:
    """One class, in CIFAR-10's own order.

    Raises:
        UsageError: no such class.
        DataError: a file is not of level 5, or holds something else.
    """
    label = find_label(wanted.category)
    train, test = (
        np.concatenate([_pick_class(tree, join_names(folder, name), label) for name in names])
        for names in (TRAIN, TEST)
    )
    return make_cifar10(wanted, train, test, "its MATLAB version")


def _pick_class(tree: Tree, name: str, label: int) -> Pixels:
    """(N, 32, 32, 3): the pictures of one class in a file."""
    from scipy.io import loadmat

    where = tree.locate(name)
    plain = unpack_elements(tree.read_file(name), where)
    try:
        found = loadmat(io.BytesIO(plain), variable_names=["data", "labels"])
        rows, labels = found["data"], found["labels"].reshape(-1)
    except Exception as error:  # a damaged file raises whatever its reader happens to meet
        raise _refuse(where, str(error)) from None
    if rows.dtype != np.uint8 or rows.shape != (len(labels), 3 * 32 * 32):
        raise _refuse(where, f"{rows.dtype} of shape {rows.shape}")
    return unfold_planes(rows[labels == label])


def unpack_elements(content: bytes, where: Path) -> bytes:
    """A MATLAB file of level 5 with its compressed elements unpacked, within bounds: scipy's reader has none.

    Raises:
        DataError: it unpacks to more than ``MOST_UNPACKED``, or is cut short.
    """
    plain, place = [content[:HEADER]], HEADER
    order = "<" if content[HEADER - 2 : HEADER] == b"IM" else ">"
    left = MOST_UNPACKED
    while place + 8 <= len(content):
        kind, size = struct.unpack(f"{order}II", content[place : place + 8])
        body = content[place + 8 : place + 8 + size]
        if kind == COMPRESSED:
            try:
                element = zlib.decompressobj().decompress(body, left + 1)
            except zlib.error as error:
                raise _refuse(where, str(error)) from None
        else:
            element = content[place : place + 8 + size]
        left -= len(element)
        if left < 0:
            raise DataError(f"Expected {where} to unpack to {show_size(MOST_UNPACKED)} at most, but it holds more.")
        plain.append(element)
        place += 8 + size
    return b"".join(plain)


def _refuse(where: Path, came: str) -> DataError:
    return DataError(
        f"Expected 3,072 bytes of data and a label for each picture in {where}, got: {came}. Get "
        "cifar-10-matlab.tar.gz again."
    )


MATLAB = Layout("the MATLAB version of CIFAR-10", lambda listing: {*TRAIN, *TEST} <= set(listing.files), read_matlab)
