"""CIFAR-10 as Hugging Face keeps it: parquet files in the hub's cache, arrow files in that of ``datasets``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import numpy as np

from runs.data.layouts.layout import MOST_PICTURES, Layout, find_label, join_names, make_cifar10
from runs.data.pictures import MOST_BYTES, Gathering
from runs.data.pixels import Pixels
from runs.data.selection import Pictures, Selection
from runs.data.trees import Listing, Tree
from runs.errors import DataError

#: ``train-00000-of-00001.parquet``, ``cifar10-test.arrow`` …
FILE = re.compile(r"(?:.+-)?(train|test)(?:-\d+-of-\d+)?\.(parquet|arrow)")
#: Bytes that the tables of one file may unpack to.
MOST_UNPACKED = 512 << 20


def fits_tables(listing: Listing) -> bool:
    """Whether a folder has tables of both halves, of one kind."""
    return bool(_choose_kind(listing))


def _choose_kind(listing: Listing) -> str:
    """The kind of tables that a folder has of both halves; "" for none."""
    halves = {match.groups() for match in map(FILE.fullmatch, listing.files) if match}
    return next((kind for kind in ("parquet", "arrow") if {("train", kind), ("test", kind)} <= halves), "")


def read_tables(tree: Tree, folder: str, wanted: Selection) -> Pictures:
    """One class, in the order of the tables, which is CIFAR-10's own.

    Raises:
        UsageError: no such class.
        DataError: pyarrow is not installed, or a table is damaged or of another form.
    """
    label = find_label(wanted.category)
    if find_spec("pyarrow") is None:
        raise DataError(
            f"Expected pyarrow, which reads the tables in {tree.locate(folder)}, but it is not installed. Install it: "
            "pip install 'rederive[parquet]', or pip install pyarrow"
        )
    listing = tree.list_folder(folder)
    kind = _choose_kind(listing)
    gathering = Gathering(tree.locate(folder))
    halves = {match.string: match.groups() for match in map(FILE.fullmatch, listing.files) if match}
    train, test = (
        _pick_class(
            tree, [join_names(folder, name) for name in halves if halves[name] == (half, kind)], label, gathering
        )
        for half in ("train", "test")
    )
    gathering.check()
    return make_cifar10(wanted, train, test, f"Hugging Face's {kind} files")


def _pick_class(tree: Tree, names: list[str], label: int, gathering: Gathering) -> Pixels:
    """(N, 32, 32, 3): the pictures of one class in the files of one half."""
    found: list[Pixels] = []
    for name in names:
        try:
            for row, picture in _iterate_class(tree.read_file(name), name.endswith(".parquet"), label):
                if len(picture) > MOST_BYTES or len(found) >= MOST_PICTURES:
                    raise ValueError(f"row {row} is no small picture, or there are too many rows")
                decoded = gathering.add(f"{name}, row {row}", picture)
                found.append(np.zeros((32, 32, 3), np.uint8) if decoded is None else decoded)
        except (ValueError, KeyError, TypeError, OSError, MemoryError) as error:  # pyarrow's own errors are among them
            raise DataError(
                f"Expected a table with the columns img and label in {tree.locate(name)}, got: {error}. Get it again."
            ) from None
    return np.stack(found) if found else np.empty((0, 32, 32, 3), np.uint8)


def _iterate_class(content: bytes, parquet: bool, label: int) -> Iterator[tuple[int, bytes]]:
    """The rows of one class: their numbers, and the bytes of their pictures as files."""
    row = 0
    for batch in _iterate_batches(content, parquet):
        names = batch.schema.names
        labels = batch.column(names.index("label")).to_numpy(zero_copy_only=False)
        images = batch.column(names.index("img" if "img" in names else "image"))
        for place in np.flatnonzero(labels == label):
            yield row + int(place), images[int(place)].as_py()["bytes"]
        row += len(labels)


def _iterate_batches(content: bytes, parquet: bool) -> Iterator[Any]:
    """The batches of rows in a parquet file or an arrow stream.

    Raises:
        ValueError: it would unpack to more than ``MOST_UNPACKED``.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not parquet:
        with pa.ipc.open_stream(pa.BufferReader(content)) as stream:
            yield from stream
        return
    file = pq.ParquetFile(pa.BufferReader(content))
    groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
    if sum(group.total_byte_size for group in groups) > MOST_UNPACKED:
        raise ValueError(f"it unpacks to more than {MOST_UNPACKED >> 20} MB")
    yield from file.iter_batches(batch_size=1000)


TABLES = Layout("Hugging Face's CIFAR-10", fits_tables, read_tables)
