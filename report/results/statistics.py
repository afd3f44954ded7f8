"""One number a seed in; intervals, decisions, and how many more seeds would decide out.

Two levels of confidence: a figure is held against the 95 % interval of its mean, an ordering is decided by the
97 % interval of its paired differences. docs/statistics.md says why, with the calibration.

scipy is imported where it is used, and only ``scipy.special``, so that a page without seeds does without it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray


def rank_numbers(numbers: ArrayLike) -> NDArray[np.float64]:
    """1 for the smallest; equal numbers share the mean of their ranks."""
    return np.asarray(pd.Series(np.asarray(numbers, np.float64)).rank(), np.float64)


def correlate_ranks(first: ArrayLike, second: ArrayLike) -> float:
    """Spearman's rank correlation (Spearman 1904), -1..1; NaN where one of both is the same everywhere.

    Pairs in which a number is not finite are left out.
    """
    pairs = np.column_stack([np.asarray(first, np.float64), np.asarray(second, np.float64)])
    finite = pd.DataFrame(pairs[np.isfinite(pairs).all(axis=1)])
    return float(finite.corr("spearman").to_numpy()[0, 1])


Interval = tuple[float, float]
Direction = Literal["above", "below", "tie", "open"]
Floats = NDArray[np.float64]

VALUE_LEVEL = 0.95
#: Stricter than 95 %, so that no more than 5 % of orderings between equals are decided in any simulation.
ORDERING_LEVEL = 0.97
#: How probable a decision must be for "would probably decide it".
PROBABLY = 0.8
#: More seeds than this are hopeless.
MOST_SEEDS = 200

#: Points at which the distribution of the measured spread is integrated.
_POINTS = 32


@lru_cache(maxsize=1024)
def find_t_quantile(level: float, degrees: int) -> float:
    """Student's t that a two-sided interval of this level reaches to, by degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + level / 2))


def find_mean_interval(values: Sequence[float], level: float = VALUE_LEVEL) -> Interval | None:
    """The t-interval of a mean (Student, 1908); None below two values."""
    if len(values) < 2:
        return None
    mean, spread = _find_moments(values)
    half = find_t_quantile(level, len(values) - 1) * spread / math.sqrt(len(values))
    return mean - half, mean + half


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
    bounds = find_mean_interval(differences, level)
    if bounds is None:
        return _decide_single(differences[0], margin) if differences else "open"
    low, high = bounds
    if low > 0 and _find_moments(differences)[0] >= margin:
        return "above"
    if -margin <= low and high <= margin:
        return "tie"
    return "below" if high < 0 else "open"


def find_power(gap: float, spread: float, n: int, level: float = ORDERING_LEVEL) -> float:
    """The chance (0..1) that n paired differences decide an ordering the right way, by the noncentral t.

    Args:
        gap: the true mean difference.
        spread: the true standard deviation of a difference.
        n: seeds, at least 2.
        level: of the interval that decides.
    """
    from scipy.special import nctdtr

    if spread == 0:
        return float(gap != 0)
    return float(1 - nctdtr(n - 1, abs(gap) * math.sqrt(n) / spread, find_t_quantile(level, n - 1)))


def count_seeds_for(gap: float, spread: float, chance: float = PROBABLY) -> int | None:
    """The fewest seeds whose power reaches ``chance``; None when it takes more than 200."""
    return next((n for n in range(2, MOST_SEEDS + 1) if find_power(gap, spread, n) >= chance), None)


def count_more_seeds(differences: Sequence[float], margin: float = 0.0, level: float = ORDERING_LEVEL) -> int | None:
    """How many more seeds would probably decide an ordering, were its mean and spread those measured so far.

    Decided is what :func:`decide_direction` calls so, either way or as a tie. None when 200 more would not do, and
    where fewer than two seeds, or no spread, leave nothing to reckon with.
    """
    if len(differences) < 2 or not _find_moments(differences)[1] > 0:
        return None
    from scipy.special import ndtr

    mean, error, half = _look_ahead(differences, level)
    above = ndtr((mean - np.maximum(half, margin)) / error)
    below = ndtr((-half - mean) / error)
    inner = margin - half  # |mean| up to here is a tie, except where it is "below" as well
    tie = ndtr((inner - mean) / error) - ndtr((np.maximum(-inner, -half) - mean) / error)
    return _find_fewest(above + below + np.clip(tie, 0, None))


def count_more_seeds_for_value(values: Sequence[float], written: float, tolerance: float) -> int | None:
    """How many more seeds would probably put the interval of the mean wholly within or wholly outside
    ``written`` ± ``tolerance``; None as in :func:`count_more_seeds`.
    """
    if len(values) < 2 or not _find_moments(values)[1] > 0:
        return None
    from scipy.special import ndtr

    mean, error, half = _look_ahead(values, VALUE_LEVEL)
    off = abs(mean - written)
    inner, outer = tolerance - half, tolerance + half
    within = ndtr((inner - off) / error) - ndtr((-inner - off) / error)
    outside = ndtr((off - outer) / error) + ndtr((-outer - off) / error)
    return _find_fewest(np.clip(within, 0, None) + outside)


def _decide_single(difference: float, margin: float) -> Direction:
    if not math.isfinite(difference) or difference == 0 or abs(difference) < margin:
        return "open"
    return "above" if difference > 0 else "below"


def _find_moments(values: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation (n - 1); for numbers that are all the same exactly those."""
    if all(value == values[0] for value in values):
        return values[0], 0.0
    mean = sum(values) / len(values)
    return mean, math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


def _look_ahead(values: Sequence[float], level: float) -> tuple[float, Floats, Floats]:
    """With 1 to 200 more seeds: the mean, its standard error (200, 1), half an interval's width (200, points)."""
    mean, spread = _find_moments(values)
    errors, halves = _look_ahead_unit(len(values), level)
    return mean, spread * errors, spread * halves


@lru_cache(maxsize=256)
def _look_ahead_unit(n: int, level: float) -> tuple[Floats, Floats]:
    """:func:`_look_ahead` for a spread of 1: the widths at the midpoints of equal shares of the chi-square."""
    from scipy.special import chdtri, stdtrit

    seeds = np.arange(n + 1, n + MOST_SEEDS + 1, dtype=np.float64)[:, None]
    share = (np.arange(_POINTS) + 0.5) / _POINTS
    measured = np.sqrt(chdtri(seeds - 1, share) / (seeds - 1))  # (200, points), over the true spread
    return 1 / np.sqrt(seeds), stdtrit(seeds - 1, 0.5 + level / 2) * measured / np.sqrt(seeds)


def _find_fewest(chances: Floats) -> int | None:
    enough = np.flatnonzero(chances.mean(axis=1) >= PROBABLY)
    return int(enough[0]) + 1 if enough.size else None
