"""Reading the arrays and the record of a stored file, in the form that files of its kind have.

A record with the right checksum may still be another program's, or another version's: it counts as damaged, so that
it is named, set aside and made again as any other damage.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from runs.environment import is_current
from runs.errors import DamagedError
from runs.forms import Form, fits
from runs.specs.probe_form import has_shape
from runs.specs.probe_outputs import DATA_PROBES, RUN_PROBES, find_misfit
from runs.specs.spec import read_spec
from runs.storage import arrays as files
from runs.storage import filesystem
from runs.storage.headers import Head, read_head
from runs.storage.record_forms import ANY_FORM, PROBE_FORM, SNAPSHOT_FORM, STATE_FORM

#: The name of the file that all else of a run follows from, and the folders beside it.
STATE, SNAPSHOTS, PROBES = "state.safetensors", "snapshots", "probes"
#: Bytes from which on a file is held to the length that its head gives before it is read: a longer one may be longer
#: than memory.
LONG = 64 * 2**20
NO_PICTURES = "it has no pictures"
#: What stands for the pictures themselves where a run is named.
DATA = "data"


def make_snapshot_name(epoch: int) -> str:
    """The name of the file of weights after an epoch."""
    return f"epoch-{epoch:03d}.safetensors"


def make_probe_name(run: str, name: str, epoch: int) -> str:
    """The name of the file of a probe."""
    return f"{name}.safetensors" if run == DATA else f"{name}-{epoch:03d}.safetensors"


def is_stale(record: Mapping[str, Any]) -> bool:
    """Whether other code of the recipe than today's trained any epoch of a run."""
    return any(not is_current(segment["environment"]["code"]) for segment in record["segments"])


def find_form(path: Path) -> Form:
    """The form of the record in a file, by its place; nothing is read of what lies elsewhere."""
    if path.name == STATE:
        return STATE_FORM
    forms: dict[str, Form] = {SNAPSHOTS: SNAPSHOT_FORM, PROBES: PROBE_FORM}
    return forms.get(path.parent.name, ANY_FORM)


def read_record(path: Path, digest: str = "") -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays and the record of a file.

    Args:
        path: the file.
        digest: of the data set that it has to be about; "" where that is not known.

    Raises:
        DamagedError: it is truncated, altered, of another form, in another's place, about other pictures or not ours.
        FileNotFoundError: there is no such file.
    """
    if filesystem.name_error(path).st_size > LONG:
        read_head(path)
    arrays, record = files.read_arrays(path)
    check_kept(path, record, digest)
    if why := _find_misfit(path, arrays, record):
        raise filesystem.make_damaged(path, ValueError(why))
    return arrays, record


def check_pictures(path: Path) -> NDArray[Any]:
    """The pictures of a state whose record is known from its head: every byte is verified, the record not read again.

    Raises:
        DamagedError: it is truncated, altered, of another form or not ours.
        FileNotFoundError: there is no such file.
    """
    if filesystem.name_error(path).st_size > LONG:
        read_head(path)
    arrays = files.read_verified(path)[0]
    if not _is_pictured(arrays):
        raise filesystem.make_damaged(path, ValueError(NO_PICTURES))
    return arrays["pictures"]


def _is_pictured(arrays: dict[str, NDArray[Any]]) -> bool:
    """Whether a state holds pictures: (E, K, 32, 32, 3) uint8."""
    return "pictures" in arrays and has_shape(arrays["pictures"], "uint8 * * 32 32 3", {})


def _find_misfit(path: Path, arrays: dict[str, NDArray[Any]], record: dict[str, Any]) -> str:
    """What of the arrays, or of the notes that name their rows, is not of the form that is read here."""
    if path.name == STATE:
        return "" if _is_pictured(arrays) else NO_PICTURES
    if path.parent.name != PROBES:
        return ""
    versions = DATA_PROBES if record["run"] == DATA else RUN_PROBES
    today = versions.get(record["name"]) == record["version"]  # one of another version is not read, but made again
    return find_misfit(record["name"], arrays, record["notes"]) if today else ""


def read_record_head(path: Path, digest: str = "") -> Head:
    """The head of a file; raises as :func:`read_record` does, as far as it is read."""
    found = read_head(path)
    check_kept(path, found.record, digest)
    return found


def check_kept(path: Path, record: Any, digest: str = "") -> None:
    """Refuses a record that is not of the form that a file in this place has, that was written in another place, or
    of results on other pictures; a record need not say on which it is.
    """
    if not fits(record, find_form(path)):
        raise filesystem.make_damaged(path, ValueError("its record is of another form"))
    own = find_written_form(path, record)
    if path.parts[-len(own) :] != own:
        raise filesystem.make_misplaced(path, f"as {'/'.join(own)}")
    if digest and record.get("digest", digest) != digest:
        raise filesystem.make_misplaced(path, "of other pictures")


def find_written_form(path: Path, record: dict[str, Any]) -> tuple[str, ...]:
    """The end of the path that a file was written to, as its record tells."""
    if path.name == STATE:
        return read_spec(record["spec"]).id, STATE
    if path.parent.name == SNAPSHOTS:
        return record["run"], SNAPSHOTS, make_snapshot_name(record["epoch"])
    if path.parent.name == PROBES:
        name = make_probe_name(record["run"], record["name"], record["epoch"])
        return (PROBES, name) if record["run"] == DATA else (record["run"], PROBES, name)
    return (path.name,)


def make_trouble(path: Path, digest: str = "") -> str:
    """Why a file of arrays cannot be trusted, in a sentence: it does not match its checksum, has another form or
    place, is about other pictures, or is no file at all; "" when it can.
    """
    try:
        read_record(path, digest)
    except DamagedError as error:
        return str(error)
    except FileNotFoundError:  # a link to nowhere, or moved away since it was listed
        return ""
    return ""
