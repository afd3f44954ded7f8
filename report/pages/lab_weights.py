"""The weights of a stored network, made ready for the page: BatchNorm folded into the convolutions, and packed into as
few bits as keep the colour class of nearly every pixel.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runs.data.pixels import Colours, Floats, Pixels, classify_pixels, to_uint8
from runs.specs.spec import RunSpec

#: The convolutions of every network, in the order in which they are packed.
LAYERS = ("downconv1", "downconv2", "rfconv", "upconv1", "upconv2", "finalconv")
#: BatchNorm's addend to the variance, torch's own.
EPSILON = 1e-5
#: Bits that a weight may be packed into; of 32 it is left as it is.
BITS = (11, 12, 13, 14, 16, 32)
#: The share of pixels that may get another class by the packing, on the pictures that are at hand: less than the
#: thousandth that other pictures are held to.
CHANGED = 0.0006

Weights = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Layer:
    """A convolution with what BatchNorm (eval mode) does behind it.

    Attributes:
        weights: (outputs, inputs, 3, 3) float32.
        bias: (outputs,) float32.
        signs: (outputs,) float32, 1 or -1, where pooling comes between the convolution and BatchNorm: a channel that
            is turned round by it has to be pooled before; the bias is added after that as well.
    """

    name: str
    weights: Floats
    bias: Floats
    signs: Floats | None = None


def is_network(arrays: Weights) -> bool:
    """Whether a snapshot holds the convolutions of a network and the BatchNorm of all but the last; a whole file of
    other weights does not.
    """
    last = LAYERS[-1]
    named = [f"{last}.{part}" for part in ("weight", "bias")]
    named += [f"{name}.0.{part}" for name in LAYERS[:-1] for part in ("weight", "bias")]
    normed = all(
        any(key.startswith(f"{name}.") and key.endswith(".running_var") for key in arrays) for name in LAYERS[:-1]
    )
    return normed and all(name in arrays for name in named)


def fold_layers(arrays: Weights, order: str) -> list[Layer]:
    """The six convolutions of a network, from its stored weights.

    Args:
        arrays: a snapshot, by torch's names.
        order: that of the run's spec.
    """
    return [_fold_layer(arrays, name, order) for name in LAYERS]


def _fold_layer(arrays: Weights, name: str, order: str) -> Layer:
    if name == "finalconv":
        return Layer(name, arrays[f"{name}.weight"], arrays[f"{name}.bias"])
    weights, bias = (arrays[f"{name}.0.{part}"].astype(np.float64) for part in ("weight", "bias"))
    norm = next(key for key in arrays if key.startswith(name) and key.endswith(".running_var")).removesuffix(
        "running_var"
    )
    scale, shift, mean, variance = (
        arrays[norm + part].astype(np.float64) for part in ("weight", "bias", "running_mean", "running_var")
    )
    scale = scale / np.sqrt(variance + EPSILON)
    moved = ((bias - mean) * scale + shift).astype(np.float32)
    if order == "pool-norm-relu" and name.startswith("down"):
        turned = np.where(scale < 0, -1.0, 1.0).astype(np.float32)
        return Layer(name, (weights * np.abs(scale)[:, None, None, None]).astype(np.float32), moved, turned)
    return Layer(name, (weights * scale[:, None, None, None]).astype(np.float32), moved)


def pack_network(
    arrays: Weights, spec: RunSpec, inputs: Floats, palette: Colours, bits: Sequence[int] = BITS
) -> dict[str, Any]:
    """A network for the page: its layers' sizes, and all its numbers, deflated, as base64 text.

    Args:
        arrays: a snapshot.
        spec: the run's.
        inputs: (N, H, W, C) float32, pictures as the network sees them.
        palette: (K, 3), in pixel/256.
        bits: the weights get the fewest of these by which no more than ``CHANGED`` of the pixels change their class,
            else the last.
    """
    layers = fold_layers(arrays, spec.order)
    # few pictures are stored: turned over, they are four times as many
    inputs = np.concatenate([inputs, inputs[:, ::-1], inputs[:, :, ::-1], inputs[:, ::-1, ::-1]])
    before = find_classes(layers, spec, inputs, palette)
    for count in bits:
        rounded = [round_layer(layer, count) for layer in layers]
        if count == bits[-1]:
            break
        if (find_classes([one for one, _, _ in rounded], spec, inputs, palette) != before).mean() <= CHANGED:
            break
    return {
        "layers": [
            {"name": layer.name, "outputs": layer.weights.shape[0], "inputs": layer.weights.shape[1]}
            | ({"signed": True} if layer.signs is not None else {})
            for layer in layers
        ],
        "bits": count,
        "packed": _deflate(layers, rounded, count),
    }


def round_layer(layer: Layer, bits: int) -> tuple[Layer, NDArray[np.float32], NDArray[Any]]:
    """A layer whose weights are whole multiples of one step an output; the steps (outputs,), and the whole numbers, of
    so many bits each. With 32 bits they are as they were, and all steps are 1.
    """
    if bits == 32:
        return layer, np.ones(len(layer.weights), np.float32), layer.weights
    largest = np.abs(layer.weights).max(axis=(1, 2, 3))
    steps = np.where(largest > 0, largest / (2 ** (bits - 1) - 1), 1).astype(np.float32)
    whole = np.rint(layer.weights / steps[:, None, None, None]).astype(np.int32)
    weights = (whole * steps[:, None, None, None].astype(np.float64)).astype(np.float32)
    return replace(layer, weights=weights), steps, whole


def _deflate(layers: Sequence[Layer], rounded: Sequence[tuple[Layer, Any, Any]], bits: int) -> str:
    """See ``templates/lab/weights.js``, which reads it."""
    parts = []
    for layer, (_, steps, _) in zip(layers, rounded, strict=True):
        parts += [steps, layer.bias, *([] if layer.signs is None else [layer.signs])]
    content = b"".join(np.asarray(part, "<f4").tobytes() for part in parts)
    numbers = np.concatenate([np.ravel(whole) for _, _, whole in rounded])
    if bits == 32:
        content += numbers.astype("<f4").tobytes()
    else:
        raised = (numbers + (1 << (bits - 1))).astype(np.uint32)
        low = (raised[:, None] >> np.arange(bits - 9, -1, -1, dtype=np.uint32)) & 1  # the bits below the upper eight
        content += (raised >> (bits - 8)).astype(np.uint8).tobytes() + np.packbits(low.astype(np.uint8)).tobytes()
    return base64.b64encode(zlib.compress(content, 9)).decode()


def find_classes(layers: Sequence[Layer], spec: RunSpec, inputs: Floats, palette: Colours) -> Pixels:
    """(N, H, W, C) float32 -> (N, H, W) uint8: the class that the network gives each pixel; of a regression, that of
    the colour nearest to its own.
    """
    output = run_layers(layers, spec, inputs)
    return (
        classify_pixels(to_uint8(output), palette)
        if spec.model == "regression"
        else output.argmax(axis=-1).astype(np.uint8)
    )


def run_layers(layers: Sequence[Layer], spec: RunSpec, inputs: Floats) -> Floats:
    """(N, H, W, C) float32 -> (N, H, W, outputs): what the network gives, by numpy alone."""
    down1, down2, middle, up1, up2, last = layers
    skips = spec.model == "unet"

    def join(map_: Floats, skip: Floats) -> Floats:
        return np.concatenate([map_, skip], axis=-1) if skips else map_

    h1 = _go_down(inputs, down1)
    h2 = _go_down(h1, down2)
    h = np.maximum(_convolve(h2, middle), 0)
    h = np.maximum(_convolve(join(h, h2), up1), 0).repeat(2, axis=1).repeat(2, axis=2)
    h = np.maximum(_convolve(join(h, h1), up2), 0).repeat(2, axis=1).repeat(2, axis=2)
    return _convolve(join(h, inputs), last)


def _go_down(maps: Floats, layer: Layer) -> Floats:
    """Pooling and ReLU give the same in either order; what turns a channel round comes behind the pooling."""
    h = _convolve(maps, layer)
    n, height, width, channels = h.shape
    pooled = h.reshape(n, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))
    return np.maximum(pooled if layer.signs is None else pooled * layer.signs + layer.bias, 0)


def _convolve(maps: Floats, layer: Layer) -> Floats:
    """(N, H, W, inputs) -> (N, H, W, outputs), framed by zeros so that the size is kept."""
    n, height, width, _ = maps.shape
    framed = np.pad(maps, ((0, 0), (1, 1), (1, 1), (0, 0)))
    out = np.zeros((n, height, width, len(layer.weights)), np.float32)
    if layer.signs is None:
        out += layer.bias
    for y in range(3):
        for x in range(3):
            out += framed[:, y : y + height, x : x + width] @ layer.weights[:, :, y, x].T
    return out
