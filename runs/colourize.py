"""Pictures of the user's own through a stored network: coloured, or enlarged."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from skimage import color
from torch import Tensor, nn

from runs.data.pixels import Colours, Floats, Pixels, to_grey, to_unit, upsample_nearest
from runs.environment import count_cores
from runs.errors import RUN_ALL, StoreError, UsageError, is_out_of_memory
from runs.picture_files import check_size
from runs.specs.spec import RunSpec, read_spec
from runs.storage.arrays import Arrays
from runs.storage.store import Store
from runs.training.predict import anneal_mean, paint
from runs.training.prepared import to_planes
from runs.training.trainer import build_fresh, load_weights

#: Two poolings: sides have to be divided by this; and so many times super-resolution enlarges them.
STEP = 4
#: Side of a tile in pixels of the network's input: its activations take some 200 MB.
TILE = 384


def colourize_picture(store: Store, run: str, picture: Pixels, temperature: float, keep_lightness: bool) -> Pixels:
    """The picture (H, W, 3) uint8, greyed and coloured by a stored run; by one for super-resolution, enlarged to
    (4·H, 4·W, 3), as it enlarges what it was trained on.

    Args:
        store: the results.
        run: the run's id.
        picture: what to colour; its own colours are not used. For super-resolution, the small picture.
        temperature: 0 takes the likeliest colour, 1 the mean; in between, the annealed mean (Zhang, Isola &
            Efros, 2016). A regression predicts one colour, so that it has no other.
        keep_lightness: take only a* and b* from the network, and L* from the picture (enlarged, bicubic).

    Raises:
        DamagedError: what is stored of the run is not as it was written.
        StoreError: the run is not stored, diverged, or has another network's weights.
        DataError: what would be made of it is too large.
        UsageError: the temperature is outside 0..1 or not for this network.
    """
    if not 0 <= temperature <= 1:
        raise UsageError(f"--temperature: expected a number from 0 to 1, got {temperature}. 0.38 is a usual choice.")
    stored = store.state(run)
    if stored is None:
        there = ", ".join(store.runs()) or "nothing"
        raise StoreError(f"Expected the run {run!r} in {store.folder}, found {there}. Name one of these with --run.")
    if stored.record["diverged"]:
        raise StoreError(
            f"Expected a run that gives numbers, but {run} diverged: its loss is no number any more. Name another one "
            "with --run."
        )
    spec = read_spec(stored.record["spec"])
    if spec.model == "regression" and temperature:
        raise UsageError(
            f"--temperature: expected none for a regression, which predicts one colour alone, got {temperature}. Leave "
            "it out, or name a CNN or UNet with --run."
        )
    palette = stored.arrays.get("palette", np.array(store.data["palette"], np.float64))
    net = load_trained(store, run, spec, stored.arrays, len(palette))
    enlarged = STEP if spec.task == "upscale" else 1
    height, width = picture.shape[:2]
    check_size(enlarged * width, enlarged * height, "what is made of it" if enlarged > 1 else "it")
    coloured = paint_tiles(net, spec, palette, picture, temperature)
    if not keep_lightness:
        return coloured
    whole = enlarge(picture) if enlarged > 1 else picture
    for top in range(0, len(coloured), TILE):
        rows = slice(top, top + TILE)
        coloured[rows] = restore_lightness(coloured[rows], whole[rows])
    return coloured


def paint_tiles(net: nn.Module, spec: RunSpec, palette: Colours, picture: Pixels, temperature: float) -> Pixels:
    """What a network makes of a picture (H, W, 3) uint8, one tile after another, so that memory does not grow with the
    picture: (H, W, 3), or (4·H, 4·W, 3) by one for super-resolution.

    Raises:
        UsageError: there is not enough memory for a tile.
    """
    enlarged = STEP if spec.task == "upscale" else 1
    height, width = picture.shape[:2]
    painted = np.empty((enlarged * height, enlarged * width, 3), np.uint8)
    for tile in cut_tiles(height, width, find_reach(spec), enlarged):
        output = run_network(net, make_input(picture[tile.around], enlarged))[tile.inside]
        part = anneal_mean(output, palette, temperature) if temperature else paint(output, palette, spec.model)
        painted[tile.result] = part[0]
    return painted


Window = tuple[slice, slice]


@dataclass(frozen=True)
class Tile:
    """A part of a picture that is coloured in one pass.

    Attributes:
        around: the part with all that the network sees from it, in the picture.
        inside: the part alone in the network's output (1, K, H, W).
        result: its place in what is made of the picture.
    """

    around: Window
    inside: tuple[slice, slice, slice, slice]
    result: Window


def find_reach(spec: RunSpec) -> int:
    """How far away from a pixel, in pixels, an input may be that its colour depends on, rounded up to a multiple of
    :data:`STEP`: by each convolution half of its kernel, in pixels of the side it works on (1, 2, 4 times
    ``spec.depth``, 4, 2, 1), and what pooling and enlarging add.
    """
    half = spec.kernel // 2
    reach = half * (1 + 2 + 4 * spec.depth + 4 + 2 + 1) + 2 * (STEP - 1)
    return -(-reach // STEP) * STEP


def cut_tiles(height: int, width: int, reach: int, enlarged: int) -> Iterator[Tile]:
    """Tiles that cover a picture of (``height``, ``width``) pixels. What is made of a tile equals that part of what
    would be made of the whole picture: the network sees as much around it, and its poolings begin at the same pixels.

    Args:
        height: of the picture, in pixels.
        width: of the picture, in pixels.
        reach: how far the network sees, in pixels of its input; a multiple of :data:`STEP`.
        enlarged: how many times larger than the picture the network's input is.
    """
    side, margin = TILE // enlarged, reach // enlarged
    for top in range(0, height, side):
        for left in range(0, width, side):
            bottom, right = min(top + side, height), min(left + side, width)
            up, before = max(top - margin, 0), max(left - margin, 0)
            inside = [
                slice(enlarged * (a - b), enlarged * (c - b)) for a, b, c in ((top, up, bottom), (left, before, right))
            ]
            yield Tile(
                (slice(up, bottom + margin), slice(before, right + margin)),
                (slice(None), slice(None), inside[0], inside[1]),
                (slice(enlarged * top, enlarged * bottom), slice(enlarged * left, enlarged * right)),
            )


def load_trained(store: Store, run: str, spec: RunSpec, arrays: Arrays, colours: int) -> nn.Module:
    """The network of a stored run for so many colours, in eval mode.

    Raises:
        StoreError: the weights are not those of such a network.
    """
    net = build_fresh(spec, colours)
    try:
        load_weights(net, arrays)
    except (KeyError, TypeError, RuntimeError) as error:
        raise StoreError(
            f"Expected the weights of {run} in {store.folder / run}, but they are another network's. Move that folder "
            f"away, and it is trained anew by: {RUN_ALL}"
        ) from error
    return net.eval()


def run_network(net: nn.Module, given: Floats) -> Tensor:
    """What a network makes of an input (1, H, W, C): (1, K, H, W).

    Raises:
        UsageError: there is not enough memory for it.
    """
    torch.set_num_threads(min(torch.get_num_threads(), count_cores()))  # torch knows of no quota
    try:
        with torch.no_grad():
            output: Tensor = net(to_planes(given))
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        raise UsageError(
            f"Expected enough memory for a picture of {given.shape[2]}×{given.shape[1]} pixels, but it ran out. Make "
            "the picture smaller and try again."
        ) from error
    return output


def make_input(picture: Pixels, enlarged: int) -> Floats:
    """What a network is given of a picture (H, W, 3) uint8, in 0..1: without colour, (1, H', W', 1), the edge repeated
    until :data:`STEP` divides the sides; or enlarged for super-resolution, (1, 4·H, 4·W, 3), each pixel repeated.
    """
    if enlarged > 1:
        return upsample_nearest(to_unit(picture[None]), enlarged)
    height, width = picture.shape[:2]
    padding = ((0, 0), (0, -height % STEP), (0, -width % STEP))
    return np.pad(to_grey(picture[None]), padding, mode="edge")[..., None]


def enlarge(picture: Pixels) -> Pixels:
    """(H, W, 3) -> (4·H, 4·W, 3) uint8, by bicubic interpolation."""
    height, width = picture.shape[:2]
    return np.asarray(Image.fromarray(picture).resize((STEP * width, STEP * height), Image.Resampling.BICUBIC))


def restore_lightness(coloured: Pixels, picture: Pixels) -> Pixels:
    """The colours (a*, b*) of one picture under the lightness (L*) of another; both (H, W, 3) uint8."""
    lab = color.rgb2lab(coloured)
    lab[..., 0] = color.rgb2lab(picture)[..., 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # colours that no screen shows are clipped, and told of
        shown = color.lab2rgb(lab)
    return np.clip(np.rint(shown * 255), 0, 255).astype(np.uint8)
