"""A few of the pictures: as they are, as inputs, and as simple methods would paint them."""

from __future__ import annotations

import numpy as np

from runs.data.dataset import Dataset
from runs.data.pixels import (
    Colours,
    Pixels,
    classify_pixels,
    downsize,
    resize_pictures,
    round_colours,
    to_grey,
    to_uint8,
    upsample_nearest,
)
from runs.probes.context import Probed
from runs.training.trainer import KEPT


def measure(dataset: Dataset) -> Probed:
    """The first test pictures, (K, 32, 32, 3) uint8 each: truth, grey, small (downsized, pixels repeated),
    bilinear and bicubic (downsized, then interpolated), palette (the nearest colour of each pixel).
    """
    truth = dataset.test[:KEPT]
    return Probed(
        {"truth": truth, "small": to_uint8(upsample_nearest(downsize(truth)))} | read_off_simply(truth, dataset.palette)
    )


def read_off_simply(pictures: Pixels, palette: Colours) -> dict[str, Pixels]:
    """What needs no network, by name, for pictures (N, H, W, 3) uint8."""
    return {
        "palette": take_nearest(pictures, palette),
        "grey": remove_colour(pictures),
        "bilinear": resize_pictures(pictures, "bilinear"),
        "bicubic": resize_pictures(pictures, "bicubic"),
    }


def take_nearest(pictures: Pixels, palette: Colours) -> Pixels:
    """(N, H, W, 3) uint8 -> the same shape, each pixel in the colour of the palette that is nearest to it."""
    return round_colours(palette)[classify_pixels(pictures, palette)]


def remove_colour(pictures: Pixels) -> Pixels:
    """(N, H, W, 3) uint8 -> the same shape, without colour: the input of colourization as it looks."""
    return np.repeat(to_uint8(to_grey(pictures))[..., None], 3, axis=-1)
