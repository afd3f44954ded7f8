"""The claims of 1.1.a, and the counts behind them: what the built networks consist of, by the stored layer tables."""

from __future__ import annotations

from report.judging.claim import Claim
from report.judging.kinds import Fact, Identity
from report.judging.margins import EXACT
from report.measures.layers import (
    KERNEL,
    convolutions,
    counted,
    differing_blocks,
    differing_shapes,
    filters_of,
    oddest_kernel,
)
from runs.specs.catalogue import REGRESSION

FILTERS = {"downconv1": 32, "downconv2": 64, "rfconv": 64, "upconv1": 32, "upconv2": 3}


def _filter_claim(block: str, filters: int) -> Claim:
    return Claim(
        f"1.1.a.filters-{block}",
        f"The convolution of {block} has {filters} filters.",
        str(filters),
        Fact(filters, counted(filters_of(block)), f"the filters of the first convolution in {block} as built"),
        EXACT,
        role="setting",
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
        role="setting",
    ),
    *(_filter_claim(block, filters) for block, filters in FILTERS.items()),
    Claim(
        "1.1.a.kernel",
        "All filters are 3×3.",
        "3×3",
        Fact(KERNEL, counted(oddest_kernel), "the side of the filter that is furthest from the written one"),
        EXACT,
        role="setting",
    ),
    Claim(
        "1.1.a.blocks",
        "The network consists of the six printed blocks, each with the printed layers in the printed order.",
        "six blocks",
        Identity(counted(differing_blocks)),
        "Block by block, the kinds of layers in their order.",
        role="setting",
    ),
    Claim(
        "1.1.a.shapes",
        "Each block takes and gives as many channels as printed, and halves or doubles the side where printed.",
        "1→32, 32→64, 64→64, 64→32, 32→3, 3→3",
        Identity(differing_shapes(REGRESSION)),
        "Block by block: channels and sides that come in and go out, as a 32×32 picture passes.",
        role="setting",
    ),
)
