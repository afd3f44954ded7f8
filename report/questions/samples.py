"""Samples in, what a page makes of them out: numbers, rows of tables, points of charts, sets of runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from report.answers import Reel
from report.claims.evidence import collect
from report.claims.verdict import Verdict
from report.figures import Series, reel
from report.frames import Frames
from report.values import Sample
from runs.spec import RunSpec


def points(label: str, x: Sequence[float], samples: Sequence[Sample], colour: str = "") -> Series:
    """One point a sample, with a band from the least seed to the greatest where there are seeds enough."""
    y = [sample.mean for sample in samples]
    if all(sample.n < 2 for sample in samples):
        return Series(label, list(x), y, colour=colour, marker=True)
    low, high = zip(*reaches(samples), strict=True)
    return Series(label, list(x), y, low, high, colour=colour, marker=True)


def reaches(samples: Sequence[Sample]) -> list[tuple[float, float]]:
    """The least and the greatest seed of each sample; NaN where it has none."""
    return [(min(found), max(found)) for found in (list(s.values.values()) or [math.nan] for s in samples)]


def wanted(*samples: Sample) -> tuple[str, ...]:
    """Ids of the runs that these samples ought to rest on and that are not stored."""
    return tuple(dict.fromkeys(run for sample in samples for run in sample.missing if run != "data"))


def relation(first: Sample, second: Sample) -> str | None:
    """Whether the first mean is "higher" or "lower" than the second, or "equal" to the decimals of their measure.

    None where one of them has no number.
    """
    if not (first.ok and second.ok):
        return None
    decimals = first.digits + (2 if first.unit == "%" else 0)
    one, other = round(first.mean, decimals), round(second.mean, decimals)
    return "higher" if one > other else "lower" if one < other else "equal"


def agreeing(first: Sample, second: Sample) -> tuple[int, int]:
    """The seeds on which the two lie as their means do, and all that have both; a computed number stands for each."""
    first, second = collect([first, second]).samples
    signs = [np.sign(first.values[seed] - second.values[seed]) for seed in first.values if seed in second.values]
    return sum(bool(sign == np.sign(first.mean - second.mean)) for sign in signs), len(signs)


def on_seeds(first: Sample, second: Sample) -> str:
    """On how many of the seeds the two lie as their means do: " on each seed", " on 2 of 3 seeds only".

    "" where there is one seed or none, for the means then say it all.
    """
    alike, seeds = agreeing(first, second)
    if seeds < 2:
        return ""
    return " on each seed" if alike == seeds else f" on {alike} of {seeds} seeds only"


def where(pairs: Mapping[str, tuple[Sample, Sample]], way: str) -> str:
    """What stands in this relation, and on how many seeds, to follow “by”: "SSIM on each seed, and by PSNR on 2
    of 3 seeds only"; "" for none.
    """
    found: dict[str, list[str]] = {}
    for name, pair in pairs.items():
        if relation(*pair) == way:
            found.setdefault("" if way == "equal" else on_seeds(*pair), []).append(name)
    return ", and by ".join(listed(names) + seeds for seeds, names in found.items())


def listed(names: Sequence[str]) -> str:
    """Names in a row: "one, two and three"; "" for none."""
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)


def remarks(*samples: Sample) -> tuple[str, ...]:
    """What has to be said of samples that some runs gave no finite number for."""
    diverged = tuple(dict.fromkeys(run for sample in samples for run in sample.diverged if run != "data"))
    if not diverged:
        return ()
    return (f"No finite number came of {', '.join(diverged)}: left out of the means, and counted against n.",)


def statuses(verdicts: Sequence[Verdict]) -> dict[str, str]:
    """Verdicts by the names of their claims: "loss-25" -> "reproduced"."""
    return {verdict.claim.id.rsplit(".", 1)[1]: verdict.status for verdict in verdicts}


def first_pictures(rows: Mapping[str, NDArray[np.uint8]]) -> str:
    """Which pictures the rows of a strip show, for its caption: "The first 10 test pictures"."""
    count = len(next(iter(rows.values())))
    return "The first test picture" if count == 1 else f"The first {count} test pictures"


def picture(frames: Frames, spec: RunSpec, epoch: int) -> NDArray[np.uint8] | None:
    """The kept predictions (K, 32, 32, 3) after ``epoch`` epochs, of the first seed that has them."""
    found = (frames.picture(spec, epoch, seed) for seed in frames.seeds)
    return next((pictures for pictures in found if pictures is not None), None)


def film(frames: Frames, spec: RunSpec, last: int) -> NDArray[np.uint8] | None:
    """The kept predictions (E, K, 32, 32, 3) after epochs 1 to ``last``, of the first seed that got furthest."""
    stored = (frames.pictures.get(spec.with_seed(seed).id) for seed in frames.seeds)
    return max((pictures[:last] for pictures in stored if pictures is not None), key=len, default=None)


def reels(frames: Frames, names: Mapping[str, RunSpec], last: int) -> list[Reel]:
    """The pictures of networks after every epoch, for a slider; those of which none are stored are left out."""
    films = {name: film(frames, spec, last) for name, spec in names.items()}
    return [reel(name, pictures) for name, pictures in films.items() if pictures is not None and len(pictures)]


def epoch_words(frames: Frames, written: int) -> str:
    """An epoch's name for a label: "25", or "5 (for 25)" where a preset shortens the training."""
    epoch = frames.preset.epoch(written)
    return str(epoch) if epoch == written else f"{epoch} (for {written})"
