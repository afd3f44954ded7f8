"""Colours under another picture's lightness."""

from __future__ import annotations

import numpy as np
from skimage.color import rgb2lab

from runs.colourize import with_lightness


def test_lightness_is_the_pictures_and_the_hue_the_networks() -> None:
    coloured = np.full((4, 4, 3), (150, 110, 90), np.uint8)
    picture = np.full((4, 4, 3), (130, 130, 130), np.uint8)
    lab = rgb2lab(with_lightness(coloured, picture))
    assert np.allclose(lab[..., 0], rgb2lab(picture)[..., 0], atol=0.5)
    assert np.allclose(lab[..., 1:], rgb2lab(coloured)[..., 1:], atol=1.0)
