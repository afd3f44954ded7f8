"""Two small runs, and what the engine and this process each make of them, shared by the tests of the engine."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import forkserver
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from runs.data.dataset import Dataset
from runs.execution import events, local
from runs.execution.engine import Engine, Outcome
from runs.specs.catalogue import Goal
from runs.specs.probe_outputs import DATA_PROBES
from runs.specs.spec import RunSpec
from runs.storage.store import Store
from runs.training.prepared import prepare
from runs.training.steps import quicken
from runs.training.trainer import Trainer
from tests.runs.made_up_run import save_probe

UNET = RunSpec(model="unet", batch_size=5, filters=4)
REGRESSION = RunSpec(model="regression", batch_size=4, filters=4)
SPECS = (UNET, REGRESSION)
#: So many of the UNet that a worker cannot have sent them all before the first is stored: the pipe holds about two.
EPOCHS = 8
SHORT = 2

Listener = Callable[[events.Event], None]


@contextmanager
def quick_start() -> Iterator[None]:
    """Workers from one server that holds torch already, so that each starts in no time. It starts in the
    background, while the runs to compare with are trained here.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", *local.PRELOADED, *local.COMPILED])
    forkserver.ensure_running()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "multiprocessing", SimpleNamespace(get_context=lambda kind: context))
        yield


def open_store(folder: Path, data: Dataset) -> Store:
    """A store in which the pictures themselves count as measured."""
    store = Store.create(folder, data)
    for name in DATA_PROBES:
        if store.probe_version("data", name, 0) is None:
            save_probe(store, "data", name, 0)
    return store


def goals(epochs: int = EPOCHS) -> list[Goal]:
    """The UNet up to so many epochs, and the regression up to two."""
    return [Goal(UNET, {epochs: ()}), Goal(REGRESSION, {min(epochs, SHORT): ()})]


def work(
    store: Store, data: Dataset, wanted: list[Goal], workers: int = 1, also: Listener = lambda event: None
) -> tuple[Outcome, list[events.Event]]:
    """What becomes of the goals, and all that was told of it."""
    told: list[events.Event] = []

    def listen(event: events.Event) -> None:
        told.append(event)
        also(event)

    outcome = Engine(store, data, workers, listen=listen).run(wanted)
    assert multiprocessing.active_children() == []
    return outcome, told


def train(folder: Path, data: Dataset, wanted: list[Goal], workers: int = 1) -> Store:
    store = open_store(folder, data)
    outcome, _ = work(store, data, wanted, workers)
    assert outcome == Outcome({}, ())
    return store


@dataclass
class Trained:
    """A run trained in this process, in one go, without the engine."""

    rows: list[dict[str, Any]]
    arrays: dict[str, np.ndarray]


Unbroken = dict[RunSpec, Trained]


def trained_here(data: Dataset) -> Unbroken:
    """Both runs, each in one go."""
    runs = {}
    for spec, epochs in ((UNET, EPOCHS), (REGRESSION, SHORT)):
        trainer = Trainer(spec, prepare(data, spec))
        quicken(trainer)
        rows, pictures = zip(*[(asdict(trainer.train_epoch()), trainer.picture()) for _ in range(epochs)], strict=True)
        runs[spec] = Trained(list(rows), {**trainer.arrays(), "pictures": np.stack(pictures)})
    return runs


def same(store: Store, unbroken: Unbroken, *specs: RunSpec) -> None:
    for spec in specs or SPECS:
        state = store.state(spec.id)
        assert state is not None
        assert state.arrays.keys() == unbroken[spec].arrays.keys()
        for name, array in unbroken[spec].arrays.items():
            assert state.arrays[name].tobytes() == array.tobytes(), (spec.id, name)
        assert numbers(state.record["rows"]) == numbers(unbroken[spec].rows)


def numbers(rows: list[dict[str, Any]]) -> list[dict[str, float]]:
    """Metric rows without their wall-clock times."""
    return [{name: value for name, value in row.items() if "seconds" not in name} for row in rows]


def of(told: list[events.Event], kind: type) -> list[Any]:
    return [event for event in told if isinstance(event, kind)]


def damage(path: Path) -> bytes:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    return bytes(content)
