"""The assignment's convolution, against torch's own and against a sum written out."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional

from models import MyConv2d


def test_gives_what_a_sum_over_the_window_gives() -> None:
    torch.manual_seed(0)
    layer = MyConv2d(2, 3, 3)
    x = torch.randn(1, 2, 4, 5)
    padded = torch.zeros(2, 6, 7)
    padded[:, 1:-1, 1:-1] = x[0]
    expected = torch.empty(3, 4, 5)
    for o in range(3):
        for i in range(4):
            for j in range(5):
                expected[o, i, j] = (padded[:, i : i + 3, j : j + 3] * layer.weight[o]).sum() + layer.bias[o]
    torch.testing.assert_close(layer(x)[0], expected)


@pytest.mark.parametrize("kernel", [1, 3, 5])
def test_agrees_with_torch_and_keeps_the_size(kernel: int) -> None:
    torch.manual_seed(0)
    layer, x = MyConv2d(3, 4, kernel), torch.randn(2, 3, 6, 9)
    expected = functional.conv2d(x, layer.weight, layer.bias, stride=1, padding=(kernel - 1) // 2)
    assert layer(x).shape == (2, 4, 6, 9)
    torch.testing.assert_close(layer(x), expected)


@pytest.mark.parametrize(("inputs", "kernel"), [(3, 3), (27, 5), (50, 1)])
def test_begins_uniform_within_one_over_the_root_of_its_fan_in(inputs: int, kernel: int) -> None:
    torch.manual_seed(0)
    layer = MyConv2d(inputs, 400, kernel)
    bound = 1 / math.sqrt(inputs * kernel * kernel)
    for weights in (layer.weight.detach(), layer.bias.detach()):
        assert weights.abs().max() <= bound
        assert weights.max() > 0.95 * bound
        assert weights.min() < -0.95 * bound
        # uniform on ±bound: standard deviation bound / √3
        assert weights.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.1)


def test_learns_by_its_own_parameters() -> None:
    torch.manual_seed(0)
    layer, x = MyConv2d(1, 1, 3), torch.randn(4, 1, 8, 8)
    target = functional.conv2d(x, torch.ones(1, 1, 3, 3), padding=1)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.3)
    for _ in range(40):
        optimizer.zero_grad()
        functional.mse_loss(layer(x), target).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    torch.testing.assert_close(layer.weight, torch.ones(1, 1, 3, 3), atol=1e-2, rtol=0)
    assert list(layer.state_dict()) == ["weight", "bias"]
