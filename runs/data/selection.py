"""Which pictures are wanted, and what a reader of pictures gives. Quick to import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runs.data.pixels import Pixels

Say = Callable[[str], None]

#: The category of the write-up.
HORSE = "horse"


def ignore(message: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Selection:
    """Which pictures are wanted.

    Attributes:
        data: what the user typed: the name of a source, or a path.
        category: the class of pictures.
        root: the folder in which CIFAR-10 is kept and to which it is downloaded.
        say: told what the user must know, a sentence at a time.
        resize: whether pictures of a folder that have another size are brought to 32×32 pixels.
        patience: seconds that a download may take before the photographs are taken instead; None for any.
    """

    data: str
    category: str
    root: Path
    say: Say = ignore
    resize: bool = False
    patience: float | None = None


@dataclass(frozen=True, eq=False)
class Pictures:
    """What a reader gave.

    Attributes:
        source: where they come from, as the name of their results begins: "cifar10", "folder" …
        category: the class of pictures, as they are stored.
        origin: where they come from, in a phrase for the report.
        train: (N, 32, 32, 3) uint8.
        test: (M, 32, 32, 3) uint8.
        vouched: whether a checksum has vouched for every picture.
        passed_over: the files beside the pictures that were not taken.
    """

    source: str
    category: str
    origin: str
    train: Pixels
    test: Pixels
    vouched: bool = False
    passed_over: tuple[str, ...] = ()

    def with_passed_over(self, names: Sequence[str]) -> Pictures:
        """The same pictures, and the files beside them that were not taken."""
        return replace(self, passed_over=tuple(names))
