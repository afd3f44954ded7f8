"""The record at the head of a stored file, and a mark of the file's content, without reading the arrays behind it.

The head says how long the file is and carries a checksum of the record: a record that is altered, and a file that
is cut short or has grown, are found here; a bit turned in an array is found when the arrays are read.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runs.errors import DamagedError
from runs.storage.arrays import HEADER_LIMIT, check_record, make_metadata, parse_json
from runs.storage.filesystem import make_damaged, name_error, read_bytes

#: Bytes that are read at once: most heads are shorter, and a second reading costs more than these.
FIRST = 16 * 2**10
#: How often a file is read again that another process replaces at that very moment.
TRIES = 5


@dataclass(frozen=True)
class Head:
    """What a file says of itself.

    Attributes:
        record: its record, verified.
        mark: size, time and checksum of the file; an equal mark means equal content.
    """

    record: dict[str, Any]
    mark: str


def read_head(path: Path) -> Head:
    """The head of a file of arrays.

    Raises:
        DamagedError: the head is altered, or the file is not as long as it says.
        FileNotFoundError: there is no such file.
    """
    try:
        status, header = _read_bytes(path)
        marks = make_metadata(header)
        check_record(marks)
        record = parse_json(marks["record"])
        return Head(record, f"{status.st_size} {status.st_mtime_ns} {marks['sha256']}")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise make_damaged(path, error) from error


def read_marks(folder: Path) -> str:
    """One mark for all files of arrays in a folder, their names with it; a folder that is not there has none."""
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith(".safetensors"))
    except FileNotFoundError:
        names = []
    return hashlib.sha256("\n".join(f"{name} {_make_mark(folder / name)}" for name in names).encode()).hexdigest()


def _make_mark(path: Path) -> str:
    """The mark of a file, without a look at its record; one with a damaged head counts by its size and time."""
    try:
        status = path.lstat()
    except FileNotFoundError:  # moved away since it was listed
        return ""
    size_and_time = f"{status.st_size} {status.st_mtime_ns}"
    try:
        status = name_error(path)  # that of the file itself, where the name is a link
        size_and_time = f"{status.st_size} {status.st_mtime_ns}"
        return f"{size_and_time} {make_metadata(_parse_header(path))['sha256']}"
    except (FileNotFoundError, DamagedError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return size_and_time


def _read_bytes(path: Path) -> tuple[os.stat_result, bytes]:
    """The header of a file, and what the system says of that same file: it may be replaced while it is read."""
    for _ in range(TRIES):
        status = name_error(path)
        header = _parse_header(path)
        if len(header) + _read_length(header) == status.st_size:
            return status, header
        now = name_error(path)
        if (now.st_ino, now.st_mtime_ns, now.st_size) == (status.st_ino, status.st_mtime_ns, status.st_size):
            break
    raise ValueError("it is not as long as its head says")


def _parse_header(path: Path) -> bytes:
    """The length of the header and the header itself, as they lie in the file."""
    content = read_bytes(path, size=FIRST)
    end = 8 + int.from_bytes(content[:8], "little")
    if len(content) < 8 or end > HEADER_LIMIT:
        raise ValueError("no header")
    return content[:end] if end <= len(content) else content + read_bytes(path, len(content), end - len(content))


def _read_length(header: bytes) -> int:
    """Bytes of all arrays behind a header."""
    arrays = (array for name, array in parse_json(header[8:]).items() if name != "__metadata__")
    return max((array["data_offsets"][1] for array in arrays), default=0)
