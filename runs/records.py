"""A stored file in, its arrays and its record out, of the form that files of its kind have.

A record with the right checksum may still be another program's, or another version's: it counts as damaged, so that
it is named, set aside and made again as any other damage.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from runs import files
from runs.errors import DamagedError
from runs.forms import PROBE_FORM, STATE_FORM, Form, fits
from runs.heads import Head, read_head

#: The name of the file that all else of a run follows from.
STATE = "state.safetensors"


def form_of(path: Path) -> Form:
    """The form of the record in a file, by its place; nothing is read of that of a snapshot."""
    if path.name == STATE:
        return STATE_FORM
    return PROBE_FORM if path.parent.name == "probes" else dict


def read(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays and the record of a file.

    Raises:
        DamagedError: it is truncated, altered or not ours.
        FileNotFoundError: there is no such file.
    """
    arrays, record = files.read_arrays(path)
    checked(path, record)
    if path.name == STATE:
        pictures_of(path, arrays)
    return arrays, record


def pictures(path: Path) -> NDArray[Any]:
    """The pictures of a state whose record is known from its head: every byte is verified, the record not read again.

    Raises:
        DamagedError: it is truncated, altered or not ours.
        FileNotFoundError: there is no such file.
    """
    return pictures_of(path, files.read_verified(path)[0])


def pictures_of(path: Path, arrays: files.Arrays) -> NDArray[Any]:
    """The pictures among the arrays of a state; one without counts as damaged."""
    if "pictures" not in arrays:
        raise files.damaged(path, ValueError("it has no pictures"))
    return arrays["pictures"]


def head(path: Path) -> Head:
    """The head of a file; raises as :func:`read` does, as far as it is read."""
    found = read_head(path)
    checked(path, found.record)
    return found


def checked(path: Path, record: Any) -> None:
    """Refuses a record that is not of the form that a file in this place has."""
    if not fits(record, form_of(path)):
        raise files.damaged(path, ValueError("its record is of another form"))


def is_damaged(path: Path) -> bool:
    """Whether a file of arrays does not match its checksum, has a record of another form, or is no file at all."""
    try:
        read(path)
    except DamagedError:
        return True
    except FileNotFoundError:  # a link to nowhere, or moved away since it was listed
        return False
    return False
