"""How far two stored measures of single test pictures rank a network's pictures alike."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from report.results.frames import Frames, make_measure
from report.results.ranks import correlate_ranks
from report.results.values import Sample
from runs.specs.spec import RunSpec

#: What ranks pictures: its name, and whether larger is better.
RANKINGS: Mapping[str, tuple[str, bool]] = {
    "pixel_accuracy": ("pixels right", True),
    "mse": ("squared error in RGB", False),
    "delta_e": ("ΔE2000", False),
    "ssim": ("SSIM", True),
    "colourfulness": ("distance from the truth’s colourfulness", False),
    "features": ("distance in a classifier’s maps", False),
}


def score_pictures(frames: Frames, spec: RunSpec, seed: int, key: str) -> NDArray[np.float64] | None:
    """How good a measure finds each test picture of a run, (M,), larger for better; None where it is not stored."""
    stored = frames.probe(spec, "features" if key == "features" else "quality").get(seed)
    if stored is None:
        return None
    scores = np.asarray(stored.arrays["distance" if key == "features" else key], np.float64)
    if key == "colourfulness":
        references = frames.data_probe("references")
        if references is None:
            return None
        truth = np.asarray(references.arrays["truth_colourfulness"], np.float64)
        if len(truth) != len(scores):  # a run of other pictures
            return None
        scores = np.abs(scores - truth)
    return scores if RANKINGS[key][1] else -scores


@make_measure
def rank_agreement(frames: Frames, spec: RunSpec, one: str, other: str) -> Sample:
    """Spearman's rank correlation over the test pictures of two measures, one number a seed: 1 where both order the
    pictures alike, from best to worst.
    """
    ids = frames.ids(spec)
    values, missing, diverged = dict[int, float](), [], []
    for seed, run in ids.items():
        scores = [score_pictures(frames, spec, seed, key) for key in (one, other)]
        if scores[0] is None or scores[1] is None or len(scores[0]) != len(scores[1]):
            if frames.preset.beyond or "features" not in (one, other):
                missing.append(run)
            continue
        found = correlate_ranks(scores[0], scores[1])
        if math.isfinite(found):
            values[seed] = found
        else:
            diverged.append(run)
    return Sample(values, "", 2, tuple(ids[seed] for seed in values), tuple(missing), tuple(diverged))


def order_pictures(frames: Frames, spec: RunSpec, seed: int, key: str, first: int) -> NDArray[np.intp] | None:
    """The first test pictures of a run, best first by a measure: their places; None where it is not stored."""
    scores = score_pictures(frames, spec, seed, key)
    return None if scores is None else np.argsort(-scores[:first], kind="stable")
