"""Labelled rows of small pictures, drawn from arrays of pixels so that each pixel stays one pixel."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from report.answers import Figure, Reel, Strip
from runs.data.pixels import to_unit
from runs.text import count_words

#: Pictures of a row, each 25 mm wide on paper.
SHOWN = 6
#: Pixels between two pictures of a row, and channels beside each other in a sheet.
GAP = 1
ACROSS = 16
#: Channels of a network that stand beside those of others, in two rows.
EACH = 8


def draw_strips(
    name: str,
    caption: str,
    alt: str,
    rows: Mapping[str, NDArray[np.uint8]],
    scale: int = 4,
    roles: Mapping[str, str] = MappingProxyType({}),
) -> Figure:
    """One labelled row of pictures for each entry: label -> (K, H, W, 3) uint8, of which the first SHOWN are shown.

    All rows are as wide as the widest, so that a page that is too narrow shrinks them alike. ``roles`` says by
    label what a screen may do with a row, see :class:`report.answers.Strip`.
    """
    rows = {label: pictures[:SHOWN] for label, pictures in rows.items()}
    lines = {label: _lay_row(pictures) for label, pictures in rows.items() if len(pictures)}
    truth = rows.get("truth")
    made = [
        replace(strip, role=roles.get(strip.label, ""), alt=_describe_rows(strip.label, rows[strip.label], truth))
        for strip in _lay_strips(lines)
    ]
    return Figure(name, caption, alt, strips=made, scale=scale)


def _describe_rows(label: str, pictures: NDArray[np.uint8], truth: NDArray[np.uint8] | None) -> str:
    """What a row shows: how many pictures, how large, and how far from the truth where that stands beside them."""
    count, height, width, _ = pictures.shape
    told = f"{label}: {count_words(count, 'picture')} of {width}×{height} pixels"
    if truth is None or label == "truth" or truth.shape != pictures.shape:
        return told + "."
    off = np.square(to_unit(pictures) - to_unit(truth), dtype=np.float64).mean()
    return f"{told}, squared error in RGB {off:.4f} against the truth."


def draw_reel(label: str, pictures: NDArray[np.uint8]) -> Reel:
    """(E, K, H, W, 3) uint8, the pictures after epochs 1 to E -> one picture, a row of SHOWN for each epoch."""
    frames = np.concatenate([_lay_row(row[:SHOWN]) for row in pictures])
    epochs = len(pictures)
    return Reel(label, _encode_png(frames), frames.shape[1], len(frames) // epochs, epochs)


def draw_sheet(
    name: str,
    caption: str,
    alt: str,
    blocks: Mapping[str, NDArray[np.floating]],
    scale: int = 2,
    words: Mapping[str, str] = MappingProxyType({}),
) -> Figure:
    """Activations, one tile a channel: label -> (C, h, w); ``words`` say by label what a block shows.

    Each tile is stretched from its own least to its own largest value; a channel that is the same all over (a
    dead one) is black. Small maps are enlarged to the size of the largest by repeating pixels.
    """
    side = max((block.shape[-1] for block in blocks.values()), default=1)
    palette = np.rint(matplotlib.colormaps["magma"](np.linspace(0, 1, 256))[:, :3] * 255).astype(np.uint8)
    lines = {}
    for label, block in blocks.items():
        if len(block):
            times = max(1, side // block.shape[-1])
            tiles = _stretch(block).repeat(times, axis=1).repeat(times, axis=2)
            lines[label] = _lay_grid(palette[tiles])
    made = [replace(strip, alt=words.get(strip.label, strip.label)) for strip in _lay_strips(lines)]
    return Figure(name, caption, alt, strips=made, scale=scale)


def draw_maps(
    name: str,
    caption: str,
    alt: str,
    blocks: Mapping[str, Sequence[NDArray[np.floating]]],
    groups: Sequence[str],
    words: Mapping[str, str] = MappingProxyType({}),
) -> Figure:
    """Activations of several networks beside each other: label -> (C, h, w) of each network, of which the EACH channels
    that vary most are shown, stretched as in :func:`draw_sheet`. ``groups`` are the names of the networks.
    """
    side = max((maps.shape[-1] for row in blocks.values() for maps in row), default=1)
    palette = np.rint(matplotlib.colormaps["magma"](np.linspace(0, 1, 256))[:, :3] * 255).astype(np.uint8)
    lines = {}
    for label, row in blocks.items():
        shown = []
        for maps in row:
            order = np.argsort(-np.nan_to_num(maps.astype(np.float32)).std(axis=(1, 2)), kind="stable")
            tiles = _stretch(maps[np.sort(order[:EACH])])
            shown.append(palette[tiles.repeat(side // tiles.shape[1], axis=1).repeat(side // tiles.shape[2], axis=2)])
        half = EACH // 2
        halves = [_lay_row(np.concatenate([each[start : start + half] for each in shown])) for start in (0, half)]
        lines[label] = np.concatenate([halves[0], np.zeros((GAP, *halves[0].shape[1:]), np.uint8), halves[1]])
    made = [replace(strip, alt=words.get(strip.label, strip.label)) for strip in _lay_strips(lines)]
    return Figure(name, caption, alt, strips=made, scale=2, groups=groups)


def _stretch(block: NDArray[np.floating]) -> NDArray[np.uint8]:
    """(C, h, w) -> the same as 0..255, each channel from its least to its largest value."""
    values = np.nan_to_num(block.astype(np.float32), posinf=0.0, neginf=0.0)
    low, high = values.min(axis=(1, 2), keepdims=True), values.max(axis=(1, 2), keepdims=True)
    spread = np.where(high > low, high - low, 1)
    return np.rint((values - low) / spread * 255).astype(np.uint8)


def _lay_row(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(K, H, W, 3) -> (H, K·(W + GAP) - GAP, 4): side by side, what lies between them transparent."""
    count, height, width, _ = pictures.shape
    row = np.zeros((height, count, width + GAP, 4), np.uint8)
    row[:, :, :width, :3] = pictures.transpose(1, 0, 2, 3)
    row[:, :, :width, 3] = 255
    return row.reshape(height, -1, 4)[:, :-GAP]


def _lay_grid(tiles: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(C, h, w, 3) -> rows of ACROSS tiles each, below each other; RGBA."""
    lines = []
    across = min(ACROSS, len(tiles))
    for index in range(math.ceil(len(tiles) / across)):
        row = _lay_row(tiles[index * across : (index + 1) * across])
        lines.append(_widen(row, across * (tiles.shape[2] + GAP) - GAP))
        lines.append(np.zeros((GAP, lines[0].shape[1], 4), np.uint8))
    return np.concatenate(lines[:-1])


def _widen(row: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    """The row with transparent pixels at its right, up to ``width``."""
    return np.pad(row, ((0, 0), (0, width - row.shape[1]), (0, 0)))


def _lay_strips(lines: Mapping[str, NDArray[np.uint8]]) -> list[Strip]:
    """RGBA rows -> labelled PNG files, all as wide as the widest."""
    widest = max((line.shape[1] for line in lines.values()), default=0)
    found = []
    for label, line in lines.items():
        wide = _widen(line, widest)
        found.append(Strip(label, _encode_png(wide), wide.shape[1], wide.shape[0]))
    return found


def _encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """(H, W, 4) -> a PNG file; few colours are stored as a palette, which takes a fraction of the room.

    The levels are where packing harder stops to pay: of a palette level 6 saves 4 % and takes 3 times as long, of
    true colours the levels above 2 save nothing.
    """
    file = io.BytesIO()
    packed = np.ascontiguousarray(pixels).view(np.uint32)[..., 0]
    colours = np.unique(packed)
    if len(colours) > 256:
        Image.fromarray(pixels).save(file, "PNG", compress_level=2)
        return file.getvalue()
    image = Image.fromarray(np.searchsorted(colours, packed).astype(np.uint8))
    entries = colours.view(np.uint8).reshape(-1, 4)
    image.putpalette(entries[:, :3].tobytes())
    image.save(file, "PNG", compress_level=4, transparency=entries[:, 3].tobytes())
    return file.getvalue()
