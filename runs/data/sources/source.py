"""What a source of pictures is: its name, what it holds, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from runs.data.selection import Pictures, Selection


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
