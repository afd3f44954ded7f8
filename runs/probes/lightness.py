"""How far off a network's colours alone are: its chroma under the picture's own lightness.

A classification paints in the few colours of its palette, and a network that has to draw the picture anew loses
some of it; neither says that its colours are wrong. With the lightness that the input holds only they are left.
"""

from __future__ import annotations

import numpy as np

from runs.data.pixels import Pixels, to_grey
from runs.probes.context import Context, Probed
from runs.probes.picture_measures import CHUNK, find_colourfulness, find_delta_e, find_mse, find_psnr, find_ssim, to_lab
from runs.probes.samples import remove_colour
from runs.probes.sizes import MEASURES, SIDES, colour_picture, convert_from_lab, cut_crops, shrink
from runs.training.predict import predict

ERRORS = {"mse": find_mse, "psnr": find_psnr, "delta_e": find_delta_e, "ssim": find_ssim}


def measure(context: Context) -> Probed:
    """The test pictures, and photographs of several sizes: a* and b* as the network paints them, L* of the input.

    Arrays:
        mse, psnr, delta_e, ssim, colourfulness: (M,) float32, one number a test picture.
        side: (S,) int64; large_mse, large_delta_e, large_colourfulness: (S, K) float32, one number a size and
            photograph, the network on the whole photograph; see :mod:`runs.probes.sizes`.

    Raises:
        DataError: the photographs cannot be read.
    """
    spec, data = context.spec, context.data
    painted, truth = predict(context.net, data.test_x, data.palette, spec.model), data.test_rgb
    numbers: dict[str, list[np.ndarray]] = {name: [] for name in (*ERRORS, "colourfulness")}
    for start in range(0, len(truth), CHUNK):
        part = slice(start, start + CHUNK)
        kept = put_under(painted[part], truth[part])
        for name, error in ERRORS.items():
            numbers[name].append(error(kept, truth[part]))
        numbers["colourfulness"].append(find_colourfulness(kept))
    squares = cut_crops().values()
    rows: dict[str, list[np.ndarray]] = {name: [] for name in (*MEASURES, "colourfulness")}
    for side in SIDES:
        truth = np.stack([shrink(square, side) for square in squares])
        large = put_under(colour_picture(context, to_grey(truth)), truth)
        for name, error in MEASURES.items():
            rows[name].append(error(large, truth))
        rows["colourfulness"].append(find_colourfulness(large))
    arrays = {name: np.concatenate(values).astype(np.float32) for name, values in numbers.items()}
    arrays |= {f"large_{name}": np.array(values, np.float32) for name, values in rows.items()}
    return Probed(arrays | {"side": np.array(SIDES, np.int64)})


def put_under(pictures: Pixels, truth: Pixels) -> Pixels:
    """(N, H, W, 3) uint8 twice -> the same: the chroma of the first under the lightness of the grey second."""
    lightness = to_lab(remove_colour(truth))[..., :1]
    return convert_from_lab(np.concatenate([lightness, to_lab(pictures)[..., 1:]], axis=-1))
