"""Question 1.6, the conceptual questions: the answers of its four parts."""

from __future__ import annotations

from report.answers import Answer
from report.questions.q1_6 import larger, order, perception, rates
from report.results.frames import Frames


def answer(frames: Frames) -> list[Answer]:
    """1.6.a to 1.6.d."""
    return [part.answer(frames) for part in (rates, order, perception, larger)]
