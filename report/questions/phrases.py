"""Samples in, phrases out: which of two is higher, which way a row of them goes, how long was trained.

The phrases say what was measured and no more; whether a difference is beyond the noise, the verdicts say.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby, pairwise

from report.frames import Frames
from report.values import Sample
from runs.text import how_many


def side(first: Sample, second: Sample) -> str | None:
    """How the first compares with the second, seed by seed: "lower", "higher on each seed" and so on.

    None where no seed has both.
    """
    differences = [first.values[seed] - second.values[seed] for seed in first.values if seed in second.values]
    if not differences:
        return None
    if all(difference == 0 for difference in differences):
        return "the same"
    each = " on each seed" if len(differences) > 1 else ""
    if all(difference > 0 for difference in differences):
        return "higher" + each
    if all(difference < 0 for difference in differences):
        return "lower" + each
    higher = sum(difference > 0 for difference in differences)
    return f"higher on {higher} of {len(differences)} seeds only"


def higher(first: Sample, second: Sample) -> bool:
    """Whether the first is higher on each seed that both have; False where there is none."""
    common = [seed for seed in first.values if seed in second.values]
    return bool(common) and all(first.values[seed] > second.values[seed] for seed in common)


def course(labels: Sequence[str], samples: Sequence[Sample]) -> str | None:
    """The way the means go from the first label to the last: "falls from 200 to 20, then rises to 10".

    None where a number is missing.
    """
    means = [sample.mean for sample in samples]
    if not means or not all(map(math.isfinite, means)):
        return None
    moves = [(_way(before, after), labels[index + 1]) for index, (before, after) in enumerate(pairwise(means))]
    parts = [(way, list(ends)[-1][1]) for way, ends in groupby(moves, key=lambda move: move[0])]
    words = [f"{way} to {end}" for way, end in parts]
    words[0] = f"{parts[0][0]} from {labels[0]} to {parts[0][1]}"
    if len(words) == 1:
        return f"{parts[0][0]} at every step from {labels[0]} to {labels[-1]}"
    return ", ".join(words[:-1]) + f", then {words[-1]}"


def course_seeds(samples: Sequence[Sample]) -> str:
    """On how many seeds each step goes the way that the means go: ", as on each seed", ", as on 1 of 3 seeds only".

    "" where there is one seed or none.
    """
    ways = [_way(before.mean, after.mean) for before, after in pairwise(samples)]
    seeds = [seed for seed in samples[0].values if all(seed in sample.values for sample in samples)]
    rows = [[_way(before.values[seed], after.values[seed]) for before, after in pairwise(samples)] for seed in seeds]
    if len(seeds) < 2:
        return ""
    alike = rows.count(ways)
    return ", as on each seed" if alike == len(seeds) else f", as on {alike} of {len(seeds)} seeds only"


def _way(before: float, after: float) -> str:
    return "falls" if after < before else "rises" if after > before else "stays"


def length(frames: Frames, written: int) -> str:
    """How long was trained: "25 epochs", or "5 epochs, which stand for the write-up's 25,"."""
    epochs = frames.preset.epoch(written)
    trained = how_many(epochs, "epoch")
    if epochs == written:
        return trained
    return f"{trained}, which {'stands' if epochs == 1 else 'stand'} for the write-up’s {written},"
