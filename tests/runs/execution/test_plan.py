"""What is left to do: nothing twice, nothing that is damaged taken for done, the longest first."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from runs.execution.plan import SECONDS_PER_TFLOP, estimate_cost, estimate_remaining, make_plan
from runs.specs.catalogue import CNN, PRESETS, UNET, Goal, list_goals
from runs.specs.probe_outputs import DATA_PROBES, RUN_PROBES
from runs.specs.spec import RunSpec
from runs.status import MOST_ROWS, draw_status
from runs.storage.store import Store, Stored
from tests.runs import tiny
from tests.runs.made_up_run import record, save_probe

WEIGHTS = {"weight": np.arange(6, dtype=np.float32)}
PICTURES = {"pictures": np.zeros((1, 1, 32, 32, 3), np.uint8)}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path, tiny.dataset())


def keep(store: Store, spec: RunSpec, epochs: int, seconds: float = 2.0, diverged: bool = False) -> None:
    """A run as the engine leaves it."""
    store.save(spec.id, Stored(record(spec, epochs, seconds, diverged=diverged), WEIGHTS | PICTURES))


def measure(store: Store, goal: Goal) -> None:
    """All snapshots and probes of a goal."""
    for epoch, names in goal.probes.items():
        store.save_snapshot(goal.spec.id, epoch, WEIGHTS)
        for name in names:
            save_probe(store, goal.spec.id, name, epoch, **WEIGHTS)


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1  # the last number of the last array: the head stays whole
    path.write_bytes(content)


GOAL = Goal(CNN, {3: ("quality",), 5: ("quality", "layers")})


def test_all_is_left_of_a_run_that_is_not_there(store: Store) -> None:
    for there in (None, store):
        work = estimate_remaining(there, GOAL)
        assert work is not None
        assert (work.start, work.until, work.epochs, work.retrace) == (0, 5, 5, 0)
        assert work.keep == {3, 5}
        assert work.probes == GOAL.probes


def test_stored_epochs_are_not_trained_again(store: Store) -> None:
    keep(store, CNN, 4)
    measure(store, Goal(CNN, {3: ("quality",)}))
    work = estimate_remaining(store, GOAL)
    assert work is not None
    assert (work.start, work.until, work.epochs, work.retrace) == (4, 5, 1, 0)
    assert work.probes == {5: ("quality", "layers")}


def test_nothing_is_left_when_all_is_there_even_of_a_longer_run(store: Store) -> None:
    keep(store, CNN, 9)
    measure(store, GOAL)
    assert estimate_remaining(store, GOAL) is None


def test_new_probe_or_new_version_of_one_costs_no_training(store: Store) -> None:
    keep(store, CNN, 9)
    measure(store, GOAL)
    save_probe(store, CNN.id, "layers", 5, RUN_PROBES["layers"] + 1)
    work = estimate_remaining(store, GOAL)
    assert work is not None
    assert work.epochs == 0
    assert work.probes == {5: ("layers",)}


def test_weights_that_were_not_kept_are_traced_again_without_changing_what_is_stored(store: Store) -> None:
    keep(store, CNN, 9)
    measure(store, Goal(CNN, {5: ("quality", "layers")}))
    work = estimate_remaining(store, GOAL)
    assert work is not None
    assert (work.retrace, work.start, work.until, work.epochs) == (3, 9, 9, 3)
    assert work.legs == ((0, 3),)
    assert work.probes == {3: ("quality",)}


def test_epochs_beyond_are_trained_on_from_what_is_stored_and_not_from_what_was_traced_again(store: Store) -> None:
    keep(store, CNN, 9)
    measure(store, Goal(CNN, {5: ("quality", "layers")}))
    work = estimate_remaining(store, Goal(CNN, {3: ("quality",), 12: ("quality",)}))
    assert work is not None
    assert work.legs == ((0, 3), (9, 12))
    assert work.epochs == 6


@pytest.mark.parametrize(
    ("path", "epochs", "probes"),
    [
        ("state.safetensors", 5, GOAL.probes),
        ("snapshots/epoch-003.safetensors", 3, {}),
        ("probes/quality-003.safetensors", 0, {3: ("quality",)}),
    ],
)
def test_damage_in_the_last_byte_counts_as_not_there(
    path: str, epochs: int, probes: dict[int, tuple[str, ...]], store: Store
) -> None:
    keep(store, CNN, 5)
    measure(store, GOAL)
    assert estimate_remaining(store, GOAL) is None
    damage(store.folder / CNN.id / path)
    work = estimate_remaining(store, GOAL)
    assert work is not None
    assert work.epochs == epochs
    assert {epoch: names for epoch, names in work.probes.items() if epochs == 0 or names} == probes


def test_heads_alone_tell_what_is_there_but_not_damage_in_arrays(store: Store) -> None:
    keep(store, CNN, 5)
    measure(store, GOAL)
    assert make_plan(store, [GOAL], 8, whole=False).works == ()
    paths = sorted((store.folder / CNN.id).rglob("*.safetensors"))
    for path in paths:
        content = path.read_bytes()
        damage(path)
        assert make_plan(store, [GOAL], 8, whole=False).works == ()
        assert make_plan(store, [GOAL], 8).works != ()
        for broken in (content[:-1], content + b"\0", b"", content[:8] + b"[" + content[9:]):
            path.write_bytes(broken)
            assert make_plan(store, [GOAL], 8, whole=False).works != ()
        path.write_bytes(content)
    assert len(paths) == 6


def test_heads_are_read_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(store, CNN, 5)
    measure(store, GOAL)
    read: list[str] = []

    def counted(run: str, record: Callable[..., Any] = store.record, **asked: Any) -> Any:
        read.append(run)
        return record(run, **asked)

    monkeypatch.setattr(store, "record", lambda run, whole=False: counted(run, whole=whole))
    draw_status(store, [GOAL], make_plan(store, [GOAL], 8, whole=False))
    assert read == [CNN.id]


def test_diverged_run_is_left_alone(store: Store) -> None:
    keep(store, CNN, 2, diverged=True)
    assert estimate_remaining(store, GOAL) is None


def test_longest_comes_first_and_probes_on_the_pictures_are_those_that_are_missing(store: Store) -> None:
    wanted = list_goals(PRESETS["write-up"])
    todo = make_plan(store, wanted, 5000)
    spent = [estimate_cost(work.spec, 5000) * work.epochs for work in todo.works]
    assert spent == sorted(spent, reverse=True)
    assert {work.spec for work in todo.works} == {goal.spec for goal in wanted}
    assert todo.data_probes == tuple(DATA_PROBES)
    save_probe(store, "data", "samples", 0)
    assert make_plan(store, wanted, 5000).data_probes == tuple(name for name in DATA_PROBES if name != "samples")


def test_plan_is_empty_only_when_pictures_are_measured_too(store: Store) -> None:
    assert not make_plan(store, [], 8).empty
    for name in DATA_PROBES:
        save_probe(store, "data", name, 0)
    assert make_plan(store, [], 8).empty
    assert not make_plan(store, [GOAL], 8).empty


def test_time_left_is_shared_among_workers_but_never_less_than_the_longest_run() -> None:
    todo = make_plan(None, [Goal(CNN.with_seed(seed), {10: ()}) for seed in range(4)], 5000)
    one_run = 10 * estimate_cost(CNN, 5000) * SECONDS_PER_TFLOP
    assert todo.seconds(1) == pytest.approx(4 * one_run)
    assert todo.seconds(2) == pytest.approx(2 * one_run)
    assert todo.seconds(99) == pytest.approx(one_run)
    assert make_plan(None, [], 5000).seconds(2) == 0


def test_pace_is_that_of_the_stored_epochs(store: Store) -> None:
    keep(store, CNN, 3, seconds=4.0)
    todo = make_plan(store, [Goal(CNN, {5: ()})], 5000)
    assert todo.seconds(1) == pytest.approx(2 * 4.0)
    assert (todo.measured, make_plan(None, [Goal(CNN, {5: ()})], 5000).measured) == (True, False)
    damage(store.folder / CNN.id / "state.safetensors")
    assert make_plan(store, [Goal(CNN, {5: ()})], 5000).seconds(1) == pytest.approx(5 * 4.0)


@pytest.mark.parametrize(
    "dearer",
    [
        UNET,
        CNN.model_copy(update={"filters": 64}),
        CNN.model_copy(update={"kernel": 5}),
        CNN.model_copy(update={"depth": 2}),
        CNN.model_copy(update={"batch_size": 1}),
    ],
    ids=lambda spec: spec.id,
)
def test_larger_network_or_smaller_batch_is_thought_to_take_longer(dearer: RunSpec) -> None:
    assert estimate_cost(dearer, 5000) > estimate_cost(CNN, 5000)
    assert estimate_cost(CNN, 10_000) == pytest.approx(2 * estimate_cost(CNN, 5000))


def test_status_of_very_many_runs_counts_them_by_configuration(store: Store) -> None:
    wanted = [Goal(CNN.with_seed(seed), {5: ()}) for seed in range(MOST_ROWS)] + [Goal(UNET, {5: ()})]
    for seed, epochs in enumerate((5, 5, 3)):
        keep(store, CNN.with_seed(seed), epochs)
        for epoch in range(epochs // 5):
            store.save_snapshot(CNN.with_seed(seed).id, 5 * (epoch + 1), WEIGHTS)
    console = Console(file=io.StringIO(), record=True, width=140)
    console.print(draw_status(store, wanted, make_plan(store, wanted, 8)))
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in console.export_text().splitlines()]
    assert [row for row in rows if len(row) == 5] == [
        ["cnn-b100-lr0.001", "200", "1 %", "–", "2 complete, 1 to be continued, 197 missing"],
        ["unet-b100-lr0.001", "1", "0 %", "–", "1 missing"],
    ]


def test_status_says_what_is_there_and_what_state_it_is_in(store: Store) -> None:
    specs = [CNN.with_seed(seed) for seed in range(6)]
    wanted = [Goal(spec, GOAL.probes) for spec in specs]
    for spec, epochs in zip(specs[1:], (3, 5, 5, 5, 2), strict=True):
        keep(store, spec, epochs, diverged=spec.seed == 5)
    for goal in wanted[2:5]:
        measure(store, goal)
    (store.folder / specs[3].id / "probes" / "layers-005.safetensors").unlink()
    damage(store.folder / specs[4].id / "state.safetensors")

    console = Console(file=io.StringIO(), record=True, width=120)
    console.print(draw_status(store, wanted, make_plan(store, wanted, 8)))
    rows = {}
    for line in console.export_text().splitlines():
        if "│" in line:
            run, epochs_text, probes, state = (cell.strip() for cell in line.strip("│").split("│"))
            rows[run] = (epochs_text, probes, state)
    assert [rows[spec.id] for spec in specs] == [
        ("0/5", "3", "missing"),
        ("3/5", "3", "to be continued"),
        ("5/5", "–", "complete"),
        ("5/5", "1", "to be measured"),
        ("0/5", "3", "damaged"),
        ("2/5", "–", "diverged"),
    ]
