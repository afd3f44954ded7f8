"""Pictures in, plain numbers out: their colours, likeness, error, edges and flat areas.

Every measure takes uint8 pictures (K, H, W, 3) and gives one number for them all, the mean over the pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from runs.pixels import Floats, Pixels, grey, unit

#: An output whose edges correlate with those of the truth at least this much is read as showing the object.
SHOWS = 0.5


@dataclass(frozen=True)
class Beside:
    """What kept pictures are held against: the truth, and the last pictures of the same run; (K, H, W, 3)."""

    truth: Pixels
    final: Pixels

    @cached_property
    def outline(self) -> Outline:
        """The edges of the truth: the same for all that is held against it."""
        return outline(self.truth)


@dataclass(frozen=True)
class Outline:
    """Where pictures have their edges: the gradient lengths of each about their mean (K, P), and their norm (K,)."""

    centred: NDArray[np.float64]
    norm: NDArray[np.float64]


Look = Callable[[Pixels, Beside], float]


def packed(pictures: Pixels) -> NDArray[np.uint32]:
    """(K, H, W, 3) -> (K, H, W): one number a colour, quicker to compare than three."""
    red, green, blue = np.moveaxis(pictures.astype(np.uint32), -1, 0)
    colours: NDArray[np.uint32] = (red << 16) | (green << 8) | blue
    return colours


def colours_used(pictures: Pixels) -> float:
    """Distinct colours in a picture, mean over the pictures."""
    ordered = np.sort(packed(pictures).reshape(len(pictures), -1), axis=1)
    return float(1 + (ordered[:, 1:] != ordered[:, :-1]).sum(axis=1).mean())


def likeness(pictures: Pixels, others: Pixels) -> float:
    """Share of pixels (0..1) that have the same colour in both."""
    return float((pictures == others).all(axis=-1).mean())


def error(pictures: Pixels, truth: Pixels) -> float:
    """Mean squared error in RGB, channels in 0..1 (divided by 256, as the losses are)."""
    return float(np.square(unit(pictures) - unit(truth), dtype=np.float64).mean())


def slopes(pictures: Pixels) -> Floats:
    """(K, H, W, 3) -> (K, H-1, W-1): length of the brightness gradient, in brightness (0..1) a pixel."""
    light = grey(pictures)
    across = light[:, :-1, 1:] - light[:, :-1, :-1]
    down = light[:, 1:, :-1] - light[:, :-1, :-1]
    return np.hypot(across, down)


def edges(pictures: Pixels) -> float:
    """Mean length of the brightness gradient: large for sharp or noisy pictures, small for smooth ones."""
    return float(slopes(pictures).mean())


def outline(pictures: Pixels) -> Outline:
    """The edges of pictures (K, H, W, 3), as correlations take them."""
    lengths = slopes(pictures).reshape(len(pictures), -1).astype(np.float64)
    centred = lengths - lengths.mean(axis=1, keepdims=True)
    return Outline(centred, np.sqrt((centred**2).sum(axis=1)))


def agreements(pictures: Pixels, truth: Outline) -> NDArray[np.float64]:
    """(K,): Pearson correlation of the gradient lengths with those of the truth; 0 for a picture without edges."""
    ours = outline(pictures)
    scale = ours.norm * truth.norm
    together = (ours.centred * truth.centred).sum(axis=1)
    return np.divide(together, scale, out=np.zeros(len(pictures)), where=scale > 0)


def agreement(pictures: Pixels, truth: Outline) -> float:
    """How well the edges lie where the truth has them, -1..1, mean over the pictures."""
    return float(agreements(pictures, truth).mean())


def showing(pictures: Pixels, truth: Outline) -> float:
    """Share of pictures (0..1) whose edges agree with the truth at least as much as ``SHOWS``."""
    return float((agreements(pictures, truth) >= SHOWS).mean())


def flatness(pictures: Pixels) -> float:
    """Share (0..1) of neighbouring pixels that have one and the same colour: high for a segmentation."""
    colours = packed(pictures)
    across = colours[:, :, 1:] == colours[:, :, :-1]
    down = colours[:, 1:] == colours[:, :-1]
    return float((across.sum() + down.sum()) / (across.size + down.size))


@dataclass(frozen=True)
class Aspect:
    """A measure of kept pictures: its name on a page, how to get it, and how to print it."""

    label: str
    look: Look
    unit: str = ""
    digits: int = 2


ASPECTS = {
    "colours": Aspect("colours a picture", lambda now, beside: colours_used(now), digits=1),
    "flatness": Aspect("neighbours of one colour", lambda now, beside: flatness(now), "%", 1),
    "likeness": Aspect("pixels as in the last picture", lambda now, beside: likeness(now, beside.final), "%", 1),
    "error": Aspect("squared error in RGB", lambda now, beside: error(now, beside.truth), digits=4),
    "edges": Aspect("edge content", lambda now, beside: edges(now), digits=4),
    "agreement": Aspect("edges as in the truth", lambda now, beside: agreement(now, beside.outline)),
    "showing": Aspect("pictures that show the object", lambda now, beside: showing(now, beside.outline), "%", 0),
}
