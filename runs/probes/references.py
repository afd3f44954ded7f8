"""The picture measures of simple methods, which a network's numbers are compared with."""

from __future__ import annotations

import numpy as np

from runs.data.dataset import Dataset
from runs.probes.context import Probed
from runs.probes.picture_measures import measure_errors, measure_looks
from runs.probes.samples import read_off_simply, take_nearest


def measure(dataset: Dataset) -> Probed:
    """One number a test picture, (M,) float32, as ``<row>_<measure>``.

    Rows are truth, palette (the nearest colour of each pixel: the best that a classification can do), grey,
    bilinear and bicubic, and each of these two in the palette's colours, as a network paints (bilinear_palette,
    bicubic_palette); measures are ``ERRORS`` against the truth and ``LOOKS`` of :mod:`runs.probes.picture_measures`.
    """
    truth = dataset.test
    rows = {"truth": truth} | read_off_simply(truth, dataset.palette)
    rows |= {f"{row}_palette": take_nearest(rows[row], dataset.palette) for row in ("bilinear", "bicubic")}
    arrays = {}
    for row, pictures in rows.items():
        for name, numbers in (measure_errors(pictures, truth, dataset.palette) | measure_looks(pictures)).items():
            arrays[f"{row}_{name}"] = numbers.astype(np.float32)
    return Probed(arrays)
