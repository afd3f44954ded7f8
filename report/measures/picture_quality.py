"""Samples of the stored picture measures: the quality of the networks' pictures, beside the truth and references.

The ``quality`` probe holds one number a test picture of a network, the ``references`` probe the same for the
truth, for interpolated pictures and for the palette alone. Each sample here is the mean over the pictures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from report.results.frames import Frames, make_measure
from report.results.values import Sample
from runs.specs.catalogue import BASE
from runs.specs.spec import RunSpec


@dataclass(frozen=True)
class Look:
    """A picture measure: its name on a page, its unit and the decimals to show."""

    label: str
    unit: str = ""
    digits: int = 4


#: What the two probes hold of each picture.
LOOKS = {
    "mse": Look("squared error in RGB"),
    "psnr": Look("PSNR", "dB", 2),
    "ssim": Look("SSIM", "", 3),
    "delta_e": Look("ΔE2000", "", 2),
    "colourfulness": Look("colourfulness", "", 1),
    "total_variation": Look("total variation"),
    "contrast": Look("RMS contrast"),
    "sharpness": Look("sharpness"),
    "pixel_accuracy": Look("pixel accuracy", "%", 1),
}

#: Measures of error; of all others against the truth more is better.
SMALLER_IS_BETTER = {"mse", "delta_e"}


def mean(values: NDArray[Any]) -> float:
    """The mean over pictures. A picture that is met exactly has an infinite PSNR: it is left out."""
    kept = np.asarray(values, np.float64)
    kept = kept[~np.isposinf(kept)]
    return float(kept.mean()) if kept.size else math.nan


@make_measure
def quality(frames: Frames, spec: RunSpec, key: str, written_epoch: int = BASE, first: int | None = None) -> Sample:
    """A measure of a network's pictures after one of the write-up's epochs, one number a seed: the mean over the test
    pictures, or over the ``first`` of them.
    """
    look = LOOKS[key]
    return frames.probed(
        spec, "quality", lambda probe: mean(probe.arrays[key][:first]), written_epoch, look.unit, look.digits
    )


@make_measure
def reference(frames: Frames, row: str, key: str, first: int | None = None) -> Sample:
    """The same measure of pictures that no network made, so that no seed changes it: "truth", "palette" (its nearest
    colours), "grey", or an interpolation.
    """
    look = LOOKS[key]
    return frames.data_probed(
        "references", lambda probe: mean(probe.arrays[f"{row}_{key}"][:first]), look.unit, look.digits
    )


@make_measure
def best_of(frames: Frames, rows: Sequence[str], key: str, spec: RunSpec) -> Sample:
    """The best of some references in a measure, given once for each seed of a network, so that the two pair."""
    better = min if key in SMALLER_IS_BETTER else max
    found = [frames.take(reference(row, key)) for row in rows]
    best = (
        better(found, key=lambda sample: sample.mean)
        if all(each.ok for each in found)
        else Sample({}, missing=("data",))
    )
    return on_seeds(frames.take(quality(spec, key)), best)


@make_measure
def from_truth(frames: Frames, spec: RunSpec, key: str) -> Sample:
    """How far a network's pictures are from the truth in a measure: the absolute difference, one a seed."""
    ours = frames.take(quality(spec, key))
    return ours.paired(on_seeds(ours, frames.take(reference("truth", key))), lambda a, b: abs(a - b))


def on_seeds(seeds: Sample, fixed: Sample) -> Sample:
    """A number that no seed changes, on the seeds of a sample; empty where the number is not stored."""
    if not fixed.ok:
        return Sample({}, fixed.unit, fixed.digits, missing=(*seeds.missing, *fixed.missing))
    return Sample(
        dict.fromkeys(seeds.values, fixed.mean), fixed.unit, fixed.digits, fixed.runs, seeds.missing, seeds.diverged
    )
