"""Numbers in, their ranks out, and how far two rows of numbers rank alike."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray


def ranks(numbers: ArrayLike) -> NDArray[np.float64]:
    """1 for the smallest; equal numbers share the mean of their ranks."""
    _, where, counts = np.unique(np.asarray(numbers, dtype=np.float64), return_inverse=True, return_counts=True)
    shared = np.cumsum(counts) - (counts - 1) / 2
    return np.asarray(shared[where], dtype=np.float64)


def rank_correlation(first: ArrayLike, second: ArrayLike) -> float:
    """Spearman's rank correlation (Spearman 1904), -1..1; NaN where one of both is the same everywhere.

    Pairs in which a number is not finite are left out.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    usable = np.isfinite(a) & np.isfinite(b)
    if usable.sum() < 2:
        return math.nan
    x, y = ranks(a[usable]), ranks(b[usable])
    x, y = x - x.mean(), y - y.mean()
    scale = math.sqrt(float((x**2).sum() * (y**2).sum()))
    return float((x * y).sum()) / scale if scale else math.nan
