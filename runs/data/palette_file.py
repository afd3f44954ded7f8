"""Reading a palette from a file of the user's: the course's own, or plain figures as .npy, .csv or .json."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from runs.data.object_array import read_object_array
from runs.data.pixels import Colours
from runs.errors import DataError
from runs.text import count_words

#: Bytes that no palette of 255 colours takes.
MOST_BYTES = 1 << 20
LEAST, MOST = 2, 255  # colours: a pixel's class is kept in one byte
#: The units that a file may say: how far from 1 its numbers are, in pixel/256.
UNITS = {"0..1": 1.0, "0..255": 256.0}
ENDINGS = (".npy", ".csv", ".json")
MEND = "Name auto, assignment or kmeans with --palette, or a .npy, .csv or .json file with three numbers a colour."


def read_palette_file(path: Path) -> tuple[Colours, str]:
    """The colours of a file, (K, 3) in pixel/256, and the unit that its numbers were taken to be in.

    Numbers in 0..1 are pixels divided by 256, as the assignment divides them. A .csv says its unit in a line
    ``# unit: 0..255``, a .json as ``{"unit": "0..255", "colours": [[r, g, b], …]}``; an array of bytes says it by its
    kind. Where none is said the numbers tell, unless they are all 0 or 1.

    Raises:
        DataError: there is no such file, or it holds something else; the text names it.
    """
    if path.suffix.lower() not in ENDINGS:
        raise _refuse(path, f"the ending {path.suffix!r}" if path.suffix else "a name without an ending")
    try:
        if not path.is_file():
            raise _refuse(path, "something that is no file" if path.exists() else "no such file")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _refuse(path, error.strerror or str(error)) from None
    if len(content) > MOST_BYTES:
        raise _refuse(path, "a file of megabytes")
    read = {".npy": _read_npy, ".csv": _read_csv, ".json": _read_json}[path.suffix.lower()]
    try:
        numbers, unit = read(content)
        return _to_colours(numbers, unit)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError, SyntaxError) as error:
        raise _refuse(path, str(error) if type(error) is ValueError else "something else, or a damaged file") from None


def _refuse(path: Path, came: str) -> DataError:
    return DataError(f"Expected a palette of {LEAST} to {MOST} colours in {path}, got {came}. {MEND}")


def _read_npy(content: bytes) -> tuple[Any, str]:
    stream = io.BytesIO(content)
    version = npy.read_magic(stream)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"the format {version[0]}.{version[1]} of NumPy")
    header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, kind = header(stream)
    if kind.hasobject:
        arrays = read_object_array(content[stream.tell() :])
        if len(arrays) != 1:
            raise ValueError(f"a pickle of {count_words(len(arrays), 'array')}")
        return arrays[0], "0..1"
    if kind.kind not in "fiu" or len(shape) != 2:
        raise ValueError(f"an array of {kind} and shape {shape}")
    return np.load(io.BytesIO(content)), "0..255" if kind == np.uint8 else ""


def _read_csv(content: bytes) -> tuple[Any, str]:
    lines = content.decode("utf-8-sig").splitlines()
    said = [found[1] for line in lines if (found := re.fullmatch(r"\s*#\s*unit:\s*(\S+)\s*", line))]
    rows = [row for row in csv.reader(line for line in lines if not line.lstrip().startswith("#")) if any(row)]
    if rows and not _are_numbers(rows[0]):
        rows = rows[1:]  # the names of the columns
    if not all(_are_numbers(row) for row in rows):
        raise ValueError("a row that is not of numbers")
    return [[float(cell) for cell in row] for row in rows], said[0] if said else ""


def _are_numbers(row: Sequence[str]) -> bool:
    try:
        return bool([float(cell) for cell in row])
    except ValueError:
        return False


def _read_json(content: bytes) -> tuple[Any, str]:
    found = json.loads(content)
    if isinstance(found, dict):
        return found["colours"], str(found.get("unit", ""))
    return found, ""


def _to_colours(numbers: Any, unit: str) -> tuple[Colours, str]:
    """The colours in pixel/256, and the unit.

    Raises:
        ValueError: they are no palette, or their unit is not clear.
    """
    rows = numbers if isinstance(numbers, np.ndarray) else _to_array(numbers)
    if rows.ndim != 2 or rows.shape[1] != 3:
        raise ValueError(f"numbers of shape {rows.shape}, not three a colour")
    if not LEAST <= len(rows) <= MOST:
        raise ValueError(count_words(len(rows), "colour"))
    values: NDArray[np.float64] = rows.astype(np.float64)
    if not np.isfinite(values).all() or values.min() < 0 or values.max() > 255:
        raise ValueError("a number outside 0..1 and 0..255")
    if unit and unit not in UNITS:
        raise ValueError(f"the unit {unit!r}, not {' or '.join(UNITS)}")
    if not unit and np.isin(values, (0, 1)).all():
        raise ValueError('numbers that are all 0 or 1, so that their unit is not clear: say it as "unit" in the file')
    unit = unit or ("0..255" if values.max() > 1 else "0..1")
    if unit == "0..1" and values.max() > 1:
        raise ValueError("a number above 1, though the unit is 0..1")
    if len(np.unique(values, axis=0)) < len(values):
        raise ValueError("the same colour twice")
    return values / UNITS[unit], unit


def _to_array(numbers: Any) -> NDArray[np.float64]:
    """Rows of three numbers as an array."""
    if not isinstance(numbers, list) or not all(
        isinstance(row, list) and len(row) == 3 and all(type(value) in (int, float) for value in row) for row in numbers
    ):
        raise ValueError("rows that are not of three numbers")
    return np.array(numbers, np.float64).reshape(len(numbers), 3)
