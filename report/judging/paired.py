"""Two samples paired by seed, and which way their difference goes: a comparison, or one step of a trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from report.judging.claim import Margin
from report.judging.evidence import pair
from report.judging.verdict import Open, show_sample, show_side
from report.results.format import find_difference_unit, show_plain, show_written
from report.results.sequential import ORDERING_LEVEL, Direction, Interval, decide_direction, find_mean_interval
from report.results.values import Measured, Sample


@dataclass(frozen=True)
class Step:
    """One ordering, or one step of a trend: the paired differences, and which way they go at ``level``."""

    larger: Measured
    smaller: Measured
    difference: Measured
    values: tuple[float, ...]
    way: Direction
    interval: Interval | None
    level: float


def make_step(
    larger: Sample, smaller: Sample, margin: float, computed: bool = False, level: float = ORDERING_LEVEL
) -> Step:
    """The difference of two samples on the seeds that both have (at least one), and what it decides."""
    larger, smaller = pair(larger, smaller)
    difference = replace(
        larger - smaller,
        unit=find_difference_unit(larger.unit),
        digits=max(larger.digits, smaller.digits),
    )
    values = tuple(difference.values.values())
    way = decide_direction(values, margin, level)
    sides = show_side(larger, computed), show_side(smaller, computed)
    if computed and way == "open":
        way = "tie"  # no seed will ever move it
    elif len(values) == 1 and not computed and show_plain(sides[0]) == show_plain(sides[1]):
        way = "open"  # one seed, and no difference in what is shown
    return Step(
        *sides,
        show_sample(difference, computed),
        values,
        way,
        find_mean_interval(values, level),
        level,
    )


def say_margin_size(margin: Margin, difference: Measured) -> str:
    """The size of a margin in the unit of the difference."""
    return show_written(margin.size, difference.unit)


def say_above_margin(margin: Margin, difference: Measured) -> str:
    """What follows "no difference": " at all", or " above the margin of 0.01"."""
    exactly = difference.value == 0 and not difference.spread
    return " at all" if exactly or not margin.size else f" above the margin of {say_margin_size(margin, difference)}"


def find_why_open(values: Sequence[float], more: int | None) -> Open:
    """Why paired differences leave an ordering undecided.

    Args:
        values: one a seed.
        more: how many more seeds would probably decide it; None where so many are hopeless.
    """
    if len(values) > 1 and (min(values) > 0 or max(values) < 0):
        return "all seeds point one way"
    return "no difference seen" if len(values) > 1 and more is None else "too few seeds"
