"""Sample (one number a seed) and Measured (what a page may show): no result reaches a template otherwise."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

#: In place of a seed: the number was computed, and no seed changes it.
COMPUTED = -1
#: In place of runs: the number was measured on the pictures.
ON_PICTURES = ("data",)


@dataclass(frozen=True)
class Measured:
    """One number with what it rests on.

    Attributes:
        value: the mean over seeds, in ``unit``.
        unit: "" for a plain number, "%" for a share that is shown as per cent (``value`` stays in 0..1).
        digits: decimals to show.
        spread: the standard deviation over seeds; None where one seed, or no seed, gave it.
        n: seeds behind it; 0 for what was computed and not trained.
        runs: ids of the runs behind it, "data" for what was measured on the pictures.
        given: it is a threshold that was set to hold others against, and nothing measured it.
    """

    value: float
    unit: str = ""
    digits: int = 4
    spread: float | None = None
    n: int = 1
    runs: tuple[str, ...] = ()
    given: bool = False


@dataclass(frozen=True)
class Sample:
    """The same measurement on each seed, and what is lacking.

    Attributes:
        values: seed -> number; only finite ones.
        unit: as in :class:`Measured`.
        digits: decimals to show.
        runs: ids of the runs behind ``values``.
        missing: ids of the runs that ought to be there and are not.
        diverged: ids of the runs whose number is not finite; they count against n.
        given: as in :class:`Measured`.
    """

    values: Mapping[int, float]
    unit: str = ""
    digits: int = 4
    runs: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    diverged: tuple[str, ...] = ()
    given: bool = False

    @property
    def ok(self) -> bool:
        """Whether there is at least one number."""
        return bool(self.values)

    @property
    def n(self) -> int:
        """How many seeds gave a number."""
        return len(self.values)

    @property
    def mean(self) -> float:
        """The mean over seeds, exactly their number where they agree; NaN when there is none."""
        found = list(self.values.values())
        if not found:
            return math.nan
        return found[0] if min(found) == max(found) else sum(found) / len(found)

    @property
    def spread(self) -> float | None:
        """The standard deviation over seeds (n - 1 in the denominator); None below two seeds."""
        if self.n < 2:
            return None
        mean = self.mean  # exactly theirs where all agree, so that rounding invents no spread
        return math.sqrt(sum((value - mean) ** 2 for value in self.values.values()) / (self.n - 1))

    def measured(self) -> Measured | None:
        """The number a page may show; None when no seed gave one."""
        if not self.values:
            return None
        seeds = 0 if set(self.values) == {COMPUTED} else self.n
        return Measured(self.mean, self.unit, self.digits, self.spread, seeds, self.runs, self.given)

    def once(self) -> Sample:
        """The same number without its seeds: it was measured beside each run, and no run changes it."""
        return replace(self, values={COMPUTED: self.mean} if self.values else {})

    def map(self, function: Callable[[float], float], unit: str | None = None, digits: int | None = None) -> Sample:
        """The same seeds, each number passed through a function."""
        return replace(
            self,
            values={seed: function(value) for seed, value in self.values.items()},
            unit=self.unit if unit is None else unit,
            digits=self.digits if digits is None else digits,
        )

    def shown_as(self, unit: str | None = None, digits: int | None = None) -> Sample:
        """The same numbers, shown in another unit or with other decimals."""
        return replace(
            self,
            unit=self.unit if unit is None else unit,
            digits=self.digits if digits is None else digits,
        )

    def paired(self, other: Sample, function: Callable[[float, float], float], unit: str | None = None) -> Sample:
        """Seed by seed, a function of this number and the other's; seeds that only one has drop out."""
        common = [seed for seed in self.values if seed in other.values]
        return Sample(
            {seed: function(self.values[seed], other.values[seed]) for seed in common},
            self.unit if unit is None else unit,
            self.digits,
            tuple(dict.fromkeys(self.runs + other.runs)),
            tuple(dict.fromkeys(self.missing + other.missing)),
            tuple(dict.fromkeys(self.diverged + other.diverged)),
        )

    def __sub__(self, other: Sample) -> Sample:
        return self.paired(other, lambda a, b: a - b)

    def __truediv__(self, other: Sample) -> Sample:
        return self.paired(other, lambda a, b: a / b if b else math.nan, unit="")


def make_known(value: float, unit: str = "", digits: int = 4, runs: tuple[str, ...] = ()) -> Sample:
    """A computed number that no seed changes, as a sample; ``runs`` may say that it is ``ON_PICTURES``."""
    return Sample({COMPUTED: float(value)}, unit, digits, runs)


def make_computed(value: float, unit: str = "", digits: int = 4, runs: tuple[str, ...] = ()) -> Measured:
    """A computed number that no seed changes, for a page."""
    return Measured(float(value), unit, digits, None, 0, runs)
