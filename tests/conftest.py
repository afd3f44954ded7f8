"""One thread of arithmetic, as in the workers: tiny tensors gain nothing from more, and fixed bits need it.

Hypothesis tries 100 examples, the same ones each time; ``--hypothesis-profile=nightly`` tries 2,000 new ones.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ["OMP_NUM_THREADS"] = "1"  # read when torch is first imported

#: One folder or store serves all examples of a test, on purpose; a slow machine is no failure.
ALLOWED = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)

settings.register_profile(
    "default", max_examples=100, derandomize=True, deadline=None, database=None, suppress_health_check=ALLOWED
)
settings.register_profile("nightly", max_examples=2000, deadline=None, suppress_health_check=ALLOWED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture
def bench() -> Iterator[Path]:
    """A folder in memory where there is one: the sweeps write some ten thousand files."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kilobytes, in memory."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if mount is None or subprocess.run(command, capture_output=True, timeout=30).returncode:
        pytest.skip("this process may not mount a disk")
    yield place
    subprocess.run(["umount", str(place)], check=True, timeout=30)


def grow(disk: Path, kilobytes: int) -> None:
    """A disk of :func:`tiny_disk` made larger."""
    subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", str(disk)], check=True, timeout=30)
