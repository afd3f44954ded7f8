"""What conv2d does to random tensors: whether it is linear, and in which direction its kernel is applied."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

#: (B, C, H, W) of the pictures and (F, C, k, k) of the kernel.
PICTURES, KERNEL = (2, 3, 11, 9), (4, 3, 3, 3)


def convolve() -> dict[str, np.ndarray]:
    """Distances of conv2d (no bias, padded, single precision), each the largest difference over its largest output.

    Arrays, (1,) float64 each:
        conv_linear_error: from linearity, conv(a·x + b·y) against a·conv(x) + b·conv(y).
        conv_flip_error: from cross-correlation, the sum of products with the kernel as it is.
        conv_flipped_difference: from convolution proper, the same with the kernel turned round on both axes.
    """
    generator = torch.Generator().manual_seed(0)
    x, y = (torch.randn(PICTURES, generator=generator) for _ in range(2))
    kernel = torch.randn(KERNEL, generator=generator)
    padding = KERNEL[-1] // 2
    made = functional.conv2d(x, kernel, padding=padding)
    together = functional.conv2d(2.5 * x - 0.75 * y, kernel, padding=padding)
    apart = 2.5 * made - 0.75 * functional.conv2d(y, kernel, padding=padding)
    found = {
        "conv_linear_error": find_distance(together, apart),
        "conv_flip_error": find_distance(made, correlate(x, kernel)),
        "conv_flipped_difference": find_distance(made, correlate(x, kernel.flip(2, 3))),
    }
    return {name: np.array([number]) for name, number in found.items()}


def correlate(x: Tensor, kernel: Tensor) -> Tensor:
    """Cross-correlation by its definition, in double precision: (B, C, H, W), (F, C, k, k) -> (B, F, H, W)."""
    side, (height, width) = kernel.shape[-1], x.shape[-2:]
    wide = functional.pad(x.double(), [side // 2] * 4)
    total = torch.zeros(len(x), len(kernel), height, width, dtype=torch.float64)
    for i in range(side):
        for j in range(side):
            window = wide[:, :, i : i + height, j : j + width]
            total += torch.einsum("bchw,fc->bfhw", window, kernel[:, :, i, j].double())
    return total


def find_distance(one: Tensor, other: Tensor) -> float:
    """The largest difference of two tensors, as a share of the largest value of the second."""
    return float((one.double() - other.double()).abs().max() / other.abs().max())
