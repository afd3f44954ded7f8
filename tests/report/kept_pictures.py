"""Pictures that a run might have kept, made by hand, put into fake frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from report.results.frames import Frames, Measurement
from runs.specs.spec import RunSpec
from tests.fakes import KEPT

Pictures = NDArray[np.uint8]

RNG = np.random.default_rng(3)
NOISE: Pictures = RNG.integers(0, 256, (KEPT, 32, 32, 3), dtype=np.uint8)


def object_pictures() -> Pictures:
    """A bright square on a dark ground, elsewhere in each picture: flat areas and one outline."""
    pictures = np.full((KEPT, 32, 32, 3), 40, np.uint8)
    for index in range(KEPT):
        pictures[index, 5 + index : 20 + index, 8:22] = (200, 180, 90)
    return pictures


def with_truth(frames: Frames, truth: Pictures) -> Frames:
    samples = dict.fromkeys(("truth", "grey", "small", "bilinear", "bicubic", "palette"), truth)
    return replace(frames, probes={**frames.probes, ("data", "samples", 0): Measurement(samples)})


def with_pictures(frames: Frames, spec: RunSpec, made: Callable[[int], Pictures]) -> Frames:
    """Pictures of a run, by epoch (from 1); the same for each seed."""
    pictures = dict(frames.pictures)
    for seed in frames.seeds:
        run = spec.with_seed(seed).id
        pictures[run] = np.stack([made(epoch) for epoch in range(1, len(pictures[run]) + 1)])
    return replace(frames, pictures=pictures)


def towards(truth: Pictures, epoch: int) -> Pictures:
    """Noise that gives way to the truth, in share with the epochs."""
    share = min(1.0, epoch / 25)
    return np.rint(truth * share + NOISE * (1 - share)).astype(np.uint8)
