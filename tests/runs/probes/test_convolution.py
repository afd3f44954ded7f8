from __future__ import annotations

import numpy as np
import torch
from scipy.signal import convolve2d, correlate2d

from runs.probes.convolution import convolve, correlate, find_distance


def by_scipy(x: torch.Tensor, kernel: torch.Tensor, flip: bool) -> np.ndarray:
    """(B, C, H, W), (F, C, k, k) -> (B, F, H, W), summed over the channels."""
    slide = convolve2d if flip else correlate2d

    def one(picture: torch.Tensor, weights: torch.Tensor) -> np.ndarray:
        return sum(slide(plane, square, mode="same") for plane, square in zip(picture, weights, strict=True))

    return np.array([[one(picture, weights) for weights in kernel] for picture in x])


def test_cross_correlation_is_that_of_scipy_and_flipped_it_is_convolution() -> None:
    generator = torch.Generator().manual_seed(1)
    x, kernel = torch.randn(2, 3, 7, 6, generator=generator), torch.randn(2, 3, 3, 3, generator=generator)
    np.testing.assert_allclose(correlate(x, kernel).numpy(), by_scipy(x, kernel, flip=False), rtol=1e-5, atol=1e-5)
    flipped = correlate(x, kernel.flip(2, 3)).numpy()
    np.testing.assert_allclose(flipped, by_scipy(x, kernel, flip=True), rtol=1e-5, atol=1e-5)


def test_distance_is_the_largest_difference_over_the_largest_value() -> None:
    assert find_distance(torch.tensor([1.0, -6.0]), torch.tensor([1.5, -4.0])) == 0.5


def test_conv2d_is_linear_and_lays_its_kernel_as_it_is() -> None:
    found = convolve()
    assert {name: array.shape for name, array in found.items()} == dict.fromkeys(
        ("conv_linear_error", "conv_flip_error", "conv_flipped_difference"), (1,)
    )
    assert found["conv_linear_error"] < 1e-5
    assert found["conv_flip_error"] < 1e-5
    assert found["conv_flipped_difference"] > 0.1
