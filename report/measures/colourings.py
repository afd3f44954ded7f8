"""Measures that only coloured pictures have, one number for each seed, from stored probes; beside ``picture_quality``.

Shared by the claims and the pages of 1.1, 1.2 and 1.6, so that both speak of the same numbers.
"""

from __future__ import annotations

import math

import numpy as np

from report.measures.picture_quality import LOOKS, mean, quality, reference
from report.results.frames import Frames, Measurement, make_measure
from report.results.values import Sample
from runs.specs.catalogue import BASE, CNN
from runs.specs.spec import RunSpec

#: Temperatures at which the colour is read off the predicted distribution.
TEMPERATURES = (0.0, 0.1, 0.2, 0.38, 0.5, 0.75, 1.0)


def lacking_runs(frames: Frames, spec: RunSpec) -> tuple[str, ...]:
    """Ids of the runs of ``spec``, one a seed."""
    return tuple(spec.with_seed(seed).id for seed in frames.seeds)


@make_measure
def kept_lightness(frames: Frames, spec: RunSpec, key: str) -> Sample:
    """A measure of a network's chroma alone, laid under the lightness that its input holds: a mean over pictures."""
    look = LOOKS[key]
    return frames.probed(spec, "lightness", lambda probe: mean(probe.arrays[key]), unit=look.unit, digits=look.digits)


@make_measure
def colour_gap(frames: Frames, spec: RunSpec, written_epoch: int = BASE) -> Sample:
    """How far the mean colourfulness of the predictions lies from that of the truth, up or down.

    Colourfulness: Hasler and Süsstrunk, 2003.
    """
    made, true = quality(spec, "colourfulness", written_epoch), reference("truth", "colourfulness")
    truth = frames.take(true)
    return frames.take(made).map(lambda value: abs(value - truth.mean)) if truth.ok else truth


@make_measure
def at_temperature(frames: Frames, temperature: float, key: str = "colourfulness") -> Sample:
    """A measure of the CNN's pictures, their colours read off by the annealed mean at one temperature.

    At 0 that is the likeliest colour, at 1 the mean of all (Zhang, Isola and Efros, 2016).
    """

    def number(probe: Measurement) -> float:
        near = np.flatnonzero(np.isclose(probe.arrays["temperature"], temperature, atol=1e-3))
        return float(probe.arrays[key][near[0]]) if len(near) else math.nan

    look = LOOKS[key]
    return frames.probed(CNN, "temperature", number, unit=look.unit, digits=look.digits)
