"""A few pictures and narrow networks: the smallest that every probe can be tried on."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import torch
from torch import nn

from runs.data.dataset import Dataset
from runs.probes.context import Context
from runs.specs.probe_outputs import ALL_PROBES
from runs.specs.spec import Model, RunSpec
from runs.training.prepared import make_inputs, prepare, to_planes
from runs.training.trainer import build_fresh

TRAIN, TEST = 8, 5
#: What each kind of network can be probed for.
APPLIES = {model: [name for name, probe in ALL_PROBES.items() if model in probe.models] for model in get_args(Model)}


def pictures(count: int, seed: int) -> np.ndarray:
    """Coarse colours with fine noise: (count, 32, 32, 3) uint8."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (count, 8, 8, 3)).repeat(4, axis=1).repeat(4, axis=2)
    return (coarse + rng.normal(0, 10, coarse.shape)).clip(0, 255).astype(np.uint8)


def dataset(train: int = TRAIN, test: int = TEST) -> Dataset:
    palette = np.random.default_rng(3).integers(0, 256, (24, 3)) / 256
    return Dataset("folder", "tiny", "made up", pictures(train, 1), pictures(test, 2), palette, "other")


def context(model: str = "cnn", data: Dataset | None = None, **fields: Any) -> Context:
    """A narrow network, not trained but no longer as built: scales of both signs, running statistics of the
    pictures, and outputs that differ from picture to picture.
    """
    spec = RunSpec(model=model, **({"filters": 4, "batch_size": 4} | fields))
    prepared = prepare(data or dataset(), spec)
    net = build_fresh(spec).train()
    generator = torch.Generator().manual_seed(4)
    norms = [part for part in net.modules() if isinstance(part, nn.BatchNorm2d)]
    with torch.no_grad():
        for norm in norms:
            norm.momentum = 1.0  # takes the statistics of the one pass below
            norm.weight.copy_(torch.randn(norm.weight.shape, generator=generator))
            norm.bias.copy_(torch.randn(norm.bias.shape, generator=generator) / 4)
        net.finalconv.weight *= 3
        net(to_planes(make_inputs(pictures(4, 6), spec.task)))
    for norm in norms:
        norm.momentum = 0.1
    return Context(spec, 2, net.eval(), prepared)
