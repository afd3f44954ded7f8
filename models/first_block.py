"""The first block from its input alone: convolution, batch normalisation, ReLU and pooling, without the map between.

A convolution of one grey channel is nine products, quicker done again than written and read. The statistics of its
output follow from those of the input's 3×3 patches: the mean of a channel is its weights times the mean patch, the
variance its weights about the patches' covariance. So do the gradients: each is linear in the patches.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numba import njit
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

from models.kernels import (
    BYTES,
    DOUBLES,
    FIRST,
    FLAT,
    FOURTH,
    MAP,
    NOWHERE,
    SECOND,
    THIRD,
    ZERO,
    D,
    N,
    compiled,
    settle,
)
from models.passes import flatten_pixels, move_channels_last

#: Taps of a filter, and filters that are taken at once.
TAPS, LANES = 9, 16


@compiled(MAP, DOUBLES, D[:, ::1], relaxed=("contract", "reassoc"))
def measure_patches(padded, total, products):
    """Sums over all patches of a padded input (B, C, H + 2, W + 2): of each value, and of each two: (9C,), (9C, 9C)."""
    batch, channels, high, wide = padded.shape
    height, width, patch = high - 2, wide - 2, channels * TAPS
    total[:] = 0
    products[:] = 0
    picture = np.empty((channels, high, wide), np.float64)
    for n in range(batch):
        picture[:] = padded[n]
        for k in range(patch):
            a, top, left = k // TAPS, k % TAPS // 3, k % 3
            for i in range(height):
                here = picture[a, top + i]
                value = 0.0
                for j in range(width):
                    value += here[left + j]
                total[k] += value
            for m in range(k + 1):
                b, above, beside = m // TAPS, m % TAPS // 3, m % 3
                for i in range(height):
                    here, there = picture[a, top + i], picture[b, above + i]
                    value = 0.0
                    for j in range(width):
                        value += here[left + j] * there[beside + j]
                    products[k, m] += value
    for k in range(patch):
        for m in range(k):
            products[m, k] = products[k, m]


@njit(inline="always")
def read_row(padded, n, a, i, j):
    """Four values of a row: the four rows that follow each other make up the four patches of one pooled value."""
    row = padded[n, a, i]
    return row[j], row[j + 1], row[j + 2], row[j + 3]


@njit(inline="always")
def convolve(w, at, a, b, d, e, f, g, h, i, j):
    """A patch, row by row, times the filter of a channel, whose nine taps lie a block apart."""
    above = a * w[at] + b * w[at + LANES] + d * w[at + 2 * LANES]
    beside = e * w[at + 3 * LANES] + f * w[at + 4 * LANES] + g * w[at + 5 * LANES]
    return above + beside + (h * w[at + 6 * LANES] + i * w[at + 7 * LANES] + j * w[at + 8 * LANES])


@compiled(MAP, FLAT, FLAT, MAP, BYTES)
def convolve_pool(padded, weight, offset, y, origin):
    """Convolved by filters that hold the normalisation, the ReLU and the largest of each square.

    Filters lie as (F / lanes, C, 9, lanes), so that the compiler knows how far apart they are.
    """
    batch, height, width, filters = y.shape
    inputs = padded.shape[1]
    four = np.empty(4 * LANES, np.float32)
    for n in range(batch):
        for i in range(height):
            for j in range(width):
                for block in range(filters // LANES):
                    first = block * LANES
                    for c in range(LANES):
                        value = offset[first + c]
                        four[c] = four[c + LANES] = four[c + 2 * LANES] = four[c + 3 * LANES] = value
                    for a in range(inputs):
                        p0, p1, p2, p3 = read_row(padded, n, a, 2 * i, 2 * j)
                        q0, q1, q2, q3 = read_row(padded, n, a, 2 * i + 1, 2 * j)
                        r0, r1, r2, r3 = read_row(padded, n, a, 2 * i + 2, 2 * j)
                        s0, s1, s2, s3 = read_row(padded, n, a, 2 * i + 3, 2 * j)
                        w = weight[(block * inputs + a) * TAPS * LANES :]
                        for c in range(LANES):
                            four[c] += convolve(w, c, p0, p1, p2, q0, q1, q2, r0, r1, r2)
                            four[c + LANES] += convolve(w, c, p1, p2, p3, q1, q2, q3, r1, r2, r3)
                            four[c + 2 * LANES] += convolve(w, c, q0, q1, q2, r0, r1, r2, s0, s1, s2)
                            four[c + 3 * LANES] += convolve(w, c, q1, q2, q3, r1, r2, r3, s1, s2, s3)
                    result, source = y[n, i, j, first:], origin[n, i, j, first:]
                    for c in range(LANES):
                        largest, where = four[c], FIRST
                        value = four[c + LANES]
                        if value > largest or value != value:
                            largest, where = value, SECOND
                        value = four[c + 2 * LANES]
                        if value > largest or value != value:
                            largest, where = value, THIRD
                        value = four[c + 3 * LANES]
                        if value > largest or value != value:
                            largest, where = value, FOURTH
                        if largest <= ZERO:
                            largest, where = ZERO, NOWHERE
                        result[c] = largest
                        source[c] = where


@compiled(FLAT, N, MAP, BYTES, DOUBLES, DOUBLES)
def gather_gradients(g, width, padded, origin, total, products):
    """Sums of the gradients that pooling and the ReLU let through, and of their products with the patches, laid out as
    the filters are.
    """
    batch, height, row, filters = origin.shape
    inputs = padded.shape[1]
    total[:] = 0
    products[:] = 0
    own, along = np.empty(filters, np.float32), np.empty(len(products), np.float32)
    four = np.empty(4 * LANES, np.float32)
    for n in range(batch):
        own[:] = 0
        along[:] = 0
        for i in range(height):
            for j in range(row):
                start = ((np.uintp(n) * np.uintp(height) + np.uintp(i)) * np.uintp(row) + np.uintp(j)) * width
                for block in range(filters // LANES):
                    first = block * LANES
                    here, where, sums = g[start + np.uintp(first) :], origin[n, i, j, first:], own[first:]
                    for c in range(LANES):
                        v, o = here[c], where[c]
                        four[c] = v if o == FIRST else ZERO
                        four[c + LANES] = v if o == SECOND else ZERO
                        four[c + 2 * LANES] = v if o == THIRD else ZERO
                        four[c + 3 * LANES] = v if o == FOURTH else ZERO
                        sums[c] += ZERO if o == NOWHERE else v
                    for a in range(inputs):
                        p0, p1, p2, p3 = read_row(padded, n, a, 2 * i, 2 * j)
                        q0, q1, q2, q3 = read_row(padded, n, a, 2 * i + 1, 2 * j)
                        r0, r1, r2, r3 = read_row(padded, n, a, 2 * i + 2, 2 * j)
                        s0, s1, s2, s3 = read_row(padded, n, a, 2 * i + 3, 2 * j)
                        w = along[(block * inputs + a) * TAPS * LANES :]
                        for c in range(LANES):
                            one, two = four[c], four[c + LANES]
                            three, last = four[c + 2 * LANES], four[c + 3 * LANES]
                            w[c] += p0 * one + p1 * two + q0 * three + q1 * last
                            w[c + LANES] += p1 * one + p2 * two + q1 * three + q2 * last
                            w[c + 2 * LANES] += p2 * one + p3 * two + q2 * three + q3 * last
                            w[c + 3 * LANES] += q0 * one + q1 * two + r0 * three + r1 * last
                            w[c + 4 * LANES] += q1 * one + q2 * two + r1 * three + r2 * last
                            w[c + 5 * LANES] += q2 * one + q3 * two + r2 * three + r3 * last
                            w[c + 6 * LANES] += r0 * one + r1 * two + s0 * three + s1 * last
                            w[c + 7 * LANES] += r1 * one + r2 * two + s1 * three + s2 * last
                            w[c + 8 * LANES] += r2 * one + r3 * two + s2 * three + s3 * last
        for c in range(filters):
            total[c] += own[c]
        for c in range(len(products)):
            products[c] += along[c]


class FirstBlock(torch.autograd.Function):
    """Convolution, normalisation, ReLU and pooling of an input that asks for no gradient."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, filters: Tensor, shift: Tensor, weight: Tensor, bias: Tensor, norm: nn.BatchNorm2d
    ) -> Tensor:
        """(B, C, H, W) -> (B, F, H / 2, W / 2), channels last. ``shift`` is the bias of the convolution."""
        batch, inputs, height, width = x.shape
        count, patch = batch * height * width, inputs * TAPS
        padded = functional.pad(x, (1, 1, 1, 1)).contiguous().numpy()
        total, products = np.empty(patch), np.empty((patch, patch))
        measure_patches(padded, total, products)
        middle = total / count
        spread = products - np.outer(total, middle)
        taps = filters.detach().reshape(len(filters), patch).double().numpy()  # (F, 9C)
        along = taps @ spread  # (F, 9C): how each output goes with each value of a patch
        mean, squares = taps @ middle, (along * taps).sum(axis=1)
        line = np.empty((4, len(filters)), np.float32)
        running = [buffer.numpy() for buffer in (norm.running_mean, norm.running_var) if buffer is not None]
        scales = weight.detach().numpy(), bias.detach().numpy()
        settle(mean + shift.detach().numpy(), squares, count, 1, norm.momentum, norm.eps, *scales, *running, line)
        inverse = 1 / np.sqrt(squares / count + norm.eps)
        slope = inverse * scales[0]
        folded = (slope[:, None] * taps).reshape(-1, LANES, inputs, TAPS).transpose(0, 2, 3, 1).astype(np.float32)
        y = torch.empty((batch, len(filters), height // 2, width // 2), memory_format=torch.channels_last)
        origin = np.empty((batch, height // 2, width // 2, len(filters)), np.uint8)
        convolve_pool(
            padded, folded.ravel(), (scales[1] - mean * slope).astype(np.float32), move_channels_last(y), origin
        )
        ctx.kept = padded, taps, middle, along, inverse, slope, origin, count
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of the filters, the bias of the convolution, the weight and the bias of the normalisation."""
        padded, taps, middle, along, inverse, slope, origin, count = ctx.kept
        filters, patch = taps.shape
        total, products = np.empty(filters), np.empty(filters * patch)
        gather_gradients(*flatten_pixels(gradients[0]), padded, origin, total, products)
        products = products.reshape(-1, patch, LANES).transpose(0, 2, 1).reshape(filters, patch)
        gathered = products - np.outer(total, middle)
        tilt = (gathered * taps).sum(axis=1) * inverse  # the gradient of the normalisation's weight
        by_filter = slope[:, None] * (gathered - along * (tilt * inverse / count)[:, None])
        single = [torch.from_numpy(array.astype(np.float32)) for array in (by_filter, tilt, total)]
        shape = (filters, patch // TAPS, 3, 3)
        # whatever is added to all values of a channel is taken away with their mean
        return None, single[0].view(shape), torch.zeros(filters), *single[1:], None
