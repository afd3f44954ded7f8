"""Colours under another picture's lightness."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.color import rgb2lab

from runs.colourize import MOST_PIXELS, grey_input, small_input, with_lightness
from runs.errors import UsageError


def test_lightness_is_the_pictures_and_the_hue_the_networks() -> None:
    coloured = np.full((4, 4, 3), (150, 110, 90), np.uint8)
    picture = np.full((4, 4, 3), (130, 130, 130), np.uint8)
    lab = rgb2lab(with_lightness(coloured, picture))
    assert np.allclose(lab[..., 0], rgb2lab(picture)[..., 0], atol=0.5)
    assert np.allclose(lab[..., 1:], rgb2lab(coloured)[..., 1:], atol=1.0)


def test_inputs_are_those_that_the_networks_were_trained_on() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    shades = grey_input(picture)
    assert shades.shape == (1, 8, 8, 1)
    np.testing.assert_allclose(shades[0, :5, :6, 0], picture.mean(axis=-1) / 256, rtol=1e-6)
    assert (shades[0, 5:, :6, 0] == shades[0, 4, :6, 0]).all()
    small = small_input(picture)
    assert small.shape == (1, 20, 24, 3)
    np.testing.assert_allclose(small[0, ::4, ::4], picture / 256, rtol=1e-6)
    assert (small[0, 3::4, 3::4] == small[0, ::4, ::4]).all()


def test_a_picture_too_large_to_be_enlarged_is_refused_before_anything_is_computed() -> None:
    with pytest.raises(UsageError, match="at most"):
        small_input(np.broadcast_to(np.uint8(0), (MOST_PIXELS // 16 + 1, 1, 3)))
