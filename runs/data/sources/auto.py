"""The write-up's own pictures where they can be had, else the photographs."""

from __future__ import annotations

from runs.data.selection import HORSE, Pictures, Selection
from runs.data.sources.cifar10 import CIFAR10
from runs.data.sources.photos import PHOTOS
from runs.data.sources.source import Source
from runs.errors import DataError


def read_pictures(wanted: Selection) -> Pictures:
    """One class of CIFAR-10; the photographs, said loudly, where that cannot be had.

    Raises:
        UsageError: no such class of CIFAR-10.
        DataError: neither is there.
    """
    try:
        return CIFAR10.read(wanted)
    except DataError as error:
        left_out = "" if wanted.category == HORSE else f", which have no category {wanted.category!r}"
        wanted.say(
            f"NOT THE WRITE-UP'S DATA: training on the embedded photographs{left_out}. {error} "
            f"Ask for --data {CIFAR10.name} to stop here instead, or for --data {PHOTOS.name} to skip the search."
        )
        return PHOTOS.read(wanted)


AUTO = Source("auto", "CIFAR-10 if it is here or can be downloaded, else the photographs, said loudly", read_pictures)
