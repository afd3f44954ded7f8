"""Dataset: the pictures of one category as arrays, the palette, and the id that both give."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from runs.data.palette import Palette, read_assignment_palette
from runs.data.palette_names import ASSIGNMENT, KMEANS
from runs.data.pixels import Colours, Pixels, fit_palette
from runs.environment import RECIPE

#: How many colours the write-up's palette has.
COLOURS = 24


@dataclass(frozen=True, eq=False)
class Dataset:
    """One category of 32×32 RGB pictures, split into train and test, with its palette.

    Attributes:
        source: "cifar10", "folder" or "photos".
        category: "horse", or what a folder calls it.
        origin: where the pictures come from, in a sentence for the report.
        train: (N, 32, 32, 3) uint8.
        test: (M, 32, 32, 3) uint8.
        palette: (K, 3) float64 in pixel/256, the colours of the classes.
        written: whether these are the write-up's own pictures: "same", "copies" (of the same pictures, lossy)
            or "other".
        palette_name: whose colours these are: "assignment", "kmeans" (of the training pixels) or the name of a file.
    """

    source: str
    category: str
    origin: str
    train: Pixels
    test: Pixels
    palette: Colours
    written: str
    palette_name: str = KMEANS

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the pictures, their order, the palette, its name and the recipe, as 64 hex digits: what another
        recipe or another palette made lies elsewhere.
        """
        total = hashlib.sha256(repr((RECIPE, self.palette_name)).encode())
        for array in (self.train, self.test, self.palette):
            total.update(repr((array.shape, array.dtype.str)).encode())
            total.update(np.ascontiguousarray(array).tobytes())
        return total.hexdigest()

    @property
    def id(self) -> str:
        """The name of the results folder of this data, e.g. ``cifar10-horse-1f3c9a20``."""
        return f"{make_slug(self.source)}-{make_slug(self.category)}-{self.digest[:8]}"


def make_dataset(
    source: str,
    category: str,
    origin: str,
    train: Pixels,
    test: Pixels,
    written: str,
    known: Iterable[Mapping[str, Any]] = (),
    palette: Palette | None = None,
) -> Dataset:
    """A Dataset with its palette: the assignment's for the horses and k-means for other pictures, unless one is given.

    One by k-means is fitted, or taken from a record of the very same pictures: fitting takes longer than all else that
    a run-all with nothing left does. ``known`` are the records of stored data sets. One is of these pictures when its
    digest, which covers pictures and palette, is that of these pictures with its palette.
    """
    if palette is None:
        palette = Palette(KMEANS) if written == "other" else Palette(ASSIGNMENT, read_assignment_palette())
    if palette.colours is not None:
        return Dataset(source, category, origin, train, test, palette.colours, written, palette.name)
    for record in known:
        if (record["source"], record["train"], record["test"]) == (source, len(train), len(test)):
            colours = np.array(record["palette"], np.float64)
            made = Dataset(source, category, origin, train, test, colours, written)
            if colours.shape == (COLOURS, 3) and made.digest == record["digest"]:
                return made
    return Dataset(source, category, origin, train, test, fit_palette(train, COLOURS), written)


def make_slug(text: str) -> str:
    """Any text as a name that is safe in a path: lower-case letters, digits and hyphens, at most 40."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].rstrip("-") or "unnamed"
