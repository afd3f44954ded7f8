"""Phrases say what the seeds say, and no more."""

from __future__ import annotations

import numpy as np

from report.questions.phrases import course, course_seeds, first_pictures, length, on_seeds, side, where
from report.results.values import Sample, known
from runs.specs.catalogue import PRESETS
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
    steps = [sample(3.0, 3.0, 3.0), sample(2.0, 2.0, 2.5), sample(1.0, 1.0, 2.6)]
    assert course_seeds(steps) == ", as on 2 of 3 seeds only"
    assert course_seeds([sample(1.0, 2.0), sample(2.0, 4.0)]) == ", as on each seed"
    assert course_seeds([sample(1.0), sample(2.0)]) == ""
    quick = fake_frames(PRESETS["quick"], seeds=1, without=("",), probes=False)
    assert length(quick, 1) == "1 epoch"
    assert length(quick, 3) == "1 epoch, which stands for the write-up’s 3,"
    rows = np.zeros((2, 4, 4, 3), np.uint8)
    assert first_pictures({"a": rows}) == "The first 2 test pictures"
    assert first_pictures({"a": rows[:1]}) == "The first test picture"


def test_what_the_means_say_is_held_against_each_seed() -> None:
    pairs = {
        "a": (sample(2.0, 3.0, 4.0), sample(1.0, 2.0, 5.0)), "b": (sample(2.0, 3.0, 4.0), known(1.0)),
        "c": (sample(1.0, 1.0, 1.0), sample(1.0, 1.0, 1.0)), "d": (sample(9.0, 8.0, 7.0), sample(1.0, 2.0, 3.0)),
    }  # fmt: skip
    assert where(pairs, "higher") == "a on 2 of 3 seeds only, and by b and d on each seed"
    assert where(pairs, "equal") == "c"
    assert where(pairs, "lower") == ""
    assert on_seeds(sample(2.0), sample(1.0)) == on_seeds(sample(2.0), sample()) == ""
