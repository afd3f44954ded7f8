"""The simulated scheduler against cases that can be worked out by hand."""

from __future__ import annotations

import pytest

from benchmarks.scale import Run, simulate, write_up
from runs.specs.catalogue import list_goals
from runs.specs.presets import PRESETS

RUNS = [Run(3, 2.0), Run(1, 5.0), Run(4, 1.5)]


def test_one_worker_without_overhead_takes_the_sum() -> None:
    done = simulate(RUNS, 1)
    assert done.span == pytest.approx(3 * 2 + 5 + 4 * 1.5)
    assert done.lost == pytest.approx(0)
    assert done.driver == 0


@pytest.mark.parametrize("workers", [3, 50])
def test_more_workers_than_runs_take_as_long_as_the_longest(workers: int) -> None:
    assert simulate(RUNS, workers).span == pytest.approx(6)


def test_longest_comes_first() -> None:
    # 6 on one worker, 3 and 3 on the other; in the order given it would be 3, then 6 beside 3
    assert simulate([Run(1, 3.0), Run(1, 3.0), Run(1, 6.0)], 2).span == pytest.approx(6)


def test_each_run_starts_anew() -> None:
    assert simulate(RUNS, 1, start=10).span == pytest.approx(17 + 10 * len(RUNS))
    assert simulate(RUNS, 3, start=10).span == pytest.approx(6 + 10)


def test_store_of_a_worker_that_trains_meanwhile_costs_the_last_epoch_alone() -> None:
    done = simulate([Run(10, 2.0)], 1, store=0.5)
    assert done.span == pytest.approx(10 * 2 + 0.5)
    assert done.driver == pytest.approx(5 / 20.5)


def test_driver_that_is_slower_than_the_workers_sets_the_pace() -> None:
    done = simulate([Run(100, 1.0)] * 8, 8, store=1.0)
    assert done.span == pytest.approx(1 + 800)
    assert done.driver == pytest.approx(800 / 801)
    assert done.lost == pytest.approx(1 - 800 / (8 * 801))


def test_worker_goes_on_when_its_epoch_is_taken_and_not_when_it_is_stored() -> None:
    # both end at 1; the second is taken at 4, and ends its next at 5; the driver: 1-4, 4-7, 7-10, 10-13
    assert simulate([Run(2, 1.0)] * 2, 2, store=3.0).span == pytest.approx(13)


def test_nothing_to_do_takes_no_time() -> None:
    done = simulate([], 4, start=10, store=1)
    assert (done.span, done.lost, done.driver) == (0, 0, 0)


def test_work_is_that_of_the_catalogue() -> None:
    wanted = list_goals(PRESETS["write-up"], seeds=2)
    runs = write_up(2, 1.0)
    assert [run.epochs for run in runs] == [goal.epochs for goal in wanted]
    assert all(run.seconds > 0 for run in runs)
