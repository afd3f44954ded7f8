"""Batch normalisation, the ReLU, and the pooling or upsampling beside it, each way in as few passes as it takes.

Compiled for the processor at hand when first imported, which takes some seconds. Maps are (B, H, W, C) float32: a
tensor's own memory where channels lie last. Gradients may be slices of wider maps: they come flat, with the width of a
pixel. Everything is summed in torch's order, and a product and the sum that it goes into are rounded once where torch
does so: with AVX2 or AVX-512, and channels a multiple of eight, every bit is torch's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types

F, D, N = types.float32, types.float64, types.uintp
MAP, BYTES, FLAT = F[:, :, :, ::1], types.uint8[:, :, :, ::1], F[::1]

#: Numbers as indices are counted: without a sign, for an index that may be negative is looked at twice.
ONE, TWO = np.uintp(1), np.uintp(2)
#: No gradient, no value.
ZERO = np.float32(0)
#: Where a pooled value came from: which of its square, row by row, or none, for the ReLU let nothing through.
FIRST, SECOND, THIRD, FOURTH, NOWHERE = map(np.uint8, range(5))


def compiled(*arguments: Any, fuse: bool = True) -> Any:
    """Compiles a function for such arguments. With ``fuse`` a product and the sum it goes into are rounded once."""
    return njit(types.void(*arguments), fastmath={"contract"} if fuse else False, error_model="numpy")


@njit(inline="always")
def size(x):
    """The shape of a map, as indices are counted."""
    return np.uintp(x.shape[0]), np.uintp(x.shape[1]), np.uintp(x.shape[2]), np.uintp(x.shape[3])


@compiled(MAP, FLAT, FLAT)
def moments(x, mean, squares):
    """The mean of each channel, and the sum of squares about it: both (C,)."""
    batch, height, width, channels = size(x)
    mean[:] = 0
    squares[:] = 0
    for n in range(batch):
        for i in range(height):
            for j in range(width):
                for c in range(channels):
                    mean[c] += x[n, i, j, c]
    for c in range(channels):
        mean[c] = np.float64(mean[c]) / np.float64(batch * height * width)
    for n in range(batch):
        for i in range(height):
            for j in range(width):
                for c in range(channels):
                    away = x[n, i, j, c] - mean[c]
                    squares[c] += away * away


@compiled(FLAT, FLAT, F, F, D, FLAT, FLAT, FLAT, fuse=False)
def settle(mean, squares, count, momentum, eps, running_mean, running_var, inverse):
    """One over the standard deviation of each channel, and the running statistics brought up to date."""
    rest = np.float32(1) - momentum
    for c in range(len(mean)):
        inverse[c] = 1 / np.sqrt(np.float64(squares[c] / count) + eps)
        running_mean[c] = momentum * mean[c] + rest * running_mean[c]
        unbiased = np.float64(squares[c] / (count - np.float32(1)))
        running_var[c] = np.float64(momentum) * unbiased + np.float64(rest * running_var[c])


@compiled(FLAT, FLAT, FLAT, FLAT, FLAT, FLAT)
def line(weight, bias, mean, inverse, slope, offset):
    """Batch normalisation of each channel as slope and offset."""
    for c in range(len(mean)):
        slope[c] = inverse[c] * weight[c]
        offset[c] = bias[c] - mean[c] * slope[c]


@compiled(MAP, FLAT, FLAT, MAP)
def relu_up(x, slope, offset, y):
    """Normalised, the ReLU, then every value four times, in a square."""
    batch, height, width, channels = size(x)
    for n in range(batch):
        for i in range(height):
            for j in range(width):
                above, left = TWO * i, TWO * j
                for c in range(channels):
                    value = x[n, i, j, c] * slope[c] + offset[c]
                    value = ZERO if value <= ZERO else value
                    y[n, above, left, c] = value
                    y[n, above, left + ONE, c] = value
                    y[n, above + ONE, left, c] = value
                    y[n, above + ONE, left + ONE, c] = value


@compiled(MAP, FLAT, FLAT, MAP, BYTES)
def relu_pool(x, slope, offset, y, origin):
    """Normalised, the ReLU and the largest of each square, in either order; the first of equals, as torch takes it.

    A value that is no number counts as the largest, so that a run that diverges does so here too.
    """
    batch, height, width, channels = size(y)
    for n in range(batch):
        for i in range(height):
            for j in range(width):
                above, left = TWO * i, TWO * j
                for c in range(channels):
                    largest, where = x[n, above, left, c] * slope[c] + offset[c], FIRST
                    value = x[n, above, left + ONE, c] * slope[c] + offset[c]
                    if value > largest or value != value:
                        largest, where = value, SECOND
                    value = x[n, above + ONE, left, c] * slope[c] + offset[c]
                    if value > largest or value != value:
                        largest, where = value, THIRD
                    value = x[n, above + ONE, left + ONE, c] * slope[c] + offset[c]
                    if value > largest or value != value:
                        largest, where = value, FOURTH
                    if largest <= ZERO:
                        largest, where = ZERO, NOWHERE
                    y[n, i, j, c] = largest
                    origin[n, i, j, c] = where


@njit(inline="always")
def through_up(g, width, x, slope, offset, origin, n, i, j, c):
    """The gradient of a value that was written four times: the sum of four, row by row, if the ReLU let it through."""
    _, height, row, _ = size(x)
    above = ((n * height + i) * TWO * TWO * row + TWO * j) * width + c
    below = above + TWO * row * width
    total = g[above] + g[above + width] + g[below] + g[below + width]
    return ZERO if x[n, i, j, c] * slope[c] + offset[c] <= ZERO else total


@njit(inline="always")
def through_pool(g, width, x, slope, offset, origin, n, i, j, c):
    """The gradient of a value that was the largest of its square, else none."""
    _, height, row, _ = size(origin)
    value = g[((n * height + i // TWO) * row + j // TWO) * width + c]
    here = np.uint8(TWO * (i % TWO) + j % TWO)
    return value if origin[n, i // TWO, j // TWO, c] == here else ZERO


def gradients(through: Any) -> tuple[Any, Any]:
    """How gradients come back through what follows the normalisation -> the two passes back through both."""
    where = (FLAT, N, MAP, FLAT, FLAT, BYTES)

    @compiled(*where, FLAT, FLAT, FLAT)
    def sums(g, width, x, slope, offset, origin, mean, total, product):
        """Of each channel: the sum of the gradients, and of their products with what is above the mean."""
        batch, height, row, channels = size(x)
        total[:] = 0
        product[:] = 0
        for n in range(batch):
            for i in range(height):
                for j in range(row):
                    for c in range(channels):
                        y = through(g, width, x, slope, offset, origin, n, i, j, c)
                        total[c] += y
                        product[c] += (x[n, i, j, c] - mean[c]) * y

    @compiled(*where, FLAT, FLAT, FLAT, FLAT, FLAT, MAP)
    def inputs(g, width, x, slope, offset, origin, mean, share, tilt, inverse, weight, dx):
        """The gradient of the input."""
        batch, height, row, channels = size(x)
        for n in range(batch):
            for i in range(height):
                for j in range(row):
                    for c in range(channels):
                        y = through(g, width, x, slope, offset, origin, n, i, j, c)
                        along = (x[n, i, j, c] - mean[c]) * tilt[c]
                        dx[n, i, j, c] = (y - share[c] - along) * inverse[c] * weight[c]

    return sums, inputs


UP_BACK = gradients(through_up)
POOL_BACK = gradients(through_pool)
