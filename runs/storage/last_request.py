"""What was last asked for: of a store in its own record, of a results folder by a pointer to one of its stores."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runs.data.sources import SOURCES
from runs.disk import PART, get_disk, list_forgotten
from runs.errors import DamagedError
from runs.forms import fits
from runs.specs.request import quote_whole
from runs.storage import arrays, filesystem
from runs.storage.record_forms import POINTER_FORM, REQUEST_FORM

#: The record of a store, and the pointer in the results folder.
REQUEST, LAST = "request.json", "last.json"
#: What stands in a command for a folder of pictures that nobody knows any more.
UNKNOWN = "FOLDER"


def read_last_request(folder: Path) -> tuple[dict[str, Any] | None, str]:
    """What was last asked for; None when nothing was, or its record is damaged or of another form: then a sentence
    says so.
    """
    path = folder / REQUEST
    try:
        found = arrays.read_json(path)
    except FileNotFoundError:
        return None, ""
    except DamagedError as error:
        return None, str(error)
    if fits(found, REQUEST_FORM):
        return found, ""
    return None, f"Expected what was last asked for in {path}, got a record of another form. {filesystem.WRITTEN_ANEW}"


def find_asking_time(folder: Path, last: Mapping[str, Any]) -> str:
    """When something was last asked for of a store, as its record says; "" where nothing was. Of a record that says
    nothing of it, for it is older than this rule or cannot be read, the file's own time has to do.
    """
    if "asked" in last:
        return str(last["asked"])
    try:
        return spell_time(datetime.fromtimestamp((folder / REQUEST).lstat().st_mtime, UTC))
    except OSError:
        return ""


def spell_time(moment: datetime) -> str:
    """A moment so that the later of two texts is that of the later moment."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def write_pointer(folder: Path) -> None:
    """Points from the results folder to the store of which something was asked for last.

    Raises:
        StoreError: it cannot be written.
    """
    for left in list_forgotten(folder.parent, f".{LAST}.*{PART}"):
        get_disk().remove(left)
    arrays.write_json(folder.parent / LAST, {"store": folder.name})


def read_pointer(results: Path) -> tuple[str, str]:
    """The name of the store of which something was asked for last; "" where no pointer is, or none that can be read:
    then a sentence says so.
    """
    path = results / LAST
    if not filesystem.exists(path):
        return "", ""
    try:
        found = arrays.read_json(path)
    except DamagedError as error:
        return "", str(error)
    if fits(found, POINTER_FORM):
        return found["store"], ""
    return "", f"Expected the name of a store in {path}, got a record of another form. {filesystem.WRITTEN_ANEW}"


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
