"""The folder of a store in, its lock held: one process writes at a time, and any number may read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from runs.disk import disk
from runs.errors import StoreError
from runs.leftovers import leftovers

LOCK = ".lock"


@contextmanager
def held(folder: Path, new: bool = False) -> Iterator[bool]:
    """Holds a store for one writer; yields whether another process had to be waited for. One that is not ``new`` has
    its record, or has vanished.

    The system lets go of the lock of a process that dies; what that one had begun to write is cleared away.

    Raises:
        StoreError: it cannot be held, or it has vanished.
    """
    lock = FileLock(folder / LOCK)
    try:
        try:
            disk().lock(lock, 0)
            waited = False
        except Timeout:
            disk().lock(lock, -1)
            waited = True
    except (OSError, NotImplementedError) as error:  # the latter where the file system knows no locks
        reason = (isinstance(error, OSError) and error.strerror) or error
        raise StoreError(
            f"Expected a results folder that can be written to, but {folder}: {reason}. "
            "Give the folder's rights, or name another one with --results."
        ) from error
    try:
        if not new and not (folder / "data.json").exists():
            raise StoreError(
                f"Expected results in {folder}, but the folder has vanished. Bring it back, or begin anew "
                "with the same command."
            )
        for left in leftovers(folder):
            with suppress(OSError):
                disk().remove(left)
        yield waited
    finally:
        lock.release()


def is_held(folder: Path) -> bool:
    """Whether another process is at work in a store; not known, and so False, where nothing can be written."""
    try:
        with FileLock(folder / LOCK, timeout=0):
            return False
    except Timeout:
        return True
    except (OSError, NotImplementedError):
        return False
