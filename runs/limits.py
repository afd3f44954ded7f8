"""How much of its machine this process may use: cores and memory, by the limits of its control groups (cgroups).

A container with two of 64 cores sees all 64; what it may use of them is in files of its control group. Each group lies
in others, and the tightest limit of them all holds. Both versions of the kernel's interface are read.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ROOT = Path("/")
#: Where version 2 lies: by itself, or beside version 1.
UNIFIED = ("", "unified")


def count_allowed_cores(root: Path = ROOT) -> int:
    """Processor cores that this process may use, at least 1: those that it may run on, fewer where a quota allows less
    time than that. A part of a core counts as one, for a worker more makes use of it.

    Args:
        root: where ``proc`` and ``sys`` lie.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quotas = [quota for folder in _list_groups("cpu", root) if (quota := _read_quota(folder)) is not None]
    return max(1, min([cores, *map(math.ceil, quotas)]))


def find_free_memory(root: Path = ROOT) -> int | None:
    """Bytes that this process and those that it starts can still take without swapping: what the system has available,
    less where a control group has a limit. None where the system does not say, as macOS does not.

    Args:
        root: where ``proc`` and ``sys`` lie.
    """
    available = _read_table(root / "proc/meminfo").get("MemAvailable:")
    if available is None:
        return None
    rooms = [room for folder in _list_groups("memory", root) if (room := _read_room(folder)) is not None]
    return max(0, min([available * 1024, *rooms]))


def _list_groups(controller: str, root: Path) -> Iterator[Path]:
    """The folders of the groups that this process is in, from the innermost out. In a container the path of a group may
    be the host's, of which nothing is seen but the outermost folder: that is then the container's own group.
    """
    for line in _read_text(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        group = PurePosixPath(path.strip("/"))
        if ".." in group.parts:
            group = PurePosixPath()
        for mount in {controllers: None, controller: None} if controllers else UNIFIED:
            for folder in (group, *group.parents):
                yield root / "sys/fs/cgroup" / mount / folder


def _read_quota(folder: Path) -> float | None:
    """Cores' worth of time that a group may use; None for no limit."""
    quota, _, period = _read_text(folder / "cpu.max").partition(" ")
    if not quota:
        quota, period = _read_text(folder / "cpu.cfs_quota_us"), _read_text(folder / "cpu.cfs_period_us")
    time, span = _parse_count(quota), _parse_count(period)
    return time / span if time and span else None


def _read_room(folder: Path) -> int | None:
    """Bytes that a group may still take; None for no limit. Files that were only read make room when it gets tight."""
    limits = [_read_count(folder / name) for name in ("memory.max", "memory.high", "memory.limit_in_bytes")]
    used = [_read_count(folder / name) for name in ("memory.current", "memory.usage_in_bytes")]
    limit, usage = (min((one for one in counts if one is not None), default=None) for counts in (limits, used))
    if limit is None or usage is None:
        return None
    table = _read_table(folder / "memory.stat")
    return limit - usage + table.get("total_inactive_file", table.get("inactive_file", 0))


def _read_table(path: Path) -> dict[str, int]:
    """The numbers of a file with a name and a number a line; none where it cannot be read."""
    rows = [line.split() for line in _read_text(path).splitlines()]
    return {row[0]: int(row[1]) for row in rows if len(row) > 1 and row[1].isdecimal()}


def _read_count(path: Path) -> int | None:
    return _parse_count(_read_text(path))


def _parse_count(text: str) -> int | None:
    """A whole number; None for "max", "-1" and nothing, which all say that there is no limit."""
    return int(text) if text.strip().isdecimal() else None


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
