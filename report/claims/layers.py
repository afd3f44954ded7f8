"""The stored layer tables in, counts out: what the built networks consist of, and the claims of 1.1.a on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from report.claims.colourings import lacking_runs
from report.claims.kinds import Claim, Fact, Identity, Measure
from report.claims.margins import EXACT
from report.frames import Frames
from report.values import Sample, known
from runs.catalogue import CNN, REGRESSION, UNET
from runs.spec import RunSpec

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

#: Channels in, channels out, side in and side out of each block, for a 32×32 picture and the palette's 24 colours.
Shape = tuple[int, int, int, int]
_DOWN: dict[str, Shape] = {"downconv1": (1, 32, 32, 16), "downconv2": (32, 64, 16, 8), "rfconv": (64, 64, 8, 8)}
SHAPES: dict[RunSpec, dict[str, Shape]] = {
    REGRESSION: {**_DOWN, "upconv1": (64, 32, 8, 16), "upconv2": (32, 3, 16, 32), "finalconv": (3, 3, 32, 32)},
    CNN: {**_DOWN, "upconv1": (64, 32, 8, 16), "upconv2": (32, 24, 16, 32), "finalconv": (24, 24, 32, 32)},
    # what a skip brings stands beside what comes from below: 64 and 64, 32 and 32, 24 and the input
    UNET: {**_DOWN, "upconv1": (128, 32, 8, 16), "upconv2": (64, 24, 16, 32), "finalconv": (25, 24, 32, 32)},
}


def counted(number: Callable[[Sequence[Layer]], float], spec: RunSpec = REGRESSION) -> Measure:
    """A whole number read off the layers of a network as built, the same for every seed."""

    def measure(frames: Frames) -> Sample:
        for seed, probe in frames.probe(spec, "layers").items():
            return known(number(probe.notes["layers"]), digits=0, runs=(spec.with_seed(seed).id,))
        return Sample({}, digits=0, missing=lacking_runs(frames, spec))

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


def _filter_claim(block: str, filters: int) -> Claim:
    return Claim(
        f"1.1.a.filters-{block}",
        f"The convolution of {block} has {filters} filters.",
        str(filters),
        Fact(filters, counted(filters_of(block)), f"the filters of the first convolution in {block} as built"),
        EXACT,
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "1.1.a.convolutions",
        "The network has five convolutions.",
        "5",
        Fact(5, counted(lambda layers: len(convolutions(layers))), "the convolutions of the built network, one by one"),
        EXACT,
        conflict="The network that the write-up prints ends in one more: the assignment's own convolution, finalconv.",
        comment="The write-up counts one convolution for each of the five blocks and leaves out finalconv.",
    ),
    *(_filter_claim(block, filters) for block, filters in FILTERS.items()),
    Claim(
        "1.1.a.kernel",
        "All filters are 3×3.",
        "3×3",
        Fact(KERNEL, counted(oddest_kernel), "the side of the filter that is furthest from the written one"),
        EXACT,
    ),
    Claim(
        "1.1.a.blocks",
        "The network consists of the six printed blocks, each with the printed layers in the printed order.",
        "six blocks",
        Identity(counted(differing_blocks)),
        "Block by block, the kinds of layers in their order.",
    ),
    Claim(
        "1.1.a.shapes",
        "Each block takes and gives as many channels as printed, and halves or doubles the side where printed.",
        "1→32, 32→64, 64→64, 64→32, 32→3, 3→3",
        Identity(differing_shapes(REGRESSION)),
        "Block by block: channels and sides that come in and go out, as a 32×32 picture passes.",
    ),
)
