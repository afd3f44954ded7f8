"""The folder of a store in, what processes that died left half written in it out.

Only names that :mod:`runs.whole` gives to files of ours, and only where the store writes: what others keep beside
them, and what was set aside, is nobody's to clear away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import get_args

from runs import access
from runs.errors import StoreError
from runs.records import STATE
from runs.spec import Model
from runs.whole import PART

#: The name of a file of ours, as it is while it is written: a dot, its own name, the number of the process.
HALF = re.compile(rf"\.[A-Za-z0-9][A-Za-z0-9._-]*\.(safetensors|json|csv)\.[0-9]+{re.escape(PART)}")
#: How the name of a run begins and ends.
RUN = re.compile(rf"({'|'.join(get_args(Model))})-[A-Za-z0-9._-]+-s[0-9]+")


def leftovers(folder: Path) -> Iterator[Path]:
    """The files that are half written. Whoever calls holds the lock: nobody is at work on them."""
    for place in places(folder):
        found: list[Path] = []
        with suppress(StoreError, OSError):  # what may not be looked into is told of by whoever needs it
            paths = [place / name for name in access.listed(place) if HALF.fullmatch(name)]
            found = [path for path in paths if path.is_file() and not path.is_symlink()]
        yield from found


def places(folder: Path) -> Iterator[Path]:
    """The folders that a store writes files into; a link to a folder is somebody else's."""
    yield folder
    own = [folder / "probes"]
    for name in access.listed(folder):
        run = folder / name
        with suppress(OSError):
            if not name.endswith(".damaged") and (RUN.fullmatch(name) or (run / STATE).is_file()):
                own += [run, run / "snapshots", run / "probes"]
    for place in own:
        there = False
        with suppress(OSError):
            there = place.is_dir() and not place.is_symlink() and not place.parent.is_symlink()
        if there:
            yield place
