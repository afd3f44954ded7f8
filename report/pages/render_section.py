"""A question's name in, its section out: its answers, rendered, with their verdicts and numbers."""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from report.judging.record import verdict_record
from report.pages import export, filters
from report.pages.jinja_env import Site, fill_template
from report.pages.kept_sections import Section

if TYPE_CHECKING:
    from jinja2 import Environment

    from report.answers import Answer
    from report.judging.verdict import Verdict
    from report.results.frames import Frames

_MOST_EFFECT = 1000.0


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
    html = fill_template(
        env,
        f"q{name.replace('.', '_')}.html.j2",
        {
            "answers": answers,
            "by_part": {answer.part: answer for answer in answers},
            "setting": {
                "data": frames.data, "preset": frames.preset, "seeds": frames.seeds, "options": site.options,
            },
        },
    )  # fmt: skip
    return Section(
        name=name,
        data=str(frames.data["id"]),
        made=dict(made),
        html=html,
        parts=[{"part": a.part, "title": a.title, "anchor": filters.anchor(a.part, "part")} for a in answers],
        verdicts=[export.to_jsonable(verdict_record(v, site.command("run-all", name))) for _, v in verdicts],
        scores=[
            {
                "part": part,
                "anchor": filters.anchor(verdict.claim.id, "claim"),
                "effect": weigh_effect(verdict),
                "measured": export.record_measured(verdict.measured),
                "shown": [[what, export.record_measured(number)] for what, number in verdict.shown],
                "sentence": verdict.finding.brief or verdict.sentence,
                "numbers": [
                    [label, export.record_measured(number)]
                    for label, number in (() if verdict.finding.brief else verdict.finding.numbers)
                ],
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
    )


def weigh_effect(verdict: Verdict) -> float:
    """How far the measured number lies from the written one in units of the tolerance (a tenth of the figure
    where it is exact); else from none in units of the noise; 1 where neither can be said.
    """
    size = verdict.claim.test.weigh_effect(verdict.finding)
    return min(size, _MOST_EFFECT) if math.isfinite(size) else _MOST_EFFECT
