"""What the gradients of early and of late blocks come to."""

from __future__ import annotations

import math

import numpy as np

from report.results.frames import Frames, Measurement, make_measure
from report.results.values import Sample
from runs.specs.spec import RunSpec

#: Blocks near the input and near the output, whose gradients are compared.
EARLY_BLOCKS, LATE_BLOCKS = ("downconv1", "downconv2"), ("upconv2", "finalconv")


def block_norms(probe: Measurement, blocks: tuple[str, ...]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """(steps,): the gradient's L2 norm over some blocks together, at each step of the first epoch."""
    named = list(probe.notes["blocks"])
    norms = np.asarray(probe.arrays["norms"], np.float64)[:, [named.index(block) for block in blocks]]
    total: np.ndarray[tuple[int], np.dtype[np.float64]] = np.sqrt((norms**2).sum(axis=1))
    return total


@make_measure
def early_to_late(frames: Frames, spec: RunSpec, early: tuple[str, ...] = EARLY_BLOCKS) -> Sample:
    """Norm of the early blocks' gradient as a multiple of the late blocks': the median over the first epoch."""

    def ratio(probe: Measurement) -> float:
        top, bottom = block_norms(probe, early), block_norms(probe, LATE_BLOCKS)
        return float(np.median(top / np.where(bottom > 0, bottom, math.nan)))

    return frames.probed(spec, "gradients", ratio, digits=2)
