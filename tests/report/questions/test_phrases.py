"""Phrases say what the seeds say, and no more."""

from __future__ import annotations

import numpy as np

from report.questions.phrases import (
    say_course,
    say_course_on_seeds,
    say_first_pictures,
    say_length,
    say_on_seeds,
    say_side,
    say_where,
)
from report.results.values import Sample, make_known
from runs.specs.catalogue import PRESETS
from tests.fakes import fake_frames


def sample(*values: float) -> Sample:
    return Sample(dict(enumerate(values)))


def test_phrases_say_what_the_seeds_say() -> None:
    assert say_side(sample(2.0), sample(1.0)) == "higher"
    assert say_side(sample(1.0, 1.0), sample(2.0, 3.0)) == "lower on each seed"
    assert say_side(sample(1.0, 4.0), sample(2.0, 3.0)) == "higher on 1 of 2 seeds only"
    assert say_side(sample(1.0), sample(1.0)) == "the same"
    assert say_side(sample(1.0), Sample({7: 1.0})) is None
    assert say_course(["a", "b", "c"], [sample(3.0), sample(2.0), sample(1.0)]) == "falls at every step from a to c"
    assert say_course(["a", "b", "c"], [sample(1.0), sample(1.0), sample(0.0)]) == "stays from a to b, then falls to c"
    assert say_course(["a", "b"], [sample(1.0), sample()]) is None
    steps = [sample(3.0, 3.0, 3.0), sample(2.0, 2.0, 2.5), sample(1.0, 1.0, 2.6)]
    assert say_course_on_seeds(steps) == ", as on 2 of 3 seeds only"
    assert say_course_on_seeds([sample(1.0, 2.0), sample(2.0, 4.0)]) == ", as on each seed"
    assert say_course_on_seeds([sample(1.0), sample(2.0)]) == ""
    quick = fake_frames(PRESETS["quick"], seeds=1, without=("",), probes=False)
    assert say_length(quick, 1) == "1 epoch"
    assert say_length(quick, 3) == "1 epoch, which stands for the write-up’s 3,"
    rows = np.zeros((2, 4, 4, 3), np.uint8)
    assert say_first_pictures({"a": rows}) == "The first 2 test pictures"
    assert say_first_pictures({"a": rows[:1]}) == "The first test picture"


def test_what_the_means_say_is_held_against_each_seed() -> None:
    pairs = {
        "a": (sample(2.0, 3.0, 4.0), sample(1.0, 2.0, 5.0)), "b": (sample(2.0, 3.0, 4.0), make_known(1.0)),
        "c": (sample(1.0, 1.0, 1.0), sample(1.0, 1.0, 1.0)), "d": (sample(9.0, 8.0, 7.0), sample(1.0, 2.0, 3.0)),
    }  # fmt: skip
    assert say_where(pairs, "higher") == "a on 2 of 3 seeds only, and by b and d on each seed"
    assert say_where(pairs, "equal") == "c"
    assert say_where(pairs, "lower") == ""
    assert say_on_seeds(sample(2.0), sample(1.0)) == say_on_seeds(sample(2.0), sample()) == ""
