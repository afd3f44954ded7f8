"""A sentence of a page, as words and measured numbers: nothing has to be looked for in it afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace

from report.results.format import show_plain
from report.results.values import Measured, Sample

#: Where a number stands in the words of a sentence.
SLOT = "{}"


@dataclass(frozen=True)
class Sentence:
    """Words and numbers in the order in which they are read. Numbers are shown without n and spread: a part says once
    what its numbers rest on.
    """

    parts: tuple[str | Measured, ...]

    @property
    def numbers(self) -> tuple[Measured, ...]:
        """The measured numbers in it."""
        return tuple(part for part in self.parts if isinstance(part, Measured))

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(part if isinstance(part, str) else show_plain(part) for part in self.parts)


def say(words: str, *numbers: Sample | Measured | None) -> Sentence | None:
    """A whole sentence with a number in each "{}"; None where one of the numbers is not there.

    Raises:
        ValueError: there are more numbers than places, or fewer.
    """
    told = words.split(SLOT)
    if len(told) != len(numbers) + 1:
        raise ValueError(f"Expected a number for each of {len(told) - 1} places, got {len(numbers)}: {words!r}.")
    known = [number.measured() if isinstance(number, Sample) else number for number in numbers]
    parts: list[str | Measured] = [told[0]]
    for number, following in zip(known, told[1:], strict=True):
        if number is None:
            return None
        parts += [replace(number, spread=None), following]
    return Sentence(tuple(part for part in parts if part))
