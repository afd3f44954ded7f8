"""The probes, one module each: what is measured of a trained network beside training, as arrays and notes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from runs.data.dataset import Dataset
from runs.probes import (
    activations,
    colours,
    commute,
    copies,
    extremes,
    features,
    gradients,
    layers,
    lightness,
    noise,
    quality,
    references,
    samples,
    sizes,
    skips,
    temperature,
)
from runs.probes.context import Context, DataProbe, Probed, RunProbe

#: Probes on a trained network.
RUN: dict[str, RunProbe] = {
    "layers": layers.measure,
    "quality": quality.measure,
    "activations": activations.measure,
    "gradients": gradients.measure,
    "noise": noise.measure,
    "skips": skips.measure,
    "temperature": temperature.measure,
    "commute": commute.measure,
    "sizes": sizes.measure,
    "features": features.measure,
    "extremes": extremes.measure,
    "lightness": lightness.measure,
}
#: Probes on the pictures themselves.
DATA: dict[str, DataProbe] = {
    "samples": samples.measure,
    "references": references.measure,
    "colours": colours.measure,
    "copies": copies.measure,
}


def measure(name: str, context: Context) -> Probed:
    """One probe on a trained network, which is left as it was: weights, buffers and mode.

    A network whose weights are no longer finite gives numbers that are not finite, and no error.

    Raises:
        UsageError: the probe does not apply to this kind of network.
    """
    training = context.net.training
    try:
        context.net.eval()
        with np.errstate(all="ignore"):
            return make_contiguous(RUN[name](context))
    finally:
        context.net.train(training)


def measure_data(name: str, dataset: Dataset) -> Probed:
    """One probe on the pictures."""
    with np.errstate(all="ignore"):
        return make_contiguous(DATA[name](dataset))


def make_contiguous(probed: Probed) -> Probed:
    """The same, with every array in C order, as files hold them."""
    return replace(probed, arrays={name: np.ascontiguousarray(array) for name, array in probed.arrays.items()})
