"""Claim: one statement of the write-up with the measure that tests it; and the six ways of testing.

A measure is a function of the frames. It may find nothing (a run is missing): it then gives an empty Sample
that names what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from report.results.frames import Measure
from runs.specs.catalogue import BASE


@dataclass(frozen=True)
class Value:
    """A written figure: it holds when the measured one lies within ``tolerance`` of it (same unit).

    ``typed`` is the text that it was read from, for the digits to show; a claim gives its own. ``epoch`` is the
    write-up's at which it was measured. With other pictures, or fewer epochs, there is nothing to hold it against.
    ``figure``: whether the write-up gives it as one of its results; False where it is worked out from its figures, or
    its words come to a number, such as a share that has to be 0. ``anywhere``: whether it can be asked of any pictures
    and epochs.
    """

    written: float
    measure: Measure
    tolerance: float
    unit: str = ""
    typed: str = ""
    epoch: int = BASE
    figure: bool = True
    anywhere: bool = False


@dataclass(frozen=True)
class Margin:
    """What a difference has to reach to count as one.

    Attributes:
        size: in the unit of what is compared, as stored.
        unit: of the difference: "" or, e.g., "dB"; "points" where shares are compared.
        why: why so much, as words that follow a colon.
    """

    size: float
    unit: str
    why: str


@dataclass(frozen=True)
class Ordering:
    """``larger`` exceeds ``smaller``, paired by seed; a difference below ``margin`` is a tie.

    ``floor``: the least that there can be, or None. Where both are there on every seed, neither could have less, and
    the comparison says nothing.
    """

    larger: Measure
    smaller: Measure
    margin: Margin
    names: tuple[str, str] = ("the first", "the second")
    floor: float | None = None


def distances(names: tuple[str, str], of: str = "of ") -> tuple[str, str]:
    """The names of two sides that are distances from the truth, and not the numbers themselves."""
    return f"the distance from the truth {of}{names[0]}", f"that {of}{names[1]}"


@dataclass(frozen=True)
class Trend:
    """The measures rise (or fall) from each step to the next; a step below ``margin`` is a tie.

    ``turns`` names the steps (by index, from 0) at which the written statement itself turns the other way.
    """

    steps: Sequence[Measure]
    labels: Sequence[str]
    direction: Literal["rises", "falls"]
    margin: Margin
    turns: Sequence[int] = ()


@dataclass(frozen=True)
class Identity:
    """Exact: the measure counts differences, and the claim holds when there is none on any seed. ``trained``: they are
    between two trainings, of which a GPU gives no two with the same bits.
    """

    differences: Measure
    trained: bool = False


@dataclass(frozen=True)
class Fact:
    """Computed, not trained: the claim holds when the computed number lies within ``tolerance`` of
    ``written``; ``computation`` says how it was got, and ``typed`` is as in :class:`Value`. ``shortened``: a preset
    that shortens sets this number, which then stands for the written one and does not test it.
    """

    written: float
    measure: Measure
    computation: str
    tolerance: float = 0.0
    typed: str = ""
    shortened: bool = False


@dataclass(frozen=True)
class Judgement:
    """Only eyes can settle it. The proxies are shown and named as such; each is an Ordering that ought to hold.

    All proxies hold: "reproduced" by its proxies; none: "not reproduced"; otherwise "undecided". One at
    its floor has no say. Without any proxy: "not assessable", with ``reason``; what ``beside`` measures is then
    shown under its name and decides nothing.
    """

    proxies: Mapping[str, Ordering] = field(default_factory=dict)
    reason: str = ""
    beside: Mapping[str, Measure] = field(default_factory=dict)


Test = Value | Ordering | Trend | Identity | Fact | Judgement


@dataclass(frozen=True)
class Claim:
    """One statement of the write-up.

    Attributes:
        id: "1.1.c.loss-25": the part, then a name.
        statement: what it says, in our own words.
        written: the written figure or words, as a short text.
        test: how it is tested.
        why: why this measure and this tolerance.
        conflict: what in the write-up itself speaks against it; "" where nothing does.
        comment: what a reader should know whatever the verdict, e.g. why two numbers cannot be compared.
        reading: where the words can be read in more ways than one, how they are read here; "" where they cannot.
    """

    id: str
    statement: str
    written: str
    test: Test
    why: str
    conflict: str = ""
    comment: str = ""
    reading: str = ""

    @property
    def part(self) -> str:
        """The part of the question: "1.1.c"."""
        return self.id.rsplit(".", 1)[0]
