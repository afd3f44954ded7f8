"""The answer to 1.1.d, how distance in RGB differs from what the eye sees, from the stored probe of colours."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from numpy.typing import NDArray

from report.answers import Answer, Cell, Figure, Table
from report.drawing.charts import COLOURS, Panel, Series, draw_scatter, draw_to_svg
from report.judging.judge import judge_part
from report.questions.from_samples import list_missing, map_statuses, write_remarks
from report.questions.q1_1 import leads
from report.questions.q1_1.colour_space_claims import (
    CLAIMS,
    angles,
    factors,
    hexagon_angle,
    hexagon_spread,
    lightness,
    narrowest_spread,
    picture_rank_correlation,
    pixel_rank_correlation,
    sides,
)
from report.results.frames import Arrays, Frames
from report.results.values import ON_PICTURES, Measured, make_computed

HUES = {
    (255, 0, 0): "red",
    (255, 255, 0): "yellow",
    (0, 255, 0): "green",
    (0, 255, 255): "cyan",
    (0, 0, 255): "blue",
    (255, 0, 255): "magenta",
}
#: Pairs of pixels in the drawing; the numbers rest on all.
DRAWN = 3000


def answer_colour_space(frames: Frames) -> Answer:
    """1.1.d: lightness of the pure hues, their hexagon in a*b*, RGB distance beside ΔE2000."""
    samples = {
        "blue": frames.take(lightness((0, 0, 255))),
        "green": frames.take(lightness((0, 255, 0))),
        "spread": frames.take(hexagon_spread).shown_as("%", 0),
        "angle": frames.take(hexagon_angle),
        "pixel_rank": frames.take(pixel_rank_correlation),
        "picture_rank": frames.take(picture_rank_correlation),
        "factor": frames.take(narrowest_spread),
    }
    verdicts = judge_part("1.1.d", CLAIMS, frames)
    status = map_statuses(verdicts)
    probe = frames.data_probe("colours")
    lead, outcome = leads.lead_colour_space(samples["factor"], status)
    return Answer(
        "1.1.d",
        "RGB and the eye",
        "Why RGB, in which the squared error is taken, can be a problem: how the colours that people see relate to "
        "squared distances.",
        values={name: sample.measured() for name, sample in samples.items()}
        | {
            "pairs": None
            if probe is None
            else make_computed(float(probe.arrays["pairs"][0]), digits=0, runs=ON_PICTURES),
            "lightness_apart": status["lightness"] == "reproduced",
            "sides_warped": status["hexagon-sides"] == "reproduced",
            "angles_warped": status["hexagon-angles"] == "reproduced",
            "ranks_differ": status["distance-rank"] == "reproduced",
            "spread_wide": status["distance-spread"] == "reproduced",
        },
        lead=lead,
        outcome=outcome,
        written=leads.WRITTEN["1.1.d"],
        evidence=leads.prove_colour_space(samples["green"], samples["blue"], samples["pixel_rank"]),
        shown=("hexagon", "bands"),
        figures=[] if probe is None else [draw_hexagon(probe.arrays), tabulate_pairs(probe.arrays)],
        tables=[] if probe is None else [list_hues(probe.arrays), find_bands(probe.arrays)],
        verdicts=verdicts,
        missing=list_missing(*samples.values()),
        notes=[
            "Lab and ΔE2000 stand for the eye. They are models of it, and good ones only for small differences.",
            *write_remarks(*samples.values()),
        ],
    )


def name_hues(arrays: Arrays) -> list[str]:
    """Words for the corners of the hexagon."""
    corners = [(int(r), int(g), int(b)) for r, g, b in arrays["hexagon_rgb"]]
    return [HUES.get(corner, "#{:02x}{:02x}{:02x}".format(*corner)) for corner in corners]


def list_hues(arrays: Arrays) -> Table:
    """Lightness and place of the six pure hues, with the side and the angle that each starts."""
    corners = arrays["hexagon_lab"][:, 1:]
    rows: list[list[Cell]] = [
        [
            name,
            *(make_computed(value, digits=1) for value in lab),
            make_computed(side, digits=1),
            make_computed(angle, digits=0),
        ]
        for name, lab, side, angle in zip(
            name_hues(arrays), arrays["hexagon_lab"], sides(corners), angles(corners), strict=True
        )
    ]
    return Table(
        "hues",
        "The six pure hues as the eye sees them: lightness, place in the a*b* plane, the length of the side from "
        "this hue to the next, and the angle at it. RGB takes all sides and all angles to be equal.",
        ["hue", "L*", "a*", "b*", "side", "angle, degrees"],
        rows,
    )


def find_bands(arrays: Arrays) -> Table:
    """Quantiles of ΔE2000 at fixed RGB distances."""

    def cell(value: float) -> Measured | None:
        return make_computed(value, digits=1, runs=ON_PICTURES) if math.isfinite(value) else None

    rows = [
        [make_computed(distance, digits=0), *(cell(value) for value in quantiles), cell(factor)]
        for distance, quantiles, factor in zip(arrays["band_rgb"], arrays["band_delta_e"], factors(arrays), strict=True)
    ]
    return Table(
        "bands",
        "ΔE2000 of pairs of real pixels that lie equally far apart in RGB: quantiles, and how many times the "
        "smallest of them goes into the largest.",
        ["RGB distance", "5 %", "25 %", "median", "75 %", "95 %", "95 % over 5 %"],
        rows,
    )


def make_regular(corners: NDArray[np.floating]) -> NDArray[np.float64]:
    """Corners (K, 2) -> those of the regular polygon with their centre, mean radius and sense of turning."""
    offsets = corners.astype(np.float64) - corners.mean(axis=0)
    radius = np.hypot(offsets[:, 0], offsets[:, 1]).mean()
    following = np.roll(offsets, -1, axis=0)
    area = float((offsets[:, 0] * following[:, 1] - offsets[:, 1] * following[:, 0]).sum())
    steps = np.arange(len(corners)) * (2 * np.pi / len(corners)) * (1 if area >= 0 else -1)
    # The rotation that brings the regular corners nearest to the measured ones.
    turned = (offsets[:, 0] + 1j * offsets[:, 1]) * np.exp(-1j * steps)
    around = steps + np.angle(turned.sum())
    return corners.mean(axis=0) + radius * np.stack([np.cos(around), np.sin(around)], axis=1)


def draw_hexagon(arrays: Arrays) -> Figure:
    """The edges of the RGB hexagon drawn into the a*b* plane, beside a regular hexagon."""
    names, corners, path = name_hues(arrays), arrays["hexagon_lab"][:, 1:], arrays["path_lab"][:, 1:]
    rgb = arrays["hexagon_rgb"].astype(np.float64)
    places = np.arange(len(path)) * len(rgb) / max(len(path), 1)
    levels = [np.interp(places, range(len(rgb) + 1), [*rgb[:, channel], rgb[0, channel]]) for channel in range(3)]
    inks = [f"#{round(r):02x}{round(g):02x}{round(b):02x}" for r, g, b in zip(*levels, strict=True)]

    def draw(ax: Axes) -> None:
        ideal = make_regular(corners)
        ax.plot(*np.vstack([ideal, ideal[:1]]).T, color=COLOURS["reference"], linewidth=1, linestyle=(0, (4, 3)))
        edges = np.stack([path, np.roll(path, -1, axis=0)], axis=1)  # (96, 2 ends, 2)
        ax.add_collection(LineCollection(list(edges), colors=inks, linewidths=3, capstyle="round"))
        middle = corners.mean(axis=0)
        for name, corner, colour in zip(names, corners, rgb / 255, strict=True):
            ax.plot(*corner, marker="o", markersize=9, color=tuple(colour), markeredgecolor=COLOURS["truth"])
            right, up = corner[0] >= middle[0], corner[1] >= middle[1]
            ax.annotate(
                name, tuple(corner), xytext=(9 if right else -9, 7 if up else -7), textcoords="offset points",
                ha="left" if right else "right", va="bottom" if up else "top", fontsize=11, color=COLOURS["truth"],
                parse_math=False,
            )  # fmt: skip
        ax.margins(0.16)
        ax.set_aspect("equal", adjustable="datalim")
        ax.set(xlabel="a* (green to red)", ylabel="b* (blue to yellow)")

    found = sides(corners)
    longest, shortest = int(np.argmax(found)), int(np.argmin(found))
    alt = (
        f"A six-cornered figure in the a*b* plane. Its longest side runs from {names[longest]} to "
        f"{names[(longest + 1) % len(names)]}, its shortest from {names[shortest]} to "
        f"{names[(shortest + 1) % len(names)]}; a regular hexagon lies under it."
    )
    rows: list[Sequence[str | float]] = [
        [name, *(float(value) for value in lab)] for name, lab in zip(names, arrays["hexagon_lab"], strict=True)
    ]
    return draw_to_svg(
        "hexagon",
        "The hexagon of pure hues, each edge at full strength in RGB, where the eye places it. Dashed: the regular "
        "hexagon that it would be if RGB matched the eye.",
        alt,
        draw,
        ["hue", "L*", "a*", "b*"],
        rows,
        height=380.0,
    )


def tabulate_pairs(arrays: Arrays) -> Figure:
    """RGB distance and ΔE2000 of pairs of real pixels."""
    distance, difference = arrays["rgb_distance"][:DRAWN], arrays["delta_e"][:DRAWN]
    alt = (
        f"{len(distance):,} points. RGB distance runs from {distance.min():.0f} to {distance.max():.0f}, ΔE2000 from "
        f"{difference.min():.0f} to {difference.max():.0f}; rank correlation {arrays['rank_correlation'][0]:.2f}."
        if len(distance)
        else "No points."
    )
    series = Series("pairs of pixels", distance.tolist(), difference.tolist(), colour="accent")
    return draw_scatter(
        "pairs",
        "Pairs of real pixels: how far apart they are in RGB, and how different they look. If RGB followed the eye "
        "the points would lie on one line. Where there are very many pairs, the first of them are drawn.",
        alt,
        Panel([series], "RGB distance, levels", "ΔE2000"),
    )
