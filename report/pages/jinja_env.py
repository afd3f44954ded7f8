"""What all templates share: where they lie, their filters, the numbers of figures and tables, the commands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from report.answers import Answer
from report.judging.verdict import STATUSES
from report.pages import export, filters
from report.questions.phrases import say_palette
from report.results.values import Measured
from runs.errors import RenderError
from runs.text import PROGRAM, count_words, make_visible

TEMPLATES = Path(__file__).parents[2] / "templates"
ICONS = dict(zip(STATUSES, ("✓", "✗", "≈", "–", "○"), strict=True))
MARK_ICONS = {"missing": "○", "partial": "◐", "stale": "↺", "quick": "»"}


@dataclass(frozen=True)
class Place:
    """Where a figure or table stands: its anchor, and its number within the section."""

    anchor: str
    number: str


class Site:
    """What all templates share: numbering, icons, commands."""

    icons = ICONS
    mark_icons = MARK_ICONS
    most_rows = 60
    most_runs = 8
    many_columns = 6
    #: From as many rows on a table may be cut in two where paper ends.
    long = 8
    #: Rows of pictures are small on paper if their height together is more than so many times their width.
    tall = 0.8

    def __init__(self, options: str = "", stale: frozenset[str] = frozenset(), quick: bool = False) -> None:
        self.options, self.stale, self.quick = options, stale, quick
        self._places: dict[tuple[str, str, str], Place] = {}

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
        filters.num, filters.plain, filters.linked, filters.anchor, filters.interval, filters.drawn, filters.data_uri,
        filters.csv_uri, filters.shared_seeds, filters.varied, filters.numeric, filters.rgb, count_words,
        say_palette,
    ):  # fmt: skip
        env.filters[function.__name__] = function
    env.filters |= {
        "datum": filters.datum,
        "named": filters.named,
        "measured": export.restore_measured,
        "numbers": _show_numbers,
    }
    env.globals["site"] = site
    return env


def _show_numbers(kept: Sequence[tuple[str, dict[str, Any]]]) -> list[tuple[str, Measured]]:
    """The numbers of a sentence, as a kept section has them."""
    read = ((label, export.restore_measured(record)) for label, record in kept)
    return [(label, measured) for label, measured in read if measured]


def fill_template(env: Environment, template: str, values: dict[str, Any]) -> str:
    """A template and what it speaks of in, its text out.

    Raises:
        RenderError: the template is not there, is no template, or speaks of what is not there.
    """
    try:
        return env.get_template(template).render(values)
    except TemplateError as error:
        raise RenderError(f"The template {template} cannot be rendered: {error}. Mend it and render again.") from error
