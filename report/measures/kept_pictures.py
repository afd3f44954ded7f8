"""Plain numbers that describe pictures: their colours, likeness, error, edges and flat areas.

Every measure takes the pictures of several moments at once, uint8 (M, K, H, W, 3), and gives one number a moment (M,),
the mean over its pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from runs.data.pixels import Floats, Pixels, to_grey, to_unit

#: An output whose edges correlate with those of the truth at least this much is read as showing the object.
SHOWS = 0.5

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Shown:
    """Pictures (M, K, H, W, 3), and what several measures take of them, made once."""

    pictures: Pixels

    @cached_property
    def packed(self) -> NDArray[np.uint32]:
        """(M, K, H, W): one number a colour, quicker to compare than three."""
        red, green, blue = np.moveaxis(self.pictures.astype(np.uint32), -1, 0)
        colours: NDArray[np.uint32] = (red << 16) | (green << 8) | blue
        return colours

    @cached_property
    def slopes(self) -> Floats:
        """(M, K, H-1, W-1): length of the brightness gradient, in brightness (0..1) a pixel."""
        light = to_grey(self.pictures)
        across = light[..., :-1, 1:] - light[..., :-1, :-1]
        down = light[..., 1:, :-1] - light[..., :-1, :-1]
        return np.hypot(across, down)

    @cached_property
    def outline(self) -> Outline:
        """Their edges, as correlations take them."""
        lengths = self.slopes.reshape(*self.pictures.shape[:2], -1).astype(np.float64)
        centred = lengths - lengths.mean(axis=2, keepdims=True)
        return Outline(centred, np.sqrt((centred**2).sum(axis=2)))


@dataclass(frozen=True)
class Outline:
    """Where pictures have their edges: the gradient lengths of each about their mean (M, K, P), their norm (M, K)."""

    centred: Numbers
    norm: Numbers


@dataclass(frozen=True)
class Beside:
    """What kept pictures are held against: the truth, and the last pictures of the same run; (K, H, W, 3)."""

    truth: Pixels
    final: Pixels

    @cached_property
    def outline(self) -> Outline:
        """The edges of the truth: the same for all that is held against it."""
        return Shown(self.truth[None]).outline


Look = Callable[[Shown, Beside], Numbers]


def colours_used(now: Shown) -> Numbers:
    """Distinct colours in a picture, mean over the pictures."""
    ordered = np.sort(now.packed.reshape(*now.pictures.shape[:2], -1), axis=2)
    return 1 + (ordered[..., 1:] != ordered[..., :-1]).sum(axis=2).mean(axis=1)


def likeness(now: Shown, others: Pixels) -> Numbers:
    """Share of pixels (0..1) that have the same colour in both."""
    return over((now.pictures == others).all(axis=-1))


def error(now: Shown, truth: Pixels) -> Numbers:
    """Mean squared error in RGB, channels in 0..1 (divided by 256, as the losses are)."""
    return over(np.square(to_unit(now.pictures) - to_unit(truth), dtype=np.float64))


def edges(now: Shown) -> Numbers:
    """Mean length of the brightness gradient: large for sharp or noisy pictures, small for smooth ones."""
    return over(now.slopes)


def agreements(now: Shown, truth: Outline) -> Numbers:
    """(M, K): Pearson correlation of the gradient lengths with those of the truth; 0 for a picture without edges."""
    ours = now.outline
    scale = ours.norm * truth.norm
    together = (ours.centred * truth.centred).sum(axis=2)
    return np.divide(together, scale, out=np.zeros(scale.shape), where=scale > 0)


def agreement(now: Shown, truth: Outline) -> Numbers:
    """How well the edges lie where the truth has them, -1..1, mean over the pictures."""
    return agreements(now, truth).mean(axis=1)


def showing(now: Shown, truth: Outline) -> Numbers:
    """Share of pictures (0..1) whose edges agree with the truth at least as much as ``SHOWS``."""
    return over(agreements(now, truth) >= SHOWS)


def flatness(now: Shown) -> Numbers:
    """Share (0..1) of neighbouring pixels that have one and the same colour: high for a segmentation."""
    colours = now.packed
    across = colours[..., 1:] == colours[..., :-1]
    down = colours[..., 1:, :] == colours[..., :-1, :]
    return over(np.concatenate([across.reshape(len(colours), -1), down.reshape(len(colours), -1)], axis=1))


def over(measured: NDArray[np.generic]) -> Numbers:
    """(M, …) -> (M,): the mean of all that was measured at a moment."""
    return measured.reshape(len(measured), -1).mean(axis=1)


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
