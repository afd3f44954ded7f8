"""A file as the course gave one out: an array of objects, pickled by Python 2 in protocol 2, written out by hand."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

REBUILD = b"cnumpy.core.multiarray\n_reconstruct\n"
ARRAY = b"cnumpy\nndarray\n"
KIND = b"cnumpy\ndtype\n"
NUMBER = b"cnumpy.core.multiarray\nscalar\n"
EMPTY = REBUILD + ARRAY + b"K\x00\x85U\x01b\x87R"
FLOAT = KIND + b"U\x02f8K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
OBJECT = KIND + b"U\x02O8K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb"


def write_array(values: np.ndarray) -> bytes:
    """A float array (N, M) as the instructions that rebuild it."""
    raw = values.astype("<f8").tobytes()
    rows, columns = values.shape
    shape = b"M" + struct.pack("<H", rows) + b"K" + bytes([columns]) + b"\x86"
    return EMPTY + b"(K\x01" + shape + FLOAT + b"\x89T" + struct.pack("<i", len(raw)) + raw + b"tb"


def write_number(value: float) -> bytes:
    """A float as the instructions that rebuild it."""
    return NUMBER + FLOAT + b"U\x08" + struct.pack("<d", value) + b"\x86R"


def pickle_as_python_2(items: list[bytes]) -> bytes:
    """An array of such objects, of one dimension."""
    count = b"K" + bytes([len(items)]) + b"\x85"
    return b"\x80\x02" + EMPTY + b"(K\x01" + count + OBJECT + b"\x89](" + b"".join(items) + b"etb."


def write_course_file(path: Path, colours: np.ndarray) -> Path:
    """A palette (K, 3) in a file like the course's."""
    with path.open("wb") as file:
        header = {"descr": "|O", "fortran_order": False, "shape": (2,)}
        np.lib.format.write_array_header_1_0(file, header)
        file.write(pickle_as_python_2([write_array(colours), write_number(0.07)]))
    return path
