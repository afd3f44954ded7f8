"""1.5: which kept picture is meant, and what is measured on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from report.measures.moments import LAST, at, course, epoch_of, metric_at, tail_fall, truth_edges, truth_has
from report.questions.q1_5 import progress
from report.results.frames import Frames
from runs.specs.catalogue import CNN, PRESETS
from runs.specs.presets import Preset
from tests.fakes import KEPT, fake_frames
from tests.report.edited import with_metric
from tests.report.kept_pictures import object_pictures, with_pictures, with_truth


@pytest.fixture(scope="module")
def frames() -> Frames:
    return with_truth(fake_frames(seeds=2), object_pictures())


@pytest.mark.parametrize(("preset", "epochs"), [("write-up", (1, 6, 16, 25)), ("quick", (1, 2, 4, 5))])
def test_pictures_numbered_from_0_are_those_of_the_right_epochs(preset: str, epochs: tuple[int, ...]) -> None:
    frames = fake_frames(PRESETS[preset], seeds=1)
    assert tuple(epoch_of(frames, number) for number in (0, 5, 15, LAST)) == epochs
    note = progress.explain_numbering(frames)
    assert all(str(epoch) in note for epoch in epochs)
    assert ("shorter training" in note) == (preset == "quick")
    assert "rests on the first 10 test pictures: n counts the seeds" in note


def test_picture_numbers_that_fall_on_one_epoch_are_shown_once() -> None:
    frames = fake_frames(Preset("tiny", divisor=25), seeds=1)
    labels = progress.list_written_moments(frames)
    assert list(labels) == [0]
    strip = progress.draw_moment_strip(with_truth(frames, object_pictures()), CNN)
    assert strip is not None
    assert [each.label for each in strip.strips] == ["input", labels[0], "truth"]


def test_a_measure_takes_the_epoch_that_stands_for_the_number(frames: Frames) -> None:
    made = with_pictures(frames, CNN, lambda epoch: np.full((KEPT, 32, 32, 3), epoch, np.uint8))
    dark = with_truth(made, np.zeros((KEPT, 32, 32, 3), np.uint8)).take(at(CNN, 5, "error"))
    assert dark.values == {0: pytest.approx((6 / 256) ** 2), 1: pytest.approx((6 / 256) ** 2)}
    losses = with_metric(frames, CNN, "val_loss", np.arange(1.0, 26.0).tolist())
    assert losses.take(metric_at(CNN, 15, "val_loss")).values == {0: 16.0, 1: 16.0}
    assert losses.take(metric_at(CNN, LAST, "val_loss")).values == {0: 25.0, 1: 25.0}


def test_the_course_ends_in_the_last_picture(frames: Frames) -> None:
    curve = course(frames, CNN, "likeness")
    assert list(curve.index) == list(range(1, 26))
    assert list(curve.columns) == [0, 1]
    assert (curve.loc[25] == 1).all()


def test_the_fall_at_the_end_is_that_of_the_last_fifth(frames: Frames) -> None:
    losses = [2.0] * 20 + [1.9, 1.8, 1.7, 1.6, 1.5]
    found = with_metric(frames, CNN, "val_loss", losses).take(tail_fall(CNN))
    assert found.values == {0: pytest.approx(0.25), 1: pytest.approx(0.25)}
    assert found.unit == "%"


def test_runs_that_are_not_there_are_named(frames: Frames) -> None:
    gone = replace(frames, pictures={})
    assert gone.take(at(CNN, 0, "colours")).missing == (CNN.id, CNN.with_seed(1).id)
    assert not gone.take(truth_edges(CNN, 0)).ok
    assert truth_has(replace(frames, probes={}), "edges").missing == ("data",)


def test_run_with_more_pictures_than_there_is_truth_for_counts_as_missing(frames: Frames) -> None:
    twice = with_pictures(frames, CNN, lambda epoch: np.zeros((2 * KEPT, 32, 32, 3), np.uint8))
    assert twice.take(at(CNN, 0, "error")).missing == (CNN.id, CNN.with_seed(1).id)
    assert not twice.take(truth_edges(CNN, 0)).ok
