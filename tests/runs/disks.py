"""Disks that count every call, and fail, vanish, forget or end the process at a chosen one."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable
from pathlib import Path

from filelock import BaseFileLock

from runs.disk import Disk

#: The points of a file that is written whole: create, write, half-way through, sync, close, rename, sync the folder.
POINTS_OF_A_FILE = 7
#: The points of a folder that is made: make it, sync the one above it.
POINTS_OF_A_FOLDER = 2

Strike = Callable[[str], None]


class Counting(Disk):
    """Every call is a point, and half a write is one more; at point ``at`` and before its call, ``strike`` is called.

    Nothing is really synced: what a process leaves does not depend on it, and :class:`Recording` counts it.
    """

    def __init__(self, at: int | None = None, strike: Strike = lambda call: None) -> None:
        self.at, self.strike = at, strike
        self.calls: list[str] = []
        self.reads = 0

    def point(self, call: str) -> None:
        self.calls.append(call)
        if len(self.calls) - 1 == self.at:
            self.strike(call)

    def make_folder(self, path: Path) -> None:
        self.point("make folder")
        super().make_folder(path)

    def create(self, path: Path) -> int:
        self.point("create")
        return super().create(path)

    def write(self, handle: int, content: bytes) -> None:
        self.point("write")
        super().write(handle, content[: len(content) // 2])
        self.point("write on")
        super().write(handle, content[len(content) // 2 :])

    def sync(self, handle: int) -> None:
        self.point("sync")

    def close(self, handle: int) -> None:
        self.point("close")
        super().close(handle)

    def rename(self, source: Path, target: Path) -> None:
        self.point("rename")
        super().rename(source, target)

    def remove(self, path: Path) -> None:
        self.point("remove")
        super().remove(path)

    def sync_folder(self, path: Path) -> None:
        self.point("sync folder")

    def lock(self, lock: BaseFileLock, seconds: float) -> None:
        self.point("lock")
        super().lock(lock, seconds)


def deadly(at: int) -> Counting:
    """Ends the process at a point, as SIGKILL does."""
    return Counting(at, lambda call: os.kill(os.getpid(), signal.SIGKILL))


class Crash(BaseException):
    """The process is gone: nothing that it wanted to do afterwards happens."""


class Dead(Counting):
    """As :func:`deadly`, for a process that has to live on: from a point on, every call raises and does nothing."""

    def point(self, call: str) -> None:
        super().point(call)
        if self.at is not None and len(self.calls) > self.at:
            raise Crash


class Failing(Counting):
    """Fails at a point with an error of the system; a full disk stays full, the others fail once."""

    def __init__(self, at: int, number: int) -> None:
        super().__init__(at)
        self.number = number

    def point(self, call: str) -> None:
        super().point(call)
        now, full = len(self.calls) - 1, self.number == errno.ENOSPC
        takes_room = call in ("make folder", "create", "write", "write on", "sync", "close", "lock")
        if now == self.at or (full and takes_room and self.at is not None and now > self.at):
            raise OSError(self.number, os.strerror(self.number))


class ReadOnly(Disk):
    """Can be read only."""

    def refuse(self, *_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    make_folder = create = rename = remove = lock = refuse  # type: ignore[assignment]


class Recording(Counting):
    """Writes down every call, so that one can say afterwards what a power cut would have left."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[tuple[str, Path, bytes | Path]] = []
        self.open: dict[int, Path] = {}

    def make_folder(self, path: Path) -> None:
        super().make_folder(path)
        self.log.append(("make folder", path, b""))

    def create(self, path: Path) -> int:
        handle = super().create(path)
        self.open[handle] = path
        self.log.append(("create", path, b""))
        return handle

    def write(self, handle: int, content: bytes) -> None:
        super().write(handle, content)
        self.log.append(("write", self.open[handle], content[: len(content) // 2]))
        self.log.append(("write", self.open[handle], content[len(content) // 2 :]))

    def sync(self, handle: int) -> None:
        super().sync(handle)
        self.log.append(("sync", self.open[handle], b""))

    def rename(self, source: Path, target: Path) -> None:
        super().rename(source, target)
        self.log.append(("rename", source, target))

    def remove(self, path: Path) -> None:
        super().remove(path)
        self.log.append(("remove", path, b""))

    def sync_folder(self, path: Path) -> None:
        super().sync_folder(path)
        self.log.append(("sync folder", path, b""))

    def said(self, text: str) -> None:
        """What the user has been told by now."""
        self.log.append(("said", Path(), text.encode()))


class Platter:
    """What a power cut leaves of some recorded calls, below a folder that was there and synced before.

    A file is a number; what it holds and what it is called are synced each by itself, as the system promises.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.names: dict[Path, int | None] = {root: None}  # None: a folder
        self.synced_names: dict[Path, int | None] = {root: None}
        self.content: dict[int, bytes] = {}
        self.synced_content: dict[int, bytes] = {}
        self.said: list[str] = []

    def take(self, call: str, path: Path, more: bytes | Path) -> None:
        """One recorded call."""
        if call == "make folder":
            self.names.setdefault(path, None)
        elif call == "create":
            number = self.names[path] = len(self.content)
            self.content[number] = self.synced_content[number] = b""
        elif call == "write":
            assert isinstance(more, bytes)
            self.content[self._file(path)] += more
        elif call == "sync":
            self.synced_content[self._file(path)] = self.content[self._file(path)]
        elif call == "rename":
            assert isinstance(more, Path)
            self.names[more] = self.names.pop(path)
        elif call == "remove":
            del self.names[path]
        elif call == "sync folder":
            for name in [name for name in self.synced_names if name.parent == path and name not in self.names]:
                del self.synced_names[name]
            self.synced_names |= {name: what for name, what in self.names.items() if name.parent == path}
        elif call == "said":
            assert isinstance(more, bytes)
            self.said.append(more.decode())

    def _file(self, path: Path) -> int:
        number = self.names[path]
        assert number is not None
        return number

    def leave(self, folder: Path, kept: str) -> None:
        """Makes a folder of what is left.

        Args:
            folder: takes the place of the root.
            kept: "synced": names and content alike only where they were synced; "names": every name, and content
                where it was synced; "half": every name, and half of the content that was not synced.
        """
        names = self.synced_names if kept == "synced" else self.names
        for path in sorted(names):
            place, number = folder / path.relative_to(self.root), names[path]
            if not all(above in names for above in path.parents if above.is_relative_to(self.root)):
                continue  # its folder is lost, and so is all in it
            if number is None:
                place.mkdir(exist_ok=True)
                continue
            content = self.synced_content[number]
            if kept == "half" and content != self.content[number]:
                content = self.content[number][: len(self.content[number]) // 2]
            place.write_bytes(content)
