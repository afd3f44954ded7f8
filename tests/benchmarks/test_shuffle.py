"""The assignment's order of the training pictures, laid over ours: the same pictures, in the order that numpy gives."""

from __future__ import annotations

import numpy as np
import torch

from benchmarks.epoch import noise
from benchmarks.shuffle import order_as_assignment, train_both
from runs.data.pixels import to_unit
from runs.specs.spec import RunSpec
from runs.training.prepared import to_planes


def test_pictures_lie_as_the_assignment_shuffles_them_whatever_the_seed() -> None:
    dataset = noise(30)
    theirs = dataset.train.copy()
    np.random.RandomState(0).shuffle(theirs)  # as the notebook does, on the pictures themselves
    for seed in (0, 3):
        data = order_as_assignment(dataset, RunSpec(model="regression", seed=seed))
        assert torch.equal(data.train_y, to_planes(to_unit(theirs), "cpu"))
        assert torch.allclose(data.train_x, data.train_y.mean(dim=1, keepdim=True), atol=1e-6)


def test_both_orders_train_the_same_weights_and_end_apart() -> None:
    rows = dict(train_both(noise(30), RunSpec(model="regression", batch_size=10), epochs=1))
    assert list(rows) == ["the assignment’s", "ours"]
    assert rows["ours"].train_loss != rows["the assignment’s"].train_loss
