"""What is fused gives torch's numbers: within 1e-5 of what torch gives in double precision, forward and backward."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from models import build_network, colour_loss
from models.doubled import Doubled
from models.first_block import LANES, FirstBlock
from models.fused import fused, list_stages, pass_through
from models.passes import flatten_pixels
from tests.runs.stepping import one_thread

#: The furthest that a number may lie from that of double precision, relative to all of its tensor.
NEAR = 1e-5

POOL, UP = [nn.ReLU(), nn.MaxPool2d(2)], [nn.ReLU(), nn.Upsample(scale_factor=2)]


def draw(seed: int, *shape: int) -> Tensor:
    """Normal numbers with channels last, a leaf that asks for its gradient."""
    made = torch.randn(shape, generator=torch.Generator().manual_seed(seed))
    return (made.contiguous(memory_format=torch.channels_last) if len(shape) == 4 else made).requires_grad_()


def measure_gap(one: Tensor, exact: Tensor) -> float:
    one, exact = one.detach().double(), exact.detach()
    return float((one - exact).norm() / exact.norm().clamp(min=1e-30))


def take(function: Callable[..., Tensor], leaves: Sequence[Tensor | None], given: Tensor | None = None) -> list[Tensor]:
    """What a function gives of some leaves, and the gradients of all that ask for one."""
    with one_thread():
        y = function(*leaves)
        y.backward(torch.ones_like(y) if given is None else given.to(y.dtype))
    return [y.detach(), *(leaf.grad for leaf in leaves if leaf is not None and leaf.grad is not None)]


def assert_near(mine: Callable[..., Tensor], plain: Callable[..., Tensor], *leaves: Tensor | None, given: Any) -> None:
    """Both give the same, the plain one in double precision."""
    exact = [None if leaf is None else leaf.detach().double().requires_grad_(leaf.requires_grad) for leaf in leaves]
    found, wanted = take(mine, leaves, given), take(plain, exact, given)
    assert len(found) == len(wanted) == 1 + sum(leaf is not None and leaf.requires_grad for leaf in leaves)
    for one, other in zip(found, wanted, strict=True):
        assert measure_gap(one, other) < NEAR


def convolve_plainly(small: Tensor, other: Tensor | None, filters: Tensor, bias: Tensor) -> Tensor:
    large = functional.interpolate(small, scale_factor=2)
    return functional.conv2d(large if other is None else torch.cat([large, other], dim=1), filters, bias, padding=1)


@pytest.mark.parametrize("beside", [0, 1, 3, 8])
@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 5), (16, 16)])
def test_doubled_map_is_convolved_as_torch_does_it(beside: int, height: int, width: int) -> None:
    small = draw(0, 2, 7, height, width)
    other = draw(1, 2, beside, 2 * height, 2 * width) if beside else None
    filters, bias = draw(2, 5, 7 + beside, 3, 3), draw(3, 5)
    assert_near(
        Doubled.apply, convolve_plainly, small, other, filters, bias, given=torch.randn(2, 5, 2 * height, 2 * width)
    )


@pytest.mark.parametrize("beside", [0, 1, 3])
@pytest.mark.parametrize("size", [1.0, 40.0])
def test_last_convolution_and_its_loss_are_torchs(beside: int, size: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colour_loss, "PICTURES", 3)  # of 7: two whole parts and one that is not
    small = draw(0, 7, 6, 4, 5)
    other = draw(1, 7, beside, 8, 10).detach() if beside else None
    filters, bias = (size * draw(2, 24, 6 + beside, 3, 3)).detach().requires_grad_(), draw(3, 24)
    classes = torch.randint(0, 24, (7, 8, 10), dtype=torch.uint8)

    def mine(*leaves: Any) -> Tensor:
        return colour_loss.ColourLoss.apply(*leaves, classes)

    def plain(*leaves: Any) -> Tensor:
        return functional.cross_entropy(convolve_plainly(*leaves), classes.long())

    assert_near(mine, plain, small, other, filters, bias, given=torch.tensor(0.5))


def test_loss_of_what_is_no_number_is_none() -> None:
    small, filters, bias = draw(0, 2, 4, 3, 3), draw(1, 5, 4, 3, 3), draw(2, 5)
    with torch.no_grad():
        small[0, 0, 1, 1] = float("nan")
    assert colour_loss.ColourLoss.apply(small, None, filters, bias, torch.zeros(2, 6, 6, dtype=torch.uint8)).isnan()


def make_first(inputs: int, filters: int, rest: Sequence[nn.Module]) -> nn.Sequential:
    torch.manual_seed(0)
    norm = nn.BatchNorm2d(filters)
    nn.init.uniform_(norm.weight, 0.5, 1.5)
    nn.init.uniform_(norm.bias, -0.5, 0.5)
    return nn.Sequential(nn.Conv2d(inputs, filters, 3, padding=1), norm, *rest)


@pytest.mark.parametrize("inputs", [1, 3])
@pytest.mark.parametrize("rest", [POOL, POOL[::-1]], ids=["relu-pool", "pool-relu"])
def test_first_block_gives_torchs_map_gradients_and_statistics(inputs: int, rest: list[nn.Module]) -> None:
    block = make_first(inputs, 2 * LANES, rest)
    exact = copy.deepcopy(block).double()
    x, given = draw(1, 3, inputs, 8, 6).detach(), torch.randn(3, 2 * LANES, 4, 3)
    convolution, norm = block[0], block[1]
    assert isinstance(norm, nn.BatchNorm2d)
    parameters = (convolution.weight, convolution.bias, norm.weight, norm.bias)
    y = FirstBlock.apply(x, *parameters, norm)
    y.backward(given.contiguous(memory_format=torch.channels_last))
    wanted = exact(x.double())
    wanted.backward(given.double())
    assert measure_gap(y, wanted) < NEAR
    for name, parameter in exact.named_parameters():
        found = block.get_parameter(name).grad
        assert found is not None
        assert parameter.grad is not None
        if name == "0.bias":  # what is added to all values of a channel is taken away with their mean
            assert found.abs().max() == 0
        else:
            assert measure_gap(found, parameter.grad) < NEAR, name
    for name in ("running_mean", "running_var"):
        assert measure_gap(getattr(norm, name), getattr(exact[1], name)) < NEAR


#: Networks of the write-up and of the sweep, and what the passes do not know.
NETWORKS: dict[str, dict[str, Any]] = {
    "regression": {"model": "regression", "outputs": 3}, "cnn": {"model": "cnn"}, "unet": {"model": "unet"},
    "upscaling": {"model": "unet", "in_channels": 3}, "pool-relu": {"model": "cnn", "order": "pool-relu"},
    "pool-norm-relu": {"model": "unet", "order": "pool-norm-relu"}, "deeper": {"model": "cnn", "depth": 2},
    "narrower": {"model": "cnn", "filters": 16}, "filters that fill no register": {"model": "unet", "filters": 12},
    "other filters": {"model": "unet", "kernel": 5}, "other activation": {"model": "unet", "activation": "tanh"},
    "leaky": {"model": "cnn", "activation": "leaky-relu"},
}  # fmt: skip


def measure_gaps(fields: dict[str, Any], seed: int, side: int = 32) -> dict[str, float]:
    """How far the loss, each gradient and each statistic of a fused network lies from that of double precision."""
    fields = {"in_channels": 1, "outputs": 24, **fields}
    net = build_network(seed=seed, **fields).to(memory_format=torch.channels_last).train()
    exact = copy.deepcopy(net).double()
    generator = torch.Generator().manual_seed(seed)
    x = torch.rand(5, fields["in_channels"], side, side, generator=generator)
    if fields["outputs"] == 3:
        y = torch.rand(5, 3, side, side, generator=generator)
        wanted = functional.mse_loss(exact(x.double()), y.double())
        with one_thread(), fused(net):
            loss = functional.mse_loss(net(x), y)
            loss.backward()
    else:
        classes = torch.randint(0, 24, (5, side, side), generator=generator, dtype=torch.uint8)
        wanted = functional.cross_entropy(exact(x.double()), classes.long())
        opened = fused(net)
        with one_thread(), opened:
            known = opened.knows_loss(x, classes)
            loss = opened.colour_loss(x, classes) if known else functional.cross_entropy(net(x), classes.long())
            loss.backward()
    wanted.backward()
    gaps = {"loss": measure_gap(loss.detach(), wanted.detach())}
    for name, parameter in exact.named_parameters():
        found = net.get_parameter(name).grad
        assert found is not None, name
        assert parameter.grad is not None
        if name.endswith(".bias") and isinstance(
            net.get_submodule(name[:-5]), nn.Conv2d
        ):  # rounding alone in torch, for the normalisation takes it away
            assert float(found.norm()) < 1e-6
        else:
            gaps[name] = measure_gap(found, parameter.grad)
    buffers = dict(exact.named_buffers())
    return gaps | {name: measure_gap(one, buffers[name].double()) for name, one in net.named_buffers()}


@pytest.mark.parametrize("name", NETWORKS)
def test_whole_network_lies_within_the_rounding_of_double_precision(name: str) -> None:
    # A value at the edge of a ReLU, or of two that are the largest, falls to either side by rounding, in torch too: of
    # four networks each number has to be near in one.
    found = [measure_gaps(NETWORKS[name], seed) for seed in range(4)]
    for number in found[0]:
        assert min(gaps[number] for gaps in found) < NEAR, number


@pytest.mark.parametrize("side", [26, 28, 30])
def test_sides_that_do_not_halve_are_left_to_torch(side: int) -> None:
    fields = {"model": "cnn", "in_channels": 1, "outputs": 24, "seed": 0}
    net, plain = build_network(**fields), build_network(**fields)
    x = torch.rand(3, 1, side, side)
    with fused(net):
        torch.testing.assert_close(net(x), plain(x), rtol=1e-4, atol=1e-5)
    for one, other in zip(net.buffers(), plain.buffers(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def make_block(channels: int, rest: Sequence[nn.Module], seed: int = 0) -> nn.Sequential:
    """A normalisation that is not at its beginning any more, and what follows."""
    generator = torch.Generator().manual_seed(seed)
    norm = nn.BatchNorm2d(channels)
    with torch.no_grad():
        for tensor in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
            assert tensor is not None
            tensor.copy_(torch.rand(channels, generator=generator))
    return nn.Sequential(norm, *rest)


def run(block: nn.Sequential, together: bool, x: Tensor) -> Tensor:
    with one_thread():
        return pass_through(list_stages(list(block)), x) if together else block(x)


def list_numbers(block: nn.Sequential, together: bool, *shape: int, wider: int = 0) -> dict[str, Tensor]:
    """All that a block in training gives: its output, its gradients, its statistics."""
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(shape, generator=generator).contiguous(memory_format=torch.channels_last).requires_grad_()
    y = run(block, together, x)
    batch, channels, height, width = y.shape
    given = torch.randn((batch, channels + wider, height, width), generator=generator)
    given = given.contiguous(memory_format=torch.channels_last)[:, wider // 2 :][:, :channels]
    with one_thread():
        y.backward(given)
    gradients = {name: parameter.grad for name, parameter in block.named_parameters()}
    return {"y": y.detach(), "dx": x.grad, **gradients, **dict(block.named_buffers())}  # type: ignore[dict-item]


def compare(one: dict[str, Tensor], other: dict[str, Tensor]) -> None:
    assert one.keys() == other.keys()
    for name in one:
        assert measure_gap(one[name], other[name].double()) < NEAR, name


@pytest.mark.parametrize("channels", [8, 24, 32, 64])
@pytest.mark.parametrize("rest", [POOL, POOL[::-1], UP], ids=["relu-pool", "pool-relu", "relu-up"])
@pytest.mark.parametrize("batch", [1, 7])
def test_output_gradients_and_statistics_are_torchs(channels: int, rest: list[nn.Module], batch: int) -> None:
    assert len(list_stages(make_block(channels, rest))) < 3
    shape = (batch, channels, 8, 12)
    compare(
        list_numbers(make_block(channels, rest), True, *shape), list_numbers(make_block(channels, rest), False, *shape)
    )


def test_a_gradient_may_be_a_slice_of_a_wider_map() -> None:
    shape = (3, 16, 4, 6)
    sliced = list_numbers(make_block(16, POOL), True, *shape, wider=5)
    compare(sliced, list_numbers(make_block(16, POOL), False, *shape, wider=5))
    wide = torch.zeros(3, 21, 4, 6).contiguous(memory_format=torch.channels_last)
    assert flatten_pixels(wide[:, 2:18])[1] == 21  # read where it lies
    assert flatten_pixels(torch.zeros(3, 16, 4, 6))[1] == 16  # another layout is copied first


def test_equal_values_of_a_square_hand_the_gradient_to_the_first() -> None:
    results = []
    for together in (True, False):
        block = make_block(8, POOL)
        nn.init.ones_(block[0].bias)  # type: ignore[arg-type]
        leaf = torch.ones(2, 8, 4, 4).contiguous(memory_format=torch.channels_last).requires_grad_()
        y = run(block, together, leaf)
        y.backward(torch.arange(float(y.numel())).reshape(y.shape).contiguous(memory_format=torch.channels_last))
        results.append({"y": y.detach(), "dx": leaf.grad, "bias": block[0].bias.grad})
    compare(*results)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "rest",
    [[nn.LeakyReLU(), nn.MaxPool2d(2)], [nn.Tanh(), nn.Upsample(scale_factor=2)]],
    ids=str,
)
def test_what_the_passes_do_not_know_is_left_to_torch(rest: list[nn.Module]) -> None:
    layers = make_block(8, rest)
    assert list_stages(layers) == list(layers)


@pytest.mark.parametrize(
    "pool",
    [nn.MaxPool2d(3), nn.MaxPool2d(2, padding=1), nn.MaxPool2d(2, dilation=2), nn.MaxPool2d(2, ceil_mode=True)],
    ids=str,
)
def test_so_is_a_pooling_that_they_do_not_know(pool: nn.Module) -> None:
    assert list_stages(make_block(8, [nn.ReLU(), pool]))[-1] is pool


@pytest.mark.parametrize("norm", [nn.BatchNorm2d(8, affine=False), nn.BatchNorm2d(8, momentum=None)], ids=str)
def test_so_is_a_normalisation_that_they_do_not_know(norm: nn.Module) -> None:
    assert list_stages(nn.Sequential(norm, *POOL)) == [norm, *POOL]


def test_network_is_its_own_again_outside() -> None:
    net = build_network("unet", in_channels=1, outputs=24, seed=0)
    with pytest.raises((RuntimeError, ValueError)), fused(net):
        net(torch.zeros(1, 2, 32, 32))
    assert "forward" not in vars(net)


def test_network_that_is_not_in_training_is_left_as_it_is() -> None:
    net = build_network("unet", in_channels=1, outputs=24, seed=0).eval()
    x = torch.rand(2, 1, 32, 32)
    plain, before = net(x), {name: tensor.clone() for name, tensor in net.state_dict().items()}
    with fused(net):
        assert torch.equal(net(x), plain)
    compare(dict(net.state_dict()), before)


@pytest.mark.parametrize("at", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_one_value_of_a_square_that_is_no_number_is_what_comes_out(at: tuple[int, int]) -> None:
    results = []
    for together in (True, False):
        block = make_block(8, POOL)
        with torch.no_grad():
            block[0].weight[0] = float("inf")  # type: ignore[index]
        x = torch.full((1, 8, 2, 2), -1.0).contiguous(memory_format=torch.channels_last)
        x[:, :, at[0], at[1]] = 8.0  # above the mean: infinity less infinity; the others are less than any number
        results.append(run(block, together, x).isnan())
    assert results[1].sum() == 1
    assert torch.equal(*results)


@pytest.mark.parametrize("model", ["cnn", "unet"])
def test_values_that_are_no_numbers_stay_none(model: str) -> None:
    net = build_network(model, in_channels=1, outputs=24, seed=0)
    x, classes = torch.full((2, 1, 32, 32), float("nan")), torch.zeros(2, 32, 32, dtype=torch.uint8)
    opened = fused(net)
    assert opened.knows_loss(x, classes)
    assert opened.colour_loss(x, classes).isnan()


def test_class_that_the_network_does_not_have_is_left_to_torch_to_refuse() -> None:
    opened = fused(build_network("cnn", in_channels=1, outputs=24, seed=0))
    x = torch.zeros(1, 1, 32, 32)
    assert not opened.knows_loss(x, torch.full((1, 32, 32), 24, dtype=torch.uint8))
    assert not opened.knows_loss(x, torch.zeros(1, 32, 32, dtype=torch.int64))
