"""The layers of each block as the write-up prints them, and as they are built."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from report.measures.colourings import lacking_runs
from report.results.frames import Frames, Measure, make_measure
from report.results.values import Sample, make_known
from runs.specs.catalogue import CNN, REGRESSION, UNET
from runs.specs.spec import RunSpec

Layer = Mapping[str, Any]


#: The write-up's blocks, as its printed network shows them.
BLOCKS: dict[str, tuple[str, ...]] = {
    "downconv1": ("Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d"),
    "downconv2": ("Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d"),
    "rfconv": ("Conv2d", "BatchNorm2d", "ReLU"),
    "upconv1": ("Conv2d", "BatchNorm2d", "ReLU", "Upsample"),
    "upconv2": ("Conv2d", "BatchNorm2d", "ReLU", "Upsample"),
    "finalconv": ("MyConv2d",),
}


KERNEL = 3


#: Channels in, channels out, side in and side out of each block, for a 32×32 picture and the palette's 24 colours.
Shape = tuple[int, int, int, int]


_DOWN: dict[str, Shape] = {"downconv1": (1, 32, 32, 16), "downconv2": (32, 64, 16, 8), "rfconv": (64, 64, 8, 8)}


SHAPES: dict[RunSpec, dict[str, Shape]] = {
    REGRESSION: {**_DOWN, "upconv1": (64, 32, 8, 16), "upconv2": (32, 3, 16, 32), "finalconv": (3, 3, 32, 32)},
    CNN: {**_DOWN, "upconv1": (64, 32, 8, 16), "upconv2": (32, 24, 16, 32), "finalconv": (24, 24, 32, 32)},
    # what a skip brings stands beside what comes from below: 64 and 64, 32 and 32, 24 and the input
    UNET: {**_DOWN, "upconv1": (128, 32, 8, 16), "upconv2": (64, 24, 16, 32), "finalconv": (25, 24, 32, 32)},
}


@make_measure
def counted(frames: Frames, number: Callable[[Sequence[Layer]], float], spec: RunSpec = REGRESSION) -> Sample:
    """A whole number read off the layers of a network as built, the same for every seed."""
    for seed, probe in frames.probe(spec, "layers").items():
        return make_known(number(probe.notes["layers"]), digits=0, runs=(spec.with_seed(seed).id,))
    return Sample({}, digits=0, missing=lacking_runs(frames, spec))


def convolutions(layers: Sequence[Layer]) -> list[Layer]:
    """The rows that are convolutions, the assignment's own among them."""
    return [layer for layer in layers if "Conv" in str(layer["layer"])]


def filters_of(block: str) -> Callable[[Sequence[Layer]], float]:
    """The filters of a block's convolution; 0 when it has none."""
    return lambda layers: next((float(row["filters"]) for row in convolutions(layers) if row["block"] == block), 0.0)


def oddest_kernel(layers: Sequence[Layer]) -> float:
    """The side of the filter that is furthest from the written one."""
    return max((float(row["kernel"]) for row in convolutions(layers)), key=lambda k: abs(k - KERNEL), default=0.0)


def count_layers(layers: Sequence[Layer]) -> float:
    """All layers of a network."""
    return float(len(layers))


#: Layers whose weights, if any, do not know the size of a picture.
_SIZELESS = ("Conv2d", "MyConv2d", "BatchNorm2d", "ReLU", "Tanh", "MaxPool2d", "Upsample")


def count_tied(layers: Sequence[Layer]) -> float:
    """Layers that may be tied to the size of a picture: all that are not known to take any."""
    return float(sum(str(row["layer"]) not in _SIZELESS for row in layers))


def find_step(layers: Sequence[Layer]) -> float:
    """What the side of a picture must be a multiple of: the pixels a side that become one where it is smallest."""
    sides = [float(row["output"][-1]) for row in layers]
    return float(layers[0]["input"][-1]) / min(sides)


def find_reach(layers: Sequence[Layer]) -> float:
    """How many pixels a side of its input a pixel of a network's output depends on at most.

    Walked from the output back: a convolution adds its kernel less one; of what a layer enlarged as many pixels are
    needed as cover it, however they lie; of what it pooled all.
    """
    side = 1.0
    for row in reversed(layers):
        smaller = float(row["input"][-1]) / float(row["output"][-1])  # 2 where a layer pools, 1/2 where it enlarges
        if smaller < 1:
            side = math.ceil((side - 1) * smaller) + 1
        elif smaller > 1:
            side *= smaller
        else:
            side += max(float(row["kernel"]) - 1, 0)
    return side


def differing_blocks(layers: Sequence[Layer]) -> float:
    """Blocks, of the write-up's or of the built network, whose layers are not the same in both."""
    built: dict[str, tuple[str, ...]] = {}
    for row in layers:
        built[str(row["block"])] = (*built.get(str(row["block"]), ()), str(row["layer"]))
    return float(sum(BLOCKS.get(name) != built.get(name) for name in BLOCKS.keys() | built.keys()))


def differing_shapes(spec: RunSpec) -> Measure:
    """Blocks that take or give other channels, or other sizes, than the write-up's network of that name."""

    def number(layers: Sequence[Layer]) -> float:
        built: dict[str, Shape] = {}
        for row in layers:
            source, output, block = row["input"], row["output"], str(row["block"])
            first = built.get(block, (int(source[0]), 0, int(source[1]), 0))
            built[block] = (first[0], int(output[0]), first[2], int(output[1]))
        return float(sum(SHAPES[spec].get(name) != built.get(name) for name in SHAPES[spec].keys() | built.keys()))

    return counted(number, spec)
