from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.allocation import Renamed, draw_curves, find_count, make_world
from report.results.frames import Frames
from runs.specs.catalogue import PRESETS, Goal, list_goals

SEEDS = 6


@pytest.fixture(scope="module")
def goals() -> list[Goal]:
    return list_goals(PRESETS["quick"], ["1.3"], SEEDS)


@pytest.fixture(scope="module")
def pool(goals: list[Goal]) -> Frames:
    """Runs whose losses are drawn about a mean of each configuration, an hour each."""
    rng = np.random.default_rng(2)
    means = {spec: rng.normal(1.5, 0.1) for spec in {goal.spec.with_seed(0).id: None for goal in goals}}
    records, rows = [], []
    for goal in goals:
        records.append({**vars(goal.spec), "run": goal.spec.id, "epochs": 5, "stale": False, "diverged": False})
        loss = means[goal.spec.with_seed(0).id] + rng.normal(0, 0.03)
        for epoch in range(1, 6):
            rows.append(
                {"run": goal.spec.id, "epoch": epoch, "train_loss": loss, "val_loss": loss, "val_accuracy": loss / 4,
                 "train_seconds": 700.0, "val_seconds": 20.0, "last_batch_loss": loss}
            )  # fmt: skip
    data = {"written": "other", "train": 1000, "palette": [[0.0, 0.0, 0.0]] * 24, "palette_name": "kmeans"}
    preset = PRESETS["quick"]
    return Frames(data, pd.DataFrame(records).set_index("run"), pd.DataFrame(rows), {}, {}, preset, (0, 1, 2))


def test_a_draw_has_the_runs_of_the_pool_under_other_seeds(pool: Frames, goals: list[Goal]) -> None:
    order = [5, 4, 3, 2, 1, 0]
    world = make_world(pool, goals, order)
    frames = world.frames()
    assert len(frames.runs) == len(goals) // 2
    for seed in range(3):
        spec = goals[0].spec
        ours = frames.epochs[frames.epochs.run == spec.with_seed(seed).id].val_loss
        theirs = pool.epochs[pool.epochs.run == spec.with_seed(order[seed]).id].val_loss
        assert ours.tolist() == theirs.tolist()
    assert world.spent() == pytest.approx(3600 * len(goals) / 2)


def test_chosen_seeds_never_take_longer_than_all_and_are_counted_at_the_same_hours(
    pool: Frames, goals: list[Goal]
) -> None:
    rows = list(draw_curves(pool, goals, SEEDS, 2))
    assert [row[0] for row in rows] == [4, 5, 6] * 2
    per_seed = len(goals) / SEEDS
    assert [row[1] for row in rows] == pytest.approx([per_seed, 2 * per_seed, 3 * per_seed] * 2)
    assert all(row[4] > 0 for row in rows)
    assert all(0 <= row[2] <= row[4] and 0 <= row[3] <= row[4] for row in rows)
    assert any(row[3] for row in rows)


def test_what_is_decided_counts_from_the_second_at_which_it_was() -> None:
    points = [(0.0, 0), (10.0, 2), (30.0, 5)]
    assert [find_count(points, seconds) for seconds in (0.0, 9.9, 10.0, 29.0, 30.0, 99.0)] == [0, 0, 2, 2, 5, 5]


def test_names_hide_what_is_not_trained() -> None:
    renamed = Renamed({("a-s0", "probe", 5): 1, ("b-s0", "probe", 5): 2, ("data", "probe", 0): 3}, {"a-s4": "a-s0"})
    assert dict(renamed) == {("a-s4", "probe", 5): 1, ("data", "probe", 0): 3}
    assert renamed.get(("b-s0", "probe", 5)) is None
