"""Rendering the section of one question: its answers with their verdicts and numbers."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from report.judging.record import verdict_record
from report.pages import export, filters
from report.pages.jinja_env import FORMS, Form, Site, fill_template
from report.pages.kept_sections import Section
from report.pages.scoreboard import record_figure

if TYPE_CHECKING:
    from jinja2 import Environment

    from report.answers import Answer
    from report.results.frames import Frames

#: The part and the figure whose rows of pictures stand on the front.
HORSES = ("1.3.b", "pictures")


def render_section(env: Environment, frames: Frames, name: str, made: Mapping[str, Any]) -> Section:
    """One question, answered and rendered.

    Args:
        env: the templates, with the site that numbers its figures.
        frames: what it may see.
        name: "1.3".
        made: what it is made from, to be kept with it.

    Raises:
        RenderError: its template speaks of what is not there.
    """
    question = importlib.import_module(f"report.questions.q{name.replace('.', '_')}.answer")
    answers: list[Answer] = question.answer(frames)
    site = env.globals["site"]
    assert isinstance(site, Site)
    site.count(answers)
    verdicts = [(answer.part, verdict) for answer in answers for verdict in answer.verdicts]
    about = {"answers": answers, "by_part": {answer.part: answer for answer in answers}}
    html, printed, audit = (_fill_form(env, site, name, form, about) for form in FORMS)
    return Section(
        name=name,
        data=str(frames.data["id"]),
        made=dict(made),
        html=html,
        printed=printed,
        audit=audit,
        parts=[_describe_part(answer) for answer in answers],
        verdicts=[export.to_jsonable(verdict_record(v, site.command("run-all", name))) for _, v in verdicts],
        scores=[
            {
                "part": part,
                "anchor": filters.anchor(verdict.claim.id, "claim"),
                "measured": export.record_measured(verdict.measured),
                "shown": [[what, export.record_measured(number)] for what, number in verdict.shown],
                "figure": record_figure(verdict, frames),
            }
            for part, verdict in verdicts
        ],
        answers={
            answer.part: {
                **export.record_answer(answer),
                "prose": export.extract_prose(html, filters.anchor(answer.part, "part")),
                "command": site.command("run-all", name),
            }
            for answer in answers
        },
        missing=list(dict.fromkeys(run for answer in answers for run in answer.missing)),
        horses=_take_horses(answers),
    )


def _describe_part(answer: Answer) -> dict[str, Any]:
    """A part as the front and the contents speak of it."""
    found = answer.finding or answer.lead
    lead = [part if isinstance(part, str) else export.record_measured(part) for part in found.parts] if found else []
    return {
        "part": answer.part, "title": answer.title, "anchor": filters.anchor(answer.part, "part"), "lead": lead,
        "outcome": answer.outcome,
    }  # fmt: skip


def _take_horses(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """The rows of pictures that stand on the front, where this section has them."""
    figures = [item for answer in answers for item in answer.figures if (answer.part, item.name) == HORSES]
    return [
        {"label": strip.label, "uri": filters.data_uri(strip), "width": strip.width, "height": strip.height,
         "alt": strip.alt}
        for figure in figures for strip in figure.strips if strip.label != "grey"  # they would take a page more
    ]  # fmt: skip


def _fill_form(env: Environment, site: Site, name: str, form: Form, about: Mapping[str, Any]) -> str:
    """The template of a question, filled for a screen, the report or the audit."""
    site.form = form
    try:
        return fill_template(env, f"q{name.replace('.', '_')}.html.j2", {**about, "printing": site.printing})
    finally:
        site.form = "screen"
