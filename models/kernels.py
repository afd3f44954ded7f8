"""Batch normalisation, the ReLU, and the pooling beside it, each way in as few passes as it takes.

Compiled for the processor at hand when first imported, which takes some seconds, and kept. Maps are (B, H, W, C)
float32: a tensor's own memory where channels lie last. Gradients may be slices of wider maps: they come flat, with the
width of a pixel. What is summed over pixels is summed picture by picture, and over pictures in double precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
from numba import njit, types

from models.compiled_cache import find_folder

F, D, N = types.float32, types.float64, types.uintp
MAP, BYTES, FLAT, DOUBLES = F[:, :, :, ::1], types.uint8[:, :, :, ::1], F[::1], D[::1]
#: What :func:`settle` makes of each channel: the mean, one over the standard deviation, and batch normalisation as
#: slope and offset: (4, C).
LINE = F[:, ::1]

#: Numbers as indices are counted: without a sign, for an index that may be negative is looked at twice.
ONE, TWO = np.uintp(1), np.uintp(2)
#: No gradient, no value.
ZERO = np.float32(0)
#: Where a pooled value came from: which of its square, row by row, or none, for the ReLU let nothing through.
FIRST, SECOND, THIRD, FOURTH, NOWHERE = map(np.uint8, range(5))


if (folder := find_folder()) is not None:
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]


def compiled(*arguments: Any, returns: Any = types.void, relaxed: Sequence[str] = ("contract",)) -> Any:
    """Compiles a function for such arguments. ``relaxed`` says what of arithmetic may be done in another order."""
    kept = folder is not None
    return njit(returns(*arguments), fastmath=set(relaxed), error_model="numpy", cache=kept)


@njit(inline="always")
def size(x):
    """The shape of a map, as indices are counted."""
    return np.uintp(x.shape[0]), np.uintp(x.shape[1]), np.uintp(x.shape[2]), np.uintp(x.shape[3])


@compiled(MAP, DOUBLES, DOUBLES)
def moments(x, mean, squares):
    """The mean of each channel, and the sum of squares about it: both (C,).

    Each picture's own are taken while it lies in the nearest cache, then brought together (Chan, Golub & LeVeque 1983).
    """
    batch, height, width, channels = size(x)
    pixels = np.float32(height * width)
    mean[:] = 0
    squares[:] = 0
    own, about = np.empty(channels, np.float32), np.empty(channels, np.float32)
    for n in range(batch):
        own[:] = 0
        about[:] = 0
        for i in range(height):
            for j in range(width):
                for c in range(channels):
                    own[c] += x[n, i, j, c]
        for c in range(channels):
            own[c] /= pixels
        for i in range(height):
            for j in range(width):
                for c in range(channels):
                    away = x[n, i, j, c] - own[c]
                    about[c] += away * away
        before = np.float64(n)
        for c in range(channels):
            apart = np.float64(own[c]) - mean[c]
            mean[c] += apart / (before + 1)
            squares[c] += about[c] + apart * apart * np.float64(pixels) * before / (before + 1)


@compiled(DOUBLES, DOUBLES, D, D, D, D, FLAT, FLAT, FLAT, FLAT, LINE)
def settle(mean, squares, count, times, momentum, eps, weight, bias, running_mean, running_var, line):
    """Batch normalisation of each channel as a line, and the running statistics brought up to date.

    ``count`` values were seen of each; the running variance takes each for so many as ``times`` says.
    """
    for c in range(len(mean)):
        inverse = 1 / np.sqrt(squares[c] / count + eps)
        slope = inverse * weight[c]
        line[0, c], line[1, c], line[2, c], line[3, c] = mean[c], inverse, slope, bias[c] - mean[c] * slope
        unbiased = squares[c] * times / (count * times - 1)
        running_mean[c] += momentum * (mean[c] - running_mean[c])
        running_var[c] += momentum * (unbiased - running_var[c])


@compiled(MAP, LINE, MAP)
def relu(x, line, y):
    """Normalised, then the ReLU."""
    batch, height, width, channels = size(x)
    slope, offset = line[2], line[3]
    for n in range(batch):
        for i in range(height):
            for j in range(width):
                for c in range(channels):
                    value = x[n, i, j, c] * slope[c] + offset[c]
                    y[n, i, j, c] = ZERO if value <= ZERO else value


@compiled(MAP, LINE, MAP, BYTES)
def relu_pool(x, line, y, origin):
    """Normalised, the ReLU and the largest of each square, in either order; the first of equals, as torch takes it.

    A value that is no number counts as the largest, so that a run that diverges does so here too.
    """
    batch, height, width, channels = size(y)
    slope, offset = line[2], line[3]
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
def through_relu(g, width, x, slope, offset, origin, n, i, j, c):
    """The gradient of a value, if the ReLU let it through."""
    _, height, row, _ = size(x)
    value = g[((n * height + i) * row + j) * width + c]
    return ZERO if x[n, i, j, c] * slope[c] + offset[c] <= ZERO else value


@njit(inline="always")
def through_pool(g, width, x, slope, offset, origin, n, i, j, c):
    """The gradient of a value that was the largest of its square, else none."""
    _, height, row, _ = size(origin)
    value = g[((n * height + i // TWO) * row + j // TWO) * width + c]
    here = np.uint8(TWO * (i % TWO) + j % TWO)
    return value if origin[n, i // TWO, j // TWO, c] == here else ZERO


def gradients(through: Any) -> tuple[Any, Any]:
    """How gradients come back through what follows the normalisation -> the two passes back through both."""
    where = (FLAT, N, MAP, LINE, BYTES)

    @compiled(*where, DOUBLES, DOUBLES)
    def sums(g, width, x, line, origin, total, product):
        """Of each channel: the sum of the gradients, and of their products with what is above the mean."""
        batch, height, row, channels = size(x)
        mean, slope, offset = line[0], line[2], line[3]
        total[:] = 0
        product[:] = 0
        own, along = np.empty(channels, np.float32), np.empty(channels, np.float32)
        for n in range(batch):
            own[:] = 0
            along[:] = 0
            for i in range(height):
                for j in range(row):
                    for c in range(channels):
                        y = through(g, width, x, slope, offset, origin, n, i, j, c)
                        own[c] += y
                        along[c] += (x[n, i, j, c] - mean[c]) * y
            for c in range(channels):
                total[c] += own[c]
                product[c] += along[c]

    @compiled(*where, FLAT, FLAT, MAP)
    def inputs(g, width, x, line, origin, share, tilt, dx):
        """The gradient of the input."""
        batch, height, row, channels = size(x)
        mean, slope, offset = line[0], line[2], line[3]
        for n in range(batch):
            for i in range(height):
                for j in range(row):
                    for c in range(channels):
                        y = through(g, width, x, slope, offset, origin, n, i, j, c)
                        dx[n, i, j, c] = (y - share[c] - (x[n, i, j, c] - mean[c]) * tilt[c]) * slope[c]

    return sums, inputs


RELU_BACK = gradients(through_relu)
POOL_BACK = gradients(through_pool)
