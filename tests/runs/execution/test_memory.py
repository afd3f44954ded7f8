"""When memory runs out, fewer runs go side by side; no run is trained with another batch than it was asked for."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import torch

from runs.data.dataset import Dataset
from runs.errors import is_out_of_memory
from runs.execution import events, worker
from runs.execution.engine import Engine, Outcome
from runs.execution.plan import Work
from runs.execution.worker import Job, find_outcome
from runs.specs.catalogue import Goal
from runs.specs.spec import RunSpec
from runs.storage.store import Store
from tests.runs.replayed import check_whole, unbroken_states, work_in_threads, work_on

GOALS = [Goal(RunSpec(model="unet", batch_size=size), {2: ()}) for size in (4, 5, 6)]


class Device:
    """Memory for so many runs at once. A run that fits waits until there was no room for ``crowds`` others."""

    def __init__(self, room: int, crowds: int = 1) -> None:
        self.room, self.crowds, self.active = room, crowds, 0
        self.lock, self.full = threading.Lock(), threading.Event()

    def __call__(self, job: Job, send: Any) -> None:
        with self.lock:
            self.active += 1
            crowded = self.active > self.room
        try:
            if crowded:
                self.crowds -= 1
                if self.crowds <= 0:
                    self.full.set()
                raise MemoryError("there is no room for another run")
            self.full.wait(30)
            work_on(job, send)
        finally:
            with self.lock:
                self.active -= 1


def trained(results: Path, data: Dataset, workers: int) -> tuple[Store, Outcome, list[events.Event]]:
    store, told = Store.create(results, data), []
    return store, Engine(store, data, workers, listen=told.append).run(GOALS), told


def test_runs_that_do_not_fit_side_by_side_are_trained_one_after_another_as_they_were_asked_for(
    tmp_path: Path, data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_in_threads(monkeypatch, Device(room=1, crowds=2))
    store, outcome, told = trained(tmp_path, data, workers=3)
    assert outcome == Outcome({}, ())
    crowded = [event for event in told if isinstance(event, events.Crowded)]
    assert [event.workers for event in crowded] == [2, 1]
    assert not [event for event in told if isinstance(event, events.Retried | events.Failed)]
    for goal in GOALS:
        stored = store.state(goal.spec.id)
        assert stored is not None
        assert stored.record["spec"] == goal.spec.model_dump()  # the batch among it
        assert stored.arrays["weight"].tobytes() == unbroken_states(goal.spec, 2)[-1]["weight"].tobytes()


def test_run_that_does_not_fit_alone_fails_with_its_last_words(
    tmp_path: Path, data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_in_threads(monkeypatch, Device(room=0))
    _, outcome, told = trained(tmp_path, data, workers=2)
    assert outcome.failed.keys() == {goal.spec.id for goal in GOALS} | {"data"}
    assert all("there is no room for another run" in reason for reason in outcome.failed.values())
    assert [event.workers for event in told if isinstance(event, events.Crowded)] == [1]


def test_run_that_had_no_room_beside_others_that_are_done_is_not_lost(
    tmp_path: Path, data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other workers are idle by then, and none of them will ask for more."""
    failed = threading.Event()

    def late(job: Job, send: Any) -> None:
        if job.work and job.work.spec == GOALS[0].spec and not failed.is_set():
            idle.wait(30)
            failed.set()
            raise MemoryError
        work_on(job, send)

    idle = threading.Event()
    work_in_threads(monkeypatch, late)
    store, told = Store.create(tmp_path, data), []

    def listen(event: events.Event) -> None:
        told.append(event)
        if sum(isinstance(one, events.Finished) for one in told) == 2 and sum(
            isinstance(one, events.Probed) for one in told
        ):
            idle.set()

    assert Engine(store, data, 4, listen=listen).run(GOALS) == Outcome({}, ())
    assert store.state(GOALS[0].spec.id) is not None


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 5.05 GB)"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("out of memory"), False),
    ],
    ids=repr,
)
def test_want_of_memory_is_told_from_other_failures(error: Exception, found: bool) -> None:
    assert is_out_of_memory(error) == found


def test_worker_tells_when_memory_really_ran_out(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "work_on", lambda *_: torch.empty(1 << 55, dtype=torch.uint8))
    done = find_outcome(Job(Work(GOALS[0].spec, 0, 1)), data, "cpu", lambda message: None)
    assert done.out_of_memory
    assert "Traceback" in done.failure


def test_nothing_is_lost_when_memory_runs_out_in_the_middle_of_a_run_all(
    tmp_path: Path, data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.runs.replayed import GOALS as ALL

    work_in_threads(monkeypatch, Device(room=1))
    store = Store.create(tmp_path, data)
    assert Engine(store, data, 2).run(ALL) == Outcome({}, ())
    store.save_request({})
    check_whole(store, complete=True)
