"""Question 1.6.c, evaluations that agree better with what people see: which measure ranks test pictures how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from report.answers import Cell, Figure, Table
from report.drawing.charts import draw_strips
from report.measures.rankings import RANKINGS, order_pictures, rank_agreement
from report.results.frames import Frames
from report.results.values import Sample
from runs.specs.catalogue import BASE, REGRESSION, UNET
from runs.specs.spec import RunSpec

#: The networks whose pictures are ranked; the distance in a classifier's maps is measured of the regression's alone.
NETWORKS: Mapping[str, RunSpec] = {"UNet": UNET, "RegressionCNN": REGRESSION}
#: What every measure is held against.
AGAINST = ("pixel_accuracy", "delta_e", "ssim")
#: What may stand beside pixel accuracy, of any network.
BESIDE = ("mse", "delta_e", "ssim", "colourfulness")


def list_samples(frames: Frames) -> list[Sample]:
    """Every number of the text."""
    return [*(agree(frames, UNET, key) for key in BESIDE), *(_hint(frames, key) for key in AGAINST)]


def agree(frames: Frames, spec: RunSpec, key: str, other: str = "pixel_accuracy") -> Sample:
    """How far two measures rank a network's test pictures alike: Spearman's rank correlation, one number a seed."""
    return frames.take(rank_agreement(spec, key, other))


def _hint(frames: Frames, other: str) -> Sample:
    """What the hint proposes: a distance in the maps of another network."""
    return agree(frames, REGRESSION, "features", other)


def describe_rankings(frames: Frames) -> dict[str, Any]:
    """What a template says: how each measure ranks the UNet's pictures beside pixel accuracy, which of them says most
    that pixel accuracy does not, and how a distance in a classifier's maps ranks those of the regression.
    """
    found = {key: agree(frames, UNET, key) for key in BESIDE}
    there = {key: sample.mean for key, sample in found.items() if sample.ok}
    least = min(there, key=lambda key: there[key], default=None)
    most = max(there, key=lambda key: there[key], default=None)
    hint = {f"hint_{key}": _hint(frames, key).measured() or "" for key in AGAINST}
    return {
        **{f"ranks_{key}": sample.measured() or "" for key, sample in found.items()},
        "ranked": len(there) == len(found),
        "says_most": "" if least is None else RANKINGS[least][0],
        "says_least": "" if most is None else RANKINGS[most][0],
        **hint,
        "hinted": all(hint.values()),
    }


def tabulate_rankings(frames: Frames) -> Table:
    """Measures × what they are held against, for both networks."""
    rows: list[list[Cell]] = [
        [
            label,
            *(
                None if key == other else agree(frames, spec, key, other).measured()
                for spec in NETWORKS.values()
                for other in AGAINST
            ),
        ]
        for key, (label, _) in RANKINGS.items()
    ]
    return Table(
        "rankings",
        "How far each measure ranks a network’s test pictures, from best to worst, as another does: Spearman’s rank "
        "correlation, 1 for alike, 0 where one says nothing of the other. The distance in the maps of a classifier, "
        "trained to tell quarter turns, is measured of the regression’s pictures alone.",
        ["by", *(f"{name}: with {RANKINGS[other][0]}" for name in NETWORKS for other in AGAINST)],
        rows,
    )


def draw_orders(frames: Frames) -> Figure | None:
    """The UNet's first test pictures in the order of each measure, best first, under the truth in the order of pixel
    accuracy; None where they are not stored.
    """
    epoch, samples = frames.preset.epoch(BASE), frames.data_probe("samples")
    for seed in frames.seeds:
        made = frames.picture(UNET, epoch, seed)
        if made is None or samples is None:
            continue
        orders = {key: order_pictures(frames, UNET, seed, key, len(made)) for key in ("pixel_accuracy", *BESIDE)}
        rows = {f"by {RANKINGS[key][0]}": made[order] for key, order in orders.items() if order is not None}
        right = orders["pixel_accuracy"]
        if right is not None:
            rows = {"truth, by pixels right": np.asarray(samples.arrays["truth"])[: len(made)][right], **rows}
        if rows:
            return draw_strips(
                "orders",
                f"The UNet’s first {len(made)} test pictures, each row in the order of another measure, the best "
                "first: whose order agrees with what one sees is for the reader to say.",
                f"Rows of the same test pictures in different orders: {', '.join(rows)}.",
                rows,
            )
    return None
