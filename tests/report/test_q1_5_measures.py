"""1.5: the measures of kept pictures, and which picture is meant."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from report.claims import progress as measures
from report.claims.progress import LAST, at, course, metric_at, tail_fall, truth_edges, truth_has
from report.frames import Frames
from report.questions import progress
from runs.catalogue import CNN, PRESETS
from runs.presets import Preset
from tests.fakes import KEPT, fake_frames
from tests.report.edited import with_metric
from tests.report.kept_pictures import NOISE, RNG, object_pictures, with_pictures, with_truth


@pytest.fixture(scope="module")
def frames() -> Frames:
    return with_truth(fake_frames(seeds=2), object_pictures())


def test_colours_are_counted_as_a_set_of_triples_would_count_them() -> None:
    few = RNG.integers(0, 3, (2, 8, 8, 3), dtype=np.uint8)
    expected = [len({tuple(pixel) for pixel in picture.reshape(-1, 3).tolist()}) for picture in few]
    assert measures.colours_used(few) == sum(expected) / 2


def test_colours_that_differ_in_one_channel_only_are_two() -> None:
    picture = np.zeros((1, 1, 3, 3), np.uint8)
    picture[0, 0, 1] = (0, 0, 1)
    picture[0, 0, 2] = (1, 0, 0)
    assert measures.colours_used(picture) == 3


def test_likeness_counts_a_pixel_only_when_all_its_channels_agree() -> None:
    one = np.zeros((1, 2, 2, 3), np.uint8)
    other = one.copy()
    other[0, 0, 0, 2] = 9
    assert measures.likeness(one, other) == 0.75


def test_error_is_the_loss_of_the_regression() -> None:
    one, other = NOISE[:2], object_pictures()[:2]
    by_hand = np.mean([((int(a) - int(b)) / 256) ** 2 for a, b in zip(one.flat, other.flat, strict=True)])
    assert measures.error(one, other) == pytest.approx(by_hand, rel=1e-6)


def test_edges_of_a_ramp_are_its_slope() -> None:
    ramp = np.repeat(np.repeat((np.arange(16, dtype=np.uint8) * 8)[None, None, :, None], 4, 1), 3, 3)
    assert measures.edges(ramp) == pytest.approx(8 / 256)
    assert measures.edges(ramp.swapaxes(1, 2)) == pytest.approx(8 / 256)


def test_agreement_of_edges_is_the_correlation_of_their_strengths() -> None:
    truth = object_pictures()
    darker = (truth // 2).astype(np.uint8)
    assert measures.agreement(truth, measures.outline(truth)) == pytest.approx(1)
    assert measures.agreement(darker, measures.outline(truth)) == pytest.approx(1, abs=1e-3)
    expected = [
        np.corrcoef(measures.slopes(a[None]).ravel(), measures.slopes(b[None]).ravel())[0, 1]
        for a, b in zip(NOISE, truth, strict=True)
    ]
    np.testing.assert_allclose(measures.agreements(NOISE, measures.outline(truth)), expected, atol=1e-6)


def test_a_picture_without_edges_agrees_with_nothing() -> None:
    flat = np.full((KEPT, 32, 32, 3), 90, np.uint8)
    assert measures.agreement(flat, measures.outline(object_pictures())) == 0
    assert measures.showing(flat, measures.outline(object_pictures())) == 0
    assert measures.showing(object_pictures(), measures.outline(object_pictures())) == 1


def test_flatness_counts_neighbours_of_one_colour() -> None:
    halves = np.zeros((1, 4, 4, 3), np.uint8)
    halves[:, :, 2:] = 255
    assert measures.flatness(halves) == (24 - 4) / 24


@pytest.mark.parametrize(("preset", "epochs"), [("write-up", (1, 6, 16, 25)), ("quick", (1, 2, 4, 5))])
def test_pictures_numbered_from_0_are_those_of_the_right_epochs(preset: str, epochs: tuple[int, ...]) -> None:
    frames = fake_frames(PRESETS[preset], seeds=1)
    assert tuple(measures.epoch_of(frames, number) for number in (0, 5, 15, LAST)) == epochs
    note = progress.numbering(frames)
    assert all(str(epoch) in note for epoch in epochs)
    assert ("shorter training" in note) == (preset == "quick")


def test_picture_numbers_that_fall_on_one_epoch_are_shown_once() -> None:
    frames = fake_frames(Preset("tiny", divisor=25), seeds=1)
    labels = progress.moments(frames)
    assert list(labels) == [0]
    strip = progress.strip(with_truth(frames, object_pictures()), CNN)
    assert strip is not None
    assert [each.label for each in strip.strips] == ["input", labels[0], "truth"]


def test_a_measure_takes_the_epoch_that_stands_for_the_number(frames: Frames) -> None:
    made = with_pictures(frames, CNN, lambda epoch: np.full((KEPT, 32, 32, 3), epoch, np.uint8))
    dark = at(CNN, 5, "error")(with_truth(made, np.zeros((KEPT, 32, 32, 3), np.uint8)))
    assert dark.values == {0: pytest.approx((6 / 256) ** 2), 1: pytest.approx((6 / 256) ** 2)}
    losses = with_metric(frames, CNN, "val_loss", np.arange(1.0, 26.0).tolist())
    assert metric_at(CNN, 15, "val_loss")(losses).values == {0: 16.0, 1: 16.0}
    assert metric_at(CNN, LAST, "val_loss")(losses).values == {0: 25.0, 1: 25.0}


def test_the_course_ends_in_the_last_picture(frames: Frames) -> None:
    curve = course(frames, CNN, "likeness")
    assert list(curve.index) == list(range(1, 26))
    assert list(curve.columns) == [0, 1]
    assert (curve.loc[25] == 1).all()


def test_the_fall_at_the_end_is_that_of_the_last_fifth(frames: Frames) -> None:
    losses = [2.0] * 20 + [1.9, 1.8, 1.7, 1.6, 1.5]
    found = tail_fall(CNN)(with_metric(frames, CNN, "val_loss", losses))
    assert found.values == {0: pytest.approx(0.25), 1: pytest.approx(0.25)}
    assert found.unit == "%"


def test_runs_that_are_not_there_are_named(frames: Frames) -> None:
    gone = replace(frames, pictures={})
    assert at(CNN, 0, "colours")(gone).missing == (CNN.id, CNN.with_seed(1).id)
    assert not truth_edges(CNN, 0)(gone).ok
    assert truth_has(replace(frames, probes={}), "edges").missing == ("data",)
