"""The stored probe of colours in, numbers out: how far RGB is from what the eye sees.

Lab and ΔE2000 (CIE; Sharma, Wu and Dalal, 2005) stand for the eye throughout.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from report.claims.kinds import Measure
from report.frames import Arrays, Frames, Measurement
from report.values import Sample, known
from runs.catalogue import REGRESSION


def constant(value: float, unit: str = "", digits: int = 0) -> Measure:
    """A fixed number to hold a computed one against."""
    return lambda frames: known(value, unit, digits)


def of_colours(number: Callable[[Arrays], float], unit: str = "", digits: int = 2) -> Measure:
    """A number computed from the arrays of the probe of colours."""
    return lambda frames: frames.data_probed("colours", lambda probe: number(probe.arrays), unit, digits)


def lightness(colour: tuple[int, int, int]) -> Measure:
    """L* of one of the six pure hues: 0 for black, 100 for white."""

    def number(arrays: Arrays) -> float:
        rows = np.flatnonzero((arrays["hexagon_rgb"] == np.array(colour)).all(axis=1))
        return float(arrays["hexagon_lab"][rows[0], 0]) if len(rows) else math.nan

    return of_colours(number, digits=1)


def sides(corners: NDArray[np.floating]) -> NDArray[np.float64]:
    """Corners (K, 2) of a closed polygon -> lengths (K,) of its sides, from each corner to the next."""
    steps = np.roll(corners, -1, axis=0).astype(np.float64) - corners
    return np.hypot(steps[:, 0], steps[:, 1])


def angles(corners: NDArray[np.floating]) -> NDArray[np.float64]:
    """Corners (K, 2) of a closed polygon -> its inner angles (K,) in degrees; above 180 at a dent."""
    out = np.roll(corners, -1, axis=0).astype(np.float64) - corners
    into = np.roll(out, 1, axis=0)
    cross = into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0]
    turn = np.degrees(np.arctan2(cross, (into * out).sum(axis=1)))
    return 180.0 - turn * (1.0 if turn.sum() >= 0 else -1.0)


def _spread(arrays: Arrays) -> float:
    lengths = sides(arrays["hexagon_lab"][:, 1:])
    return float(lengths.std() / lengths.mean()) if lengths.mean() > 0 else math.nan


def _departure(arrays: Arrays) -> float:
    found = angles(arrays["hexagon_lab"][:, 1:])
    regular = 180.0 - 360.0 / len(found)
    return float(np.abs(found - regular).max())


def factors(arrays: Arrays) -> NDArray[np.float64]:
    """For each fixed RGB distance, the 95 % quantile of ΔE2000 over the 5 % quantile; NaN where that is 0."""
    quantiles = arrays["band_delta_e"].astype(np.float64)
    low = np.where(quantiles[:, 0] > 0, quantiles[:, 0], np.nan)
    return quantiles[:, -1] / low


#: The standard deviation of the sides of the hexagon of pure hues in the a*b* plane, over their mean.
hexagon_spread = of_colours(_spread)
#: The largest departure of its angles from those of a regular hexagon.
hexagon_angle = of_colours(_departure, "degrees", 0)
#: Rank correlation (Spearman, 1904) of RGB distance and ΔE2000 over pairs of real pixels.
pixel_rank_correlation = of_colours(lambda arrays: float(arrays["rank_correlation"][0]), digits=3)
#: The smallest of the ``factors`` that there are.
narrowest_spread = of_colours(
    lambda arrays: min((f for f in factors(arrays) if math.isfinite(f)), default=math.nan), digits=1
)


def picture_rank_correlation(frames: Frames) -> Sample:
    """Over the test pictures: rank correlation (Spearman, 1904) of squared error in RGB and ΔE2000, RegressionCNN."""

    def number(probe: Measurement) -> float:
        squared, seen = (pd.Series(probe.arrays[key]).rank().to_numpy() for key in ("mse", "delta_e"))
        alike = np.ptp(squared) == 0 or np.ptp(seen) == 0
        return math.nan if alike else float(np.corrcoef(squared, seen)[0, 1])

    return frames.probed(REGRESSION, "quality", number, digits=3)
