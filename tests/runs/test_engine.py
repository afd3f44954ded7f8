"""The engine on tiny pictures: the bits do not depend on workers, on how often a run was continued, or on how often
one of them died.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import struct
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from runs import events, local
from runs.catalogue import DATA_PROBES, Goal
from runs.dataset import Dataset
from runs.engine import Engine, Outcome
from runs.environment import code_digest
from runs.errors import StoreError
from runs.plan import plan
from runs.prepared import prepare
from runs.spec import RECIPE, RunSpec
from runs.store import Store
from runs.train import Trainer
from tests.runs import tiny

UNET = RunSpec(model="unet", batch_size=5, filters=4)
REGRESSION = RunSpec(model="regression", batch_size=4, filters=4)
SPECS = (UNET, REGRESSION)
#: So many of the UNet that a worker cannot have sent them all before the first is stored: the pipe holds about two.
EPOCHS = 8
SHORT = 2

Listener = Callable[[events.Event], None]


@pytest.fixture(scope="module")
def data() -> Dataset:
    return tiny.dataset(train=12, test=6)


@pytest.fixture(scope="module", autouse=True)
def quick_start() -> Iterator[None]:
    """Workers from one server that holds torch already, so that each starts in no time. It starts in the
    background, while the runs to compare with are trained here.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", *local.PRELOADED])
    forkserver.ensure_running()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "multiprocessing", SimpleNamespace(get_context=lambda kind: context))
        yield


def open_store(folder: Path, data: Dataset) -> Store:
    """A store in which the pictures themselves count as measured."""
    store = Store.create(folder, data)
    for name, version in DATA_PROBES.items():
        if store.probe_version("data", name, 0) is None:
            store.save_probe("data", name, 0, {"version": version, "notes": {}}, {})
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


@pytest.fixture(scope="module")
def unbroken(quick_start: None, data: Dataset) -> Unbroken:
    runs = {}
    for spec, epochs in ((UNET, EPOCHS), (REGRESSION, SHORT)):
        trainer = Trainer(spec, prepare(data, spec))
        rows, pictures = zip(*[(asdict(trainer.train_epoch()), trainer.picture()) for _ in range(epochs)], strict=True)
        runs[spec] = Trained(list(rows), {**trainer.arrays(), "pictures": np.stack(pictures)})
    return runs


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory, data: Dataset) -> Store:
    """Both runs, side by side."""
    return train(tmp_path_factory.mktemp("stored"), data, goals(), workers=2)


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
    assert segment["environment"]["code"] == code_digest()


def test_continued_run_has_the_bits_of_an_unbroken_one_with_another_number_of_workers(
    tmp_path: Path, data: Dataset, unbroken: Unbroken
) -> None:
    train(tmp_path, data, goals(1), workers=2)
    same(train(tmp_path, data, goals(), workers=2), unbroken)


def test_lost_or_damaged_snapshot_is_trained_again_and_nothing_else_changes(tmp_path: Path, data: Dataset) -> None:
    wanted = [Goal(UNET, {1: (), 2: (), 3: ()})]
    store = train(tmp_path, data, wanted)
    kept = [store.folder / UNET.id / "snapshots" / f"epoch-{epoch:03d}.safetensors" for epoch in (1, 2)]
    before = [path.read_bytes() for path in kept]
    state = (store.folder / UNET.id / "state.safetensors").read_bytes()
    kept[0].unlink()
    damaged = damage(kept[1])
    outcome, told = work(store, data, wanted)
    assert outcome == Outcome({}, ())
    (aside,) = of(told, events.SetAside)
    assert Path(aside.where) == store.folder / f"{UNET.id}.damaged" / "snapshots" / kept[1].name
    assert Path(aside.where).read_bytes() == damaged
    assert [path.read_bytes() for path in kept] == before
    assert (store.folder / UNET.id / "state.safetensors").read_bytes() == state


def test_probe_of_an_epoch_whose_weights_were_not_kept_costs_the_epochs_up_to_it_and_no_more(
    tmp_path: Path, data: Dataset, unbroken: Unbroken
) -> None:
    store = train(tmp_path, data, goals(6))
    wanted = [Goal(UNET, {2: ("skips",), EPOCHS: ()})]
    outcome, told = work(store, data, wanted)
    assert outcome == Outcome({}, ())
    assert [event.epoch for event in of(told, events.Trained)] == [1, 2, 7, 8]
    assert [(event.start, event.until) for event in of(told, events.Started)] == [(0, EPOCHS)]
    assert store.probe(UNET.id, "skips", 2) is not None
    assert plan(store, wanted, 12).works == ()
    same(store, unbroken, UNET)


def test_run_that_is_taken_away_while_others_train_begins_afresh(
    tmp_path: Path, data: Dataset, unbroken: Unbroken
) -> None:
    store = train(tmp_path, data, [Goal(UNET, {EPOCHS - 1: ()}), Goal(REGRESSION, {1: ()})])

    def take_away(event: events.Event) -> None:
        if isinstance(event, events.Started) and event.spec != UNET:
            shutil.rmtree(store.folder / UNET.id)

    wanted = [Goal(REGRESSION, {EPOCHS: ()}), Goal(UNET, {EPOCHS: ()})]
    outcome, told = work(store, data, wanted, also=take_away)
    assert outcome == Outcome({}, ())
    assert [event.epoch for event in of(told, events.Trained) if event.spec == UNET] == list(range(1, EPOCHS + 1))
    same(store, unbroken, UNET)


def test_nothing_is_left_to_do_after_all_is_done(tmp_path: Path, data: Dataset) -> None:
    store = train(tmp_path, data, goals(1))
    assert plan(store, goals(1), 12).empty
    assert [left.epochs for left in plan(store, goals(4), 12).works] == [3, 1]
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
    assert plan(store, [Goal(spec, {30: ()})], 12).works == ()


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
    monkeypatch.setattr(local, "serve", die_in_a_message)
    outcome, told = work(open_store(tmp_path, data), data, goals())
    assert outcome.failed == {spec.id: "its worker ended by exit code 1 after epoch 0, 2 times" for spec in SPECS}
    assert len(of(told, events.Retried)) == 2


def test_damaged_or_new_probe_is_measured_from_the_snapshot_without_training(tmp_path: Path, data: Dataset) -> None:
    skips = [Goal(UNET, {2: ("skips",)})]
    store = train(tmp_path, data, goals(2))
    state = (store.folder / UNET.id / "state.safetensors").read_bytes()
    measured = []
    for found in ([], [events.SetAside], [events.SetAside]):  # a new one; then damaged ones
        outcome, told = work(store, data, skips)
        assert outcome == Outcome({}, ())
        assert [type(event) for event in told] == [*found, events.Started, events.Probed, events.Finished]
        probe = store.probe(UNET.id, "skips", 2)
        assert probe is not None
        measured.append({name: array.tobytes() for name, array in probe.arrays.items()})
        assert probe.record["notes"]["cuts"][0] == "none"
        damage(store.probe_path(UNET.id, "skips", 2))
    assert measured[0] == measured[1] == measured[2]
    assert len(list(store.folder.glob(f"{UNET.id}*.damaged/probes/*"))) == 2  # none in the place of another
    assert (store.folder / UNET.id / "state.safetensors").read_bytes() == state


def test_probe_on_the_pictures_is_measured_and_a_damaged_one_again(tmp_path: Path, data: Dataset) -> None:
    store = open_store(tmp_path, data)
    store.probe_path("data", "samples", 0).unlink()
    for _ in range(2):
        outcome, told = work(store, data, [])
        assert outcome == Outcome({}, ())
        assert [(event.run, event.name) for event in of(told, events.Probed)] == [("data", "samples")]
        damage(store.probe_path("data", "samples", 0))


def test_work_that_raises_fails_with_its_last_words_and_the_others_go_on(
    tmp_path: Path, data: Dataset, unbroken: Unbroken
) -> None:
    wrong = UNET.model_copy(update={"model": "cnn"})  # it has no skips to cut
    store = open_store(tmp_path, data)
    outcome, told = work(store, data, [Goal(wrong, {1: ("skips",), EPOCHS: ()}), *goals(2)[1:]])
    assert outcome.failed.keys() == {wrong.id}
    assert "UsageError: Expected a network with skip connections" in outcome.failed[wrong.id]
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
