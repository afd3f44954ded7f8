"""The engine on tiny pictures: the bits do not depend on workers, on how often a run was continued, or on how often
one of them died.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import struct
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from runs.data.dataset import Dataset
from runs.environment import digest_recipe
from runs.errors import StoreError
from runs.execution import events, local
from runs.execution.engine import Engine, Outcome
from runs.execution.plan import make_plan
from runs.specs.catalogue import Goal
from runs.specs.spec import RECIPE, RunSpec
from runs.storage.store import Store
from tests.runs import tiny
from tests.runs.two_runs import (
    EPOCHS,
    REGRESSION,
    SPECS,
    UNET,
    Unbroken,
    goals,
    of,
    open_store,
    same,
    train,
    work,
)

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture(scope="module")
def data() -> Dataset:
    return tiny.dataset(train=12, test=6)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory, data: Dataset) -> Store:
    """Both runs, side by side."""
    return train(tmp_path_factory.mktemp("stored"), data, goals(), workers=2)


class Killer:
    """A listener that kills the workers when it hears what it waits for, so many times."""

    def __init__(self, kind: type, spec: RunSpec, times: int) -> None:
        self.kind, self.spec, self.times = kind, spec, times

    def __call__(self, event: events.Event) -> None:
        if self.times and isinstance(event, self.kind) and getattr(event, "spec", None) == self.spec:
            for child in multiprocessing.active_children():  # none, when a dead one's last messages are read
                self.times -= 1
                child.kill()
                child.join()


def test_workers_side_by_side_give_the_bits_of_training_in_this_process(unbroken: Unbroken, stored: Store) -> None:
    same(stored, unbroken)


def test_record_describes_the_run_by_itself(stored: Store) -> None:
    record = stored.record(UNET.id)
    assert record is not None
    assert RunSpec(**record["spec"]) == UNET
    assert record["recipe"] == RECIPE
    assert record["parameters"] > 1000
    assert [row["epoch"] for row in record["rows"]] == list(range(1, EPOCHS + 1))
    assert not record["diverged"]
    (segment,) = record["segments"]
    assert segment["from_epoch"] == 1
    assert segment["environment"]["code"] == digest_recipe()


def test_continued_run_has_the_bits_of_an_unbroken_one_with_another_number_of_workers(
    tmp_path: Path, data: Dataset, unbroken: Unbroken
) -> None:
    train(tmp_path, data, goals(1), workers=2)
    same(train(tmp_path, data, goals(), workers=2), unbroken)


def test_nothing_is_left_to_do_after_all_is_done(tmp_path: Path, data: Dataset) -> None:
    store = train(tmp_path, data, goals(1))
    assert make_plan(store, goals(1), 12).empty
    assert [left.epochs for left in make_plan(store, goals(4), 12).works] == [3, 1]
    assert work(store, data, goals(1)) == (Outcome({}, ()), [])


def test_run_that_diverges_is_kept_and_not_trained_on(tmp_path: Path, data: Dataset) -> None:
    spec = REGRESSION.model_copy(update={"learning_rate": 10, "optimizer": "sgd"})
    store = open_store(tmp_path, data)
    outcome, told = work(store, data, [Goal(spec, {30: ()})])
    record = store.record(spec.id)
    assert record is not None
    assert outcome == Outcome({}, (spec.id,))
    assert of(told, events.Finished) == [events.Finished(spec, diverged=True)]
    assert record["diverged"]
    assert len(record["rows"]) < 30
    assert make_plan(store, [Goal(spec, {30: ()})], 12).works == ()


def test_run_whose_worker_is_killed_is_retried_once_and_ends_with_the_unbroken_bits(
    tmp_path: Path, data: Dataset, unbroken: Unbroken
) -> None:
    store = open_store(tmp_path, data)
    outcome, told = work(store, data, goals(), also=Killer(events.Trained, UNET, times=1))
    assert outcome == Outcome({}, ())
    (retried,) = of(told, events.Retried)
    assert retried.run == UNET.id
    assert re.fullmatch(r"its worker ended by signal 9 after epoch [1-7]", retried.reason)
    first, again = (event for event in of(told, events.Started) if event.spec == UNET)
    assert first.start == 0
    assert again.start > 0  # stored epochs are not trained again
    epochs = [event.epoch for event in of(told, events.Trained) if event.spec == UNET]
    assert epochs == list(range(1, EPOCHS + 1))
    same(store, unbroken)


def test_run_whose_worker_is_killed_twice_fails_and_the_other_goes_on(
    tmp_path: Path, data: Dataset, unbroken: Unbroken
) -> None:
    store = open_store(tmp_path, data)
    outcome, told = work(store, data, goals(), also=Killer(events.Trained, UNET, times=2))
    assert outcome.failed.keys() == {UNET.id}
    assert re.fullmatch(r"its worker ended by signal 9 after epoch [2-7], 2 times", outcome.failed[UNET.id])
    assert of(told, events.Failed) == [events.Failed(UNET.id, outcome.failed[UNET.id])]
    same(store, unbroken, REGRESSION)
    record = store.record(UNET.id)
    assert record is not None
    assert 2 <= len(record["rows"]) < EPOCHS  # what was stored stays, and is gone on from
    same(train(tmp_path, data, goals()), unbroken)


def test_worker_that_dies_between_two_runs_costs_nothing(tmp_path: Path, data: Dataset, unbroken: Unbroken) -> None:
    store = open_store(tmp_path, data)
    outcome, told = work(store, data, goals(2), also=Killer(events.Finished, UNET, times=1))
    assert outcome == Outcome({}, ())
    assert of(told, events.Retried) == []
    same(store, unbroken, REGRESSION)


def die_in_a_message(pipe: Connection, *_: Any) -> None:
    """A worker that takes its job, and dies when it has sent the first bytes of an answer."""
    pipe.recv()
    os.write(pipe.fileno(), struct.pack("!i", 1000) + b"begun")
    os._exit(1)


def test_worker_that_dies_in_the_middle_of_a_message_is_one_that_died(
    tmp_path: Path, data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "serve_jobs", die_in_a_message)
    outcome, told = work(open_store(tmp_path, data), data, goals())
    assert outcome.failed == {spec.id: "its worker ended by exit code 1 after epoch 0, 2 times" for spec in SPECS}
    assert len(of(told, events.Retried)) == 2


def test_work_that_raises_fails_with_its_last_words_and_the_others_go_on(
    tmp_path: Path, data: Dataset, unbroken: Unbroken
) -> None:
    wrong = UNET.model_copy(update={"model": "cnn"})  # it has no skips to cut
    store = open_store(tmp_path, data)
    outcome, told = work(store, data, [Goal(wrong, {1: ("skips",), EPOCHS: ()}), *goals(2)[1:]])
    assert outcome.failed.keys() == {wrong.id}
    assert "UsageError: Expected a network that the probe 'skips' applies to" in outcome.failed[wrong.id]
    assert [event.spec for event in of(told, events.Started)] == [wrong, REGRESSION]
    assert of(told, events.Retried) == []
    assert of(told, events.Finished) == [events.Finished(REGRESSION, diverged=False)]
    same(store, unbroken, REGRESSION)


@pytest.mark.parametrize("error", [StoreError("the disk is full"), KeyboardInterrupt()], ids=["store", "interrupt"])
def test_what_stops_the_engine_ends_its_workers_and_keeps_what_is_stored(
    error: BaseException, tmp_path: Path, data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(tmp_path, data)
    save = store.save

    def refuse(run: str, stored: Any) -> None:
        if len(stored.record["rows"]) > 1:
            raise error
        save(run, stored)

    monkeypatch.setattr(store, "save", refuse)
    with pytest.raises(type(error)):
        Engine(store, data, 2).run(goals(4))
    assert multiprocessing.active_children() == []
    assert store.runs() != []
    assert all(store.state(run) is not None for run in store.runs())
