"""The pictures that were asked for, whatever their source, as a Dataset with its palette."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from runs.data.copies import count_copies, describe_copies
from runs.data.dataset import Dataset, make_dataset
from runs.data.fingerprint import recognise_horses
from runs.data.palette import choose_palette
from runs.data.palette_names import AUTO
from runs.data.places import expand_home
from runs.data.selection import HORSE, Selection, ignore
from runs.data.sources import SOURCES, check_category, find_source, quote_names
from runs.errors import DataError, UsageError


def load_dataset(
    data: str = "auto",
    category: str = HORSE,
    *,
    root: Path,
    limit: tuple[int, int] | None = None,
    say: Callable[[str], None] = ignore,
    known: Iterable[Mapping[str, Any]] = (),
    resize: bool = False,
    patience: float | None = None,
    palette: str = AUTO,
) -> Dataset:
    """The pictures of one category, with their palette.

    Args:
        data: the name of a source, or a path.
        category: a class of CIFAR-10 or a category of the folder; the photographs have none to choose from.
        root: where CIFAR-10 is kept and downloaded to.
        limit: (train, test) pictures at most; the first ones.
        say: told what the user must know, a sentence at a time.
        known: records of stored data sets, whose palettes need not be fitted again.
        resize: whether pictures of a folder that have another size are brought to 32×32 pixels.
        patience: seconds that a download may take before "auto" takes the photographs; None for any.
        palette: "assignment", "kmeans", a file, or "auto": the assignment's for the horses, k-means for others.

    Raises:
        UsageError: no such class of CIFAR-10, one of the photographs, or no source named.
        DataError: the pictures, or the palette, are not there, not readable or not of the right form.
    """
    chosen = choose_palette(palette, say)
    check_path(data)
    check_category(data, category)
    found = find_source(data).read(Selection(data, category, root, say, resize, patience))
    copies = describe_copies(count_copies(found.train, found.test))
    if copies:
        say(copies)
    written = recognise_horses(found.train, found.test)  # all of them: a part tells too little
    train, test = (found.train, found.test) if limit is None else (found.train[: limit[0]], found.test[: limit[1]])
    # cut before the palette is fitted, so that it is fitted once
    return make_dataset(found.source, found.category, found.origin, train, test, written, known, chosen)


def check_path(data: str) -> None:
    """Refuses what is neither the name of a source nor a path at which something lies.

    Raises:
        UsageError: it can be no name at all.
        DataError: nothing lies there.
    """
    if not data or "\0" in data:
        raise UsageError(f"Expected {quote_names()} or a path, got {data[:100]!r}. Correct --data.")
    if data not in SOURCES and not os.path.lexists(expand_home(data)):
        raise DataError(
            f"Expected {quote_names()} or pictures at a path, but there is nothing at {expand_home(data)}. "
            "Correct --data."
        )
