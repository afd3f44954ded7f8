"""The lock of a store's folder: one process writes at a time, and any number may read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import get_args

from filelock import FileLock, Timeout

from runs.disk import PART, get_disk
from runs.errors import StoreError
from runs.specs.spec import Model
from runs.storage import filesystem
from runs.storage.paths import is_set_aside
from runs.storage.records import STATE

#: The name of a file of ours, as it is while it is written: a dot, its own name, the number of the process.
HALF = re.compile(rf"\.[A-Za-z0-9][A-Za-z0-9._-]*\.(safetensors|json|csv)\.[0-9]+{re.escape(PART)}")
#: How the name of a run begins and ends.
RUN = re.compile(rf"({'|'.join(get_args(Model))})-[A-Za-z0-9._-]+-s[0-9]+")


def list_leftovers(folder: Path) -> Iterator[Path]:
    """The files that are half written. Whoever calls holds the lock: nobody is at work on them."""
    for place in list_lock_places(folder):
        found: list[Path] = []
        with suppress(StoreError, OSError):  # what may not be looked into is told of by whoever needs it
            paths = [place / name for name in filesystem.list_folder(place) if HALF.fullmatch(name)]
            found = [path for path in paths if path.is_file() and not path.is_symlink()]
        yield from found


def list_lock_places(folder: Path) -> Iterator[Path]:
    """The folders that a store writes files into; a link to a folder is somebody else's."""
    yield folder
    own = [folder / "probes"]
    for name in filesystem.list_folder(folder):
        run = folder / name
        with suppress(OSError):
            if not is_set_aside(name) and (RUN.fullmatch(name) or (run / STATE).is_file()):
                own += [run, run / "snapshots", run / "probes"]
    for place in own:
        there = False
        with suppress(OSError):
            there = place.is_dir() and not place.is_symlink() and not place.parent.is_symlink()
        if there:
            yield place


LOCK = ".lock"


@contextmanager
def hold_lock(folder: Path, new: bool = False) -> Iterator[bool]:
    """Holds a store for one writer; yields whether another process had to be waited for. One that is not ``new`` has
    its record, or has vanished.

    The system lets go of the lock of a process that dies; what that one had begun to write is cleared away.

    Raises:
        StoreError: it cannot be held, or it has vanished.
    """
    lock = FileLock(folder / LOCK)
    try:
        try:
            get_disk().lock(lock, 0)
            waited = False
        except Timeout:
            get_disk().lock(lock, -1)
            waited = True
    except (OSError, NotImplementedError) as error:  # the latter where the file system knows no locks
        reason = (isinstance(error, OSError) and error.strerror) or error
        raise StoreError(
            f"Expected a results folder that can be written to, but {folder}: {reason}. "
            "Allow writing there, or name another one with --results."
        ) from error
    try:
        if not new and not (folder / "data.json").exists():
            raise StoreError(
                f"Expected results in {folder}, but the folder has vanished. Bring it back, or begin anew "
                "with the same command."
            )
        for left in list_leftovers(folder):
            with suppress(OSError):
                get_disk().remove(left)
        yield waited
    finally:
        lock.release()


def is_locked(folder: Path) -> bool:
    """Whether another process is at work in a store; not known, and so False, where nothing can be written."""
    try:
        with FileLock(folder / LOCK, timeout=0):
            return False
    except Timeout:
        return True
    except (OSError, NotImplementedError):
        return False
