"""What this machine has in, what works and what to do about the rest out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from ctypes.util import find_library
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from runs.environment import count_cores, find_processor
from runs.errors import RederiveError

#: Free disk that the whole write-up with five seeds takes, in bytes, with room to spare.
ROOM = 2 * 10**9


@dataclass(frozen=True)
class Check:
    """One thing looked at.

    Attributes:
        name: what was looked at.
        ok: whether it works.
        found: what was found.
        mend: the next step when it does not work.
        needed: whether a report cannot be made without it.
    """

    name: str
    ok: bool
    found: str
    mend: str = ""
    needed: bool = True


def examine(results: Path, data: str, category: str) -> Iterator[Check]:
    """Device, Pango, disk and pictures, one after another."""
    yield check_device()
    yield check_pango()
    yield check_disk(results)
    yield check_pictures(results, data, category)
    yield check_ray_here()


def check_device() -> Check:
    """What torch would train on."""
    import torch

    if torch.cuda.is_available():
        return Check("device", True, f"cuda, {torch.cuda.get_device_name(0)}, torch {torch.__version__}")
    idle = "; Apple's GPU has no float64, which training takes" if torch.backends.mps.is_available() else ""
    return Check("device", True, f"cpu, {find_processor()}, {count_cores()} cores, torch {torch.__version__}{idle}")


def check_pango() -> Check:
    """Whether WeasyPrint can make the PDF."""
    if find_library("pango-1.0") or find_library("pango-1.0-0"):
        return Check("Pango", True, "found, so the PDF can be made")
    mend = "Install it: apt-get install libpango-1.0-0 libpangoft2-1.0-0, or brew install pango"
    return Check("Pango", False, "not found: HTML works, the PDF does not", mend)


def check_disk(results: Path) -> Check:
    """Whether the results folder can be written to and has room."""
    there = next(folder for folder in (results.absolute(), *results.absolute().parents) if folder.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        return Check("results", False, f"{there} cannot be written to", "Give its rights, or use --results DIR")
    free = shutil.disk_usage(there).free
    return Check(
        "results", free > ROOM, f"{results}, {free / 1e9:.0f} GB free", "Free some space, or use --results DIR"
    )


def check_pictures(results: Path, data: str, category: str) -> Check:
    """Which pictures would be taken."""
    from runs.data.sources.load import load_dataset

    heard: list[str] = []
    try:
        dataset = load_dataset(data, category, root=results / "downloads", say=heard.append)
    except RederiveError as error:
        return Check("pictures", False, str(error), "Use --data photos for pictures that need no download")
    ok = not heard
    return Check("pictures", ok, f"{dataset.id}: {dataset.origin}", " ".join(heard), needed=False)


def check_ray_here() -> Check:
    """Whether runs can go to a Ray cluster; nothing else needs Ray."""
    try:
        return Check("Ray", True, f"{version('ray')}, so --engine ray works")
    except PackageNotFoundError:
        return Check("Ray", True, "not installed; --engine ray alone needs it: .venv/bin/pip install -e '.[cluster]'")
