"""Pictures of the user's own through a stored network: coloured, or enlarged."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from skimage import color
from torch import Tensor, nn

from runs.data.decoding import decode_strictly
from runs.data.pixels import Floats, Pixels, to_grey, to_unit, upsample_nearest
from runs.disk import write_whole
from runs.environment import count_cores
from runs.errors import RUN_ALL, DataError, StoreError, UsageError, is_out_of_memory
from runs.specs.spec import RunSpec, read_spec
from runs.storage.arrays import Arrays
from runs.storage.store import Store
from runs.training.predict import anneal_mean, paint
from runs.training.prepared import to_planes
from runs.training.trainer import build_fresh, load_weights

#: The most that is taken on: the activations of a picture this large fill a few gigabytes.
MOST_PIXELS = 12_000_000
#: Formats that Pillow decodes by itself; others would start other programs.
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
#: How the modes of pictures begin that have more than 8 bits a channel: Pillow would cut these off at white.
DEEP = ("I", "F")
#: Two poolings: sides have to be divided by this; and so many times super-resolution enlarges them.
STEP = 4


def read_picture(path: Path) -> Pixels:
    """A picture file as (H, W, 3) uint8.

    Raises:
        DataError: it is not there, not a picture, or too large.
    """
    try:
        with warnings.catch_warnings(), decode_strictly():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if not path.is_file():
                raise DataError(f"Expected a picture at {path}, but there is no plain file. Name a PNG or JPEG file.")
            with Image.open(path, formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise DataError(
                        f"Expected a picture of at most {MOST_PIXELS} pixels, got {image.width}×{image.height} in "
                        f"{path}. Make it smaller and try again."
                    )
                if image.mode.startswith(DEEP):
                    raise DataError(
                        f"Expected 8 bits a channel in {path}, got more (mode {image.mode}). Convert it and try again."
                    )
                return np.asarray(image.convert("RGB"))
    except DataError:
        raise
    except Exception as error:  # a hostile picture raises whatever its decoder happens to meet
        reason = "not a picture, or damaged" if isinstance(error, UnidentifiedImageError) else str(error).rstrip(".")
        raise DataError(f"Expected a picture at {path}, but: {reason}. Name a PNG or JPEG file.") from error


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
        UsageError: the temperature is outside 0..1 or not for this network, or the picture is too large.
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
    upscales = spec.task == "upscale"
    given = make_small_input(picture) if upscales else make_grey_input(picture)
    if given.shape[1] * given.shape[2] > MOST_PIXELS:
        raise UsageError(
            f"Expected a picture of at most {MOST_PIXELS} pixels once four divides its sides, got "
            f"{given.shape[2]}×{given.shape[1]}. Make it smaller and try again."
        )
    output = run_network(net, given)
    coloured = anneal_mean(output, palette, temperature) if temperature else paint(output, palette, spec.model)
    whole = enlarge(picture) if upscales else picture
    height, width = whole.shape[:2]
    coloured = coloured[0, :height, :width]
    return restore_lightness(coloured, whole) if keep_lightness else coloured


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


def make_grey_input(picture: Pixels) -> Floats:
    """(H, W, 3) uint8 -> (1, H', W', 1) in 0..1: without colour, the edge repeated until four divides the sides."""
    height, width = picture.shape[:2]
    padding = ((0, 0), (0, -height % STEP), (0, -width % STEP))
    return np.pad(to_grey(picture[None]), padding, mode="edge")[..., None]


def make_small_input(picture: Pixels) -> Floats:
    """(H, W, 3) uint8 -> (1, 4·H, 4·W, 3) in 0..1, each pixel repeated.

    Raises:
        UsageError: it would become too large.
    """
    height, width = picture.shape[:2]
    if height * width * STEP**2 > MOST_PIXELS:
        raise UsageError(
            f"Expected a picture of at most {MOST_PIXELS // STEP**2} pixels to enlarge, got {width}×{height}. Make it "
            "smaller, or name a colourization with --run."
        )
    return upsample_nearest(to_unit(picture[None]), STEP)


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


def save_png(picture: Pixels, path: Path) -> None:
    """A picture (H, W, 3) uint8 as a PNG file: whole or not at all.

    Raises:
        UsageError: something else than a file has that name: a folder, or a device, which would be gone.
        StoreError: it cannot be written.
    """
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG")
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"Expected to write a file, but {path} is no plain file. Name another one with --out.")
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content.getvalue())
    except OSError as error:
        raise StoreError(
            f"Expected to write {path}, but: {error.strerror or error}. Free space or give the folder's rights, or "
            "name another file with --out."
        ) from error
