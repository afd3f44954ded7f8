"""How closely maps follow their input: against numpy's own correlation, map by map."""

from __future__ import annotations

import math

import numpy as np
import pytest

from report.measures.maps import follow_input, shrink_to


def test_correlation_is_that_of_numpy_over_the_channels_that_vary() -> None:
    rng = np.random.default_rng(0)
    maps, light = rng.random((2, 3, 8, 8)), rng.random((2, 32, 32))
    maps[0, 1] = 0.25  # a dead channel
    small = shrink_to(light, 8)
    expected = [
        abs(np.corrcoef(maps[n, c].ravel(), small[n].ravel())[0, 1])
        for n in range(2)
        for c in range(3)
        if (n, c) != (0, 1)
    ]
    assert follow_input(maps, light) == pytest.approx(float(np.mean(expected)))


def test_squares_of_pixels_are_averaged() -> None:
    light = np.arange(16.0).reshape(1, 4, 4)
    assert shrink_to(light, 2).tolist() == [[[2.5, 4.5], [10.5, 12.5]]]
    assert (shrink_to(light, 4) == light).all()


def test_nothing_that_varies_has_no_correlation() -> None:
    assert math.isnan(follow_input(np.zeros((1, 2, 4, 4)), np.ones((1, 8, 8))))
