"""The measures of pictures, each against a count or a figure worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from report.measures import kept_pictures
from report.measures.kept_pictures import ASPECTS, Beside, Shown
from runs.data.pixels import Pixels
from tests.fakes import KEPT
from tests.report.kept_pictures import NOISE, RNG, object_pictures


def alone(pictures: Pixels) -> Shown:
    """The pictures (K, H, W, 3) of one moment."""
    return Shown(pictures[None])


@pytest.mark.parametrize("aspect", ASPECTS)
def test_moments_looked_at_together_give_the_bits_of_each_alone(aspect: str) -> None:
    look, held = ASPECTS[aspect].look, Beside(object_pictures(), NOISE)
    moments = np.stack([NOISE, object_pictures(), NOISE // 9, (NOISE // 2 + object_pictures() // 2)])
    assert look(Shown(moments), held).tolist() == [look(alone(each), held).item() for each in moments]


def test_colours_are_counted_as_a_set_of_triples_would_count_them() -> None:
    few = RNG.integers(0, 3, (2, 8, 8, 3), dtype=np.uint8)
    expected = [len({tuple(pixel) for pixel in picture.reshape(-1, 3).tolist()}) for picture in few]
    assert kept_pictures.colours_used(alone(few)) == sum(expected) / 2


def test_colours_that_differ_in_one_channel_only_are_two() -> None:
    picture = np.zeros((1, 1, 3, 3), np.uint8)
    picture[0, 0, 1] = (0, 0, 1)
    picture[0, 0, 2] = (1, 0, 0)
    assert kept_pictures.colours_used(alone(picture)) == 3


def test_likeness_counts_a_pixel_only_when_all_its_channels_agree() -> None:
    one = np.zeros((1, 2, 2, 3), np.uint8)
    other = one.copy()
    other[0, 0, 0, 2] = 9
    assert kept_pictures.likeness(alone(one), other) == 0.75


def test_error_is_the_loss_of_the_regression() -> None:
    one, other = NOISE[:2], object_pictures()[:2]
    by_hand = np.mean([((int(a) - int(b)) / 256) ** 2 for a, b in zip(one.flat, other.flat, strict=True)])
    assert kept_pictures.error(alone(one), other) == pytest.approx(by_hand, rel=1e-6)


def test_edges_of_a_ramp_are_its_slope() -> None:
    ramp = np.repeat(np.repeat((np.arange(16, dtype=np.uint8) * 8)[None, None, :, None], 4, 1), 3, 3)
    assert kept_pictures.edges(alone(ramp)) == pytest.approx(8 / 256)
    assert kept_pictures.edges(alone(ramp.swapaxes(1, 2))) == pytest.approx(8 / 256)


def test_agreement_of_edges_is_the_correlation_of_their_strengths() -> None:
    truth = object_pictures()
    darker = (truth // 2).astype(np.uint8)
    assert kept_pictures.agreement(alone(truth), alone(truth).outline) == pytest.approx(1)
    assert kept_pictures.agreement(alone(darker), alone(truth).outline) == pytest.approx(1, abs=1e-3)
    expected = [
        np.corrcoef(alone(a[None]).slopes.ravel(), alone(b[None]).slopes.ravel())[0, 1]
        for a, b in zip(NOISE, truth, strict=True)
    ]
    np.testing.assert_allclose(kept_pictures.agreements(alone(NOISE), alone(truth).outline)[0], expected, atol=1e-6)


def test_a_picture_without_edges_agrees_with_nothing() -> None:
    flat = np.full((KEPT, 32, 32, 3), 90, np.uint8)
    assert kept_pictures.agreement(alone(flat), alone(object_pictures()).outline) == 0
    assert kept_pictures.showing(alone(flat), alone(object_pictures()).outline) == 0
    assert kept_pictures.showing(alone(object_pictures()), alone(object_pictures()).outline) == 1


def test_flatness_counts_neighbours_of_one_colour() -> None:
    halves = np.zeros((1, 4, 4, 3), np.uint8)
    halves[:, :, 2:] = 255
    assert kept_pictures.flatness(alone(halves)) == (24 - 4) / 24
