"""Render the stored sections as report.html and report.json and, where wanted, as report.pdf and audit.pdf."""

from __future__ import annotations

import base64
import gc
import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from report.judging.verdict import STATUSES
from report.pages import export, front, jinja_env
from report.pages.fingerprint import describe_inputs, digest_code, is_unchanged
from report.pages.front import PageInfo as PageInfo
from report.pages.jinja_env import Form
from report.pages.jinja_env import Site as Site
from report.pages.jinja_env import make_environment as environment
from report.pages.kept_sections import Absent, Record, Section, read_section, write_file, write_section
from report.pages.lab_scripts import read_engine, read_panel, read_style
from report.pages.old_papers import remove_old_papers
from report.pages.pdf import Enclosure, write_pdf
from report.pages.render_section import render_section
from report.results.source import Source
from runs.specs.presets import SECTIONS
from runs.specs.presets import choose_sections as checked

if TYPE_CHECKING:
    from jinja2 import Environment

    from report.pages.lab import Lab

SCRIPTS = ("opening.js", "report.js", "scrubber.js", "compare.js", "numbers.js")

#: What is printed, and how many of the files with its data travel inside: all of them with the audit.
PAPERS: Mapping[Form, int] = {"report": 1, "audit": 2}


@dataclass(frozen=True)
class Rendered:
    """What was written, and what it says in short.

    Attributes:
        pdf, audit: the report on paper and its audit; None where they were not wanted.
        verdicts: the records of all verdicts shown.
        missing: section -> ids of the runs that it wants and that are not stored, or not measured in full.
        seconds: stage -> how long it took.
        gaps: what it lacks and why, a sentence each.
        removed: papers of an earlier report, which said otherwise.
    """

    html: Path
    pdf: Path | None
    audit: Path | None
    json: Path
    verdicts: list[Record]
    missing: Mapping[str, Sequence[str]]
    seconds: dict[str, float]
    gaps: Sequence[str] = ()
    removed: Sequence[Path] = ()

    def list_missing(self, sections: Sequence[str] = ()) -> list[str]:
        """What some sections lack, or all of them: each is judged by what it wants itself."""
        return list(dict.fromkeys(run for name in sections or self.missing for run in self.missing.get(name, ())))

    @property
    def told(self) -> str:
        """The verdicts, counted: "31 reproduced, 6 not reproduced …"."""
        counts = Counter(str(verdict["status"]) for verdict in self.verdicts)
        return ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])


def render(
    source: Source,
    out: Path,
    *,
    sections: Sequence[str] = (),
    pdf: bool = False,
    pages: PageInfo,
    lab: Lab | None = None,
) -> Rendered:
    """Render the sections named afresh, and the whole report around them and the kept ones. When none is named,
    those are rendered whose kept ones were made from something else than is there now. The page for a browser has the
    laboratory behind 1.5, where one is given.

    Raises:
        UsageError: no such section.
        RenderError: the folder cannot be written, a template speaks of what is not there, or Pango is missing.
    """
    with pause_collection():
        return _render_all(source, out, checked(sections), bool(sections), pdf, pages, lab)


def _render_all(
    source: Source, out: Path, names: Sequence[str], forced: bool, pdf: bool, pages: PageInfo, lab: Lab | None
) -> Rendered:
    seconds: dict[str, float] = {}
    started = time.perf_counter()
    stale = frozenset(str(row["run"]) for row in source.rows if row["stale"])
    shared = Site(pages.options or source.options, stale, source.preset.shortened)
    env = environment(shared)
    code = digest_code(jinja_env.TEMPLATES)
    made = {name: describe_inputs(source, name, shared.options, code) for name in SECTIONS}
    shown: list[Section | Absent] = []
    for name in SECTIONS:
        section: Section | Absent = (
            Absent(name, "") if forced and name in names else take_kept_sections(out, source, name)
        )
        if name in names and not (isinstance(section, Section) and is_unchanged(section, made[name])):
            section = render_section(env, source.of(name), name, made[name])
            write_section(section, out)
        shown.append(section)
    seconds["sections"] = time.perf_counter() - started

    started = time.perf_counter()
    about = front.collect_contents(source, shown, made, pages)
    page = render_page(env, {**about, "lab": lab}, "screen")
    html = write_file(out / "report.html", page.encode("utf-8", "backslashreplace"))
    record = front.record_report(source, shown, pages, about)
    text = export.split_lines(record).encode("utf-8", "backslashreplace")
    removed = () if pdf else remove_old_papers(out, text.decode())
    record_path = write_file(out / "report.json", text)
    seconds["html"] = time.perf_counter() - started

    papers: dict[Form, Path] = {}
    if pdf:
        started = time.perf_counter()
        told = Enclosure("report.json", "All that this report says, for programs.", text)
        metrics = Enclosure(
            "metrics.csv", "Losses, accuracy and seconds of every run and epoch.", export.write_metrics(source.history)
        )
        for form, enclosures in PAPERS.items():
            content = write_pdf(render_page(env, about, form), [told, metrics][:enclosures])
            papers[form] = write_file(out / f"{form}.pdf", content)
        seconds["pdf"] = time.perf_counter() - started
    return Rendered(
        html=html,
        pdf=papers.get("report"),
        audit=papers.get("audit"),
        json=record_path,
        verdicts=record["verdicts"],
        missing={section.name: section.missing for section in shown if isinstance(section, Section)},
        seconds=seconds,
        removed=removed,
    )


def take_kept_sections(out: Path, source: Source, name: str) -> Section | Absent:
    """The kept section of that name and of these data."""
    return read_section(out, name, str(source.data["id"]))


@contextmanager
def pause_collection() -> Iterator[None]:
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


def render_page(env: Environment, about: Mapping[str, Any], form: Form) -> str:
    """The whole report as one HTML text: for a browser, for the report on paper, or for its audit."""
    site = env.globals["site"]
    assert isinstance(site, Site)
    printing = form != "screen"
    style = (jinja_env.TEMPLATES / ("print.css" if printing else "report.css")).read_text("utf-8")
    script = "" if printing else "".join((jinja_env.TEMPLATES / name).read_text("utf-8") for name in SCRIPTS)
    lab = about.get("lab") if form == "screen" else None
    if lab:
        style, script = style + read_style(), script + read_panel()
    piece = {"screen": "html", "report": "printed", "audit": "audit"}[form]
    chapters = [
        {**chapter, "html": chapter[piece] and Markup(chapter[piece])}  # escaped when it was made
        for chapter in about["sections"]
    ]
    policy = make_policy(style, script, works=bool(lab))
    dressed = {
        "lab": lab,
        "engine": read_engine() if lab else "",
        "style": Markup(style),
        "script": Markup(script),
        "policy": policy,
        "printing": printing,
        "form": form,
    }
    template = "audit.html.j2" if form == "audit" else "report.html.j2"
    site.form = form
    try:
        return jinja_env.fill_template(env, template, {**about, "sections": chapters, **dressed})
    finally:
        site.form = "screen"


def make_policy(style: str, script: str, works: bool = False) -> str:
    """What the page may do: show what it holds, and run its own script; ``works``: also beside itself, as a worker."""
    return (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src 'sha256-{_hash_source(style)}'; script-src 'sha256-{_hash_source(script)}'"
        f"{'; worker-src blob:' if works else ''}"
    )


def _hash_source(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
