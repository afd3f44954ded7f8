"""A run-all without torch: its workers are threads, and its training is a chain of digests, each from the one before.

An epoch's state follows from the state before it alone, so that a run which goes on from anything else ends with
other bits.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runs.data.dataset import Dataset
from runs.disk import PART, use_disk
from runs.errors import is_out_of_memory
from runs.execution.local import LocalPool, Slot
from runs.execution.machine import Machine
from runs.execution.plan import Work
from runs.execution.worker import EpochDone, Job, JobDone, Message, ProbeDone
from runs.job import train_goals
from runs.specs.catalogue import Goal
from runs.specs.probe_outputs import DATA_PROBES, RUN_PROBES
from runs.specs.request import Request
from runs.specs.spec import RunSpec
from runs.storage.store import DATA, Store
from runs.training.trainer import EpochRow
from tests.fakes import make_notes
from tests.runs.disks import POINTS_OF_A_FILE, POINTS_OF_A_FOLDER, Counting
from tests.runs.made_up_run import least

UNET = RunSpec(model="unet", batch_size=4)
CNN = RunSpec(model="cnn", batch_size=4)
GOALS = [Goal(UNET, {1: ("layers",), 2: ()}), Goal(CNN, {1: ("quality",)})]
EPOCHS = sum(goal.epochs for goal in GOALS)
#: Files and folders that a whole run-all makes: what it was asked and on what, the pointer to that, the probes of the
#: pictures, three files an epoch, a snapshot for each epoch that somebody needs, the probes of the runs.
SNAPSHOTS = sum(len(goal.probes) for goal in GOALS)
PROBES = sum(len(names) for goal in GOALS for names in goal.probes.values())
FILES = 3 + len(DATA_PROBES) + 3 * EPOCHS + SNAPSHOTS + PROBES
FOLDERS = 2 + len(GOALS) * 3  # the data set's, that of its probes; each run's, that of its snapshots and probes
LOCKS = 2  # to make the store, and to train
POINTS = POINTS_OF_A_FILE * FILES + POINTS_OF_A_FOLDER * FOLDERS + LOCKS

Arrays = dict[str, np.ndarray]
Say = Callable[[str], None]


def digest(*parts: object) -> np.ndarray:
    return np.frombuffer(hashlib.sha256(repr(parts).encode()).digest(), np.uint8)


def state_after(spec: RunSpec, epoch: int, before: Mapping[str, Any] | None) -> Arrays:
    """Weights and moments after an epoch, from those before it."""
    old = before["weight"].tobytes() if before else b""
    return {"weight": digest(spec.id, epoch, old), "optimizer.0.step": np.array(epoch, np.int64)}


def row_of(epoch: int, state: Arrays) -> EpochRow:
    return EpochRow(epoch, float(state["weight"][0]), float(state["weight"][1]), 0.5, 1.0, 1.0, 0.0)


def picture_of(state: Arrays) -> np.ndarray:
    """One picture, (1, 32, 32, 3)."""
    return np.tile(state["weight"], 96).reshape(1, 32, 32, 3)


def work_on(job: Job, send: Callable[[Message], None]) -> None:
    """What :func:`runs.execution.worker.work_on` does, with digests in the place of training and measuring."""
    for name in job.data_probes:
        send(ProbeDone(name, 0, least(name) | {"a": digest(name)}, make_notes(name), 0.0))
    if job.work is None:
        return
    for epoch, weights in (job.snapshots or {}).items():
        measure(job.work, epoch, dict(weights), send)
    for start, until in job.work.legs:
        state = dict(job.state) if job.state and start else None
        for epoch in range(start, until):
            state = state_after(job.work.spec, epoch + 1, state)
            send(EpochDone(row_of(epoch + 1, state), state, picture_of(state), 7))
            if epoch + 1 not in (job.snapshots or {}):
                measure(job.work, epoch + 1, state, send)


def measure(work: Work, epoch: int, weights: Arrays, send: Callable[[Message], None]) -> None:
    for name in work.probes.get(epoch, ()):
        mark = digest(name, epoch, weights["weight"].tobytes())
        send(ProbeDone(name, epoch, least(name) | {"a": mark}, make_notes(name), 0.0))


class Thread:
    """A thread that the engine takes for a worker's process."""

    exitcode = 0

    def __init__(self, serve: Callable[[], None]) -> None:
        self.thread = threading.Thread(target=serve, daemon=True)
        self.thread.start()

    def terminate(self) -> None:
        """It ends when its pipe is closed."""

    def join(self, seconds: float | None = None) -> None:
        self.thread.join(seconds)

    def is_alive(self) -> bool:
        return self.thread.is_alive()

    kill = terminate


def serve(pipe: Connection, do: Callable[[Job, Callable[[Message], None]], None]) -> None:
    """A worker's loop, as :func:`runs.execution.worker.serve_jobs`."""
    try:
        while True:
            job, done = pipe.recv(), JobDone()
            try:
                do(job, pipe.send)
            except MemoryError as error:
                done = JobDone(repr(error), is_out_of_memory(error))
            pipe.send(done)
    except (EOFError, OSError):
        pipe.close()


def work_in_threads(patch: pytest.MonkeyPatch, do: Callable[[Job, Callable[[Message], None]], None] = work_on) -> None:
    """The engine's workers are threads of this process from now on."""

    def open_slot(self: LocalPool) -> Slot:
        ours, theirs = multiprocessing.Pipe()
        return Slot(Thread(lambda: serve(theirs, do)), ours)  # type: ignore[arg-type]

    patch.setattr(LocalPool, "open", open_slot)


def run_all(results: Path, data: Dataset, say: Say = lambda text: None, goals: list[Goal] | None = None) -> Store:
    """What the command does, after it has read its options and pictures; one worker, so that calls have an order."""
    request, wanted = Request(results=str(results)), GOALS if goals is None else goals
    return train_goals(request, data, wanted, Machine(1, "cpu"), say)[0]


def unbroken_states(spec: RunSpec, epochs: int) -> list[Arrays]:
    states: list[Arrays] = []
    for epoch in range(epochs):
        states.append(state_after(spec, epoch + 1, states[-1] if states else None))
    return states


def check_whole(store: Store, complete: bool) -> int:
    """Every file of the store reads as what an unbroken run has there: never half of it, never anything else.

    Returns:
        How many epochs are stored; with ``complete``, none is missing, and no file either.
    """
    epochs = 0
    for goal in GOALS:
        run, states = goal.spec.id, unbroken_states(goal.spec, goal.epochs)
        stored = store.state(run)
        done = len(stored.record["rows"]) if stored else 0
        epochs += done
        assert done == goal.epochs or not complete
        if stored and done:
            rows = [asdict(row_of(epoch + 1, state)) for epoch, state in enumerate(states[:done])]
            assert stored.record["rows"] == rows
            expected = states[done - 1] | {"pictures": np.stack([picture_of(state) for state in states[:done]])}
            assert {n: a.tobytes() for n, a in stored.arrays.items()} == {n: a.tobytes() for n, a in expected.items()}
        for epoch, names in goal.probes.items():
            weights = store.snapshot(run, epoch)
            assert weights is not None or not complete
            assert weights is None or weights["weight"].tobytes() == states[epoch - 1]["weight"].tobytes()
            for name in names:
                probe = store.probe(run, name, epoch)
                assert probe is not None or not complete
                expected_probe = digest(name, epoch, states[epoch - 1]["weight"].tobytes())
                assert probe is None or probe.arrays["a"].tobytes() == expected_probe.tobytes()
                assert probe is None or probe.record["version"] == RUN_PROBES[name]
        assert list(store.troubles(run)) == []
    for name in DATA_PROBES:
        found = store.probe(DATA, name, 0)
        assert found is not None or not complete
        assert found is None or found.arrays["a"].tobytes() == digest(name).tobytes()
    if complete:
        check_complete(store)
    return epochs


def finish(results: Path, data: Dataset) -> None:
    """The next run-all, on a disk that works."""
    with use_disk(Counting()):
        check_whole(run_all(results, data), complete=True)


def check_complete(store: Store) -> None:
    """The files are those of an unbroken run and no others, and the copies for people say what the runs say."""
    names = {path.relative_to(store.folder).as_posix() for path in store.folder.rglob("*") if path.is_file()}
    assert len(names - {".lock"}) == 2 + len(DATA_PROBES) + 3 * len(GOALS) + SNAPSHOTS + PROBES
    assert not [name for name in names if name.endswith(PART)]
    assert [path for goal in GOALS for path in store.mend_copies(goal.spec.id)] == []
    assert store.request() is not None
