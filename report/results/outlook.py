"""How many more seeds would probably decide, were the mean and the spread of all further ones those measured so far.

The seeds that are there stay as they are; further ones are drawn about their mean, and decided by the rule that decides
the report. docs/statistics.md says what the figure is worth.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from report.results.sequential import (
    ORDERING_LEVEL,
    VALUE_LEVEL,
    Floats,
    Interval,
    find_mean_limits,
    find_moments,
    find_run_limits,
)

#: How probable a decision must be for "would probably decide it".
PROBABLY = 0.8
#: More seeds than this are hopeless.
MOST_SEEDS = 200
#: Further seeds are looked at up to here first, for most are decided long before the most seeds.
_NEAR = 24
#: Futures that are drawn. Always the same ones: a page says the same whenever it is made.
_FUTURES = 400

#: n (k,), mean and spread (futures, k) -> whether that decides (futures, k).
Rule = Callable[[Floats, Floats, Floats], NDArray[np.bool_]]


def count_more_seeds(differences: Sequence[float], margin: float = 0.0, level: float = ORDERING_LEVEL) -> int | None:
    """How many more seeds would probably decide an ordering.

    Decided is what :func:`report.results.sequential.decide_direction` calls so, either way or as a tie. None when 200
    more would not do, and where fewer than two seeds, or no spread, leave nothing to reckon with.
    """

    def decides(n: Floats, mean: Floats, spread: Floats) -> NDArray[np.bool_]:
        half = find_mean_limits(n, level) * spread / np.sqrt(n)
        above = (mean - half > 0) & (mean >= margin)
        return above | (mean + half < 0) | (np.abs(mean) + half <= margin)

    return _count_more(differences, decides)


def count_more_seeds_for_value(values: Sequence[float], written: float, tolerance: float) -> int | None:
    """How many more seeds would probably put the interval of the mean wholly within or wholly outside
    ``written`` ± ``tolerance``; None as in :func:`count_more_seeds`.
    """

    def decides(n: Floats, mean: Floats, spread: Floats) -> NDArray[np.bool_]:
        half, off = find_mean_limits(n, VALUE_LEVEL) * spread / np.sqrt(n), np.abs(mean - written)
        return (off + half <= tolerance) | (off - half > tolerance)

    return _count_more(values, decides)


def count_more_seeds_for_run(values: Sequence[float], written: Interval, tolerance: float) -> int | None:
    """How many more seeds would probably say whether a written figure could be one more run.

    Decided is what :func:`report.results.sequential.decide_run` calls so; None as in :func:`count_more_seeds`.
    """

    def decides(n: Floats, mean: Floats, spread: Floats) -> NDArray[np.bool_]:
        half = find_run_limits(n, VALUE_LEVEL) * spread
        return (mean + half < written[0]) | (mean - half > written[1]) | (half <= tolerance)

    return _count_more(values, decides)


def _count_more(values: Sequence[float], decides: Rule) -> int | None:
    """The fewest further seeds with which at least 80 % of the futures are decided."""
    if len(values) < 2 or not 0 < find_moments(values)[1] < math.inf:
        return None
    for most in (_NEAR, MOST_SEEDS):
        chances = decides(*_look_ahead(values, most)).mean(axis=0)
        enough = np.flatnonzero(chances >= PROBABLY)
        if enough.size:
            return int(enough[0]) + 1
    return None


def _look_ahead(values: Sequence[float], most: int) -> tuple[Floats, Floats, Floats]:
    """With 1 to ``most`` more seeds: their number (most,), and in each future mean and spread (futures, most)."""
    mean, spread = find_moments(values)
    sums, squares = _draw_futures()
    more = np.arange(1, most + 1, dtype=np.float64)
    n = len(values) + more
    shift = sums[:, :most] / n  # of the mean, in spreads
    total = len(values) - 1 + squares[:, :most] - n * shift**2  # squares about the new mean, in spreads
    return n, mean + spread * shift, spread * np.sqrt(np.maximum(total, 0) / (n - 1))


@lru_cache(maxsize=1)
def _draw_futures() -> tuple[Floats, Floats]:
    """Running sums of standard normal seeds and of their squares (futures, most seeds); each future has its mirror."""
    half = np.random.default_rng(0).standard_normal((_FUTURES // 2, MOST_SEEDS))
    seeds = np.concatenate([half, -half])
    return seeds.cumsum(axis=1), (seeds**2).cumsum(axis=1)
