"""CIFAR-10 where it lies on this machine, else from the university that made it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from runs.data.selection import HORSE, Pictures, Selection
from runs.data.sources.source import Source
from runs.errors import DataError

if TYPE_CHECKING:
    from runs.data.layouts.recognize import Recognized


@dataclass(frozen=True)
class Place:
    """A place where CIFAR-10 seems to lie.

    Attributes:
        keeper: who keeps it there.
        path: where.
        recognized: as what; None where nothing is recognized.
        trouble: why it cannot be used, as far as its names tell.
    """

    keeper: str
    path: Path
    recognized: Recognized | None
    trouble: str = ""


def find_places(root: Path) -> Iterator[Place]:
    """The places where CIFAR-10 seems to lie, one after another, in the order in which they are taken."""
    from runs.data.layouts.recognize import recognize, recognize_straight
    from runs.data.places import list_own, list_places

    own = list_own(root)
    for keeper, path in list_places(root):
        try:
            found = recognize_straight(path) if path in own else recognize(path)
        except DataError as error:
            yield Place(keeper, path, None, str(error))
            continue
        if found is not None:
            yield Place(keeper, path, found)


def read_place(place: Place, wanted: Selection) -> Pictures:
    """One class of what lies at a place, which is CIFAR-10's: by its checksums, or by its horses.

    Raises:
        DataError: it is something else.
    """
    if place.recognized is None:
        raise DataError(place.trouble)
    found = place.recognized.read(replace(wanted, data=str(place.path)))
    if not found.vouched:
        horses = found if wanted.category == HORSE else place.recognized.read(replace(wanted, category=HORSE))
        if found.source != CIFAR10.name or not has_horses(horses):
            raise DataError(f"Expected CIFAR-10 in {place.path}, but its horses are other pictures.")
    return found


def has_horses(found: Pictures) -> bool:
    """Whether pictures are CIFAR-10's horses, pixel for pixel."""
    from runs.data.fingerprint import recognise_horses

    return found.vouched or recognise_horses(found.train, found.test) == "same"


def read_pictures(wanted: Selection) -> Pictures:
    """One class of CIFAR-10.

    Raises:
        UsageError: no such class.
        DataError: CIFAR-10 is neither here nor to be had.
    """
    from runs.data.layouts.layout import find_label
    from runs.data.layouts.recognize import recognize
    from runs.data.university import download_archive

    find_label(wanted.category)
    for place in find_places(wanted.root):
        try:
            return read_place(place, wanted)
        except DataError as error:
            wanted.say(f"{place.path} is not used. {error}")
    patient = wanted if wanted.data == "auto" else replace(wanted, patience=None)  # who names it waits for it
    return recognize(download_archive(patient)).read(wanted)


CIFAR10 = Source(
    "cifar10",
    "CIFAR-10, one category (`--category horse`), where a tool already keeps it (`doctor` lists the places), in "
    "`data/` or `results/downloads/`; else it is downloaded",
    read_pictures,
)
