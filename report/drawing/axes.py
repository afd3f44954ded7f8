"""Axes in our style: a heading above, quiet grid lines, labels at the ends of the lines, margins that fit.

matplotlib scales and draws the data. Ticks, grid and words are placed by its scales but written here, as plain
SVG: that takes a third of the time of its own axes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, LogLocator, MaxNLocator, ScalarFormatter

from report.drawing.colours import GRID, INK, SOFT
from report.drawing.svg import Stroke, Word, to_svg

Cell = str | float | int | None
Cells = Sequence[Cell]


def fill_gaps(numbers: Sequence[float] | None, length: int) -> list[float]:
    """The numbers, filled up with NaN; none at all where there are none."""
    known = [] if numbers is None else [float(number) for number in numbers]
    return [*known, *[math.nan] * (length - len(known))]


def keep_finite(numbers: Sequence[float]) -> list[float]:
    """What is not finite as NaN, which is drawn as a gap."""
    return [float(number) if math.isfinite(number) else math.nan for number in numbers]


def make_cell(number: float) -> Cell:
    """A number for a data table: whole ones as such, none for what is not finite."""
    if not math.isfinite(number):
        return None
    return int(number) if float(number).is_integer() and abs(number) < 1e15 else float(number)


FONT = 11.0  # all sizes in pixels: a canvas has 72 dots an inch, and an SVG unit is one of them
LETTER = 6.2  # mean width of a letter at that size
LINE = 15.0
#: Width and height of a chart's panel that stands alone, one of two in a row, and one of three or more.
SIZES = {1: (560.0, 310.0), 2: (400.0, 280.0), 3: (264.0, 220.0)}

Tick = tuple[float, str]


class Plot:
    """One pair of axes on a transparent canvas of its own.

    First draw on ``ax`` and set its scales and limits; then :meth:`place` sets the margins; after that
    :meth:`at` knows where a point lies, and :meth:`svg` gives the whole.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._canvas = Canvas(figsize=(width / 72, height / 72), dpi=72)
        self._canvas.patch.set_visible(False)
        self.ax: Axes = self._canvas.add_axes((0.1, 0.1, 0.8, 0.8))
        self.across = False  # whether the grid lines stand upright, for bars that lie
        self.data: dict[str, str] = {}  # what a script may want to know of the picture: name -> text
        self._words: list[Word] = []

    def write(self, x: float, y: float, text: str, colour: str = INK, align: str = "start", bold: bool = False) -> None:
        """Text at x pixels from the left and y pixels from the top, its middle at that height."""
        self._words.append(Word(x, y + 0.36 * FONT, text, colour, align, bold, FONT))

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the data lies, in pixels from the left and from the top."""
        across, up = self.ax.transData.transform((x, y))
        return float(across), self.height - float(up)

    def tell_epochs(self) -> None:
        """Say where epoch 0 would lie, how far an epoch reaches, and the edges: left, top, right and bottom."""
        start, _ = self.at(0, self.ax.get_ylim()[0])
        step = self.at(1, self.ax.get_ylim()[0])[0] - start
        self.data["epochs"] = " ".join(f"{number:.2f}" for number in (start, step, *self.box))

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom edge of the axes in pixels."""
        box = self.ax.get_position()
        return box.x0 * self.width, (1 - box.y1) * self.height, box.x1 * self.width, (1 - box.y0) * self.height

    def place(
        self,
        title: str = "",
        y_label: str = "",
        x_label: str = "",
        legend: Sequence[tuple[str, str, str]] = (),
        right: float = 14.0,
    ) -> None:
        """Set the margins so that headings, legend (mark, label, colour) and tick labels fit, and write these.

        The label of the y axis stands above it, where it is read without turning the head.
        """
        line = LINE / 2
        for text, bold in ((title, True), (y_label, False)):
            if text:
                self.write(0, line, text, INK if bold else SOFT, bold=bold)
                line += LINE
        for row in count_legend_lines([label for _, label, _ in legend], self.width) if legend else []:
            x = 0.0
            for index in row:
                mark, label, colour = legend[index]
                self.write(x, line, mark, colour)
                self.write(x + 13, line, label)
                x += measure_width(label) + 30
            line += LINE
        top, bottom = line - LINE / 2 + 9, 21 + (LINE + 1 if x_label else 0)
        left = 9 + max((measure_width(text) for _, text in _choose_ticks(self.ax.yaxis)), default=0)
        room, rise = max(self.width - left - right, 40), max(self.height - top - bottom, 40)
        self.ax.set_position((left / self.width, bottom / self.height, room / self.width, rise / self.height))
        self.ax.apply_aspect()
        if x_label:
            start, _, end, _ = self.box
            self.write((start + end) / 2, self.height - LINE / 2, x_label, SOFT, "middle")

    def svg(self, name: str, alt: str) -> str:
        """The whole picture; ``name`` makes its ids, ``alt`` says what it shows."""
        left, top, right, bottom = self.box
        grid = []
        for x, label in _choose_ticks(self.ax.xaxis):
            across, _ = self.at(x, self.ax.get_ylim()[0])
            self.write(across, bottom + 12, label, SOFT, "middle")
            grid.append(f"M{across:.1f} {top:.1f}V{bottom:.1f}" if self.across else "")
        for y, label in _choose_ticks(self.ax.yaxis):
            _, up = self.at(self.ax.get_xlim()[0], y)
            self.write(left - 6, up, label, SOFT, "end")
            grid.append("" if self.across else f"M{left:.1f} {up:.1f}H{right:.1f}")
        strokes = [Stroke("".join(grid), GRID)]
        if not self.across and self.ax.axison:
            marks = (self.at(x, self.ax.get_ylim()[0])[0] for x, _ in _choose_ticks(self.ax.xaxis))
            feet = "".join(f"M{across:.1f} {bottom:.1f}v3" for across in marks)
            strokes.append(Stroke(f"M{left:.1f} {bottom:.1f}H{right:.1f}{feet}", SOFT))
        self.ax.set_axis_off()
        return to_svg(self._canvas, name, alt, [stroke for stroke in strokes if stroke.path], self._words, self.data)


def _choose_ticks(axis: Axis) -> list[Tick]:
    """Where the ticks within the limits are, and what stands beside them."""
    if not axis.axes.axison:
        return []
    low, high = sorted(axis.get_view_interval())
    slack = 1e-9 * (high - low)
    places = [float(place) for place in axis.get_majorticklocs()]
    labels = axis.get_major_formatter().format_ticks(places)
    return [(place, label) for place, label in zip(places, labels, strict=True) if low - slack <= place <= high + slack]


def measure_width(text: str) -> float:
    """About how wide a text is, in pixels."""
    return LETTER * len(text)


def name_ticks(axis: Axis, ticks: Sequence[Tick]) -> None:
    """Put names at places of an axis instead of numbers."""
    axis.set_major_locator(FixedLocator([place for place, _ in ticks]))
    axis.set_major_formatter(FixedFormatter([label for _, label in ticks]))


class Grouped(ScalarFormatter):
    """Plain numbers whose thousands stand apart: "12,500"."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The text of one tick."""
        return re.sub(r"\d+", lambda whole: f"{int(whole[0]):,}", super().__call__(x, pos), count=1)


def scale_axis(ax: Axes, which: str, values: Sequence[float], log: bool) -> None:
    """Plain numbers at the ticks; few values on a logarithmic axis are the ticks themselves."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    distinct = sorted({float(value) for value in values if math.isfinite(value)})
    if log:
        (ax.set_xscale if which == "x" else ax.set_yscale)("log", nonpositive="mask")
        few = which == "x" and 0 < len(distinct) <= 8
        positive = [value for value in distinct if value > 0]
        wide = bool(positive) and positive[-1] > 10 * positive[0]
        ticks = LogLocator(subs=(1, 2, 5), numticks=8) if wide else MaxNLocator(5, steps=[1, 2, 2.5, 5, 10])
        axis.set_major_locator(FixedLocator(distinct) if few else ticks)
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        return
    whole = which == "x" and all(value.is_integer() for value in distinct)
    axis.set_major_locator(MaxNLocator(6 if which == "x" else 5, integer=whole, steps=[1, 2, 2.5, 5, 10]))
    formatter = Grouped(useOffset=False, useMathText=False)
    formatter.set_scientific(False)
    axis.set_major_formatter(formatter)


def find_limits(values: Sequence[float], log: bool, pad: float = 0.05) -> tuple[float, float]:
    """Ends of an axis that holds all finite values with a little room."""
    finite = [float(value) for value in values if math.isfinite(value) and (value > 0 or not log)]
    if not finite:
        return (1.0, 10.0) if log else (0.0, 1.0)
    low, high = min(finite), max(finite)
    if log:
        room = (high / low) ** pad if high > low else 1.5
        return low / room, high * room
    room = (high - low) * pad if high > low else abs(high) * 0.1 or 0.5
    return low - room, high + room


def count_legend_lines(labels: Sequence[str], room: float) -> list[list[int]]:
    """Which labels go on which line above a plot, by index, when each takes its width and a little mark."""
    lines: list[list[int]] = [[]]
    used = 0.0
    for index, label in enumerate(labels):
        needed = measure_width(label) + 30
        if lines[-1] and used + needed > room:
            lines.append([])
            used = 0.0
        lines[-1].append(index)
        used += needed
    return lines


def spread_out(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """The positions nearest to those wanted, in the same order, at least ``gap`` apart, within low..high if they fit.

    Nearest in the sense of least squares: with the gaps taken off, this is isotonic regression, which pooling
    adjacent violators solves (Ayer et al., 1955).
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    pools: list[tuple[float, int]] = []  # mean position without gaps, and how many it stands for
    for rank, index in enumerate(order):
        mean, size = wanted[index] - rank * gap, 1
        while pools and pools[-1][0] > mean:
            before, count = pools.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        pools.append((mean, size))
    top = max(low, high - gap * (len(wanted) - 1))
    placed = [min(max(mean, low), top) for mean, size in pools for _ in range(size)]
    return [placed[order.index(index)] + gap * order.index(index) for index in range(len(wanted))]
