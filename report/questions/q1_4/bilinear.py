"""1.4.b: the networks beside bilinear interpolation, why they can do better, and the assignment's own row."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from report.measures.kept_pictures import Beside, Shown, error
from report.measures.layers import counted, find_reach
from report.measures.moments import LAST, at, enlarged
from report.measures.picture_quality import quality, reference
from report.questions.q1_4.claims import NETWORKS, sizes
from report.results.epochs import Rows
from report.results.frames import Frames, Measure, Measurement, make_measure
from report.results.values import Measured, Sample, make_computed
from runs.data.pixels import Pixels, classify_pixels, resize_pictures, round_colours
from runs.specs.catalogue import BASE, CNN
from runs.specs.spec import RunSpec

#: Pixels a side of the small picture that bilinear interpolation makes a pixel of.
NEIGHBOURS = 2


@make_measure
def passing_epoch(frames: Frames, spec: RunSpec) -> Sample:
    """The first epoch after which a network has more pixels right than bilinear interpolation in the palette has; none
    for a seed that never has.
    """
    level = frames.take(reference("bilinear_palette", "pixel_accuracy")).mean
    last = frames.preset.epoch(BASE)

    def first(rows: Rows) -> float:
        above = np.flatnonzero(rows.until("val_accuracy", last) > level)
        return float(rows.until("epoch", last)[above[0]]) if len(above) else math.nan

    return frames.gather(spec, "val_accuracy", first, last).shown_as("", 0)


def paint_as_assignment(frames: Frames) -> Pixels | None:
    """The kept test pictures as the assignment shows bilinear interpolation: made of the pictures in the palette's
    colours, not of the true ones, (K, H, W, 3); None where they are not stored.
    """
    samples = frames.data_probe("samples")
    if samples is None:
        return None
    truth, palette = np.asarray(samples.arrays["truth"]), np.asarray(frames.data["palette"], np.float64)
    return resize_pictures(round_colours(palette)[classify_pixels(truth, palette)], "bilinear")


@Measure
def assignment_error(frames: Frames) -> Sample:
    """The squared error of those pictures against the truth."""
    painted = paint_as_assignment(frames)

    def number(samples: Measurement) -> float:
        truth = np.asarray(samples.arrays["truth"])
        return math.nan if painted is None else float(error(Shown(painted[None]), Beside(truth, painted).truth)[0])

    return frames.data_probed("samples", number)


def list_samples(frames: Frames) -> dict[str, Sample]:
    """The numbers of the reasons, by name."""
    found = {
        "bilinear_right": frames.take(reference("bilinear_palette", "pixel_accuracy")),
        "bilinear_sharpness": frames.take(reference("bilinear", "sharpness")),
        "bilinear_error": frames.take(enlarged("bilinear", "error")),
        "assignment_error": frames.take(assignment_error),
        "reach": frames.take(counted(find_reach, CNN)),
    }
    for name, spec in NETWORKS.items():
        found |= {
            f"{name.lower()}_right_first": frames.at_epoch(spec, "val_accuracy", 1),
            f"{name.lower()}_kept_error": frames.take(at(spec, LAST, "error")),
        }
    return found


def describe_reasons(frames: Frames) -> dict[str, Any]:
    """What a template says of the networks beside bilinear interpolation, and of the reasons."""
    samples = list_samples(frames)
    found: dict[str, Any] = {name: sample.measured() for name, sample in samples.items()}
    for name, spec in NETWORKS.items():
        passing, right = frames.take(passing_epoch(spec)), frames.metric(spec, "val_accuracy")
        found |= {
            f"{name.lower()}_passes": "all"
            if passing.ok and passing.n == right.n
            else "some"
            if passing.ok
            else "none",
            f"{name.lower()}_passing": passing.measured() or "",
            f"{name.lower()}_sharpness_share": _share(frames, frames.take(quality(spec, "sharpness"))),
        }
    full, small = sizes(frames)
    found["reach"] = found["reach"] or ""  # the layers are read off colourizing runs, which need not be stored
    return found | {
        "bilinear_sharpness_share": _share(frames, samples["bilinear_sharpness"]),
        "reach_small": make_computed(samples["reach"].mean * small / full, digits=1, runs=samples["reach"].runs)
        if samples["reach"].ok
        else "",
        "neighbours": str(NEIGHBOURS),
    }


def _share(frames: Frames, sample: Sample) -> Measured | None:
    """A sharpness as a share of the truth's; None where one of them is not stored."""
    truth = frames.take(reference("truth", "sharpness"))
    if not (truth.ok and truth.mean):
        return None
    return sample.map(lambda value: value / truth.mean, "%", 0).measured()
