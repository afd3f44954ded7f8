"""What all templates share: where they lie, their filters, the numbers of figures and tables, the commands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from report.answers import Answer, Reel, Strip
from report.judging.verdict import STATUSES
from report.pages import export, filters
from report.questions.phrases import say_palette
from report.results.sentence import Sentence
from runs.errors import RenderError
from runs.text import PROGRAM, count_words, make_visible

TEMPLATES = Path(__file__).parents[2] / "templates"
ICONS = dict(zip(STATUSES, ("✓", "✗", "≈", "–", "○"), strict=True))
#: What a page is made for: a screen that holds all; the report on paper; and its audit, with all that the report leaves
#: out.
Form = Literal["screen", "report", "audit"]
FORMS: tuple[Form, ...] = ("screen", "report", "audit")
#: Pixels of CSS in a millimetre.
MILLIMETRE = 96 / 25.4
MARK_ICONS = {"missing": "○", "partial": "◐", "stale": "↺", "quick": "»"}


@dataclass(frozen=True)
class Place:
    """Where a figure or table stands: its anchor, and its number within the section."""

    anchor: str
    number: str


class Site:
    """What all templates share: numbering, icons, commands, and what the page is made for."""

    icons = ICONS
    mark_icons = MARK_ICONS
    most_rows = 60
    most_runs = 8
    many_columns = 6
    #: From as many rows on a table may be cut in two where paper ends.
    long = 8
    #: The width of text on paper, and of a pixel of rows of pictures: one of 32 pixels is 25 mm wide.
    paper_width, paper_pixel = 168.0, 25 / 32

    def __init__(self, options: str = "", stale: frozenset[str] = frozenset(), quick: bool = False) -> None:
        self.options, self.stale, self.quick = options, stale, quick
        self.form: Form = "screen"
        self._places: dict[tuple[str, str, str], Place] = {}

    @property
    def printing(self) -> bool:
        """Whether the page is for paper."""
        return self.form != "screen"

    def width(self, strip: Strip | Reel, scale: int) -> int:
        """How wide a row of pictures is shown, in pixels of CSS."""
        if not self.printing:
            return strip.width * scale
        return round(MILLIMETRE * min(strip.width * self.paper_pixel, self.paper_width))

    def count(self, answers: Sequence[Answer]) -> None:
        """Number the figures and tables of a section in their order, each kind by itself."""
        for kind in ("figure", "table"):
            names = [(answer, item.name) for answer in answers for item in getattr(answer, f"{kind}s")]
            for index, (answer, name) in enumerate(names, 1):
                place = Place(filters.anchor(f"{answer.part} {name}", kind), f"{answer.section}-{index}")
                self._places[kind, answer.part, name] = place

    def marks(self, answer: Answer) -> list[str]:
        """What a reader must know of a part before its numbers."""
        told = {
            "missing": not answer.ready,
            "partial": answer.ready and bool(answer.missing),
            "stale": bool(answer.runs & self.stale),
            "quick": self.quick,
        }
        return [mark for mark, holds in told.items() if holds]

    def number(self, kind: Literal["figure", "table"], part: str, name: str) -> Place:
        """Where a figure or table stands; one of each may have the same name."""
        return self._places[kind, part, name]

    def reference(self, kind: str, part: str, name: str) -> Place | None:
        """Where the "figure" or "table" of that name stands; None where there is none."""
        return self._places.get((kind, part, name))

    def is_here(self, answer: Answer, name: str) -> bool:
        """Whether a figure or table stands on the page that is made: what the report shows its audit does not."""
        return self.form == "screen" or (name in answer.opened) == (self.form == "report")

    def command(self, verb: str, section: str = "", preset: bool = True) -> str:
        """A command that means the same results; without ``preset``, those of the write-up's own preset."""
        options = self.options if preset else re.sub(r"--preset[ =]\S+ ?", "", self.options)
        return " ".join([PROGRAM, verb, *([f"--section {section}"] if section else []), options]).strip()


def make_environment(site: Site) -> Environment:
    """Jinja with our filters; text is escaped, and orders hidden in it are spelled out; what is undefined raises."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=lambda value: make_visible(value) if type(value) is str else value,
    )  # fmt: skip
    for function in (
        filters.linked, filters.anchor, filters.drawn, filters.data_uri, filters.svg_uri, filters.csv_uri,
        filters.shared_seeds, filters.varied, filters.numeric, filters.rgb, count_words, say_palette,
    ):  # fmt: skip
        env.filters[function.__name__] = function
    env.filters |= {
        "num": lambda number: filters.num(number, not site.printing),
        "plain": lambda number: filters.plain(number, not site.printing),
        "said": lambda sentence: filters.said(sentence, not site.printing),
        "verdict_numbers": lambda verdict: filters.list_verdict_numbers(verdict, not site.printing),
        "datum": filters.datum,
        "named": filters.named,
        "measured": export.restore_measured,
        "restored": _restore_sentence,
    }
    env.globals["site"] = site
    return env


def _restore_sentence(pieces: Sequence[str | dict[str, Any]]) -> Sentence:
    """A sentence as a kept section has it."""
    read = (piece if isinstance(piece, str) else export.restore_measured(piece) for piece in pieces)
    return Sentence(tuple(piece for piece in read if piece is not None))


def fill_template(env: Environment, template: str, values: dict[str, Any]) -> str:
    """A template and what it speaks of in, its text out.

    Raises:
        RenderError: the template is not there, is no template, or speaks of what is not there.
    """
    try:
        return env.get_template(template).render(values)
    except TemplateError as error:
        raise RenderError(f"The template {template} cannot be rendered: {error}. Mend it and render again.") from error
