"""Captured steps give the weights of plain ones, bit by bit, by a stand-in for the graphs; test_gpu tries real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from report.pages.run_list import list_runs
from report.results.stored import Shelf
from runs.execution import events
from runs.execution.engine import Engine
from runs.execution.worker import EpochDone, Message
from runs.specs.catalogue import Goal
from runs.specs.presets import PRESETS
from runs.specs.spec import RunSpec
from runs.storage.store import Store
from runs.training.steps import WARM_UP, CapturedStep
from runs.training.trainer import Arrays, Trainer
from tests.runs import tiny
from tests.runs.stepping import SPECS, Here, Replayed, trained, trainer


class Unable(Replayed):
    """A device that refuses to capture."""

    def capture(self, step: Callable[[], Tensor]) -> tuple[Tensor, Callable[[], None]]:
        raise RuntimeError("operation not permitted when stream is capturing\nsecond line")


def same(one: Arrays, other: Arrays) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
def test_captured_steps_give_the_weights_moments_and_losses_of_plain_ones(spec: RunSpec) -> None:
    plain, quick = trainer(spec), trainer(spec)
    graphs = Replayed()
    quick.take_step = CapturedStep(quick, graphs)
    (arrays, losses), (quick_arrays, quick_losses) = trained(plain), trained(quick)
    assert same(arrays, quick_arrays)
    assert losses == quick_losses
    assert (graphs.warmed, graphs.captured) == (WARM_UP, 1)
    assert graphs.replayed == 4  # two whole batches an epoch; the short one is no part of the graph


def test_capture_goes_on_from_a_stored_state() -> None:
    spec = SPECS[0]
    begun = trainer(spec)
    stored, _ = trained(begun, 1)
    plain, quick = (Trainer(spec, begun.data, stored, 1) for _ in range(2))
    quick.take_step = CapturedStep(quick, Replayed())
    assert same(trained(plain, 1)[0], trained(quick, 1)[0])


def test_a_device_that_cannot_capture_takes_plain_steps_and_says_why() -> None:
    plain, quick = trainer(SPECS[0]), trainer(SPECS[0])
    step = quick.take_step = CapturedStep(quick, Unable())
    assert same(trained(plain)[0], trained(quick)[0])
    assert step.failure == "operation not permitted when stream is capturing"


def test_the_reason_is_what_was_raised_first_and_not_what_ending_the_capture_raises_again() -> None:
    class Invalidated(Replayed):
        def capture(self, step: Callable[[], Tensor]) -> tuple[Tensor, Callable[[], None]]:
            try:
                raise RuntimeError("operation not permitted when stream is capturing")
            finally:
                raise RuntimeError("operation failed due to a previous error during capture")

    quick = trainer(SPECS[0])
    step = quick.take_step = CapturedStep(quick, Invalidated())
    quick.train_epoch()
    assert step.failure == "operation not permitted when stream is capturing"


class Full(Replayed):
    """A device without memory left, found out before capturing."""

    def warm_up(self, step: Callable[[], Tensor]) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")


class FullInBetween(Replayed):
    """The same, found out while capturing: ending the capture raises once more."""

    def capture(self, step: Callable[[], Tensor]) -> tuple[Tensor, Callable[[], None]]:
        try:
            raise torch.OutOfMemoryError("CUDA out of memory")
        finally:
            raise RuntimeError("operation failed due to a previous error during capture")


@pytest.mark.parametrize("graphs", [Full(), FullInBetween()], ids=["before", "in between"])
def test_want_of_memory_is_no_reason_for_plain_steps(graphs: Replayed) -> None:
    quick = trainer(SPECS[0])
    quick.take_step = CapturedStep(quick, graphs)
    with pytest.raises(torch.OutOfMemoryError):
        quick.train_epoch()


def test_batches_larger_than_the_data_are_never_captured() -> None:
    quick = trainer(RunSpec(model="cnn", batch_size=11))
    graphs = Replayed()
    quick.take_step = CapturedStep(quick, graphs)
    quick.train_epoch()
    assert graphs.captured == 0


class Uncaptured(Here):
    """A device that refuses to capture."""

    def receive(self, slots: Sequence[str]) -> Iterator[tuple[str, Message]]:
        for slot, message in super().receive(slots):
            yield slot, replace(message, uncaptured="no graphs") if isinstance(message, EpochDone) else message


def test_a_run_whose_steps_could_not_be_captured_says_so_once_and_in_its_record(tmp_path: Path) -> None:
    data, told, epochs = tiny.dataset(), list[events.Event](), 2
    store, run = Store.create(tmp_path, data), SPECS[0].id
    Engine(store, data, 1, listen=told.append, pool=Uncaptured(data)).run([Goal(SPECS[0], {epochs: ()})])
    assert [event for event in told if isinstance(event, events.FellBack)] == [events.FellBack(run, "no graphs")]
    record = store.record(run)
    assert record is not None
    assert [segment["uncaptured"] for segment in record["segments"]] == ["no graphs"]
    assert len(record["rows"]) == epochs
    told.clear()  # another command that goes on with the run has not said it yet
    Engine(store, data, 1, listen=told.append, pool=Uncaptured(data)).run([Goal(SPECS[0], {epochs + 2: ()})])
    assert [event for event in told if isinstance(event, events.FellBack)] == [events.FellBack(run, "no graphs")]
    shelf = Shelf(store, PRESETS["write-up"], (0,))
    _, environments = list_runs(shelf)
    assert environments[0]["facts"]["plain_steps_because"] == "no graphs"
