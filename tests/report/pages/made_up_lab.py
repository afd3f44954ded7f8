"""Made-up networks and pictures, and a laboratory of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from models import RegressionCNN
from report.pages.lab import NETWORKS, Lab, build_lab
from report.results.frames import Frames
from report.results.stored import Shelf
from runs.specs.catalogue import list_goals
from runs.specs.spec import RunSpec
from runs.training.trainer import build_fresh
from tests.report.made_up_store import stored


def make_network(spec: RunSpec) -> RegressionCNN:
    """A network as if trained: its BatchNorm has seen data, and turns some channels round."""
    net = build_fresh(spec)
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for name, tensor in net.state_dict().items():
            if name.endswith("running_mean"):
                tensor.copy_(torch.randn(tensor.shape, generator=generator) / 10)
            elif name.endswith("running_var"):
                tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.1)
            elif name.endswith("weight") and tensor.ndim == 1:
                tensor.copy_(torch.randn(tensor.shape, generator=generator) + 1)
    return net.eval()


def make_pictures(count: int) -> NDArray[np.uint8]:
    """Smooth patches of colour with noise on them, (N, 32, 32, 3)."""
    rng = np.random.default_rng(5)
    coarse = rng.integers(0, 256, (count, 4, 4, 3)).repeat(8, axis=1).repeat(8, axis=2)
    return np.clip(coarse + rng.normal(0, 25, (count, 32, 32, 3)), 0, 255).astype(np.uint8)


def make_shelf(frames: Frames, folder: Path) -> Shelf:
    """Made-up frames as a store, with the weights of made-up networks at every epoch that the catalogue wants."""
    probes = dict(frames.probes)
    probes["data", "samples", 0].arrays["truth"] = make_pictures(10)  # type: ignore[index]
    store = stored(frames, folder)
    kept = {goal.spec.id: goal for goal in list_goals(frames.preset, seeds=1)}
    for spec in NETWORKS.values():
        weights = {name: value.numpy() for name, value in make_network(spec).state_dict().items()}
        for epoch in kept[spec.id].probes:
            store.save_snapshot(spec.id, epoch, weights)
    return Shelf(store, frames.preset, frames.seeds)


def make_lab(frames: Frames, folder: Path) -> Lab:
    """The laboratory of made-up frames."""
    lab = build_lab(make_shelf(frames, folder))
    assert lab is not None
    return lab
