"""A figure that compares the pictures at both ends of a network's quality and in its middle, from a stored probe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from report.answers import Figure
from report.drawing.charts import draw_strips
from report.drawing.pictures import SHOWN
from report.results.frames import Frames
from report.results.values import Sample
from runs.specs.spec import RunSpec


def measure_distance(frames: Frames, spec: RunSpec) -> Sample:
    """The mean ΔE2000 of the pictures shown, one number a seed; it names the runs whose pictures are not stored."""
    return frames.probed(spec, "extremes", lambda stored: float(stored.arrays["delta_e"].mean()), digits=2)


def draw_comparisons(frames: Frames, networks: Mapping[str, RunSpec]) -> list[Figure]:
    """Input, prediction and truth of the worst, the median and the best test pictures, a figure for each network
    of which they are stored; of the first seed that has them.
    """
    return [made for name, spec in networks.items() if (made := draw_comparison(frames, name, spec)) is not None]


def draw_comparison(frames: Frames, name: str, spec: RunSpec) -> Figure | None:
    """The same for one network, by the name that a page calls it; None where nothing is stored, or the
    runs diverged: what has no distance has no order.
    """
    ordered = (found for found in frames.probe(spec, "extremes").values() if np.isfinite(found.arrays["delta_e"]).all())
    stored = next(ordered, None)
    if stored is None:
        return None
    arrays, groups = stored.arrays, [str(group) for group in stored.notes["groups"]]
    each = min(arrays["index"].shape[1], SHOWN // len(groups))
    # (3, G, H, W, 3) -> (3·G, H, W, 3): the groups one after another
    rows = {label: np.concatenate(arrays[key][:, :each]) for label, key in (("input", "input"), (name, "prediction"))}
    rows["truth"] = np.concatenate(arrays["truth"][:, :each])
    behind: list[list[str | float | int | None]] = [
        [group, int(rank), int(index), round(float(number), 1)]
        for group, *numbers in zip(
            groups, *(arrays[key][:, :each] for key in ("rank", "index", "delta_e")), strict=True
        )
        for rank, index, number in zip(*numbers, strict=True)
    ]
    means = [
        f"{group} {numbers.mean():.1f}" for group, numbers in zip(groups, arrays["delta_e"][:, :each], strict=True)
    ]
    several = f"{each} pictures" if each > 1 else "picture"
    figure = draw_strips(
        f"extremes-{spec.model}-{spec.task}",
        f"{name}, truth against prediction, chosen by the number and not by eye: of the "
        f"{stored.notes['pictures']:,} test pictures the {several} whose colours lie furthest from the truth, those in "
        "the middle of the order, and those nearest, by mean ΔE2000.",
        f"Test pictures as the {name} is given them, as it paints them, and as they are: worst, median, best. Mean "
        f"ΔE2000 from the truth: {', '.join(means)}.",
        rows,
        roles={"input": "aside", name: "prediction", "truth": "truth"},
    )
    heads = ["group", "place from the worst", "test picture", "ΔE2000"]
    return replace(figure, columns=heads, rows=behind, tiles=len(behind), groups=groups)
