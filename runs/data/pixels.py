"""What the networks see and aim at, computed from pictures: grey, smaller sizes, the k-means palette, colour classes.

Plain numpy; pictures are uint8 arrays (N, H, W, 3). The assignment divides pixels by 256, and so does this.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
#: A palette: (K, 3) float64, a row a colour, in pixel/256.
Colours = NDArray[np.float64]

#: Pixels the palette is fitted on, drawn from the training pictures with a fixed seed.
PALETTE_SAMPLE = 50_000


def to_unit(pictures: Pixels) -> Floats:
    """uint8 (…) -> float32 (…) in 0..1, divided by 256 as the assignment does."""
    return pictures.astype(np.float32) / np.float32(256)


def to_uint8(unit_pictures: Floats) -> Pixels:
    """The inverse of :func:`to_unit`: clipped, rounded to the nearest level."""
    return np.clip(np.rint(unit_pictures * np.float32(256)), 0, 255).astype(np.uint8)


def to_grey(pictures: Pixels) -> Floats:
    """(N, H, W, 3) uint8 -> (N, H, W) float32 in 0..1: the mean of R, G and B."""
    total = pictures.astype(np.uint16).sum(axis=-1, dtype=np.uint16)
    return total.astype(np.float32) / np.float32(3 * 256)


def average_pool(pictures: Floats) -> Floats:
    """(N, H, W, C) -> (N, H/2, W/2, C): the mean of each 2×2 square."""
    n, h, w, c = pictures.shape
    blocks: Floats = pictures.reshape(n, h // 2, 2, w // 2, 2, c)
    return blocks.mean(axis=(2, 4), dtype=np.float32)


def downsize(pictures: Pixels) -> Floats:
    """(N, H, W, 3) uint8 -> (N, H/4, W/4, 3) float32: average-pooled 2×2 twice."""
    return average_pool(average_pool(to_unit(pictures)))


def upsample_nearest(pictures: Floats, times: int = 4) -> Floats:
    """(N, h, w, C) -> (N, h·times, w·times, C): nearest-neighbour upsampling."""
    return pictures.repeat(times, axis=1).repeat(times, axis=2)


def fit_palette(train: Pixels, colours: int) -> Colours:
    """The k-means centres of the training pixels in RGB: (colours, 3) in pixel/256, darkest first.

    Fitted by scikit-learn on one thread, on a fixed draw of pixels, and rounded to whole levels, so that the
    same pictures give the same palette everywhere.
    """
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    pixels = train.reshape(-1, 3)
    draw = np.random.default_rng(0).choice(len(pixels), min(PALETTE_SAMPLE, len(pixels)), replace=False)
    red, green, blue = pixels[draw].astype(np.int64).T
    packed, counts = np.unique((red << 16) | (green << 8) | blue, return_counts=True)  # each colour once, weighted
    distinct = np.stack([packed >> 16, (packed >> 8) & 255, packed & 255], axis=1).astype(np.float64)
    kmeans = KMeans(min(colours, len(distinct)), n_init=2, random_state=0, max_iter=100)
    with threadpool_limits(limits=1):
        centres = kmeans.fit(distinct, sample_weight=counts.astype(np.float64)).cluster_centers_
    centres = np.rint(centres).clip(0, 255)
    centres = np.concatenate([centres, np.repeat(centres[-1:], colours - len(centres), axis=0)])
    return centres[np.argsort(centres.sum(axis=1), kind="stable")] / 256


def classify_pixels(pictures: Pixels, palette: Colours, chunk: int = 1 << 11) -> Pixels:
    """(…, 3) uint8 pictures, (K, 3) palette -> (…) uint8: the index of the nearest colour in RGB.

    Squared distances are taken on pixels divided by 256, in float64. Where all colours are whole levels they are exact,
    and ties go to the first.
    """
    flat = pictures.reshape(-1, 3)
    norms = (palette**2).sum(axis=1)
    nearest = np.empty(len(flat), np.uint8)
    for start in range(0, len(flat), chunk):
        pixels = flat[start : start + chunk] / 256.0
        nearest[start : start + chunk] = (norms - 2 * (pixels @ palette.T)).argmin(axis=1)
    return nearest.reshape(pictures.shape[:-1])


def round_colours(palette: Colours) -> Pixels:
    """A palette (K, 3) -> its colours as they are painted, (K, 3) uint8: rounded to whole levels."""
    return np.rint(palette * 256).clip(0, 255).astype(np.uint8)


def resize_pictures(pictures: Pixels, interpolation: str) -> Pixels:
    """The downsized pictures, brought back to full size by "bilinear" or "bicubic" interpolation (Pillow)."""
    from PIL import Image

    method = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}[interpolation]
    small = to_uint8(downsize(pictures))
    size = (pictures.shape[2], pictures.shape[1])
    return np.stack([np.asarray(Image.fromarray(picture).resize(size, method)) for picture in small])
