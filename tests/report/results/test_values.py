from __future__ import annotations

import math

import pytest

from report.results.values import Measured, Sample, make_computed, make_known


def test_mean_and_spread_are_those_of_the_seeds() -> None:
    sample = Sample({0: 1.0, 1: 2.0, 2: 6.0}, "s", 1, ("a", "b", "c"))
    assert sample.spread == pytest.approx(math.sqrt(7))
    assert sample.measured() == Measured(3.0, "s", 1, sample.spread, 3, ("a", "b", "c"))


def test_seeds_that_agree_have_no_spread_from_rounding() -> None:
    sample = Sample(dict.fromkeys(range(3), 0.1))
    assert (sample.mean, sample.spread) == (0.1, 0.0)


def test_what_no_run_changes_is_shown_once_with_what_it_rests_on() -> None:
    sample = Sample({0: 13.28, 1: 13.28}, "", 2, ("a", "b"), missing=("c",)).once()
    assert sample.measured() == Measured(13.28, "", 2, None, 0, ("a", "b"))
    assert sample.missing == ("c",)
    assert not Sample({}, missing=("a",)).once().ok


def test_one_seed_has_no_spread() -> None:
    sample = Sample({4: 2.0})
    assert (sample.ok, sample.n, sample.mean, sample.spread) == (True, 1, 2.0, None)


def test_no_seed_has_no_number() -> None:
    sample = Sample({}, missing=("a",))
    assert not sample.ok
    assert math.isnan(sample.mean)
    assert sample.measured() is None


def test_map_keeps_seeds_and_runs_and_changes_the_unit_asked_for() -> None:
    sample = Sample({0: 1.0, 3: 2.0}, "s", 1, ("a", "b"), ("c",), ("d",)).map(lambda x: 1000 * x, "ms")
    assert sample == Sample({0: 1000.0, 3: 2000.0}, "ms", 1, ("a", "b"), ("c",), ("d",))


def test_differences_are_paired_by_seed_and_what_lacks_is_kept() -> None:
    first = Sample({0: 3.0, 1: 5.0}, "%", 1, ("a0", "a1"), missing=("a2",))
    second = Sample({1: 1.0, 0: 1.0, 2: 9.0}, "%", 1, ("b0", "b1", "b2"), diverged=("b3",))
    difference = first - second
    assert difference.values == {0: 2.0, 1: 4.0}
    assert difference.runs == ("a0", "a1", "b0", "b1", "b2")
    assert (difference.missing, difference.diverged, difference.unit) == (("a2",), ("b3",), "%")


def test_a_run_in_both_is_named_once() -> None:
    assert (Sample({0: 1.0}, runs=("a",)) - Sample({0: 1.0}, runs=("a",))).runs == ("a",)


def test_a_ratio_has_no_unit_and_over_nothing_is_no_number() -> None:
    ratio = Sample({0: 1.0, 1: 1.0}, "s") / Sample({0: 4.0, 1: 0.0}, "s")
    assert ratio.values[0] == 0.25
    assert math.isnan(ratio.values[1])
    assert ratio.unit == ""


def test_a_computed_number_has_no_seeds() -> None:
    assert make_computed(3, "%", 1) == Measured(3.0, "%", 1, None, 0, ())
    assert make_known(3).values == {-1: 3.0}
