"""A few pictures and narrow networks: the smallest that every probe can be tried on."""

from __future__ import annotations

from typing import Any

import numpy as np

from runs.dataset import Dataset
from runs.prepared import prepare
from runs.probes.context import Context
from runs.spec import RunSpec
from runs.train import fresh

TRAIN, TEST = 8, 5


def pictures(count: int, seed: int) -> np.ndarray:
    """Coarse colours with fine noise: (count, 32, 32, 3) uint8."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (count, 8, 8, 3)).repeat(4, axis=1).repeat(4, axis=2)
    return (coarse + rng.normal(0, 10, coarse.shape)).clip(0, 255).astype(np.uint8)


def dataset(train: int = TRAIN, test: int = TEST) -> Dataset:
    palette = np.random.default_rng(3).integers(0, 256, (24, 3), dtype=np.uint8)
    return Dataset("folder", "tiny", "made up", pictures(train, 1), pictures(test, 2), palette, "other")


def context(model: str = "cnn", data: Dataset | None = None, **fields: Any) -> Context:
    """A narrow network with weights of its own, not trained, but no longer as built: scales of both signs and
    running statistics that differ from 0 and 1.
    """
    spec = RunSpec(model=model, **({"filters": 4, "batch_size": 4} | fields))
    net = fresh(spec)
    rng = np.random.default_rng(4)
    for name, tensor in net.state_dict().items():
        if tensor.is_floating_point() and tensor.ndim == 1:
            drawn = rng.uniform(0.5, 1.5, tensor.shape) if "var" in name else rng.normal(0.3, 0.5, tensor.shape)
            tensor.copy_(tensor.new_tensor(drawn))
    return Context(spec, 2, net.eval(), prepare(data or dataset(), spec))
