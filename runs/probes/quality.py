"""Every measure of what a trained network paints of the test pictures."""

from __future__ import annotations

import numpy as np

from runs.data.pixels import classify_pixels
from runs.probes.context import Context, Probed
from runs.probes.picture_measures import measure_errors, measure_looks
from runs.training.predict import find_likeliest, paint, run_batches


def measure(context: Context) -> Probed:
    """One number a test picture, (M,) float32, for each error and look that
    :mod:`runs.probes.picture_measures` knows.

    The class of a pixel is the likeliest one, or the nearest colour of the palette for a regression.
    """
    spec, data = context.spec, context.data
    pictures, named = [], []
    for output in run_batches(context.net, data.test_x):
        pictures.append(paint(output, data.palette, spec.model))
        regresses = spec.model == "regression"
        named.append(classify_pixels(pictures[-1], data.palette) if regresses else find_likeliest(output))
    right = np.concatenate(named) == data.test_classes.cpu().numpy()
    predictions = np.concatenate(pictures)
    measured = measure_errors(predictions, data.test_rgb, data.palette, right) | measure_looks(predictions)
    return Probed({name: numbers.astype(np.float32) for name, numbers in measured.items()})
