"""Dataset: the pictures of one category as arrays, the palette, and the id that both give."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from runs.data.pixels import Pixels, fit_palette

#: The palette of the write-up.
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
        palette: (24, 3) uint8, the k-means centres of the training pixels.
        written: whether these are the write-up's own pictures: "same", "copies" (of the same pictures, lossy)
            or "other".
    """

    source: str
    category: str
    origin: str
    train: Pixels
    test: Pixels
    palette: Pixels
    written: str

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the pictures, their order and the palette, as 64 hex digits."""
        total = hashlib.sha256()
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
) -> Dataset:
    """A Dataset with its palette fitted, or taken from a record of the very same pictures: fitting takes longer than
    all else that a run-all with nothing left does.

    ``known`` are the records of stored data sets. One is of these pictures when its digest, which covers pictures and
    palette, is that of these pictures with its palette.
    """
    for record in known:
        if (record["source"], record["train"], record["test"]) == (source, len(train), len(test)):
            palette = np.array(record["palette"], np.uint8)
            made = Dataset(source, category, origin, train, test, palette, written)
            if palette.shape == (COLOURS, 3) and made.digest == record["digest"]:
                return made
    return Dataset(source, category, origin, train, test, fit_palette(train, COLOURS), written)


def make_slug(text: str) -> str:
    """Any text as a name that is safe in a path: lower-case letters, digits and hyphens, at most 40."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].rstrip("-") or "unnamed"
