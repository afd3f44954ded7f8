"""What was lost, damaged, taken away or not kept is made again, and nothing else is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from runs.data.dataset import Dataset
from runs.execution import events
from runs.execution.engine import Engine, Outcome
from runs.execution.plan import Work, make_plan
from runs.execution.worker import Job, Message
from runs.execution.worker import find_outcome as outcome_of
from runs.specs.catalogue import Goal
from tests.runs import tiny
from tests.runs.two_runs import (
    EPOCHS,
    REGRESSION,
    UNET,
    Unbroken,
    damage,
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
    assert make_plan(store, wanted, 12).works == ()
    same(store, unbroken, UNET)


def test_weights_that_are_whole_stay_as_they_are_when_others_are_trained_again(tmp_path: Path, data: Dataset) -> None:
    wanted = [Goal(UNET, {1: (), 2: (), 3: ()})]
    store = train(tmp_path, data, wanted)
    first, second = (store.folder / UNET.id / "snapshots" / f"epoch-{epoch:03d}.safetensors" for epoch in (1, 2))
    weights = store.snapshot(UNET.id, 2)
    assert weights is not None
    store.save_snapshot(UNET.id, 1, weights)  # other bits, as another processor would leave them
    before, lost = first.read_bytes(), second.read_bytes()
    second.unlink()
    assert work(store, data, wanted)[0] == Outcome({}, ())
    assert (first.read_bytes(), second.read_bytes()) == (before, lost)


def test_plan_that_what_is_stored_has_outrun_is_made_anew(tmp_path: Path, data: Dataset, unbroken: Unbroken) -> None:
    store = train(tmp_path, data, goals(2))
    stale = make_plan(store, goals(4), 12)
    for goal in (goals(4), goals(EPOCHS)):
        assert Engine(store, data, 1).run(goal, stale) == Outcome({}, ())
    same(store, unbroken, UNET)


def test_run_that_is_damaged_while_others_train_is_set_aside_and_made_again(
    tmp_path: Path, data: Dataset, unbroken: Unbroken
) -> None:
    store = train(tmp_path, data, [Goal(UNET, {EPOCHS - 1: ()}), Goal(REGRESSION, {1: ()})])

    def flip(event: events.Event) -> None:
        if isinstance(event, events.Started) and event.spec != UNET:
            damage(store.folder / UNET.id / "state.safetensors")

    wanted = [Goal(REGRESSION, {EPOCHS: ()}), Goal(UNET, {EPOCHS: ()})]
    outcome, told = work(store, data, wanted, also=flip)
    assert outcome == Outcome({}, ())
    assert [event.run for event in of(told, events.SetAside)] == [UNET.id]
    same(store, unbroken, UNET)


def test_weights_that_cannot_be_trained_again_fail_and_are_not_told_as_done(data: Dataset) -> None:
    spec = REGRESSION.model_copy(update={"learning_rate": 1e9, "optimizer": "sgd"})  # diverges here, did not there
    sent: list[Message] = []
    done = outcome_of(Job(Work(spec, 2, 4, frozenset({1}), {}, 1), {}), data, "cpu", sent.append)
    assert "trained again for its weights" in done.failure
    assert "The stored run stays." in done.failure
    assert sent == []


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
