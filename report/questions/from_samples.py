"""What a page makes of samples: numbers, rows of tables, points of charts and sets of runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from report.answers import Reel
from report.drawing.charts import Series, draw_reel
from report.judging.verdict import Verdict
from report.results.frames import Frames
from report.results.values import Sample
from runs.specs.spec import RunSpec


def list_points(label: str, x: Sequence[float], samples: Sequence[Sample], colour: str = "") -> Series:
    """One point a sample, with a band from the least seed to the greatest where there are seeds enough."""
    y = [sample.mean for sample in samples]
    if all(sample.n < 2 for sample in samples):
        return Series(label, list(x), y, colour=colour, marker=True)
    low, high = zip(*find_reach(samples), strict=True)
    return Series(label, list(x), y, low, high, colour=colour, marker=True)


def find_reach(samples: Sequence[Sample]) -> list[tuple[float, float]]:
    """The least and the greatest seed of each sample; NaN where it has none."""
    return [(min(found), max(found)) for found in (list(s.values.values()) or [math.nan] for s in samples)]


def list_missing(*samples: Sample) -> tuple[str, ...]:
    """Ids of the runs that these samples ought to rest on and that are not stored."""
    return tuple(dict.fromkeys(run for sample in samples for run in sample.missing if run != "data"))


def write_remarks(*samples: Sample) -> tuple[str, ...]:
    """What has to be said of samples that some runs gave no finite number for."""
    diverged = tuple(dict.fromkeys(run for sample in samples for run in sample.diverged if run != "data"))
    if not diverged:
        return ()
    return (f"No finite number came of {', '.join(diverged)}: left out of the means, and counted against n.",)


def map_statuses(verdicts: Sequence[Verdict]) -> dict[str, str]:
    """Verdicts by the names of their claims: "loss-25" -> "reproduced"."""
    return {verdict.claim.id.rsplit(".", 1)[1]: verdict.status for verdict in verdicts}


def find_picture(frames: Frames, spec: RunSpec, epoch: int) -> NDArray[np.uint8] | None:
    """The kept predictions (K, 32, 32, 3) after ``epoch`` epochs, of the first seed that has them."""
    found = (frames.picture(spec, epoch, seed) for seed in frames.seeds)
    return next((pictures for pictures in found if pictures is not None), None)


def find_film(frames: Frames, spec: RunSpec, last: int) -> NDArray[np.uint8] | None:
    """The kept predictions (E, K, 32, 32, 3) after epochs 1 to ``last``, of the first seed that got furthest."""
    stored = (frames.pictures.get(spec.with_seed(seed).id) for seed in frames.seeds)
    return max((pictures[:last] for pictures in stored if pictures is not None), key=len, default=None)


def draw_reels(frames: Frames, names: Mapping[str, RunSpec], last: int) -> list[Reel]:
    """The pictures of networks after every epoch, for a slider; those of which none are stored are left out."""
    films = {name: find_film(frames, spec, last) for name, spec in names.items()}
    return [draw_reel(name, pictures) for name, pictures in films.items() if pictures is not None and len(pictures)]
