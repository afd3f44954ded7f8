"""Colours under another picture's lightness; pictures from outside, and what is written of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from skimage.color import rgb2lab
from torch import Tensor, nn

from runs import colourize
from runs.colourize import colourize_picture, find_reach, make_input, paint_tiles, restore_lightness, run_network
from runs.errors import DamagedError, DataError, StoreError, UsageError
from runs.execution.engine import Engine
from runs.picture_files import MOST_PIXELS
from runs.specs.catalogue import Goal
from runs.specs.spec import RunSpec
from runs.status import describe_reached
from runs.storage.store import Store
from runs.training.trainer import build_fresh
from tests.runs import tiny

CNN = RunSpec(model="cnn", filters=4, batch_size=4)


def test_lightness_is_the_pictures_and_the_hue_the_networks() -> None:
    coloured = np.full((4, 4, 3), (150, 110, 90), np.uint8)
    picture = np.full((4, 4, 3), (130, 130, 130), np.uint8)
    lab = rgb2lab(restore_lightness(coloured, picture))
    assert np.allclose(lab[..., 0], rgb2lab(picture)[..., 0], atol=0.5)
    assert np.allclose(lab[..., 1:], rgb2lab(coloured)[..., 1:], atol=1.0)


def test_inputs_are_those_that_the_networks_were_trained_on() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    shades = make_input(picture, 1)
    assert shades.shape == (1, 8, 8, 1)
    np.testing.assert_allclose(shades[0, :5, :6, 0], picture.mean(axis=-1) / 256, rtol=1e-6)
    assert (shades[0, 5:, :6, 0] == shades[0, 4, :6, 0]).all()
    small = make_input(picture, 4)
    assert small.shape == (1, 20, 24, 3)
    np.testing.assert_allclose(small[0, ::4, ::4], picture / 256, rtol=1e-6)
    assert (small[0, 3::4, 3::4] == small[0, ::4, ::4]).all()


def test_a_picture_too_large_to_be_enlarged_is_refused_before_anything_is_computed(store: Store) -> None:
    spec = CNN.model_copy(update={"task": "upscale"})
    assert Engine(store, tiny.dataset(), 1).run([Goal(spec, {1: ()})]).failed == {}
    with pytest.raises(DataError, match="at most 200 million pixels, got 4×50000004 in what is made of it"):
        colourize_picture(
            store, spec.id, np.broadcast_to(np.uint8(0), (MOST_PIXELS // 16 + 1, 1, 3)), 0, keep_lightness=False
        )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A narrow CNN, trained for an epoch."""
    store = Store.create(tmp_path, tiny.dataset())
    assert Engine(store, tiny.dataset(), 1).run([Goal(CNN, {1: ()})]).failed == {}
    return store


def test_a_damaged_run_is_named_as_such(store: Store) -> None:
    path = store.folder / CNN.id / "state.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DamagedError, match=r"state\.safetensors"):
        colourize_picture(store, CNN.id, np.zeros((8, 8, 3), np.uint8), 0, keep_lightness=False)


@pytest.mark.parametrize("weights", ["none", "of another shape"])
def test_a_run_with_weights_that_are_not_its_networks_is_named(store: Store, weights: str) -> None:
    stored = store.state(CNN.id)
    assert stored is not None
    arrays = {name: array[None] for name, array in stored.arrays.items()} if weights != "none" else {}
    store.save(CNN.id, replace(stored, arrays={**arrays, "pictures": stored.arrays["pictures"]}))
    with pytest.raises(StoreError, match=rf"the weights of {CNN.id} in .* another network's\. Move that folder away"):
        colourize_picture(store, CNN.id, np.zeros((8, 8, 3), np.uint8), 0, keep_lightness=False)


def test_a_diverged_run_colours_nothing(store: Store) -> None:
    stored = store.state(CNN.id)
    assert stored is not None
    store.save(CNN.id, replace(stored, record={**stored.record, "diverged": True}))
    with pytest.raises(StoreError, match="diverged"):
        colourize_picture(store, CNN.id, np.zeros((8, 8, 3), np.uint8), 0, keep_lightness=False)
    assert list(describe_reached(store, [Goal(CNN, {1: ()})])) == [
        f"{CNN.id}: diverged in epoch 1: its loss is no number any more"
    ]


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_a_picture_that_memory_does_not_hold_is_refused(error: Exception) -> None:
    class Full(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            raise error

    with pytest.raises(UsageError, match="Expected enough memory for a picture of 8×4 pixels"):
        run_network(Full(), np.zeros((1, 4, 8, 1), np.float32))


SPECS = [
    RunSpec(model=model, filters=4, batch_size=4, **more)
    for model, more in (
        ("regression", {}), ("cnn", {"depth": 3}), ("cnn", {"kernel": 5, "order": "pool-relu"}),
        ("unet", {"activation": "tanh"}), ("unet", {"task": "upscale"}), ("unet", {"kernel": 7, "depth": 2}),
    )
]  # fmt: skip


def make_network(spec: RunSpec) -> nn.Module:
    """A network whose statistics are not those of fresh layers, in float64: rounding decides no colour."""
    net = build_fresh(spec).double().eval()
    generator = torch.Generator().manual_seed(0)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.copy_(0.1 * torch.randn(module.running_mean.shape, generator=generator))
            module.running_var.copy_(0.05 + 0.1 * torch.rand(module.running_var.shape, generator=generator))
    return net


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
def test_tiles_give_the_picture_that_the_whole_gives(spec: RunSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colourize, "to_planes", lambda given: torch.from_numpy(given).permute(0, 3, 1, 2).double())
    palette = np.random.default_rng(1).random((24, 3))
    side = 37 if spec.task == "upscale" else 149
    picture = np.random.default_rng(0).integers(0, 256, (side, side + 22, 3), dtype=np.uint8)
    net = make_network(spec)
    monkeypatch.setattr(colourize, "TILE", 1 << 20)
    whole = paint_tiles(net, spec, palette, picture, 0)
    monkeypatch.setattr(colourize, "TILE", 32)
    np.testing.assert_array_equal(paint_tiles(net, spec, palette, picture, 0), whole)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
def test_network_sees_no_further_than_its_reach(spec: RunSpec) -> None:
    reach = find_reach(spec)
    side = 4 * (2 * reach // 4 + 4)
    shape = (1, 3 if spec.task == "upscale" else 1, side, side)
    given = torch.rand(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    for middle in (side // 2, side // 2 + 3):
        x = given.clone().requires_grad_()
        make_network(spec)(x)[..., middle, middle].sum().backward()
        assert x.grad is not None
        seen = x.grad[0].abs().sum(dim=0).nonzero()
        assert (seen - middle).abs().max() <= reach


def test_memory_does_not_grow_with_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    largest = []

    def run_small(net: nn.Module, given: np.ndarray[Any, Any]) -> Tensor:
        largest.append(given.shape[1] * given.shape[2])
        return torch.zeros(1, 24, *given.shape[1:3])

    monkeypatch.setattr(colourize, "run_network", run_small)
    palette, phone = np.zeros((24, 3)), np.zeros((3024, 4032, 3), np.uint8)
    assert paint_tiles(nn.Identity(), RunSpec(model="unet"), palette, phone, 0).shape == phone.shape
    assert max(largest) <= 450**2
