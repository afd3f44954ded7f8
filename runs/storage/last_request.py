"""The folder of a store in, what was last asked for of it out, and why that is not known."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runs.data.sources import SOURCES
from runs.errors import DamagedError
from runs.forms import fits
from runs.specs.request import quote_whole
from runs.storage import arrays, filesystem
from runs.storage.record_forms import REQUEST_FORM

#: What stands in a command for a folder of pictures that nobody knows any more.
UNKNOWN = "FOLDER"


def read_last_request(folder: Path) -> tuple[dict[str, Any] | None, str]:
    """What was last asked for; None when nothing was, or its record is damaged or of another form: then a sentence
    says so.
    """
    path = folder / "request.json"
    try:
        found = arrays.read_json(path)
    except FileNotFoundError:
        return None, ""
    except DamagedError as error:
        return None, str(error)
    if fits(found, REQUEST_FORM):
        return found, ""
    return None, f"Expected what was last asked for in {path}, got a record of another form. {filesystem.WRITTEN_ANEW}"


def find_asking_time(folder: Path) -> float:
    """The time at which something was last asked for; without a record of that, when the store was made; 0 where
    there is no such folder, as behind links in a circle.
    """
    path = folder / "request.json"
    try:
        return (path if os.path.lexists(path) else folder / "data.json").lstat().st_mtime
    except OSError:
        return 0.0


def describe_pictures(last: Mapping[str, Any], source: str) -> str:
    """What ``--data`` must be given to mean the pictures of a store: as it was last given, as long as that leads to
    the same folder from here.

    Args:
        last: what was last asked for; empty when that is not known.
        source: the store's.
    """
    if "data" not in last:
        return source if source in SOURCES else UNKNOWN
    data, folder = str(last["data"]), str(last.get("folder", ""))
    return folder if folder and quote_whole(data) != folder else data
