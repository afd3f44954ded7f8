"""A 3×3 convolution of a map that was doubled by repeating its pixels, without the doubled map.

Of the nine pixels that a filter sees, those that repeat one pixel share it: at each of four places in a square, the
phases, the filter is one of 2×2 taps on the small map, whose weights are sums. One convolution with four times as many
filters gives all four, with 4/9 of the arithmetic. At position (p, q) of its (H + 1) × (W + 1) values lie the pixels
2p - 1 and 2p down, 2q - 1 and 2q across, of which those outside count for nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional

from models.kernels import FLAT, MAP, ONE, TWO, ZERO, N, compiled
from models.passes import flatten_pixels, move_channels_last

#: Along one side, of a doubled map: phase, tap on the small map, tap of the filter: whether the one falls on the other.
REPEATED = torch.tensor([[[1.0, 1, 0], [0, 0, 1]], [[1, 0, 0], [0, 1, 1]]])
#: The same for a map of full size that lies as squares: phase, square, pixel in it, tap of the filter.
SQUARES = torch.tensor(
    [[[[1.0, 0, 0], [0, 1, 0]], [[0, 0, 1], [0, 0, 0]]], [[[0, 0, 0], [1, 0, 0]], [[0, 1, 0], [0, 0, 1]]]]
)
#: Along both: tap of the filter, by phase and tap, or by phase, pixel and tap.
OF_DOUBLED = torch.einsum("atk,bul->klabtu", REPEATED, REPEATED).reshape(9, 16)
OF_SQUARES = torch.einsum("atpk,buql->klabpqtu", SQUARES, SQUARES).reshape(9, 64)


def split_filters(filters: Tensor, places: Tensor) -> Tensor:
    """Filters (F, C, 3, 3) -> those of the phases (4F, C, 2, 2), phase after phase; of squares (4F, 4C, 2, 2)."""
    count, channels = filters.shape[:2]
    taps = (filters.reshape(count, channels, 9) @ places).view(count, channels, 4, -1, 4)
    return taps.permute(2, 0, 1, 3, 4).reshape(4 * count, -1, 2, 2)


def join_filters(taps: Tensor, places: Tensor) -> Tensor:
    """Gradients of the phases' filters -> those of the filters (F, C, 3, 3) that they were made of."""
    count, pixels = len(taps) // 4, places.shape[1] // 16
    by_filter = taps.reshape(4, count, -1, pixels, 4).permute(1, 2, 0, 3, 4)
    return (by_filter.reshape(count, by_filter.shape[1], -1) @ places.T).view(count, -1, 3, 3)


@compiled(MAP, FLAT, MAP)
def interleave(phases, bias, y):
    """Adds phases (B, H + 1, W + 1, 4C) to a map (B, 2H, 2W, C), each where it belongs, and the bias."""
    batch, height, width, channels = y.shape
    for n in range(batch):
        for i in range(height):
            for j in range(width):
                p, q = (i + 1) // 2, (j + 1) // 2
                first = (2 * ((i + 1) % 2) + (j + 1) % 2) * channels
                here, there = phases[n, p, q, first : first + channels], y[n, i, j]
                for c in range(channels):
                    there[c] += here[c] + bias[c]


@compiled(FLAT, N, FLAT, N, N, N, N)
def separate(g, width, phases, batch, height, row, channels):
    """A gradient of such a map (B, H, W, C), flat with the width of a pixel -> as phases, none outside."""
    to = np.uintp(0)
    for n in range(batch):
        for p in range(height // TWO + ONE):
            for q in range(row // TWO + ONE):
                for phase in range(TWO * TWO):
                    # of an index that would be negative, one more is zero
                    i, j = TWO * p + phase // TWO, TWO * q + phase % TWO
                    if i < ONE or j < ONE or i > height or j > row:
                        for c in range(channels):
                            phases[to + c] = ZERO
                    else:
                        start = ((n * height + i - ONE) * row + j - ONE) * width
                        for c in range(channels):
                            phases[to + c] = g[start + c]
                    to += channels


class Doubled(torch.autograd.Function):
    """The convolution of a doubled map, beside another of full size or without."""

    @staticmethod
    def forward(ctx: Any, small: Tensor, other: Tensor | None, filters: Tensor, bias: Tensor) -> Tensor:
        """(B, C, H, W) and (B, D, 2H, 2W), channels last -> (B, F, 2H, 2W). The filters are (F, C + D, 3, 3)."""
        batch, channels, height, width = small.shape
        taps, rest = split_filters(filters[:, :channels], OF_DOUBLED), None
        taps = taps.contiguous(memory_format=torch.channels_last)
        phases = functional.conv2d(small, taps, padding=1)
        if other is None:
            y = torch.zeros((batch, len(filters), 2 * height, 2 * width)).contiguous(memory_format=torch.channels_last)
        else:
            rest = filters[:, channels:].contiguous(memory_format=torch.channels_last)
            y = functional.conv2d(other, rest, padding=1)
        interleave(move_channels_last(phases), bias.detach().numpy(), move_channels_last(y))
        ctx.save_for_backward(small, other, taps, rest)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of both maps, the filters and the bias."""
        small, other, taps, rest = ctx.saved_tensors
        (gradient,) = gradients
        batch, _, height, width = small.shape
        phases = torch.empty((batch, len(taps), height + 1, width + 1), memory_format=torch.channels_last)
        flat = move_channels_last(phases).reshape(-1)
        separate(*flatten_pixels(gradient), flat, batch, 2 * height, 2 * width, len(taps) // 4)
        d_small, d_taps = convolve_back(phases, small, taps)
        d_filters, d_other = join_filters(d_taps, OF_DOUBLED), None
        if other is not None:
            d_other, d_rest = convolve_back(gradient, other, rest)
            d_filters = torch.cat([d_filters, d_rest], dim=1)
        return d_small, d_other, d_filters, gradient.sum(dim=(0, 2, 3)) if ctx.needs_input_grad[3] else None


def convolve_back(
    gradient: Tensor, x: Tensor, filters: Tensor, wants_input: bool = True, wants_filters: bool = True
) -> tuple[Tensor, Tensor]:
    """The gradients of a padded convolution's input and filters."""
    d_x, d_filters, _ = torch.ops.aten.convolution_backward(
        gradient, x, filters, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, [wants_input, wants_filters, False]
    )
    return d_x, d_filters
