"""What a worker has freed is the system's again, though the worker is told to keep its memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runs.environment import HOME
from runs.execution import worker
from runs.execution.pool import KEEP_MEMORY

MEGABYTES = 200
#: Takes memory in pieces too small for a mapping of their own, frees it, and says what it holds before and after.
CODE = f"""
from pathlib import Path
from runs.execution.worker import give_memory_back

def held():
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) // 1024

pieces = [bytearray(100_000) for _ in range({MEGABYTES} * 11)]
last = bytearray(100_000)  # on top of them, so that only giving back reaches what lies below
del pieces
before = held()
give_memory_back()
print(before, held())
"""


@pytest.mark.skipif(worker._trim_heap() is None, reason="the C library keeps its own counsel: it has no malloc_trim")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads what it holds from /proc")
def test_freed_memory_is_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=HOME, env=os.environ | KEEP_MEMORY, capture_output=True, text=True, check=True
    )
    before, after = map(int, done.stdout.split())
    assert before > MEGABYTES
    assert after < before - MEGABYTES * 0.8


def test_giving_back_is_nothing_where_the_library_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_trim_heap", lambda: None)
    worker.give_memory_back()
