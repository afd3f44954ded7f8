"""Answers and templates in, report.html, report.json and report.pdf out."""

from __future__ import annotations

import base64
import gc
import hashlib
import importlib
import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from report import book, export, markup
from report.answers import Answer
from report.book import PageInfo as PageInfo
from report.claims.record import verdict_record
from report.claims.verdict import STATUSES
from report.frames import Frames
from report.sections import Absent, Record, Section, digest_of_files, read_section, write_file, write_section
from report.svg import printed
from runs.errors import RenderError
from runs.presets import SECTIONS
from runs.presets import sections as checked
from runs.text import visible

HERE = Path(__file__).parent
TEMPLATES = HERE.parent / "templates"
SCRIPTS = ("report.js", "scrubber.js", "compare.js", "numbers.js")
ICONS = dict(zip(STATUSES, ("✓", "✗", "≈", "–", "○"), strict=True))
MARK_ICONS = {"missing": "○", "partial": "◐", "stale": "↺", "quick": "»"}

#: What only a screen has a use for: data tables, buttons, and what a number says under the pointer.
_SCREEN_ONLY = re.compile(r'<!--screen-->.*?<!--/screen-->|(?<=") (?:title|data-runs)="[^"]*"', re.DOTALL)


@dataclass(frozen=True)
class Rendered:
    """What was written, and what it says in short.

    Attributes:
        verdicts: the records of all verdicts shown.
        missing: ids of the runs that the shown sections want and that are not stored.
        seconds: stage -> how long it took.
    """

    html: Path
    pdf: Path | None
    json: Path
    verdicts: list[Record]
    missing: list[str]
    seconds: dict[str, float]

    @property
    def told(self) -> str:
        """The verdicts, counted: "31 reproduced, 6 not reproduced …"."""
        counts = Counter(str(verdict["status"]) for verdict in self.verdicts)
        return ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])


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

    def __init__(self, options: str = "", stale: frozenset[str] = frozenset(), quick: bool = False) -> None:
        self.options, self.stale, self.quick = options, stale, quick
        self._places: dict[tuple[str, str], Place] = {}

    def count(self, answers: Sequence[Answer]) -> None:
        """Number the figures and tables of a section in their order."""
        for kind in ("figures", "tables"):
            names = [(answer, item.name) for answer in answers for item in getattr(answer, kind)]
            for index, (answer, name) in enumerate(names, 1):
                place = Place(markup.anchor(f"{answer.part} {name}", kind[:-1]), f"{answer.section}-{index}")
                self._places[answer.part, name] = place

    def marks(self, answer: Answer) -> list[str]:
        """What a reader must know of a part before its numbers."""
        told = {
            "missing": not answer.ready,
            "partial": answer.ready and bool(answer.missing),
            "stale": bool(answer.runs & self.stale),
            "quick": self.quick,
        }
        return [mark for mark, holds in told.items() if holds]

    def number(self, part: str, name: str) -> Place:
        """Where a figure or table stands."""
        return self._places[part, name]

    def command(self, verb: str, section: str = "", preset: bool = True) -> str:
        """A command that means the same results; without ``preset``, those of the write-up's own preset."""
        options = self.options if preset else re.sub(r"--preset[ =]\S+ ?", "", self.options)
        return " ".join(["python cli.py", verb, *([f"--section {section}"] if section else []), options]).strip()


def render(frames: Frames, out: Path, *, sections: Sequence[str] = (), pdf: bool = False, pages: PageInfo) -> Rendered:
    """Render the sections named (all when none is) afresh, and the whole report around them and the kept ones.

    Raises:
        UsageError: no such section.
        RenderError: the folder cannot be written, a template speaks of what is not there, or Pango is missing.
    """
    with _uncollected():
        return _render(frames, out, checked(sections), pdf, pages)


def _render(frames: Frames, out: Path, names: Sequence[str], pdf: bool, pages: PageInfo) -> Rendered:
    seconds: dict[str, float] = {}
    started = time.perf_counter()
    preset = frames.preset
    quick = preset.divisor > 1 or preset.images is not None
    site = Site(pages.options or frames.options, frames.stale, quick)
    env = environment(site)
    made = {
        "preset": frames.preset.name, "seeds": list(frames.seeds), "options": site.options, "code": code_digest(),
    }  # fmt: skip
    shown: list[Section | Absent] = []
    for name in SECTIONS:
        if name in names:
            section = render_section(env, frames, name, made)
            write_section(section, out)
            shown.append(section)
        else:
            shown.append(read_section(out, name, str(frames.data["id"])))
    seconds["sections"] = time.perf_counter() - started

    started = time.perf_counter()
    about = book.contents(frames, shown, made, pages)
    html = write_file(out / "report.html", page(env, about, printing=False).encode("utf-8", "backslashreplace"))
    record = book.report_record(frames, shown, pages, about)
    text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False)
    record_path = write_file(out / "report.json", text.encode("utf-8", "backslashreplace"))
    seconds["html"] = time.perf_counter() - started

    pdf_path = None
    if pdf:
        started = time.perf_counter()
        pdf_path = write_file(out / "report.pdf", to_pdf(page(env, about, printing=True)))
        seconds["pdf"] = time.perf_counter() - started
    return Rendered(html, pdf_path, record_path, record["verdicts"], about["missing"], seconds)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let the garbage collector rest: pages are made of very many objects, few of which are dropped before the
    end, and looking through them again and again takes a fifth of the time.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def environment(site: Site) -> Environment:
    """Jinja with our filters; text is escaped, and orders hidden in it are spelled out; what is undefined raises."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=lambda value: visible(value) if type(value) is str else value,
    )  # fmt: skip
    for function in (
        markup.num,
        markup.plain,
        markup.anchor,
        markup.interval,
        markup.drawn,
        markup.data_uri,
        markup.csv_uri,
    ):
        env.filters[function.__name__] = function
    env.filters |= {"datum": markup.datum, "named": markup.named, "measured": export.measured_from}
    env.globals["site"] = site
    return env


def render_section(env: Environment, frames: Frames, name: str, made: Mapping[str, Any]) -> Section:
    """One question, answered and rendered."""
    question = importlib.import_module(f"report.questions.q{name.replace('.', '_')}")
    answers: list[Answer] = question.answer(frames)
    site = env.globals["site"]
    assert isinstance(site, Site)
    site.count(answers)
    verdicts = [(answer.part, verdict) for answer in answers for verdict in answer.verdicts]
    template = f"q{name.replace('.', '_')}.html.j2"
    try:
        html = env.get_template(template).render(
            answers=answers,
            by_part={answer.part: answer for answer in answers},
            setting={"data": frames.data, "preset": frames.preset, "seeds": frames.seeds, "options": site.options},
        )
    except TemplateError as error:
        raise RenderError(f"The template {template} cannot be rendered: {error}. Mend it and render again.") from error
    return Section(
        name=name,
        data=str(frames.data["id"]),
        made={**made, "runs": book.wanted_runs(frames, name)},
        html=html,
        parts=[{"part": a.part, "title": a.title, "anchor": markup.anchor(a.part, "part")} for a in answers],
        verdicts=[export.jsonable(verdict_record(v, site.command("run-all", name))) for _, v in verdicts],
        scores=[
            {
                "part": part,
                "anchor": markup.anchor(verdict.claim.id, "claim"),
                "effect": book.effect(verdict),
                "measured": export.measured_record(verdict.measured),
                "sentence": verdict.sentence,
            }
            for part, verdict in verdicts
        ],
        answers={
            answer.part: {**export.answer_record(answer), "command": site.command("run-all", name)}
            for answer in answers
        },
        missing=list(dict.fromkeys(run for answer in answers for run in answer.missing)),
    )


def code_digest() -> str:
    """What the text of this code and of the templates is, in short."""
    return digest_of_files([*TEMPLATES.glob("*.j2"), *HERE.rglob("*.py")])


def page(env: Environment, about: Mapping[str, Any], *, printing: bool) -> str:
    """The whole report as one HTML text: for a browser, or for the PDF."""
    style = (TEMPLATES / ("print.css" if printing else "report.css")).read_text("utf-8")
    script = "" if printing else "".join((TEMPLATES / name).read_text("utf-8") for name in SCRIPTS)
    chapters = [
        {**chapter, "html": chapter["html"] and Markup(chapter["html"])}  # escaped when it was made
        for chapter in about["sections"]
    ]
    policy = (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src 'sha256-{_hashed(style)}'; script-src 'sha256-{_hashed(script)}'"
    )
    html = env.get_template("report.html.j2").render(
        {**about, "sections": chapters}, style=Markup(style), script=Markup(script), policy=policy, printing=printing
    )
    return printed(_SCREEN_ONLY.sub("", html)) if printing else html


def _hashed(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def to_pdf(html: str) -> bytes:
    """The report as PDF/UA; nothing is fetched but what the page itself holds.

    Raises:
        RenderError: WeasyPrint or the libraries that it draws with are missing.
    """
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:
        raise RenderError(
            "Expected WeasyPrint with Pango to make the PDF; it cannot be loaded. Install Pango (Debian, Ubuntu: "
            "apt install libpango-1.0-0 libpangoft2-1.0-0; macOS: brew install pango), then try again; "
            "python cli.py doctor says what is missing."
        ) from error
    document = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    # the hints make WeasyPrint heed width and height, by which pixels are enlarged
    content: bytes = document.write_pdf(pdf_variant="pdf/ua-1", presentational_hints=True)
    return content
