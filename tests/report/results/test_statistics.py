from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import calibration
from benchmarks.power import table
from report.results.statistics import (
    MOST_SEEDS,
    ORDERING_LEVEL,
    count_more_seeds,
    count_more_seeds_for_value,
    count_seeds_for,
    decide_direction,
    find_mean_interval,
    find_power,
    find_steps_level,
)

DOC = Path(__file__).parents[3] / "docs" / "statistics.md"


def test_interval_of_a_mean_is_that_of_the_t_table() -> None:
    half = 2.776 * math.sqrt(2.5 / 5)  # t for 4 degrees at 95 %, the variance and n
    assert find_mean_interval([1, 2, 3, 4, 5]) == pytest.approx((3 - half, 3 + half), abs=1e-3)


def test_interval_at_97_per_cent_is_that_of_scipy_stats() -> None:
    from scipy.stats import t

    values = [0.31, 0.35, 0.28]
    expected = t.interval(0.97, 2, np.mean(values), np.std(values, ddof=1) / math.sqrt(3))
    assert find_mean_interval(values, 0.97) == pytest.approx(expected)


def test_one_value_has_no_interval() -> None:
    assert find_mean_interval([1.0]) is None
    assert find_mean_interval([]) is None


def test_equal_values_have_an_interval_of_no_width() -> None:
    assert find_mean_interval([0.1] * 3) == (0.1, 0.1)


@pytest.mark.parametrize(
    ("differences", "margin", "expected"),
    [
        ([1.0, 1.1, 0.9], 0.0, "above"),
        ([-1.0, -1.1, -0.9], 0.0, "below"),
        ([1.0, -1.1, 0.9], 0.0, "open"),
        ([0.01, -0.01, 0.0], 1.0, "tie"),
        ([1.0, 1.1, 0.9], 5.0, "tie"),  # above 0, yet surely smaller than what counts
        ([1.0, 1.1, 0.9], 1.05, "open"),  # above 0, and it may reach the margin
        ([1.0, 1.1, 0.9], 0.99, "above"),
        ([0.0, 0.0, 0.0], 0.0, "tie"),
        ([0.5], 0.4, "above"),
        ([0.5], 0.5, "above"),
        ([-0.5], 0.4, "below"),
        ([0.5], 0.6, "open"),
        ([-0.5], 0.6, "open"),
        ([0.0], 0.0, "open"),
        ([], 0.0, "open"),
        ([math.nan], 0.0, "open"),
        ([math.inf], 0.0, "open"),
        ([1.0, 1.1, math.nan], 0.0, "open"),
        ([math.inf, -math.inf], 1.0, "open"),
    ],
)
def test_direction(differences: Any, margin: Any, expected: Any) -> None:
    assert decide_direction(differences, margin) == expected


@pytest.mark.parametrize("n", [3, 5, 10])
@pytest.mark.parametrize("shape", list(calibration.SHAPES)[:3])
def test_at_most_5_per_cent_of_orderings_between_equals_are_decided(shape: Any, n: Any) -> None:
    rng = np.random.default_rng(n)
    for _ in range(4):
        draw = calibration.SHAPES[shape]
        differences = draw(rng, (2000, n)) - draw(rng, (2000, n))
        share = np.mean([decide_direction(row) != "open" for row in differences.tolist()])
        assert 0.01 < share <= 0.05  # a rule that never decides would be calibrated too


@pytest.mark.parametrize("n", [3, 5, 10])
def test_at_most_5_per_cent_of_trends_over_equals_are_decided(n: Any) -> None:
    shares = calibration.trends(calibration.SHAPES["normal"], n, 5, np.random.default_rng(n))
    assert 0.005 < shares.mean() < shares.max() <= 0.05


def test_calibration_script_decides_as_the_rule_does() -> None:
    rows = np.random.default_rng(1).standard_normal((500, 3)) + 2
    ours = [decide_direction(row) != "open" for row in rows.tolist()]
    assert 100 < sum(ours) < 400
    assert calibration.decided(rows, ORDERING_LEVEL).tolist() == ours


@pytest.mark.parametrize(("gap", "n"), [(2.0, 5), (1.0, 10), (4.0, 3)])
def test_power_is_the_share_decided_in_simulation(gap: Any, n: Any) -> None:
    rows = np.random.default_rng(2).standard_normal((4000, n)) + gap
    share = np.mean([decide_direction(row) == "above" for row in rows.tolist()])
    assert find_power(gap, 1.0, n) == pytest.approx(share, abs=0.03)


def test_power_does_not_depend_on_the_sign_or_the_scale() -> None:
    assert find_power(-2.0, 1.0, 5) == find_power(2.0, 1.0, 5) == pytest.approx(find_power(0.02, 0.01, 5))


def test_power_without_a_gap_is_half_of_the_error() -> None:
    assert find_power(0.0, 1.0, 5) == pytest.approx((1 - ORDERING_LEVEL) / 2)


def test_power_without_spread_is_certain() -> None:
    assert (find_power(0.1, 0.0, 3), find_power(0.0, 0.0, 3)) == (1.0, 0.0)


@pytest.mark.parametrize("mean", [0.4, 0.6, -0.6, 1.0])
def test_more_seeds_reach_the_power_asked_for(mean: Any) -> None:
    differences = [mean - 1, mean, mean + 1]  # spread 1
    more, seeds = count_more_seeds(differences), count_seeds_for(mean, 1.0)
    assert more is not None
    assert 3 + more == seeds


def test_more_seeds_may_decide_for_a_tie() -> None:
    differences = [-1.0, 0.0, 1.0]
    more = count_more_seeds(differences, margin=0.5)
    assert more is not None
    rng = np.random.default_rng(3)

    def share(n: int) -> float:
        return float(np.mean([decide_direction(row, 0.5) != "open" for row in rng.standard_normal((3000, n)).tolist()]))

    assert share(3 + more) > 0.77
    assert share(3 + more - 3) < 0.8
    assert count_more_seeds(differences) is None


def test_a_difference_just_at_the_margin_is_hopeless() -> None:
    assert count_more_seeds([-0.5, 0.5, 1.5], margin=0.5) is None


def test_more_seeds_need_a_spread_to_reckon_with() -> None:
    assert count_more_seeds([1.0]) is None
    assert count_more_seeds([1.0, 1.0], margin=2.0) is None
    assert count_more_seeds([1.0, math.nan]) is None
    assert count_more_seeds_for_value([1.0], 1.0, 0.1) is None


@pytest.mark.parametrize("off", [0.0, 2.5])
def test_more_seeds_decide_a_value_within_or_outside(off: Any) -> None:
    more = count_more_seeds_for_value([-1.0, 0.0, 1.0], written=off, tolerance=1.0)
    assert more is not None
    rng = np.random.default_rng(4)

    def share(n: int) -> float:
        low, high = np.array([find_mean_interval(row) for row in rng.standard_normal((3000, n)).tolist()]).T
        return float(np.mean(((off - 1 <= low) & (high <= off + 1)) | (high < off - 1) | (low > off + 1)))

    assert share(3 + more) > 0.77
    assert share(3 + more - 1) < 0.83


def test_a_value_at_the_edge_of_its_tolerance_is_hopeless() -> None:
    assert count_more_seeds_for_value([-1.0, 0.0, 1.0], written=1.0, tolerance=1.0) is None


def test_seeds_for_gives_up() -> None:
    assert count_seeds_for(0.01, 1.0) is None
    assert find_power(0.01, 1.0, MOST_SEEDS) < 0.8


def test_the_steps_of_a_trend_share_the_error() -> None:
    assert find_steps_level(1) == pytest.approx(ORDERING_LEVEL)
    assert 1 - find_steps_level(4) == pytest.approx((1 - ORDERING_LEVEL) / 4)


def test_table_in_the_docs_is_what_the_script_gives() -> None:
    assert table() in DOC.read_text("utf-8")


def test_importing_the_verdicts_does_not_load_scipy() -> None:
    code = "import sys, report.judging.judge; print(any(name.startswith('scipy') for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
