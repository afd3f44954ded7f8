"""The filters of the templates, which turn values into safe pieces of HTML."""

from __future__ import annotations

import base64
import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from markupsafe import Markup, escape

from report.answers import Cell, Drawing, Figure, Reel, Strip, Table
from report.drawing.svg import prefix_ids, print_svg
from report.results import format as words
from report.results.sentence import Sentence
from report.results.values import Measured
from runs.text import make_visible

if TYPE_CHECKING:
    from report.judging.verdict import Verdict

#: Runs that are named in the hint of a number; the rest are counted.
_NAMED_RUNS = 6
#: Runs that a page marks in its list when a number is followed: of very many, most are not listed at all.
_MARKED_RUNS = 60

#: On paper a number stays on one line with its unit; on screen its style sees to that.
NO_BREAK = "\u00a0"
#: A written figure, with its unit where it has one: "1.55", "56 s".
_NUMBER = re.compile(r"[−-]?\d[\d.,]*( \S+)?")

Named = TypeVar("Named", Figure, Table)


def anchor(text: str, kind: str = "") -> str:
    """A name that may stand after a # in an address: lower-case letters, digits and hyphens."""
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return f"{kind}-{slug}" if kind else slug


def rgb(colour: Sequence[float]) -> str:
    """A colour (R, G, B) in pixel/256, rounded to whole levels, as a style sheet writes it."""
    return f"rgb({','.join(str(min(round(share * 256), 255)) for share in colour)})"


def num(measured: Measured, pointed: bool = True) -> Markup:
    """A number with its unit and spread; a dagger marks that of one seed. ``pointed``: it says what it rests on where
    a pointer asks for it, which paper has no use for.

    Raises:
        TypeError: anything but a Measured; no bare number may reach a page.
    """
    text = words.show_plain(_show_measured(measured))
    if measured.n == 1:
        text = text + (Markup('<abbr title="one seed">†</abbr>') if pointed else "†")
    return _point(measured, text) if pointed else escape(text.replace(" ", NO_BREAK))


def plain(measured: Measured, pointed: bool = True) -> Markup:
    """The same without the dagger.

    Raises:
        TypeError: anything but a Measured.
    """
    text = words.show_plain(_show_measured(measured))
    return _point(measured, text) if pointed else escape(text.replace(" ", NO_BREAK))


def said(sentence: Sentence, pointed: bool = True) -> Markup:
    """A sentence with its numbers."""
    made = Markup("")
    for part in sentence.parts:
        made += escape(make_visible(part)) if isinstance(part, str) else plain(part, pointed)
    return made


def shared_seeds(table: Table) -> int:
    """How many seeds are behind every number of a table that has any: said once above it, the cells need not.

    0 where they differ, where one number rests on a single seed, or where there is none.
    """
    found = {value.n for row in table.rows for value in row if isinstance(value, Measured) and value.n}
    return found.pop() if len(found) == 1 and min(found) > 1 else 0


def varied(table: Table) -> bool:
    """Whether a number of a table shows a spread: what is the same on every seed has none to show."""
    return any(isinstance(value, Measured) and bool(value.spread) for row in table.rows for value in row)


def numeric(table: Table) -> list[bool]:
    """Of each column whether it holds plain numbers, which end below each other; the first holds the heads of the rows.

    Where some show a spread behind them, or their seeds, the numbers begin below each other instead: so do those
    without.
    """
    shared = bool(shared_seeds(table))
    columns = [[row[index] for row in table.rows] for index in range(len(table.columns))]
    return [
        index > 0 and any(cells) and all(_show_bare(cell, shared) for cell in cells)
        for index, cells in enumerate(columns)
    ]


def _show_bare(value: Cell, shared: bool) -> bool:
    """Whether a cell shows a number alone; ``shared``: the seeds are told above the table."""
    if isinstance(value, str):
        return bool(_NUMBER.fullmatch(value))
    return value is None or value.spread is None or (shared and not value.spread)


def linked(sentence: str, numbers: Sequence[tuple[str, Measured]]) -> Markup:
    """A sentence whose numbers, as far as they stand in it, say what they rest on.

    Args:
        sentence: plain text.
        numbers: in the order of the sentence, each with the words before it ("UNet: 1.25"), or behind it in brackets.
    """
    made, at = Markup(""), 0
    for label, measured in numbers:
        place = _find_place(sentence, label, measured, at)
        if place:
            made += escape(make_visible(sentence[at : place.start(1)])) + _point(measured, place[1])
            at = place.end(1)
    return made + escape(make_visible(sentence[at:]))


def _find_place(sentence: str, label: str, measured: Measured, start: int) -> re.Match[str] | None:
    """Where a number stands in a sentence; one that is told without its sign too."""
    signs = (measured, replace(measured, value=-measured.value))
    texts = [text(number) for text in (words.show_number, words.show_plain) for number in signs]
    number = rf"(?<![\d.,−])({'|'.join(map(re.escape, texts))})(?![\d%]|[.,]\d)"
    name = re.escape(label)
    ways = [rf"(?i:{name}): {number}", rf"{number} \({name}\)"] if label else [number]
    return next((found for way in ways if (found := re.compile(way).search(sentence, start))), None)


def list_verdict_numbers(verdict: Verdict, pointed: bool = True) -> list[tuple[str, Markup]]:
    """The numbers of a verdict, each with what it is: what was written, what was measured, the interval."""
    found = [("written", escape(make_visible(verdict.claim.written)))]
    if verdict.measured is not None:
        found.append((verdict.claim.test.what, num(verdict.measured, pointed)))
    found += [(f"{name}: difference", num(number, pointed)) for name, number in verdict.finding.proxies]
    if verdict.measured is None:
        found += [(name, num(number, pointed)) for name, number in verdict.finding.beside]
    if verdict.finding.interval is not None:
        found.append(("interval", escape(interval(verdict))))
    return found


def interval(verdict: Verdict) -> str:
    """The interval of a verdict in words; "" without one."""
    if verdict.finding.interval is None:
        return ""
    if verdict.measured is None:
        return words.show_interval(verdict.finding.interval)
    return words.show_interval_of(verdict.measured, verdict.finding.interval)


def drawn(figure: Figure, prefix: str) -> Markup:
    """The drawings of a chart, their ids prefixed so that they differ from those of all other charts."""
    svgs = "".join(prefix_ids(drawing.svg, f"{prefix}-") for drawing in figure.drawings)
    return Markup(svgs)  # the SVG is ours: matplotlib escaped what it was given


def svg_uri(drawing: Drawing) -> str:
    """A drawing for paper as an address that needs no file. As images drawings are parsed and styled in a fifth of the
    time, and stay vectors.
    """
    return "data:image/svg+xml;base64," + base64.b64encode(print_svg(drawing.svg).encode()).decode()


def data_uri(row: Strip | Reel) -> str:
    """Rows of pictures as an address that needs no file."""
    return "data:image/png;base64," + base64.b64encode(row.png).decode()


def csv_uri(figure: Figure) -> str:
    """The numbers behind a figure as a CSV file that needs no file: an address to download."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(figure.columns)
    table.writerows(["" if _is_void(value) else value for value in row] for row in figure.rows)
    return (
        "data:text/csv;charset=utf-8;base64,"
        + base64.b64encode(text.getvalue().encode("utf-8", "backslashreplace")).decode()
    )


def datum(value: str | float | int | None) -> str:
    """A cell of a chart's data table, or a count: thousands apart, as in every other number."""
    if value is None or _is_void(value):
        return "–"
    return value if isinstance(value, str) else f"{value:,.6g}" if isinstance(value, float) else f"{value:,}"


def named(items: Sequence[Named], name: str) -> Named:
    """The figure or table of that name.

    Raises:
        KeyError: there is none.
    """
    for item in items:
        if item.name == name:
            return item
    raise KeyError(f"Expected one of {[item.name for item in items]}, got {name!r}.")


def _is_void(value: str | float | int | None) -> bool:
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def _show_measured(measured: object) -> Measured:
    if not isinstance(measured, Measured):
        raise TypeError(f"Expected a Measured, got {type(measured).__name__}: {measured!r}.")
    return measured


def _point(measured: Measured, text: str) -> Markup:
    """A number that says what it rests on, as far as it rests on runs or pictures."""
    runs = measured.runs
    if not runs:
        return Markup('<span class="num">{}</span>').format(text)
    return Markup('<span class="num" title="{}" data-runs="{}">{}</span>').format(
        _describe_runs(measured), escape(" ".join(runs[:_MARKED_RUNS])), text
    )


def _describe_runs(measured: Measured) -> str:
    """What a number rests on: seeds, spread and runs."""
    runs = measured.runs
    source = "from the pictures" if runs == ("data",) else "from " + words.join_words(runs, _NAMED_RUNS)
    if measured.n == 0:
        return source
    if measured.spread is None:
        return f"{'one seed' if measured.n == 1 else f'n = {measured.n}'}, {source}"
    return f"mean, n = {measured.n}, standard deviation {words.show_deviation(measured)}, {source}"
