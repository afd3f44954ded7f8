"""Whether Ray can be tried here, its processes on this machine, the bits that it leaves: what tests of Ray share."""

from __future__ import annotations

import importlib.util
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from runs.storage import arrays as files
from runs.storage.store import Store

#: Seconds in which remote work has to have ended.
SOON = 5.0

#: What needs Ray, and what looks for its processes too.
RAY = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs ray: pip install -e '.[cluster]'")
NEEDS_RAY = [
    RAY,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc"),
]


def processes(parent: int | None = None) -> dict[int, str]:
    """The processes below one, or all of them: pid -> command."""
    above, commands = {}, {}
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, number = (path / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                above[int(path.name)] = int(number)
                commands[int(path.name)] = (path / "cmdline").read_text(errors="replace").replace("\0", " ").strip()
    found, before = {parent}, -1
    while len(found) != before:
        before = len(found)
        found |= {pid for pid, number in above.items() if number in found}
    return {pid: command for pid, command in commands.items() if parent is None or (pid in found and pid != parent)}


def kill(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def bits(store: Store) -> dict[str, Any]:
    """All that a store holds of the runs but for times."""
    found: dict[str, Any] = {}
    for path in sorted(store.folder.glob("*/**/*.safetensors")):
        arrays, record = files.read_arrays(path)
        found[str(path.relative_to(store.folder))] = {name: array.tobytes() for name, array in arrays.items()}
        for row in record.get("rows", []):
            numbers = {name: value for name, value in row.items() if "seconds" not in name}
            found[f"{path.parent.name} {row['epoch']}"] = numbers
    return found
