"""Dot charts for a page: a row for each kind of number, with the numbers of several sources as dots on its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from report.answers import Drawing, Figure
from report.drawing.axes import LINE, SIZES, Cells, Plot, find_limits, make_cell, name_ticks, scale_axis
from report.drawing.charts import SHAPES
from report.drawing.colours import SOFT, find_colour


@dataclass(frozen=True)
class Dot:
    """A number in a row.

    Attributes:
        row: which one, from 0 at the top.
        value: where on it.
        end: where the number may reach up to, if it was printed with less than all its decimals.
        name: whose it is, for the table behind the picture.
    """

    row: int
    value: float
    end: float | None = None
    name: str = ""


def draw_dots(
    name: str,
    caption: str,
    alt: str,
    rows: Sequence[str],
    series: Mapping[str, Sequence[Dot]],
    x_label: str,
    hues: Mapping[str, str],
) -> Figure:
    """Dots in rows, each series above or below the middle of a row, in a shape and colour of its own.

    ``hues`` are the keys of the colours of the series; a line goes from a dot to its ``end``.
    """
    plot = Plot(SIZES[1][0], 78 + 1.9 * LINE * len(rows))
    plot.across = True
    legend, cells = [], list[Cells]()
    steps = [0.24 * (index - (len(series) - 1) / 2) for index in range(len(series))]
    for (label, dots), (shape, sign), step in zip(series.items(), SHAPES, steps, strict=False):
        colour = find_colour(hues.get(label, ""), label)
        for dot in dots:
            if dot.end is not None:
                plot.ax.plot([dot.value, dot.end], [dot.row + step] * 2, color=colour, linewidth=1.6)
            cells.append([rows[dot.row], label, dot.name, make_cell(dot.value), make_cell(dot.end or dot.value)])
        plot.ax.plot(
            [dot.value for dot in dots], [dot.row + step for dot in dots], linestyle="", marker=shape, color=colour,
            markeredgewidth=0, markersize=5.5,
        )  # fmt: skip
        legend.append((sign, label, colour))
    values = [0.0, *(end for dots in series.values() for dot in dots for end in (dot.value, dot.end or dot.value))]
    plot.ax.axvline(0, color=SOFT, linewidth=1, linestyle=(0, (2, 2)))
    scale_axis(plot.ax, "x", values, log=False)
    plot.ax.set(xlim=find_limits(values, log=False), ylim=(len(rows) - 0.4, -0.6))
    name_ticks(plot.ax.yaxis, [(float(index), row) for index, row in enumerate(rows)])
    plot.place(x_label=x_label, legend=legend)
    cells.sort(key=lambda row: rows.index(str(row[0])))
    heads = ["", "of", "which", x_label, "up to"]
    return Figure(name, caption, alt, [Drawing(plot.svg(name, alt), alt)], columns=heads, rows=cells)
