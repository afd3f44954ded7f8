"""The answers to 1.3, on skip connections (b) and the batch size (c), from stored runs of the UNets and the CNN."""

from __future__ import annotations

from report.answers import Answer
from report.questions.q1_3.batches import answer_batches
from report.questions.q1_3.skips import answer_skips
from report.results.frames import Frames


def answer(frames: Frames) -> list[Answer]:
    """Parts 1.3.b and 1.3.c."""
    return [answer_skips(frames), answer_batches(frames)]
