"""1.6.c: which measure ranks the test pictures how, by hand-made numbers."""

from __future__ import annotations

import numpy as np
import pytest

from report.measures.rankings import order_pictures, rank_agreement, score_pictures
from report.questions.q1_6.rankings import describe_rankings, draw_orders, tabulate_rankings
from report.results.frames import Frames
from runs.specs.catalogue import REGRESSION, UNET
from tests.fakes import KEPT, fake_frames
from tests.report.edited import page, prose, with_probe


@pytest.fixture(scope="module")
def frames() -> Frames:
    """Right pixels and errors that agree in all pictures, SSIM that says the opposite."""
    rising = np.arange(12) / 12
    made = with_probe(
        fake_frames(seeds=2), UNET, "quality",
        pixel_accuracy=rising, mse=1 - rising, delta_e=9 - rising, ssim=1 - rising, colourfulness=10 * rising,
    )  # fmt: skip
    return with_probe(made, None, "references", truth_colourfulness=[10.0] * 12)


def test_measures_that_order_the_pictures_alike_or_against_each_other_are_told_apart(frames: Frames) -> None:
    assert frames.take(rank_agreement(UNET, "delta_e", "pixel_accuracy")).mean == pytest.approx(1)
    assert frames.take(rank_agreement(UNET, "ssim", "pixel_accuracy")).mean == pytest.approx(-1)
    assert frames.take(rank_agreement(UNET, "colourfulness", "mse")).mean == pytest.approx(1)
    assert describe_rankings(frames)["says_most"] == "SSIM"
    table = tabulate_rankings(frames)
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["pixels right"][0] is None
    assert rows["distance in a classifier’s maps"][0] is None  # of the UNet it is not measured
    assert rows["distance in a classifier’s maps"][3] is not None


def test_distance_in_maps_is_that_of_the_regression_s_own_probe(frames: Frames) -> None:
    far = with_probe(frames, REGRESSION, "features", distance=[3.0, 1.0, 2.0])
    scores = score_pictures(far, REGRESSION, 0, "features")
    assert scores is not None
    assert scores.tolist() == [-3, -1, -2]
    assert score_pictures(far, UNET, 0, "features") is None
    assert far.take(rank_agreement(UNET, "features", "ssim")).missing


def test_strips_show_the_same_pictures_in_the_order_of_each_measure(frames: Frames) -> None:
    best = order_pictures(frames, UNET, 0, "pixel_accuracy", KEPT)
    worst = order_pictures(frames, UNET, 0, "ssim", KEPT)
    assert best is not None
    assert worst is not None
    assert best.tolist() == worst[::-1].tolist() == list(range(KEPT))[::-1]
    figure = draw_orders(frames)
    assert figure is not None
    assert [strip.label for strip in figure.strips][:3] == [
        "truth, by pixels right", "by pixels right", "by squared error in RGB",
    ]  # fmt: skip
    assert draw_orders(fake_frames(seeds=1, without=("unet-",))) is None


def test_what_says_most_beside_pixel_accuracy_is_named(frames: Frames, plain_page: None) -> None:
    told = prose(page("q1_6", frames), "1.6.c")
    assert "What says most beside pixel accuracy is SSIM" in told
    bare = with_probe(frames, UNET, "quality", pixel_accuracy=[0.5] * 12)  # nothing to rank by
    assert "Nobody’s eyes were asked" not in prose(page("q1_6", bare), "1.6.c")
