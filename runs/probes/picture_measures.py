"""Measures of pictures: their errors against the truth, and the looks of a picture by itself.

Plain numpy and scikit-image. Pictures are (N, H, W, 3) RGB: uint8 levels, or floats that are levels divided by
256, as in :mod:`runs.data.pixels`. Every measure gives one number a picture, (N,) float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage import color

from runs.data.pixels import Colours, Floats, classify_pixels, to_uint8

Numbers = NDArray[np.float64]
Pictures = NDArray[Any]

#: Measures against the truth, and measures of a picture by itself.
ERRORS = ("pixel_accuracy", "mse", "psnr", "delta_e", "ssim")
LOOKS = ("colourfulness", "total_variation", "contrast", "sharpness")

#: Pictures measured at once, so that the work stays in the processor's cache.
CHUNK = 100
#: Equal pictures have no noise and no finite ratio: 60 dB, where libvmaf cuts 8-bit pictures off, stands for it, so
#: that means over pictures exist. One level off in every fifteenth value gives as much.
BEST_PSNR = 60.0
#: Side of the windows of the structural similarity: 26×26 of them lie inside 32×32 pixels.
WINDOW = 7
#: Rec. 709 weights of R, G and B, those of ``skimage.color.rgb2gray``.
LUMA = np.array([0.2125, 0.7154, 0.0721], np.float32)


def measure_errors(
    pictures: Pictures, truth: Pictures, palette: Colours, right: NDArray[np.bool_] | None = None
) -> dict[str, Numbers]:
    """All of ``ERRORS``.

    Args:
        pictures: (N, H, W, 3).
        truth: the same shape.
        palette: (K, 3) in pixel/256, the colours whose nearest is a pixel's class.
        right: (N, H, W), where the class is right, when a network has named the classes itself.
    """
    parts = []
    for start in range(0, len(truth), CHUNK):
        part = slice(start, start + CHUNK)
        one, other = pictures[part], truth[part]
        hits = find_same_class(one, other, palette) if right is None else right[part]
        parts.append(
            {
                "pixel_accuracy": find_pixel_accuracy(hits),
                "mse": find_mse(one, other),
                "psnr": find_psnr(one, other),
                "delta_e": find_delta_e(one, other),
                "ssim": find_ssim(one, other),
            }
        )
    return join_parts(parts, ERRORS)


def measure_looks(pictures: Pictures) -> dict[str, Numbers]:
    """All of ``LOOKS`` of pictures (N, H, W, 3)."""
    parts = []
    for start in range(0, len(pictures), CHUNK):
        part = pictures[start : start + CHUNK]
        light = to_luminance(part)
        parts.append(
            {
                "colourfulness": find_colourfulness(part),
                "total_variation": find_total_variation(light),
                "contrast": find_contrast(light),
                "sharpness": find_sharpness(light),
            }
        )
    return join_parts(parts, LOOKS)


def join_parts(parts: list[dict[str, Numbers]], names: tuple[str, ...]) -> dict[str, Numbers]:
    """Measures of one chunk after another, as one array a measure."""
    return {name: np.concatenate([np.empty(0), *(part[name] for part in parts)]) for name in names}


def to_levels(pictures: Pictures) -> Floats:
    """Pictures of either kind -> float32 levels, 0..255 for what can be shown."""
    scale = 1 if pictures.dtype == np.uint8 else 256
    return pictures.astype(np.float32) * np.float32(scale)


def find_same_class(pictures: Pictures, truth: Pictures, palette: Colours) -> NDArray[np.bool_]:
    """(N, H, W): where both pictures are nearest to the same colour of the palette."""
    one, other = (part if part.dtype == np.uint8 else to_uint8(part) for part in (pictures, truth))
    return classify_pixels(one, palette) == classify_pixels(other, palette)


def find_pixel_accuracy(right: NDArray[np.bool_]) -> Numbers:
    """(N, H, W) -> (N,): share of pixels whose colour class is right, 0..1."""
    return right.mean(axis=(1, 2), dtype=np.float64)


def find_mse(pictures: Pictures, truth: Pictures) -> Numbers:
    """Mean squared error over pixels and channels, on the networks' scale (levels / 256)."""
    difference = (to_levels(pictures) - to_levels(truth)) / np.float32(256)
    return np.square(difference).mean(axis=(1, 2, 3), dtype=np.float64)


def find_psnr(pictures: Pictures, truth: Pictures) -> Numbers:
    """Peak signal-to-noise ratio in dB, the peak being level 255; at most ``BEST_PSNR``."""
    least = (255 / 256) ** 2 / 10 ** (BEST_PSNR / 10)
    return 10 * np.log10((255 / 256) ** 2 / np.maximum(find_mse(pictures, truth), least))


def to_lab(pictures: Pictures) -> Floats:
    """(…, 3) RGB -> (…, 3) float32 L*, a*, b* (sRGB, D65), of what a screen would show."""
    return color.rgb2lab(np.clip(to_levels(pictures), 0, 255) / np.float32(255))


def find_delta_e(pictures: Pictures, truth: Pictures) -> Numbers:
    """Mean CIEDE2000 colour difference over the pixels (Sharma, Wu & Dalal 2005); 1 is about just noticeable."""
    parts = [slice(start, start + CHUNK) for start in range(0, len(truth), CHUNK)]
    differences = (find_difference(to_lab(pictures[part]), to_lab(truth[part])) for part in parts)
    return np.concatenate([np.empty(0), *(part.mean(axis=(1, 2), dtype=np.float64) for part in differences)])


def find_difference(one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """CIEDE2000 of L*a*b* colours (…, 3) -> (…)."""
    return color.deltaE_ciede2000(one, other)  # type: ignore[no-untyped-call]


def find_ssim(pictures: Pictures, truth: Pictures) -> Numbers:
    """Structural similarity (Wang, Bovik, Sheikh & Simoncelli 2004), the mean of the three channels; 1 is equal.

    Uniform 7×7 windows that lie inside the picture, sample covariances, range 255: scikit-image's
    ``structural_similarity``, for all pictures at once.
    """
    x, y = to_levels(pictures).astype(np.float64), to_levels(truth).astype(np.float64)
    mean_x, mean_y = average_windows(x), average_windows(y)
    sample = WINDOW**2 / (WINDOW**2 - 1)
    var_x = sample * (average_windows(x * x) - mean_x * mean_x)
    var_y = sample * (average_windows(y * y) - mean_y * mean_y)
    covariance = sample * (average_windows(x * y) - mean_x * mean_y)
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    above = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    below = (mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2)
    return (above / below).mean(axis=(1, 2, 3))


def average_windows(values: Numbers) -> Numbers:
    """(N, H, W, C) -> (N, H-6, W-6, C): means over the windows that lie inside."""
    edge = WINDOW // 2
    means: Numbers = ndimage.uniform_filter(values, (1, WINDOW, WINDOW, 1))
    return means[:, edge:-edge, edge:-edge]


def find_colourfulness(pictures: Pictures) -> Numbers:
    """How colourful a picture looks (Hasler & Süsstrunk 2003): 0 for grey, about 80 for a very vivid one."""
    r, g, b = np.moveaxis(to_levels(pictures), -1, 0)
    red_green, yellow_blue = r - g, (r + g) / 2 - b
    means = [part.mean(axis=(1, 2), dtype=np.float64) for part in (red_green, yellow_blue)]
    spreads = [part.std(axis=(1, 2), dtype=np.float64) for part in (red_green, yellow_blue)]
    return np.hypot(*spreads) + 0.3 * np.hypot(*means)


def to_luminance(pictures: Pictures) -> Floats:
    """(N, H, W, 3) -> (N, H, W) float32, 0..1: R, G and B weighted as in Rec. 709."""
    return to_levels(pictures) @ LUMA / np.float32(255)


def find_total_variation(light: Floats) -> Numbers:
    """Mean absolute difference between neighbours, across and down, of (N, H, W) luminance: noise and texture."""
    _, h, w = light.shape
    across = np.abs(np.diff(light, axis=2)).sum(axis=(1, 2), dtype=np.float64)
    down = np.abs(np.diff(light, axis=1)).sum(axis=(1, 2), dtype=np.float64)
    return (across + down) / (h * (w - 1) + (h - 1) * w)


def find_contrast(light: Floats) -> Numbers:
    """RMS contrast (Peli 1990): the standard deviation of (N, H, W) luminance."""
    return light.std(axis=(1, 2), dtype=np.float64)


def find_sharpness(light: Floats) -> Numbers:
    """Mean length of the Sobel gradient of (N, H, W) luminance, in luminance a pixel, leaving out the border."""
    rows = (light[:, :-2] + 2 * light[:, 1:-1] + light[:, 2:]) / 4  # (N, H, W) -> (N, H-2, W)
    columns = (light[:, :, :-2] + 2 * light[:, :, 1:-1] + light[:, :, 2:]) / 4  # (N, H, W) -> (N, H, W-2)
    across = (rows[:, :, 2:] - rows[:, :, :-2]) / 2  # (N, H-2, W-2), as down
    down = (columns[:, 2:] - columns[:, :-2]) / 2
    return np.hypot(across, down).mean(axis=(1, 2), dtype=np.float64)
