"""What the system gives, takes and refuses of files and folders, with its refusals as errors of ours.

Everything goes through :mod:`runs.disk`, where tests put failing disks.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runs.disk import NotPlainError, get_disk, write_whole
from runs.errors import RUN_ALL, DamagedError, StoreError

#: What mends a record by itself, and a file of a run that is asked for.
WRITTEN_ANEW = f"Move it away, and it is written anew by: {RUN_ALL}"
MADE_AGAIN = f"The run that it belongs to will be made again: {RUN_ALL}"
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
        raise make_unwritable(path, error) from error


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
            get_disk().make_folder(one)
            get_disk().sync_folder(one.parent)
    except OSError as error:
        raise make_unwritable(missing[0], error) from error


def move(source: Path, target: Path) -> None:
    """A file or folder to another place on the same disk, to survive a power cut.

    Raises:
        StoreError: it cannot be moved.
    """
    try:
        get_disk().rename(source, target)
        for folder in {target.parent, source.parent}:
            get_disk().sync_folder(folder)
    except OSError as error:
        raise make_unwritable(target, error) from error


def sync_together(one: Path, other: Path) -> bool:
    """Whether two places are on the same disk, so that the first can become part of the second by its name alone.

    Raises:
        StoreError: the system does not say.
    """
    try:
        return one.lstat().st_dev == other.stat().st_dev
    except OSError as error:
        raise make_unreadable(one, error) from error


def read_bytes(path: Path, start: int = 0, size: int = -1) -> bytes:
    """A file from a byte on, all of it or ``size`` bytes at most.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedError: what is there is no plain file.
        StoreError: it is there, but the system does not give it.
    """
    with _name_given(path):
        return get_disk().read(path, start, size)


def name_error(path: Path) -> os.stat_result:
    """What the system says of a file; raises as :func:`read_bytes` does."""
    with _name_given(path):
        return path.stat()


@contextmanager
def _name_given(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        if isinstance(error, NotPlainError) or error.errno in NO_FILE:
            raise make_damaged(path, ValueError(error.strerror)) from error
        raise make_unreadable(path, error) from error


def list_folder(folder: Path) -> list[str]:
    """The names in a folder, in alphabetical order; none where there is no such folder.

    Raises:
        StoreError: it cannot be looked into.
    """
    try:
        return sorted(path.name for path in folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise make_unreadable(folder, error) from error


def exists(path: Path) -> bool:
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
            raise make_unreadable(path, error) from error
    return True


def make_unreadable(path: Path, error: OSError) -> StoreError:
    """The error for a place that is there, but that the system does not give."""
    return StoreError(
        f"Expected to read {path}, but: {error.strerror or error}. Allow reading it or mend the disk, and try again."
    )


def make_unwritable(path: Path, error: OSError) -> StoreError:
    """The error for a place that cannot be written to."""
    return StoreError(
        f"Expected to write {path}, but: {error.strerror or error}. What was stored before is unchanged. "
        "Free space or allow writing there, or name another one with --results."
    )


def make_damaged(path: Path, error: Exception) -> DamagedError:
    """The error for a file that cannot be trusted."""
    mend = WRITTEN_ANEW if path.suffix == ".json" else MADE_AGAIN
    return DamagedError(f"Expected {path} as it was written, but it was altered or cut short ({error}). {mend}")


def make_misplaced(path: Path, own: str) -> DamagedError:
    """The error for a whole file in the place of another; ``own``: what it was written as, or of."""
    return DamagedError(f"Expected {path} as it was written, but it was written {own} and moved. {MADE_AGAIN}")
