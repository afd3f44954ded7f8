"""The write-up's three networks, RegressionCNN, CNN and UNet, built from plain settings.

Shapes are given for 32×32 inputs; every network is fully convolutional and takes any height and width that
four divides. F is the number of filters, C the number of outputs a pixel (3 in RGB, or one a colour).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from models.layers import MyConv2d

#: The blocks in their order; the first five are those whose outputs count as activations.
BLOCKS = ("downconv1", "downconv2", "rfconv", "upconv1", "upconv2", "finalconv")

ACTIVATIONS: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "leaky-relu": nn.LeakyReLU, "tanh": nn.Tanh}


class RegressionCNN(nn.Module):
    """Grey in, RGB out: five convolution blocks and the assignment's own convolution, in a row.

    Args:
        in_channels: 1 (grey) or 3 (a small colour picture).
        outputs: values a pixel that the network gives.
        filters: F, the number of filters of the first block.
        kernel: side of every filter, odd.
        order: "relu-pool" as written, "pool-relu", or "pool-norm-relu": each block first pools or upsamples, then
            normalises and activates, as the handout draws the CNN.
        depth: convolutions in the middle block.
        activation: a key of ``ACTIVATIONS``.
    """

    #: Whether skip connections add channels to the inputs of upconv1, upconv2 and finalconv.
    skips = False

    def __init__(
        self,
        in_channels: int = 1,
        outputs: int = 3,
        filters: int = 32,
        kernel: int = 3,
        order: str = "relu-pool",
        depth: int = 1,
        activation: str = "relu",
    ) -> None:
        super().__init__()
        f, act = filters, ACTIVATIONS[activation]
        extra = (2 * f, f, in_channels) if self.skips else (0, 0, 0)
        self.downconv1 = make_down_block(in_channels, f, kernel, act, order)
        self.downconv2 = make_down_block(f, 2 * f, kernel, act, order)
        self.rfconv = nn.Sequential(
            *(layer for _ in range(depth) for layer in make_convolution(2 * f, 2 * f, kernel, act))
        )
        self.upconv1 = make_up_block(2 * f + extra[0], f, kernel, act, order)
        self.upconv2 = make_up_block(f + extra[1], outputs, kernel, act, order)
        self.finalconv = MyConv2d(outputs + extra[2], outputs, kernel)

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, 32, 32) -> (B, outputs, 32, 32)."""
        h = self.downconv1(x)  # (B, in, 32, 32) -> (B, F, 16, 16)
        h = self.downconv2(h)  # -> (B, 2F, 8, 8)
        h = self.rfconv(h)  # -> (B, 2F, 8, 8)
        h = self.upconv1(h)  # -> (B, F, 16, 16)
        h = self.upconv2(h)  # -> (B, C, 32, 32)
        return self.finalconv(h)  # -> (B, C, 32, 32)


class CNN(RegressionCNN):
    """The same row of blocks, with one output a colour: a classification of every pixel."""

    def __init__(self, in_channels: int = 1, outputs: int = 24, *settings: Any, **more: Any) -> None:
        super().__init__(in_channels, outputs, *settings, **more)


class UNet(CNN):
    """The CNN with skip connections: what pooling loses goes past it, by concatenation."""

    skips = True

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, 32, 32) -> (B, outputs, 32, 32)."""
        h1 = self.downconv1(x)  # (B, in, 32, 32) -> (B, F, 16, 16)
        h2 = self.downconv2(h1)  # -> (B, 2F, 8, 8)
        h3 = self.rfconv(h2)  # -> (B, 2F, 8, 8)
        h4 = self.upconv1(torch.cat([h3, h2], dim=1))  # (B, 4F, 8, 8) -> (B, F, 16, 16)
        h5 = self.upconv2(torch.cat([h4, h1], dim=1))  # (B, 2F, 16, 16) -> (B, C, 32, 32)
        return self.finalconv(torch.cat([h5, x], dim=1))  # (B, C + in, 32, 32) -> (B, C, 32, 32)


NETWORKS: dict[str, type[RegressionCNN]] = {"regression": RegressionCNN, "cnn": CNN, "unet": UNet}


def make_convolution(inputs: int, outputs: int, kernel: int, activation: type[nn.Module]) -> list[nn.Module]:
    """Convolution (stride 1, size kept), batch normalisation, activation."""
    return [
        nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2),
        nn.BatchNorm2d(outputs),
        activation(),
    ]


def make_down_block(inputs: int, outputs: int, kernel: int, activation: type[nn.Module], order: str) -> nn.Sequential:
    """A block that halves the side; ``order`` says before which layer it does so."""
    convolution, norm, act = make_convolution(inputs, outputs, kernel, activation)
    pool = nn.MaxPool2d(2)
    tail = {
        "relu-pool": [norm, act, pool],
        "pool-relu": [norm, pool, act],
        "pool-norm-relu": [pool, norm, act],
    }[order]
    return nn.Sequential(convolution, *tail)


def make_up_block(inputs: int, outputs: int, kernel: int, activation: type[nn.Module], order: str) -> nn.Sequential:
    """A block that doubles the side, by repeating each pixel: at its end, or right after the convolution where pooling
    comes there as well.
    """
    convolution, norm, act = make_convolution(inputs, outputs, kernel, activation)
    double = nn.Upsample(scale_factor=2, mode="nearest")
    return nn.Sequential(convolution, *([double, norm, act] if order == "pool-norm-relu" else [norm, act, double]))


def build_network(
    model: str,
    *,
    in_channels: int,
    outputs: int,
    filters: int = 32,
    kernel: int = 3,
    order: str = "relu-pool",
    depth: int = 1,
    activation: str = "relu",
    seed: int | None = None,
) -> RegressionCNN:
    """A fresh network; with a seed, the same weights every time, and torch's global generator untouched."""
    with torch.random.fork_rng(devices=[], enabled=seed is not None):
        if seed is not None:
            torch.default_generator.manual_seed(seed)
        return NETWORKS[model](in_channels, outputs, filters, kernel, order, depth, activation)
