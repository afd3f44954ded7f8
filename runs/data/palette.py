"""Which colours a pixel is sorted into: the assignment's, those that k-means finds in the pictures, or a file's."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from runs.data.palette_file import MEND, read_palette_file
from runs.data.palette_names import ASSIGNMENT, AUTO, KMEANS
from runs.data.pixels import Colours
from runs.data.places import expand_home
from runs.errors import UsageError

#: The 24 colours that the assignment gave out, with their source.
ASSIGNMENT_FILE = Path(__file__).with_name("assignment_palette.csv")


@dataclass(frozen=True, eq=False)
class Palette:
    """The colours of the classes, and whose they are.

    Attributes:
        name: "assignment", "kmeans" or the name of a file.
        colours: (K, 3) float64, in pixel/256; None for k-means, which takes the pictures.
    """

    name: str
    colours: Colours | None = None


@cache
def read_assignment_palette() -> Colours:
    """The assignment's colours, (24, 3) in pixel/256, in its own order."""
    lines = ASSIGNMENT_FILE.read_text(encoding="utf-8").splitlines()
    rows = list(csv.reader(line for line in lines if not line.startswith("#")))[1:]
    return np.array(rows, np.float64)


def choose_palette(wanted: str, say: Callable[[str], None] = lambda text: None) -> Palette | None:
    """The palette that ``--palette`` names; None for "auto", which goes by the pictures.

    Args:
        wanted: "auto", "assignment", "kmeans" or a file, as the user typed it.
        say: told which unit a file's numbers were taken to be in.

    Raises:
        UsageError: nothing is named.
        DataError: the file is not there, or is no palette.
    """
    if not wanted or "\0" in wanted:
        raise UsageError(f"--palette: expected a name or a file, got {wanted[:100]!r}. {MEND}")
    if wanted == AUTO:
        return None
    if wanted == KMEANS:
        return Palette(KMEANS)
    if wanted == ASSIGNMENT:
        return Palette(ASSIGNMENT, read_assignment_palette())
    path = expand_home(wanted)
    colours, unit = read_palette_file(path)
    if np.array_equal(colours, read_assignment_palette()):
        return Palette(ASSIGNMENT, colours)
    say(f"Palette: {len(colours)} colours of {path.name}, whose numbers were taken to be in {unit}.")
    return Palette(path.name, colours)
