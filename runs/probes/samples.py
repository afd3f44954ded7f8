"""Pictures in, a few of them out: as they are, as inputs, and as simple methods would paint them."""

from __future__ import annotations

import numpy as np

from runs.data.dataset import Dataset
from runs.data.pixels import Pixels, classes, downsized, grey, repeat, resized, to_uint8
from runs.probes.context import Probed
from runs.training.trainer import KEPT


def measure(dataset: Dataset) -> Probed:
    """The first test pictures, (K, 32, 32, 3) uint8 each: truth, grey, small (downsized, pixels repeated),
    bilinear and bicubic (downsized, then interpolated), palette (the nearest colour of each pixel).
    """
    truth = dataset.test[:KEPT]
    return Probed({"truth": truth, "small": to_uint8(repeat(downsized(truth)))} | simple(truth, dataset.palette))


def simple(pictures: Pixels, palette: Pixels) -> dict[str, Pixels]:
    """What needs no network, by name, for pictures (N, H, W, 3) uint8."""
    return {
        "palette": nearest(pictures, palette),
        "grey": uncoloured(pictures),
        "bilinear": resized(pictures, "bilinear"),
        "bicubic": resized(pictures, "bicubic"),
    }


def nearest(pictures: Pixels, palette: Pixels) -> Pixels:
    """(N, H, W, 3) uint8 -> the same shape, each pixel in the colour of the palette that is nearest to it."""
    return palette[classes(pictures, palette)]


def uncoloured(pictures: Pixels) -> Pixels:
    """(N, H, W, 3) uint8 -> the same shape, without colour: the input of colourization as it looks."""
    return np.repeat(to_uint8(grey(pictures))[..., None], 3, axis=-1)
