"""Patches of the photographs that scikit-image and scikit-learn ship."""

from __future__ import annotations

from runs.data.selection import Pictures, Selection
from runs.data.sources.source import Source

PATCHES = "patches"


def read_pictures(wanted: Selection) -> Pictures:
    """All patches; there is no category to choose from.

    Raises:
        DataError: none of the photographs is installed, or one cannot be read.
    """
    from runs.data import photographs

    train, test = photographs.cut_patches()
    origin = (
        "patches of the photographs that scikit-image and scikit-learn ship; test patches come from other "
        "parts of each photograph than training patches"
    )
    return Pictures("photos", PATCHES, origin, train, test)


PHOTOS = Source(
    "photos",
    "patches of the photographs in scikit-image and scikit-learn; no download, not the write-up's data",
    read_pictures,
    PATCHES,
)
