"""Which test pictures are training pictures too: to the pixel, mirrored, or the same photograph in another form."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from runs.data.copies import count_copies
from runs.data.dataset import Dataset
from runs.data.near_copies import measure_likeness
from runs.probes.context import Probed


def measure(dataset: Dataset) -> Probed:
    """The likeness of each of M test pictures to the training pictures, and how many copies to the pixel there are.

    Arrays:
        near: (M,) uint8, 1 for a near-copy.
        nearest: (M,) int64, the training picture that is most alike; likeness, lead: (M,) float32, as in
            :mod:`runs.data.near_copies`.

    Notes:
        copies: how many copies to the pixel there are, by half and kind.
    """
    with threadpool_limits(1):
        found = measure_likeness(dataset.train, dataset.test)
    arrays: dict[str, NDArray[Any]] = {
        "near": found.near.astype(np.uint8),
        "nearest": found.nearest.astype(np.int64),
        "likeness": found.likeness,
        "lead": found.lead,
    }
    return Probed(arrays, {"copies": count_copies(dataset.train, dataset.test)})
