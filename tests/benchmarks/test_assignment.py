"""The assignment's loop that ours is timed beside does the same work: else the ratio would compare two things."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.assignment import AssignmentLoop
from benchmarks.epoch import OurLoop, noise
from runs.specs.spec import RunSpec


@pytest.mark.parametrize(
    "settings",
    [{"model": "regression"}, {"model": "cnn", "order": "pool-relu"}, {"model": "unet", "task": "upscale"}],
    ids=lambda settings: "-".join(settings.values()),
)
def test_both_loops_reach_the_same_validation_loss(settings: dict[str, str], tmp_path: Path) -> None:
    spec = RunSpec.model_validate({"batch_size": 10, **settings})
    dataset = noise(50)
    theirs, ours = AssignmentLoop(spec, dataset, tmp_path), OurLoop(spec, dataset, tmp_path)
    channels, side = theirs.train[0].shape[1:3]
    assert theirs.train[0].strides == tuple(8 * n for n in (channels * side * side, side * side, side, 1))
    for epoch in range(3):
        # biases before batch normalisation have gradients of nothing but rounding, which Adam makes steps of
        assert theirs.epoch() == pytest.approx(ours.epoch(), rel=3e-3)
        assert (tmp_path / f"train_{epoch}.png").stat().st_size
        assert (tmp_path / f"test_{epoch}.png").stat().st_size
    assert len((ours.store.record(spec.id) or {})["rows"]) == 3
