"""Stored probes in, one number a seed out: what is measured of coloured pictures alone, beside ``quality_samples``.

Shared by the claims and the pages of 1.1, 1.2 and 1.6, so that both speak of the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from report.claims.kinds import Margin, Measure, Ordering, distances
from report.claims.margins import MUCH, SEEN
from report.claims.measures import taken_once
from report.claims.quality_samples import LOOKS, mean, quality, reference
from report.frames import Frames, Measurement
from report.values import Sample
from runs.catalogue import BASE, CNN
from runs.spec import RunSpec

#: Temperatures at which the colour is read off the predicted distribution.
TEMPERATURES = (0.0, 0.1, 0.2, 0.38, 0.5, 0.75, 1.0)


def lacking_runs(frames: Frames, spec: RunSpec) -> tuple[str, ...]:
    """Ids of the runs of ``spec``, one a seed."""
    return tuple(spec.with_seed(seed).id for seed in frames.seeds)


@taken_once
def kept_lightness(spec: RunSpec, key: str) -> Measure:
    """A measure of a network's chroma alone, laid under the lightness that its input holds: a mean over pictures."""
    look = LOOKS[key]
    return lambda frames: frames.probed(
        spec, "lightness", lambda probe: mean(probe.arrays[key]), unit=look.unit, digits=look.digits
    )


def colour_gap(spec: RunSpec, written_epoch: int = BASE) -> Measure:
    """How far the mean colourfulness of the predictions lies from that of the truth, up or down.

    Colourfulness: Hasler and Süsstrunk, 2003.
    """
    made, true = quality(spec, "colourfulness", written_epoch), reference("truth", "colourfulness")

    def measure(frames: Frames) -> Sample:
        truth = true(frames)
        return made(frames).map(lambda value: abs(value - truth.mean)) if truth.ok else truth

    return measure


@taken_once
def at_temperature(temperature: float, key: str = "colourfulness") -> Measure:
    """A measure of the CNN's pictures, their colours read off by the annealed mean at one temperature.

    At 0 that is the likeliest colour, at 1 the mean of all (Zhang, Isola and Efros, 2016).
    """

    def number(probe: Measurement) -> float:
        near = np.flatnonzero(np.isclose(probe.arrays["temperature"], temperature, atol=1e-3))
        return float(probe.arrays[key][near[0]]) if len(near) else math.nan

    look = LOOKS[key]
    return lambda frames: frames.probed(CNN, "temperature", number, unit=look.unit, digits=look.digits)


def looks_better(
    better: tuple[RunSpec, int],
    worse: tuple[RunSpec, int],
    names: tuple[str, str],
    margins: Mapping[str, Margin] = SEEN,
) -> dict[str, Ordering]:
    """Proxies for "these pictures look better" of two runs, each at one of the write-up's epochs.

    Squared error is none of them: it favours the washed-out mean of all likely colours. A difference below its
    margin is none.
    """
    (good, late), (poor, early), other_way = better, worse, names[::-1]
    less_error = Ordering(
        quality(poor, "delta_e", early), quality(good, "delta_e", late), margins["delta_e"], other_way
    )
    more_alike = Ordering(quality(good, "ssim", late), quality(poor, "ssim", early), margins["ssim"], names)
    less_off = Ordering(colour_gap(poor, early), colour_gap(good, late), margins["colourfulness"], distances(other_way))
    by = {key: f" by {margin.size:g} or more" if margins is MUCH else "" for key, margin in margins.items()}
    return {
        f"ΔE2000 is lower{by['delta_e']}": less_error,
        f"SSIM is higher{by['ssim']}": more_alike,
        f"colourfulness is nearer to the truth{by['colourfulness']}": less_off,
    }
