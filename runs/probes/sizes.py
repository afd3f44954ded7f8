"""What a network trained on 32×32 pixels makes of photographs of 64, 128 and 256 pixels."""

from __future__ import annotations

import warnings

import numpy as np
import torch
from PIL import Image
from skimage import color
from torch.nn import functional

from runs.data.photographs import list_photographs, split_photograph
from runs.data.pixels import Floats, Pixels, to_grey
from runs.probes.context import Context, Probed
from runs.probes.picture_measures import find_colourfulness, find_delta_e, find_mse, to_lab
from runs.probes.samples import remove_colour
from runs.training.predict import predict
from runs.training.prepared import to_planes

SIDES = (64, 128, 256)  # pixels
#: The side of the pictures that the networks are trained on.
TRAINED = 32
#: Photographs at most, and those that come first: much colour, little sky.
PHOTOGRAPHS = 4
FIRST = ("astronaut", "coffee", "temple", "flower")
WAYS = ("direct", "upsampled", "grey")
MEASURES = {"mse": find_mse, "delta_e": find_delta_e}


def measure(context: Context) -> Probed:
    """Colours photographs in three ways: "direct", by the network as it is, fully convolutional; "upsampled",
    by colouring the picture averaged down to 32×32 and laying its chroma, enlarged, under the full-size
    lightness; and "grey", not at all.

    Arrays:
        side: (S,) int64.
        <way>_mse, <way>_delta_e, <way>_colourfulness: (S, K) float32, one number a size and photograph; and
            truth_colourfulness.
        <truth, grey, direct or upsampled>_<side>: (K, side, side, 3) uint8.

    Raises:
        DataError: the photographs cannot be read.
    """
    squares = cut_crops()
    arrays: dict[str, np.ndarray] = {"side": np.array(SIDES, np.int64)}
    for side in SIDES:
        truth = np.stack([shrink(square, side) for square in squares.values()])
        arrays[f"truth_{side}"] = truth
        arrays[f"grey_{side}"] = remove_colour(truth)
        arrays[f"direct_{side}"] = colour_picture(context, to_grey(truth))
        arrays[f"upsampled_{side}"] = upsample(context, truth)
    for way in WAYS:
        for name, error in MEASURES.items():
            numbers = [error(arrays[f"{way}_{side}"], arrays[f"truth_{side}"]) for side in SIDES]
            arrays[f"{way}_{name}"] = np.array(numbers, np.float32)
    for row in (*WAYS, "truth"):
        looks = [find_colourfulness(arrays[f"{row}_{side}"]) for side in SIDES]
        arrays[f"{row}_colourfulness"] = np.array(looks, np.float32)
    return Probed(arrays, {"photographs": list(squares)})


def cut_crops() -> dict[str, Pixels]:
    """Squares from the middle of the first photographs that are large enough, by name.

    They come from the parts that no training patch is cut from.
    """
    found = {}
    there = list_photographs()
    for name in sorted(there, key=lambda name: name not in FIRST):
        region = split_photograph(there[name])[1]
        side = min(region.shape[:2])
        if side >= max(SIDES):
            top, left = ((length - side) // 2 for length in region.shape[:2])
            found[name] = region[top : top + side, left : left + side]
    return dict(list(found.items())[:PHOTOGRAPHS])


def shrink(square: Pixels, side: int) -> Pixels:
    """(S, S, 3) uint8 -> (side, side, 3), each pixel the mean of what it covers."""
    return np.asarray(Image.fromarray(square).resize((side, side), Image.Resampling.BOX))


def colour_picture(context: Context, light: Floats) -> Pixels:
    """Grey pictures (N, H, W) float32 in 0..1 -> what the network paints, (N, H, W, 3) uint8."""
    x = to_planes(light[..., None], str(context.data.test_x.device))
    return predict(context.net, x, context.data.palette, context.spec.model)


def upsample(context: Context, truth: Pixels) -> Pixels:
    """(N, S, S, 3) uint8 -> the same shape: coloured at 32×32, the chroma enlarged onto the grey picture."""
    light = to_grey(truth)
    n, side, _ = light.shape
    block = side // TRAINED
    small = light.reshape(n, TRAINED, block, TRAINED, block).mean(axis=(2, 4), dtype=np.float32)
    chroma = torch.from_numpy(to_lab(colour_picture(context, small))[..., 1:]).permute(0, 3, 1, 2)  # (N, 2, 32, 32)
    wide = functional.interpolate(chroma, size=(side, side), mode="bilinear").permute(0, 2, 3, 1).numpy()
    lightness = to_lab(remove_colour(truth))[..., :1]
    return convert_from_lab(np.concatenate([lightness, wide], axis=-1))


def convert_from_lab(colours: Floats) -> Pixels:
    """L*a*b* (…, 3) -> (…, 3) uint8 sRGB, the nearest that a screen can show channel by channel."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*negative Z values")  # of chroma that no screen can show
        unit = color.lab2rgb(colours)
    return np.rint(unit * 255).clip(0, 255).astype(np.uint8)
