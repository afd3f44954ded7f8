"""Ranks of numbers, and how far two rows of numbers are ranked alike."""

from __future__ import annotations

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
