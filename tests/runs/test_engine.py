"""The engine on tiny pictures: the bits do not depend on workers or on how often a run was continued."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from runs import events
from runs.catalogue import Goal
from runs.dataset import Dataset, make_dataset
from runs.engine import Engine
from runs.plan import plan
from runs.spec import RunSpec
from runs.store import Store

SPECS = (RunSpec(model="unet", batch_size=5, filters=4), RunSpec(model="regression", batch_size=4, filters=4))


@pytest.fixture(scope="module")
def tiny() -> Dataset:
    rng = np.random.default_rng(1)
    pictures = rng.integers(0, 256, (18, 32, 32, 3), dtype=np.uint8)
    return make_dataset("photos", "tiny", "noise", pictures[:12], pictures[12:], "other")


def goals(epochs: int, *more: int) -> list[Goal]:
    return [Goal(spec, {epoch: () for epoch in (*more, epochs)}) for spec in SPECS]


def train(folder: Path, data: Dataset, wanted: list[Goal], workers: int = 1) -> Store:
    store = Store.create(folder, data)
    told: list[events.Event] = []
    outcome = Engine(store, data, workers, listen=told.append).run(wanted)
    assert set(outcome.failed) <= {"data"}
    return store


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory, tiny: Dataset) -> Store:
    return train(tmp_path_factory.mktemp("unbroken"), tiny, goals(3))


def same(a: Store, b: Store) -> None:
    for spec in SPECS:
        one, other = a.state(spec.id), b.state(spec.id)
        assert one is not None
        assert other is not None
        assert one.arrays.keys() == other.arrays.keys()
        for name, array in one.arrays.items():
            assert array.tobytes() == other.arrays[name].tobytes(), (spec.id, name)
        for row, again in zip(one.record["rows"], other.record["rows"], strict=True):
            assert [row[k] for k in row if "seconds" not in k] == [again[k] for k in row if "seconds" not in k]


def test_continued_run_has_the_bits_of_an_unbroken_one_with_another_number_of_workers(
    tmp_path: Path, tiny: Dataset, unbroken: Store
) -> None:
    train(tmp_path, tiny, goals(1), workers=2)
    store = train(tmp_path, tiny, goals(3), workers=2)
    same(store, unbroken)


def test_lost_snapshot_is_trained_again_and_nothing_else_changes(
    tmp_path: Path, tiny: Dataset, unbroken: Store
) -> None:
    store = train(tmp_path, tiny, goals(3, 2))
    path = store.folder / SPECS[0].id / "snapshots" / "epoch-002.safetensors"
    before = path.read_bytes()
    state = (store.folder / SPECS[0].id / "state.safetensors").read_bytes()
    path.unlink()
    train(tmp_path, tiny, goals(3, 2))
    assert path.read_bytes() == before
    assert (store.folder / SPECS[0].id / "state.safetensors").read_bytes() == state
    same(store, unbroken)


def test_nothing_is_left_to_do_after_all_is_done(tmp_path: Path, tiny: Dataset) -> None:
    store = train(tmp_path, tiny, goals(1))
    assert plan(store, goals(1), 12).empty
    assert [work.epochs for work in plan(store, goals(4), 12).works] == [3, 3]


def test_run_that_diverges_is_kept_and_not_trained_on(tmp_path: Path, tiny: Dataset) -> None:
    spec = RunSpec(model="regression", batch_size=4, filters=4, learning_rate=10, optimizer="sgd")
    store = Store.create(tmp_path, tiny)
    outcome = Engine(store, tiny, 1).run([Goal(spec, {30: ()})])
    record = store.record(spec.id)
    assert record is not None
    assert outcome.diverged == (spec.id,)
    assert record["diverged"]
    assert len(record["rows"]) < 30
    assert plan(store, [Goal(spec, {30: ()})], 12).works == ()
