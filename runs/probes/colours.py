"""How distance in RGB relates to what the eye sees: on the hexagon, and on pairs of real pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from runs.data.dataset import Dataset
from runs.data.pixels import Pixels
from runs.probes.context import Probed
from runs.probes.picture_measures import find_difference, to_lab

#: The corners of the RGB cube around the grey axis: red, yellow, green, cyan, blue, magenta.
HEXAGON = np.array([[255, 0, 0], [255, 255, 0], [0, 255, 0], [0, 255, 255], [0, 0, 255], [255, 0, 255]], np.uint8)
#: Points on each edge of the hexagon, its first corner among them.
POINTS = 16
#: Pairs of pixels drawn from the test pictures.
PAIRS = 20_000
#: RGB distances whose pairs are looked at by themselves, and how far from it a pair may lie.
BANDS, WIDTH = (20.0, 40.0, 80.0), 0.05
QUANTILES = (5, 25, 50, 75, 95)  # per cent


def measure(dataset: Dataset) -> Probed:
    """The hexagon in L*a*b*, and pairs of pixels of the test pictures, drawn with a fixed seed.

    Arrays:
        hexagon_rgb: (6, 3) uint8; hexagon_lab: (6, 3) float32.
        path_lab: (96, 3) float32, points along the hexagon's edges.
        rgb_distance: (P,) float32, Euclidean, in levels; delta_e: (P,) float64, CIEDE2000 of the same pairs.
        rank_correlation: (1,) Spearman's; NaN where one of both never varies.
        band_rgb: (3,) distances; band_delta_e: (3, 5) quantiles (5, 25, 50, 75, 95 %) of CIEDE2000 of the pairs
            within 5 % of that distance, NaN where there is none; band_pairs: (3,) how many these are.
        pairs: (1,) P.
    """
    pixels = dataset.test.reshape(-1, 3)
    one, other = pixels[np.random.default_rng(0).integers(0, len(pixels), (2, PAIRS))]  # (P, 3) each
    distance = np.linalg.norm(one.astype(np.float64) - other, axis=1)
    seen = find_difference(to_lab(one).astype(np.float64), to_lab(other).astype(np.float64))
    within = [np.abs(distance - band) <= WIDTH * band for band in BANDS]
    return Probed(
        {
            "hexagon_rgb": HEXAGON,
            "hexagon_lab": to_lab(HEXAGON),
            "path_lab": to_lab(trace_path()),
            "rgb_distance": distance.astype(np.float32),
            "delta_e": seen,
            "rank_correlation": np.array([correlate_ranks(distance, seen)]),
            "band_rgb": np.array(BANDS, np.float32),
            "band_delta_e": np.array([find_quantiles(seen[inside]) for inside in within], np.float32),
            "band_pairs": np.array([inside.sum() for inside in within], np.int64),
            "pairs": np.array([PAIRS]),
        }
    )


def trace_path() -> Pixels:
    """(96, 3) uint8: the way around the hexagon, ``POINTS`` an edge."""
    share = np.arange(POINTS)[:, None] / POINTS  # (POINTS, 1)
    corners = HEXAGON.astype(np.float64)
    edges = [a + share * (b - a) for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)]
    return np.rint(np.concatenate(edges)).astype(np.uint8)


def find_quantiles(numbers: NDArray[Any]) -> NDArray[Any]:
    """(n,) -> (5,): the ``QUANTILES``; NaN where there is no number."""
    return np.percentile(numbers, QUANTILES) if len(numbers) else np.full(len(QUANTILES), np.nan)


def correlate_ranks(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Spearman's rank correlation of (n,) and (n,); NaN where one of both never varies."""
    from scipy.stats import spearmanr

    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(spearmanr(one, other).statistic)
