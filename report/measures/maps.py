"""How closely the channels of each block follow the network's input, one number for each seed, from stored maps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from report.results.frames import Frames, Measurement, make_measure
from report.results.values import Sample
from runs.specs.spec import RunSpec


def shrink_to(light: NDArray[np.floating[Any]], side: int) -> NDArray[np.float64]:
    """(N, S, S) -> (N, side, side): means of squares of pixels, for a ``side`` that divides S."""
    count, size, _ = light.shape
    step = size // side
    means: NDArray[np.float64] = light.astype(np.float64).reshape(count, side, step, side, step).mean(axis=(2, 4))
    return means


def follow_input(maps: NDArray[np.floating[Any]], light: NDArray[np.floating[Any]]) -> float:
    """How closely maps (N, C, h, h) follow the brightness (N, S, S) of their input: Pearson's correlation over the
    places of a map, without its sign; the mean over the channels that vary. NaN where none does.
    """
    wide = maps.astype(np.float64)
    wide = wide - wide.mean(axis=(2, 3), keepdims=True)
    small = shrink_to(light, maps.shape[-1])
    small = (small - small.mean(axis=(1, 2), keepdims=True))[:, None]  # (N, 1, h, h)
    product = (wide * small).sum(axis=(2, 3))
    length = np.sqrt((wide**2).sum(axis=(2, 3)) * (small**2).sum(axis=(2, 3)))  # (N, C)
    found = np.abs(product[length > 0] / length[length > 0])
    return float(found.mean()) if len(found) else math.nan


@make_measure
def follows(frames: Frames, spec: RunSpec, block: str) -> Sample:
    """How closely the maps of a block follow the brightness of the input, one number a seed, over the pictures whose
    maps are kept: 1 where every channel is the input, or its negative.
    """
    samples = frames.data_probe("samples")
    if samples is None:
        return Sample({}, digits=2, missing=("data",))
    given = samples.arrays["small" if spec.task == "upscale" else "grey"]
    light = np.asarray(given, np.float64).mean(axis=-1)  # (K, S, S, 3) -> (K, S, S)

    def number(stored: Measurement) -> float:
        maps = np.asarray(stored.arrays[block])
        return follow_input(maps, light[: len(maps)])

    return frames.probed(spec, "activations", number, digits=2)
