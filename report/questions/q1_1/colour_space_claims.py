"""The claims of 1.1.d, and the measures behind them: how far RGB is from what the eye sees.

Lab and ΔE2000 (CIE; Sharma, Wu and Dalal, 2005) stand for the eye throughout.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from report.judging.claim import Claim, Margin
from report.judging.kinds import Fact, Judgement, Ordering
from report.judging.margins import FOLLOWS
from report.results.frames import Arrays, Frames, Measure, Measurement, make_measure
from report.results.ranks import correlate_ranks
from report.results.values import ON_PICTURES, Sample, make_known
from runs.specs.catalogue import REGRESSION

#: How far a rank correlation must stay below 1 so that one measure does not follow the other.
UNLIKE = Margin(
    round(1 - FOLLOWS, 2), "", f"a rank correlation above {FOLLOWS:g} would follow, for all that a loss needs"
)


@make_measure
def constant(frames: Frames, value: float, unit: str = "", digits: int = 0) -> Sample:
    """A fixed number to hold a computed one against."""
    return replace(make_known(value, unit, digits), given=True)


@make_measure
def of_colours(
    frames: Frames,
    number: Callable[[Arrays], float],
    unit: str = "",
    digits: int = 2,
    runs: tuple[str, ...] = ON_PICTURES,
) -> Sample:
    """A number computed from the arrays of the probe of colours."""
    return frames.data_probed("colours", lambda probe: number(probe.arrays), unit, digits, runs)


def lightness(colour: tuple[int, int, int]) -> Measure:
    """L* of one of the six pure hues: 0 for black, 100 for white."""

    def number(arrays: Arrays) -> float:
        rows = np.flatnonzero((arrays["hexagon_rgb"] == np.array(colour)).all(axis=1))
        return float(arrays["hexagon_lab"][rows[0], 0]) if len(rows) else math.nan

    return of_colours(number, digits=1, runs=())


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
hexagon_spread = of_colours(_spread, runs=())
#: The largest departure of its angles from those of a regular hexagon.
hexagon_angle = of_colours(_departure, "degrees", 0, ())
#: Rank correlation (Spearman, 1904) of RGB distance and ΔE2000 over pairs of real pixels.
pixel_rank_correlation = of_colours(lambda arrays: float(arrays["rank_correlation"][0]), digits=3)
#: The smallest of the ``factors`` that there are.
narrowest_spread = of_colours(
    lambda arrays: min((f for f in factors(arrays) if math.isfinite(f)), default=math.nan), digits=1
)


@Measure
def picture_rank_correlation(frames: Frames) -> Sample:
    """Over the test pictures: rank correlation (Spearman, 1904) of squared error in RGB and ΔE2000, RegressionCNN."""

    def number(probe: Measurement) -> float:
        return correlate_ranks(probe.arrays["mse"], probe.arrays["delta_e"])

    return frames.probed(REGRESSION, "quality", number, digits=3)


@Measure
def bytes_a_pixel(frames: Frames) -> Sample:
    """Bytes of the kept test pictures over their pixels."""

    def number(probe: Measurement) -> float:
        truth = probe.arrays["truth"]
        return float(truth.nbytes / np.prod(truth.shape[:-1]))

    return frames.data_probed("samples", number, "bytes", 0)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "1.1.d.poor-space",
        "RGB is a poor space to measure the error of colours in.",
        "poor",
        Judgement(
            {
                "pairs of real pixels rank otherwise by RGB distance than by ΔE2000": Ordering(
                    constant(1.0),
                    pixel_rank_correlation,
                    UNLIKE,
                    ("equal ranks", "the rank correlation of pixel pairs"),
                ),
                "pictures rank otherwise by squared error in RGB than by ΔE2000": Ordering(
                    constant(1.0),
                    picture_rank_correlation,
                    UNLIKE,
                    ("equal ranks", "the rank correlation of pictures"),
                ),
            }
        ),
        "Poor for what is a matter of taste; the proxies ask whether RGB orders differences and errors as the eye "
        "does, ΔE2000 standing for the eye.",
    ),
    Claim(
        "1.1.d.lightness",
        "Pure blue and pure green differ much in lightness, though RGB gives both the same strength.",
        "much",
        Ordering(
            lightness((0, 255, 0)),
            lightness((0, 0, 255)),
            Margin(20.0, "", "a fifth of the way from black to white passes for “much”"),
            ("L* of pure green", "L* of pure blue"),
        ),
        "L* is the lightness that the eye sees, from 0 for black to 100 for white.",
    ),
    Claim(
        "1.1.d.hexagon-sides",
        "Seen by the eye, the hexagon of the six pure hues is warped: its sides are not equally long.",
        "warped",
        Ordering(
            hexagon_spread,
            constant(0.0, digits=2),
            Margin(0.1, "", "a tenth allows for what Lab itself gets wrong"),
            ("the spread of the sides", "that of a regular hexagon"),
        ),
        "The standard deviation of the six sides in the a*b* plane over their mean: none in a regular hexagon.",
    ),
    Claim(
        "1.1.d.hexagon-angles",
        "If RGB matched the eye the hexagon would stay regular; its angles do not stay alike.",
        "warped",
        Ordering(
            hexagon_angle,
            constant(0.0, "degrees"),
            Margin(10.0, "degrees", "ten degrees allow for what Lab itself gets wrong"),
            ("the largest departure of an angle", "that of a regular hexagon"),
        ),
        "The angle in the a*b* plane that is furthest from the 120° of a regular hexagon.",
        below="1.1.d.hexagon-sides",
    ),
    Claim(
        "1.1.d.distance-rank",
        "RGB distance does not follow the perceived difference: it ranks pairs of colours otherwise.",
        "does not follow",
        Ordering(constant(1.0), pixel_rank_correlation, UNLIKE, ("equal ranks", "the rank correlation")),
        "Spearman's rank correlation of RGB distance and ΔE2000 on pairs of real pixels.",
    ),
    Claim(
        "1.1.d.distance-spread",
        "At one and the same RGB distance, perceived differences are far apart.",
        "does not follow",
        Ordering(
            narrowest_spread,
            constant(2.0),
            Margin(0.1, "", "the decimal that is shown"),
            ("the narrowest spread", "a factor of two"),
        ),
        "At each of the fixed RGB distances, the 95 % quantile of ΔE2000 over the 5 % quantile; the narrowest of "
        "them has to exceed a factor of two, which no eye overlooks.",
        below="1.1.d.distance-rank",
    ),
    Claim(
        "1.1.d.adjust",
        "RGB is awkward to adjust when designing with colours.",
        "awkward",
        Judgement(
            reason="It speaks of people at work on designs; nothing that a network or a picture shows bears on it."
        ),
        "No measure on pictures or networks could decide it.",
    ),
    Claim(
        "1.1.d.storage",
        "RGB scales with the storage that there is: a pixel takes as many bytes as its three channels are deep.",
        "scales with storage",
        Fact(3, bytes_a_pixel, "the bytes of the kept test pictures over their pixels, at one byte a channel"),
        "Three channels of one byte; twice the depth takes twice the bytes.",
        comment="Any space of three coordinates scales alike, so this does not speak for RGB in particular.",
    ),
    Claim(
        "1.1.d.displays",
        "RGB is how displays transmit colour.",
        "transmit",
        Judgement(reason="It speaks of the cables and panels of displays, of which the runs hold nothing."),
        "A matter of hardware standards; no measure on pictures or networks could decide it.",
    ),
)
