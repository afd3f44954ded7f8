"""Values in, whole files out: atomic writes, and a checksum in every file that reading verifies.

A file is written beside its place, synced, and renamed over it. Arrays go to safetensors, records to JSON;
nothing is ever unpickled.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors import numpy as safetensors

from runs.disk import NotPlainError, disk
from runs.errors import DamagedError, StoreError
from runs.parsed import parsed
from runs.whole import PART as PART
from runs.whole import write_whole

Arrays = Mapping[str, NDArray[Any]]
Record = Mapping[str, Any]

#: The most that a record may take, or the header of a safetensors file; what is longer is damage.
HEADER_LIMIT = 64 * 2**20
#: What mends a record by itself, and a file of a run that is asked for.
WRITTEN_ANEW = "Move it away, and it is written anew by: python cli.py run-all"
MADE_AGAIN = "The run that it belongs to will be made again: python cli.py run-all"
#: What the system says of a place where something else than a plain file lies: a folder, links in a circle, a socket.
NO_FILE = (errno.EISDIR, errno.ELOOP, errno.ENXIO)


def write_bytes(path: Path, content: bytes) -> None:
    """A whole file or none, into a folder that is there: written beside, synced, renamed; the folder is synced too.

    Raises:
        StoreError: it cannot be written. What was there before is still there, or the whole new file is.
    """
    try:
        write_whole(path, content)
    except OSError as error:
        raise unwritable(path, error) from error


def make_folder(folder: Path, within: Path | None = None) -> None:
    """A folder, and those above it that are missing, each to survive a power cut. ``within`` is never made: where
    that has vanished, nothing is written in its place.

    Raises:
        StoreError: it cannot be made.
    """
    missing: list[Path] = []
    while folder != within and not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    try:
        for one in reversed(missing):
            disk().make_folder(one)
            disk().sync_folder(one.parent)
    except OSError as error:
        raise unwritable(missing[0], error) from error


def move(source: Path, target: Path) -> None:
    """A file or folder to another place, to survive a power cut; a file may go to another disk.

    Raises:
        StoreError: it cannot be moved.
    """
    try:
        try:
            disk().rename(source, target)
        except OSError as error:
            if error.errno != errno.EXDEV or not source.is_file():
                raise
            write_whole(target, read_bytes(source))
            disk().remove(source)
        for folder in {target.parent, source.parent}:
            disk().sync_folder(folder)
    except OSError as error:
        raise unwritable(target, error) from error


def read_bytes(path: Path, start: int = 0, size: int = -1) -> bytes:
    """A file from a byte on, all of it or ``size`` bytes at most.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedError: what is there is no plain file.
        StoreError: it is there, but the system does not give it.
    """
    with _given(path):
        return disk().read(path, start, size)


def about(path: Path) -> os.stat_result:
    """What the system says of a file; raises as :func:`read_bytes` does."""
    with _given(path):
        return path.stat()


@contextmanager
def _given(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        if isinstance(error, NotPlainError) or error.errno in NO_FILE:
            raise damaged(path, ValueError(error.strerror)) from error
        raise unreadable(path, error) from error


def listed(folder: Path) -> list[str]:
    """The names in a folder, in alphabetical order; none where there is no such folder.

    Raises:
        StoreError: it cannot be looked into.
    """
    try:
        return sorted(path.name for path in folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise unreadable(folder, error) from error


def there(path: Path) -> bool:
    """Whether there is such a file, or something in its place. One that cannot be looked for is not taken for a
    missing one.

    Raises:
        StoreError: the system does not say.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        if error.errno != errno.ELOOP:  # links in a circle are there, and are found to be no file on reading
            raise unreadable(path, error) from error
    return True


def unreadable(path: Path, error: OSError) -> StoreError:
    """The error for a place that is there, but that the system does not give."""
    return StoreError(
        f"Expected to read {path}, but: {error.strerror or error}. Give its rights or mend the disk, and try again."
    )


def unwritable(path: Path, error: OSError) -> StoreError:
    """The error for a place that cannot be written to."""
    return StoreError(
        f"Expected to write {path}, but: {error.strerror or error}. What was stored before is unchanged. "
        "Free space or give the folder's rights, or name another one with --results."
    )


def canonical(record: Record) -> str:
    """A record as JSON text that is the same for the same content."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"))


def digest(record: str, arrays: Arrays) -> str:
    """SHA-256 over a record's canonical text and over every array: name, type, shape and bytes."""
    total = hashlib.sha256(record.encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        total.update(_description(name, array.dtype.str, array.shape))
        total.update(array.tobytes())
    return total.hexdigest()


@lru_cache(maxsize=4096)
def _description(name: str, kind: str, shape: tuple[int, ...]) -> bytes:
    return canonical({"name": name, "type": kind, "shape": list(shape)}).encode()


def write_arrays(path: Path, arrays: Arrays, record: Record) -> None:
    """Arrays and a JSON record into one safetensors file, with the checksum of both."""
    write_bytes(path, arrays_bytes(arrays, record))


def arrays_bytes(arrays: Arrays, record: Record) -> bytes:
    """What :func:`write_arrays` writes."""
    text = canonical(record)
    contiguous = {name: np.array(array, order="C") for name, array in arrays.items()}
    marks = {
        "record": text,
        "record_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "sha256": digest(text, contiguous),
    }
    # one entry alone: safetensors keeps several in no fixed order, and the same content is to give the same bytes
    return safetensors.save(contiguous, metadata={"rederive": canonical(marks)})


def read_arrays(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays and the record of a file.

    Raises:
        DamagedError: the file is truncated, altered or not ours.
        FileNotFoundError: there is no such file.
    """
    arrays, text = read_verified(path)
    try:
        return arrays, parsed(text)
    except (ValueError, RecursionError) as error:
        raise damaged(path, error) from error


def read_verified(path: Path) -> tuple[dict[str, NDArray[Any]], str]:
    """The arrays of a file, and its record as it is written; raises as :func:`read_arrays` does."""
    content = read_bytes(path)
    try:
        marks = metadata(content)
        arrays = safetensors.load(content)
        check_record(marks)
        if digest(marks["record"], arrays) != marks["sha256"]:
            raise ValueError("the checksum does not match")
        return arrays, marks["record"]
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(path, error) from error


def check_record(marks: Mapping[str, str]) -> None:
    """Verifies the checksum of the record alone; raises ValueError when it does not match."""
    if hashlib.sha256(marks["record"].encode()).hexdigest() != marks["record_sha256"]:
        raise ValueError("the record's checksum does not match")


def metadata(content: bytes) -> dict[str, str]:
    """What the header of a file, or all of the file, says of its content: record and checksums. Not verified yet.

    Raises:
        ValueError, KeyError, TypeError, AttributeError, RecursionError: it is no header of ours.
    """
    length = int.from_bytes(content[:8], "little")
    header = content[8 : 8 + length]
    if not header.rstrip(b" ").endswith(b"}"):  # padded with spaces alone; JSON would take other blanks too
        raise ValueError("the header is altered")
    return parsed(parsed(header)["__metadata__"]["rederive"])


def write_json(path: Path, record: Record) -> None:
    """A record as readable JSON, its checksum inside."""
    write_bytes(path, readable(record))


def readable(record: Record) -> bytes:
    """What :func:`write_json` writes."""
    whole = {**record, "sha256": hashlib.sha256(canonical(record).encode()).hexdigest()}
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
        if readable(record) != content:
            raise ValueError("the checksum does not match")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(path, error) from error
    return record


def damaged(path: Path, error: Exception) -> DamagedError:
    """The error for a file that cannot be trusted."""
    mend = WRITTEN_ANEW if path.suffix == ".json" else MADE_AGAIN
    return DamagedError(f"Expected {path} as it was written, but it was altered or cut short ({error}). {mend}")


def misplaced(path: Path, own: str) -> DamagedError:
    """The error for a whole file in the place of another; ``own``: the end of the path that it was written to."""
    return DamagedError(f"Expected {path} as it was written, but it was written as {own} and moved. {MADE_AGAIN}")
