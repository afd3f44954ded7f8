"""Probes on the network itself: layers, activations, gradients, noise and skips, each against a reference."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from models import BLOCKS
from runs import probes
from runs.probes import activations, hooks, layers
from runs.probes.noise import find_noise_scale
from runs.probes.skips import CUTS, cut_skip
from runs.training.trainer import build_fresh, evaluate
from tests.runs import tiny

FIELDS = ("sparsity", "dead_channels", "rank", "channels", "edges")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "fill_outputs", partial(hooks.fill_outputs, count=2))


@pytest.mark.parametrize("fields", [{}, {"task": "upscale"}, {"kernel": 5, "depth": 2, "filters": 6}])
@pytest.mark.parametrize("model", ["regression", "unet"])
def test_multiply_adds_are_those_that_torch_counts(model: str, fields: dict) -> None:
    context = tiny.context(model, **fields)
    rows = probes.measure("layers", context).notes["layers"]
    with FlopCounterMode(display=False) as counter:
        context.net(context.data.test_x[:1])
    assert 2 * sum(row["multiply_adds"] for row in rows) == counter.get_total_flops()


def test_layers_are_listed_in_the_order_of_the_network_with_all_parameters() -> None:
    context = tiny.context("unet", order="pool-relu")
    notes = probes.measure("layers", context).notes
    rows = notes["layers"]
    built = [
        (name, type(part).__name__)
        for name in BLOCKS
        for part in (getattr(context.net, name) if name != "finalconv" else [context.net.finalconv])
    ]
    assert [(row["block"], row["layer"]) for row in rows] == built
    assert [row["layer"] for row in rows[:4]] == ["Conv2d", "BatchNorm2d", "MaxPool2d", "ReLU"]
    assert sum(row["parameters"] for row in rows) == notes["parameters"]
    assert notes["printed"] == str(context.net)
    assert all(row["seconds"] > 0 for row in rows)


def test_layer_rows_give_what_comes_in_and_goes_out() -> None:
    rows = probes.measure("layers", tiny.context("unet")).notes["layers"]
    shapes = {(row["block"], row["layer"]): (row["input"], row["output"]) for row in rows}
    assert shapes["upconv1", "Conv2d"] == ([16, 8, 8], [4, 8, 8])  # 8 channels of rfconv, 8 of downconv2
    assert shapes["finalconv", "MyConv2d"] == ([25, 32, 32], [24, 32, 32])
    costs = {(row["block"], row["layer"]): (row["multiply_adds"], row["operations"]) for row in rows}
    assert costs["downconv1", "BatchNorm2d"] == (0, 2 * 4 * 32 * 32)
    assert costs["downconv1", "MaxPool2d"] == (0, 3 * 4 * 16 * 16)
    assert costs["upconv1", "Upsample"] == (0, 0)


@pytest.mark.parametrize(
    ("squares", "rank"),
    [([1, 1, 1, 1], 4), ([9, 0, 0, 0], 1), ([0, 0, 0, 0], 0), ([4, 4, 0, 0], 2), ([1e6, 1e6, 1e6, 1e-12], 3)],
)
def test_effective_rank_of_equal_singular_values_is_their_number(squares: list[float], rank: float) -> None:
    turn = torch.linalg.qr(torch.randn(4, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64))[0]
    covariance = turn @ torch.diag(torch.tensor(squares, dtype=torch.float64)) @ turn.T
    assert activations.find_effective_rank(covariance) == pytest.approx(rank, abs=1e-4)


def test_effective_rank_weighs_unequal_singular_values_by_their_entropy() -> None:
    covariance = torch.diag(torch.tensor([9.0, 1.0], dtype=torch.float64))  # singular values 3 and 1
    assert activations.find_effective_rank(covariance) == pytest.approx(
        math.exp(-0.75 * math.log(0.75) - 0.25 * math.log(0.25))
    )


def reference(maps: np.ndarray) -> tuple[float, ...]:
    """The statistics of (N, C, h, w) in plain numpy, with all singular values of the centred vectors."""
    vectors = np.moveaxis(maps, 1, -1).reshape(-1, maps.shape[1])
    singular = np.linalg.svd(vectors - vectors.mean(axis=0), compute_uv=False)
    shares = singular[singular > 1e-6 * singular[0]] / singular.sum()
    slopes = np.hypot(np.diff(maps, axis=2)[..., :-1], np.diff(maps, axis=3)[..., :-1, :]).mean(axis=(0, 2, 3))
    spread = vectors.std(axis=0)
    return (
        float((vectors == 0).mean()),
        int((vectors.max(axis=0) <= 0).sum()),
        float(np.exp(-(shares * np.log(shares)).sum())),
        maps.shape[1],
        float((slopes[spread > 0] / spread[spread > 0]).mean()),
    )


@pytest.mark.parametrize("order", ["relu-pool", "pool-relu"])
def test_activation_statistics_are_those_of_all_maps(order: str, monkeypatch: pytest.MonkeyPatch) -> None:
    context = tiny.context("unet", order=order)
    with torch.no_grad():  # one channel that is never above zero
        context.net.downconv2[1].weight[1], context.net.downconv2[1].bias[1] = 0, -1
    seen = {}
    for name in BLOCKS[:-1]:
        getattr(context.net, name).register_forward_hook(lambda m, i, o, name=name: seen.update({name: o.double()}))
    monkeypatch.setattr(
        activations, "run_batches", lambda net, x: ((net(part)) for part in x.split(2))
    )  # uneven batches
    with torch.no_grad():
        arrays = probes.measure("activations", context).arrays
        context.net(context.data.test_x)
    for row, name in enumerate(BLOCKS[:-1]):
        maps = seen[name].numpy()
        np.testing.assert_allclose([arrays[key][row] for key in FIELDS], reference(maps), rtol=1e-4)
        np.testing.assert_allclose(arrays[name], maps[: len(arrays[name])], rtol=1e-3, atol=1e-3)
        assert maps.min() >= 0
    assert arrays["dead_channels"][1] >= 1


def test_only_the_first_pictures_are_kept_and_only_some_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    context = tiny.context()
    monkeypatch.setattr(activations, "COUNTED", 4)
    some = probes.measure("activations", context)
    assert some.arrays["downconv1"].shape == (3, 4, 16, 16)
    assert some.notes["pictures"] == 4


def block_norms(net: nn.Module) -> list[float]:
    return [
        math.sqrt(sum(float((weight.grad**2).sum()) for weight in getattr(net, name).parameters())) for name in BLOCKS
    ]


@pytest.mark.parametrize("model", ["regression", "unet"])
def test_gradient_norms_are_those_of_a_plain_first_epoch(model: str) -> None:
    context = tiny.context(model, batch_size=3)
    norms = probes.measure("gradients", context).arrays["norms"]
    net, data = build_fresh(context.spec).train(), context.data
    adam = torch.optim.Adam(net.parameters(), lr=0.001)
    for step, start in enumerate(range(0, tiny.TRAIN, 3)):
        adam.zero_grad()
        output, target = net(data.train_x[start : start + 3]), data.train_y[start : start + 3]
        regresses = model == "regression"
        loss = ((output - target) ** 2).mean() if regresses else functional.cross_entropy(output, target.long())
        loss.backward()
        np.testing.assert_allclose(norms[step], block_norms(net), rtol=2e-3, atol=1e-6)
        adam.step()
    assert norms.shape == (3, 6)  # 3, 3 and 2 pictures


def test_noise_takes_the_gradient_of_each_full_batch() -> None:
    context = tiny.context("unet", batch_size=3)
    arrays = probes.measure("noise", context).arrays
    gradients = []
    for start in (0, 3):
        net = build_fresh(context.spec)
        net.load_state_dict(context.net.state_dict())
        output = net.train()(context.data.train_x[start : start + 3])
        functional.cross_entropy(output, context.data.train_y[start : start + 3].long()).backward()
        gradients.append(torch.cat([weight.grad.flatten() for weight in net.parameters()]))
    np.testing.assert_allclose(arrays["batch_norms"], [float(one.norm()) for one in gradients], rtol=1e-4)
    assert arrays["mean_norm"][0] == pytest.approx(float((sum(gradients) / 2).norm()), rel=1e-4)
    assert arrays["batch_noise"][0] == pytest.approx(arrays["noise_scale"][0] / 3)
    assert arrays["steps"][0] == 3


def test_noise_scale_finds_the_noise_that_was_put_in() -> None:
    rng = np.random.default_rng(0)
    size, truth, deviation = 10, np.full(400, 0.5), 2.0  # |G|² = 100, tr Σ = size · 400 · 4
    gradients = truth + rng.normal(0, deviation, (200, 400))
    norms = [float(np.linalg.norm(one)) for one in gradients]
    scale, signal = find_noise_scale(norms, float(np.linalg.norm(gradients.mean(axis=0))), size)
    assert scale == pytest.approx(size * 400 * deviation**2 / 100, rel=0.1)
    assert signal == pytest.approx(10, rel=0.05)


def test_noise_scale_of_two_gradients_has_its_closed_form() -> None:
    # (3, 1) and (3, -1): mean (3, 0), variance 2, which leaves 9 - 2 / 2 of the squared mean
    assert find_noise_scale([math.sqrt(10)] * 2, 3.0, 10) == pytest.approx((10 * 2 / 8, math.sqrt(8)))


def test_noise_scale_of_equal_opposite_and_single_gradients() -> None:
    assert find_noise_scale([2.0, 2.0, 2.0], 2.0, 10) == (0.0, 2.0)
    assert find_noise_scale([1.0, 1.0], 0.0, 10) == (math.inf, 0.0)
    assert all(math.isnan(number) for number in find_noise_scale([1.0], 1.0, 10))


def test_a_short_last_batch_is_left_out() -> None:
    arrays = probes.measure("noise", tiny.context("unet", tiny.dataset(5, 1), batch_size=3)).arrays
    assert arrays["batch_norms"].shape == (1,)
    assert arrays["steps"][0] == 2


def test_more_batches_than_the_share_of_the_pictures_are_not_looked_at() -> None:
    arrays = probes.measure("noise", tiny.context("unet", tiny.dataset(12, 1), batch_size=1)).arrays
    assert arrays["batch_norms"].shape == (4,)  # a third of 12


def test_validation_with_no_skip_cut_is_that_of_the_network() -> None:
    context = tiny.context("unet")
    arrays = probes.measure("skips", context).arrays
    loss, accuracy = evaluate(context.spec, context.net, context.data)
    assert (arrays["val_loss"][0], arrays["val_accuracy"][0]) == (np.float32(loss), np.float32(accuracy))
    assert len(set(arrays["val_loss"])) == 4


@pytest.mark.parametrize(
    ("cut", "block", "brought"), [("downconv2", "upconv1", 8), ("downconv1", "upconv2", 4), ("input", "finalconv", 1)]
)
def test_a_cut_skip_counts_as_weights_of_zero(cut: str, block: str, brought: int) -> None:
    context = tiny.context("unet")
    severed = cut_skip(context.net, cut)
    net = build_fresh(context.spec).eval()
    net.load_state_dict(context.net.state_dict())
    convolution = net.finalconv if block == "finalconv" else getattr(net, block)[0]
    with torch.no_grad():
        convolution.weight[:, -brought:] = 0
        torch.testing.assert_close(severed(context.data.test_x), net(context.data.test_x))
    assert CUTS[cut] == block
