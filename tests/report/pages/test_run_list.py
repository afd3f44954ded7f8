"""The roll of runs: every run of an ordinary store, the first seeds of a very large one and the others counted."""

from __future__ import annotations

from typing import Any

import pytest

from report.pages import run_list
from report.pages.filters import _MARKED_RUNS, num
from report.pages.run_list import MOST_LISTED, shorten_list
from report.results.values import Measured
from runs.specs.spec import RunSpec

CNN, UNET = RunSpec(model="cnn"), RunSpec(model="unet", kernel=5)


def run(spec: RunSpec, epochs: int = 25, marks: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"id": spec.id, "spec": spec.model_dump(), "epochs": epochs, "marks": list(marks)}


def test_ordinary_store_is_listed_whole() -> None:
    runs = [run(CNN.with_seed(seed)) for seed in range(MOST_LISTED)]
    assert shorten_list(runs) == (runs, [], 0)


def test_of_very_many_runs_the_first_seeds_are_listed_and_the_others_counted_by_configuration() -> None:
    seeds = MOST_LISTED // 2 + 10
    runs = [run(spec.with_seed(seed)) for spec in (CNN, UNET) for seed in range(seeds)]
    runs[-1] = run(UNET.with_seed(seeds - 1), 3, ("stale",))
    listed, others, uncounted = shorten_list(runs)
    first = MOST_LISTED // 2
    assert [one["id"] for one in listed] == [s.with_seed(i).id for s in (CNN, UNET) for i in range(first)]
    span = f"{first} to {seeds - 1}"
    assert others == [
        {"id": "cnn-b100-lr0.001", "runs": 10, "seeds": span, "epochs": "25", "marks": []},
        {"id": "unet-b100-lr0.001-k5", "runs": 10, "seeds": span, "epochs": "3 to 25", "marks": ["stale"]},
    ]
    assert uncounted == 0


def test_no_run_is_left_out_unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_list, "MOST_COUNTED", 3)
    runs = [run(CNN.model_copy(update={"filters": 1 + index})) for index in range(MOST_LISTED + 10)]
    listed, others, uncounted = shorten_list(runs)
    assert len(listed) + sum(group["runs"] for group in others) + uncounted == len(runs)
    assert (len(others), uncounted) == (3, 7)


def test_number_of_very_many_runs_names_those_that_can_be_listed() -> None:
    ids = tuple(CNN.with_seed(seed).id for seed in range(_MARKED_RUNS + 40))
    html = num(Measured(1.0, spread=0.1, n=len(ids), runs=ids))
    assert f'data-runs="{" ".join(ids[:_MARKED_RUNS])}"' in html
    assert f"and {len(ids) - 6} more" in html
