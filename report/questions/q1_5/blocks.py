"""What the assignment asked in 1.5 of the activations of the five blocks: early blocks beside late ones, and one
network beside another, block by block.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from report.answers import Cell, Figure, Table
from report.drawing.charts import Panel, Series, draw_chart, draw_sheet
from report.measures.maps import follows
from report.measures.moments import block
from report.questions.from_samples import find_reach
from report.questions.phrases import list_words, say_higher, say_side
from report.questions.q1_5.progress import BLOCKS, COLOUR_KEYS, NAMES
from report.results.format import show_amount
from report.results.frames import Frames, Measure, make_measure
from report.results.values import Sample
from runs.specs.spec import RunSpec


@dataclass(frozen=True)
class Statistic:
    """What is measured of a block's activations.

    Attributes:
        label: its name on a page, without an article.
        of: the measure of a network's block.
        unit, digits: as in a sample.
    """

    label: str
    of: Callable[[RunSpec, str], Measure]
    unit: str = ""
    digits: int = 2

    def take(self, frames: Frames, spec: RunSpec, where: str) -> Sample:
        """One number a seed, with its unit and decimals."""
        return frames.take(self.of(spec, where)).shown_as(self.unit, self.digits)


@make_measure
def independent(frames: Frames, spec: RunSpec, where: str) -> Sample:
    """The effective rank of a block as a share of its channels."""
    return frames.take(block(spec, "rank", where)) / frames.take(block(spec, "channels", where))


#: What the blocks are compared by, in the order of the tables.
STATISTICS: Mapping[str, Statistic] = {
    "follows": Statistic("correlation with the input", follows),
    "edges": Statistic("edge content", lambda spec, where: block(spec, "edges", where)),
    "sparsity": Statistic("share of zeros", lambda spec, where: block(spec, "sparsity", where), "%", 1),
    "independent": Statistic("share of independent channels", independent, "%", 1),
}
EXPLAINED = (
    "Correlation with the input: that of a channel with the brightness of what the network is given, without its sign, "
    "mean over channels and pictures. Edge content: gradient from pixel to pixel over the standard deviation of the "
    "channel. Independent channels: effective rank (Roy and Vetterli 2007) over their number."
)


def list_samples(frames: Frames, specs: Sequence[RunSpec]) -> list[Sample]:
    """Every number of the comparison."""
    return [one.take(frames, spec, where) for spec in specs for one in STATISTICS.values() for where in BLOCKS]


def take_ends(frames: Frames, spec: RunSpec, statistic: str) -> tuple[Sample, Sample]:
    """One of the statistics in the first block and in the last."""
    first, last = (STATISTICS[statistic].take(frames, spec, where) for where in (BLOCKS[0], BLOCKS[-1]))
    return first, last


def compare_ends(frames: Frames, spec: RunSpec) -> list[dict[str, Any]]:
    """Each statistic in the first block and in the last, and where the last lies beside the first; without those that
    are not stored.
    """
    found = []
    for statistic in STATISTICS.values():
        first, last = (statistic.take(frames, spec, where) for where in (BLOCKS[0], BLOCKS[-1]))
        if first.ok and last.ok:
            found.append(
                {
                    "label": statistic.label,
                    "first": first.measured(),
                    "last": last.measured(),
                    "side": say_side(last, first),
                }
            )
    return found


def draws_input_first(frames: Frames, spec: RunSpec) -> bool:
    """Whether both first blocks follow the input more closely than both last ones, on each seed."""
    found = {where: STATISTICS["follows"].take(frames, spec, where) for where in BLOCKS}
    early, late = (found[BLOCKS[0]], found[BLOCKS[1]]), (found[BLOCKS[-2]], found[BLOCKS[-1]])
    return all(say_higher(one, other) for one in early for other in late)


def compare_networks(frames: Frames, spec: RunSpec, other: RunSpec) -> list[dict[str, Any]]:
    """Each statistic of a network beside another's: a sentence on the blocks in which it is higher or lower on each
    seed, and the block in which the two lie furthest apart; without those that are not stored.
    """
    found = []
    for statistic in STATISTICS.values():
        pairs = {where: [statistic.take(frames, each, where) for each in (spec, other)] for where in BLOCKS}
        gaps = {where: abs(ours.mean - theirs.mean) for where, (ours, theirs) in pairs.items() if ours.ok and theirs.ok}
        if not gaps:
            continue
        furthest = max(gaps, key=lambda where: gaps[where])
        found.append(
            {
                "label": statistic.label[0].upper() + statistic.label[1:],
                "sentence": say_blocks(
                    [where for where, (ours, theirs) in pairs.items() if say_higher(ours, theirs)],
                    [where for where, (ours, theirs) in pairs.items() if say_higher(theirs, ours)],
                ),
                "furthest": furthest,
                "ours": pairs[furthest][0].measured(),
                "theirs": pairs[furthest][1].measured(),
            }
        )
    return found


def say_blocks(higher: Sequence[str], lower: Sequence[str]) -> str:
    """In which blocks a network's number is higher, and in which lower, on each seed."""
    if len(higher) == len(BLOCKS):
        return "higher in every block."
    if len(lower) == len(BLOCKS):
        return "lower in every block."
    if higher and lower:
        return f"higher in {list_words(higher)}, lower in {list_words(lower)}."
    if higher:
        return f"higher in {list_words(higher)}; in the others the two are the same, or the seeds do not agree."
    if lower:
        return f"lower in {list_words(lower)}; in the others the two are the same, or the seeds do not agree."
    return "in every block the two are the same, or the seeds do not agree."


def tabulate_blocks(frames: Frames, specs: Sequence[RunSpec]) -> Table:
    """The statistics of the activations, block by block, the networks side by side."""
    rows: list[list[Cell]] = []
    for where in BLOCKS:
        for spec in specs:
            head = f"{where}, {NAMES[spec]}" if len(specs) > 1 else where
            counts = [frames.take(block(spec, key, where, 0)) for key in ("channels", "dead_channels")]
            numbers = [one.take(frames, spec, where).measured() for one in STATISTICS.values()]
            rows.append([head, counts[0].once().measured(), counts[1].measured(), *numbers])
    return Table(
        "blocks",
        f"What the activations show, block by block, after the last epoch. {EXPLAINED} Dead channels never fire.",
        ["block", "channels", "dead channels", *(one.label for one in STATISTICS.values())],
        rows,
    )


def draw_blocks(frames: Frames, specs: Sequence[RunSpec]) -> Figure | None:
    """The statistics along the blocks, one panel each, a line a network; None where nothing is stored."""
    panels, told = [], []
    places = [float(place) for place in range(1, len(BLOCKS) + 1)]
    for statistic in STATISTICS.values():
        series = []
        for spec in specs:
            found = [statistic.take(frames, spec, where) for where in BLOCKS]
            if not any(sample.ok for sample in found):
                continue
            factor = 100 if statistic.unit == "%" else 1
            reach = find_reach(found)
            series.append(
                Series(
                    NAMES[spec],
                    places,
                    [factor * sample.mean for sample in found],
                    [factor * low for low, _ in reach],
                    [factor * high for _, high in reach],
                    colour=COLOUR_KEYS[spec],
                    marker=True,
                )
            )
            ends = [show_amount(sample.mean, sample.unit, sample.digits) for sample in (found[0], found[-1])]
            told.append(f"{NAMES[spec]}, {statistic.label}: {ends[0]} in {BLOCKS[0]}, {ends[1]} in {BLOCKS[-1]}")
        panels.append(Panel(series, "block", statistic.label + (", %" if statistic.unit == "%" else "")))
    if not told:
        return None
    named = ", ".join(f"{place:.0f} {where}" for place, where in zip(places, BLOCKS, strict=True))
    return draw_chart(
        "along-blocks",
        f"The activations along the blocks: {named}. {EXPLAINED}",
        f"{len(panels)} line charts over the five blocks. {'; '.join(told)}.",
        *panels,
        columns=2,
    )


def draw_activations(frames: Frames, specs: Sequence[RunSpec]) -> Figure | None:
    """The maps of all five blocks for the first test picture, of the first seed that has them: networks side by side,
    the last of ``specs`` being the one that the part is about.
    """
    stored = {spec: next(iter(frames.probe(spec, "activations").values()), None) for spec in specs}
    lines: dict[str, NDArray[np.floating]] = {}
    words: dict[str, str] = {}
    for where in BLOCKS:
        for spec, probe in stored.items():
            if probe is not None and where in probe.arrays:
                label = where if len(specs) == 1 else f"{where}, {NAMES[spec]}"
                lines[label] = probe.arrays[where][0]
                words[label] = f"{label}: {describe_maps(frames, spec, where, lines[label])}"
    if not lines:
        return None
    names = list_words([NAMES[spec] for spec, probe in stored.items() if probe is not None])
    return draw_sheet(
        f"sheet-{specs[-1].model}-{specs[-1].task}",
        f"{names}: outputs of the five blocks for the first test picture after the last epoch, one tile a channel, "
        "each stretched from its least to its largest value.",
        f"Sheets of activations of {names}. " + "; ".join(words.values()) + ".",
        lines,
        scale=1,
        words=words,
    )


def describe_maps(frames: Frames, spec: RunSpec, where: str, maps: NDArray[np.floating]) -> str:
    """What a block's maps (C, h, w) are like, for those who do not see them: their number and size, and the means of
    the statistics that are stored.
    """
    found = [(statistic.take(frames, spec, where), statistic.label) for statistic in STATISTICS.values()]
    told = [f"{label} {show_amount(sample.mean, sample.unit, sample.digits)}" for sample, label in found if sample.ok]
    return ", ".join([f"{len(maps)} channels of {maps.shape[1]}×{maps.shape[2]}", *told])


def describe_blocks(frames: Frames, spec: RunSpec, others: Sequence[RunSpec]) -> dict[str, Any]:
    """What a template speaks of: the first block beside the last, or the network beside each of the others."""
    beside = [
        {"name": f"the {NAMES[other]}’s", "rows": rows}
        for other in reversed(others)  # the nearest relative first
        if (rows := compare_networks(frames, spec, other))
    ]
    return {
        "ends": compare_ends(frames, spec) or None,
        "first_block": BLOCKS[0],
        "last_block": BLOCKS[-1],
        "input_first": draws_input_first(frames, spec),
        "beside": beside if beside or not others else None,
    }
