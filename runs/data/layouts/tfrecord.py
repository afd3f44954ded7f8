"""CIFAR-10 as TensorFlow Datasets keeps it: records of ``tf.train.Example`` with ``id``, ``image`` and ``label``.

A file is a row of records: the length in 8 bytes, a checksum of it in 4, the record, a checksum in 4. The checksums
are passed over, for each picture is a PNG, which has its own. A record is a protocol buffer; of that format there is as
much here as such records need.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from runs.data.layouts.layout import MOST_PICTURES, Layout, find_label, join_names, make_cifar10
from runs.data.pictures import Gathering
from runs.data.pixels import Pixels
from runs.data.selection import Pictures, Selection
from runs.data.trees import Listing, Tree
from runs.errors import DataError

FILE = re.compile(r"cifar10-(train|test)\.tfrecord(?:-\d+-of-\d+)?")
#: Bytes of the largest record.
MOST_RECORD = 1 << 20
#: How a field of a protocol buffer is written.
VARINT, BYTES = 0, 2


def fits_records(listing: Listing) -> bool:
    """Whether a folder has records of both halves."""
    return {match[1] for match in map(FILE.fullmatch, listing.files) if match} == {"train", "test"}


def read_records(tree: Tree, folder: str, wanted: Selection) -> Pictures:
    """One class, brought into CIFAR-10's own order by the number in each record's ``id``: the files are shuffled.

    Raises:
        UsageError: no such class.
        DataError: a file is cut short, or a record is of another form.
    """
    label = find_label(wanted.category)
    gathering = Gathering(tree.locate(folder))
    halves = {match.string: match[1] for match in map(FILE.fullmatch, tree.list_folder(folder).files) if match}
    train, test = (
        _pick_class(tree, [join_names(folder, name) for name in halves if halves[name] == half], label, gathering)
        for half in ("train", "test")
    )
    gathering.check()
    return make_cifar10(wanted, train, test, "TensorFlow Datasets")


def _pick_class(tree: Tree, names: list[str], label: int, gathering: Gathering) -> Pixels:
    """(N, 32, 32, 3): the pictures of one class in the files of one half."""
    found: list[tuple[int, bytes]] = []
    for name in names:
        try:
            for record in split_records(tree.read_file(name)):
                texts, numbers = parse_example(record)
                if numbers["label"] == label:
                    found.append((int(texts["id"].rpartition(b"_")[2]), texts["image"]))
        except (ValueError, KeyError, IndexError) as error:
            raise DataError(
                f"Expected records with the features id, image and label in {tree.locate(name)}, got: {error!r}. Have "
                "TensorFlow Datasets make them again."
            ) from None
    if len(found) > MOST_PICTURES:
        raise DataError(f"Expected at most {MOST_PICTURES:,} pictures of a class in {tree.path}, found more.")
    pictures = np.zeros((len(found), 32, 32, 3), np.uint8)
    for place, (number, content) in enumerate(sorted(found)):
        decoded = gathering.add(f"{names[0]}, id {number}", content)
        if decoded is not None:
            pictures[place] = decoded
    return pictures


def split_records(content: bytes) -> Iterator[bytes]:
    """The records of a file.

    Raises:
        ValueError: it is cut short, or a record is too long.
    """
    place = 0
    while place < len(content):
        length = int.from_bytes(content[place : place + 8], "little")
        end = place + 12 + length
        if length > MOST_RECORD or end + 4 > len(content):
            raise ValueError(f"a record of {length} bytes at {place}, of a file of {len(content)}")
        yield content[place + 12 : end]
        place = end + 4


def parse_example(record: bytes) -> tuple[dict[str, bytes], dict[str, int]]:
    """The features of a ``tf.train.Example`` that hold one value of bytes, and those that hold one whole number.

    Raises:
        ValueError, IndexError: the record is no such message.
    """
    texts, numbers = {}, {}
    for features in _select(record, 1):
        for entry in _select(features, 1):
            name = b"".join(_select(entry, 1)).decode("utf-8", "replace")
            for feature in _select(entry, 2):
                for listed in _select(feature, 1):  # a list of bytes
                    texts[name] = b"".join(_select(listed, 1))
                for listed in _select(feature, 3):  # a list of whole numbers, packed or not
                    value = next((value for field, value in _split_fields(listed) if field == 1), 0)
                    numbers[name] = value if isinstance(value, int) else _read_varint(value, 0)[0]
    return texts, numbers


def _select(message: bytes, wanted: int) -> Iterator[bytes]:
    """The contents of all fields of one number that hold bytes."""
    return (value for field, value in _split_fields(message) if field == wanted and isinstance(value, bytes))


def _split_fields(message: bytes) -> Iterator[tuple[int, bytes | int]]:
    """The fields of a protocol buffer: their numbers and their contents. Those of fixed width are passed over."""
    place = 0
    while place < len(message):
        tag, place = _read_varint(message, place)
        kind = tag & 7
        if kind == VARINT:
            value, place = _read_varint(message, place)
            yield tag >> 3, value
        elif kind == BYTES:
            length, place = _read_varint(message, place)
            if place + length > len(message):
                raise ValueError("a field that is cut short")
            yield tag >> 3, message[place : place + length]
            place += length
        elif kind in (1, 5):
            place += 8 if kind == 1 else 4
        else:
            raise ValueError(f"a field of kind {kind}")


def _read_varint(message: bytes, place: int) -> tuple[int, int]:
    """A number written 7 bits a byte, the least first, and the place behind it."""
    value = 0
    for count in range(10):
        byte = message[place + count]
        value |= (byte & 127) << (7 * count)
        if byte < 128:
            return value, place + count + 1
    raise ValueError("a number of more than 10 bytes")


TFRECORD = Layout("TensorFlow Datasets' CIFAR-10", fits_records, read_records)
