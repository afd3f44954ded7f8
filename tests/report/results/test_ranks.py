"""Ranks and their correlation, against scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from report.results.ranks import correlate_ranks, rank_numbers


def test_rank_correlation_is_that_of_scipy() -> None:
    rng = np.random.default_rng(2)
    for _ in range(5):
        a, b = rng.integers(0, 6, 40), rng.integers(0, 6, 40)  # with many ties
        assert correlate_ranks(a, b) == pytest.approx(spearmanr(a, b).statistic)
    assert correlate_ranks([1, 2, 3, np.nan], [10, 20, 30, -5]) == pytest.approx(1)
    assert np.isnan(correlate_ranks([1, 1, 1], [1, 2, 3]))
    assert np.isnan(correlate_ranks([1], [2]))


def test_equal_numbers_share_the_mean_of_their_ranks() -> None:
    assert rank_numbers([30, 10, 20, 20]).tolist() == [4, 1, 2.5, 2.5]
