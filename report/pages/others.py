"""What the front says of others who did the same assignment: a sentence and a chart, made from rendered sections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from report.answers import Figure
from report.drawing.dots import Dot
from report.pages.kept_sections import Record, Section
from report.questions.beside_others import (
    FEW,
    FIGURE,
    OTHERS,
    OUR_MEAN,
    TABLE,
    THE_WRITTEN,
    WRITTEN,
    draw_rows,
    say_among,
)
from report.results.others import list_notebooks


def collect_beside_others(sections: Sequence[Section]) -> Record | None:
    """Where the written numbers, and ours, lie beside those that at least two others printed: ``told`` in sentences,
    a ``figure``, the ``parts`` whose tables hold them all, and the ``notebooks`` that they stand in. None where no
    section has such a number.
    """
    answers = {part: answer for section in sections for part, answer in section.answers.items()}
    told = _say_places([row for answer in answers.values() for row in _rows_of(answer, "tables", TABLE)])
    figure = _draw(answers.values())
    if not told or figure is None:
        return None
    parts = [part for part, answer in answers.items() if _rows_of(answer, "tables", TABLE)]
    return {"told": told, "figure": figure, "parts": parts, "notebooks": list_notebooks()}


def _rows_of(answer: Record, kind: str, name: str) -> list[list[Any]]:
    return [row for item in answer[kind] if item["name"] == name for row in item["rows"]]


def _say_places(rows: Sequence[Sequence[Any]]) -> str:
    """The sentences, of the rows of the parts' tables that have a written number, each number once."""
    known = [row for row in rows if row[-1] not in (None, FEW) and row[-2] is not None]
    if not known:
        return ""
    written, ours = ({str(row[0]): str(row[column]) for row in known} for column in (-2, -1))
    lead = "Of the written numbers that at least two others printed"
    return f"{lead}, {say_among(THE_WRITTEN, written)}, and {say_among(OUR_MEAN, ours)}."


def _draw(answers: Any) -> Figure | None:
    """The dots of all parts in one chart: of each written number that at least two others printed, once."""
    dots: dict[str, dict[str, list[Dot]]] = {}
    for answer in answers:
        found: dict[str, dict[str, list[Dot]]] = {}
        for row, series, name, low, high in _rows_of(answer, "figures", FIGURE):
            dot = Dot(0, low, high if high != low else None, name)
            found.setdefault(row, {}).setdefault(series, []).append(dot)
        dots |= {row: ones for row, ones in found.items() if row not in dots}
    kept = [row for row, series in dots.items() if WRITTEN in series and len(series.get(OTHERS, [])) > 1]
    if not kept:
        return None
    placed: dict[str, list[Dot]] = {}
    for place, row in enumerate(kept):
        for series, ones in dots[row].items():
            placed.setdefault(series, []).extend(Dot(place, one.value, one.end, one.name) for one in ones)
    return draw_rows(kept, placed, "The numbers that at least two others printed: " + "; ".join(kept))
