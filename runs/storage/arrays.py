"""Writing values as whole files, each with a checksum that reading verifies.

Arrays go to safetensors, records to JSON; nothing is ever unpickled.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json
from safetensors import SafetensorError
from safetensors import numpy as safetensors

from runs.storage.filesystem import make_damaged, read_bytes, write_bytes


def parse_json(text: str | bytes) -> Any:
    """What a JSON text says. The quick reader gives the same values wherever it gives any; of texts that it refuses,
    halves of surrogate pairs and deep nesting among them, Python's own has the last word.

    Raises:
        ValueError, RecursionError: it is no JSON, or nested too deeply.
    """
    try:
        return from_json(text)
    except ValueError:
        return json.loads(text)


Arrays = Mapping[str, NDArray[Any]]
Record = Mapping[str, Any]

#: The most that a record may take, or the header of a safetensors file; what is longer is damage.
HEADER_LIMIT = 64 * 2**20


def to_canonical(record: Record) -> str:
    """A record as JSON text that is the same for the same content."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"))


def digest_bytes(record: str, arrays: Arrays) -> str:
    """SHA-256 over a record's canonical text and over every array: name, type, shape and bytes."""
    total = hashlib.sha256(record.encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        total.update(_describe(name, array.dtype.str, array.shape))
        total.update(array.tobytes())
    return total.hexdigest()


@lru_cache(maxsize=4096)
def _describe(name: str, kind: str, shape: tuple[int, ...]) -> bytes:
    return to_canonical({"name": name, "type": kind, "shape": list(shape)}).encode()


def write_arrays(path: Path, arrays: Arrays, record: Record) -> None:
    """Arrays and a JSON record into one safetensors file, with the checksum of both."""
    write_bytes(path, pack_arrays(arrays, record))


def pack_arrays(arrays: Arrays, record: Record) -> bytes:
    """What :func:`write_arrays` writes."""
    text = to_canonical(record)
    contiguous = {name: np.array(array, order="C") for name, array in arrays.items()}
    marks = {
        "record": text,
        "record_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "sha256": digest_bytes(text, contiguous),
    }
    # one entry alone: safetensors keeps several in no fixed order, and the same content is to give the same bytes
    return safetensors.save(contiguous, metadata={"rederive": to_canonical(marks)})


def read_arrays(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays and the record of a file.

    Raises:
        DamagedError: the file is truncated, altered or not ours.
        FileNotFoundError: there is no such file.
    """
    arrays, text = read_verified(path)
    try:
        return arrays, parse_json(text)
    except (ValueError, RecursionError) as error:
        raise make_damaged(path, error) from error


def read_verified(path: Path) -> tuple[dict[str, NDArray[Any]], str]:
    """The arrays of a file, and its record as it is written; raises as :func:`read_arrays` does."""
    content = read_bytes(path)
    try:
        marks = make_metadata(content)
        arrays = safetensors.load(content)
        check_record(marks)
        if digest_bytes(marks["record"], arrays) != marks["sha256"]:
            raise ValueError("the checksum does not match")
        return arrays, marks["record"]
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise make_damaged(path, error) from error


def check_record(marks: Mapping[str, str]) -> None:
    """Verifies the checksum of the record alone; raises ValueError when it does not match."""
    if hashlib.sha256(marks["record"].encode()).hexdigest() != marks["record_sha256"]:
        raise ValueError("the record's checksum does not match")


def make_metadata(content: bytes) -> dict[str, str]:
    """What the header of a file, or all of the file, says of its content: record and checksums. Not verified yet.

    Raises:
        ValueError, KeyError, TypeError, AttributeError, RecursionError: it is no header of ours.
    """
    length = int.from_bytes(content[:8], "little")
    header = content[8 : 8 + length]
    if not header.rstrip(b" ").endswith(b"}"):  # padded with spaces alone; JSON would take other blanks too
        raise ValueError("the header is altered")
    return parse_json(parse_json(header)["__metadata__"]["rederive"])


def write_json(path: Path, record: Record) -> None:
    """A record as readable JSON, its checksum inside."""
    write_bytes(path, to_readable(record))


def to_readable(record: Record) -> bytes:
    """What :func:`write_json` writes."""
    whole = {**record, "sha256": hashlib.sha256(to_canonical(record).encode()).hexdigest()}
    return (json.dumps(whole, indent=2) + "\n").encode()


def read_json(path: Path) -> dict[str, Any]:
    """A record written by :func:`write_json`.

    Raises:
        DamagedError: it is truncated, altered or not ours.
        FileNotFoundError: there is no such file.
    """
    content = read_bytes(path, size=HEADER_LIMIT)
    try:
        record = json.loads(content)
        del record["sha256"]
        if to_readable(record) != content:
            raise ValueError("the checksum does not match")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise make_damaged(path, error) from error
    return record
