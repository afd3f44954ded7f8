"""The figures of a page, drawn from numbers: line charts, scatters, bars, swatches and drawings of other kinds.

Each figure carries the words for those who do not see it and the numbers behind it. Pictures made of pixels are
in :mod:`report.drawing.pictures`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from report.answers import Drawing, Figure
from report.drawing.axes import (
    LINE,
    SIZES,
    Cells,
    Plot,
    fill_gaps,
    find_limits,
    keep_finite,
    make_cell,
    measure_width,
    name_ticks,
    scale_axis,
    spread_out,
)
from report.drawing.bars import draw_bars, draw_swatches, draw_to_svg
from report.drawing.colours import COLOURS, SOFT, find_colour
from report.drawing.pictures import draw_maps, draw_reel, draw_sheet, draw_strips

__all__ = [
    "BANDED", "COLOURS", "Panel", "Series", "band_of_seeds", "draw_bars", "draw_chart", "draw_maps", "draw_reel",
    "draw_scatter", "draw_sheet", "draw_strips", "draw_swatches", "draw_to_svg", "find_colour",
]  # fmt: skip

#: Shapes of points whose names stand in a legend, so that not colour alone tells them apart, and their signs there.
SHAPES = (
    ("o", "\N{BLACK CIRCLE}"),
    ("^", "\N{BLACK UP-POINTING TRIANGLE}"),
    ("s", "\N{BLACK SQUARE}"),
    ("D", "\N{BLACK DIAMOND}"),
    ("v", "\N{BLACK DOWN-POINTING TRIANGLE}"),
)

#: More points than these are drawn as one picture, so that the page stays small.
MANY_POINTS = 600


@dataclass(frozen=True)
class Series:
    """One line, or one cloud of points.

    Attributes:
        label: a few words; stands at the end of the line.
        low, high: the ends of the band about the line; None without one.
        colour: a key of COLOURS; "" finds the one that the label begins with, else takes the next free one.
    """

    label: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    colour: str = ""
    dashed: bool = False
    marker: bool = False


@dataclass(frozen=True)
class Panel:
    """One pair of axes. Labels of axes name their units.

    Attributes:
        marks: (x, label) of vertical reference lines.
        levels: (y, label) of horizontal ones, e.g. the written value.
    """

    series: Sequence[Series]
    x_label: str
    y_label: str
    title: str = ""
    log_x: bool = False
    log_y: bool = False
    marks: Sequence[tuple[float, str]] = ()
    levels: Sequence[tuple[float, str]] = ()


#: What the caption of a figure with bands says of them: they have one meaning everywhere.
BANDED = " Lines are means over the seeds; bands go from the least seed to the greatest."


def band_of_seeds(frame: pd.DataFrame) -> tuple[list[float], list[float], list[float] | None, list[float] | None]:
    """A table of epochs × seeds -> x, mean over the seeds, the least seed and the greatest.

    A few seeds show no distribution, and a standard deviation may reach where no seed was, below zero even. Both ends
    are None with fewer than two seeds. Numbers that are not finite are left out.
    """
    table = frame.astype(float).replace([np.inf, -np.inf], np.nan)
    x, mean = [float(epoch) for epoch in table.index], table.mean(axis=1)
    if table.shape[1] < 2:
        return x, mean.tolist(), None, None
    return x, mean.tolist(), table.min(axis=1).tolist(), table.max(axis=1).tolist()


def draw_chart(name: str, caption: str, alt: str, *panels: Panel, columns: int = 0) -> Figure:
    """Lines, one panel beside the other, ``columns`` of them in a row (0: as many as fit well)."""
    return _draw_panels(name, caption, alt, panels, columns, _draw_lines)


def draw_scatter(name: str, caption: str, alt: str, *panels: Panel, columns: int = 0) -> Figure:
    """The same with points only."""
    return _draw_panels(name, caption, alt, panels, columns, _draw_points)


def _draw_panels(
    name: str,
    caption: str,
    alt: str,
    panels: Sequence[Panel],
    columns: int,
    draw: Callable[[Plot, Panel, Sequence[str], Sequence[str]], None],
) -> Figure:
    """Each panel its own picture, so that a narrow page can stack them; the numbers of all in one table. The caption
    says what bands are, where there are any.
    """
    columns = columns or (2 if len(panels) in {2, 4} else min(max(len(panels), 1), 3))
    drawings = []
    for index, panel in enumerate(panels):
        plot = Plot(*SIZES[min(columns, 3)])
        colours = [find_colour(series.colour, series.label, at) for at, series in enumerate(panel.series)]
        legend = draw is _draw_points or not _fit_at_ends(plot, panel)
        signs = [SHAPES[at % len(SHAPES)] if legend else SHAPES[0] for at in range(len(colours))]
        draw(plot, panel, colours, [shape for shape, _ in signs])
        _set_scales(plot, panel)
        _label_axis(plot, panel, colours, [sign for _, sign in signs] if legend else ())
        if panel.x_label.startswith("epoch") and not panel.log_x:
            plot.tell_epochs()
        words = alt if index == 0 else _draw_clouds(panel) if draw is _draw_points else _describe_series(panel)
        drawings.append(Drawing(plot.svg(f"{name}-{index}", words), words))
    heads, rows = _tabulate(panels)
    told = caption + (BANDED if any(_is_banded(panel) for panel in panels) else "")
    return Figure(name, told, alt, drawings, columns=heads, rows=rows, across=min(columns, 3))


def _describe_series(panel: Panel) -> str:
    """What a panel after the first shows, for those who do not see it: where each of its lines begins and ends."""
    told = []
    for series in panel.series:
        known = [(x, y) for x, y in zip(keep_finite(series.x), keep_finite(series.y), strict=True) if math.isfinite(y)]
        if known:
            (first, begin), (last, end) = known[0], known[-1]
            name = f"{series.label}: " if series.label else ""
            told.append(f"{name}{begin:.4g} at {first:g}" + (f", {end:.4g} at {last:g}" if len(known) > 1 else ""))
    shown = f"{panel.title}: " if panel.title else ""
    return f"{shown}{panel.y_label} by {panel.x_label}. {'; '.join(told)}".rstrip(". ") + "."


def _draw_clouds(panel: Panel) -> str:
    """What a panel of points after the first shows: how many each cloud has, and from where to where they lie."""
    told = []
    for series in panel.series:
        known = [
            (x, y) for x, y in zip(keep_finite(series.x), keep_finite(series.y), strict=True) if math.isfinite(x + y)
        ]
        if known:
            across, up = (f"{min(numbers):.4g} to {max(numbers):.4g}" for numbers in zip(*known, strict=True))
            name = f"{series.label}: " if series.label else ""
            told.append(f"{name}{len(known):,} points, {panel.x_label} from {across}, {panel.y_label} from {up}")
    return f"{'; '.join(told)}." if told else "No points."


def _fit_at_ends(plot: Plot, panel: Panel) -> bool:
    """Whether there is room for the names of all lines at their ends."""
    named = [series.label for series in panel.series if series.label]
    count = len(named) + len([label for _, label in panel.levels if label])
    longest = max(map(measure_width, named), default=0.0)
    return longest < 0.38 * plot.width and count * LINE < plot.height - 90


def _draw_lines(plot: Plot, panel: Panel, colours: Sequence[str], shapes: Sequence[str]) -> None:
    """Lines and their bands; lines whose shapes differ are told apart by these, with some along each line."""
    differ = len(set(shapes)) > 1
    for series, colour, shape in zip(panel.series, colours, shapes, strict=True):
        x, y = keep_finite(series.x), keep_finite(series.y)
        if series.low is not None and series.high is not None:
            low, high = keep_finite(series.low), keep_finite(series.high)
            plot.ax.fill_between(x, low, high, color=colour, alpha=0.16, linewidth=0)
        alone = len([value for value in y if math.isfinite(value)]) == 1
        plot.ax.plot(
            x, y, color=colour, linewidth=1.8, linestyle=(0, (4, 2.5)) if series.dashed else "-",
            marker=shape if series.marker or alone or differ else "", markersize=4.5, solid_capstyle="round",
            markevery=1 if series.marker else max(1, len(x) // 8),
        )  # fmt: skip


def _draw_points(plot: Plot, panel: Panel, colours: Sequence[str], shapes: Sequence[str]) -> None:
    """Points; very many of them as one picture."""
    many = sum(len(series.x) for series in panel.series) > MANY_POINTS
    for series, colour, shape in zip(panel.series, colours, shapes, strict=True):
        plot.ax.plot(
            keep_finite(series.x), keep_finite(series.y), linestyle="", marker=shape, color=colour, markeredgewidth=0,
            markersize=2.0 if many else 4.0, alpha=0.35 if many else 0.7, rasterized=many,
        )  # fmt: skip


def _set_scales(plot: Plot, panel: Panel) -> None:
    """Scales, limits and reference lines of a panel."""
    xs = [x for series in panel.series for x in series.x]
    ys = [y for series in panel.series for part in (series.y, series.low, series.high) for y in fill_gaps(part, 0)]
    plot.ax.set_xlim(find_limits([*xs, *(x for x, _ in panel.marks)], panel.log_x, 0.03))
    plot.ax.set_ylim(find_limits([*ys, *(y for y, _ in panel.levels)], panel.log_y))
    scale_axis(plot.ax, "x", xs, panel.log_x)
    scale_axis(plot.ax, "y", ys, panel.log_y)
    if not _draw_figure(panel):
        name_ticks(plot.ax.xaxis, [])
        name_ticks(plot.ax.yaxis, [])
    for x, _ in panel.marks:
        plot.ax.axvline(x, color=SOFT, linewidth=1, linestyle=(0, (2, 2)))
    for y, _ in panel.levels:
        plot.ax.axhline(y, color=SOFT, linewidth=1, linestyle=(0, (2, 2)))


def _label_axis(plot: Plot, panel: Panel, colours: Sequence[str], signs: Sequence[str]) -> None:
    """Place the panel and write its labels: in a legend above, behind their ``signs``; without these at the ends of
    the lines.
    """
    named = [(at, series.label) for at, series in enumerate(panel.series) if series.label]
    labels = [(y, label, SOFT) for y, label in panel.levels if label]
    legend: list[tuple[str, str, str]] = []
    if not signs:
        ends = [(_find_last(panel.series[at]), label, colours[at]) for at, label in named]
        labels += [end for end in ends if math.isfinite(end[0])]
    elif len(named) > 1:
        legend = [(signs[at], label, colours[at]) for at, label in named]
    right = 14 + max((measure_width(label) for _, label, _ in labels), default=0.0)
    plot.place(panel.title, panel.y_label, panel.x_label, legend, right)

    start, top, end, bottom = plot.box
    wanted = [plot.at(plot.ax.get_xlim()[0], y)[1] for y, _, _ in labels]
    for place, (_, label, colour) in zip(spread_out(wanted, LINE - 2, top, bottom), labels, strict=True):
        plot.write(end + 6, place, label, colour)
    for x, label in panel.marks:
        across, _ = plot.at(x, plot.ax.get_ylim()[0])
        before = across > start + 0.6 * (end - start)
        plot.write(across + (-4 if before else 4), top + 4, label, SOFT, "end" if before else "start")
    if not _draw_figure(panel):
        plot.write((start + end) / 2, (top + bottom) / 2, "no run yet", SOFT, "middle")


def _tabulate(panels: Sequence[Panel]) -> tuple[list[str], list[Cells]]:
    """The numbers behind panels: one row a point, with the ends of its band where there are any."""
    several = len(panels) > 1
    banded = any(_is_banded(panel) for panel in panels)
    heads = [*(["panel"] if several else []), "series", _find_shared(panel.x_label for panel in panels)]
    heads += [_find_shared(panel.y_label for panel in panels), *(["low", "high"] if banded else [])]
    rows: list[Cells] = []
    for panel in panels:
        for series in panel.series:
            low, high = (fill_gaps(part, len(series.x)) for part in (series.low, series.high))
            for index, (x, y) in enumerate(zip(series.x, series.y, strict=True)):
                start = [panel.title or panel.y_label] if several else []
                end = [make_cell(low[index]), make_cell(high[index])] if banded else []
                rows.append([*start, series.label, make_cell(x), make_cell(y), *end])
    return heads, rows


def _find_shared(labels: Iterable[str]) -> str:
    """The label that all panels share, or those of all."""
    return " / ".join(dict.fromkeys(labels))


def _is_banded(panel: Panel) -> bool:
    """Whether any line of it has a band."""
    return any(series.low is not None for series in panel.series)


def _draw_figure(panel: Panel) -> bool:
    """Whether there is any point to draw."""
    return any(math.isfinite(y) for series in panel.series for y in series.y)


def _find_last(series: Series) -> float:
    """The height of a line's finite point furthest to the right, in whatever order they come; NaN without any."""
    points = [(x, y) for x, y in zip(keep_finite(series.x), keep_finite(series.y), strict=True) if math.isfinite(y)]
    return max(points)[1] if points else math.nan
