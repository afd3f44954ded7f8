"""Intervals and decisions that hold at every number of seeds at once, however often one looks and whenever one stops.

The evidence against a value of the mean is a ratio of likelihoods: how much likelier the numbers are if their mean lies
off that value by a normal number of standard deviations than if it lies on it, whatever the standard deviation is (Lai
1976; Pérez-Ortiz, Lardy, de Heide and Grünwald 2022; Wang and Ramdas 2023). Of numbers whose mean is the value, it
expects no growth from any further one, so that it rarely ever becomes large (Ville 1939). An interval holds the values
that the evidence does not speak against. docs/statistics.md says how often it errs and what it costs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Interval = tuple[float, float]
Direction = Literal["above", "below", "tie", "open"]
Reach = Literal["inside", "outside", "open"]
Floats = NDArray[np.float64]

#: Of the interval of a mean and of the prediction of one more run, at every number of seeds at once.
VALUE_LEVEL = 0.95
#: Of the interval that decides an ordering, likewise.
ORDERING_LEVEL = 0.95

#: Variance of the effect, in standard deviations, against which the evidence is weighed: large gaps are seen early.
VARIANCE = 25.0
#: Evidence passes any threshold by a leap, and stands on average at least so many times above it. By as much the
#: threshold may lie below 1 / (1 - level), where it would lie if evidence grew smoothly: the chance ever to pass it is
#: the mean of 1 / evidence at the first passing, over truths that are drawn from the alternative (Siegmund 1976).
LEAP, RUN_LEAP = 1.6, 2.1


def find_mean_limits(n: ArrayLike, level: float) -> Floats:
    """How many standard errors the interval of a mean reaches to either side, for each number of seeds (at least 2).

    Infinite where so few seeds cannot speak against any value: at 95 % with two of them.

    Args:
        n: numbers of seeds, any shape.
        level: 0.9 or more.
    """
    seeds = np.asarray(n, np.float64)
    return _find_limits(seeds, VARIANCE * seeds, 1 / (LEAP * (1 - level)))


def find_run_limits(n: ArrayLike, level: float) -> Floats:
    """How many standard deviations the prediction of one more run reaches to either side of the mean, likewise."""
    seeds = np.asarray(n, np.float64)
    scale = 1 + 1 / seeds  # variance of a new run about the mean of the others
    limits = _find_limits(seeds, VARIANCE / scale, 1 / (RUN_LEAP * (1 - level)))
    return np.sqrt(scale) * limits


def find_mean_interval(values: Sequence[float], level: float = VALUE_LEVEL) -> Interval | None:
    """The interval of a mean, at every number of seeds at once; None where it has no ends yet.

    It has none below two values, nor at 95 % with two that differ. Values that are all the same have one of no width.
    """
    if len(values) < 2:
        return None
    mean, spread = find_moments(values)
    return _reach_from(mean, spread and _find_mean_limit(len(values), level) * spread / math.sqrt(len(values)))


def find_run_interval(values: Sequence[float], level: float = VALUE_LEVEL) -> Interval | None:
    """Where one more run would lie, at every number of seeds at once; None as in :func:`find_mean_interval`.

    One and the same new run is held against the runs that are there, however many these become: it falls outside at
    any number of them with a chance of 1 - ``level`` at most.
    """
    if len(values) < 2:
        return None
    mean, spread = find_moments(values)
    return _reach_from(mean, spread and _find_run_limit(len(values), level) * spread)


def find_steps_level(steps: int) -> float:
    """The level at which one of several steps speaks against a trend, so that all together err as one ordering.

    Bonferroni: any of the steps may speak against it, so each gets its share of the error.
    """
    return 1 - (1 - ORDERING_LEVEL) / max(1, steps)


def decide_direction(differences: Sequence[float], margin: float = 0.0, level: float = ORDERING_LEVEL) -> Direction:
    """Which way paired differences go, as their interval decides it.

    "above": wholly above 0, and the mean reaches the margin. "tie": no difference as large as the margin.
    "below": wholly below 0. "open": none of these. One difference has no interval: it decides by itself where it
    is at least the margin, and is open where it is smaller. What is not finite is always open.
    """
    if not differences or not all(map(math.isfinite, differences)):
        return "open"
    if len(differences) == 1:
        return _decide_single(differences[0], margin)
    bounds = find_mean_interval(differences, level)
    if bounds is None:
        return "open"
    low, high = bounds
    if low > 0 and find_moments(differences)[0] >= margin:
        return "above"
    if -margin <= low and high <= margin:
        return "tie"
    return "below" if high < 0 else "open"


def decide_run(values: Sequence[float], written: Interval, tolerance: float, level: float = VALUE_LEVEL) -> Reach:
    """Whether a written figure could be one more run.

    "outside": it could not, for all that rounds to it lies outside the prediction. "inside": it could, and the
    prediction reaches no further than the tolerance to either side, so that it might have said otherwise. "open": it
    could, but so could almost anything; and always where fewer than two values, or one that is not finite, predict
    nothing.

    Args:
        values: one a seed.
        written: from the least to the greatest number that rounds to the figure; the figure twice where it is exact.
        tolerance: in the same unit.
        level: of the prediction.
    """
    bounds = find_run_interval(values, level)
    if bounds is None:
        return "open"
    low, high = bounds
    if high < written[0] or low > written[1]:
        return "outside"
    return "inside" if (high - low) / 2 <= tolerance else "open"


def find_moments(values: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation (n - 1); for numbers that are all the same exactly those."""
    if all(value == values[0] for value in values):
        return values[0], 0.0
    mean = sum(values) / len(values)
    return mean, math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


def _find_limits(n: Floats, gain: Floats, threshold: float) -> Floats:
    """Student's t at which the evidence of n numbers reaches a threshold.

    With ν = n - 1 degrees of freedom that evidence is (1 + gain)^(-1/2) · ((1 + t²/ν) / (1 + t²/(ν (1 + gain))))^(n/2),
    where ``gain`` is the variance of the effect over that of the mean.
    """
    growth = (threshold * np.sqrt(1 + gain)) ** (2 / n)
    room = 1 - growth / (1 + gain)
    with np.errstate(divide="ignore"):
        return np.sqrt((n - 1) * np.where(room > 0, (growth - 1) / np.maximum(room, 0), np.inf))


@lru_cache(maxsize=1024)
def _find_mean_limit(n: int, level: float) -> float:
    return float(find_mean_limits(n, level))


@lru_cache(maxsize=1024)
def _find_run_limit(n: int, level: float) -> float:
    return float(find_run_limits(n, level))


def _reach_from(mean: float, half: float) -> Interval | None:
    return None if math.isinf(half) else (mean - half, mean + half)


def _decide_single(difference: float, margin: float) -> Direction:
    if difference == 0 or abs(difference) < margin:
        return "open"
    return "above" if difference > 0 else "below"
