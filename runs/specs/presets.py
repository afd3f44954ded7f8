"""How much of the write-up to train, and the names of its sections. Quick to import: the commands need it first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from runs.errors import UsageError

TITLES = {
    "1.1": "Colourization as regression",
    "1.2": "Colourization as classification",
    "1.3": "Skip connections",
    "1.4": "Super-resolution",
    "1.5": "What the network sees",
    "1.6": "Conceptual questions",
}
#: The parts of each question that the write-up answers, by their letters.
PARTS = {"1.1": "abcde", "1.2": "b", "1.3": "bc", "1.4": "ab", "1.5": "abc", "1.6": "abcd"}

#: The most seeds, and the most epochs of a run of one's own, that may be asked for: more is a slip of the hand.
MOST_ASKED = 10_000
SECTIONS = tuple(TITLES)


@dataclass(frozen=True)
class Preset:
    """How much of the write-up to train.

    Attributes:
        divisor: the write-up's epochs are divided by it.
        images: (train, test) pictures at most; None for all.
        seeds: how many seeds, unless asked otherwise.
        beyond: whether it trains what the write-up never did, too.
    """

    name: str
    divisor: int = 1
    images: tuple[int, int] | None = None
    seeds: int = 1
    beyond: bool = True

    @property
    def shortened(self) -> bool:
        """Whether it trains fewer epochs, or on fewer pictures, than the write-up: all that it makes is marked so."""
        return self.divisor > 1 or self.images is not None

    def epoch(self, written: int) -> int:
        """The number of epochs that stands for the write-up's: the same, or its share, at least 1."""
        return max(1, round(written / self.divisor))

    def picture(self, written: int) -> int:
        """The epoch whose picture stands for the write-up's picture number (counted from 0)."""
        return round(written / self.divisor) + 1


PRESETS = {
    "write-up": Preset("write-up"),
    "quick": Preset("quick", divisor=5, images=(1000, 200), beyond=False),
    "thorough": Preset("thorough", seeds=5),
}


def split_names(asked: Iterable[str]) -> tuple[str, ...]:
    """The questions and parts asked for, as typed, once each: ("1.3,1.4.b",) names two.

    Raises:
        UsageError: a name that is neither in the write-up.
    """
    names = tuple(dict.fromkeys(name.strip() for each in asked for name in each.split(",")))
    parts = {f"{section}.{letter}" for section, letters in PARTS.items() for letter in letters}
    for name in names:
        if name not in SECTIONS and name not in parts:
            section = name.rsplit(".", 1)[0]
            known = [f"{section}.{letter}" for letter in PARTS.get(section, "")] or SECTIONS
            raise UsageError(
                f"Expected a section of the write-up ({', '.join(known)}), got {name!r}. "
                "Name one of these, or leave --section out for all."
            )
    return names


def choose_sections(asked: Iterable[str]) -> tuple[str, ...]:
    """The sections asked for, in order, a part standing for its section; all of them when none is named.

    Raises:
        UsageError: a name that is no section of the write-up, and no part of one.
    """
    wanted = {name[:3] for name in split_names(asked)}
    return tuple(name for name in SECTIONS if name in wanted) or SECTIONS


def is_part_asked(part: str, asked: Iterable[str]) -> bool:
    """Whether a part is among the questions and parts asked for; each is when none is named."""
    names = split_names(asked)
    return not names or part in names or part.rsplit(".", 1)[0] in names
