"""Phrases say what the seeds say, and no more."""

from __future__ import annotations

from report.questions.phrases import course, length, side
from report.values import Sample
from runs.catalogue import PRESETS
from tests.fakes import fake_frames


def sample(*values: float) -> Sample:
    return Sample(dict(enumerate(values)))


def test_phrases_say_what_the_seeds_say() -> None:
    assert side(sample(2.0), sample(1.0)) == "higher"
    assert side(sample(1.0, 1.0), sample(2.0, 3.0)) == "lower on each seed"
    assert side(sample(1.0, 4.0), sample(2.0, 3.0)) == "higher on 1 of 2 seeds only"
    assert side(sample(1.0), sample(1.0)) == "the same"
    assert side(sample(1.0), Sample({7: 1.0})) is None
    assert course(["a", "b", "c"], [sample(3.0), sample(2.0), sample(1.0)]) == "falls at every step from a to c"
    assert course(["a", "b", "c"], [sample(1.0), sample(1.0), sample(0.0)]) == "stays from a to b, then falls to c"
    assert course(["a", "b"], [sample(1.0), sample()]) is None
    quick = fake_frames(PRESETS["quick"], seeds=1, without=("",), probes=False)
    assert length(quick, 1) == "1 epoch"
    assert length(quick, 3) == "1 epoch, which stands for the write-up’s 3,"
