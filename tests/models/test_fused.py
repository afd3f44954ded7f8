"""Blocks in fewer passes give torch's own numbers: every bit, where torch's kernels are those for AVX2 or AVX-512."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

import pytest
import torch
from torch import Tensor, nn

from models import build_network
from models.fused import flatten_pixels, fused, list_stages
from tests.runs.stepping import one_thread

#: Whether torch's kernels round as the compiled passes do; elsewhere sums may differ by rounding.
EXACT = torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")

POOL, UP = [nn.ReLU(), nn.MaxPool2d(2)], [nn.ReLU(), nn.Upsample(scale_factor=2)]


def block(channels: int, rest: Sequence[nn.Module], seed: int = 0) -> nn.Sequential:
    """A normalisation that is not at its beginning any more, and what follows."""
    generator = torch.Generator().manual_seed(seed)
    norm = nn.BatchNorm2d(channels)
    with torch.no_grad():
        for tensor in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
            assert tensor is not None
            tensor.copy_(torch.rand(channels, generator=generator))
    return nn.Sequential(norm, *rest)


def numbers(block: nn.Sequential, together: bool, *shape: int, wider: int = 0) -> dict[str, Tensor]:
    """All that a block in training gives: its output, its gradients, its statistics."""
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(shape, generator=generator).contiguous(memory_format=torch.channels_last).requires_grad_()
    net = nn.Sequential(block)
    with one_thread(), fused(net) if together else nullcontext():
        y = net(x)
        batch, channels, height, width = y.shape
        given = torch.randn((batch, channels + wider, height, width), generator=generator)
        given = given.contiguous(memory_format=torch.channels_last)[:, wider // 2 :][:, :channels]
        y.backward(given)
    gradients = {name: parameter.grad for name, parameter in block.named_parameters()}
    return {"y": y.detach(), "dx": x.grad, **gradients, **dict(block.named_buffers())}  # type: ignore[dict-item]


def compare(one: dict[str, Tensor], other: dict[str, Tensor]) -> None:
    assert one.keys() == other.keys()
    for name in one:
        if EXACT:
            assert torch.equal(one[name], other[name]), name
        else:
            torch.testing.assert_close(one[name], other[name])


@pytest.mark.parametrize("channels", [8, 24, 32, 64])
@pytest.mark.parametrize("rest", [POOL, POOL[::-1], UP], ids=["relu-pool", "pool-relu", "relu-up"])
@pytest.mark.parametrize("batch", [1, 7])
def test_output_gradients_and_statistics_are_torchs(channels: int, rest: list[nn.Module], batch: int) -> None:
    assert len(list_stages(block(channels, rest))) == 1
    shape = (batch, channels, 8, 12)
    compare(numbers(block(channels, rest), True, *shape), numbers(block(channels, rest), False, *shape))


@pytest.mark.parametrize("rest", [POOL, UP], ids=["relu-pool", "relu-up"])
def test_a_gradient_may_be_a_slice_of_a_wider_map(rest: list[nn.Module]) -> None:
    shape = (3, 16, 4, 6)
    sliced = numbers(block(16, rest), True, *shape, wider=5)
    compare(sliced, numbers(block(16, rest), False, *shape, wider=5))
    wide = torch.zeros(3, 21, 4, 6).contiguous(memory_format=torch.channels_last)
    assert flatten_pixels(wide[:, 2:18])[1] == 21  # read where it lies
    assert flatten_pixels(torch.zeros(3, 16, 4, 6))[1] == 16  # another layout is copied first


def test_equal_values_of_a_square_hand_the_gradient_to_the_first() -> None:
    x = torch.ones(2, 8, 4, 4).contiguous(memory_format=torch.channels_last)
    results = []
    for together in (True, False):
        norm = nn.BatchNorm2d(8)
        nn.init.ones_(norm.bias)
        net = nn.Sequential(nn.Sequential(norm, *POOL))
        leaf = x.clone(memory_format=torch.channels_last).requires_grad_()
        with one_thread(), fused(net) if together else nullcontext():
            y = net(leaf)
        y.backward(torch.arange(float(y.numel())).reshape(y.shape).contiguous(memory_format=torch.channels_last))
        results.append({"y": y.detach(), "dx": leaf.grad, "bias": norm.bias.grad})
    compare(*results)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "rest",
    [[nn.ReLU()], [nn.LeakyReLU(), nn.MaxPool2d(2)], [nn.Tanh(), nn.Upsample(scale_factor=2)],
     [nn.ReLU(), nn.MaxPool2d(3)], [nn.ReLU(), nn.MaxPool2d(2, padding=1)], [nn.ReLU(), nn.MaxPool2d(2, dilation=2)],
     [nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True)], [nn.ReLU(), nn.Upsample(scale_factor=3)],
     [nn.ReLU(), nn.Upsample(scale_factor=2, mode="bilinear")]],
    ids=str,
)  # fmt: skip
def test_what_the_passes_do_not_know_is_left_to_torch(rest: list[nn.Module]) -> None:
    layers = block(8, rest)
    assert list_stages(layers) == list(layers)


@pytest.mark.parametrize("norm", [nn.BatchNorm2d(3), nn.BatchNorm2d(8, affine=False), nn.BatchNorm2d(8, momentum=None)])
def test_so_is_a_normalisation_that_they_do_not_know(norm: nn.Module) -> None:
    assert list_stages(nn.Sequential(norm, *POOL)) == [norm, *POOL]


def test_outside_blocks_run_as_ever() -> None:
    net = build_network("unet", in_channels=1, outputs=24, seed=0)
    before = [block.forward for block in net.children()]
    with fused(net):
        assert "PassBackward" in type(net.downconv1(torch.zeros(1, 1, 32, 32)).grad_fn).__name__
    with pytest.raises(RuntimeError, match="channels"), fused(net):
        net(torch.zeros(1, 2, 32, 32))
    assert [block.forward for block in net.children()] == before
    assert "PassBackward" not in type(net.downconv1(torch.zeros(1, 1, 32, 32)).grad_fn).__name__


@pytest.mark.parametrize("shape", [(2, 8, 5, 8), (2, 8, 8, 7)])
@pytest.mark.parametrize("rest", [POOL, UP], ids=["relu-pool", "relu-up"])
def test_odd_sides_are_left_to_torch(rest: list[nn.Module], shape: tuple[int, ...]) -> None:
    compare(numbers(block(8, rest), True, *shape), numbers(block(8, rest), False, *shape))


def test_so_is_a_network_that_is_not_in_training() -> None:
    net = nn.Sequential(block(8, POOL)).eval()
    x = torch.rand(2, 8, 4, 4)
    plain, before = net(x), {name: tensor.clone() for name, tensor in net.state_dict().items()}
    with fused(net):
        assert torch.equal(net(x), plain)
    compare(dict(net.state_dict()), before)


@pytest.mark.parametrize("at", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_one_value_of_a_square_that_is_no_number_is_what_comes_out(at: tuple[int, int]) -> None:
    results = []
    for together in (True, False):
        net = nn.Sequential(block(8, POOL))
        with torch.no_grad():
            net[0][0].weight[0] = float("inf")
        x = torch.full((1, 8, 2, 2), -1.0).contiguous(memory_format=torch.channels_last)
        x[:, :, at[0], at[1]] = 8.0  # above the mean: infinity less infinity; the others are less than any number
        with one_thread(), fused(net) if together else nullcontext():
            results.append(net(x).isnan())
    assert results[1].sum() == 1
    assert torch.equal(*results)


def test_values_that_are_no_numbers_stay_none() -> None:
    results = []
    for together in (True, False):
        x = torch.full((2, 8, 4, 4), float("nan")).contiguous(memory_format=torch.channels_last)
        net = nn.Sequential(block(8, POOL))
        with fused(net) if together else nullcontext():
            results.append(net(x).isnan().all())
    assert all(results)
