"""Frames of 1.6 with numbers set by hand, and the text of its parts without the cost of drawing."""

from __future__ import annotations

import pytest

from report.answers import Answer, Figure
from report.questions.q1_6 import larger, order, perception, perceptual, rates
from report.questions.q1_6.claims import CLAIMS
from report.results.frames import Frames
from tests.report.edited import undrawn, verdicts
from tests.report.first_questions import text_of

ANSWERS = {"1.6.a": rates.answer, "1.6.b": order.answer, "1.6.c": perception.answer, "1.6.d": larger.answer}


def no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts and strips stay empty: sentences do not need them, and drawing takes long."""
    undrawn(monkeypatch, rates, order, perception, larger)
    for module, draw in ((perception, "draw_scatter"), (perceptual, "draw_strips"), (larger, "draw_strips")):
        monkeypatch.setattr(module, draw, lambda name, caption, alt, *_, **__: Figure(name, caption, alt))


def text(frames: Frames, part: str) -> str:
    """The text of one part as the report renders it; the others are gaps."""
    answers = [
        made(frames) if name == part else Answer(name, "", "", {"left out": None}) for name, made in ANSWERS.items()
    ]
    return text_of("q1_6.html.j2", answers)


def status(frames: Frames, claim: str) -> str:
    """The status of one claim, by its id."""
    part, _, name = claim.rpartition(".")
    return verdicts(CLAIMS, part, frames)[name].status
