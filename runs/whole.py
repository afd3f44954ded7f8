"""Bytes in, a whole file or none out: written beside its place, synced, and renamed over it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from runs.disk import disk

#: How the name of a file ends that is still being written, or that a dead process left behind.
PART = ".part"
#: Seconds after which what is still being written is nobody's any more.
FORGOTTEN = 3600.0


def write_whole(path: Path, content: bytes) -> None:
    """Into a folder that is there. Whoever reads sees the old file or the new one, never half of one; a power cut
    changes nothing in that.

    Raises:
        OSError: it cannot be written. What was there before is still there, or the whole new file is.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    try:
        handle = disk().create(beside)
        try:
            disk().write(handle, content)
            disk().sync(handle)
        finally:
            disk().close(handle)
        disk().rename(beside, path)
    except BaseException:  # an interrupt leaves nothing behind either
        with suppress(OSError):
            disk().remove(beside)
        raise
    disk().sync_folder(path.parent)


def forgotten(folder: Path, pattern: str) -> Iterator[Path]:
    """What a process left behind that died while it wrote: not touched for an hour. Where nobody holds a lock,
    younger ones may belong to another process that is at work.
    """
    for path in folder.glob(pattern):
        with suppress(OSError):
            if time.time() - path.lstat().st_mtime > FORGOTTEN:
                yield path
