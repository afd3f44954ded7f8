"""The annealed mean of the colours of a trained classification, at several temperatures."""

from __future__ import annotations

import numpy as np

from runs.data.pixels import Pixels, classify_pixels
from runs.probes.context import Context, Probed
from runs.probes.picture_measures import find_colourfulness, find_delta_e, find_mse, find_pixel_accuracy
from runs.training.predict import anneal_mean, run_batches
from runs.training.prepared import Prepared
from runs.training.trainer import KEPT

#: From the likeliest colour (0) to the plain mean (1); 0.38 is the choice of Zhang, Isola & Efros (2016).
TEMPERATURES = (0.0, 0.1, 0.2, 0.38, 0.5, 0.75, 1.0)
#: Test pictures measured at most.
PICTURES = 250
MEASURES = ("colourfulness", "mse", "delta_e", "pixel_accuracy")


def measure(context: Context) -> Probed:
    """The annealed mean (Zhang, Isola & Efros 2016), in RGB, at each temperature.

    Arrays:
        temperature: (T,) float32.
        colourfulness, mse, delta_e, pixel_accuracy: (T,) float32, means over the test pictures measured; a
            pixel's class is that of the colour nearest to the mean.
        pictures: (T, K, H, W, 3) uint8, the first K test pictures.
    """
    data = context.data
    painted: list[list[Pixels]] = [[] for _ in TEMPERATURES]
    for output in run_batches(context.net, data.test_x[:PICTURES]):
        for row, temperature in zip(painted, TEMPERATURES, strict=True):
            row.append(anneal_mean(output, data.palette, temperature))
    pictures = [np.concatenate(row) for row in painted]
    numbers = np.array([find_means(row, data) for row in pictures], np.float32)  # (T, 4)
    arrays = dict(zip(MEASURES, numbers.T, strict=True))
    arrays["temperature"] = np.array(TEMPERATURES, np.float32)
    return Probed(arrays | {"pictures": np.stack([row[:KEPT] for row in pictures])}, {"measured": len(pictures[0])})


def find_means(pictures: Pixels, data: Prepared) -> list[float]:
    """The numbers of ``MEASURES``, in their order, as means over the first test pictures, painted (N, H, W, 3)."""
    truth, named = data.test_rgb[:PICTURES], data.test_classes[:PICTURES].cpu().numpy()
    numbers = (
        find_colourfulness(pictures),
        find_mse(pictures, truth),
        find_delta_e(pictures, truth),
        find_pixel_accuracy(classify_pixels(pictures, data.palette) == named),
    )
    return [float(number.mean()) for number in numbers]
