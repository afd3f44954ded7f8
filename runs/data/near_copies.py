"""Test pictures that are the same photograph as a training picture: in another frame, in other colours, mirrored.

The measure is the project's own. A picture is described by the slopes of its grey levels, 12×12, each by the square
root of its size: that says where edges lie, and little of colour, brightness or contrast. Each test picture, whole and
cut smaller, plain and mirrored, is held against each training picture, and whole against that cut smaller. Different
photographs of one pose are alike as well, so what counts is the lead of the best match over the fifth best, as a
photograph comes back once or twice and a pose comes back often.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runs.data.pixels import Floats, Pixels, to_grey

#: Sides of the windows, as shares of the picture, and at how many places along each side a smaller one is cut.
SCALES, PLACES = (1.0, 0.85, 0.7), 3
SIDE = 12  # of the description, in pixels
#: The match whose likeness is taken for that of other photographs.
OTHERS = 5
#: The least likeness and the least lead of a near-copy. On CIFAR-10's horses the pairs that an eye calls the same
#: photograph go down to this lead, and below it most are others.
LEAST_LIKENESS, LEAST_LEAD = 0.6, 0.24


@dataclass(frozen=True)
class Likeness:
    """How alike each of M test pictures is to the training pictures.

    Attributes:
        nearest: (M,) int64, the place of the training picture that is most alike.
        likeness: (M,) float32, of both, at most 1.
        lead: (M,) float32, how far that is above the fifth most alike.
    """

    nearest: NDArray[np.int64]
    likeness: Floats
    lead: Floats

    @property
    def near(self) -> NDArray[np.bool_]:
        """(M,) whether each is a near-copy."""
        return (self.likeness >= LEAST_LIKENESS) & (self.lead >= LEAST_LEAD)


def measure_likeness(train: Pixels, test: Pixels, chunk: int = 500) -> Likeness:
    """How alike (M, H, W, 3) test pictures are to (N, H, W, 3) training pictures; so many test pictures at a time."""
    whole, *cut = [describe_slopes(window) for window in _iterate_windows(to_grey(train))]
    parts = [_compare(to_grey(test[start : start + chunk]), whole, cut) for start in range(0, len(test), chunk)]
    nearest, likeness, lead = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return Likeness(nearest, likeness, lead)


def _compare(test: Floats, whole: Floats, cut: list[Floats]) -> tuple[NDArray[np.int64], Floats, Floats]:
    """For (m, H, W) grey test pictures: the nearest training picture, its likeness, and its lead."""
    best = np.full((len(test), len(whole)), -1, np.float32)
    for turned in (test, test[:, :, ::-1]):
        own = [describe_slopes(window) for window in _iterate_windows(turned)]
        for window in own:
            np.maximum(best, window @ whole.T, out=best)
        for window in cut:
            np.maximum(best, own[0] @ window.T, out=best)
    rank = min(OTHERS, len(whole))
    others = np.partition(best, -rank, axis=1)[:, -rank]
    likeness = best.max(axis=1)
    return best.argmax(axis=1), likeness, likeness - others


def _iterate_windows(grey: Floats) -> Iterator[Floats]:
    """(N, H, W) -> (N, 12, 12), once for the whole picture and each window, averaged down."""
    side = grey.shape[1]
    for scale in SCALES:
        width = round(side * scale)
        places = np.rint(np.linspace(0, side - width, PLACES if width < side else 1)).astype(int)
        shrink = _make_average(width)
        for top in places:
            for left in places:
                window = grey[:, top : top + width, left : left + width]
                yield np.matmul(np.matmul(shrink, window), shrink.T)


def _make_average(width: int) -> Floats:
    """(12, width): what averages a row of pixels down to 12, each pixel by the share of it that falls into each."""
    edges = np.linspace(0, width, SIDE + 1)
    pixels = np.arange(width)
    overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return (overlap.clip(0) * SIDE / width).astype(np.float32)


def describe_slopes(grey: Floats) -> Floats:
    """(N, 12, 12) -> (N, 264), of length 1: the slopes to the right and downwards, by the roots of their sizes."""
    right, down = np.diff(grey, axis=2), np.diff(grey, axis=1)
    slopes = np.concatenate([right.reshape(len(grey), -1), down.reshape(len(grey), -1)], axis=1)
    slopes = np.sign(slopes) * np.sqrt(np.abs(slopes))
    return slopes / np.maximum(np.linalg.norm(slopes, axis=1, keepdims=True), 1e-3)
