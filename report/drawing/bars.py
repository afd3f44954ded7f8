"""Bar charts for a page: groups of numbers, of colours, or of drawings that the caller makes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import AutoLocator

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
)
from report.drawing.colours import INK, SOFT, find_colour

#: What the caption of bars with whiskers says of them.
WHISKERED = " Bars are means over the seeds; whiskers go from the least seed to the greatest."


def draw_bars(
    name: str,
    caption: str,
    alt: str,
    groups: Sequence[str],
    series: Mapping[str, Sequence[float]],
    y_label: str,
    reaches: Mapping[str, Sequence[tuple[float, float]]] | None = None,
    hues: Mapping[str, str] | None = None,
) -> Figure:
    """Bars from zero, one group beside the other; lying down where the names of the groups are long.

    ``reaches`` are the least and the greatest seed behind each bar, which become its whisker; ``hues`` the keys of the
    colours of those series that have one of their own.
    """
    width, height = SIZES[1]
    lying = any(measure_width(group) > (width - 60) / len(groups) for group in groups)
    plot = Plot(width, 60 + 1.1 * LINE * len(groups) * (len(series) + 0.6) if lying else height - 30)
    colours = {label: find_colour((hues or {}).get(label, ""), label, index) for index, label in enumerate(series)}
    ends, drawn = [0.0], False
    thick = 0.76 / max(len(series), 1)
    for index, (label, numbers) in enumerate(series.items()):
        at = [group + (index - (len(series) - 1) / 2) * thick for group in range(len(groups))]
        heights, whiskers = fill_gaps(numbers, len(groups)), _draw_whiskers(reaches, label, len(groups))
        (plot.ax.barh if lying else plot.ax.bar)(at, keep_finite(heights), thick * 0.92, color=colours[label])
        ends += heights
        for where, (least, greatest) in zip(at, whiskers, strict=True):
            if least < greatest:
                drawn = True
                ends += [least, greatest]
                span, fixed = [least, greatest], [where, where]
                plot.ax.plot(*((span, fixed) if lying else (fixed, span)), color=INK, linewidth=1.2)
    low, high = find_limits(ends, log=False)
    low = 0.0 if min(keep_finite(ends)) >= 0 else low
    names = [(float(index), group) for index, group in enumerate(groups)]
    scale_axis(plot.ax, "x" if lying else "y", ends, log=False)
    name_ticks(plot.ax.yaxis if lying else plot.ax.xaxis, names)
    if lying:
        plot.across = True
        plot.ax.set(xlim=(low, high), ylim=(len(groups) - 0.4, -0.6))
    else:
        plot.ax.set(ylim=(low, high), xlim=(-0.6, len(groups) - 0.4))
    legend = [("\N{BLACK SQUARE}", label, colour) for label, colour in colours.items()]
    plot.place(y_label=y_label, legend=legend if len(series) > 1 else [])
    added = ("low", "high") if reaches else ()
    heads = ["", *(head for label in series for head in (label, *(f"{label}, {end}" for end in added)))]
    rows = [[group, *_list_numbers(index, series, reaches)] for index, group in enumerate(groups)]
    told = caption + (WHISKERED if drawn else "")
    return Figure(name, told, alt, [Drawing(plot.svg(name, alt), alt)], columns=heads, rows=rows)


def draw_swatches(
    name: str,
    caption: str,
    alt: str,
    colours: Sequence[tuple[int, int, int]],
    shares: Sequence[float] | None = None,
) -> Figure:
    """Colours (0..255) side by side, and above them, where known, how large a share (0..1) each has."""
    plot = Plot(SIZES[1][0], 190.0 if shares is not None else 70.0)
    hexes = ["#{:02x}{:02x}{:02x}".format(*(int(level) for level in colour)) for colour in colours]
    percents = [100 * share for share in fill_gaps(shares, len(hexes))]
    top = max((percent for percent in percents if math.isfinite(percent)), default=0.0) or 1.0
    floor = -0.32 * top
    plot.ax.bar(range(len(hexes)), floor, 0.92, color=hexes)
    plot.ax.bar(range(len(hexes)), keep_finite(percents), 0.92, color=hexes, edgecolor=SOFT, linewidth=0.6)
    plot.ax.set(xlim=(-0.6, max(len(hexes), 1) - 0.4), ylim=(floor, 1.05 * top if shares is not None else 0.0))
    name_ticks(plot.ax.xaxis, [])
    if shares is not None:
        scale_axis(plot.ax, "y", percents, log=False)
        places = [float(place) for place in plot.ax.yaxis.get_majorticklocs() if place >= 0]
        name_ticks(plot.ax.yaxis, [(place, f"{place:g}") for place in places])
    else:
        name_ticks(plot.ax.yaxis, [])
    plot.place(y_label="share of the pixels, %" if shares is not None else "")
    heads = ["colour", "R", "G", "B", *(["share, %"] if shares is not None else [])]
    rows: list[Cells] = [
        [hexes[index], *map(int, colour), *([make_cell(percents[index])] if shares is not None else [])]
        for index, colour in enumerate(colours)
    ]
    return Figure(name, caption, alt, [Drawing(plot.svg(name, alt), alt)], columns=heads, rows=rows)


def draw_to_svg(
    name: str,
    caption: str,
    alt: str,
    draw: Callable[[Axes], None],
    columns: Sequence[str],
    rows: Sequence[Cells],
    width: float = SIZES[1][0],
    height: float = SIZES[1][1],
) -> Figure:
    """Anything else: ``draw`` gets empty axes; their title, labels and ticks are then set in our style.

    ``columns`` and ``rows`` are the numbers behind it; width and height are in pixels.
    """
    plot = Plot(width, height)
    draw(plot.ax)
    texts = (plot.ax.get_title(), plot.ax.get_ylabel(), plot.ax.get_xlabel())
    plot.ax.set(title="", ylabel="", xlabel="")
    for which, axis in (("x", plot.ax.xaxis), ("y", plot.ax.yaxis)):
        if isinstance(axis.get_major_locator(), AutoLocator):
            scale_axis(plot.ax, which, list(map(float, axis.get_view_interval())), log=False)
    plot.place(*texts)
    return Figure(name, caption, alt, [Drawing(plot.svg(name, alt), alt)], columns=columns, rows=rows)


def _draw_whiskers(
    reaches: Mapping[str, Sequence[tuple[float, float]]] | None, label: str, count: int
) -> list[tuple[float, float]]:
    """The whiskers of a series, NaN for those that it lacks."""
    found = list((reaches or {}).get(label, ()))
    return found + [(math.nan, math.nan)] * (count - len(found))


def _list_numbers(
    index: int, series: Mapping[str, Sequence[float]], reaches: Mapping[str, Sequence[tuple[float, float]]] | None
) -> Cells:
    """One group's numbers, each followed by the ends of its whisker where there are whiskers."""
    found: list[str | float | int | None] = []
    for label, numbers in series.items():
        found.append(make_cell(fill_gaps(numbers, index + 1)[index]))
        if reaches is not None:
            found += map(make_cell, _draw_whiskers(reaches, label, index + 1)[index])
    return found
