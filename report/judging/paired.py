"""Samples paired by seed in, findings out: the rules of an ordering and of a trend, which is several of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from report.judging import sentences
from report.judging.claim import Ordering, Trend
from report.judging.evidence import Evidence, pair
from report.judging.verdict import Finding, Status, shown, told
from report.results.format import find_difference_unit, show_plain
from report.results.outlook import count_more_seeds
from report.results.sequential import (
    ORDERING_LEVEL,
    Direction,
    Interval,
    decide_direction,
    find_mean_interval,
    find_steps_level,
)
from report.results.values import Measured, Sample

_STATUS: dict[Direction, Status] = {
    "above": "reproduced",
    "below": "not reproduced",
    "tie": "not reproduced",
    "open": "undecided",
}


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


def step(larger: Sample, smaller: Sample, margin: float, computed: bool = False, level: float = ORDERING_LEVEL) -> Step:
    """The difference of two samples on the seeds that both have (at least one), and what it decides."""
    larger, smaller = pair(larger, smaller)
    difference = replace(
        larger - smaller,
        unit=find_difference_unit(larger.unit),
        digits=max(larger.digits, smaller.digits),
    )
    values = tuple(difference.values.values())
    way = decide_direction(values, margin, level)
    sides = told(larger, computed), told(smaller, computed)
    if computed and way == "open":
        way = "tie"  # no seed will ever move it
    elif len(values) == 1 and not computed and show_plain(sides[0]) == show_plain(sides[1]):
        way = "open"  # one seed, and no difference in what is shown
    return Step(
        *sides,
        shown(difference, computed),
        values,
        way,
        find_mean_interval(values, level),
        level,
    )


def ordering(test: Ordering, evidence: Evidence) -> Finding:
    """Decided by the interval of the paired differences, and by the margin."""
    larger, smaller = evidence.samples
    found = step(larger, smaller, test.margin.size, evidence.computed)
    if {*larger.values.values(), *smaller.values.values()} == {test.floor}:
        nothing = sentences.floor(test, found.larger)
        return Finding("not assessable", nothing, n=found.difference.n, numbers=[("", found.larger)], silent=True)
    more = count_more_seeds(found.values, test.margin.size) if found.way == "open" else None
    sentence = sentences.ordering(
        test, (found.larger, found.smaller, found.difference), found.way, found.interval, more
    )
    sides = found.larger, found.smaller
    numbers = [*zip(test.names, sides, strict=True), ("", found.difference)]
    return Finding(
        _STATUS[found.way], sentence, found.difference, found.interval, found.difference.n, more, sides, numbers
    )


def trend(test: Trend, evidence: Evidence) -> Finding:
    """Reproduced when every step holds; not reproduced when any step is decided against it.

    Every step has to hold, so each is held to the level of one ordering: the trend errs no more often than the
    least sure of them. Any step may speak against it, so there the steps share the error of one ordering.
    """
    held = _steps(test, evidence, ORDERING_LEVEL)
    against = _steps(test, evidence, against_level(test))
    wrong = [index for index, each in enumerate(against) if each.way in ("below", "tie")]
    unsure = [index for index, each in enumerate(held) if each.way != "above"]
    points = [told(sample, evidence.computed) for sample in evidence.samples]
    row = list(zip(test.labels, points, strict=True))
    n = min(each.difference.n for each in held)
    if wrong:
        chosen = against[wrong[0]]
        sentence = sentences.trend_fails(test, points, wrong[0], chosen.difference, chosen.way, chosen.interval)
        numbers = [("", chosen.difference), *row]
        return Finding("not reproduced", sentence, chosen.difference, chosen.interval, n, numbers=numbers)
    # The step nearest to failing stands for the trend.
    least = min(unsure or range(len(held)), key=lambda index: _sureness(held[index]))
    chosen = held[least]
    if unsure:
        more = _more(test, [held[index] for index in unsure])
        sentence = sentences.trend_open(test, points, unsure, n, more)
        return Finding("undecided", sentence, chosen.difference, chosen.interval, n, more, numbers=row)
    sentence = sentences.trend_holds(test, points, least, chosen.difference, chosen.interval)
    numbers = [*row, ("", chosen.difference)]
    return Finding("reproduced", sentence, chosen.difference, chosen.interval, n, numbers=numbers)


def against_level(test: Trend) -> float:
    """The level at which a step speaks against the trend."""
    return find_steps_level(len(test.steps) - 1)


def _steps(test: Trend, evidence: Evidence, level: float) -> list[Step]:
    made = []
    for index, (before, after) in enumerate(pairwise(evidence.samples)):
        larger, smaller = (after, before) if sentences.rises(test, index) else (before, after)
        made.append(step(larger, smaller, test.margin.size, evidence.computed, level))
    return made


def _sureness(found: Step) -> float:
    """The mean difference in spreads; without a spread the difference itself."""
    return found.difference.value / (found.difference.spread or 1.0)


def _more(test: Trend, unsure: Sequence[Step]) -> int | None:
    """Seeds until a step that leans the wrong way would speak against the trend, else until all would hold."""
    wrong = [each for each in unsure if each.difference.value <= test.margin.size]
    if wrong:
        needed = [count_more_seeds(each.values, test.margin.size, against_level(test)) for each in wrong]
        return min((count for count in needed if count is not None), default=None)
    needed = [count_more_seeds(each.values, test.margin.size) for each in unsure]
    return None if None in needed else max(count for count in needed if count is not None)
