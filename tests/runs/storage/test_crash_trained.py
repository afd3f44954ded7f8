"""As test_crash, with real training: a killed run-all is finished to the bits of training in one go."""

from __future__ import annotations

import multiprocessing
import signal
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runs.data.dataset import Dataset
from runs.disk import use_disk
from runs.execution.local import COMPILED, PRELOADED
from runs.execution.worker import Job, find_outcome
from runs.specs.catalogue import Goal
from runs.specs.spec import RunSpec
from runs.storage.find_store import list_stores
from runs.storage.store import DATA, Store
from runs.training.prepared import prepare
from runs.training.steps import quicken
from runs.training.trainer import Trainer
from tests.runs import tiny
from tests.runs.disks import Counting, deadly
from tests.runs.replayed import run_all, work_in_threads
from tests.runs.replayed import work_on as replay

UNET = RunSpec(model="unet", batch_size=4, filters=4)
REGRESSION = RunSpec(model="regression", batch_size=4, filters=4)
GOALS = [Goal(UNET, {1: ("skips",), 3: ()}), Goal(REGRESSION, {2: ()})]


def train_in_threads(patch: pytest.MonkeyPatch, data: Dataset) -> None:
    """Workers that train and measure, but for the pictures themselves: what is measured there has nothing to go on."""

    def do(job: Job, send: Any) -> None:
        failure = find_outcome(job, data, "cpu", send).failure if job.work else replay(job, send)
        assert not failure, failure

    work_in_threads(patch, do)


def killed(results: Path, at: int) -> None:
    """A process that trains, and is killed at a point."""
    import torch

    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch, use_disk(deadly(at)):
        train_in_threads(patch, tiny.dataset())
        run_all(results, tiny.dataset(), goals=GOALS)


@pytest.fixture(scope="module")
def unbroken() -> dict[RunSpec, tuple[list[dict[str, Any]], dict[str, np.ndarray]]]:
    """Each run trained in one go, with neither engine nor store."""
    runs = {}
    for goal in GOALS:
        trainer = Trainer(goal.spec, prepare(tiny.dataset(), goal.spec))
        quicken(trainer)
        rows, pictures = zip(
            *[(asdict(trainer.train_epoch()), trainer.picture()) for _ in range(goal.epochs)], strict=True
        )
        runs[goal.spec] = (list(rows), {**trainer.arrays(), "pictures": np.stack(pictures)})
    return runs


def without_times(rows: list[dict[str, Any]]) -> list[dict[str, float]]:
    return [{name: value for name, value in row.items() if "seconds" not in name} for row in rows]


def same(store: Store, unbroken: dict[RunSpec, Any]) -> None:
    for spec, (rows, arrays) in unbroken.items():
        stored = store.state(spec.id)
        assert stored is not None
        assert {name: array.tobytes() for name, array in stored.arrays.items()} == {
            name: array.tobytes() for name, array in arrays.items()
        }
        assert without_times(stored.record["rows"]) == without_times(rows)


def test_run_all_killed_while_it_trains_is_finished_to_the_bits_of_training_in_one_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unbroken: dict[RunSpec, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    train_in_threads(monkeypatch, tiny.dataset())
    counting = Counting()
    with use_disk(counting):
        whole = run_all(tmp_path / "whole", tiny.dataset(), goals=GOALS)
    same(whole, unbroken)
    probe = whole.probe(UNET.id, "skips", 1)
    assert probe is not None
    # one of each kind of call, from the first epoch to the last
    kinds = ("make folder", "create", "write", "write on", "sync", "close", "rename", "sync folder")
    places = [[at for at, call in enumerate(counting.calls) if call == kind] for kind in kinds]
    points = [found[len(found) * (number + 1) // (len(kinds) + 1)] for number, found in enumerate(places)]
    assert len(set(points)) == len(kinds)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", *PRELOADED, *COMPILED])
    children = {at: context.Process(target=killed, args=(tmp_path / str(at), at)) for at in points}
    for child in children.values():
        child.start()
    for at, child in children.items():
        child.join(60)
        assert child.exitcode == -signal.SIGKILL, at
        child.close()
    begun = 0
    for at in points:
        begun += sum(len(store.runs()) for store in list_stores(tmp_path / str(at)))
        store = run_all(tmp_path / str(at), tiny.dataset(), goals=GOALS)
        same(store, unbroken)
        again = store.probe(UNET.id, "skips", 1)
        assert again is not None
        assert {n: a.tobytes() for n, a in again.arrays.items()} == {n: a.tobytes() for n, a in probe.arrays.items()}
        assert list(store.troubles(UNET.id)) == list(store.troubles(DATA)) == []
    assert begun > len(points) / 2  # most went on from something
    with capsys.disabled():
        print(f"\n{len(points)} points: killed at each while training, finished to the same bits after each.")
