"""The stored layer table in, counts out: what the built RegressionCNN consists of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from report.claims.colourings import lacking_runs
from report.claims.kinds import Measure
from report.frames import Frames
from report.values import Sample, known
from runs.catalogue import REGRESSION

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
FILTERS = {"downconv1": 32, "downconv2": 64, "rfconv": 64, "upconv1": 32, "upconv2": 3}
KERNEL = 3


def counted(number: Callable[[Sequence[Layer]], float]) -> Measure:
    """A whole number read off the layers of the built RegressionCNN, the same for every seed."""

    def measure(frames: Frames) -> Sample:
        for seed, probe in frames.probe(REGRESSION, "layers").items():
            return known(number(probe.notes["layers"]), digits=0, runs=(REGRESSION.with_seed(seed).id,))
        return Sample({}, digits=0, missing=lacking_runs(frames, REGRESSION))

    return measure


def convolutions(layers: Sequence[Layer]) -> list[Layer]:
    """The rows that are convolutions, the assignment's own among them."""
    return [layer for layer in layers if "Conv" in str(layer["layer"])]


def filters_of(block: str) -> Callable[[Sequence[Layer]], float]:
    """The filters of a block's convolution; 0 when it has none."""
    return lambda layers: next((float(row["filters"]) for row in convolutions(layers) if row["block"] == block), 0.0)


def oddest_kernel(layers: Sequence[Layer]) -> float:
    """The side of the filter that is furthest from the written one."""
    return max((float(row["kernel"]) for row in convolutions(layers)), key=lambda k: abs(k - KERNEL), default=0.0)


def differing_blocks(layers: Sequence[Layer]) -> float:
    """Blocks, of the write-up's or of the built network, whose layers are not the same in both."""
    built: dict[str, tuple[str, ...]] = {}
    for row in layers:
        built[str(row["block"])] = (*built.get(str(row["block"]), ()), str(row["layer"]))
    return float(sum(BLOCKS.get(name) != built.get(name) for name in BLOCKS.keys() | built.keys()))
