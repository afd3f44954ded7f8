"""Phrases made from samples: which of two is higher, in which direction a row of them goes, how long was trained.

The phrases say what was measured and no more; whether a difference is beyond the noise, the verdicts say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from report.drawing.pictures import SHOWN
from report.judging.evidence import collect
from report.results.frames import Frames
from report.results.values import Sample
from runs.data.palette_names import ASSIGNMENT, KMEANS
from runs.text import count_words


def say_palette(data: Mapping[str, Any]) -> str:
    """Whose colours the classes are, in a sentence; ``data`` is the record of the data set."""
    count = len(data["palette"])
    if data["palette_name"] == KMEANS:
        return f"The colour classes: {count} centres that k-means finds among the pixels for training."
    if data["palette_name"] == ASSIGNMENT:
        return f"The colour classes: the {count} colours that the assignment gave out, in its order."
    return f"The colour classes: the {count} colours of the file {data['palette_name']} that --palette named."


def relate(first: Sample, second: Sample) -> str | None:
    """Whether the first mean is "higher" or "lower" than the second, or "equal" to the decimals of their measure.

    None where one of them has no number.
    """
    if not (first.ok and second.ok):
        return None
    decimals = first.digits + (2 if first.unit == "%" else 0)
    one, other = round(first.mean, decimals), round(second.mean, decimals)
    return "higher" if one > other else "lower" if one < other else "equal"


def count_agreeing(first: Sample, second: Sample) -> tuple[int, int]:
    """The seeds on which the two lie as their means do, and all that have both; a computed number stands for each."""
    first, second = collect([first, second]).samples
    signs = [np.sign(first.values[seed] - second.values[seed]) for seed in first.values if seed in second.values]
    return sum(bool(sign == np.sign(first.mean - second.mean)) for sign in signs), len(signs)


def say_on_seeds(first: Sample, second: Sample) -> str:
    """On how many of the seeds the two lie as their means do: " on each seed", " on 2 of 3 seeds only".

    "" where there is one seed or none, for the means then say it all.
    """
    alike, seeds = count_agreeing(first, second)
    if seeds < 2:
        return ""
    return " on each seed" if alike == seeds else f" on {alike} of {seeds} seeds only"


#: How the seeds of an undecided comparison stand to each other.
Agreement = Literal["one seed", "alike", "apart"]


def weigh_seeds(first: Sample, second: Sample) -> Agreement:
    """How the seeds stand to each other that do not decide which of two is higher."""
    alike, seeds = count_agreeing(first, second)
    if seeds < 2:
        return "one seed"
    return "alike" if alike == seeds else "apart"


#: Where a number lies beside another, when all seeds are asked.
Side = Literal["higher", "lower", "level"]


def find_side(first: Sample, second: Sample) -> Side:
    """Whether the first is higher on each seed that both have, lower on each, or neither."""
    return "higher" if say_higher(first, second) else "lower" if say_higher(second, first) else "level"


def say_where(pairs: Mapping[str, tuple[Sample, Sample]], way: str) -> str:
    """What stands in this relation, and on how many seeds, to follow “by”: "SSIM on each seed, and by PSNR on 2
    of 3 seeds only"; "" for none.
    """
    found: dict[str, list[str]] = {}
    for name, pair in pairs.items():
        if relate(*pair) == way:
            found.setdefault("" if way == "equal" else say_on_seeds(*pair), []).append(name)
    return ", and by ".join(list_words(names) + seeds for seeds, names in found.items())


def list_words(names: Sequence[str]) -> str:
    """Names in a row: "one, two and three"; "" for none."""
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)


def say_first_pictures(rows: Mapping[str, NDArray[np.uint8]]) -> str:
    """Which pictures the rows of a strip show, for its caption: "The first 6 test pictures"."""
    count = min(SHOWN, len(next(iter(rows.values()))))
    return "The first test picture" if count == 1 else f"The first {count} test pictures"


def say_epochs(frames: Frames, written: int) -> str:
    """An epoch's name for a label: "25", or "5 (for 25)" where a preset shortens the training."""
    epoch = frames.preset.epoch(written)
    return str(epoch) if epoch == written else f"{epoch} (for {written})"


def say_side(first: Sample, second: Sample) -> str | None:
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


def say_higher(first: Sample, second: Sample) -> bool:
    """Whether the first is higher on each seed that both have; False where there is none."""
    common = [seed for seed in first.values if seed in second.values]
    return bool(common) and all(first.values[seed] > second.values[seed] for seed in common)


def say_course(labels: Sequence[str], samples: Sequence[Sample]) -> str | None:
    """The way the means go from the first label to the last: "falls from 200 to 20, then rises to 10".

    None where a number is missing.
    """
    means = [sample.mean for sample in samples]
    if not means or not all(map(math.isfinite, means)):
        return None
    moves = [(_find_way(before, after), labels[index + 1]) for index, (before, after) in enumerate(pairwise(means))]
    parts = [(way, list(ends)[-1][1]) for way, ends in groupby(moves, key=lambda move: move[0])]
    words = [f"{way} to {end}" for way, end in parts]
    words[0] = f"{parts[0][0]} from {labels[0]} to {parts[0][1]}"
    if len(words) == 1:
        return f"{parts[0][0]} at every step from {labels[0]} to {labels[-1]}"
    return ", ".join(words[:-1]) + f", then {words[-1]}"


def say_course_on_seeds(samples: Sequence[Sample]) -> str:
    """On how many seeds each step goes the way that the means go: ", as on each seed", ", as on 1 of 3 seeds only".

    "" where there is one seed or none.
    """
    ways = [_find_way(before.mean, after.mean) for before, after in pairwise(samples)]
    seeds = [seed for seed in samples[0].values if all(seed in sample.values for sample in samples)]
    rows = [
        [_find_way(before.values[seed], after.values[seed]) for before, after in pairwise(samples)] for seed in seeds
    ]
    if len(seeds) < 2:
        return ""
    alike = rows.count(ways)
    return ", as on each seed" if alike == len(seeds) else f", as on {alike} of {len(seeds)} seeds only"


def _find_way(before: float, after: float) -> str:
    return "falls" if after < before else "rises" if after > before else "stays"


def say_length(frames: Frames, written: int) -> str:
    """How long was trained: "25 epochs", or "5 epochs, which stand for the write-up's 25,"."""
    epochs = frames.preset.epoch(written)
    trained = count_words(epochs, "epoch")
    if epochs == written:
        return trained
    return f"{trained}, which {'stands' if epochs == 1 else 'stand'} for the write-up’s {written},"
