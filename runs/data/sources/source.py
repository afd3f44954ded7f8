"""What a source of pictures is: its name, what it holds, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runs.data.pixels import Pixels

Say = Callable[[str], None]

#: The category of the write-up.
HORSE = "horse"


@dataclass(frozen=True)
class Selection:
    """Which pictures of a source are wanted.

    Attributes:
        data: what the user typed: the name of a source, or a path.
        category: the class of pictures.
        root: the folder in which CIFAR-10 is kept and to which it is downloaded.
        say: told what the user must know, a sentence at a time.
    """

    data: str
    category: str
    root: Path
    say: Say


@dataclass(frozen=True, eq=False)
class Pictures:
    """What a source gave.

    Attributes:
        source: where they come from, as the name of their results begins: "cifar10", "folder" …
        category: the class of pictures, as they are stored.
        origin: where they come from, in a phrase for the report.
        train: (N, 32, 32, 3) uint8.
        test: (M, 32, 32, 3) uint8.
        vouched: whether a checksum has vouched for every picture.
    """

    source: str
    category: str
    origin: str
    train: Pixels
    test: Pixels
    vouched: bool = False


@dataclass(frozen=True)
class Source:
    """A kind of pictures that ``--data`` can name. Quick to import: what reads the pictures is imported when it does.

    Attributes:
        name: as the user types it; the source of a path stands for whatever is no name.
        pictures: what it gives, for the help and the README.
        read: gives the pictures.
        category: the only category that it has, where there is none to choose from.
    """

    name: str
    pictures: str
    read: Callable[[Selection], Pictures]
    category: str | None = None
