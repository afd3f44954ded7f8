"""Stored UNets and the CNN in, the answers to 1.3 out: skip connections (b) and the batch size (c)."""

from __future__ import annotations

from report.answers import Answer
from report.frames import Frames
from report.questions.q1_3_batches import answer_batches
from report.questions.q1_3_skips import answer_skips


def answer(frames: Frames) -> list[Answer]:
    """Parts 1.3.b and 1.3.c."""
    return [answer_skips(frames), answer_batches(frames)]
