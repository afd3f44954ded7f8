from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import calibration, power
from report.results.sequential import (
    LEAP,
    ORDERING_LEVEL,
    RUN_LEAP,
    VARIANCE,
    decide_direction,
    decide_run,
    find_mean_interval,
    find_mean_limits,
    find_run_interval,
    find_run_limits,
    find_steps_level,
)

DOC = Path(__file__).parents[3] / "docs" / "statistics.md"


def weigh(rows: Any, off: float, gain: float) -> Any:
    """The evidence of normal rows (..., n) against a mean of ``off``, by its integrals: over the spread, whose prior is
    1 / spread, and over the effect, which is normal with variance ``gain`` under the alternative.
    """
    rows = np.asarray(rows) - off
    effects = np.linspace(-8, 8, 1601) * math.sqrt(gain)
    n, squares, total = rows.size, (rows**2).sum(), rows.sum()
    spreads = np.geomspace(1e-2, 1e2, 3001)[:, None]

    def likelihood(effect: Any) -> Any:
        log = -n * np.log(spreads) - squares / (2 * spreads**2) + effect * total / spreads - n * effect**2 / 2
        return np.trapezoid(np.exp(log), np.log(spreads[:, 0]), axis=0)

    prior = np.exp(-(effects**2) / (2 * gain)) / math.sqrt(2 * math.pi * gain)
    return float(np.trapezoid(likelihood(effects[None]) * prior, effects) / likelihood(np.zeros((1, 1)))[0])


@pytest.mark.parametrize("n", [3, 4, 8])
def test_interval_ends_where_the_evidence_reaches_the_threshold(n: Any) -> None:
    values = np.random.default_rng(n).standard_normal(n) + 2
    bounds = find_mean_interval(values.tolist())
    assert bounds is not None
    for end in bounds:
        assert weigh(values, end, VARIANCE) == pytest.approx(1 / (LEAP * 0.05), rel=0.01)


def lead(rows: Any, gain: float) -> Any:
    """(draws, n) -> (draws, n - 1): the evidence against a mean of 0 with 2, 3 … of the numbers."""
    n, mean, spread = calibration.find_running(rows)
    u = n * mean**2 / spread**2 / (n - 1)
    return (1 + n * gain) ** -0.5 * ((1 + u) / (1 + u / (1 + n * gain))) ** (n / 2)


@pytest.mark.parametrize("level", [0.95, 0.975, 0.9875, 0.99, 0.995])
def test_level_is_kept_without_end(level: Any) -> None:
    """The chance ever to pass a threshold is the mean of 1 / evidence at the first passing, over the alternative."""
    rng = np.random.default_rng(7)
    rows = rng.standard_normal((8000, 300)) + math.sqrt(VARIANCE) * rng.standard_normal((8000, 1))
    with np.errstate(over="ignore"):
        evidence = lead(rows, VARIANCE)
    threshold = 1 / (LEAP * (1 - level))
    passed = evidence >= threshold
    first = np.take_along_axis(evidence, passed.argmax(axis=1)[:, None], axis=1)[:, 0]
    never = 1 / threshold  # those that pass later, at the most that they may count
    assert np.where(passed.any(axis=1), 1 / first, never).mean() <= 1 - level


def test_evidence_expects_no_growth_where_there_is_no_difference() -> None:
    rows = np.random.default_rng(8).standard_normal((400_000, 4))
    assert lead(rows, 1.0).mean(axis=0) == pytest.approx(1, abs=0.02)


def test_level_of_one_more_run_is_kept() -> None:
    missed = [calibration.miss_runs(calibration.SHAPES["normal"], np.random.default_rng(seed)) for seed in range(4)]
    assert 0.03 < np.mean(missed) <= 0.05


@pytest.mark.parametrize("n", [3, 10, 100])
def test_prediction_is_wider_than_student_s_that_holds_once_and_by_a_known_share(n: Any) -> None:
    once = calibration.decide_once(np.float64(n), 0.95) * math.sqrt(1 + 1 / n)
    assert once < float(find_run_limits(n, 0.95)) < 1.8 * once


def test_two_seeds_say_nothing_at_95_per_cent() -> None:
    assert find_mean_interval([1.0, 1.1]) is None
    assert find_run_interval([1.0, 1.1]) is None
    assert (find_mean_interval([1.0]), find_mean_interval([]), find_run_interval([1.0])) == (None, None, None)


def test_equal_values_have_an_interval_of_no_width() -> None:
    assert find_mean_interval([0.1] * 3) == find_run_interval([0.1] * 2) == (0.1, 0.1)


def test_limits_fall_with_every_seed_and_rise_with_the_level() -> None:
    n = np.arange(3, 100)
    for find in (find_mean_limits, find_run_limits):
        assert (np.diff(find(n, 0.95) / np.sqrt(n)) < 0).all()
        assert (find(n, 0.99) > find(n, 0.95)).all()
    assert RUN_LEAP > LEAP > 1


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
        ([1.0, 1.1], 0.0, "open"),
        ([1.0, 1.0], 0.0, "above"),
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
        ([math.inf, math.inf], 0.0, "open"),
        ([1.0, 1.1, math.nan], 0.0, "open"),
        ([math.inf, -math.inf], 1.0, "open"),
    ],
)
def test_direction(differences: Any, margin: Any, expected: Any) -> None:
    assert decide_direction(differences, margin) == expected


@pytest.mark.parametrize(
    ("written", "tolerance", "expected"),
    [
        ((1.0, 1.0), 2.0, "inside"),
        ((1.0, 1.0), 0.5, "open"),  # it could, but so could almost anything
        ((9.0, 9.0), 0.5, "outside"),
        ((-9.0, -9.0), 9.0, "outside"),
        ((0.0, 9.0), 2.0, "inside"),  # rounded: some of what rounds to it could
    ],
)
def test_a_written_figure_is_asked_whether_it_could_be_one_more_run(
    written: Any, tolerance: Any, expected: Any
) -> None:
    assert decide_run([0.9, 1.0, 1.1, 1.2, 0.8], written, tolerance) == expected
    assert decide_run([1.0], written, tolerance) == "open"
    assert decide_run([1.0, math.nan, 1.0], written, tolerance) == "open"


@pytest.mark.parametrize("shape", list(calibration.SHAPES))
def test_at_most_5_per_cent_of_equals_are_ever_decided_up_to_100_seeds(shape: Any) -> None:
    draw, rng = calibration.SHAPES[shape], np.random.default_rng(1)
    assert 0.01 < calibration.decide_equals(draw, rng).mean() <= 0.05  # a rule that never decides would keep it too
    assert 0.002 < calibration.decide_trends(draw, rng).mean() <= 0.05
    assert 0.002 < calibration.decide_ties(draw, rng).mean() <= 0.05


@pytest.mark.slow
def test_at_most_5_per_cent_of_equals_are_ever_decided_in_any_of_many_simulations() -> None:
    draw = calibration.SHAPES["normal"]
    shares = [calibration.decide_equals(draw, np.random.default_rng(seed)).mean() for seed in range(50)]
    assert np.mean(shares) < 0.042
    assert max(shares) <= 0.05


def test_calibration_decides_as_the_rule_does() -> None:
    rows = np.random.default_rng(1).standard_normal((300, 6)) + 2
    ways = calibration.find_ways(rows, ORDERING_LEVEL)
    assert 50 < (ways[:, -1] > 0).sum() < 290
    names = {1: "above", -1: "below", 0: "open"}
    for n in range(2, 7):
        ours = [decide_direction(row[:n]) for row in rows.tolist()]
        assert [names[way] for way in ways[:, n - 2].tolist()] == ours


def test_gap_of_3_spreads_is_decided_by_a_third_at_3_seeds_and_nearly_always_at_5() -> None:
    chances = calibration.find_chances(3, find_mean_limits, ORDERING_LEVEL, np.random.default_rng(3))
    assert chances[3 - 2] > 1 / 3
    assert chances[5 - 2] > 0.84
    assert chances[6 - 2] > 0.95


@pytest.mark.parametrize(("gap", "n"), [(2.0, 5), (1.0, 10), (4.0, 3)])
def test_power_is_the_share_decided_in_simulation(gap: Any, n: Any) -> None:
    rows = np.random.default_rng(2).standard_normal((4000, n)) + gap
    share = np.mean([decide_direction(row) == "above" for row in rows.tolist()])
    assert power.find_power(gap, 1.0, n) == power.find_power(-gap / 100, 0.01, n) == pytest.approx(share, abs=0.03)


def test_seeds_for_gives_up() -> None:
    assert power.count_seeds_for(0.01, 1.0) is None
    assert power.find_power(5.0, 0.1, 2) == 0


def test_the_steps_of_a_trend_share_the_error() -> None:
    assert find_steps_level(1) == pytest.approx(ORDERING_LEVEL)
    assert 1 - find_steps_level(4) == pytest.approx((1 - ORDERING_LEVEL) / 4)


def test_table_in_the_docs_is_what_the_script_gives() -> None:
    assert power.table() in DOC.read_text("utf-8")


@pytest.mark.parametrize(
    "rows",
    [calibration.list_looks, pytest.param(calibration.list_shares, marks=pytest.mark.slow), calibration.list_costs],
)
def test_tables_of_the_calibration_in_the_docs_are_what_the_script_gives(rows: Any) -> None:
    assert calibration.make_table(rows(np.random.default_rng(20240))) in DOC.read_text("utf-8")


def test_importing_the_verdicts_does_not_load_scipy() -> None:
    code = "import sys, report.judging.judge; print(any(name.startswith('scipy') for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
