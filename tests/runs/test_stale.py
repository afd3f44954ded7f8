"""Runs of other code of the recipe than today's: a state of its own, trained again where that is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from runs import environment
from runs.data.dataset import Dataset
from runs.execution.machine import Machine
from runs.execution.plan import make_plan
from runs.job import Retrain, describe_outlook, train_goals
from runs.specs.request import Request
from runs.specs.spec import RunSpec
from runs.status import describe_stale, draw_status
from runs.storage.records import is_stale
from runs.storage.store import Store, Stored
from tests.commands import call
from tests.runs import tiny
from tests.runs.made_up_run import ENVIRONMENT, SEGMENT, record
from tests.runs.replayed import CNN, GOALS, UNET, check_whole, run_all

pytestmark = pytest.mark.usefixtures("threads")


@pytest.fixture
def results(bench: Path, data: Dataset, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A finished run-all, after which the code of the recipe was changed."""
    run_all(bench, data)
    monkeypatch.setattr(environment, "digest_recipe", lambda: "0000000000ff")
    environment.describe_environment.cache_clear()
    yield bench
    environment.describe_environment.cache_clear()


def run_again(results: Path, data: Dataset, retrain: Retrain = None, more: int = 0) -> tuple[Store, bool, str]:
    """The store, whether all is complete, and what was said."""
    said: list[str] = []
    goals = [replace(goal, probes=goal.probes | ({goal.epochs + more: ()} if more else {})) for goal in GOALS]
    request = Request(results=str(results))
    store, complete = train_goals(request, data, goals, Machine(1, "cpu"), said.append, retrain=retrain)
    return store, complete, "\n".join(said)


def test_run_all_on_stale_runs_says_so_and_never_that_nothing_is_left(results: Path, data: Dataset) -> None:
    store, complete, said = run_again(results, data)
    assert not complete
    assert "2 runs are stale" in said
    assert "--retrain" in said
    assert "Nothing is left" not in said
    check_whole(store, complete=True)


def test_status_of_stale_runs_is_stale_and_not_complete(results: Path, data: Dataset) -> None:
    store = Store.open(results / data.id)
    left = make_plan(store, GOALS, len(data.train))
    assert left.empty
    assert set(left.stale) == {UNET.id, CNN.id}
    console = Console(width=120)
    with console.capture() as shown:
        console.print(draw_status(store, GOALS, left))
    assert shown.get().count("stale") == 2
    assert "complete" not in shown.get()


def test_stale_runs_are_trained_again_where_that_is_asked_for_and_kept_aside(results: Path, data: Dataset) -> None:
    before = {run: (results / data.id / run / "state.safetensors").read_bytes() for run in (UNET.id, CNN.id)}
    store, complete, said = run_again(results, data, "stale")
    assert complete
    assert "Trained again from the first epoch: 2 runs." in said
    check_whole_beside_replaced(store)
    for run, content in before.items():
        assert (store.folder / f"{run}.replaced" / "state.safetensors").read_bytes() == content
        assert not is_stale(store.record(run) or {})
    again = run_again(results, data, "stale")
    assert again[1]
    assert "No stored run is stale: none is trained again." in again[2]
    assert "Nothing is left" in again[2]
    assert len(list(store.folder.glob("*.replaced"))) == 2
    assert run_again(results, data, "all")[1]
    assert len(list(store.folder.glob("*.2.replaced"))) == 2
    assert store.runs() == sorted(before)


def check_whole_beside_replaced(store: Store) -> None:
    check_whole(store, complete=False)
    assert {run: len((store.record(run) or {})["rows"]) for run in (UNET.id, CNN.id)} == {UNET.id: 2, CNN.id: 1}


def test_dry_run_of_training_again_counts_it_and_moves_nothing(results: Path, data: Dataset) -> None:
    request, machine = Request(results=str(results)), Machine(1, "cpu")
    assert len(describe_outlook(request, data, GOALS, machine)) == 1
    lines = describe_outlook(request, data, GOALS, machine, "stale")
    assert [line.split(",")[0] for line in lines[:2]] == [f"{UNET.id}: 2 epochs", f"{CNN.id}: 1 epoch"]
    assert list((results / data.id).glob("*.replaced")) == []


def test_run_that_goes_on_with_other_code_is_told_recorded_and_stays_stale(results: Path, data: Dataset) -> None:
    old = environment_codes(Store.open(results / data.id), UNET.id)
    store, complete, said = run_again(results, data, more=1)
    assert not complete
    assert "2 runs of these go on with today's code from the epochs stored" in said
    assert environment_codes(store, UNET.id) == [*old, "0000000000ff"]
    assert is_stale(store.record(UNET.id) or {})


def environment_codes(store: Store, run: str) -> list[str]:
    return [segment["environment"]["code"] for segment in (store.record(run) or {})["segments"]]


def test_commands_tell_of_stale_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = RunSpec(model="cnn")
    store = Store.create(tmp_path / "results", tiny.dataset())
    store.save_request(Request("photos", "tiny", "quick").record())
    other = {**SEGMENT, "environment": {**ENVIRONMENT, "code": "0123456789ab"}}
    pictures = {"pictures": tiny.pictures(5, 1)[:, None]}
    store.save(spec.id, Stored(record(spec, 5, segments=[other]), pictures))
    monkeypatch.setenv("COLUMNS", "120")
    done = call("status", "--results", store.folder.parent)
    assert done.exit_code == 3
    assert re.search(rf"{spec.id} .*stale, to be measured", done.stdout)
    told = " ".join(done.stdout.split())
    assert "1 run is stale: other code of the recipe than today's trained it." in told
    assert f"run-all --data photos --category tiny --preset quick --results {store.folder.parent} --retrain" in told
    monkeypatch.setattr("runs.execution.plan.Plan.empty", True)
    done = call("status", "--results", store.folder.parent)
    assert done.exit_code == 3
    assert "All is trained" not in done.stdout


def test_nothing_is_said_where_no_run_is_stale(bench: Path, data: Dataset) -> None:
    store = run_all(bench, data)
    assert describe_stale(make_plan(store, GOALS, len(data.train))) == ""
