"""The networks against the write-up's table, and against a forward pass written out in functions."""

from __future__ import annotations

import itertools
import re

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from models import ACTIVATIONS, BLOCKS, CNN, NETWORKS, RegressionCNN, UNet, build_network

PLANES = "kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))"
PRINTED = {
    "downconv1": [f"Conv2d(1, 32, {PLANES}", "BatchNorm2d(32,", "ReLU()", "MaxPool2d(kernel_size=2, stride=2,"],
    "downconv2": [f"Conv2d(32, 64, {PLANES}", "BatchNorm2d(64,", "ReLU()", "MaxPool2d(kernel_size=2, stride=2,"],
    "rfconv": [f"Conv2d(64, 64, {PLANES}", "BatchNorm2d(64,", "ReLU()"],
    "upconv1": [f"Conv2d(64, 32, {PLANES}", "BatchNorm2d(32,", "ReLU()", "Upsample(scale_factor=2.0, mode='nearest')"],
    "upconv2": [f"Conv2d(32, 3, {PLANES}", "BatchNorm2d(3,", "ReLU()", "Upsample(scale_factor=2.0, mode='nearest')"],
    "finalconv": ["MyConv2d(3, 3, kernel_size=3, padding=1)"],
}


def small(model: str, **settings: object) -> RegressionCNN:
    """A network that is quick to run, from seed 0."""
    given = {"in_channels": 1, "outputs": 5, "filters": 8, "seed": 0} | settings
    return build_network(model, **given)  # type: ignore[arg-type]


def blocks_of(printed: str) -> dict[str, list[str]]:
    """What printing a network shows: block -> its layers."""
    blocks: dict[str, list[str]] = {}
    for line in printed.splitlines()[1:]:
        if block := re.fullmatch(r"  \((\w+)\): (.+)", line):
            name, layer = block.groups()
            blocks[name] = [] if layer == "Sequential(" else [layer]
        elif layer_line := re.fullmatch(r"    \(\d+\): (.+)", line):
            blocks[name].append(layer_line.group(1))
    return blocks


def test_regression_prints_the_blocks_of_the_write_up_in_order() -> None:
    printed = blocks_of(str(RegressionCNN()))
    assert list(printed) == list(PRINTED) == list(BLOCKS)
    for name, layers in PRINTED.items():
        assert len(printed[name]) == len(layers), name
        for shown, expected in zip(printed[name], layers, strict=True):
            assert shown.startswith(expected)


@pytest.mark.parametrize(
    ("net", "widths"),
    [
        (RegressionCNN(), [(1, 32), (32, 64), (64, 64), (64, 32), (32, 3), (3, 3)]),
        (CNN(), [(1, 32), (32, 64), (64, 64), (64, 32), (32, 24), (24, 24)]),
        (CNN(3), [(3, 32), (32, 64), (64, 64), (64, 32), (32, 24), (24, 24)]),
        (UNet(), [(1, 32), (32, 64), (64, 64), (64 + 64, 32), (32 + 32, 24), (24 + 1, 24)]),
        (UNet(3), [(3, 32), (32, 64), (64, 64), (64 + 64, 32), (32 + 32, 24), (24 + 3, 24)]),
        (UNet(3, 7, 10), [(3, 10), (10, 20), (20, 20), (20 + 20, 10), (10 + 10, 7), (7 + 3, 7)]),
    ],
    ids=["regression", "cnn", "cnn-3", "unet", "unet-3", "unet-3-7-10"],
)
def test_widths_and_parameters_are_those_of_the_table(net: RegressionCNN, widths: list[tuple[int, int]]) -> None:
    convolutions = [module for name, module in net.named_modules() if name.endswith(("0", "finalconv"))]
    assert [tuple(module.get_parameter("weight").shape[:2]) for module in convolutions] == [(o, i) for i, o in widths]
    expected = sum(i * o * 9 + o for i, o in widths) + sum(2 * o for _, o in widths[:-1])  # BatchNorm: scale and shift
    assert sum(parameter.numel() for parameter in net.parameters()) == expected


def test_regression_gives_3_values_a_pixel_and_the_others_24() -> None:
    x = torch.zeros(1, 1, 32, 32)
    assert [NETWORKS[model]().eval()(x).shape[1] for model in ("regression", "cnn", "unet")] == [3, 24, 24]


def by_functions(net: RegressionCNN, x: Tensor) -> Tensor:
    """The forward pass of the write-up's table, written out in functions; F.batch_norm in eval mode."""
    w = dict(net.state_dict())

    def conv(block: str, h: Tensor) -> Tensor:
        h = functional.conv2d(h, w[f"{block}.0.weight"], w[f"{block}.0.bias"], padding=1)
        mean, variance = w[f"{block}.1.running_mean"], w[f"{block}.1.running_var"]
        return functional.relu(functional.batch_norm(h, mean, variance, w[f"{block}.1.weight"], w[f"{block}.1.bias"]))

    def double(h: Tensor) -> Tensor:
        return h.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)

    def beside(h: Tensor, skip: Tensor) -> Tensor:
        return torch.cat([h, skip], dim=1) if isinstance(net, UNet) else h

    h1 = functional.max_pool2d(conv("downconv1", x), 2)
    h2 = functional.max_pool2d(conv("downconv2", h1), 2)
    h3 = conv("rfconv", h2)
    h4 = double(conv("upconv1", beside(h3, h2)))
    h5 = double(conv("upconv2", beside(h4, h1)))
    return functional.conv2d(beside(h5, x), w["finalconv.weight"], w["finalconv.bias"], padding=1)


@pytest.mark.parametrize("model", NETWORKS)
def test_forward_pass_is_that_of_the_table(model: str) -> None:
    torch.manual_seed(1)
    net = small(model)
    x = torch.rand(3, 1, 16, 16)
    net.train()(x)  # so that the running statistics are no longer those of a fresh network
    torch.testing.assert_close(net.eval()(x), by_functions(net, x), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("model", NETWORKS)
@pytest.mark.parametrize("shape", [(1, 1, 32, 32), (7, 1, 32, 32), (2, 1, 64, 64), (1, 1, 64, 36)])
def test_takes_any_size_that_four_divides_and_any_batch(model: str, shape: tuple[int, ...]) -> None:
    assert small(model).train()(torch.rand(shape)).shape == (shape[0], 5, *shape[2:])


@pytest.mark.parametrize("model", NETWORKS)
def test_large_picture_is_coloured_as_its_crop_is_away_from_the_edge(model: str) -> None:
    net, x = small(model).eval(), torch.rand(1, 1, 96, 96, generator=torch.Generator().manual_seed(0))
    whole, crop = net(x), net(x[..., 16:80, 16:80])
    torch.testing.assert_close(whole[..., 40:56, 40:56], crop[..., 24:40, 24:40])


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("model", NETWORKS)
def test_order_swaps_two_layers_and_changes_no_number(model: str, activation: str) -> None:
    first, second = (small(model, order=order, activation=activation) for order in ("relu-pool", "pool-relu"))
    for name, block in first.named_children():
        layers, others = ([str(layer) for layer in net.get_submodule(name).children()] for net in (first, second))
        swapped = [*layers[:2], layers[3], layers[2]] if name.startswith("downconv") else layers
        assert others == swapped, (name, block)
    assert first.state_dict().keys() == second.state_dict().keys()
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
    x = torch.rand(2, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    assert torch.equal(first(x), second(x))


@pytest.mark.parametrize(
    ("model", "in_channels", "activation", "depth"),
    [*itertools.product(NETWORKS, (1, 3), ("relu",), (1,)), ("unet", 1, "leaky-relu", 3), ("cnn", 1, "tanh", 2)],
)
def test_every_parameter_receives_a_gradient(model: str, in_channels: int, activation: str, depth: int) -> None:
    net = small(model, in_channels=in_channels, activation=activation, depth=depth)
    net.eval()  # in train mode BatchNorm takes the biases before it out again
    generator = torch.Generator().manual_seed(0)
    net(torch.rand(4, in_channels, 16, 16, generator=generator)).square().sum().backward()
    lost = [name for name, parameter in net.named_parameters() if parameter.grad is None or not parameter.grad.any()]
    assert lost == []


def test_depth_repeats_the_middle_block_and_kernel_widens_every_filter() -> None:
    net = small("unet", depth=3, kernel=5)
    assert [type(layer) for layer in net.rfconv] == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU] * 3
    kernels = [p.shape[2:] for name, p in net.named_parameters() if p.dim() == 4]
    assert kernels == [(5, 5)] * 8
    assert net(torch.rand(2, 1, 16, 16)).shape == (2, 5, 16, 16)


def test_seed_gives_the_same_weights_whatever_the_global_state_and_leaves_it_alone() -> None:
    nets = []
    for state in (1, 2):
        torch.manual_seed(state)
        before = torch.get_rng_state()
        nets.append(small("unet", seed=5))
        assert torch.equal(torch.get_rng_state(), before)
    for a, b in zip(nets[0].parameters(), nets[1].parameters(), strict=True):
        assert torch.equal(a, b)
    assert not torch.equal(nets[0].finalconv.weight, small("unet", seed=6).finalconv.weight)


def test_without_a_seed_weights_follow_the_global_state() -> None:
    weights = []
    for _ in range(2):
        torch.manual_seed(3)
        weights.append(small("cnn", seed=None).finalconv.weight)
    assert torch.equal(*weights)
    assert not torch.equal(weights[0], small("cnn", seed=None).finalconv.weight)
