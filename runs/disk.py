"""Every call by which stored files come, change and go, in one place: here the real ones.

A disk that fails, forgets or ends the process at a chosen call is put in their place by :func:`use_disk`; that is
how the tests reach every point at which a machine can die.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from filelock import BaseFileLock

#: How the name of a file ends that is still being written, or that a dead process left behind.
PART = ".part"
#: Seconds after which what is still being written is nobody's any more.
FORGOTTEN = 3600.0
#: What file systems say that cannot sync a folder: CIFS, shared folders of virtual machines, some of FUSE.
NO_FOLDER_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EBADF)


def write_whole(path: Path, content: bytes) -> None:
    """Into a folder that is there. Whoever reads sees the old file or the new one, never half of one; a power cut
    changes nothing in that.

    Raises:
        OSError: it cannot be written. What was there before is still there, or the whole new file is.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    try:
        handle = get_disk().create(beside)
        try:
            get_disk().write(handle, content)
            get_disk().sync(handle)
        finally:
            get_disk().close(handle)
        get_disk().rename(beside, path)
    except BaseException:  # an interrupt leaves nothing behind either
        with suppress(OSError):
            get_disk().remove(beside)
        raise
    get_disk().sync_folder(path.parent)


def list_forgotten(folder: Path, pattern: str) -> Iterator[Path]:
    """What a process left behind that died while it wrote: not touched for an hour. Where nobody holds a lock,
    younger ones may belong to another process that is at work.
    """
    for path in folder.glob(pattern):
        with suppress(OSError):
            if time.time() - path.lstat().st_mtime > FORGOTTEN:
                yield path


class NotPlainError(OSError):
    """What lies in the place of a file is none that can be read: a pipe, a device, a socket."""


class Disk:
    """The calls of the system, one method each. All raise OSError.

    Attributes:
        unsynced: the first folder whose file system cannot sync folders; None while none was met.
    """

    unsynced: Path | None = None

    def make_folder(self, path: Path) -> None:
        """A folder in one that is there; no error when it is there already."""
        path.mkdir(exist_ok=True)

    def create(self, path: Path) -> int:
        """An empty file, open for writing: its handle."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)

    def write(self, handle: int, content: bytes) -> None:
        """All of the content; the system may take it in pieces."""
        left = memoryview(content)
        while left:
            left = left[os.write(handle, left) :]

    def sync(self, handle: int) -> None:
        """Returns when the content of an open file would survive a power cut."""
        os.fsync(handle)

    def close(self, handle: int) -> None:
        """Gives the handle back."""
        os.close(handle)

    def rename(self, source: Path, target: Path) -> None:
        """One name for another; what had the target's name is gone at that moment."""
        source.replace(target)

    def remove(self, path: Path) -> None:
        """A file gone."""
        path.unlink()

    def sync_folder(self, path: Path) -> None:
        """Returns when the names in a folder would survive a power cut. Where the file system cannot sync a folder,
        that is noted and passed over.
        """
        if os.name == "nt":  # folders cannot be opened there, and need not be
            return
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in NO_FOLDER_SYNC:
                raise
            self.unsynced = self.unsynced or path
        finally:
            os.close(handle)

    def lock(self, lock: BaseFileLock, seconds: float) -> None:
        """Takes a lock; waits for it without end when ``seconds`` is negative. Raises Timeout when time is up."""
        lock.acquire(timeout=seconds)

    def read(self, path: Path, start: int = 0, size: int = -1) -> bytes:
        """A file from a byte on, all of it or ``size`` bytes at most. Nothing but a plain file is waited for."""
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        with os.fdopen(_open_plain(os.open(path, flags)), "rb") as file:
            file.seek(start)
            return file.read(size)


def _open_plain(handle: int) -> int:
    """The same handle, of a plain file; that of anything else is given back."""
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise NotPlainError(errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL, "it is no plain file")
    return handle


_current: ContextVar[Disk] = ContextVar("disk", default=Disk())  # noqa: B039, for there is one machine


def get_disk() -> Disk:
    """The disk in use."""
    return _current.get()


@contextmanager
def use_disk(other: Disk) -> Iterator[None]:
    """While open, every call goes through another disk."""
    before = _current.set(other)
    try:
        yield
    finally:
        _current.reset(before)
