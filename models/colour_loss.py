"""The last convolution and the cross-entropy of what it gives, with their gradients, a few pictures at a time.

The last map is the widest of a network, and nothing but the loss reads it: it is made as phases (see
:mod:`models.doubled`), turned into its own gradient where it lies, and carried back before the next pictures come.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numba import njit, types
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional

from models.doubled import OF_DOUBLED, OF_SQUARES, convolve_back, join_filters, split_filters
from models.kernels import DOUBLES, FLAT, MAP, D, F, compiled
from models.passes import move_channels_last

#: Pictures that are taken at once, so that a batch of 200 needs no more memory than one of 100.
PICTURES = 100

ONE, HALF = np.float32(1), np.float32(0.5)
#: Below it an exponential is as good as none, and above it one that float32 holds.
LOWEST = np.float32(-87)
BY_LN2 = np.float32(1.4426950408889634)
#: The logarithm of 2 in two parts, the first so short that its multiples are exact (Cody & Waite 1980).
LN2_HIGH, LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
#: The exponential beyond its linear part, between plus and minus half the logarithm of 2: Cephes' expf (Moshier).
C5, C4, C3, C2, C1, C0 = map(
    np.float32,
    (1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1),
)
#: Where the exponent of a float32 lies, and what is added to it.
MANTISSA, EXCESS = np.int32(23), np.int32(127)
#: A product of sums above it is taken into the logarithm before it overflows.
LARGE = 1e200


@njit(inline="always")
def exponentiate(x):
    """Powers of e, for x up to 0, to one unit in the last place. What is no number stays none."""
    x = LOWEST if x < LOWEST else x
    twos = np.floor(x * BY_LN2 + HALF)
    rest = x - twos * LN2_HIGH - twos * LN2_LOW
    curve = ((((C5 * rest + C4) * rest + C3) * rest + C2) * rest + C1) * rest + C0
    power = np.int32((np.int32(twos) + EXCESS) << MANTISSA)
    return (curve * rest * rest + rest + ONE) * power.view(np.float32)


@compiled(MAP, FLAT, types.uint8[:, :, ::1], F, DOUBLES, returns=D, relaxed=("contract", "reassoc", "nsz", "arcp"))
def cross_entropy(phases, bias, classes, scale, by_bias):
    """Outputs as phases (B, H + 1, W + 1, 4C), without their bias -> in place their gradients, times ``scale``.

    Returns the sum of the losses of all pixels, and adds the gradient of the bias to what ``by_bias`` holds.
    """
    batch, high, wide, four = phases.shape
    channels, height, width = four // 4, 2 * (high - 1), 2 * (wide - 1)
    biases, own = np.empty(four, np.float32), np.empty(four, np.float32)
    for c in range(four):
        biases[c] = bias[c % channels]
    total = 0.0
    for n in range(batch):
        own[:] = 0
        away = np.float32(0)
        for p in range(high):
            row = phases[n, p]
            for q in range(wide):
                values = row[q]
                for c in range(four):
                    values[c] += biases[c]
                for phase in range(4):
                    i, j = 2 * p - 1 + phase // 2, 2 * q - 1 + phase % 2
                    pixel = values[phase * channels : (phase + 1) * channels]
                    largest = pixel[0]
                    for c in range(channels):
                        largest = max(largest, pixel[c])
                    if i >= 0 and j >= 0 and i < height and j < width:
                        away += largest - pixel[classes[n, i, j]]
                    for c in range(channels):
                        pixel[c] -= largest
            flat = row.reshape(wide * four)
            for c in range(wide * four):
                flat[c] = exponentiate(flat[c])
            product = 1.0
            for q in range(wide):
                values = row[q]
                for phase in range(4):
                    i, j = 2 * p - 1 + phase // 2, 2 * q - 1 + phase % 2
                    pixel = values[phase * channels : (phase + 1) * channels]
                    if i < 0 or j < 0 or i >= height or j >= width:
                        pixel[:] = 0
                        continue
                    whole = np.float32(0)
                    for c in range(channels):
                        whole += pixel[c]
                    product *= np.float64(whole)
                    share = scale / whole
                    for c in range(channels):
                        pixel[c] *= share
                    pixel[classes[n, i, j]] -= scale
                if product > LARGE:
                    total += np.log(product)
                    product = 1.0
                for c in range(four):
                    own[c] += values[c]
            total += np.log(product)
        total += np.float64(away)
        for c in range(four):
            by_bias[c % channels] += own[c]
    return total


class ColourLoss(torch.autograd.Function):
    """The mean loss over the pixels of all pictures: its gradients are there as soon as it is."""

    @staticmethod
    def forward(
        ctx: Any, small: Tensor, other: Tensor | None, filters: Tensor, bias: Tensor, classes: Tensor
    ) -> Tensor:
        """Maps (B, C, H, W), channels last, and (B, D, 2H, 2W), filters (F, C + D, 3, 3), classes (B, 2H, 2W)."""
        batch, channels = small.shape[:2]
        doubled, wide = split_filters(filters[:, :channels], OF_DOUBLED), small
        taps = doubled
        if other is not None:
            taps = torch.cat([doubled, split_filters(filters[:, channels:], OF_SQUARES)], dim=1)
            wide = torch.cat([small, functional.pixel_unshuffle(other, 2)], dim=1)
        doubled, taps, wide = (t.contiguous(memory_format=torch.channels_last) for t in (doubled, taps, wide))
        total, scale, by_bias = 0.0, np.float32(1 / classes.numel()), np.zeros(len(filters))
        by_small, by_taps = torch.empty_like(small), torch.zeros_like(taps)
        labels = classes.numpy()
        for start in range(0, batch, PICTURES):
            part = slice(start, start + PICTURES)
            phases = functional.conv2d(wide[part], taps, padding=1)
            total += cross_entropy(move_channels_last(phases), bias.detach().numpy(), labels[part], scale, by_bias)
            if other is None:
                by_small[part], d_taps = convolve_back(phases, wide[part], taps)
            else:
                _, d_taps = convolve_back(phases, wide[part], taps, wants_input=False)
                by_small[part], _ = convolve_back(phases, small[part], doubled, wants_filters=False)
            by_taps += d_taps
        by_filters = join_filters(by_taps[:, :channels], OF_DOUBLED)
        if other is not None:
            by_filters = torch.cat([by_filters, join_filters(by_taps[:, channels:], OF_SQUARES)], dim=1)
        ctx.kept = by_small, by_filters, torch.from_numpy(by_bias.astype(np.float32))
        return torch.tensor(total / classes.numel(), dtype=torch.float32)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of the small map, the filters and the bias; the other map asks for none."""
        by_small, by_filters, by_bias = ctx.kept
        (scale,) = gradients
        if float(scale) != 1:
            by_small, by_filters, by_bias = (tensor * scale for tensor in ctx.kept)
        return by_small, None, by_filters, by_bias, None
