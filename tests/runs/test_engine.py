"""The engine on tiny pictures: the bits do not depend on workers, on how often a run was continued, or on how often
one of them died.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from runs import engine as under_test
from runs import events
from runs.catalogue import DATA_PROBES, Goal
from runs.dataset import Dataset
from runs.engine import Engine, Outcome, environment_set
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


@pytest.fixture
def quick_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers from one server that holds torch already, so that each starts in no time."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "torch", "torch._dynamo", "runs.train", "runs.worker", "runs.probes"])
    monkeypatch.setattr(under_test, "multiprocessing", SimpleNamespace(get_context=lambda kind: context))


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


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory, data: Dataset) -> Store:
    """Both runs in one go, by a worker that was started as the real ones are."""
    return train(tmp_path_factory.mktemp("unbroken"), data, goals())


def same(a: Store, b: Store, specs: tuple[RunSpec, ...] = SPECS) -> None:
    for spec in specs:
        one, other = a.state(spec.id), b.state(spec.id)
        assert one is not None
        assert other is not None
        assert one.arrays.keys() == other.arrays.keys()
        for name, array in one.arrays.items():
            assert array.tobytes() == other.arrays[name].tobytes(), (spec.id, name)
        assert numbers(one.record["rows"]) == numbers(other.record["rows"])


def numbers(rows: list[dict[str, Any]]) -> list[list[float]]:
    """Metric rows without their wall-clock times."""
    return [[value for name, value in row.items() if "seconds" not in name] for row in rows]


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


def test_worker_gives_the_bits_of_training_in_this_process(unbroken: Store, data: Dataset) -> None:
    for spec, epochs in ((UNET, EPOCHS), (REGRESSION, SHORT)):
        trainer = Trainer(spec, prepare(data, spec))
        pictures = [(trainer.train_epoch(), trainer.picture())[1] for _ in range(epochs)]
        stored = unbroken.state(spec.id)
        assert stored is not None
        for name, array in trainer.arrays().items():
            assert stored.arrays[name].tobytes() == array.tobytes(), name
        assert stored.arrays["pictures"].tobytes() == np.stack(pictures).tobytes()


def test_record_describes_the_run_by_itself(unbroken: Store) -> None:
    record = unbroken.record(UNET.id)
    assert record is not None
    assert RunSpec(**record["spec"]) == UNET
    assert record["recipe"] == RECIPE
    assert record["parameters"] > 1000
    assert [row["epoch"] for row in record["rows"]] == list(range(1, EPOCHS + 1))
    assert not record["diverged"]
    (segment,) = record["segments"]
    assert segment["from_epoch"] == 1
    assert segment["environment"]["code"] == code_digest()


@pytest.mark.usefixtures("quick_start")
def test_continued_run_has_the_bits_of_an_unbroken_one_with_another_number_of_workers(
    tmp_path: Path, data: Dataset, unbroken: Store
) -> None:
    train(tmp_path, data, goals(1), workers=2)
    same(train(tmp_path, data, goals(), workers=2), unbroken)


@pytest.mark.usefixtures("quick_start")
def test_lost_or_damaged_snapshot_is_trained_again_and_nothing_else_changes(tmp_path: Path, data: Dataset) -> None:
    wanted = [Goal(UNET, {1: (), 2: (), 3: ()})]
    store = train(tmp_path, data, wanted)
    kept = [store.folder / UNET.id / "snapshots" / f"epoch-{epoch:03d}.safetensors" for epoch in (1, 2)]
    before = [path.read_bytes() for path in kept]
    state = (store.folder / UNET.id / "state.safetensors").read_bytes()
    kept[0].unlink()
    damage(kept[1])
    train(tmp_path, data, wanted)
    assert [path.read_bytes() for path in kept] == before
    assert (store.folder / UNET.id / "state.safetensors").read_bytes() == state


@pytest.mark.usefixtures("quick_start")
def test_nothing_is_left_to_do_after_all_is_done(tmp_path: Path, data: Dataset) -> None:
    store = train(tmp_path, data, goals(1))
    assert plan(store, goals(1), 12).empty
    assert [left.epochs for left in plan(store, goals(4), 12).works] == [3, 1]
    assert work(store, data, goals(1)) == (Outcome({}, ()), [])


@pytest.mark.usefixtures("quick_start")
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


@pytest.mark.usefixtures("quick_start")
def test_run_whose_worker_is_killed_is_retried_once_and_ends_with_the_unbroken_bits(
    tmp_path: Path, data: Dataset, unbroken: Store
) -> None:
    store = open_store(tmp_path, data)
    outcome, told = work(store, data, goals(), also=Killer(events.Trained, UNET, times=1))
    assert outcome == Outcome({}, ())
    assert of(told, events.Retried) == [events.Retried(UNET.id, "its worker ended by signal 9")]
    first, again = (event for event in of(told, events.Started) if event.spec == UNET)
    assert first.start == 0
    assert again.start > 0  # stored epochs are not trained again
    epochs = [event.epoch for event in of(told, events.Trained) if event.spec == UNET]
    assert epochs == list(range(1, EPOCHS + 1))
    same(store, unbroken)


@pytest.mark.usefixtures("quick_start")
def test_run_whose_worker_is_killed_twice_fails_and_the_other_goes_on(
    tmp_path: Path, data: Dataset, unbroken: Store
) -> None:
    store = open_store(tmp_path, data)
    outcome, told = work(store, data, goals(), also=Killer(events.Trained, UNET, times=2))
    assert outcome == Outcome({UNET.id: "its worker ended by signal 9, 2 times"}, ())
    assert of(told, events.Failed) == [events.Failed(UNET.id, outcome.failed[UNET.id])]
    same(store, unbroken, (REGRESSION,))
    record = store.record(UNET.id)
    assert record is not None
    assert 2 <= len(record["rows"]) < EPOCHS  # what was stored stays, and is gone on from
    same(train(tmp_path, data, goals()), unbroken)


@pytest.mark.usefixtures("quick_start")
def test_worker_that_dies_between_two_runs_costs_nothing_but_a_new_worker(
    tmp_path: Path, data: Dataset, unbroken: Store
) -> None:
    store = open_store(tmp_path, data)
    outcome, told = work(store, data, goals(2), also=Killer(events.Finished, UNET, times=1))
    assert outcome == Outcome({}, ())
    assert [event.run for event in of(told, events.Retried)] == [REGRESSION.id]
    same(store, unbroken, (REGRESSION,))


@pytest.mark.usefixtures("quick_start")
def test_damaged_run_is_set_aside_and_made_again(tmp_path: Path, data: Dataset, unbroken: Store) -> None:
    store = train(tmp_path, data, goals(2))
    damaged = damage(store.folder / REGRESSION.id / "state.safetensors")
    outcome, told = work(store, data, goals(2))
    assert outcome == Outcome({}, ())
    (aside,) = of(told, events.SetAside)
    assert aside.run == REGRESSION.id
    assert (Path(aside.where) / "state.safetensors").read_bytes() == damaged
    assert {event.spec for event in of(told, events.Trained)} == {REGRESSION}
    same(store, unbroken, (REGRESSION,))


@pytest.mark.usefixtures("quick_start")
def test_damaged_or_new_probe_is_measured_from_the_snapshot_without_training(tmp_path: Path, data: Dataset) -> None:
    skips = [Goal(UNET, {2: ("skips",)})]
    store = train(tmp_path, data, goals(2))
    state = (store.folder / UNET.id / "state.safetensors").read_bytes()
    measured = []
    for _ in range(2):  # a new one; then a damaged one
        outcome, told = work(store, data, skips)
        assert outcome == Outcome({}, ())
        assert [type(event) for event in told] == [events.Started, events.Probed, events.Finished]
        probe = store.probe(UNET.id, "skips", 2)
        assert probe is not None
        measured.append({name: array.tobytes() for name, array in probe.arrays.items()})
        assert probe.record["notes"]["cuts"][0] == "none"
        damage(store.probe_path(UNET.id, "skips", 2))
    assert measured[0] == measured[1]
    assert (store.folder / UNET.id / "state.safetensors").read_bytes() == state


@pytest.mark.usefixtures("quick_start")
def test_probe_on_the_pictures_is_measured_and_a_damaged_one_again(tmp_path: Path, data: Dataset) -> None:
    store = open_store(tmp_path, data)
    store.probe_path("data", "samples", 0).unlink()
    for _ in range(2):
        outcome, told = work(store, data, [])
        assert outcome == Outcome({}, ())
        assert [(event.run, event.name) for event in of(told, events.Probed)] == [("data", "samples")]
        damage(store.probe_path("data", "samples", 0))


@pytest.mark.usefixtures("quick_start")
def test_work_that_raises_fails_with_its_last_words_and_the_others_go_on(
    tmp_path: Path, data: Dataset, unbroken: Store
) -> None:
    wrong = UNET.model_copy(update={"model": "cnn"})  # it has no skips to cut
    store = open_store(tmp_path, data)
    outcome, told = work(store, data, [Goal(wrong, {1: ("skips",), EPOCHS: ()}), *goals(2)[1:]])
    assert outcome.failed.keys() == {wrong.id}
    assert "UsageError: Expected a network with skip connections" in outcome.failed[wrong.id]
    assert [event.spec for event in of(told, events.Started)] == [wrong, REGRESSION]
    assert of(told, events.Retried) == []
    assert of(told, events.Finished) == [events.Finished(REGRESSION, diverged=False)]
    same(store, unbroken, (REGRESSION,))


@pytest.mark.usefixtures("quick_start")
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


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("REDERIVE_USERS", "theirs")
    monkeypatch.delenv("REDERIVE_OURS", raising=False)
    yield
    assert os.environ["REDERIVE_USERS"] == "theirs"


@pytest.mark.usefixtures("variables")
def test_variables_for_workers_give_way_to_the_users_own_and_do_not_stay() -> None:
    with environment_set({"REDERIVE_USERS": "ours", "REDERIVE_OURS": "ours"}):
        assert (os.environ["REDERIVE_USERS"], os.environ["REDERIVE_OURS"]) == ("theirs", "ours")
    assert "REDERIVE_OURS" not in os.environ
