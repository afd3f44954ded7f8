"""What the assignment says of the pictures and of the inputs, as claims, and what of it the stored runs show.

That pixels are divided by 256, that batches keep their order, and that nothing is augmented or scheduled leaves no
trace in a record, and the weights that the last convolution begins with are not kept: of these there is no claim. The
appendix lists them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from report.judging.claim import Claim
from report.judging.kinds import Fact
from report.judging.margins import EXACT
from report.measures.colourings import lacking_runs
from report.results.frames import Frames, Measurement, make_measure
from report.results.values import Sample
from runs.specs.catalogue import CNN, CNN_UPSCALE, UNET, UNET_UPSCALE
from runs.specs.spec import RunSpec

SIDE = 32
#: A kept picture holds whole levels of 256; a mean lies off the nearest one by half a level at most.
LEVEL = 0.5

Floats = NDArray[np.float64]


@make_measure
def of_samples(frames: Frames, number: Callable[[dict[str, Floats]], float], unit: str, digits: int) -> Sample:
    """A number computed from the kept test pictures, by the name of their row."""

    def of(probe: Measurement) -> float:
        return number({name: np.asarray(array, np.float64) for name, array in probe.arrays.items()})

    return frames.data_probed("samples", of, unit, digits)


def oddest_side(rows: dict[str, Floats]) -> float:
    """The side in pixels of the kept test pictures (K, H, W, 3) that is furthest from the written one."""
    return float(max(rows["truth"].shape[1:3], key=lambda side: abs(side - SIDE)))


def grey_gap(rows: dict[str, Floats]) -> float:
    """The most by which a channel of the grey input lies off the mean of R, G and B, in levels of 256."""
    return float(np.abs(rows["grey"] - rows["truth"].mean(axis=-1, keepdims=True)).max())


def small_gap(rows: dict[str, Floats]) -> float:
    """The most by which the small input lies off the mean of its 4×4 pixels of the truth, in levels of 256."""
    pictures, high, wide, channels = rows["truth"].shape
    blocks = rows["truth"].reshape(pictures, high // 4, 4, wide // 4, 4, channels)
    means = blocks.mean(axis=(2, 4)).repeat(4, axis=1).repeat(4, axis=2)  # (K, H, W, 3)
    return float(np.abs(rows["small"] - means).max())


@make_measure
def further_weights(frames: Frames, spec: RunSpec, colouring: RunSpec) -> Sample:
    """Parameters that a network for super-resolution has beyond the same network for colourization, one a seed."""
    found, runs = {}, []
    for seed in frames.ids(spec):
        ids = [each.with_seed(seed).id for each in (spec, colouring)]
        if all(run in frames.runs.index for run in ids):
            ours, theirs = (float(frames.runs["parameters"][run]) for run in ids)
            found[seed] = ours - theirs
            runs += ids
    wanted = (*lacking_runs(frames, spec), *lacking_runs(frames, colouring))
    return Sample(found, "", 0, tuple(runs), tuple(run for run in wanted if run not in frames.runs.index))


def _channels(name: str, spec: RunSpec, colouring: RunSpec, weights: int, where: str) -> Claim:
    return Claim(
        f"1.4.b.{name.lower()}-channels",
        f"In super-resolution the {name} takes three channels, the colours of the small picture.",
        "3 input channels",
        Fact(
            2.0 * weights,
            further_weights(spec, colouring),
            f"the parameters that it has beyond the {name} for colourization, which takes one channel; each further "
            f"channel adds {where}",
        ),
        f"Counted in the records of the runs: two channels more are {2 * weights:,} parameters more.",
        comment=SETTING,
        role="setting",
    )


SETTING = "A setting of the assignment rather than a finding: the runs here follow it."
_ROUNDED = "The kept pictures hold whole levels of 256, so that a mean may be off by the half level it is rounded by."

PICTURES: tuple[Claim, ...] = (
    Claim(
        "1.1.b.side",
        "The pictures are 32×32.",
        "32×32",
        Fact(
            SIDE, of_samples(oddest_side, "pixels", 0),
            "the side of the kept test pictures that is furthest from the written one",
        ),
        EXACT,
        comment=SETTING, role="setting",
    ),
    Claim(
        "1.1.b.grey",
        "The grey input is the mean of R, G and B.",
        "mean of R, G, B",
        Fact(
            0.0, of_samples(grey_gap, "levels", 1),
            "the most by which a pixel of the kept grey pictures lies off the mean of the three channels of the truth",
            LEVEL,
        ),
        _ROUNDED,
        comment=SETTING, role="setting",
    ),
)  # fmt: skip

UPSCALING: tuple[Claim, ...] = (
    Claim(
        "1.4.a.pooled",
        "The small input is the truth, averaged over 2×2 pixels twice, each pixel then repeated to the full size.",
        "average-pool 2×2 twice, upsample ×2 twice",
        Fact(
            0.0, of_samples(small_gap, "levels", 1),
            "the most by which a pixel of the kept small pictures lies off the mean of the 4×4 pixels of the truth "
            "that it stands for",
            LEVEL,
        ),
        _ROUNDED,
        comment=SETTING, role="setting",
    ),
    _channels("CNN", CNN_UPSCALE, CNN, 32 * 9, "the 3×3 weights of the 32 filters of downconv1"),
    _channels(
        "UNet", UNET_UPSCALE, UNET, (32 + 24) * 9,
        "the 3×3 weights of the 32 filters of downconv1 and of the 24 of finalconv, which the input skips to",
    ),
)  # fmt: skip
