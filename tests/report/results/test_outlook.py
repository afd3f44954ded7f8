from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from report.results.outlook import count_more_seeds, count_more_seeds_for_run, count_more_seeds_for_value
from report.results.sequential import decide_direction, decide_run, find_mean_interval


def share(values: list[float], more: int, decided: Callable[[list[float]], bool]) -> float:
    """Of 2,000 futures, each with so many more seeds about the mean so far, the share that is decided."""
    mean, spread = np.mean(values), np.std(values, ddof=1)
    futures = np.random.default_rng(3).normal(mean, spread, (2000, more)).tolist()
    return float(np.mean([decided([*values, *future]) for future in futures]))


@pytest.mark.parametrize(
    ("differences", "margin"),
    [([0.1, 0.5, 0.9], 0.0), ([-0.1, 0.6, 1.2, 0.3], 0.0), ([-0.9, -0.6, -0.1], 0.0), ([-1.0, 0.1, 1.0], 1.0)],
)
def test_so_many_more_seeds_decide_an_ordering_four_times_in_five(differences: Any, margin: Any) -> None:
    more = count_more_seeds(differences, margin)
    assert more is not None
    assert more > 1

    def decided(values: list[float]) -> bool:
        return decide_direction(values, margin) != "open"

    assert share(differences, more, decided) > 0.76
    assert share(differences, more - 1, decided) < 0.84


@pytest.mark.parametrize("written", [0.0, 2.5])
def test_so_many_more_seeds_decide_a_value_within_or_outside(written: Any) -> None:
    values = [-1.0, 0.0, 1.0]
    more = count_more_seeds_for_value(values, written, tolerance=1.0)
    assert more is not None

    def decided(values: list[float]) -> bool:
        low, high = find_mean_interval(values) or (-math.inf, math.inf)
        return (written - 1 <= low and high <= written + 1) or high < written - 1 or low > written + 1

    assert share(values, more, decided) > 0.76
    assert share(values, more - 1, decided) < 0.84


@pytest.mark.parametrize("written", [0.2, 5.0])
def test_so_many_more_seeds_say_whether_a_figure_could_be_one_more_run(written: Any) -> None:
    values = [-1.0, 0.0, 1.0]
    more = count_more_seeds_for_run(values, (written, written), tolerance=4.0)
    assert more is not None

    def decided(values: list[float]) -> bool:
        return decide_run(values, (written, written), 4.0) != "open"

    assert share(values, more, decided) > 0.76
    assert share(values, more - 1, decided) < 0.84


def test_seeds_that_are_there_count() -> None:
    near, far = [0.7, 1.0, 1.3], [0.4, 1.0, 1.6]
    assert decide_direction(near) == decide_direction(far) == "open"
    assert count_more_seeds(near) == 1
    assert count_more_seeds([value * 100 for value in far]) == count_more_seeds(far) != 1


def test_what_lies_at_the_edge_is_hopeless() -> None:
    assert count_more_seeds([-0.5, 0.5, 1.5], margin=0.5) is None
    assert count_more_seeds([-1.0, 0.0, 1.0]) is None
    assert count_more_seeds_for_value([-1.0, 0.0, 1.0], written=1.0, tolerance=1.0) is None
    assert count_more_seeds_for_run([-1.0, 0.0, 1.0], (0.0, 0.0), tolerance=1.0) is None


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 1.0], [1.0, math.nan], [1.0, math.inf]])
def test_more_seeds_need_a_spread_to_reckon_with(values: Any) -> None:
    assert count_more_seeds(values, margin=2.0) is None
    assert count_more_seeds_for_value(values, 1.0, 0.1) is None
    assert count_more_seeds_for_run(values, (1.0, 1.0), 0.1) is None
